"""Counting what happens in the schools of a region."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.people.rules import Named
from platform_api.regions.rules import WEEKS, RollOut, RollOutRow, SchoolState, Week, told
from platform_api.schema import broadcasts, classes, lessons, memberships, people, schools

WEEK = timedelta(days=7)


async def find_roll_out(conn: AsyncConnection, region: Named, now: datetime) -> RollOut:
    """The region's schools by name, and its last weeks, the newest last."""
    found = (
        await conn.execute(
            sa.select(schools.c.id, schools.c.name, schools.c.city, schools.c.activated_at)
            .where(schools.c.region_id == region.id, schools.c.archived_at.is_(None))
            .order_by(schools.c.name_folded, schools.c.id)
        )
    ).all()
    here = sa.select(schools.c.id).where(schools.c.region_id == region.id, schools.c.archived_at.is_(None))
    members = await _members(conn, here)
    lessons_of = await _lessons(conn, here, now - WEEK)
    broadcasts_of = await _broadcasts(conn, here, now - WEEK)
    rows = [_row(school, members, lessons_of, broadcasts_of) for school in found]
    return RollOut(
        region=region,
        schools=len(rows),
        activated=sum(row.state != "not_activated" for row in rows),
        not_activated=sum(row.state == "not_activated" for row in rows),
        active=sum(row.state == "active" for row in rows),
        rows=rows,
        weeks=await _weeks(conn, here, now),
    )


def _row(
    school: Any,
    members: dict[tuple[str, str], int],
    lessons_of: dict[str, int],
    broadcasts_of: dict[str, int],
) -> RollOutRow:
    held, on_air = lessons_of.get(school.id, 0), broadcasts_of.get(school.id, 0)
    students, teachers, parents = (told(members.get((school.id, role), 0)) for role in ("student", "teacher", "parent"))
    counted = [count for count in (students, teachers, parents) if count is not None]
    state: SchoolState = "not_activated" if school.activated_at is None else "active" if held or on_air else "activated"
    return RollOutRow(
        school=Named(school.id, school.name),
        city=school.city,
        state=state,
        people=sum(counted) if counted else None,
        students=students,
        teachers=teachers,
        parents=parents,
        lessons=told(held),
        broadcasts=told(on_air),
    )


async def _members(conn: AsyncConnection, here: sa.Select[Any]) -> dict[tuple[str, str], int]:
    """People by (school, role)."""
    rows = await conn.execute(
        sa.select(memberships.c.school_id, memberships.c.role, sa.func.count(memberships.c.person_id.distinct()))
        .join(people, people.c.id == memberships.c.person_id)
        .where(
            memberships.c.school_id.in_(here),
            memberships.c.until.is_(None),
            people.c.deactivated_at.is_(None),
        )
        .group_by(memberships.c.school_id, memberships.c.role)
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def _lessons(conn: AsyncConnection, here: sa.Select[Any], since: datetime) -> dict[str, int]:
    rows = await conn.execute(
        sa.select(classes.c.school_id, sa.func.count())
        .join(lessons, lessons.c.class_id == classes.c.id)
        .where(classes.c.school_id.in_(here), lessons.c.started_at > since)
        .group_by(classes.c.school_id)
    )
    return {row[0]: row[1] for row in rows}


async def _broadcasts(conn: AsyncConnection, here: sa.Select[Any], since: datetime) -> dict[str, int]:
    rows = await conn.execute(
        sa.select(broadcasts.c.school_id, sa.func.count())
        .where(broadcasts.c.school_id.in_(here), broadcasts.c.started_at > since)
        .group_by(broadcasts.c.school_id)
    )
    return {row[0]: row[1] for row in rows}


async def _weeks(conn: AsyncConnection, here: sa.Select[Any], now: datetime) -> list[Week]:
    begins = [now - WEEK * (number + 1) for number in reversed(range(WEEKS))]
    found: Sequence[datetime] = (
        await conn.scalars(
            sa.select(lessons.c.started_at)
            .join(classes, classes.c.id == lessons.c.class_id)
            .where(classes.c.school_id.in_(here), lessons.c.started_at > begins[0])
        )
    ).all()
    counts = [0] * WEEKS
    for started_at in found:
        counts[min(WEEKS - 1, int((started_at - begins[0]) / WEEK))] += 1
    return [Week(begin.date(), told(count)) for begin, count in zip(begins, counts, strict=True)]
