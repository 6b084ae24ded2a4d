"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.engines import Postgres, run_nats, run_postgres

ROOT = Path(__file__).parent.parent

# Other work runs beside the tests, so how long one example takes says nothing. CI tries the same examples every time.
hypothesis.settings.register_profile("sfera", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("sfera")


def pytest_collection_finish() -> None:
    """What was imported stays as long as the tests run: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str | None:
    """Say what to do when the checkout is not built, above the import errors."""
    unbuilt = [
        str(source.relative_to(ROOT))
        for source in sorted((ROOT / "sfu").glob("*.pyx"))
        if not list(source.parent.glob(f"{source.stem}.*.so"))
    ]
    return f"native modules that are not built ({', '.join(unbuilt)}): run make build" if unbuilt else None


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, started when the first test asks for it."""
    with run_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def nats_url() -> Iterator[str]:
    """The address of a NATS server, started when the first test asks for it."""
    with run_nats() as url:
        yield url
