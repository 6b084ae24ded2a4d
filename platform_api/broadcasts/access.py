"""Who may see and lead which broadcast: each function fetches and authorises in one step.

A broadcast for the school is watched by whoever holds any role in it, a public one also by those who have its link.
Lists show only those of one's own schools: an unguessable link stays unguessable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.errors import Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import broadcasts, classes, lessons, memberships, people, schools

Audience = Literal["school", "public"]


@dataclass(frozen=True, slots=True)
class BroadcastAccess:
    """A broadcast as one person meets it."""

    id: str
    title: str
    audience: Audience
    lesson_id: str
    school: Named
    klass: Named
    started_by: Named
    started_at: datetime
    ended_at: datetime | None
    member: bool
    """Holds a role in the school, and is told more than who only has the link."""
    may_lead: bool
    """End it, rename it, delete it: administrators of the school, teachers of the lesson's class."""


async def access_broadcast(conn: AsyncConnection, viewer: Viewer | None, broadcast_id: str) -> BroadcastAccess:
    """One broadcast, live or recorded. Raises NotFound."""
    row = (await conn.execute(_seen_by(viewer).where(broadcasts.c.id == broadcast_id))).one_or_none()
    if row is None or not (row.member or row.audience == "public"):
        raise NotFound
    return _access(row)


async def access_broadcast_to_lead(conn: AsyncConnection, viewer: Viewer, broadcast_id: str) -> BroadcastAccess:
    """One broadcast, to end, rename or delete it. Raises NotFound, Forbidden."""
    found = await access_broadcast(conn, viewer, broadcast_id)
    if not found.may_lead:
        raise Forbidden
    return found


async def access_broadcast_of_lesson(conn: AsyncConnection, viewer: Viewer, lesson_id: str) -> BroadcastAccess | None:
    """The broadcast a lesson is on air with now, for whoever was let see the lesson."""
    row = (
        await conn.execute(_seen_by(viewer).where(broadcasts.c.lesson_id == lesson_id, broadcasts.c.ended_at.is_(None)))
    ).one_or_none()
    return None if row is None else _access(row)


async def access_broadcasts(
    conn: AsyncConnection, viewer: Viewer, *, live: bool | None, after: tuple[datetime, str] | None, limit: int
) -> list[BroadcastAccess]:
    """Broadcasts of the person's schools, newest first, from behind `after` (start and id of one) on."""
    query = _seen_by(viewer).where(_is_member(viewer))
    if live is not None:
        query = query.where(broadcasts.c.ended_at.is_(None) if live else broadcasts.c.ended_at.is_not(None))
    if after is not None:
        started_at, broadcast_id = after
        query = query.where(
            sa.or_(
                broadcasts.c.started_at < started_at,
                sa.and_(broadcasts.c.started_at == started_at, broadcasts.c.id < broadcast_id),
            )
        )
    rows = await conn.execute(query.order_by(broadcasts.c.started_at.desc(), broadcasts.c.id.desc()).limit(limit))
    return [_access(row) for row in rows]


def _is_member(viewer: Viewer) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        memberships.c.person_id == viewer.id,
        memberships.c.until.is_(None),
        memberships.c.school_id == broadcasts.c.school_id,
    )


def _may_lead(viewer: Viewer) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        memberships.c.person_id == viewer.id,
        memberships.c.until.is_(None),
        memberships.c.school_id == broadcasts.c.school_id,
        sa.or_(
            memberships.c.role == "administrator",
            sa.and_(memberships.c.role == "teacher", memberships.c.class_id == lessons.c.class_id),
        ),
    )


def _seen_by(viewer: Viewer | None) -> sa.Select[Any]:
    """One row a broadcast that is not deleted, and what this person is to it."""
    nobody = sa.literal(False)
    return (
        sa.select(
            broadcasts.c.id,
            broadcasts.c.title,
            broadcasts.c.audience,
            broadcasts.c.lesson_id,
            broadcasts.c.started_at,
            broadcasts.c.ended_at,
            schools.c.id.label("school_id"),
            schools.c.name.label("school_name"),
            classes.c.id.label("class_id"),
            classes.c.name.label("class_name"),
            people.c.id.label("person_id"),
            people.c.name.label("person_name"),
            (nobody if viewer is None else _is_member(viewer)).label("member"),
            (nobody if viewer is None else _may_lead(viewer)).label("may_lead"),
        )
        .select_from(
            broadcasts.join(lessons, lessons.c.id == broadcasts.c.lesson_id)
            .join(schools, schools.c.id == broadcasts.c.school_id)
            .join(classes, classes.c.id == lessons.c.class_id)
            .join(people, people.c.id == broadcasts.c.started_by)
        )
        .where(broadcasts.c.deleted_at.is_(None))
    )


def _access(row: sa.Row[Any]) -> BroadcastAccess:
    return BroadcastAccess(
        id=row.id,
        title=row.title,
        audience=row.audience,
        lesson_id=row.lesson_id,
        school=Named(row.school_id, row.school_name),
        klass=Named(row.class_id, row.class_name),
        started_by=Named(row.person_id, row.person_name),
        started_at=row.started_at,
        ended_at=row.ended_at,
        member=bool(row.member),
        may_lead=bool(row.may_lead),
    )
