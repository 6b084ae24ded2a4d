"""Classes as one person meets them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.errors import Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import classes, memberships, schools


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


async def access_classes(conn: AsyncConnection, viewer: Viewer) -> list[ClassAccess]:
    """All classes the person may see."""
    return merge_rows(await conn.execute(visible_classes(viewer)))


async def access_class(conn: AsyncConnection, viewer: Viewer, class_id: str) -> ClassAccess:
    """One class. Raises NotFound."""
    found = merge_rows(await conn.execute(visible_classes(viewer).where(classes.c.id == class_id)))
    if not found:
        raise NotFound
    return found[0]


async def access_class_to_lead(conn: AsyncConnection, viewer: Viewer, class_id: str) -> ClassAccess:
    """One class, to start a lesson in it. Raises NotFound, Forbidden."""
    found = await access_class(conn, viewer, class_id)
    if not found.may_start:
        raise Forbidden
    return found


def visible_classes(viewer: Viewer) -> sa.Select[Any]:
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


def merge_rows(rows: Iterable[sa.Row[Any]]) -> list[ClassAccess]:
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
