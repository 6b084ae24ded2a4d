"""Administrators who change classes, places of students and invitations, and what must be true of it afterwards."""

from __future__ import annotations

import asyncio
import functools
import random
from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.schema import audit, classes, events, invitations, memberships
from tests.chaos.dying import Pages, until_death
from tests.unit.platform_api.world import ADMINISTRATOR, Page


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


class Administrators:
    """One person at several pages, each with classes and students of its own."""

    def __init__(self, wanted: int, number: int, dice: random.Random) -> None:
        self.wanted = wanted
        self._known = Known()
        self._number = number
        self._dice = dice
        self._pages = Pages()
        self._at_work: list[Administrator] = []
        self._page: Page | None = None

    @property
    def answered(self) -> int:
        """See `dying.Crew`."""
        return sum(self._known.answered.values())

    async def come(self, base: str, life: int) -> None:
        """See `dying.Crew`."""
        self._page = await self._pages.come(base, ADMINISTRATOR)
        if not life:
            school, students = await self._look(self._page)
            self._at_work = [
                Administrator(self._known, school, students[number :: self._number], self._dice)
                for number in range(self._number)
            ]

    def begin(self) -> list[asyncio.Task[bool]]:
        """See `dying.Crew`."""
        page = self._page
        assert page is not None
        return [
            asyncio.create_task(until_death(functools.partial(one.change, page)), name="administrator")
            for one in self._at_work
        ]

    async def close(self) -> None:
        """See `dying.Crew`."""
        await self._pages.close()

    async def check(self, conn: AsyncConnection) -> None:
        """Every change is whole: with its events and its line in the audit."""
        await check(conn, self._known)

    def __str__(self) -> str:
        return str(dict(self._known.answered))

    async def _look(self, page: Page) -> tuple[str, list[str]]:
        """The school, and its students."""
        school = (await page.call("GET", "/me")).json["memberships"][0]["school"]["id"]
        for shown in (await page.call("GET", "/classes")).json["classes"]:
            members = (await page.call("GET", f"/classes/{shown['id']}")).json["members"]
            self._known.places |= {one["id"]: {shown["id"]} for one in members if one["role"] == "student"}
        return school, sorted(self._known.places)


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


async def check(conn: AsyncConnection, known: Known) -> None:
    """Everything answered is there, and every change is whole: with its events and its line in the audit."""
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
    await _check_books(conn, known)


async def _check_books(conn: AsyncConnection, known: Known) -> None:
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
