"""What a million messages do to sending, reading back and searching, on SQLite and on PostgreSQL.

A school of 40 classes with 50 people each has written a million messages into its classes' chats. `append_per_s`: 50
people send at once, each the next message when the one before is answered, by the path every message goes (on the disk
before it is answered). `history_*`: a page of 50 before a random place, as a chat is read back, asked as the api asks
it. `search_*`: one to three words, common and rare ones, in all chats that a person reads, the newest 30. All of it
without HTTP, in one process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.servers import run_postgres
from platform_api.access.chats import access_chat, access_chats
from platform_api.checkpoints import Checkpoints
from platform_api.clock import utc_now
from platform_api.db import Database
from platform_api.events.delivery import Delivery
from platform_api.messages.appending import Appender
from platform_api.messages.history import Reading
from platform_api.messages.outgoing import Outgoing
from platform_api.messages.rules import HistoryQuery, SearchQuery
from platform_api.messages.search import search
from platform_api.messages.terms import search_text
from platform_api.metrics import Metrics
from platform_api.people.queries import Viewer
from platform_api.rehearsal import fill
from platform_api.schema import chats, messages

CLASSES, SIZE = 40, 50
ROWS_AT_ONCE = 10_000
SENDERS = 50
ROOTS = (
    "урок задани контрольн экскурси тетрад учебник расписани столов музе дневник оценк каникул собрани конкурс проект"
)
ENDINGS = ("", "а", "у", "ой", "ами", "ах", "ия", "ов")
COMMON = ("завтра", "спасибо", "урок", "задание", "когда", "можно", "хорошо", "да")


def vocabulary(dice: random.Random) -> tuple[list[str], list[float]]:
    """Some thousand words, few of them common, as in any language (Zipf)."""
    words = list(COMMON)
    words += [root + ending for root in ROOTS.split() for ending in ENDINGS]
    letters = "абвгдежзиклмнопрстуфхцчшэюя"
    words += ["".join(dice.choices(letters, k=dice.randint(4, 10))) for _ in range(4000)]
    return words, [1.0 / (place + 3) for place in range(len(words))]


async def fill_messages(db: Database, chat_ids: list[str], count: int, dice: random.Random) -> None:
    """So many messages, in turn to the chats, in the order of time."""
    words, weights = vocabulary(dice)
    start = utc_now() - timedelta(hours=20)
    pool = dice.choices(words, weights, k=200_000)
    for first in range(0, count, ROWS_AT_ONCE):
        rows = [
            _row(number, chat_ids, start + timedelta(milliseconds=60 * number), pool, dice)
            for number in range(first, min(count, first + ROWS_AT_ONCE))
        ]
        async with db.write() as conn:
            await _insert(conn, rows)
    async with db.write() as conn:
        for place, chat_id in enumerate(chat_ids):
            last = len(range(place, count, len(chat_ids)))
            moment = start + timedelta(milliseconds=60 * count)
            await conn.execute(sa.update(chats).where(chats.c.id == chat_id).values(last_number=last, last_at=moment))
    if not db.is_sqlite:
        async with db.write() as conn:
            await conn.exec_driver_sql("ANALYZE")


def _row(number: int, chat_ids: list[str], at: datetime, pool: list[str], dice: random.Random) -> dict[str, Any]:
    place = number % len(chat_ids)
    begin, length = dice.randrange(len(pool) - 20), dice.randint(2, 14)
    text = " ".join(pool[begin : begin + length])
    return {
        "chat_id": chat_ids[place],
        "number": number // len(chat_ids) + 1,
        "author_id": f"class-{place}-{number % SIZE}",
        "client_id": f"b{number}",
        "at": at,
        "text": text,
        "search": search_text(chat_ids[place], text),
    }


async def _insert(conn: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Many rows at once: PostgreSQL takes columns as arrays, SQLite one prepared statement."""
    if conn.dialect.name == "sqlite":
        await conn.execute(sa.insert(messages), rows)
        return
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    columns["at"] = [int(moment.timestamp() * 1000) for moment in columns["at"]]
    await conn.exec_driver_sql(
        "INSERT INTO messages (chat_id, number, author_id, client_id, at, text, search)"
        " SELECT c, n, a, i, m, t, array_to_tsvector(string_to_array(s, ' '))"
        " FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[])"
        " AS rows (c, n, a, i, m, t, s)",
        tuple(columns[name] for name in ("chat_id", "number", "author_id", "client_id", "at", "text", "search")),
    )


