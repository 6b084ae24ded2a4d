"""Schools: the page and details of each, made by whom an operator allowed it, edited by its administrators."""

from __future__ import annotations

import hashlib
from typing import Any, get_args

import msgspec
import sqlalchemy as sa
from aiohttp import web
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.rules import Action
from platform_api.access.schools import SchoolAccess, access_school, access_schools
from platform_api.clock import new_id
from platform_api.http import Answer, IfMatch, Raw, etag_of, operation
from platform_api.memberships import moves
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.people.queries import Viewer
from platform_api.people.rules import Role
from platform_api.schema import school_grants, school_pictures, schools
from platform_api.schools import queries
from platform_api.schools.pictures import MAX_PICTURE, PICTURES, media_type_of
from platform_api.schools.rules import Contacts, EditSchool, NewSchool, PictureQuery, School, Schools, name_order
from platform_api.services import Services
from platform_api.texts import clean_line, clean_text

ROLES: tuple[Role, ...] = get_args(Role)
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/schools", answers={200: Schools}, tag="schools")
async def list_schools(viewer: Viewer, conn: AsyncConnection, parts: Services) -> Schools:
    """The schools one is in."""
    found = await describe(conn, parts, await access_schools(conn, viewer))
    found.sort(key=lambda school: (name_order(school.name), school.id))
    return Schools(found, may_create=await queries.unused_grant(conn, viewer.id) is not None)


@operation(
    routes,
    "POST",
    "/api/v1/schools",
    body=NewSchool,
    answers={201: School},
    problems=(errors.Forbidden,),
    idempotent=True,
    tag="schools",
)
async def make_school(viewer: Viewer, conn: AsyncConnection, parts: Services, body: NewSchool) -> Answer:
    """Set a school up and become its administrator. An operator of the server has allowed it, for one school."""
    grant = await queries.unused_grant(conn, viewer.id)
    if grant is None:
        raise errors.Forbidden
    school_id, now = new_id(), parts.now()
    change = Change(conn, viewer, now)
    name = clean_line(body.name, "name")
    await conn.execute(
        sa.insert(schools).values(
            id=school_id,
            name=name,
            name_folded=fold_name(name),
            city=clean_line(body.city, "city"),
            address=clean_line(body.address, "address", empty=True),
            about=clean_text(body.about, "about"),
            contacts=_contacts(body.contacts),
            region_id=grant.region_id,
            created_at=now,
        )
    )
    await conn.execute(
        sa.update(school_grants).where(school_grants.c.id == grant.id).values(school_id=school_id, used_at=now)
    )
    await moves.join(change, viewer.id, school_id, "administrator", None)
    await change.note("school.made", school_id, school_id=school_id)
    return await _show(conn, viewer, parts, school_id)


@operation(routes, "GET", "/api/v1/schools/{school_id}", answers={200: School}, etag=True, tag="schools")
async def show_school(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str) -> Answer:
    """One school."""
    return await _show(conn, viewer, parts, school_id)


@operation(
    routes,
    "PATCH",
    "/api/v1/schools/{school_id}",
    body=EditSchool,
    answers={200: School},
    problems=(errors.Forbidden,),
    etag=True,
    tag="schools",
)
async def edit_school(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: EditSchool, if_match: IfMatch
) -> Answer:
    """Edit a school's page and details."""
    school = await access_school(conn, viewer, school_id, Action.EDIT_SCHOOL)
    if_match.check(etag_of(school.version))
    changed: dict[str, Any] = {}
    for field in ("name", "city"):
        if (value := getattr(body, field)) is not UNSET:
            changed[field] = clean_line(value, field)
    if "name" in changed:
        changed["name_folded"] = fold_name(changed["name"])
    if body.address is not UNSET:
        changed["address"] = clean_line(body.address, "address", empty=True)
    if body.about is not UNSET:
        changed["about"] = clean_text(body.about, "about")
    if body.contacts is not UNSET:
        changed["contacts"] = _contacts(body.contacts)
    await _touch(conn, viewer, parts, school_id, changed, sorted(changed))
    return await _show(conn, viewer, parts, school_id)


