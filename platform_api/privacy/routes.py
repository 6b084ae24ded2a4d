"""One's personal data: a copy, deletion, consents; and what a school's administrators are responsible for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.people import access_person_in_charge
from platform_api.access.rules import Action
from platform_api.access.schools import access_school
from platform_api.clock import new_id
from platform_api.events import record_person
from platform_api.http import Raw, operation
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.paging import PageQuery, after, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.privacy.erasure import find_erasure, request_erasure, withdraw_erasure
from platform_api.privacy.export import MEDIA_TYPE, kept_export, make_export
from platform_api.privacy.rules import (
    PROCESSING_TEXT,
    Confirmation,
    Consent,
    ConsentQuery,
    Consents,
    Erasure,
    Export,
    NewConsent,
)
from platform_api.proxies import address_of
from platform_api.schema import consents, memberships, people
from platform_api.services import Services

routes = web.RouteTableDef()


@operation(routes, "POST", "/api/v1/me/export", answers={201: Export}, tag="personal data")
async def export_me(viewer: Viewer, conn: AsyncConnection, parts: Services) -> Export:
    """Make a copy of what the platform knows of oneself. It is kept for a week."""
    return await make_export(Change(conn, viewer, parts.now()), viewer.id)


@operation(
    routes,
    "GET",
    "/api/v1/me/export",
    answers={200: Raw((MEDIA_TYPE,))},
    problems=(errors.NotFound,),
    tag="personal data",
)
async def fetch_export(viewer: Viewer, conn: AsyncConnection, parts: Services) -> web.Response:
    """The copy that was made last."""
    content = await kept_export(conn, viewer.id, parts.now())
    if content is None:
        raise errors.NotFound
    return web.Response(
        body=content,
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": 'attachment; filename="sfera.json"', "Cache-Control": "no-store"},
    )


@operation(
    routes,
    "POST",
    "/api/v1/me/erasure",
    body=Confirmation,
    answers={201: Erasure},
    problems=(errors.WrongConfirmation, errors.ErasureRequested, errors.LastAdministrator),
    tag="personal data",
)
async def erase_me(viewer: Viewer, conn: AsyncConnection, parts: Services, body: Confirmation) -> Erasure:
    """Ask for one's own deletion, confirmed in writing. It can be withdrawn for two weeks."""
    _require_confirmation(body, viewer.login, viewer.name)
    return await request_erasure(Change(conn, viewer, parts.now()), viewer.id)


@operation(
    routes, "GET", "/api/v1/me/erasure", answers={200: Erasure}, problems=(errors.NotFound,), tag="personal data"
)
async def my_erasure(viewer: Viewer, conn: AsyncConnection, parts: Services) -> Erasure:
    """One's own deletion that waits for its day."""
    return await _waiting(conn, viewer, parts, viewer.id)


@operation(
    routes, "DELETE", "/api/v1/me/erasure", answers={204: None}, problems=(errors.NotFound,), tag="personal data"
)
async def keep_me(viewer: Viewer, conn: AsyncConnection, parts: Services) -> None:
    """Withdraw one's own deletion."""
    await withdraw_erasure(Change(conn, viewer, parts.now()), viewer.id)


@operation(
    routes,
    "POST",
    "/api/v1/people/{person_id}/erasure",
    body=Confirmation,
    answers={201: Erasure},
    problems=(errors.Forbidden, errors.WrongConfirmation, errors.ErasureRequested, errors.LastAdministrator),
    tag="personal data",
)
async def erase_person(
    viewer: Viewer, conn: AsyncConnection, parts: Services, person_id: str, body: Confirmation
) -> Erasure:
    """Ask for the deletion of somebody whose data one's school is responsible for, confirmed in writing."""
    await access_person_in_charge(conn, viewer, person_id, Action.ERASE_PEOPLE)
    row = (await conn.execute(sa.select(people.c.login, people.c.name).where(people.c.id == person_id))).one()
    _require_confirmation(body, row.login or "", row.name)
    return await request_erasure(Change(conn, viewer, parts.now()), person_id)


@operation(
    routes,
    "GET",
    "/api/v1/people/{person_id}/erasure",
    answers={200: Erasure},
    problems=(errors.Forbidden,),
    tag="personal data",
)
async def show_erasure(viewer: Viewer, conn: AsyncConnection, parts: Services, person_id: str) -> Erasure:
    """The deletion of somebody that waits for its day."""
    await access_person_in_charge(conn, viewer, person_id, Action.ERASE_PEOPLE)
    return await _waiting(conn, viewer, parts, person_id)


@operation(
    routes,
    "DELETE",
    "/api/v1/people/{person_id}/erasure",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="personal data",
)
async def keep_person(viewer: Viewer, conn: AsyncConnection, parts: Services, person_id: str) -> None:
    """Withdraw somebody's deletion."""
    await access_person_in_charge(conn, viewer, person_id, Action.ERASE_PEOPLE)
    await withdraw_erasure(Change(conn, viewer, parts.now()), person_id)


