"""Requests to join a school."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.classes import access_class
from platform_api.access.invitations import access_request, access_request_to_decide, visible_requests
from platform_api.access.people import access_member
from platform_api.access.rules import ADMITS
from platform_api.access.schools import access_school
from platform_api.clock import new_id
from platform_api.http import Later, operation
from platform_api.join_requests.rules import (
    Accept,
    JoinRequest,
    JoinRequests,
    NewRequest,
    RequestQuery,
    SchoolCard,
)
from platform_api.memberships import family, moves
from platform_api.memberships.change import Change
from platform_api.memberships.departures import say_goodbye
from platform_api.names import fold_name
from platform_api.paging import PageQuery, after, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import classes, join_requests, schools
from platform_api.services import Services
from platform_api.texts import clean_text

routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/schools/{school_id}/card", answers={200: SchoolCard}, tag="requests")
async def show_card(viewer: Viewer, conn: AsyncConnection, school_id: str) -> SchoolCard:
    """Which school it is that one is about to ask. Its address is unguessable: whoever has it was given it."""
    del viewer  # anybody who is signed in
    return await _card(conn, school_id)


async def _card(conn: AsyncConnection, school_id: str) -> SchoolCard:
    row = (
        await conn.execute(
            sa.select(schools.c.id, schools.c.name, schools.c.city).where(
                schools.c.id == school_id, schools.c.archived_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        raise errors.NotFound
    return SchoolCard(row.id, row.name, row.city)


@operation(
    routes,
    "POST",
    "/api/v1/schools/{school_id}/requests",
    body=NewRequest,
    answers={201: JoinRequest},
    problems=(errors.RequestOpen, errors.AlreadyMember, errors.InAnotherClass),
    idempotent=True,
    tag="requests",
)
async def ask(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: NewRequest) -> JoinRequest:
    """Ask to join a school whose address one has, or to get a class in one's own."""
    await _card(conn, school_id)
    change, request_id = Change(conn, viewer, parts.now()), new_id()
    class_id = await _class_called(conn, school_id, body.class_name)
    await moves.require_one_side(change, viewer.id, school_id, body.role)
    held = await moves.open_rows(change, viewer.id, role=body.role)
    if body.role == "student" and any(row.school_id != school_id or row.class_id is not None for row in held):
        raise errors.InAnotherClass
    here = [row for row in held if row.school_id == school_id]
    # Whether there is a class of that name is not told, not even by a refusal.
    asked_for = here if not body.class_name.strip() else [row for row in here if row.class_id == class_id is not None]
    if body.role != "parent" and asked_for:
        raise errors.AlreadyMember
    try:
        async with conn.begin_nested():
            await conn.execute(
                sa.insert(join_requests).values(
                    id=request_id,
                    person_id=viewer.id,
                    school_id=school_id,
                    class_id=class_id,
                    role=body.role,
                    message=clean_text(body.message, "message"),
                    created_at=parts.now(),
                )
            )
    except IntegrityError as error:
        raise errors.RequestOpen from error
    await _note(change, "request.made", request_id, school_id, class_id, viewer.id)
    return _describe(await access_request(conn, viewer, request_id), viewer)


@operation(
    routes,
    "GET",
    "/api/v1/schools/{school_id}/requests",
    query=RequestQuery,
    answers={200: JoinRequests},
    problems=(errors.Forbidden,),
    tag="requests",
)
async def list_requests(viewer: Viewer, conn: AsyncConnection, school_id: str, query: RequestQuery) -> JoinRequests:
    """The requests one decides, the oldest first: of the school, or of the classes taught."""
    school = await access_school(conn, viewer, school_id)
    if not any(school.may(action) or _in_a_class(school, action) for action in ADMITS.values()):
        raise errors.Forbidden
    seen = visible_requests(viewer).where(
        join_requests.c.school_id == school_id,
        join_requests.c.state == query.state,
        join_requests.c.person_id != viewer.id,
    )
    return await _page(conn, viewer, seen, query)


@operation(routes, "GET", "/api/v1/me/requests", query=PageQuery, answers={200: JoinRequests}, tag="requests")
async def list_own(viewer: Viewer, conn: AsyncConnection, query: PageQuery) -> JoinRequests:
    """What one has asked for oneself."""
    return await _page(conn, viewer, visible_requests(viewer).where(join_requests.c.person_id == viewer.id), query)


