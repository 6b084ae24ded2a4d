"""SQLite's log is brought into the database beside the writers, not by the one whose commit fills it.

By itself SQLite does that within a commit, every thousand pages: under load once a second, and everybody who sends
waits for it. A checkpoint of another connection (PASSIVE) holds up neither writers nor readers.
"""

from __future__ import annotations

import asyncio
import sqlite3

import structlog
from aiohttp import web

from interprocess.tasks import end, in_thread
from platform_api.db import Database

ROUND_SECONDS = 1.0

log = structlog.get_logger("sfera.api")


class Checkpoints:
    """One after another in a task of its own, as long as there is something to bring over."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection: sqlite3.Connection | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; PostgreSQL does all this by itself."""
        if self._db.is_sqlite:
            self._task = asyncio.create_task(self._run(), name="checkpoints")

    async def stop(self) -> None:
        """End."""
        await end(self._task)
        if self._connection is not None:
            self._connection.close()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            try:
                await in_thread(self._checkpoint)
            except sqlite3.Error:
                log.exception("checkpoint_failed")

    def _checkpoint(self) -> None:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._db.url.database or "", isolation_level=None, check_same_thread=False
            )
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


CHECKPOINTS: web.AppKey[Checkpoints] = web.AppKey("checkpoints", Checkpoints)
"""Brings SQLite's log into the database."""
