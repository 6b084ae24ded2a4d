"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent

# Other work runs beside the tests, so how long one example takes says nothing. CI tries the same examples every time.
hypothesis.settings.register_profile("sfera", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("sfera")


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