@operation(
    routes,
    "POST",
    "/api/v1/requests/{request_id}/accept",
    body=Accept,
    answers={200: JoinRequest},
    problems=(
        errors.Forbidden,
        errors.RequestDecided,
        errors.AlreadyMember,
        errors.InAnotherClass,
        errors.Archived,
        errors.InvitationNotYours,
    ),
    tag="requests",
)
async def accept(
    viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, request_id: str, body: Accept
) -> JoinRequest:
    """Let somebody in who has asked: into the class they asked for, or another that one may let people into."""
    row, school = await access_request_to_decide(conn, viewer, request_id)
    _require_undecided(row)
    class_id = body.class_id or row.class_id
    if class_id is not None:
        klass = await access_class(conn, viewer, class_id)
        if klass.school.id != school.id:
            raise errors.NotFound
        klass.require(ADMITS[row.role])
    else:
        school.require(ADMITS[row.role])
    change = Change(conn, viewer, parts.now())
    if row.role == "parent":
        if body.child_id is None:
            raise errors.InvalidBody("A parent is let in as the parent of a student - at `$.child_id`")
        child = await access_member(conn, viewer, school.id, body.child_id)
        taught = next((one for one in child if one.role == "student"), None)
        if taught is None:
            raise errors.NotFound
        school.require(ADMITS["parent"], None if taught.klass is None else taught.klass.id)
        await family.link(change, row.person_id, body.child_id)
    else:
        await moves.join(change, row.person_id, school.id, row.role, class_id)
    await _decide(change, row, "accepted")
    later(lambda: say_goodbye(parts, change))
    return _describe(await access_request(conn, viewer, request_id), viewer)


@operation(
    routes,
    "POST",
    "/api/v1/requests/{request_id}/decline",
    answers={200: JoinRequest},
    problems=(errors.Forbidden, errors.RequestDecided),
    tag="requests",
)
async def decline(viewer: Viewer, conn: AsyncConnection, parts: Services, request_id: str) -> JoinRequest:
    """Do not let somebody in who has asked. They may ask again."""
    row, _ = await access_request_to_decide(conn, viewer, request_id)
    _require_undecided(row)
    await _decide(Change(conn, viewer, parts.now()), row, "declined")
    return _describe(await access_request(conn, viewer, request_id), viewer)


@operation(
    routes,
    "DELETE",
    "/api/v1/requests/{request_id}",
    answers={204: None},
    problems=(errors.Forbidden, errors.RequestDecided),
    tag="requests",
)
async def withdraw(viewer: Viewer, conn: AsyncConnection, parts: Services, request_id: str) -> None:
    """Withdraw one's own request."""
    row = await access_request(conn, viewer, request_id)
    if row.person_id != viewer.id:
        raise errors.Forbidden
    _require_undecided(row)
    await _decide(Change(conn, viewer, parts.now()), row, "withdrawn")


async def _page(conn: AsyncConnection, viewer: Viewer, seen: sa.Select[Any], query: PageQuery) -> JoinRequests:
    order = (join_requests.c.created_at, join_requests.c.id)
    if query.cursor:
        seen = seen.where(after(order, read_cursor(query.cursor, tuple[datetime, str])))
    rows, more = cut((await conn.execute(seen.order_by(*order).limit(query.limit + 1))).all(), query.limit)
    return JoinRequests(
        [_describe(row, viewer) for row in rows],
        write_cursor((rows[-1].created_at.isoformat(), rows[-1].id)) if more else None,
    )


async def _class_called(conn: AsyncConnection, school_id: str, name: str) -> str | None:
    """The class that goes on under this name, if there is one."""
    found: str | None = await conn.scalar(
        sa.select(classes.c.id)
        .where(
            classes.c.school_id == school_id,
            classes.c.name_folded == fold_name(name),
            classes.c.archived_at.is_(None),
            classes.c.deleted_at.is_(None),
        )
        .order_by(classes.c.created_at.desc(), classes.c.id)
        .limit(1)
    )
    return found


async def _decide(change: Change, row: Any, state: str) -> None:
    await change.conn.execute(
        sa.update(join_requests)
        .where(join_requests.c.id == row.id)
        .values(
            state=state,
            decided_at=change.now,
            decided_by=change.actor_id,
            version=join_requests.c.version + 1,
        )
    )
    await _note(change, f"request.{state}", row.id, row.school_id, row.class_id, row.person_id)


async def _note(
    change: Change, kind: str, request_id: str, school_id: str, class_id: str | None, person_id: str
) -> None:
    await change.note(kind, request_id, school_id=school_id, class_id=class_id, person_id=person_id)


def _require_undecided(row: Any) -> None:
    if row.state != "open":
        raise errors.RequestDecided


def _in_a_class(school: Any, action: Any) -> bool:
    return any(holding.class_id is not None and school.may(action, holding.class_id) for holding in school.holdings)


def _describe(row: Any, viewer: Viewer) -> JoinRequest:
    decides = bool(row.decides) and row.person_id != viewer.id
    return JoinRequest(
        id=row.id,
        school=Named(row.school_id, row.school_name),
        person=Named(row.person_id, row.person_name),
        role=row.role,
        klass=Named(row.class_id, row.class_name) if decides and row.class_id is not None else None,
        message=row.message,
        state=row.state,
        created_at=row.created_at,
        decided_at=row.decided_at,
        may_decide=decides and row.state == "open",
    )