@operation(
    routes,
    "GET",
    "/api/v1/schools/{school_id}/picture",
    query=PictureQuery,
    answers={200: Raw(PICTURES, MAX_PICTURE), 304: None},
    tag="schools",
)
async def show_picture(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, school_id: str
) -> web.StreamResponse:
    """A school's picture. `v` makes the address of another picture another one; it is not looked at."""
    await access_school(conn, viewer, school_id)
    row = (await conn.execute(sa.select(school_pictures).where(school_pictures.c.school_id == school_id))).one_or_none()
    if row is None:
        raise errors.NotFound
    headers = {
        "ETag": f'"{row.digest.hex()[:32]}"',
        "Cache-Control": "private, max-age=60",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=row.content, content_type=row.media_type, headers=headers)


@operation(
    routes,
    "PUT",
    "/api/v1/schools/{school_id}/picture",
    body=Raw(PICTURES, MAX_PICTURE),
    answers={204: None},
    problems=(errors.Forbidden, errors.InvalidPicture),
    tag="schools",
)
async def set_picture(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: bytes) -> None:
    """Give a school a picture, or another one: PNG, JPEG or WebP, at most 1 MiB."""
    await access_school(conn, viewer, school_id, Action.EDIT_SCHOOL)
    values = {
        "media_type": media_type_of(body),
        "content": body,
        "digest": hashlib.sha256(body).digest(),
        "changed_at": parts.now(),
    }
    await conn.execute(sa.delete(school_pictures).where(school_pictures.c.school_id == school_id))
    await conn.execute(sa.insert(school_pictures).values(school_id=school_id, **values))
    await _touch(conn, viewer, parts, school_id, {}, ["picture"])


@operation(
    routes,
    "DELETE",
    "/api/v1/schools/{school_id}/picture",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="schools",
)
async def drop_picture(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str) -> None:
    """Take a school's picture away; that there was none is no error."""
    await access_school(conn, viewer, school_id, Action.EDIT_SCHOOL)
    dropped = await conn.execute(sa.delete(school_pictures).where(school_pictures.c.school_id == school_id))
    if dropped.rowcount:
        await _touch(conn, viewer, parts, school_id, {}, ["picture"])


async def describe(conn: AsyncConnection, parts: Services, found: list[SchoolAccess]) -> list[School]:
    """Schools as the person who met them sees them."""
    ids = [school.id for school in found]
    counts = await queries.head_counts(conn, ids)
    years = await queries.current_years(conn, ids, parts.now().date())
    pictures = await queries.picture_digests(conn, ids)
    regions = await queries.region_names(conn, [school.region_id for school in found])
    return [
        School(
            id=school.id,
            name=school.name,
            city=school.city,
            address=school.address,
            about=school.about,
            contacts=msgspec.convert(school.contacts, Contacts),
            region=regions.get(school.region_id or ""),
            picture=f"/api/v1/schools/{school.id}/picture?v={pictures[school.id]}" if school.id in pictures else None,
            year=years.get(school.id),
            people=counts[school.id],
            roles=[role for role in ROLES if any(holding.role == role for holding in school.holdings)],
            may=[action for action in Action if school.may_somewhere(action)],
            version=school.version,
        )
        for school in found
    ]


async def _show(conn: AsyncConnection, viewer: Viewer, parts: Services, school_id: str) -> Answer:
    found = (await describe(conn, parts, [await access_school(conn, viewer, school_id)]))[0]
    return Answer(found, etag=etag_of(found.version))


async def _touch(
    conn: AsyncConnection, viewer: Viewer, parts: Services, school_id: str, changed: dict[str, Any], fields: list[str]
) -> None:
    await conn.execute(
        sa.update(schools).where(schools.c.id == school_id).values(version=schools.c.version + 1, **changed)
    )
    await Change(conn, viewer, parts.now()).note(
        "school.changed", school_id, school_id=school_id, data={"fields": fields}
    )


def _contacts(contacts: Contacts) -> dict[str, str]:
    return {
        name: clean_line(value, f"contacts.{name}", empty=True)
        for name, value in msgspec.structs.asdict(contacts).items()
        if value
    }
