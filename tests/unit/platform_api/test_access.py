"""Who sees which class and lesson, over many people and memberships, against the rules written down plainly."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from platform_api.access import (
    access_class,
    access_class_to_lead,
    access_classes,
    access_lesson,
    access_lesson_to_lead,
    access_running_lessons,
)
from platform_api.db import Database
from platform_api.errors import Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.schema import classes, lessons, memberships, people, schools
from platform_api.schools.rules import Member, members_shown

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
ROLES = ("administrator", "teacher", "student", "parent")


@dataclass(frozen=True)
class Row:
    person: str
    school: str
    role: str
    klass: str | None
    open: bool


@dataclass(frozen=True)
class Town:
    db: Database
    rows: list[Row]
    people: list[str]
    classes: list[tuple[str, str]]


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Three schools of four classes, forty people with some of all roles, open and closed."""
    chance = random.Random(2026)
    db = Database(f"sqlite+aiosqlite:///{tmp_path}/sfera.db")
    await db.migrate()
    everybody = [f"person-{number}" for number in range(40)]
    all_classes = [(f"school-{s}", f"class-{s}-{c}") for s in range(3) for c in range(4)]
    rows: list[Row] = []
    async with db.write() as conn:
        for school in sorted({school for school, _ in all_classes}):
            await conn.execute(sa.insert(schools).values(id=school, name=school, city="-", created_at=NOW))
        for school, klass in all_classes:
            await conn.execute(sa.insert(classes).values(id=klass, school_id=school, name=klass, created_at=NOW))
        for person in everybody:
            await conn.execute(
                sa.insert(people).values(id=person, login=person, name=person, password_hash="-", created_at=NOW)
            )
        for number in range(160):
            school, klass = chance.choice(all_classes)
            role = chance.choice(ROLES)
            in_class = None if role == "administrator" or chance.random() < 0.1 else klass
            row = Row(chance.choice(everybody), school, role, in_class, chance.random() < 0.7)
            try:
                async with conn.begin_nested():
                    await conn.execute(
                        sa.insert(memberships).values(
                            id=f"m{number}",
                            person_id=row.person,
                            school_id=row.school,
                            role=row.role,
                            class_id=row.klass,
                            since=NOW,
                            until=None if row.open else NOW + timedelta(days=1),
                        )
                    )
            except IntegrityError:
                continue
            rows.append(row)
        for _, klass in all_classes:
            for running in (True, False):
                await conn.execute(
                    sa.insert(lessons).values(
                        id=f"lesson-{klass}-{running}",
                        class_id=klass,
                        title="",
                        host_id=everybody[0],
                        started_at=NOW,
                        ended_at=None if running else NOW,
                    )
                )
    yield Town(db, rows, everybody, all_classes)
    await db.close()


def roles_of(town: Town, person: str, school: str, klass: str) -> set[str]:
    """By which roles a person meets a class: the rule, without a database."""
    return {
        row.role
        for row in town.rows
        if row.open
        and row.person == person
        and row.school == school
        and (row.role == "administrator" or row.klass == klass)
    }


async def test_everybody_sees_what_the_rules_say_and_nothing_else(town: Town) -> None:
    kinds: set[frozenset[str]] = set()
    async with town.db.read() as conn:
        for person in town.people:
            viewer = Viewer(person, person, person)
            listed = {access.id: access for access in await access_classes(conn, viewer)}
            running = await access_running_lessons(conn, viewer)
            for school, klass in town.classes:
                roles = roles_of(town, person, school, klass)
                kinds.add(frozenset(roles))
                leads = bool(roles & {"administrator", "teacher"})
                joins = leads or "student" in roles
                assert (klass in listed) == bool(roles), (person, klass, roles)
                assert (klass in running) == joins
                if not roles:
                    for refused in (access_class, access_class_to_lead):
                        with pytest.raises(NotFound):
                            await refused(conn, viewer, klass)
                else:
                    access = await access_class(conn, viewer, klass)
                    assert access == listed[klass]
                    assert (access.may_start, access.may_join) == (leads, joins)
                for lesson in (f"lesson-{klass}-True", f"lesson-{klass}-False"):
                    if not joins:
                        for refused_lesson in (access_lesson, access_lesson_to_lead):
                            with pytest.raises(NotFound):
                                await refused_lesson(conn, viewer, lesson)
                        continue
                    assert (await access_lesson(conn, viewer, lesson)).of.may_start == leads
                    if not leads:
                        with pytest.raises(Forbidden):
                            await access_lesson_to_lead(conn, viewer, lesson)
    assert {frozenset({role}) for role in ROLES} | {frozenset()} <= kinds, "the town has somebody of every kind"
    assert any(len(kind) > 1 for kind in kinds), "and somebody who meets a class in two roles"


async def test_a_transferred_student_loses_the_old_class_at_once(town: Town) -> None:
    viewer = Viewer("new", "new", "new")
    async with town.db.write() as conn:
        await conn.execute(
            sa.insert(people).values(id="new", login="new", name="new", password_hash="-", created_at=NOW)
        )
        student = sa.insert(memberships).values(person_id="new", school_id="school-0", role="student", since=NOW)
        await conn.execute(student.values(id="old", class_id="class-0-0"))
        assert (await access_lesson(conn, viewer, "lesson-class-0-0-True")).of.may_join
        await conn.execute(sa.update(memberships).where(memberships.c.id == "old").values(until=NOW))
        await conn.execute(student.values(id="next", class_id="class-0-1"))
        with pytest.raises(NotFound):
            await access_lesson(conn, viewer, "lesson-class-0-0-True")
        assert [access.id for access in await access_classes(conn, viewer)] == ["class-0-1"]


async def test_a_parent_is_shown_teachers_not_other_peoples_children(town: Town) -> None:
    members = [Member("1", "Яшин", "student"), Member("2", "Ёлкина", "teacher"), Member("3", "Белов", "student")]
    async with town.db.write() as conn:
        await conn.execute(
            sa.insert(people).values(id="new", login="new", name="new", password_hash="-", created_at=NOW)
        )
        await conn.execute(
            sa.insert(memberships).values(
                id="x", person_id="new", school_id="school-0", role="parent", class_id="class-0-0", since=NOW
            )
        )
        access = await access_class(conn, Viewer("new", "new", "new"), "class-0-0")
    assert [member.id for member in members_shown(members, access)] == ["2"]
