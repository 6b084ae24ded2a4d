"""kill -9 of the api in the midst of changes: nothing that was answered is lost, nothing is done by half.

The api is a real process, killed after a random time while several calls are under way, and started again on what it
left behind. It is forked from a process that has loaded the program already, so that there is time to kill it often.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import sqlalchemy as sa
from yarl import URL

from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.schema import audit, classes, events, invitations, memberships
from tests.engines import Distributed, Postgres, distributed_like, free_port
from tests.unit.platform_api.world import ADMINISTRATOR, Page, make_config, seed_template

CHANGES = 1000
LIVES = 40
AT_ONCE = 6
ZYGOTE = """
import os, signal, sys, msgspec
import platform_api.app
from platform_api.config import ApiConfig
config = msgspec.json.decode(sys.argv[1], type=ApiConfig)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            platform_api.app.run(config)
        finally:
            os._exit(1)
    print("forked", child, flush=True)
"""


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seed_template(tmp_path_factory.mktemp("seeded"))


@dataclass
class Known:
    """What the platform has answered."""

    names: dict[str, set[str]] = field(default_factory=dict)
    """Names a class may have now: the last that was answered, and those asked for since."""
    deleted: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    """Classes whose deletion was asked for and not answered."""
    places: dict[str, set[str]] = field(default_factory=dict)
    """Classes a student may be in now."""
    invitations: set[str] = field(default_factory=set)
    answered: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0


class Zygote:
    """Starts the api again and again."""

    def __init__(self, config: ApiConfig) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", ZYGOTE, msgspec.json.encode(config).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.child = 0

    async def start(self, base: str) -> None:
        """Fork an api and wait until it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self.child = await asyncio.to_thread(self._forked)
        end = time.monotonic() + 30
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < end:
                try:
                    async with session.get(base + "/health") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.01)
        raise AssertionError("the api did not start")

    def _forked(self) -> int:
        assert self._process.stdout is not None
        lines = []
        for line in self._process.stdout:
            if line.startswith(b"forked "):
                return int(line.split()[1])
            lines.append(line.decode())
        raise AssertionError("".join(lines[-30:]))

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        os.kill(self.child, signal.SIGKILL)
        while True:
            try:
                os.kill(self.child, 0)
            except ProcessLookupError:
                break
            time.sleep(0.001)
        self.child = 0

    def close(self) -> None:
        """End both."""
        if self.child:
            self.kill()
        self._process.kill()
        self._process.communicate()


class Administrator:
    """Changes things at random, one thing at a time each, and remembers what was answered."""

    def __init__(self, known: Known, school: str, students: list[str], dice: random.Random) -> None:
        self._known = known
        self._school = school
        self._students = students
        self._dice = dice
        self._mine: list[str] = []
        self._serial = 0
        self.name = dice.randrange(10**6)

    async def change(self, page: Page) -> None:
        """One change. Raises aiohttp.ClientError when the api dies over it."""
        if len(self._mine) < 2:
            await self._make(page)
            return
        changes = [self._make, self._rename, self._rename, self._move, self._move, self._invite, self._delete]
        await self._dice.choice(changes)(page)

    async def _make(self, page: Page) -> None:
        name = self._new_name()
        answer = await page.call("POST", f"/schools/{self._school}/classes", {"name": name})
        assert answer.status == 201, answer.json
        self._mine.append(answer.json["id"])
        self._known.names[answer.json["id"]] = {name}
        self._known.answered["class.made"] += 1

    async def _rename(self, page: Page) -> None:
        class_id, name = self._dice.choice(self._mine), self._new_name()
        shown = await page.call("GET", f"/classes/{class_id}")
        assert shown.status == 200
        self._known.names[class_id].add(name)
        answer = await page.call(
            "PATCH", f"/classes/{class_id}", {"name": name}, headers={"If-Match": shown.headers["ETag"]}
        )
        assert answer.status == 200, answer.json
        self._known.names[class_id] = {name}
        self._known.answered["class.changed"] += 1

    async def _delete(self, page: Page) -> None:
        class_id = self._dice.choice(self._mine)
        self._known.unsure.add(class_id)
        self._mine.remove(class_id)
        answer = await page.call("DELETE", f"/classes/{class_id}")
        self._known.unsure.discard(class_id)
        if answer.status == 409:  # somebody was in it
            self._mine.append(class_id)
            return
        assert answer.status == 204, answer.json
        self._known.deleted.add(class_id)
        self._known.answered["class.deleted"] += 1

    async def _move(self, page: Page) -> None:
        student, class_id = self._dice.choice(self._students), self._dice.choice(self._mine)
        shown = await page.call("GET", f"/schools/{self._school}/members/{student}")
        assert shown.status == 200, shown.json
        held = next(held for held in shown.json["memberships"] if held["role"] == "student")
        if held["class"]["id"] == class_id:
            return
        self._known.places[student].add(class_id)
        answer = await page.call("POST", f"/memberships/{held['id']}/transfer", {"class_id": class_id})
        assert answer.status == 200, answer.json
        self._known.places[student] = {class_id}
        self._known.answered["transfer"] += 1

    async def _invite(self, page: Page) -> None:
        body = {"role": "student", "class_id": self._dice.choice(self._mine), "kind": "code"}
        answer = await page.call("POST", f"/schools/{self._school}/invitations", body)
        assert answer.status == 201, answer.json
        self._known.invitations.add(answer.json["id"])
        self._known.answered["invitation.made"] += 1

    def _new_name(self) -> str:
        self._serial += 1
        return f"{self.name}-{self._serial}"


