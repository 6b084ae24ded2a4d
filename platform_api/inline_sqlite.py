"""SQLite read in the event loop's own thread, behind the interface of aiosqlite.

aiosqlite carries every step of a statement (cursor, execute, fetch, close) to a thread and back. The queries of a page
take some tens of microseconds each, the way there and back more than that, and on a busy machine the thread waits for
its turn: opening a class took 3 ms of CPU and a p99 of seconds at 200 calls a second. Read here, nothing waits for
anything: in WAL mode a reader is held up by nobody. What takes long (exports) and what writes goes through aiosqlite,
but for short writes that come by the hundred: `InlineWriter`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, Self

from interprocess.tasks import in_thread

BEGIN_SECONDS, BEGIN_AGAIN_SECONDS = 5.0, 0.005
"""How long, and how often, a transaction is tried to be begun while another process writes."""


class InlineCursor:
    """A cursor whose coroutines are done as soon as they are awaited."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        """As in DBAPI."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """As in DBAPI."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """As in DBAPI."""
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        """As in DBAPI."""
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, value: int) -> None:
        self._cursor.arraysize = value

    async def execute(self, statement: str, parameters: Any = ()) -> Self:
        """As in DBAPI."""
        self._cursor.execute(statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Sequence[Any]) -> Self:
        """As in DBAPI."""
        self._cursor.executemany(statement, parameters)
        return self

    async def fetchone(self) -> Any:
        """As in DBAPI."""
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """As in DBAPI."""
        return self._cursor.fetchmany(self._cursor.arraysize if size is None else size)

    async def fetchall(self) -> list[Any]:
        """As in DBAPI."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """As in DBAPI."""
        self._cursor.close()


class InlineConnection:
    """A connection as SQLAlchemy's aiosqlite dialect uses one."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection

    @classmethod
    async def open(cls, *arguments: Any, **options: Any) -> InlineConnection:
        """Open a database as `sqlite3.connect` does."""
        return cls(sqlite3.connect(*arguments, **options))

    @property
    def isolation_level(self) -> str | None:
        """None: transactions are begun by who uses them."""
        return self._open.isolation_level

    def cursor(self) -> InlineCursor:
        """A new cursor."""
        return InlineCursor(self._open.cursor())

    def begin(self) -> None:
        """Begin a transaction that reads."""
        self._open.execute("BEGIN DEFERRED")

    async def commit(self) -> None:
        """End the transaction."""
        self._open.commit()

    async def rollback(self) -> None:
        """Undo the transaction."""
        self._open.rollback()

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        """Add a function to SQL."""
        self._open.create_function(*arguments, **options)

    async def close(self) -> None:
        """Close the connection."""
        self.stop()

    def stop(self) -> None:
        """Close the connection now."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("no active connection")
        return self._connection


class InlineWriter(InlineConnection):
    """A connection whose statements are carried out in place; what stands within one of its transactions must be short.

    To commit waits for the disk, and is done in a thread. To begin may have to wait for another process that writes,
    which it does as the event loop waits.
    """

    __slots__ = ()

    def cursor(self) -> InlineCursor:
        """A new cursor."""
        return _WritingCursor(self._open.cursor())

    async def commit(self) -> None:
        """End the transaction: it is on the disk when this returns."""
        await in_thread(self._open.commit)


class _WritingCursor(InlineCursor):
    __slots__ = ()

    async def execute(self, statement: str, parameters: Any = ()) -> Self:
        if not statement.startswith("BEGIN"):
            return await super().execute(statement, parameters)
        tries = int(BEGIN_SECONDS / BEGIN_AGAIN_SECONDS)
        while True:
            try:
                return await super().execute(statement, parameters)
            except sqlite3.OperationalError as error:
                tries -= 1
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or tries < 0:
                    raise
            await asyncio.sleep(BEGIN_AGAIN_SECONDS)
