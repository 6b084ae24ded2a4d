"""Classes as one person meets them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.reach import reaches, was_archived_with
from platform_api.access.rules import Action, Holding, may
from platform_api.errors import Archived, Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import classes, memberships, school_years, schools

VISIBLE_CLASSES = (
    sa.select(
        classes.c.id,
        classes.c.name,
        classes.c.archived_at,
        classes.c.version,
        schools.c.id.label("school_id"),
        schools.c.name.label("school_name"),
        school_years.c.id.label("year_id"),
        school_years.c.name.label("year_name"),
        memberships.c.role,
        memberships.c.class_id,
    )
    .select_from(
        classes.join(schools, schools.c.id == classes.c.school_id)
        .outerjoin(school_years, school_years.c.id == classes.c.school_year_id)
        .join(
            memberships,
            sa.and_(
                memberships.c.person_id == sa.bindparam("viewer_id"),
                memberships.c.school_id == classes.c.school_id,
                reaches(Action.SEE_CLASS, memberships, classes.c.id),
                sa.or_(memberships.c.until.is_(None), was_archived_with(memberships)),
            ),
        )
    )
    .where(classes.c.deleted_at.is_(None))
)
"""One row for each membership by which the person `viewer_id` sees a class.

Statements that every page asks are made once: SQLAlchemy takes ten times as long to make one as SQLite to answer it.
"""
_GOING_ON = VISIBLE_CLASSES.where(classes.c.archived_at.is_(None))
_ARCHIVED = VISIBLE_CLASSES.where(classes.c.archived_at.is_not(None))
_ONE = VISIBLE_CLASSES.where(classes.c.id == sa.bindparam("of_class"))


@dataclass(frozen=True, slots=True)
class ClassAccess:
    """A class as one person meets it."""

    id: str
    name: str
    school: Named
    year: Named | None
    archived: bool
    version: int
    holdings: frozenset[Holding]
    """The person's memberships by which they see the class; for an archived one, those they had in it."""

    def may(self, action: Action) -> bool:
        """Whether the role table allows it in this class. An archived class can only be read, whatever it says."""
        return may(action, self.holdings, self.id)

    def require(self, action: Action) -> None:
        """Raises Forbidden where the role table says no, then Archived where nothing is changed any more."""
        if not self.may(action):
            raise Forbidden
        if self.archived:
            raise Archived

    @property
    def may_start(self) -> bool:
        """Start, lead and end lessons: administrators of the school, teachers of the class."""
        return self.may(Action.LEAD_LESSONS) and not self.archived

    @property
    def may_join(self) -> bool:
        """See and enter lessons: those, and the students of the class. A parent sees the class, not its lessons."""
        return self.may(Action.ENTER_LESSONS)


async def access_classes(conn: AsyncConnection, viewer: Viewer, *, archived: bool = False) -> list[ClassAccess]:
    """All classes the person may see: those that go on, or the archived ones."""
    return merge_rows(await conn.execute(_ARCHIVED if archived else _GOING_ON, {"viewer_id": viewer.id}))


async def access_class(conn: AsyncConnection, viewer: Viewer, class_id: str) -> ClassAccess:
    """One class, archived or not. Raises NotFound."""
    found = merge_rows(await conn.execute(_ONE, {"viewer_id": viewer.id, "of_class": class_id}))
    if not found:
        raise NotFound
    return found[0]


async def access_class_to(conn: AsyncConnection, viewer: Viewer, class_id: str, action: Action) -> ClassAccess:
    """One class, to change something in it. Raises NotFound, Forbidden, Archived."""
    found = await access_class(conn, viewer, class_id)
    found.require(action)
    return found


async def access_class_to_lead(conn: AsyncConnection, viewer: Viewer, class_id: str) -> ClassAccess:
    """One class, to start a lesson in it. Raises NotFound, Forbidden, Archived."""
    return await access_class_to(conn, viewer, class_id, Action.LEAD_LESSONS)


def merge_rows(rows: Iterable[sa.Row[Any]]) -> list[ClassAccess]:
    """One class for the rows of all memberships that lead to it; the rights add up."""
    holdings: dict[str, set[Holding]] = {}
    first: dict[str, sa.Row[Any]] = {}
    for row in rows:
        first.setdefault(row.id, row)
        holdings.setdefault(row.id, set()).add(Holding(row.role, row.class_id))
    return [
        ClassAccess(
            id=row.id,
            name=row.name,
            school=Named(row.school_id, row.school_name),
            year=None if row.year_id is None else Named(row.year_id, row.year_name),
            archived=row.archived_at is not None,
            version=row.version,
            holdings=frozenset(holdings[row.id]),
        )
        for row in first.values()
    ]