async def lives(
    zygote: Zygote, config: ApiConfig, known: Known, number: int, wanted: int, dice: random.Random
) -> AsyncIterator[None]:
    """Run the platform `number` times over, killing it each time; yields after each death."""
    base = f"http://127.0.0.1:{config.port}"
    administrators: list[Administrator] = []
    cookies: Any = None
    for life in range(number):
        await zygote.start(base)
        async with AsyncExitStack() as stack:
            jar = aiohttp.CookieJar(unsafe=True)
            session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
            page = Page(session, base)
            if cookies is None:
                assert (await page.sign_in(ADMINISTRATOR)).status == 200
                cookies = [(cookie.key, cookie.value) for cookie in jar]
                administrators = await _administrators(page, known, dice)
            else:
                jar.update_cookies(dict(cookies), URL(base))
                assert (await page.call("GET", "/me")).status == 200, "still signed in"

            working = [asyncio.create_task(_work(administrator, page)) for administrator in administrators]
            target = wanted * (life + 1) // number
            end = time.monotonic() + 30
            while sum(known.answered.values()) < target and time.monotonic() < end:
                await asyncio.sleep(0.005)
                assert not [task for task in working if task.done()], [
                    task.exception() for task in working if task.done()
                ]
            await asyncio.sleep(dice.random() * 0.03)
            await asyncio.to_thread(zygote.kill)
            known.unanswered += sum(await asyncio.gather(*working))
        yield


async def _work(administrator: Administrator, page: Page) -> bool:
    """Change things until the api dies over one of them."""
    try:
        while True:
            await administrator.change(page)
    except (aiohttp.ClientError, ConnectionError):
        return True


async def _administrators(page: Page, known: Known, dice: random.Random) -> list[Administrator]:
    me = (await page.call("GET", "/me")).json
    school = me["memberships"][0]["school"]["id"]
    students: dict[str, str] = {}
    for shown in (await page.call("GET", "/classes")).json["classes"]:
        members = (await page.call("GET", f"/classes/{shown['id']}")).json["members"]
        students |= {member["id"]: shown["id"] for member in members if member["role"] == "student"}
    known.places |= {student: {class_id} for student, class_id in students.items()}
    everybody = sorted(students)
    return [Administrator(known, school, everybody[number::AT_ONCE], dice) for number in range(AT_ONCE)]


