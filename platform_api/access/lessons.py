"""Lessons as one person meets them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.classes import VISIBLE_CLASSES, ClassAccess, merge_rows
from platform_api.access.reach import reaches
from platform_api.access.rules import Action
from platform_api.errors import Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import classes, lessons, memberships, people

_HOSTS = people.alias("hosts")
_LESSONS = (
    VISIBLE_CLASSES.add_columns(
        lessons.c.id.label("lesson_id"),
        lessons.c.title,
        lessons.c.started_at,
        lessons.c.ended_at,
        _HOSTS.c.id.label("host_id"),
        _HOSTS.c.name.label("host_name"),
    )
    .join(lessons, lessons.c.class_id == classes.c.id)
    .join(_HOSTS, _HOSTS.c.id == lessons.c.host_id)
    .where(reaches(Action.ENTER_LESSONS, memberships, classes.c.id))
)
_ONE = _LESSONS.where(lessons.c.id == sa.bindparam("of_lesson"))
_RUNNING = _LESSONS.where(lessons.c.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class LessonAccess:
    """A lesson as one person meets it."""

    id: str
    title: str
    started_at: datetime
    ended_at: datetime | None
    host: Named
    of: ClassAccess


async def access_lesson(conn: AsyncConnection, viewer: Viewer, lesson_id: str) -> LessonAccess:
    """One lesson, going on or over. Raises NotFound."""
    found = await _find_lessons(conn, _ONE, viewer_id=viewer.id, of_lesson=lesson_id)
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
    found = await _find_lessons(conn, _RUNNING, viewer_id=viewer.id)
    return {lesson.of.id: lesson for lesson in found}


async def people_of_lesson(conn: AsyncConnection, lesson_id: str) -> set[str]:
    """Everybody who may be in the lesson now: those who would be given a ticket."""
    found = await conn.scalars(
        sa.select(memberships.c.person_id)
        .join(people, people.c.id == memberships.c.person_id)
        .join(classes, classes.c.school_id == memberships.c.school_id)
        .join(lessons, lessons.c.class_id == classes.c.id)
        .where(
            lessons.c.id == lesson_id,
            memberships.c.until.is_(None),
            people.c.deactivated_at.is_(None),
            reaches(Action.ENTER_LESSONS, memberships, classes.c.id),
        )
    )
    return set(found)


async def _find_lessons(conn: AsyncConnection, statement: sa.Select[Any], **parameters: str) -> list[LessonAccess]:
    rows = (await conn.execute(statement, parameters)).all()
    seen_through = {of.id: of for of in merge_rows(rows)}
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
