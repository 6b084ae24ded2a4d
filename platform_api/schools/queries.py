"""Classes and their members in the database."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.schema import memberships, people
from platform_api.schools.rules import Member


async def count_members(conn: AsyncConnection, class_ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """How many people hold a role in a class now, by (class id, role)."""
    rows = await conn.execute(
        sa.select(
            memberships.c.class_id, memberships.c.role, sa.func.count(memberships.c.person_id.distinct()).label("count")
        )
        .join(people, people.c.id == memberships.c.person_id)
        .where(
            memberships.c.class_id.in_(list(class_ids)),
            memberships.c.until.is_(None),
            people.c.deactivated_at.is_(None),
        )
        .group_by(memberships.c.class_id, memberships.c.role)
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def class_members(conn: AsyncConnection, class_id: str) -> list[Member]:
    """Teachers and students of a class now."""
    rows = await conn.execute(
        sa.select(people.c.id, people.c.name, memberships.c.role)
        .join(memberships, memberships.c.person_id == people.c.id)
        .where(
            memberships.c.class_id == class_id,
            memberships.c.role.in_(["teacher", "student"]),
            memberships.c.until.is_(None),
            people.c.deactivated_at.is_(None),
        )
    )
    return [Member(row.id, row.name, row.role) for row in rows]
