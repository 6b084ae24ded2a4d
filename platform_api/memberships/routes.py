"""Members of a school: listed, given a class, transferred, appointed, removed; parents and children."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.classes import access_class
from platform_api.access.people import MembershipAccess, access_member, access_membership
from platform_api.access.rules import Action, EndReason
from platform_api.access.schools import SchoolAccess, access_school
from platform_api.http import IfMatch, Later, etag_of, operation
from platform_api.memberships import family, moves
from platform_api.memberships.change import Change
from platform_api.memberships.departures import say_goodbye
from platform_api.memberships.queries import describe_members, find_page
from platform_api.memberships.rules import (
    EditMembership,
    Held,
    Member,
    MemberQuery,
    Members,
    NewMembership,
    Transfer,
)
from platform_api.paging import cut, write_cursor
from platform_api.people.queries import Viewer
from platform_api.services import Services

routes = web.RouteTableDef()


@operation(
    routes, "GET", "/api/v1/schools/{school_id}/members", query=MemberQuery, answers={200: Members}, tag="members"
)
async def list_members(viewer: Viewer, conn: AsyncConnection, school_id: str, query: MemberQuery) -> Members:
    """The members of a school whom one sees, by name.

    Administrators see everybody; teachers see colleagues, administrators and who is in the classes they teach; students
    see classmates, their teachers and administrators; parents see the class's teachers and parents, administrators and
    their own children.
    """
    school = await access_school(conn, viewer, school_id)
    rows, more = cut(await find_page(conn, viewer, school_id, query), query.limit)
    found = await describe_members(conn, viewer, school, [row.id for row in rows])
    return Members(found, write_cursor((rows[-1].name_folded, rows[-1].id)) if more else None)


@operation(routes, "GET", "/api/v1/schools/{school_id}/members/{person_id}", answers={200: Member}, tag="members")
async def show_member(viewer: Viewer, conn: AsyncConnection, school_id: str, person_id: str) -> Member:
    """Somebody of a school."""
    school = (await access_member(conn, viewer, school_id, person_id))[0].of
    return (await describe_members(conn, viewer, school, [person_id]))[0]


@operation(
    routes,
    "DELETE",
    "/api/v1/schools/{school_id}/members/{person_id}",
    answers={204: None},
    problems=(errors.Forbidden, errors.LastAdministrator),
    tag="members",
)
async def remove_member(
    viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, school_id: str, person_id: str
) -> None:
    """Take somebody out of a school with all they are in it; anybody may leave by themselves."""
    held = await access_member(conn, viewer, school_id, person_id)
    leaving = person_id == viewer.id
    if not leaving:
        held[0].of.require(Action.MANAGE_MEMBERS)
    change = Change(conn, viewer, parts.now())
    reason: EndReason = "left" if leaving else "removed"
    # A parent is in the school by their children: the links end, and with them the memberships.
    for child_id in await family.children_in(conn, person_id, school_id):
        await family.unlink(change, person_id, child_id, reason)
    await moves.leave_school(change, person_id, school_id, reason)
    later(lambda: say_goodbye(parts, change))


@operation(
    routes,
    "POST",
    "/api/v1/schools/{school_id}/memberships",
    body=NewMembership,
    answers={201: Held},
    problems=(errors.Forbidden, errors.AlreadyMember, errors.InAnotherClass, errors.Archived),
    idempotent=True,
    tag="members",
)
async def add_membership(
    viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, school_id: str, body: NewMembership
) -> Held:
    """Give a class to a teacher of the school, or to a student who has none."""
    school = await access_school(conn, viewer, school_id, Action.MANAGE_MEMBERS)
    held = await access_member(conn, viewer, school_id, body.person_id)
    if not any(one.role == body.role for one in held):
        raise errors.RoleFixed
    await _require_class(conn, viewer, school, body.class_id)
    change = Change(conn, viewer, parts.now())
    opened = await moves.join(change, body.person_id, school_id, body.role, body.class_id)
    later(lambda: say_goodbye(parts, change))
    return _held(await access_membership(conn, viewer, opened))


@operation(
    routes,
    "PATCH",
    "/api/v1/memberships/{membership_id}",
    body=EditMembership,
    answers={200: Held},
    problems=(errors.Forbidden, errors.RoleFixed, errors.AlreadyMember, errors.LastAdministrator),
    etag=True,
    tag="members",
)
async def change_role(
    viewer: Viewer,
    conn: AsyncConnection,
    parts: Services,
    later: Later,
    membership_id: str,
    body: EditMembership,
    if_match: IfMatch,
) -> Held:
    """Appoint a teacher administrator, or the other way round. A new membership begins; its id is answered."""
    membership = await access_membership(conn, viewer, membership_id, Action.MANAGE_MEMBERS)
    if_match.check(etag_of(membership.version))
    if membership.role not in ("administrator", "teacher"):
        raise errors.RoleFixed
    change = Change(conn, viewer, parts.now())
    opened = await moves.change_role(change, membership_id, body.role)
    later(lambda: say_goodbye(parts, change))
    return _held(await access_membership(conn, viewer, opened))


@operation(
    routes,
    "POST",
    "/api/v1/memberships/{membership_id}/transfer",
    body=Transfer,
    answers={200: Held},
    problems=(errors.Forbidden, errors.RoleFixed, errors.AlreadyMember, errors.Archived),
    tag="members",
)
async def transfer(
    viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, membership_id: str, body: Transfer
) -> Held:
    """Move a student to another class of the school: out of the old one and into the new one at once, with parents."""
    membership = await access_membership(conn, viewer, membership_id, Action.MANAGE_MEMBERS)
    if membership.role != "student":
        raise errors.RoleFixed
    await _require_class(conn, viewer, membership.of, body.class_id)
    change = Change(conn, viewer, parts.now())
    opened = await moves.transfer(change, membership_id, body.class_id)
    later(lambda: say_goodbye(parts, change))
    return _held(await access_membership(conn, viewer, opened))


@operation(
    routes,
    "DELETE",
    "/api/v1/memberships/{membership_id}",
    answers={204: None},
    problems=(errors.Forbidden, errors.RoleFixed, errors.LastAdministrator),
    tag="members",
)
async def end_membership(
    viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, membership_id: str
) -> None:
    """End one membership: out of a class, not out of the school. Teachers may leave a class by themselves.

    A parent's ends with the link to the child.
    """
    membership = await access_membership(conn, viewer, membership_id)
    leaving = membership.person.id == viewer.id and membership.role in ("administrator", "teacher")
    if not leaving:
        membership.of.require(Action.MANAGE_MEMBERS)
    if membership.role == "parent":
        raise errors.RoleFixed
    change = Change(conn, viewer, parts.now())
    await moves.leave_class(change, membership_id, "left" if leaving else "removed")
    later(lambda: say_goodbye(parts, change))


@operation(
    routes,
    "PUT",
    "/api/v1/people/{child_id}/parents/{parent_id}",
    answers={204: None},
    problems=(errors.Forbidden, errors.InvitationNotYours),
    tag="members",
)
async def link_parent(
    viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, child_id: str, parent_id: str
) -> None:
    """Make a parent of the school the parent of one more of its students; that they are already is no error."""
    school = await _school_of_child(conn, viewer, child_id)
    school.require(Action.MANAGE_MEMBERS)
    await access_member(conn, viewer, school.id, parent_id)
    change = Change(conn, viewer, parts.now())
    try:
        await family.link(change, parent_id, child_id)
    except errors.AlreadyMember:
        return
    later(lambda: say_goodbye(parts, change))


@operation(
    routes,
    "DELETE",
    "/api/v1/people/{child_id}/parents/{parent_id}",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="members",
)
async def unlink_parent(
    viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, child_id: str, parent_id: str
) -> None:
    """End the link between a parent and a child. Administrators do it, and the parent."""
    school = await _school_of_child(conn, viewer, child_id)
    await access_member(conn, viewer, school.id, parent_id)
    if parent_id != viewer.id:
        school.require(Action.MANAGE_MEMBERS)
    change = Change(conn, viewer, parts.now())
    await family.unlink(change, parent_id, child_id, "left" if parent_id == viewer.id else "removed")
    later(lambda: say_goodbye(parts, change))


async def _school_of_child(conn: AsyncConnection, viewer: Viewer, child_id: str) -> SchoolAccess:
    """The school where somebody whom the person sees is a student. Raises NotFound."""
    school_id = await family.school_of(conn, child_id)
    if school_id is None:
        raise errors.NotFound
    held = await access_member(conn, viewer, school_id, child_id)
    if not any(one.role == "student" for one in held):
        raise errors.NotFound
    return held[0].of


async def _require_class(conn: AsyncConnection, viewer: Viewer, school: SchoolAccess, class_id: str) -> None:
    """Raises NotFound for a class that is not the school's, Archived."""
    klass = await access_class(conn, viewer, class_id)
    if klass.school.id != school.id:
        raise errors.NotFound
    klass.require(Action.MANAGE_CLASSES)


def _held(access: MembershipAccess) -> Held:
    return Held(access.id, access.role, access.klass, access.since, access.version)
