"""The database: one engine, reading and writing transactions, migrations. SQLite or PostgreSQL, one behaviour."""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import aiosqlite
import msgspec
import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from platform_api.clock import Clock, utc_now
from platform_api.config import ConfigError
from platform_api.inline_sqlite import InlineConnection, InlineWriter
from platform_api.prepared import Prepared

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MILLISECONDS = 5000
"""How long SQLite waits for another process's write before it gives up."""
CHECKPOINT_PAGES = 16_000
"""Pages of SQLite's log at which a commit brings them over itself; `checkpoints` does it long before."""
WRITE_LOCK, MIGRATION_LOCK = 0x5F_E8A_0001, 0x5F_E8A_0002
"""Advisory locks in PostgreSQL."""
IDLE_SECONDS = 5.0
"""A connection to PostgreSQL that rested longer is asked whether it lives before it is used."""
RECORDED = "sfera_recorded"
"""In a connection's `info` while its transaction holds entries of the event log."""
CLOCK = "sfera_clock"
"""In a connection's `info` within a writing transaction: the clock by which it dates what it writes."""


class Database:
    """One way to read and one way to write, over SQLAlchemy Core.

    `read` sees one state of the database from its first statement to its last. `write` is serial: whoever writes sees
    everything that was written before, and nobody writes beside it, in this process or another; so what a handler has
    checked still holds when it writes, and no transaction fails half way because of another.

    SQLite: WAL, read in the event loop's own thread (see `inline_sqlite`). A writing transaction begins as BEGIN
    IMMEDIATE and takes the write lock at once; writers of this process queue on a lock of their own rather than in
    SQLite's polling wait. synchronous=FULL: what was committed survives kill -9 and a power cut.

    PostgreSQL: a writing transaction begins with an advisory lock and reads what is committed, a reading one is
    REPEATABLE READ; neither can meet a serialisation failure that would have to be tried again.
    """

    def __init__(self, url: str, *, now: Clock = utc_now) -> None:
        parsed = sa.make_url(url)
        self._now = now
        self._committed: list[Callable[[], None]] = []
        self._write_lock = asyncio.Lock()
        self._prepared: sqlite3.Connection | None = None
        if parsed.drivername == "sqlite+aiosqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise ConfigError("api.database_url: the database must be a file")
            self._file: Path | None = Path(parsed.database)
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._writer = _sqlite_engine(parsed, "IMMEDIATE")
            self._reader = _sqlite_engine(parsed, "DEFERRED", inline=True)
            self._slow_reader = _sqlite_engine(parsed, "DEFERRED")
            self._quick_writer = _sqlite_engine(parsed, "IMMEDIATE", inline=True)
            self._engines = [self._writer, self._quick_writer, self._reader, self._slow_reader]
        elif parsed.drivername == "postgresql+asyncpg":
            self._file = None
            engine = _postgresql_engine(parsed)
            self._engines = [engine]
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._slow_reader = self._reader
            self._writer = engine.execution_options(isolation_level="READ COMMITTED")
            self._quick_writer = self._writer
        else:
            raise ConfigError(
                f"api.database_url: {parsed.drivername} is not served, only sqlite+aiosqlite and postgresql+asyncpg"
            )
        self.url = parsed

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite (the other is PostgreSQL)."""
        return self._file is not None

    def on_events(self, call: Callable[[], None]) -> None:
        """Have `call` called after each commit that put entries into the event log. It must return at once."""
        self._committed.append(call)

    async def migrate(self) -> None:
        """Bring the database to the newest form, in one transaction. Several processes may do this at once."""
        if self._file is None:
            async with self._writer.begin() as conn:
                await conn.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
                await conn.run_sync(_upgrade)
            return
        # They queue on a lock file: the change of a new database to WAL is the one step for which SQLite does not wait
        # (it answers SQLITE_BUSY at once, whatever the busy timeout says). WAL stays with the file ever after.
        async with _alone(self._file.with_name(self._file.name + ".migrating")), self._writer.connect() as conn:
            # Past SQLAlchemy, which would begin a transaction; neither can be changed within one. A table that is made
            # anew is dropped in between: its references are looked at when all is done.
            driver: Any = (await conn.get_raw_connection()).driver_connection
            await driver.execute("PRAGMA journal_mode=WAL")
            await driver.execute("PRAGMA foreign_keys=OFF")
            try:
                async with conn.begin():
                    await conn.run_sync(_upgrade)
                    if broken := (await conn.exec_driver_sql("PRAGMA foreign_key_check")).all():
                        raise RuntimeError(f"the migration broke {len(broken)} references, first {broken[0]}")
            finally:
                await driver.execute("PRAGMA foreign_keys=ON")

    @asynccontextmanager
    async def read(self, *, slow: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database and does not write.

        `slow`: its queries may take longer than a millisecond; SQLite then answers from a thread.
        """
        engine, waits = (self._slow_reader, True) if slow else (self._reader, self._file is None)
        async with _connected(engine, waits=waits) as conn, conn.begin():
            yield conn

    async def one_or_none(self, query: Prepared, **values: Any) -> Any:
        """The row that a query finds by itself, in a transaction of its own; None where there is none."""
        if self._file is None:
            async with self.read() as conn:
                return (await conn.execute(query.statement, values)).one_or_none()
        return query.one_or_none(self._asked(self._file), values)

    async def all(self, query: Prepared, **values: Any) -> list[Any]:
        """The rows that a query finds by itself, in a transaction of its own."""
        if self._file is None:
            async with self.read() as conn:
                return list(await conn.execute(query.statement, values))
        return query.all(self._asked(self._file), values)

    @asynccontextmanager
    async def write(self, *, quick: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; committed when the block ends, undone when it raises.

        `quick`: all its statements together take a few milliseconds at most; SQLite then carries them out in place.
        """
        engine, waits = (self._quick_writer, self._file is None) if quick else (self._writer, True)
        async with self._write_lock, _connected(engine, waits=waits) as conn:
            info = conn.sync_connection.info if conn.sync_connection is not None else {}
            info.pop(RECORDED, None)
            info[CLOCK] = self._now
            async with conn.begin():
                if self._file is None:
                    await conn.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITE_LOCK)))
                yield conn
            recorded = info.pop(RECORDED, False)
        if recorded:
            for call in self._committed:
                call()

    def _asked(self, file: Path) -> sqlite3.Connection:
        """The connection of prepared queries; each is a transaction."""
        if self._prepared is None:
            self._prepared = sqlite3.connect(file, isolation_level=None)
            self._prepared.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            self._prepared.execute("PRAGMA query_only=ON")
        return self._prepared

    async def close(self) -> None:
        """Close all connections."""
        if self._prepared is not None:
            self._prepared.close()
            self._prepared = None
        for engine in self._engines:
            await engine.dispose()


@asynccontextmanager
async def _connected(engine: AsyncEngine, *, waits: bool) -> AsyncIterator[AsyncConnection]:
    """A connection of an engine's pool, given back when the block ends; `waits`: to give it back may take a while.

    Then SQLAlchemy does it in a task, which no cancellation of the caller reaches. What stands in the event loop's
    own thread is back at once without one; with it, of some calls that came together each would find the connections
    of those before it still taken, and open one of its own.
    """
    if waits:
        async with engine.connect() as conn:
            yield conn
        return
    conn = await engine.connect()
    try:
        yield conn
    finally:
        await conn.close()
    # Whoever reads on and on lets others have their turn: nothing above has waited.
    await asyncio.sleep(0)


def _sqlite_engine(url: sa.URL, begin: Literal["IMMEDIATE", "DEFERRED"], *, inline: bool = False) -> AsyncEngine:
    # The driver's own implicit BEGIN is switched off: each engine knows one kind.
    options: dict[str, Any] = {"isolation_level": None}
    if inline:
        options["async_creator_fn"] = (InlineConnection if begin == "DEFERRED" else InlineWriter).open
    else:
        options["async_creator_fn"] = _opened
    engine = create_async_engine(
        url,
        pool_size=4,
        max_overflow=28,
        pool_use_lifo=True,  # the one whose pages and statements are at hand
        connect_args=options,
        json_serializer=_json,
        json_deserializer=_unjson,
    )

    def on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        try:
            for pragma in (
                # Whoever stands in the event loop's thread does not wait there.
                f"busy_timeout={0 if inline and begin == 'IMMEDIATE' else BUSY_MILLISECONDS}",
                "synchronous=FULL",
                f"wal_autocheckpoint={CHECKPOINT_PAGES}",
                "foreign_keys=ON",
                "temp_store=MEMORY",
                f"query_only={'OFF' if begin == 'IMMEDIATE' else 'ON'}",
            ):
                cursor.execute(f"PRAGMA {pragma}")
        finally:
            cursor.close()

    event.listen(engine.sync_engine, "connect", on_connect)
    if inline and begin == "DEFERRED":
        # Past SQLAlchemy's way of carrying out a statement, which takes as long as a query.
        event.listen(engine.sync_engine, "begin", lambda connection: connection.connection.driver_connection.begin())
    else:
        event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(f"BEGIN {begin}"))
    return engine


async def _opened(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    """Open a connection with a thread of its own; whoever is cancelled meanwhile has its end too before they go on.

    The driver by itself leaves it to its thread then, which answers an event loop that may have ended.
    """
    connection = aiosqlite.connect(*arguments, **options)
    connection._thread.daemon = True  # as SQLAlchemy has it: a process ends without it
    opening = asyncio.ensure_future(connection)
    try:
        await asyncio.wait([opening])
    except asyncio.CancelledError:
        await asyncio.wait([opening])
        if opening.exception() is None:
            await connection.close()
        raise
    return opening.result()


def _postgresql_engine(url: sa.URL) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=8,
        max_overflow=8,
        json_serializer=_json,
        json_deserializer=_unjson,
        connect_args={
            "command_timeout": 60,
            "server_settings": {
                "application_name": "sfera",
                "idle_in_transaction_session_timeout": "60000",
                "jit": "off",
            },
        },
    )
    event.listen(engine.sync_engine, "checkin", _on_rest)
    event.listen(engine.sync_engine, "checkout", _on_use)
    return engine


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _unjson(text: str | bytes) -> Any:
    return msgspec.json.decode(text)


@asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """Holds an exclusive lock on a file beside the database; the kernel gives it back when the process dies."""
    with path.open("a") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield


def _on_rest(_connection: Any, record: Any) -> None:
    record.info["sfera_rests_since"] = time.monotonic()


def _on_use(connection: Any, record: Any, _proxy: Any) -> None:
    """PostgreSQL may have been restarted while the connection rested: then the pool is to give a new one."""
    if time.monotonic() - record.info.get("sfera_rests_since", time.monotonic()) < IDLE_SECONDS:
        return
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise sa.exc.DisconnectionError from error
    finally:
        cursor.close()


def _upgrade(connection: sa.Connection) -> None:
    # Most starts find nothing to do, and need not read the migrations one by one to know it.
    if set(MigrationContext.configure(connection).get_current_heads()) == _newest():
        return
    config = _migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _migrations() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _newest() -> frozenset[str]:
    """The revision of a database in its newest form."""
    return frozenset(ScriptDirectory.from_config(_migrations()).get_heads())
