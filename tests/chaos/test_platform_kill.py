"""kill -9 of the api in the midst of changes and messages: nothing that was answered is lost, doubled or done by half.

Administrators change classes and places, writers send into chats, all at once; a life ends when each crew has had its
share of answers, at a moment that nobody chose. What was cut off is sent again by its client id.
"""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from platform_api.db import Database
from tests.chaos.changing import Administrators
from tests.chaos.dying import Crew, killed, lives
from tests.chaos.writing import Writers
from tests.engines import Distributed, Postgres, distributed_like
from tests.unit.platform_api.world import seed_template

CHANGES, MESSAGES = 1000, 300
"""Answered ones on SQLite; a fifth of it on PostgreSQL."""
LIVES = 12
"""Each death cuts off what all of them are doing, some 25 calls."""
ADMINISTRATORS, PAGES = 16, 3


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seed_template(tmp_path_factory.mktemp("seeded"))


@pytest.fixture
def distributed(seeded: Path, postgres: Postgres, nats_url: str) -> Distributed:
    return distributed_like(seeded, postgres, nats_url)


@pytest.mark.slow
async def test_a_thousand_changes_and_messages_on_sqlite(tmp_path: Path, seeded: Path) -> None:
    await _test(tmp_path, seeded, 1)
    with closing(sqlite3.connect(tmp_path / "world" / "sfera.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        # An index without contents of its own: it is compared with what it was made of.
        file.execute("INSERT INTO message_search(message_search, rank) VALUES ('integrity-check', 1)")


@pytest.mark.slow
async def test_two_hundred_changes_and_messages_on_postgresql(tmp_path: Path, distributed: Distributed) -> None:
    await _test(tmp_path, distributed, 5)


async def _test(tmp_path: Path, template: Path | Distributed, part: int) -> None:
    seed, started, cut_off = random.randrange(10**9), time.monotonic(), 0
    dice = random.Random(seed)
    crews: list[Crew] = [Administrators(CHANGES // part, ADMINISTRATORS, dice), Writers(MESSAGES // part, PAGES, dice)]
    number = LIVES // min(part, 3)
    async with killed(tmp_path, template) as (config, zygote):
        database = Database(config.database_url)
        try:
            async for dropped in lives(zygote, config, crews, number, dice):
                cut_off += dropped
                async with database.read() as conn:
                    for crew in crews:
                        await crew.check(conn)
        finally:
            await database.close()
    done = ", ".join(str(crew) for crew in crews)
    print(f"{done}; {cut_off} cut off, {number} deaths in {time.monotonic() - started:.0f} s (seed {seed})")
    assert cut_off > 0
