"""Memberships under any order of joining, transferring, archiving, restoring, leaving, linking and erasing.

A model of plain sets says who should be where; the database is compared with it after every step, together with what
must hold whatever was done. Who reads the chats of a class follows from it, and is looked at for one class in between
and for all of them in the end.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from platform_api.access.chats import access_pairs, people_of_chat
from platform_api.audit import OPERATOR
from platform_api.chats.making import found_class_chats
from platform_api.clock import new_id
from platform_api.db import Database
from platform_api.errors import AlreadyMember, ApiError, Archived, InAnotherClass, InvitationNotYours, LastAdministrator
from platform_api.memberships import family, moves
from platform_api.memberships.change import Change
from platform_api.privacy.erasure import erase
from platform_api.schema import audit, chats, classes, events, memberships, people, schools
from platform_api.schools.archiving import archive_class, restore_class

T = TypeVar("T")
Place = tuple[str, str | None]
"""Role and class."""


class Town:
    """One database for all examples; each has its own school and people in it."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.now = datetime(2026, 9, 1, 8, tzinfo=UTC)
        self.db = Database(f"sqlite+aiosqlite:///{Path(self.folder.name) / 'sfera.db'}", now=lambda: self.now)
        self.run(self.db.migrate())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)


TOWN: list[Town] = []


def town() -> Town:
    if not TOWN:
        TOWN.append(Town())
    return TOWN[0]


