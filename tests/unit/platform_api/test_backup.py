"""`sfera backup` and `sfera restore`, on both databases, while the platform works."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from platform_api.backup import BackupError, backup, restore
from platform_api.db import Database
from platform_api.events import record
from platform_api.events.hub import HUB
from platform_api.schema import audit, events, people, schools
from sfera.cli import app
from tests.engines import Distributed
from tests.unit.platform_api.world import STUDENT_5, World, new_world

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


async def name_of_the_school(db: Database) -> str:
    async with db.read() as conn:
        return str((await conn.execute(sa.select(schools.c.name).order_by(schools.c.created_at))).scalars().first())


async def rename(db: Database, name: str) -> None:
    async with db.write() as conn:
        await conn.execute(sa.update(schools).values(name=name))
        await record(conn, "school.changed", "school")


async def test_a_copy_is_what_was_at_one_moment_and_comes_back(world: World, tmp_path: Path) -> None:
    db, url, copy = world.parts.db, world.config.database_url, tmp_path / "copy"
    page = await world.signed_in(STUDENT_5)
    cursor = (await page.call("GET", "/events")).json["cursor"]
    await rename(db, "before")

    async def write() -> None:
        for number in range(30):
            await rename(db, f"meanwhile {number}")

    writing = asyncio.create_task(write())
    size = await asyncio.to_thread(backup, url, copy)
    await writing
    assert size == copy.stat().st_size > 10_000
    assert copy.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob(".copy*")) == [], "nothing unfinished is left"
    await rename(db, "after")
    with pytest.raises(BackupError, match="--replace"):
        await asyncio.to_thread(restore, url, copy)
    assert await name_of_the_school(db) == "after"
    await asyncio.to_thread(restore, url, copy, replace=True)
    assert (await name_of_the_school(db)).split()[0] in ("before", "meanwhile")
    async with db.read() as conn:
        assert (await conn.execute(sa.select(sa.func.count()).select_from(people))).scalar_one() >= 63
        assert (await conn.execute(sa.select(sa.func.count()).select_from(events))).scalar_one() == 0
    # The running process goes on with it: whoever was signed in is, and reads all things anew.
    await world.app[HUB].refresh()
    assert (await page.call("GET", f"/events?after={cursor}")).json["code"] == "resync_required"
    await rename(db, "later")
    assert (await page.call("GET", "/classes")).json["classes"][0]["school"]["name"] == "later"
    async with db.write() as conn:
        await conn.execute(
            sa.insert(audit).values(at=NOW, actor_kind="system", action="x", object_kind="y", object_id="z")
        )
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        await _delete_audit(db)


async def _delete_audit(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(sa.delete(audit))


async def test_a_copy_comes_back_into_an_empty_place(
    template: Path | Distributed, world: World, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    await asyncio.to_thread(backup, world.config.database_url, copy)
    if isinstance(template, Distributed):
        async with template.postgres.database() as url:
            await _comes_back(url, copy)
    else:
        await _comes_back(f"sqlite+aiosqlite:///{tmp_path}/elsewhere/sfera.db", copy)


async def _comes_back(url: str, copy: Path) -> None:
    await asyncio.to_thread(restore, url, copy)
    db = Database(url)
    await db.migrate()
    assert await name_of_the_school(db) == "Школа № 0"
    await db.close()


async def test_what_is_no_copy_is_refused_and_nothing_is_lost(world: World, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE something (x)")
    newer = tmp_path / "newer.db"
    with sqlite3.connect(newer) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    copy = tmp_path / "copy"
    await asyncio.to_thread(backup, world.config.database_url, copy)
    damaged = tmp_path / "damaged"
    content = bytearray(copy.read_bytes())
    content[len(content) // 4 : len(content) // 2] = b"\xa5" * (len(content) // 2 - len(content) // 4)
    damaged.write_bytes(content)
    for text in (b"", b"neither", b"PGDMP and no more", b"SQLite format 3\x00 and no more"):
        wrong.write_bytes(text)
        with pytest.raises(BackupError):
            await asyncio.to_thread(restore, world.config.database_url, wrong, replace=True)
    for path in (other, newer, damaged):
        with pytest.raises(BackupError):
            await asyncio.to_thread(restore, world.config.database_url, path, replace=True)
    with pytest.raises(OSError):
        await asyncio.to_thread(restore, world.config.database_url, tmp_path / "nowhere", replace=True)
    assert await name_of_the_school(world.parts.db) == "Школа № 0"


def test_the_commands(tmp_path: Path, seeded: Path) -> None:
    runner = CliRunner(env={"SFERA_DATA_DIR": str(tmp_path), "SFERA_LOG_FORMAT": "console"})
    asyncio.run(_seed(tmp_path, seeded))
    made = runner.invoke(app, ["backup", str(tmp_path / "copy")])
    assert made.exit_code == 0, made.output
    assert "bytes" in made.output
    refused = runner.invoke(app, ["restore", str(tmp_path / "copy")])
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    assert runner.invoke(app, ["restore", str(tmp_path / "copy"), "--replace"]).exit_code == 0
    missing = runner.invoke(app, ["restore", str(tmp_path / "missing"), "--replace"])
    assert (missing.exit_code, "missing" in missing.output) == (1, True)


async def _seed(folder: Path, seeded: Path) -> None:
    async with new_world(folder / "world", seeded) as world:
        assert await name_of_the_school(world.parts.db)
        await asyncio.to_thread(backup, world.config.database_url, folder / "sfera.db")
