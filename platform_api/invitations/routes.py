"""Invitations: listed, made, revoked, looked at and accepted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.invitations import access_invitation, visible_invitations
from platform_api.access.people import access_member
from platform_api.access.rules import INVITES, Action
from platform_api.access.schools import access_school, access_school_for
from platform_api.clock import new_id
from platform_api.events import record
from platform_api.http import Later, operation
from platform_api.invitations.codes import code_hash, new_code
from platform_api.invitations.redeem import find_invitation, redeem
from platform_api.invitations.rules import (
    Invitation,
    InvitationCard,
    Invitations,
    Joined,
    MadeInvitation,
    NewInvitation,
    State,
)
from platform_api.memberships.change import Change
from platform_api.memberships.departures import say_goodbye
from platform_api.pages import page_url
from platform_api.paging import PageQuery, after, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import invitations
from platform_api.services import Services
from platform_api.texts import clean_line

PARENTS_OF_A_CHILD = 2
routes = web.RouteTableDef()


@operation(
    routes,
    "GET",
    "/api/v1/schools/{school_id}/invitations",
    query=PageQuery,
    answers={200: Invitations},
    problems=(errors.Forbidden,),
    tag="invitations",
)
async def list_invitations(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, query: PageQuery
) -> Invitations:
    """The invitations one may make oneself, the newest first: of the school, of classes taught, for own parents."""
    school = await access_school(conn, viewer, school_id)
    if not any(school.may_somewhere(action) for action in INVITES.values()):
        raise errors.Forbidden
    statement = visible_invitations(viewer).where(invitations.c.school_id == school_id)
    order = (invitations.c.created_at, invitations.c.id)
    if query.cursor:
        moment, last_id = read_cursor(query.cursor, tuple[datetime, str])
        statement = statement.where(after(order, (moment, last_id), descending=True))
    rows = (await conn.execute(statement.order_by(*(c.desc() for c in order)).limit(query.limit + 1))).all()
    page, more = cut(rows, query.limit)
    return Invitations(
        [_describe(row, parts.now()) for row in page],
        write_cursor((page[-1].created_at.isoformat(), page[-1].id)) if more else None,
    )


@operation(
    routes,
    "POST",
    "/api/v1/schools/{school_id}/invitations",
    body=NewInvitation,
    answers={201: MadeInvitation},
    problems=(errors.Forbidden, errors.Archived, errors.BadHost),
    idempotent=True,
    tag="invitations",
)
async def make_invitation(
    request: web.Request,
    viewer: Viewer,
    conn: AsyncConnection,
    parts: Services,
    school_id: str,
    body: NewInvitation,
) -> MadeInvitation:
    """Invite teachers, students, or the parents of a child. The code is told this once."""
    class_id, max_uses = body.class_id, body.max_uses
    if body.role == "parent":
        class_id = await _class_of_child(conn, viewer, school_id, body)
        max_uses = max_uses or PARENTS_OF_A_CHILD
    elif body.child_id is not None:
        raise errors.InvalidBody("Only a parent is invited by a child - at `$.child_id`")
    else:
        await access_school_for(conn, viewer, school_id, INVITES[body.role], class_id)
    invitation_id, code, now = new_id(), new_code(body.kind), parts.now()
    await conn.execute(
        sa.insert(invitations).values(
            id=invitation_id,
            school_id=school_id,
            class_id=class_id,
            role=body.role,
            kind=body.kind,
            code_hash=code_hash(code),
            note=clean_line(body.note, "note", empty=True) or None,
            child_id=body.child_id,
            max_uses=max_uses,
            created_by=viewer.id,
            created_at=now,
            expires_at=now + timedelta(days=body.days),
        )
    )
    await Change(conn, viewer, now).note(
        "invitation.made",
        invitation_id,
        school_id=school_id,
        class_id=class_id,
        person_id=viewer.id,
        data={"role": body.role, "child": body.child_id},
    )
    if body.child_id is not None:
        await record(conn, "invitation.made", invitation_id, school_id=school_id, person_id=body.child_id)
    made = _describe(await access_invitation(conn, viewer, invitation_id), now)
    return MadeInvitation(**msgspec.structs.asdict(made), code=code, link=page_url(request, f"/join/{code}"))


@operation(
    routes,
    "DELETE",
    "/api/v1/invitations/{invitation_id}",
    answers={204: None},
    tag="invitations",
)
async def revoke_invitation(viewer: Viewer, conn: AsyncConnection, parts: Services, invitation_id: str) -> None:
    """Revoke an invitation: its code opens nothing from here on. Revoking twice is no error."""
    row = await access_invitation(conn, viewer, invitation_id)
    if row.revoked_at is None:
        await conn.execute(
            sa.update(invitations)
            .where(invitations.c.id == invitation_id)
            .values(revoked_at=parts.now(), version=invitations.c.version + 1)
        )
        await Change(conn, viewer, parts.now()).note(
            "invitation.revoked",
            invitation_id,
            school_id=row.school_id,
            class_id=row.class_id,
            person_id=viewer.id,
        )
        if row.child_id is not None:
            await record(conn, "invitation.revoked", invitation_id, school_id=row.school_id, person_id=row.child_id)


@operation(
    routes,
    "GET",
    "/api/v1/invitation-codes/{code}",
    answers={200: InvitationCard},
    problems=(errors.InvitationExpired, errors.InvitationSpent),
    tag="invitations",
    open=True,
)
async def show_invitation(conn: AsyncConnection, parts: Services, code: str) -> InvitationCard:
    """What a code leads to, before one signs in. Whoever holds it learns the school and the class, nobody's name."""
    row = await find_invitation(conn, code, parts.now())
    return InvitationCard(row.school_name, row.city, row.role, row.class_name, row.expires_at)


