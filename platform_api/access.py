"""Who may see and do what: every `access_*` function fetches a thing and authorises in one step.

What a person may not see is never fetched: the query joins their own open memberships, and finding nothing is
NotFound, whether the thing does not exist or is not theirs. Forbidden is only for what they see but may not do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.errors import Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import classes, lessons, memberships, people, schools


@dataclass(frozen=True, slots=True)
class ClassAccess:
    """A class as one person meets it."""

    id: str
    name: str
    school: Named
    may_start: bool
    """Start, lead and end lessons: administrators of the school, teachers of the class."""
    may_join: bool
    """See and enter lessons: those, and the students of the class. A parent sees the class, not its lessons."""


@dataclass(frozen=True, slots=True)
class LessonAccess:
    """A lesson as one person meets it."""

    id: str
    title: str
    started_at: datetime
    ended_at: datetime | None
    host: Named
    of: ClassAccess


async def access_classes(conn: AsyncConnection, viewer: Viewer) -> list[ClassAccess]:
    """All classes the person may see."""
    return _merge(await conn.execute(_visible_classes(viewer)))


async def access_class(conn: AsyncConnection, viewer: Viewer, class_id: str) -> ClassAccess:
    """One class. Raises NotFound."""
    found = _merge(await conn.execute(_visible_classes(viewer).where(classes.c.id == class_id)))
    if not found:
        raise NotFound
    return found[0]


async def access_class_to_lead(conn: AsyncConnection, viewer: Viewer, class_id: str) -> ClassAccess:
    """One class, to start a lesson in it. Raises NotFound, Forbidden."""
    found = await access_class(conn, viewer, class_id)
    if not found.may_start:
        raise Forbidden
    return found


async def access_lesson(conn: AsyncConnection, viewer: Viewer, lesson_id: str) -> LessonAccess:
    """One lesson, going on or over. Raises NotFound."""
    found = await _find_lessons(conn, viewer, lessons.c.id == lesson_id)
    if not found:
        raise NotFound
    return found[0]


async def access_lesson_to_lead(conn: AsyncConnection, viewer: Viewer, lesson_id: str) -> LessonAccess:
    """One lesson, to end it or lead it. Raises NotFound, Forbidden."""
    found = await access_lesson(conn, viewer, lesson_id)
    if not found.of.may_start:
        raise Forbidden
    return found


async def access_running_lessons(conn: AsyncConnection, viewer: Viewer) -> dict[str, LessonAccess]:
    """The lessons going on in all classes whose lessons the person may see, by class id."""
    found = await _find_lessons(conn, viewer, lessons.c.ended_at.is_(None))
    return {lesson.of.id: lesson for lesson in found}


def _visible_classes(viewer: Viewer) -> sa.Select[Any]:
    """One row for each open membership by which the person sees a class."""
    return sa.select(
        classes.c.id,
        classes.c.name,
        schools.c.id.label("school_id"),
        schools.c.name.label("school_name"),
        memberships.c.role,
    ).select_from(
        classes.join(schools, schools.c.id == classes.c.school_id).join(
            memberships,
            sa.and_(
                memberships.c.person_id == viewer.id,
                memberships.c.until.is_(None),
                memberships.c.school_id == classes.c.school_id,
                sa.or_(memberships.c.role == "administrator", memberships.c.class_id == classes.c.id),
            ),
        )
    )


async def _find_lessons(conn: AsyncConnection, viewer: Viewer, which: sa.ColumnElement[bool]) -> list[LessonAccess]:
    hosts = people.alias("hosts")
    query = _visible_classes(viewer)
    rows = (
        await conn.execute(
            query.add_columns(
                lessons.c.id.label("lesson_id"),
                lessons.c.title,
                lessons.c.started_at,
                lessons.c.ended_at,
                hosts.c.id.label("host_id"),
                hosts.c.name.label("host_name"),
            )
            .join(lessons, lessons.c.class_id == classes.c.id)
            .join(hosts, hosts.c.id == lessons.c.host_id)
            .where(which, memberships.c.role != "parent")
        )
    ).all()
    seen_through = {of.id: of for of in _merge(rows)}
    first_rows = {row.lesson_id: row for row in rows}
    return [
        LessonAccess(
            id=row.lesson_id,
            title=row.title,
            started_at=row.started_at,
            ended_at=row.ended_at,
            host=Named(row.host_id, row.host_name),
            of=seen_through[row.id],
        )
        for row in first_rows.values()
    ]


def _merge(rows: Iterable[sa.Row[Any]]) -> list[ClassAccess]:
    """One class for the rows of all memberships that lead to it; the rights add up."""
    roles: dict[str, set[str]] = {}
    first: dict[str, sa.Row[Any]] = {}
    for row in rows:
        first.setdefault(row.id, row)
        roles.setdefault(row.id, set()).add(row.role)
    return [
        ClassAccess(
            id=row.id,
            name=row.name,
            school=Named(row.school_id, row.school_name),
            may_start=bool(roles[row.id] & {"administrator", "teacher"}),
            may_join=bool(roles[row.id] & {"administrator", "teacher", "student"}),
        )
        for row in first.values()
    ]