@operation(routes, "GET", "/api/v1/me/consents", query=PageQuery, answers={200: Consents}, tag="personal data")
async def my_consents(viewer: Viewer, conn: AsyncConnection, query: PageQuery) -> Consents:
    """What one has agreed to, and what was agreed to about oneself."""
    return await _page(conn, sa.or_(consents.c.person_id == viewer.id, consents.c.given_by == viewer.id), query)


@operation(routes, "POST", "/api/v1/me/consents", body=NewConsent, answers={201: Consent}, tag="personal data")
async def give_consent(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services, body: NewConsent
) -> Consent:
    """Agree to the processing of one's data. Agreeing twice is no error."""
    if body.text_version != PROCESSING_TEXT:
        raise errors.InvalidBody(f"Expected `{PROCESSING_TEXT}` - at `$.text_version`")
    standing = sa.and_(
        consents.c.person_id == viewer.id,
        consents.c.given_by == viewer.id,
        consents.c.kind == body.kind,
        consents.c.withdrawn_at.is_(None),
    )
    if (await conn.execute(sa.select(consents.c.id).where(standing))).first() is None:
        consent_id = new_id()
        await conn.execute(
            sa.insert(consents).values(
                id=consent_id,
                person_id=viewer.id,
                given_by=viewer.id,
                kind=body.kind,
                text_version=body.text_version,
                given_at=parts.now(),
                evidence={"session": viewer.session_id, "address": address_of(request, parts.proxies)[:64]},
            )
        )
        await record_person(conn, "consent.given", viewer.id)
        await Change(conn, viewer, parts.now()).audit("consent.given", consent_id, person_id=viewer.id)
    return (await _page(conn, standing, PageQuery(limit=1))).items[0]


@operation(
    routes,
    "DELETE",
    "/api/v1/me/consents/{consent_id}",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="personal data",
)
async def withdraw_consent(viewer: Viewer, conn: AsyncConnection, parts: Services, consent_id: str) -> None:
    """Withdraw one's own consent to processing. A parent's consent to an account ends at the child's (DELETE
    /children/{id}/consent), for what comes of it."""
    row = (
        await conn.execute(
            sa.select(consents).where(
                consents.c.id == consent_id,
                sa.or_(consents.c.person_id == viewer.id, consents.c.given_by == viewer.id),
            )
        )
    ).one_or_none()
    if row is None:
        raise errors.NotFound
    if row.given_by != viewer.id or row.kind != "processing":
        raise errors.Forbidden
    if row.withdrawn_at is None:
        await conn.execute(sa.update(consents).where(consents.c.id == consent_id).values(withdrawn_at=parts.now()))
        await record_person(conn, "consent.withdrawn", viewer.id)
        await Change(conn, viewer, parts.now()).audit("consent.withdrawn", consent_id, person_id=viewer.id)


@operation(
    routes,
    "GET",
    "/api/v1/schools/{school_id}/consents",
    query=ConsentQuery,
    answers={200: Consents},
    problems=(errors.Forbidden,),
    tag="personal data",
)
async def read_register(viewer: Viewer, conn: AsyncConnection, school_id: str, query: ConsentQuery) -> Consents:
    """The register of consents about the members of a school, the newest first."""
    await access_school(conn, viewer, school_id, Action.READ_CONSENTS)
    here = sa.select(memberships.c.person_id).where(memberships.c.school_id == school_id, memberships.c.until.is_(None))
    which: Any = consents.c.person_id.in_(here)
    if query.person_id is not None:
        which = sa.and_(which, consents.c.person_id == query.person_id)
    return await _page(conn, which, query)


async def _waiting(conn: AsyncConnection, viewer: Viewer, parts: Services, person_id: str) -> Erasure:
    found = await find_erasure(Change(conn, viewer, parts.now()), person_id)
    if found is None:
        raise errors.NotFound
    return found


def _require_confirmation(body: Confirmation, login: str, name: str) -> None:
    if fold_name(body.confirmation) != fold_name(login or name):
        raise errors.WrongConfirmation


async def _page(conn: AsyncConnection, which: Any, query: PageQuery) -> Consents:
    givers = people.alias("givers")
    order = (consents.c.given_at, consents.c.id)
    found = (
        sa.select(consents, people.c.name.label("person_name"), givers.c.name.label("giver_name"))
        .join(people, people.c.id == consents.c.person_id)
        .join(givers, givers.c.id == consents.c.given_by)
        .where(which)
    )
    if query.cursor:
        found = found.where(after(order, read_cursor(query.cursor, tuple[datetime, str]), descending=True))
    rows, more = cut(
        (await conn.execute(found.order_by(*(c.desc() for c in order)).limit(query.limit + 1))).all(), query.limit
    )
    return Consents(
        [
            Consent(
                id=row.id,
                person=Named(row.person_id, row.person_name),
                given_by=Named(row.given_by, row.giver_name),
                kind=row.kind,
                text_version=row.text_version,
                given_at=row.given_at,
                withdrawn_at=row.withdrawn_at,
            )
            for row in rows
        ],
        write_cursor((rows[-1].given_at.isoformat(), rows[-1].id)) if more else None,
    )
