"""The event log in the database: order, cursors, nothing skipped, nothing kept for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from platform_api.bus import LocalBus
from platform_api.db import Database
from platform_api.events import record
from platform_api.events.hub import Hub
from platform_api.events.reading import Cursor, Entry, Position, extent, forget, read_after
from platform_api.metrics import Metrics
from platform_api.schema import event_log, events
from tests.engines import Distributed

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
START = Position(0, 0)


class Clock:
    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def db(tmp_path: Path, template: Path | Distributed, clock: Clock) -> AsyncIterator[Database]:
    if isinstance(template, Distributed):
        async with template.database() as url:
            database = Database(url, now=clock)
            async with database.write() as conn:
                await conn.execute(sa.delete(events))  # of the demonstration that was seeded
            yield database
            await database.close()
    else:
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/sfera.db", now=clock)
        await database.migrate()
        yield database
        await database.close()


async def write(db: Database, *subjects: str) -> None:
    async with db.write() as conn:
        for subject in subjects:
            await record(conn, "class.changed", subject, school_id="s", class_id=subject, data={"n": [1, "ё"]})


async def read(db: Database, position: Position = START, limit: int = 1000) -> list[Entry]:
    async with db.read() as conn:
        return await read_after(conn, position, limit)


async def test_entries_stand_in_the_order_of_commits(db: Database, clock: Clock) -> None:
    await write(db, "a", "b")
    clock.moment += timedelta(seconds=1)
    await write(db, "c")
    found = await read(db)
    assert [entry.subject for entry in found] == ["a", "b", "c"]
    assert [entry.at for entry in found] == [NOW, NOW, NOW + timedelta(seconds=1)]
    assert found[0].data == {"n": [1, "ё"]}
    assert (found[0].kind, found[0].thing, found[0].school_id, found[0].person_id) == (
        "class.changed",
        "class",
        "s",
        None,
    )
    assert [entry.subject for entry in await read(db, found[0].position, 1)] == ["b"]
    assert await read(db, found[-1].position) == []
    async with db.read() as conn:
        bounds = await extent(conn)
    assert (bounds.head, bounds.forgotten, bounds.pending) == (found[-1].position, START, False)


async def test_what_is_undone_is_not_in_the_log(db: Database) -> None:
    calls: list[None] = []
    db.on_events(lambda: calls.append(None))

    async def fails() -> None:
        async with db.write() as conn:
            await record(conn, "class.changed", "a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await read(db) == []
    async with db.write():
        pass
    assert calls == [], "nobody is woken for nothing"
    await write(db, "b")
    assert calls == [None]


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
async def test_a_late_commit_is_not_skipped(db: Database) -> None:
    """In PostgreSQL an entry may be committed after one with a later id. Readers wait for it."""
    await write(db, "first")
    head = (await read(db))[-1].position
    engine = create_async_engine(db.url)
    async with engine.connect() as early, engine.connect() as late:
        # Past the lock that makes writers take turns, as another program on the same server might.
        await record(early, "class.changed", "early")
        await record(late, "class.changed", "late")
        await late.commit()
        assert await read(db, head) == [], "what stands before it may still come"
        async with db.read() as conn:
            bounds = await extent(conn)
        assert (bounds.head, bounds.pending) == (head, True)
        await early.commit()
    assert [entry.subject for entry in await read(db, head)] == ["early", "late"]
    # The other way round: the later id in the transaction that began first.
    head = (await read(db))[-1].position
    async with engine.connect() as early, engine.connect() as late:
        await early.execute(sa.text("SELECT pg_current_xact_id()"))
        await record(late, "class.changed", "late")
        await record(early, "class.changed", "early")
        await early.commit()
        seen = await read(db, head)
        assert [entry.subject for entry in seen] == ["early"], "nothing older is open"
        await late.commit()
    assert [entry.subject for entry in await read(db, seen[-1].position)] == ["late"]
    await engine.dispose()


async def test_many_writers_and_a_reader_that_never_looks_back(db: Database) -> None:
    engine = create_async_engine(db.url) if not db.is_sqlite else None

    async def one(number: int) -> None:
        if engine is None:
            await write(db, str(number))
            return
        async with engine.connect() as conn:
            await record(conn, "class.changed", str(number))
            await asyncio.sleep(0.001 * (number % 7))
            await conn.commit()

    async def follow() -> list[str]:
        position, seen = START, list[str]()
        while len(seen) < 100:
            found = await read(db, position, 7)
            seen += [entry.subject for entry in found]
            position = found[-1].position if found else position
        return seen

    async with asyncio.timeout(60):
        following = asyncio.create_task(follow())
        for start in range(0, 100, 10):
            await asyncio.gather(*(one(number) for number in range(start, start + 10)))
        seen = await following
    assert sorted(seen, key=int) == [str(number) for number in range(100)], "each once"
    if engine is not None:
        await engine.dispose()


async def test_the_log_forgets_by_age_and_by_number(db: Database, clock: Clock) -> None:
    await write(db, *"abc")
    clock.moment += timedelta(days=31)
    await write(db, *"defgh")
    cursors = [entry.position for entry in await read(db)]
    async with db.write() as conn:
        assert await forget(conn, clock.moment - timedelta(days=30), 1000, 2) == 2, "no more than that at once"
        assert await forget(conn, clock.moment - timedelta(days=30), 1000, 2) == 1
        assert await forget(conn, clock.moment - timedelta(days=30), 1000, 2) == 0
    assert [entry.subject for entry in await read(db)] == list("defgh")
    async with db.write() as conn:
        assert await forget(conn, NOW, 4, 100) == 1
    async with db.read() as conn:
        bounds = await extent(conn)
    epoch = bounds.epoch
    assert [bounds.holds(Cursor(epoch, position)) for position in cursors] == [False] * 3 + [True] * 5
    assert not bounds.holds(Cursor("other", cursors[-1]))
    assert not bounds.holds(Cursor(epoch, Position(cursors[-1].tx, cursors[-1].id + 1)))
    async with db.write() as conn:
        assert await forget(conn, clock.moment + timedelta(days=1), 1000, 100) == 4
    async with db.read() as conn:
        bounds = await extent(conn)
    assert bounds.head == bounds.forgotten == cursors[-1], "an empty log still ends where it ended"


async def test_a_reader_that_slept_notices_that_the_log_is_another(db: Database, clock: Clock) -> None:
    hub = Hub(db, LocalBus(), Metrics(), clock, keep_days=30, keep=1000)
    await hub.start()
    try:
        await write(db, "a")
        await _until(hub, lambda: hub.head.position > START)
        before = hub.head
        async with db.write() as conn:
            await conn.execute(sa.delete(events))
            await conn.execute(sa.update(event_log).values(epoch="restored"))
            await record(conn, "class.changed", "b")
        await _until(hub, lambda: hub.head.epoch == "restored")
        assert await hub.after(before) is None
        assert await hub.after(hub.head) == []
    finally:
        await hub.stop()


async def _until(hub: Hub, condition: object) -> None:
    async with asyncio.timeout(20):
        while True:
            changes = hub.changes()
            if condition():  # type: ignore[operator]
                return
            await changes.wait()


positions = st.builds(Position, st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))


@given(st.text("abcXYZ-_019", min_size=1, max_size=12), positions)
def test_cursors_come_back(epoch: str, position: Position) -> None:
    cursor = Cursor(epoch, position)
    assert Cursor.decode(cursor.encode()) == cursor
    assert len(cursor.encode()) <= 96


@given(st.text(max_size=96))
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    cursor = Cursor.decode(text)
    assert cursor is None or all(0 <= number < 2**63 for number in cursor.position)
