"""What a thread does with a connection of SQLite's is done before that is closed: otherwise the process would end."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from platform_api import checkpoints
from platform_api.db import Database

PAGE = bytes(4096)
PAGES = 300


async def test_it_ends_in_the_midst_of_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "ROUND_SECONDS", 0.0)
    file = tmp_path / "sfera.db"
    database = Database(f"sqlite+aiosqlite:///{file}")
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as writer:
            writer.execute("PRAGMA journal_mode=WAL")
            writer.execute("PRAGMA wal_autocheckpoint=0")
            writer.execute("CREATE TABLE t (data BLOB)")
            for steps in range(40):
                writer.execute("BEGIN")
                writer.executemany("INSERT INTO t VALUES (?)", [(PAGE,)] * PAGES)
                writer.execute("COMMIT")
                running = checkpoints.Checkpoints(database)
                running.start()
                for _ in range(20 * steps):
                    await asyncio.sleep(0)
                await running.stop()
            # How many pages the log has, and how many of them are in the database.
            _, there, brought = writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            assert there == brought
            assert writer.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert writer.execute("SELECT count(*) FROM t").fetchone() == (40 * PAGES,)
    finally:
        await database.close()
