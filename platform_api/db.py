"""The database: one engine, reading and writing transactions, migrations."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from platform_api.config import ConfigError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MILLISECONDS = 5000
"""How long SQLite waits for another process's write before it gives up."""


class Database:
    """SQLite in WAL mode through SQLAlchemy Core.

    A transaction that will write begins as BEGIN IMMEDIATE: it takes the write lock at once, so it can never fail half
    way because somebody else wrote after it had read. Writers of this process queue on a lock of their own rather than
    in SQLite's polling wait. synchronous=FULL: what was committed survives kill -9 and a power cut.
    """

    def __init__(self, url: str) -> None:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            raise ConfigError(f"api.database_url: {parsed.get_backend_name()} is not served, only sqlite+aiosqlite")
        if not parsed.database or parsed.database == ":memory:":
            raise ConfigError("api.database_url: the database must be a file")
        self._file = Path(parsed.database)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_async_engine(url, pool_size=4, max_overflow=4)
        self._writer = self._engine.execution_options(sfera_write=True)
        self._write_lock = asyncio.Lock()
        event.listen(self._engine.sync_engine, "connect", _on_connect)
        event.listen(self._engine.sync_engine, "begin", _on_begin)

    async def migrate(self) -> None:
        """Bring the database to the newest form, in one transaction. Several processes may do this at once.

        They queue on a lock file: the change of a new database to WAL is the one step for which SQLite does not wait
        (it answers SQLITE_BUSY at once, whatever the busy timeout says). WAL stays with the file ever after.
        """
        async with _alone(self._file.with_name(self._file.name + ".migrating")):
            async with self._engine.connect() as conn:
                # Past SQLAlchemy, which would begin a transaction; the journal cannot be changed within one.
                driver: Any = (await conn.get_raw_connection()).driver_connection
                await driver.execute("PRAGMA journal_mode=WAL")
            async with self.write() as conn:
                await conn.run_sync(_upgrade)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database and does not write."""
        async with self._engine.begin() as conn:
            yield conn

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; committed when the block ends, undone when it raises."""
        async with self._write_lock, self._writer.begin() as conn:
            yield conn

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


@asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """Holds an exclusive lock on a file beside the database; the kernel gives it back when the process dies."""
    with path.open("a") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver's own implicit BEGIN is switched off: `_on_begin` says which kind it is to be.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("sfera_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(connection: sa.Connection) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