@operation(
    routes,
    "POST",
    "/api/v1/invitation-codes/{code}/accept",
    answers={201: Joined},
    problems=(
        errors.InvitationExpired,
        errors.InvitationSpent,
        errors.InvitationNotYours,
        errors.AlreadyMember,
        errors.InAnotherClass,
        errors.Archived,
    ),
    idempotent=True,
    tag="invitations",
)
async def accept_invitation(viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, code: str) -> Joined:
    """Come in by an invitation."""
    row = await find_invitation(conn, code, parts.now())
    change = Change(conn, viewer, parts.now())
    await redeem(change, row, viewer.id)
    later(lambda: say_goodbye(parts, change))
    return Joined(
        Named(row.school_id, row.school_name),
        row.role,
        None if row.class_id is None else Named(row.class_id, row.class_name),
    )


async def _class_of_child(conn: AsyncConnection, viewer: Viewer, school_id: str, body: NewInvitation) -> str | None:
    """The class of the child whose parents are invited. Raises InvalidBody, NotFound, Forbidden."""
    if body.child_id is None or body.class_id is not None:
        raise errors.InvalidBody("A parent is invited by `child_id`, without `class_id` - at `$`")
    held = await access_member(conn, viewer, school_id, body.child_id)
    child = next((membership for membership in held if membership.role == "student"), None)
    if child is None:
        raise errors.NotFound
    class_id = None if child.klass is None else child.klass.id
    child.of.require(Action.INVITE_PARENTS, class_id, own=body.child_id == viewer.id)
    return class_id


def _describe(row: Any, now: datetime) -> Invitation:
    return Invitation(
        id=row.id,
        role=row.role,
        klass=None if row.class_id is None else Named(row.class_id, row.class_name),
        child=None if row.child_id is None else Named(row.child_id, row.child_name),
        kind=row.kind,
        note=row.note or "",
        uses=row.uses,
        max_uses=row.max_uses,
        state=_state(row, now),
        created_by=None if row.created_by is None else Named(row.created_by, row.maker_name),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _state(row: Any, now: datetime) -> State:
    if row.revoked_at is not None:
        return "revoked"
    if row.max_uses is not None and row.uses >= row.max_uses:
        return "spent"
    return "expired" if row.expires_at <= now else "open"
