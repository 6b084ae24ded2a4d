"""The database itself: its form, what it enforces, and what it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from platform_api.config import ApiConfig, ConfigError
from platform_api.db import Database
from platform_api.schema import classes, lessons, memberships, metadata, people, schools
from platform_api.seed import seed_demo

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


@pytest_asyncio.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/folder/sfera.db")
    await database.migrate()
    async with database.write() as conn:
        for school in ("s1", "s2"):
            await conn.execute(sa.insert(schools).values(id=school, name=school, city="-", created_at=NOW))
            for name in ("5", "7"):
                await conn.execute(
                    sa.insert(classes).values(id=f"{school}-{name}", school_id=school, name=name, created_at=NOW)
                )
        await conn.execute(sa.insert(people).values(id="p", login="p", name="P", password_hash="-", created_at=NOW))
    yield database
    await database.close()


def member(number: int, role: str = "student", klass: str | None = "s1-5", **more: Any) -> Any:
    values = {"id": f"m{number}", "person_id": "p", "school_id": "s1", "role": role, "class_id": klass, "since": NOW}
    return sa.insert(memberships).values(**{**values, **more})


async def test_migrations_make_what_the_code_expects(db: Database) -> None:
    async with db.read() as conn:
        assert await conn.run_sync(lambda sync: compare_metadata(_context(sync), metadata)) == []
        checks = await conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'memberships'")
        assert "ck_memberships_role" in checks.scalar_one()


async def test_several_processes_may_migrate_at_once(tmp_path: Path) -> None:
    databases = [Database(f"sqlite+aiosqlite:///{tmp_path}/sfera.db") for _ in range(4)]
    await asyncio.gather(*(database.migrate() for database in databases))
    for database in databases:
        await database.close()


async def test_settings_of_every_connection(db: Database) -> None:
    async with db.read() as conn:
        values = {
            name: (await conn.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_student_is_in_one_class_at_a_time(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(member(1))
    for refused in (member(2, klass="s1-7"), member(2, klass="s2-7", school_id="s2"), member(2)):
        with pytest.raises(IntegrityError):
            async with db.write() as conn:
                await conn.execute(refused)
    async with db.write() as conn:
        await conn.execute(sa.update(memberships).values(until=NOW))
        await conn.execute(member(2, klass="s1-7"))
        await conn.execute(member(3, "teacher"))
        await conn.execute(member(4, "teacher", "s1-7"))
        await conn.execute(member(5, "parent", "s2-5", school_id="s2"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"school_id": "s2"},
        {"role": "director"},
        {"person_id": "nobody"},
        {"klass": "s1-99"},
        {"until": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
async def test_memberships_that_make_no_sense_are_refused(db: Database, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        async with db.write() as conn:
            await conn.execute(member(1, **wrong))


async def test_the_same_membership_is_open_once(db: Database) -> None:
    for role, klass in (("teacher", "s1-5"), ("administrator", None)):
        async with db.write() as conn:
            await conn.execute(member(10 if klass else 20, role, klass))
        with pytest.raises(IntegrityError):
            async with db.write() as conn:
                await conn.execute(member(11, role, klass))


async def test_a_class_has_one_running_lesson(db: Database) -> None:
    def lesson(name: str) -> Any:
        return sa.insert(lessons).values(id=name, class_id="s1-5", title="", host_id="p", started_at=NOW)

    async with db.write() as conn:
        await conn.execute(lesson("l1"))
    with pytest.raises(IntegrityError):
        async with db.write() as conn:
            await conn.execute(lesson("l2"))
    async with db.write() as conn:
        await conn.execute(sa.update(lessons).values(ended_at=NOW))
        await conn.execute(lesson("l2"))


async def test_a_failed_transaction_leaves_nothing(db: Database) -> None:
    async def fails() -> None:
        async with db.write() as conn:
            await conn.execute(member(1))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        await fails()
    async with db.read() as conn:
        assert (await conn.execute(sa.select(sa.func.count()).select_from(memberships))).scalar_one() == 0


async def test_a_reader_sees_one_state(db: Database) -> None:
    count = sa.select(sa.func.count()).select_from(memberships)
    async with db.read() as reading:
        assert (await reading.execute(count)).scalar_one() == 0
        async with db.write() as writing:
            await writing.execute(member(1))
        assert (await reading.execute(count)).scalar_one() == 0
    async with db.read() as reading:
        assert (await reading.execute(count)).scalar_one() == 1


async def test_writers_wait_for_each_other(db: Database) -> None:
    async def write(number: int) -> None:
        async with db.write() as conn:
            seen = (await conn.execute(sa.select(sa.func.count()).select_from(memberships))).scalar_one()
            await conn.execute(member(number, "teacher", until=NOW, id=f"m{seen}"))

    await asyncio.gather(*(write(number) for number in range(40)))
    async with db.read() as conn:
        assert (await conn.execute(sa.select(sa.func.count()).select_from(memberships))).scalar_one() == 40


async def test_moments_come_back_in_utc_and_never_without_a_zone(db: Database) -> None:
    async with db.read() as conn:
        assert (await conn.execute(sa.select(people.c.created_at))).scalar_one() == NOW
    with pytest.raises(StatementError):
        async with db.write() as conn:
            await conn.execute(sa.update(people).values(created_at=datetime(2026, 9, 1)))  # noqa: DTZ001


async def test_other_databases_are_not_served() -> None:
    for url in (
        "postgresql://x/y",
        "sqlite:///x",
        "mysql+asyncmy://x/y",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
    ):
        with pytest.raises(ConfigError, match=r"api\.database_url"):
            Database(url)


async def test_a_file_that_is_no_database_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "sfera.db"
    path.write_bytes(b"something else that somebody needs " * 100)
    database = Database(f"sqlite+aiosqlite:///{path}")
    with pytest.raises((OperationalError, sa.exc.DatabaseError)):
        await database.migrate()
    await database.close()
    assert path.read_bytes().startswith(b"something else")


def test_seeding_twice_makes_one_school(tmp_path: Path) -> None:
    config = ApiConfig(database_url=f"sqlite+aiosqlite:///{tmp_path}/sfera.db")
    first = seed_demo(config, "first-password")
    with sa.create_engine(f"sqlite:///{tmp_path}/sfera.db").connect() as conn:
        before = conn.exec_driver_sql("SELECT id, password_hash FROM people ORDER BY id").all()
    assert seed_demo(config, "first-password") == first
    engine = sa.create_engine(f"sqlite:///{tmp_path}/sfera.db")
    with engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT id, password_hash FROM people ORDER BY id").all() == before
        counts = {
            table: conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("schools", "classes", "people", "memberships")
        }
    engine.dispose()
    # A school that has not begun beside; three parents, one of whom has children in two classes; the region's operator.
    assert counts == {"schools": 2, "classes": 3, "people": 63 + 3 + 1, "memberships": 1 + 4 + 60 + 4}
    assert [len([p for p in first if p.role == role]) for role in ("administrator", "teacher", "student")] == [1, 2, 60]
    assert all(person.login.isascii() and person.login == person.login.lower() for person in first)
    assert len({person.name for person in first}) == 67


def _context(connection: sa.Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
