"""What a school does for the accounts of its people: their names, and a way back for who forgot the password."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.people import access_person_in_charge
from platform_api.access.rules import Action
from platform_api.access.schools import SchoolAccess
from platform_api.events import record_person
from platform_api.http import Answer, IfMatch, etag_of, operation
from platform_api.memberships.change import Change
from platform_api.pages import page_url
from platform_api.people.queries import Viewer, change_person, person_version
from platform_api.people.resets import LASTS, make_link
from platform_api.people.rules import Named
from platform_api.services import Services
from platform_api.texts import clean_line

routes = web.RouteTableDef()


class Rename(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /people/{id}."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]


class PasswordLink(Struct, frozen=True):
    """Where somebody sets a new password. It is told this once; a QR code shows it."""

    link: str
    expires_at: datetime


@operation(
    routes,
    "PATCH",
    "/api/v1/people/{person_id}",
    body=Rename,
    answers={200: Named},
    problems=(errors.Forbidden,),
    etag=True,
    tag="members",
)
async def rename_person(
    viewer: Viewer, conn: AsyncConnection, parts: Services, person_id: str, body: Rename, if_match: IfMatch
) -> Answer:
    """Put somebody's name right. Administrators do it for people who are in their school alone.

    `version` of GET /schools/{id}/members/{id} is what If-Match takes.
    """
    schools = await access_person_in_charge(conn, viewer, person_id, Action.MANAGE_MEMBERS)
    if_match.check(etag_of(await person_version(conn, person_id)))
    name = clean_line(body.name, "name")
    await change_person(conn, person_id, name=name)
    await record_person(conn, "person.changed", person_id)
    await _audit(Change(conn, viewer, parts.now()), "person.renamed", person_id, schools)
    return Answer(Named(person_id, name), etag=etag_of(await person_version(conn, person_id)))


@operation(
    routes,
    "POST",
    "/api/v1/people/{person_id}/password-link",
    answers={201: PasswordLink},
    problems=(errors.Forbidden, errors.BadHost),
    tag="members",
)
async def make_password_link(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services, person_id: str
) -> PasswordLink:
    """A link by which somebody sets a new password: good once, for a day. Only for people of one's own school alone."""
    schools = await access_person_in_charge(conn, viewer, person_id, Action.MANAGE_MEMBERS)
    token = await make_link(conn, person_id, parts.now())
    await _audit(Change(conn, viewer, parts.now()), "password_link.made", person_id, schools)
    return PasswordLink(page_url(request, f"/reset/{token}"), parts.now() + LASTS)


async def _audit(change: Change, kind: str, person_id: str, schools: list[SchoolAccess]) -> None:
    for school in schools:
        await change.audit(kind, person_id, school_id=school.id, person_id=person_id)