class Memberships(RuleBasedStateMachine):
    """One school with its classes and people."""

    anybody = Bundle("anybody")
    somewhere = Bundle("somewhere")

    def __init__(self) -> None:
        super().__init__()
        self.town = town()
        self.school = new_id()
        self.held: dict[str, set[Place]] = defaultdict(set)
        self.children: dict[str, set[str]] = defaultdict(set)
        self.archived: dict[str, set[tuple[str, str]]] = {}
        """(person, role) of who was in a class when it was archived."""
        self.kept: dict[str, dict[str, set[str]]] = {}
        """Who read the chats of a class when it was archived, by kind of chat."""
        self.made: list[str] = []
        """Classes."""
        self.erased: set[str] = set()
        self.written = 0
        self.first = self.do(self._begin())
        self.held[self.first].add(("administrator", None))
        for _ in range(2):
            self.do(self._class())

    @initialize(target=somewhere)
    def classes_are_there(self) -> Any:
        return multiple(*self.made)

    @initialize(target=anybody)
    def people_are_there(self) -> Any:
        """A family among them, in one of two classes: few examples would come so far by themselves."""
        student, parent, teacher = (self.do(self._person()) for _ in range(3))
        self._join(student, "student", self.made[0])
        self._join(teacher, "teacher", self.made[0])
        self.link(parent, student)
        return multiple(self.first, student, parent, teacher)

    @rule(target=anybody, count=st.integers(1, 3))
    def people_come(self, count: int) -> Any:
        return multiple(*(self.do(self._person()) for _ in range(count)))

    @rule(target=somewhere)
    def class_is_made(self) -> str:
        return self.do(self._class())

    @rule(person=anybody, role=st.sampled_from(["administrator", "teacher", "student"]), where=somewhere)
    def join_class(self, person: str, role: str, where: str) -> None:
        self._join(person, role, None if role == "administrator" else where)

    @rule(person=anybody, role=st.sampled_from(["teacher", "student"]))
    def join_school(self, person: str, role: str) -> None:
        self._join(person, role, None)

    def _join(self, person: str, role: str, where: str | None) -> None:
        if person in self.erased:
            return
        held = self.held[person]
        expected = self._refusal(person, role, where)
        self.expect(expected, lambda change: moves.join(change, person, self.school, role, where))  # type: ignore[arg-type]
        if expected is None:
            if role == "student":
                held.discard(("student", None))
            held.add((role, where))

    def _refusal(self, person: str, role: str, where: str | None) -> type[ApiError] | None:
        """Why somebody cannot join, by the rules."""
        held = self.held[person]
        mine = {of for of, _ in held}
        student_of = next((klass for of, klass in held if of == "student"), None)
        other_side = {"administrator", "teacher"} if role == "student" else {"student"}
        if where in self.archived:
            return Archived
        if mine & other_side or (role, where) in held:
            return AlreadyMember
        if role == "student" and "student" in mine and where is None:
            return AlreadyMember
        return InAnotherClass if role == "student" and student_of is not None else None

    @rule(person=anybody, where=somewhere)
    def transfer(self, person: str, where: str) -> None:
        mine = next((place for place in self.held[person] if place[0] == "student"), None)
        if mine is None:
            return
        expected = Archived if where in self.archived else AlreadyMember if mine[1] == where else None
        membership = self.do(self._membership(person, *mine))
        self.expect(expected, lambda change: moves.transfer(change, membership, where))
        if expected is None:
            self.held[person] = (self.held[person] - {mine}) | {("student", where)}

    @rule(person=anybody, chance=st.randoms(use_true_random=False))
    def leave_class(self, person: str, chance: Any) -> None:
        held = sorted(self.held[person], key=str)
        if not held:
            return
        role, where = chance.choice(held)
        last = role == "administrator" and self._administrators() == {person}
        membership = self.do(self._membership(person, role, where))
        expected = LastAdministrator if last else None
        self.expect(expected, lambda change: moves.leave_class(change, membership, "removed"))
        if not last:
            self.held[person].discard((role, where))
            if where is not None:
                self._stays(person, role)

    @rule(person=anybody)
    def leave_school(self, person: str) -> None:
        last = self._administrators() == {person}
        expected = LastAdministrator if last else None
        self.expect(expected, lambda change: self._leave(change, person))
        if not last:
            self.held[person].clear()
            students = {child for child, held in self.held.items() if any(role == "student" for role, _ in held)}
            self.children[person] -= students

    @rule(parent=anybody, child=anybody)
    def link(self, parent: str, child: str) -> None:
        if {parent, child} & self.erased:
            return
        expected: type[ApiError] | None = None
        if parent == child or any(role == "student" for role, _ in self.held[parent]):
            expected = InvitationNotYours
        elif child in self.children[parent]:
            expected = AlreadyMember
        self.expect(expected, lambda change: family.link(change, parent, child))
        if expected is None:
            self.children[parent].add(child)

    @rule(where=somewhere)
    def archive(self, where: str) -> None:
        if where in self.archived:
            return
        self.expect(None, lambda change: archive_class(change, self.school, where))
        self.kept[where] = self._readers(where)
        inside = {(person, role) for person, held in self.held.items() for role, klass in held if klass == where}
        self.archived[where] = inside
        for person, role in inside:
            self.held[person].discard((role, where))
            self._stays(person, role)

    @rule(where=somewhere)
    def restore(self, where: str) -> None:
        if where not in self.archived:
            return
        self.expect(None, lambda change: self._restore(change, where))
        for person, role in self.archived.pop(where):
            held = self.held[person]
            if role == "student" and ("student", None) in held:
                held.discard(("student", None))
                held.add((role, where))
            elif role == "teacher" and any(of == "teacher" for of, _ in held):
                held.add((role, where))

    @rule(person=consumes(anybody))
    def erase(self, person: str) -> None:
        last = self._administrators() == {person}
        self.expect(LastAdministrator if last else None, lambda change: erase(change, person, "own request"))
        if not last:
            self.erased.add(person)
            self.held[person].clear()
            self.children.pop(person, None)
            for found in self.children.values():
                found.discard(person)

    @invariant()
    def everybody_is_where_the_model_says(self) -> None:
        found = self.do(self._read())
        wanted = {person: set(held) for person, held in self.held.items() if held}
        for parent, linked in self.children.items():
            for child in linked:
                for role, klass in self.held[child]:
                    if role == "student":
                        wanted.setdefault(parent, set()).add(("parent", klass))
        assert found == wanted

    @invariant()
    def what_must_hold_holds(self) -> None:
        if not self.written:
            return
        assert self._administrators(), "a school keeps an administrator"
        for held in self.held.values():
            assert sum(role == "student" for role, _ in held) <= 1, "one class a student"
        rows, told = self.do(self._books())
        assert all(row.until is None or row.until >= row.since for row in rows)
        opened, closed = told
        assert opened == len(rows), "every membership that began stands in the log and in the audit"
        assert closed == sum(row.until is not None for row in rows), "and every one that ended"

    @rule(where=somewhere)
    def its_chats_are_read_by_the_class_list_and_nobody_else(self, where: str) -> None:
        found = self.do(self._chats(where))
        wanted = self.kept[where] if where in self.archived else self._readers(where)
        for kind, (listed, admitted) in found.items():
            assert listed == admitted == (wanted[kind] | self._administrators()) - self.erased, kind

    def teardown(self) -> None:
        for where in self.made:
            self.its_chats_are_read_by_the_class_list_and_nobody_else(where)

    def _readers(self, where: str) -> dict[str, set[str]]:
        """Who reads the chats of a class, by kind of chat, beside the administrators."""
        teachers, students = [
            {person for person, held in self.held.items() if (role, where) in held} for role in ("teacher", "student")
        ]
        parents = {parent for parent, linked in self.children.items() if linked & students}
        return {"class": teachers | students, "parents": teachers | parents}

    def _administrators(self) -> set[str]:
        return {person for person, held in self.held.items() if ("administrator", None) in held}

    def _stays(self, person: str, role: str) -> None:
        """Who leaves a class stays in the school."""
        if not any(of == role for of, _ in self.held[person]):
            self.held[person].add((role, None))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.town.run(work)

    def expect(self, refusal: type[ApiError] | None, work: Any) -> None:
        """Make a change; it must be refused with exactly this, leaving nothing behind, or go through."""
        self.town.now += timedelta(seconds=1)

        async def change() -> type[ApiError] | None:
            try:
                async with self.town.db.write() as conn:
                    await work(Change(conn, OPERATOR, self.town.now))
            except ApiError as error:
                return type(error)
            return None

        assert self.do(change()) is refusal

    async def _begin(self) -> str:
        self.written = 1
        async with self.town.db.write() as conn:
            await conn.execute(sa.insert(schools).values(id=self.school, name="-", city="-", created_at=self.town.now))
        person = await self._person()
        async with self.town.db.write() as conn:
            await moves.join(Change(conn, OPERATOR, self.town.now), person, self.school, "administrator", None)
        return person

    async def _person(self) -> str:
        person = new_id()
        async with self.town.db.write() as conn:
            await conn.execute(sa.insert(people).values(id=person, name="-", created_at=self.town.now))
        return person

    async def _class(self) -> str:
        class_id = new_id()
        async with self.town.db.write() as conn:
            await conn.execute(
                sa.insert(classes).values(id=class_id, school_id=self.school, name=class_id, created_at=self.town.now)
            )
            await found_class_chats(conn, self.school, class_id, self.town.now)
        self.made.append(class_id)
        return class_id

    async def _restore(self, change: Change, where: str) -> None:
        await restore_class(change, (await change.conn.execute(sa.select(classes).where(classes.c.id == where))).one())

    async def _leave(self, change: Change, person: str) -> None:
        """As the platform lets somebody go: a parent is in the school by their children."""
        for child in await family.children_in(change.conn, person, self.school):
            await family.unlink(change, person, child, "left")
        await moves.leave_school(change, person, self.school, "left")

    async def _membership(self, person: str, role: str, where: str | None) -> str:
        async with self.town.db.read() as conn:
            return str(
                await conn.scalar(
                    sa.select(memberships.c.id).where(
                        memberships.c.person_id == person,
                        memberships.c.role == role,
                        memberships.c.class_id.is_(None) if where is None else memberships.c.class_id == where,
                        memberships.c.until.is_(None),
                    )
                )
            )

    async def _read(self) -> dict[str, set[Place]]:
        found: dict[str, set[Place]] = defaultdict(set)
        async with self.town.db.read() as conn:
            for row in await conn.execute(
                sa.select(memberships).where(memberships.c.school_id == self.school, memberships.c.until.is_(None))
            ):
                place = (row.role, row.class_id)
                assert place not in found[row.person_id], "one open membership a role and place"
                found[row.person_id].add(place)
        return dict(found)

    async def _chats(self, where: str) -> dict[str, tuple[set[str], set[str]]]:
        """For each kind of a class's chats who is listed as its reader, and who of everybody is let in."""
        found: dict[str, tuple[set[str], set[str]]] = {}
        everybody = self.held.keys() | self.children.keys() | self.erased
        async with self.town.db.read() as conn:
            for row in await conn.execute(sa.select(chats.c.id, chats.c.kind).where(chats.c.class_id == where)):
                admitted = await access_pairs(conn, [(row.id, person) for person in everybody])
                found[row.kind] = (set(await people_of_chat(conn, row.id)), {person for _, person in admitted})
        assert found.keys() == {"class", "parents"}
        return found

    async def _books(self) -> tuple[list[Any], tuple[int, int]]:
        async with self.town.db.read() as conn:
            rows = list(await conn.execute(sa.select(memberships).where(memberships.c.school_id == self.school)))
            counts = []
            for kind in ("membership.opened", "membership.closed"):
                logged = await conn.scalar(
                    sa.select(sa.func.count()).where(events.c.school_id == self.school, events.c.kind == kind)
                )
                audited = await conn.scalar(
                    sa.select(sa.func.count()).where(audit.c.school_id == self.school, audit.c.action == kind)
                )
                assert logged == audited
                counts.append(audited or 0)
        return rows, (counts[0], counts[1])


TestMemberships = Memberships.TestCase
TestMemberships.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def teardown_module() -> None:
    """Close the database of all examples."""
    while TOWN:
        used = TOWN.pop()
        with suppress(Exception):
            used.run(used.db.close())
        used.runner.close()
        used.folder.cleanup()