async def check(url: str, known: Known) -> None:
    """Everything answered is there, and every change is whole: with its events and its line in the audit."""
    database = Database(url)
    try:
        async with database.read() as conn:
            rows = {row.id: row for row in await conn.execute(sa.select(classes))}
            for class_id, names in known.names.items():
                assert class_id in known.deleted | known.unsure or rows[class_id].deleted_at is None
                if class_id in rows:
                    assert rows[class_id].name in names
                else:
                    assert class_id in known.deleted | known.unsure
            for class_id in known.deleted:
                assert class_id not in rows or rows[class_id].deleted_at is not None
            assert known.invitations <= set(await conn.scalars(sa.select(invitations.c.id)))
            held = (
                await conn.execute(
                    sa.select(memberships.c.person_id, memberships.c.class_id).where(
                        memberships.c.role == "student", memberships.c.until.is_(None)
                    )
                )
            ).all()
            assert len(held) == len(known.places), "each student is in one class"
            for row in held:
                assert row.class_id in known.places[row.person_id]
                known.places[row.person_id] = {row.class_id}
            told = Counter(await conn.scalars(sa.select(events.c.kind)))
            noted = Counter(await conn.scalars(sa.select(audit.c.action)))
            # The seed's own code was made by nobody, and told to nobody.
            made_by_people = sa.select(sa.func.count()).where(invitations.c.created_by.is_not(None))
            written = await conn.scalar(made_by_people)
            # The seed's memberships are in the books as well.
            count = sa.select(sa.func.count()).select_from(memberships)
            opened = await conn.scalar(count)
            closed = await conn.scalar(count.where(memberships.c.until.is_not(None)))
        for kind in ("class.made", "class.changed", "class.deleted", "invitation.made", "membership.opened"):
            assert told[kind] == noted[kind], f"{kind}: each is in both books"
            assert told[kind] >= known.answered[kind]
        assert told["invitation.made"] == written
        assert told["membership.opened"] == opened
        assert told["membership.closed"] == closed
        assert told["membership.closed"] >= known.answered["transfer"]
    finally:
        await database.close()


@asynccontextmanager
async def killed(tmp_path: Path, template: Path | Distributed) -> AsyncIterator[tuple[ApiConfig, Zygote]]:
    settings: dict[str, Any] = {"media_control_url": "http://127.0.0.1:9", "hls_control_url": "http://127.0.0.1:9"}
    async with AsyncExitStack() as stack:
        if isinstance(template, Distributed):
            settings["database_url"] = await stack.enter_async_context(template.database())
            settings["bus_url"] = template.nats_url
        config, _, _ = make_config(
            tmp_path / "world", template, port=free_port(), person_calls_per_minute=0, **settings
        )
        zygote = Zygote(config)
        stack.callback(zygote.close)
        yield config, zygote


@pytest.mark.slow
async def test_a_thousand_changes_on_sqlite(tmp_path: Path, seeded: Path) -> None:
    await _test(tmp_path, seeded, CHANGES, LIVES)


@pytest.mark.slow
async def test_two_hundred_changes_on_postgresql(tmp_path: Path, distributed: Distributed) -> None:
    await _test(tmp_path, distributed, CHANGES // 5, LIVES // 5)


@pytest.fixture
def distributed(seeded: Path, postgres: Postgres, nats_url: str) -> Distributed:
    return distributed_like(seeded, postgres, nats_url)


async def _test(tmp_path: Path, template: Path | Distributed, wanted: int, number: int) -> None:
    seed = random.randrange(10**9)
    known, dice, started = Known(), random.Random(seed), time.monotonic()
    async with killed(tmp_path, template) as (config, zygote):
        async for _ in lives(zygote, config, known, number, wanted, dice):
            await check(config.database_url, known)
        if isinstance(template, Path):
            with closing(sqlite3.connect(tmp_path / "world" / "sfera.db")) as file:
                assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert file.execute("PRAGMA foreign_key_check").fetchall() == []
    total = sum(known.answered.values())
    print(
        f"{total} changes answered, {known.unanswered} cut off, {number} deaths in {time.monotonic() - started:.0f} s"
        f" (seed {seed}): {dict(known.answered)}"
    )
    assert total >= wanted
    assert known.unanswered > 0
