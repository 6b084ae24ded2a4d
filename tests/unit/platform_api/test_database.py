"""The database itself: its form, what it enforces, and what it keeps."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import pytest_asyncio
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from platform_api.config import ApiConfig, ConfigError
from platform_api.db import MIGRATIONS, Database
from platform_api.names import fold_name
from platform_api.prepared import Prepared
from platform_api.schema import (
    audit,
    classes,
    consents,
    erasures,
    identities,
    invitations,
    join_requests,
    lessons,
    memberships,
    message_reports,
    metadata,
    parent_links,
    people,
    presences,
    school_years,
    schools,
    sessions,
)
from platform_api.seed import seed_demo
from tests.engines import Distributed, distributed_like

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
NOTE = {"at": NOW, "actor_kind": "system", "action": "x", "object_kind": "y", "object_id": "z"}
NAMED = [(1, "Алёна Ёжикова"), (2, "АЛЕНА ежова"), (3, "Олег"), (4, "Ал%на")]


@pytest_asyncio.fixture
async def empty(tmp_path: Path, template: Path | Distributed) -> AsyncIterator[str]:
    """Address of a database with nothing in it."""
    if isinstance(template, Distributed):
        async with template.postgres.database() as url:
            yield url
    else:
        yield f"sqlite+aiosqlite:///{tmp_path}/folder/sfera.db"


@pytest.fixture(scope="module")
def blank(template: Path | Distributed, tmp_path_factory: pytest.TempPathFactory) -> Path | Distributed:
    """A migrated database without a row, to be copied."""
    path = tmp_path_factory.mktemp("blank") / "sfera.db"
    asyncio.run(_migrated(path))
    return distributed_like(path, template.postgres, "") if isinstance(template, Distributed) else path


async def _migrated(path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.migrate()
    await database.close()


@pytest_asyncio.fixture
async def db(tmp_path: Path, blank: Path | Distributed) -> AsyncIterator[Database]:
    async with AsyncExitStack() as stack:
        if isinstance(blank, Distributed):
            url = await stack.enter_async_context(blank.database())
        else:
            shutil.copy(blank, tmp_path / "sfera.db")
            url = f"sqlite+aiosqlite:///{tmp_path}/sfera.db"
        database = Database(url)
        stack.push_async_callback(database.close)
        await _fill(database)
        yield database


async def _fill(database: Database) -> None:
    async with database.write() as conn:
        for school in ("s1", "s2"):
            await conn.execute(sa.insert(schools).values(id=school, name=school, city="-", created_at=NOW))
            for name in ("5", "7"):
                await conn.execute(
                    sa.insert(classes).values(id=f"{school}-{name}", school_id=school, name=name, created_at=NOW)
                )
        for person in ("p", "q"):
            await conn.execute(
                sa.insert(people).values(id=person, login=person, name="P", password_hash="-", created_at=NOW)
            )


def member(number: int, role: str = "student", klass: str | None = "s1-5", **more: Any) -> Any:
    values = {"id": f"m{number}", "person_id": "p", "school_id": "s1", "role": role, "class_id": klass, "since": NOW}
    return sa.insert(memberships).values(**{**values, **more})


async def test_migrations_make_what_the_code_expects(db: Database) -> None:
    async with db.read() as conn:
        differences = await conn.run_sync(lambda sync: compare_metadata(_context(sync), metadata))
        # The words that explain a table stand in the code only.
        assert [one for one in differences if "comment" not in str(one[0])] == []
        checks = await conn.run_sync(lambda sync: sa.inspect(sync).get_check_constraints("memberships"))
    assert {check["name"] for check in checks} == {
        "ck_memberships_role",
        "ck_memberships_until",
        "ck_memberships_administrator_of_the_school",
    }


async def test_a_prepared_query_says_what_a_transaction_says(db: Database) -> None:
    query = Prepared(
        sa.select(people.c.id, people.c.created_at, people.c.login, sessions.c.id.label("session_id"))
        .join(sessions, sessions.c.person_id == people.c.id)
        .where(sessions.c.token_hash == sa.bindparam("token_hash"), sessions.c.expires_at > sa.bindparam("now"))
    )
    asked = {"token_hash": b"\x00\xff" * 16, "now": NOW}

    async def both() -> tuple[Any, Any]:
        async with db.read() as conn:
            told = (await conn.execute(query.statement, asked)).one_or_none()
        return await db.one_or_none(query, **asked), told

    assert await both() == (None, None)
    async with db.write() as conn:
        await conn.execute(
            sa.insert(sessions).values(
                id="s", person_id="p", token_hash=asked["token_hash"], created_at=NOW, expires_at=NOW + timedelta(1)
            )
        )
    found, told = await both()
    assert found == told == ("p", NOW, "p", "s")
    assert (found.session_id, found.created_at.tzinfo) == ("s", UTC)
    everybody = Prepared(sa.select(people.c.id))
    with pytest.raises(sa.exc.MultipleResultsFound):
        await db.one_or_none(everybody)
    async with db.read() as conn:
        assert await db.all(everybody) == list(await conn.execute(everybody.statement)) != []


async def test_several_processes_may_migrate_at_once(empty: str) -> None:
    databases = [Database(empty) for _ in range(4)]
    await asyncio.gather(*(database.migrate() for database in databases))
    for database in databases:
        await database.close()


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
async def test_settings_of_every_connection(db: Database) -> None:
    for kind in (db.read, partial(db.read, slow=True), db.write):
        async with kind() as conn:
            values = {
                name: (await conn.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_who_reads_does_not_write(db: Database) -> None:
    for kind in (db.read, partial(db.read, slow=True)):
        with pytest.raises(sa.exc.DBAPIError, match=r"read-?only"):
            async with kind() as conn:
                await conn.execute(member(1))


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


async def test_readers_that_come_together_open_no_connections_of_their_own(db: Database) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL's readers stand beside each other, up to the pool's bound")
    seen: list[int] = []

    async def read() -> None:
        async with db.read() as conn:
            await conn.execute(sa.select(people.c.id))
            seen.append(_times_open(Path(db.url.database or "")))

    await read()
    await asyncio.gather(*(read() for _ in range(50)))
    assert max(seen) == seen[0]


def _times_open(path: Path) -> int:
    """How many descriptors this process holds of a file."""
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return links.count(str(path.resolve()))


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
        assert set(await conn.scalars(sa.select(people.c.created_at))) == {NOW}
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


async def upgrade(url: str, revision: str) -> None:
    """Bring an empty database to an older form."""
    database = Database(url)
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")

    def run(connection: sa.Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    async with database.write() as conn:
        await conn.run_sync(run)
    await database.close()


async def test_a_database_of_before_is_taken_over(empty: str) -> None:
    """What the first version left behind: nobody is signed out, nobody leaves a class."""
    await upgrade(empty, "0002")
    database = Database(empty)
    at = 1_756_700_000_000  # 1 September 2025
    async with database.write() as conn:
        for statement in (
            "INSERT INTO people (id, login, name, password_hash, created_at) VALUES ('p', 'p', 'Алёна  ЁЖ', '-', 1)",
            "INSERT INTO people (id, login, name, password_hash, created_at) VALUES ('t', 't', 'T', '-', 1)",
            "INSERT INTO schools (id, name, place, created_at) VALUES ('s', 'Школа № 0', 'Город', 5)",
            f"INSERT INTO classes (id, school_id, name, created_at) VALUES ('a', 's', '5А', {at})",
            f"INSERT INTO classes (id, school_id, name, created_at) VALUES ('b', 's', '5а', {at})",
            f"INSERT INTO classes (id, school_id, name, created_at) VALUES ('c', 's', '5А ', {at - 150 * 86_400_000})",
            "INSERT INTO memberships (id, person_id, school_id, role, class_id, since) VALUES "
            "('1', 'p', 's', 'student', 'a', 1), ('2', 'p', 's', 'student', NULL, 1), "
            "('3', 't', 's', 'teacher', 'a', 1)",
            f"INSERT INTO lessons (id, class_id, title, host_id, started_at) VALUES ('l', 'a', '', 't', {at})",
            "INSERT INTO presences (lesson_id, participant, person_id, role, joined_at) "
            "VALUES ('l', 'x', 'p', 'member', 1)",
        ):
            await conn.exec_driver_sql(statement)
        await conn.execute(
            sa.text("INSERT INTO sessions (token_hash, person_id, created_at, expires_at) VALUES (:hash, 'p', 1, 2)"),
            {"hash": b"h" * 32},
        )
    await database.migrate()
    async with database.read() as conn:
        assert (await conn.execute(sa.select(people.c.name_folded).order_by(people.c.id))).scalars().all() == [
            "алена еж",
            "t",
        ]
        school = (await conn.execute(sa.select(schools))).one()
        assert (school.city, school.name_folded, school.activated_at is not None) == ("Город", "школа no 0", True)
        rows = await conn.execute(
            sa.select(classes.c.id, school_years.c.name)
            .join(school_years, school_years.c.id == classes.c.school_year_id)
            .order_by(classes.c.id)
        )
        assert [tuple(row) for row in rows] == [("a", "2025/2026"), ("b", "2025/2026"), ("c", "2024/2025")]
        session = (await conn.execute(sa.select(sessions))).one()
        assert (session.token_hash, session.person_id, session.kind, session.revoked_at) == (
            b"h" * 32,
            "p",
            "cookie",
            None,
        )
        assert session.id
        held = await conn.execute(
            sa.select(memberships.c.id).where(memberships.c.until.is_(None)).order_by(memberships.c.id)
        )
        assert held.scalars().all() == ["1", "3"]
        assert (await conn.execute(sa.select(sa.func.count()).select_from(presences))).scalar_one() == 1
    with pytest.raises(IntegrityError):
        async with database.write() as conn:
            await conn.execute(sa.delete(people).where(people.c.id == "t"))
    await database.migrate()
    await database.close()


def year(**more: Any) -> Any:
    values = {"id": "y", "school_id": "s1", "name": "2026/2027", "starts_on": date(2026, 9, 1), "created_at": NOW}
    return sa.insert(school_years).values(**{**values, "ends_on": date(2027, 8, 31), **more})


def invitation(**more: Any) -> Any:
    values = {"school_id": "s1", "role": "student", "kind": "code", "code_hash": b"1" * 32, "created_at": NOW}
    return sa.insert(invitations).values(**{**values, "expires_at": NOW + timedelta(days=1), **more})


def request(**more: Any) -> Any:
    values = {"person_id": "p", "school_id": "s1", "role": "student", "created_at": NOW}
    return sa.insert(join_requests).values(**{**values, **more})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, year(ends_on=date(2026, 9, 1))),
        (year(), year(id="z")),
        (year(), sa.update(classes).where(classes.c.id == "s2-5").values(school_year_id="y")),
        (None, sa.insert(classes).values(id="x", school_id="s1", name="5", created_at=NOW)),
        (None, member(1, "administrator")),
        (member(1), member(2, klass=None)),
        (None, invitation(role="administrator", class_id="s1-5")),
        (None, invitation(class_id="s2-5")),
        (None, invitation(kind="poster")),
        (None, invitation(max_uses=1, uses=2)),
        (None, invitation(expires_at=NOW)),
        (invitation(), invitation()),
        (request(), request(role="teacher")),
        (None, request(role="administrator")),
        (None, request(state="accepted")),
        (None, request(decided_at=NOW)),
        (None, sa.insert(parent_links).values(parent_id="p", child_id="p", since=NOW)),
        (
            sa.insert(parent_links).values(parent_id="q", child_id="p", since=NOW),
            sa.insert(parent_links).values(parent_id="q", child_id="p", since=NOW),
        ),
        (
            sa.insert(consents).values(person_id="p", given_by="q", kind="parental", text_version="1", given_at=NOW),
            sa.insert(consents).values(person_id="p", given_by="q", kind="parental", text_version="2", given_at=NOW),
        ),
        (
            sa.insert(identities).values(person_id="p", provider="vk", subject="1", linked_at=NOW),
            sa.insert(identities).values(person_id="q", provider="vk", subject="1", linked_at=NOW),
        ),
        (
            sa.insert(erasures).values(person_id="p", requested_at=NOW),
            sa.insert(erasures).values(person_id="p", requested_at=NOW),
        ),
        (None, sa.insert(message_reports).values(school_id="s1", reason="rude", text="-", at=NOW)),
        (sa.insert(audit).values(NOTE), sa.delete(audit)),
        (sa.insert(audit).values(NOTE), sa.update(audit).values(action="something else")),
    ],
    ids=lambda statement: "" if statement is None else str(statement).split(maxsplit=3)[2].split("(")[0],
)
async def test_the_database_itself_refuses(db: Database, first: Any, second: Any) -> None:
    if first is not None:
        async with db.write() as conn:
            await conn.execute(first)
    with pytest.raises(IntegrityError):
        async with db.write() as conn:
            await conn.execute(second)


async def test_what_is_over_stands_in_nobodys_way(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(request(state="declined", decided_at=NOW))
        await conn.execute(request())
        await conn.execute(sa.update(classes).where(classes.c.id == "s1-5").values(deleted_at=NOW))
        await conn.execute(sa.insert(classes).values(id="new", school_id="s1", name="5", created_at=NOW))
        await conn.execute(year())
        await conn.execute(
            sa.insert(classes).values(id="in-year", school_id="s1", school_year_id="y", name="7", created_at=NOW)
        )


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Алёна ЁЖИКОВА", "алена ежикова"),
        ("  Анна\t Мария ", "анна мария"),
        ("е\u0308лка", "елка"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﬁ", "fi"),
        ("李小龍", "李小龍"),
        ("ﷺ" * 120, None),
    ],
)
def test_names_are_folded(name: str, folded: str | None) -> None:
    found = fold_name(name)
    assert folded is None or found == folded
    assert len(found) <= 160
    assert fold_name(found) == found


async def test_names_are_searched_without_case(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(sa.insert(people), [{"id": str(n), "name": name, "created_at": NOW} for n, name in NAMED])
    for asked in ("АЛЁНА", "алена", "Ален"):
        async with db.read() as conn:
            found = await conn.scalars(
                sa.select(people.c.id)
                .where(people.c.name_folded.contains(fold_name(asked), autoescape=True))
                .order_by(people.c.id)
            )
            assert found.all() == ["1", "2"], asked


async def test_documents_come_back_as_they_went(db: Database) -> None:
    contacts = {"phone": "+7", "ё": [1, 2.5, None, True, {"x": "\u2028"}]}
    async with db.write() as conn:
        await conn.execute(sa.update(schools).where(schools.c.id == "s1").values(contacts=contacts))
    async with db.read() as conn:
        found = (await conn.execute(sa.select(schools.c.contacts).order_by(schools.c.id))).scalars().all()
    assert found == [contacts, None]


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
async def test_a_database_server_that_was_restarted_is_found_again(db: Database, template: Distributed) -> None:
    async with db.read() as conn:
        await conn.execute(sa.select(people.c.id))
    other = await template.postgres.connect()
    try:
        # What a restart does to connections that rest.
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", db.url.database
        )
    finally:
        await other.close()
    with mock.patch("platform_api.db.IDLE_SECONDS", 0.0):
        async with db.write() as conn:
            await conn.execute(member(1))


async def test_a_file_that_is_no_database_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "sfera.db"
    path.write_bytes(b"something else that somebody needs " * 100)
    database = Database(f"sqlite+aiosqlite:///{path}")
    with pytest.raises((OperationalError, sa.exc.DatabaseError)):
        await database.migrate()
    await database.close()
    assert path.read_bytes().startswith(b"something else")


async def test_who_is_cancelled_while_a_connection_opens_leaves_no_thread(tmp_path: Path) -> None:
    """It would answer an event loop that has ended by then."""
    began, go_on = threading.Event(), threading.Event()

    def slowly(*arguments: Any, **options: Any) -> sqlite3.Connection:
        began.set()
        assert go_on.wait(20)
        opened: sqlite3.Connection = sqlite3.connect(*arguments, **options)
        return opened

    async def write() -> None:
        async with database.write():
            pass

    before = set(threading.enumerate())
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/sfera.db")
    with mock.patch("aiosqlite.core.sqlite3", mock.Mock(wraps=sqlite3, connect=slowly)):
        task = asyncio.create_task(write())
        assert await asyncio.to_thread(began.wait, 20)
        (opener,) = (t for t in set(threading.enumerate()) - before if "connection_worker" in t.name)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    await asyncio.to_thread(opener.join, 20)
    assert not opener.is_alive()
    await database.close()


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
    options = {"compare_type": True, "target_metadata": metadata, "include_object": _is_compared}
    return MigrationContext.configure(connection, opts=options)


def _is_compared(_thing: Any, name: str | None, *_: Any) -> bool:
    """SQLite's full-text index is made of tables that SQLAlchemy has no words for; PostgreSQL's is an index there."""
    return name is None or not name.startswith(("message_search", "ix_messages_search"))
