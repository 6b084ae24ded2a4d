"""Members of a school as one person meets them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.reach import sees_member
from platform_api.access.rules import Action
from platform_api.access.schools import SchoolAccess, access_school
from platform_api.errors import Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named, Role
from platform_api.schema import classes, imports, memberships, people


@dataclass(frozen=True, slots=True)
class MembershipAccess:
    """An open membership that one person sees."""

    id: str
    person: Named
    role: Role
    klass: Named | None
    since: datetime
    version: int
    of: SchoolAccess


def visible_memberships(viewer: Viewer) -> sa.Select[Any]:
    """The open memberships the person sees, with whose they are; people who are gone have none."""
    return (
        sa.select(
            memberships.c.id,
            memberships.c.person_id,
            people.c.name.label("person_name"),
            people.c.name_folded,
            people.c.deactivated_at.is_not(None).label("deactivated"),
            people.c.deactivated_reason,
            memberships.c.school_id,
            memberships.c.role,
            memberships.c.class_id,
            classes.c.name.label("class_name"),
            memberships.c.since,
            memberships.c.version,
        )
        .select_from(
            memberships.join(people, people.c.id == memberships.c.person_id).outerjoin(
                classes, classes.c.id == memberships.c.class_id
            )
        )
        .where(memberships.c.until.is_(None), people.c.erased_at.is_(None), sees_member(viewer.id, memberships))
    )


async def access_membership(
    conn: AsyncConnection, viewer: Viewer, membership_id: str, action: Action = Action.SEE_SCHOOL
) -> MembershipAccess:
    """One open membership, to see or to change it. Raises NotFound, Forbidden.

    A parent sees the memberships of their child in a school they are in themselves.
    """
    row = (await conn.execute(visible_memberships(viewer).where(memberships.c.id == membership_id))).one_or_none()
    if row is None:
        raise NotFound
    school = await access_school(conn, viewer, row.school_id)
    school.require(action)
    return _access(row, school)


async def access_member(
    conn: AsyncConnection, viewer: Viewer, school_id: str, person_id: str, action: Action = Action.SEE_SCHOOL
) -> list[MembershipAccess]:
    """What somebody is in a school, as far as the person sees it. Raises NotFound, Forbidden."""
    school = await access_school(conn, viewer, school_id)
    rows = (
        await conn.execute(
            visible_memberships(viewer)
            .where(memberships.c.school_id == school_id, memberships.c.person_id == person_id)
            .order_by(memberships.c.since, memberships.c.id)
        )
    ).all()
    if not rows:
        raise NotFound
    school.require(action)
    return [_access(row, school) for row in rows]


async def access_person_in_charge(
    conn: AsyncConnection, viewer: Viewer, person_id: str, action: Action
) -> list[SchoolAccess]:
    """A person for whom an administrator answers: all whose schools they administer. Returns the schools.

    Somebody who is also in another school is not theirs alone to rename, help in or erase. Raises NotFound, Forbidden.
    """
    seen = set((await conn.scalars(_schools_of(visible_memberships(viewer), person_id))).all())
    if not seen:
        raise NotFound
    found = [await access_school(conn, viewer, school_id) for school_id in sorted(seen)]
    held = await conn.scalars(
        sa.select(memberships.c.school_id).where(memberships.c.person_id == person_id, memberships.c.until.is_(None))
    )
    if set(held) != seen or not all(school.may(action) for school in found):
        raise Forbidden
    return found


async def access_import(conn: AsyncConnection, viewer: Viewer, import_id: str) -> sa.Row[Any]:
    """A table that was read; only those who could have read it know of it. Raises NotFound."""
    row: sa.Row[Any] | None = (await conn.execute(sa.select(imports).where(imports.c.id == import_id))).one_or_none()
    if row is None:
        raise NotFound
    school = await access_school(conn, viewer, row.school_id)
    if not school.may(Action.IMPORT_PEOPLE):
        raise NotFound
    return row


def _schools_of(query: sa.Select[Any], person_id: str) -> sa.Select[Any]:
    return query.with_only_columns(memberships.c.school_id).where(memberships.c.person_id == person_id)


def _access(row: sa.Row[Any], school: SchoolAccess) -> MembershipAccess:
    return MembershipAccess(
        id=row.id,
        person=Named(row.person_id, row.person_name),
        role=row.role,
        klass=None if row.class_id is None else Named(row.class_id, row.class_name),
        since=row.since,
        version=row.version,
        of=school,
    )