async def measure_append(db: Database, chat_ids: list[str], seconds: float) -> dict[str, float]:
    """How many messages a second are on the disk and answered."""
    appender, checkpoints = Appender(db, Delivery(db, utc_now), Metrics(), utc_now), Checkpoints(db)
    appender.start()
    checkpoints.start()
    end, sent = time.perf_counter() + seconds, 0

    async def sender(number: int) -> None:
        nonlocal sent
        place, own = number % len(chat_ids), 0
        author = Viewer(f"class-{place}-{number % SIZE}", "Somebody", "")
        while time.perf_counter() < end:
            own += 1
            text = "Завтра контрольная по математике, не забудьте тетради"
            await appender.append(
                Outgoing(chat_id=chat_ids[place], author=author, client_id=f"s{number}-{own}", text=text)
            )
            sent += 1

    begun = time.perf_counter()
    await asyncio.gather(*(sender(number) for number in range(SENDERS)))
    taken = time.perf_counter() - begun
    await checkpoints.stop()
    await appender.stop()
    return {"append_per_s": round(sent / taken, 1)}


async def timed(count: int, call: Callable[[], Awaitable[None]]) -> list[float]:
    """How long each of so many calls takes, ms, the first few left out."""
    taken: list[float] = []
    for number in range(count + 10):
        begun = time.perf_counter()
        await call()
        if number >= 10:
            taken.append(1000 * (time.perf_counter() - begun))
    return taken


async def measure_reading(db: Database, chat_ids: list[str], count: int, dice: random.Random) -> dict[str, float]:
    """Pages of history and of searches."""
    words, weights = vocabulary(random.Random(1))

    async def page() -> None:
        place = dice.randrange(len(chat_ids))
        viewer = Viewer(f"class-{place}-{dice.randrange(SIZE)}", "", "")
        async with db.read() as conn:
            access = await access_chat(conn, viewer, chat_ids[place])
            history = await Reading(conn, access, utc_now()).page(
                HistoryQuery(before=dice.randint(60, access.last_number))
            )
            assert len(history.items) == 50

    async def find() -> None:
        place = dice.randrange(len(chat_ids))
        viewer = Viewer(f"class-{place}-{dice.randrange(SIZE)}", "", "")
        wanted = " ".join(dice.choices(words, weights, k=dice.randint(1, 3)))
        async with db.read(slow=True) as conn:
            await search(conn, viewer.id, await access_chats(conn, viewer), SearchQuery(wanted), utc_now())

    pages, searches = await timed(count, page), await timed(count, find)
    return {
        "history_p50_ms": quantile(pages, 0.5),
        "history_p99_ms": quantile(pages, 0.99),
        "search_p50_ms": quantile(searches, 0.5),
        "search_p99_ms": quantile(searches, 0.99),
    }


def quantile(values: list[float], part: float) -> float:
    """A quantile by the nearest rank."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 2)


@asynccontextmanager
async def database(which: str) -> AsyncIterator[str]:
    """Address of a new database that waits for the disk."""
    if which == "sqlite":
        with tempfile.TemporaryDirectory(prefix="sfera-bench-") as name:
            yield f"sqlite+aiosqlite:///{Path(name)}/sfera.db"
        return
    with run_postgres(careless=False) as server:
        yield server.url(await server.create())


async def benchmark(which: str, count: int, seconds: float, calls: int) -> dict[str, float]:
    """One database from nothing to figures."""
    async with database(which) as url:
        made = await fill(url, CLASSES, SIZE)
        chat_ids = [chat.id for chat in made]
        db = Database(url)
        try:
            begun = time.perf_counter()
            await fill_messages(db, chat_ids, count, random.Random(1))
            filled = round(time.perf_counter() - begun, 1)
            print(f"{which}: {count} messages in {filled} s", file=sys.stderr)
            found = await measure_reading(db, chat_ids, calls, random.Random(2))
            found |= await measure_append(db, chat_ids, seconds)
            return {**found, "fill_s": filled}
        finally:
            await db.close()


def main(arguments: list[str]) -> int:
    """`python -m benchmarks messages`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks messages", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--messages", type=int, default=1_000_000, help="how many there are (a million)")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long is sent (8)")
    parser.add_argument("--calls", type=int, default=400, help="pages, and searches (400 each)")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of the two databases")
    chosen = parser.parse_args(arguments)
    figures: dict[str, float] = {}
    for which in [chosen.only] if chosen.only else ["sqlite", "postgresql"]:
        found = asyncio.run(benchmark(which, chosen.messages, chosen.seconds, chosen.calls))
        figures |= {f"{which}.{name}": value for name, value in found.items()}
        if not chosen.json:
            for name, value in found.items():
                print(f"{which:11} {name:18} {value:10.2f}")
    if chosen.json:
        print(json.dumps({"messages": chosen.messages, **figures}))
    return 0
