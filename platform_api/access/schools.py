"""Schools and their years as one person meets them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.classes import access_class
from platform_api.access.reach import own_open
from platform_api.access.rules import Action, Holding, may, may_somewhere
from platform_api.errors import Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.schema import memberships, school_years, schools


@dataclass(frozen=True, slots=True)
class SchoolAccess:
    """A school as one person meets it."""

    id: str
    name: str
    city: str
    address: str
    about: str
    contacts: dict[str, str]
    region_id: str | None
    version: int
    holdings: frozenset[Holding]

    def may(self, action: Action, class_id: str | None = None, *, own: bool = False) -> bool:
        """Whether the role table allows it: in a class, on one's own, or in the school at large."""
        return may(action, self.holdings, class_id, own=own)

    def may_somewhere(self, action: Action) -> bool:
        """Whether the role table allows it in some class at least."""
        return may_somewhere(action, self.holdings)

    def require(self, action: Action, class_id: str | None = None, *, own: bool = False) -> None:
        """Raises Forbidden."""
        if not self.may(action, class_id, own=own):
            raise Forbidden


@dataclass(frozen=True, slots=True)
class YearAccess:
    """A school year as one person meets it."""

    id: str
    name: str
    starts_on: date
    ends_on: date
    archived_at: datetime | None
    version: int
    of: SchoolAccess


async def access_schools(conn: AsyncConnection, viewer: Viewer) -> list[SchoolAccess]:
    """All schools the person is in."""
    return _merge(await conn.execute(_visible_schools(viewer)))


async def access_school(
    conn: AsyncConnection, viewer: Viewer, school_id: str, action: Action = Action.SEE_SCHOOL
) -> SchoolAccess:
    """One school, to see it or to do something in it at large. Raises NotFound, Forbidden."""
    found = _merge(await conn.execute(_visible_schools(viewer).where(schools.c.id == school_id)))
    if not found:
        raise NotFound
    found[0].require(action)
    return found[0]


async def access_school_for(
    conn: AsyncConnection, viewer: Viewer, school_id: str, action: Action, class_id: str | None
) -> SchoolAccess:
    """One school, to do something in a class of it that the person sees. Raises NotFound, Forbidden, Archived."""
    school = await access_school(conn, viewer, school_id)
    if class_id is not None:
        klass = await access_class(conn, viewer, class_id)
        if klass.school.id != school_id:
            raise NotFound
        klass.require(action)
    else:
        school.require(action)
    return school


async def access_year(
    conn: AsyncConnection, viewer: Viewer, year_id: str, action: Action = Action.SEE_SCHOOL
) -> YearAccess:
    """One school year. Raises NotFound, Forbidden."""
    row = (await conn.execute(sa.select(school_years).where(school_years.c.id == year_id))).one_or_none()
    if row is None:
        raise NotFound
    school = await access_school(conn, viewer, row.school_id, action)
    return YearAccess(row.id, row.name, row.starts_on, row.ends_on, row.archived_at, row.version, school)


def _visible_schools(viewer: Viewer) -> sa.Select[Any]:
    """One row for each open membership by which the person sees a school."""
    return sa.select(
        schools.c.id,
        schools.c.name,
        schools.c.city,
        schools.c.address,
        schools.c.about,
        schools.c.contacts,
        schools.c.region_id,
        schools.c.version,
        memberships.c.role,
        memberships.c.class_id,
    ).select_from(schools.join(memberships, own_open(memberships, viewer.id, schools.c.id)))


def _merge(rows: Iterable[sa.Row[Any]]) -> list[SchoolAccess]:
    holdings: dict[str, set[Holding]] = {}
    first: dict[str, sa.Row[Any]] = {}
    for row in rows:
        first.setdefault(row.id, row)
        holdings.setdefault(row.id, set()).add(Holding(row.role, row.class_id))
    return [
        SchoolAccess(
            id=row.id,
            name=row.name,
            city=row.city,
            address=row.address,
            about=row.about,
            contacts=row.contacts or {},
            region_id=row.region_id,
            version=row.version,
            holdings=frozenset(holdings[row.id]),
        )
        for row in first.values()
    ]
