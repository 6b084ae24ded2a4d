"""Schools, years, classes and their members in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.people.rules import Named
from platform_api.schema import (
    classes,
    memberships,
    parent_links,
    people,
    regions,
    school_grants,
    school_pictures,
    school_years,
)
from platform_api.schools.rules import HeadCount, Member


def _was_in(class_column: Any) -> Any:
    """Whether a membership is open, or ended when its class was archived."""
    return sa.or_(
        memberships.c.until.is_(None),
        sa.and_(memberships.c.ended_as == "archived", memberships.c.until == class_column.c.archived_at),
    )


_COUNTS = (
    sa.select(
        memberships.c.class_id, memberships.c.role, sa.func.count(memberships.c.person_id.distinct()).label("count")
    )
    .join(people, people.c.id == memberships.c.person_id)
    .join(classes, classes.c.id == memberships.c.class_id)
    .where(
        memberships.c.class_id.in_(sa.bindparam("class_ids", expanding=True)),
        _was_in(classes),
        people.c.erased_at.is_(None),
    )
    .group_by(memberships.c.class_id, memberships.c.role)
)
_MEMBERS = (
    sa.select(people.c.id, people.c.name, memberships.c.role)
    .distinct()
    .join(memberships, memberships.c.person_id == people.c.id)
    .join(classes, classes.c.id == memberships.c.class_id)
    .where(
        memberships.c.class_id == sa.bindparam("of_class"),
        memberships.c.role.in_(["teacher", "student"]),
        _was_in(classes),
        people.c.erased_at.is_(None),
    )
)


async def count_members(conn: AsyncConnection, class_ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """How many people hold a role in a class, by (class id, role); of an archived one, held it to the end."""
    rows = await conn.execute(_COUNTS, {"class_ids": list(class_ids)})
    return {(row[0], row[1]): row[2] for row in rows}


async def class_members(conn: AsyncConnection, class_id: str) -> list[Member]:
    """Teachers and students of a class; of an archived one, those who were in it to the end."""
    rows = await conn.execute(_MEMBERS, {"of_class": class_id})
    return [Member(row.id, row.name, row.role) for row in rows]


async def children_of(conn: AsyncConnection, parent_id: str) -> list[str]:
    """A parent's children."""
    found = await conn.scalars(
        sa.select(parent_links.c.child_id).where(parent_links.c.parent_id == parent_id, parent_links.c.until.is_(None))
    )
    return list(found)


async def head_counts(conn: AsyncConnection, school_ids: Iterable[str]) -> dict[str, HeadCount]:
    """How many people hold each role in schools."""
    counts: dict[str, dict[str, int]] = {school_id: {} for school_id in school_ids}
    rows = await conn.execute(
        sa.select(
            memberships.c.school_id,
            memberships.c.role,
            sa.func.count(memberships.c.person_id.distinct()).label("count"),
        )
        .join(people, people.c.id == memberships.c.person_id)
        .where(memberships.c.school_id.in_(list(counts)), memberships.c.until.is_(None), people.c.erased_at.is_(None))
        .group_by(memberships.c.school_id, memberships.c.role)
    )
    for school_id, role, count in rows:
        counts[school_id][role] = count
    return {
        school_id: HeadCount(
            *(found.get(role, 0) for role in ("administrator", "teacher", "student", "parent")),
        )
        for school_id, found in counts.items()
    }


async def current_years(conn: AsyncConnection, school_ids: Iterable[str], today: date) -> dict[str, Named]:
    """The year that goes on in each school: the newest begun one that is not archived, else the next to begin."""
    rows = (
        await conn.execute(
            sa.select(school_years)
            .where(school_years.c.school_id.in_(list(school_ids)), school_years.c.archived_at.is_(None))
            .order_by(school_years.c.starts_on)
        )
    ).all()
    found: dict[str, Named] = {}
    for row in rows:
        if row.starts_on <= today or row.school_id not in found:
            found[row.school_id] = Named(row.id, row.name)
    return found


async def picture_digests(conn: AsyncConnection, school_ids: Iterable[str]) -> dict[str, str]:
    """Which of the schools have a picture, and its digest."""
    rows = await conn.execute(
        sa.select(school_pictures.c.school_id, school_pictures.c.digest).where(
            school_pictures.c.school_id.in_(list(school_ids))
        )
    )
    return {row.school_id: row.digest.hex()[:16] for row in rows}


async def region_names(conn: AsyncConnection, region_ids: Iterable[str | None]) -> dict[str, Named]:
    """Regions by id."""
    rows = await conn.execute(
        sa.select(regions.c.id, regions.c.name).where(regions.c.id.in_([found for found in region_ids if found]))
    )
    return {row.id: Named(row.id, row.name) for row in rows}


async def unused_grant(conn: AsyncConnection, person_id: str) -> Any | None:
    """A right of the person to set a school up that was not used yet."""
    return (
        await conn.execute(
            sa.select(school_grants)
            .where(school_grants.c.person_id == person_id, school_grants.c.used_at.is_(None))
            .order_by(school_grants.c.created_at, school_grants.c.id)
            .limit(1)
        )
    ).one_or_none()
