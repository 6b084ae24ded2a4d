"""Invitations and requests to join, as those who decide about them meet them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.reach import Condition, own_open, reaches
from platform_api.access.rules import ADMITS, INVITES, RULES, Scope
from platform_api.access.schools import SchoolAccess, access_school
from platform_api.errors import Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.schema import classes, invitations, join_requests, memberships, people, schools


def visible_invitations(viewer: Viewer) -> sa.Select[Any]:
    """The invitations the person could have made: by their role in the school or class, or for their own parents."""
    makers, children = people.alias("makers"), people.alias("children")
    held = memberships.alias("held")
    may_make = [
        sa.and_(invitations.c.role == role, reaches(action, held, invitations.c.class_id))
        for role, action in INVITES.items()
    ]
    own = [
        sa.and_(invitations.c.role == role, held.c.role == of, invitations.c.child_id == viewer.id)
        for role, action in INVITES.items()
        for of, scope in RULES[action].items()
        if scope is Scope.OWN
    ]
    return (
        sa.select(
            invitations,
            classes.c.name.label("class_name"),
            makers.c.name.label("maker_name"),
            children.c.name.label("child_name"),
        )
        .outerjoin(classes, classes.c.id == invitations.c.class_id)
        .outerjoin(makers, makers.c.id == invitations.c.created_by)
        .outerjoin(children, children.c.id == invitations.c.child_id)
        .where(sa.exists().where(own_open(held, viewer.id, invitations.c.school_id), sa.or_(*may_make, *own)))
    )


async def access_invitation(conn: AsyncConnection, viewer: Viewer, invitation_id: str) -> sa.Row[Any]:
    """One invitation, to see or revoke it. Raises NotFound."""
    row: sa.Row[Any] | None = (
        await conn.execute(visible_invitations(viewer).where(invitations.c.id == invitation_id))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def visible_requests(viewer: Viewer) -> sa.Select[Any]:
    """The requests to join that the person decides, and their own. `decides` tells the two apart."""
    held = memberships.alias("held")
    decides = decides_request(viewer, held)
    return (
        sa.select(
            join_requests,
            people.c.name.label("person_name"),
            classes.c.name.label("class_name"),
            schools.c.name.label("school_name"),
            schools.c.city,
            decides.label("decides"),
        )
        .join(people, people.c.id == join_requests.c.person_id)
        .join(schools, schools.c.id == join_requests.c.school_id)
        .outerjoin(classes, classes.c.id == join_requests.c.class_id)
        .where(
            people.c.erased_at.is_(None),
            sa.or_(decides, join_requests.c.person_id == viewer.id),
        )
    )


def decides_request(viewer: Viewer, held: Any) -> Condition:
    """Whether the person decides about a request: by its role, and by the class it asks for."""
    by_role = [
        sa.and_(join_requests.c.role == role, reaches(action, held, join_requests.c.class_id))
        for role, action in ADMITS.items()
    ]
    return sa.exists().where(own_open(held, viewer.id, join_requests.c.school_id), sa.or_(*by_role))


async def access_request(conn: AsyncConnection, viewer: Viewer, request_id: str) -> sa.Row[Any]:
    """One request: of one's own, or to decide it. Raises NotFound."""
    row: sa.Row[Any] | None = (
        await conn.execute(visible_requests(viewer).where(join_requests.c.id == request_id))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


async def access_request_to_decide(
    conn: AsyncConnection, viewer: Viewer, request_id: str
) -> tuple[sa.Row[Any], SchoolAccess]:
    """One request, to accept or decline it. Raises NotFound, Forbidden (one's own)."""
    row = await access_request(conn, viewer, request_id)
    if not row.decides or row.person_id == viewer.id:
        raise Forbidden
    return row, await access_school(conn, viewer, row.school_id)
