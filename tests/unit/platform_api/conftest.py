"""Fixtures of the platform's tests."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
import structlog
import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util.queue import Empty

from platform_api.people import passwords
from tests.engines import Distributed, distributed_like
from tests.unit.platform_api.storages import s3_endpoint, storage_config
from tests.unit.platform_api.world import World, new_world, seed_template

__all__ = ["s3_endpoint", "storage_config"]

CONNECTIONS = 2
"""So many to a database are made without waiting."""
PATIENCE = 0.05
"""Seconds for which one that is in use is waited for."""


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the api runs on; it is also the quicker one."""
    return {"uvloop": uvloop.new_event_loop}


class Compiled:
    """SQLAlchemy's statements as text, for all engines of one kind of database: every test has engines of its own."""

    def __init__(self) -> None:
        self._texts: dict[tuple[Any, ...], Any] = {}

    # What a key begins with is the engine's own dialect.

    def get(self, key: tuple[Any, ...]) -> Any:
        return self._texts.get(key[1:])

    def __setitem__(self, key: tuple[Any, ...], text: Any) -> None:
        self._texts[key[1:]] = text


class PatientPool(AsyncAdaptedQueuePool):
    """Who finds connections, all in use, waits a moment for one: to make another costs PostgreSQL a process and more
    than most tests ask of it, and all that a platform does by itself begins at once."""

    def _do_get(self) -> ConnectionPoolEntry:
        if self.checkedout() >= CONNECTIONS:
            with suppress(Empty):
                return self._pool.get(True, PATIENCE)
        return super()._do_get()


@pytest.fixture(scope="session", autouse=True)
def _engines_are_cheap() -> Iterator[None]:
    """Statements are compiled once, connections are few."""
    compiled: defaultdict[str, Compiled] = defaultdict(Compiled)

    def create(url: sa.URL, **options: Any) -> AsyncEngine:
        if url.drivername == "postgresql+asyncpg":
            options["poolclass"] = PatientPool
        return create_async_engine(url, execution_options={"compiled_cache": compiled[url.drivername]}, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("platform_api.db.create_async_engine", create)
        yield


@pytest.fixture(scope="session", autouse=True)
def costs() -> Iterator[dict[str, int]]:
    """Passwords cost the least that argon2 takes; what they cost otherwise, by the names of `passwords`."""
    real = {"MEMORY_KIB": passwords.MEMORY_KIB, "PASSES": passwords.PASSES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "MEMORY_KIB", 8)
        patch.setattr(passwords, "PASSES", 1)
        yield real


@pytest.fixture(scope="session", autouse=True)
def _tracebacks_are_plain() -> Iterator[None]:
    """Without the values of all variables, which take seconds to show where a test lets something fail."""
    before = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before[:-1], plain])
    yield
    structlog.configure(processors=before)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demonstration school."""
    return seed_template(tmp_path_factory.mktemp("seeded"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, seeded: Path) -> Path | Distributed:
    """What a platform is made on: SQLite and the bus in process, then PostgreSQL and NATS."""
    if request.param == "sqlite":
        return seeded
    return distributed_like(seeded, request.getfixturevalue("postgres"), request.getfixturevalue("nats_url"))


@pytest_asyncio.fixture
async def world(tmp_path: Path, template: Path | Distributed) -> AsyncIterator[World]:
    """A running platform with the demonstration school."""
    async with new_world(tmp_path / "world", template) as running:
        yield running
