"""Parental consent: an account of somebody under 14 is active while a parent's consent stands (152-FZ).

Consents are a register: a row is written when one is given and closed when it is withdrawn, never deleted. One parent's
withdrawal counts, whoever gave the consent.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import sqlalchemy as sa
from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.audit import audit
from platform_api.events import record_person
from platform_api.http import Later, operation
from platform_api.people.departures import hang_up
from platform_api.people.queries import CONSENT_REASONS, Viewer, change_person
from platform_api.people.rules import CONSENT_TEXT, Named, needs_consent
from platform_api.people.sessions import close_sessions
from platform_api.proxies import address_of
from platform_api.schema import consents, parent_links, people
from platform_api.services import Services

KIND = "parental"
routes = web.RouteTableDef()


class Consent(Struct, frozen=True):
    """A parent's consent that stands."""

    given_by: Named
    given_at: datetime
    text_version: Annotated[str, Meta(min_length=1, max_length=32)]


class Child(Struct, frozen=True):
    """A child as their parent sees them."""

    id: str
    name: str
    birth_date: date | None
    active: bool
    needs_consent: bool
    """Whether the account is active only while a parent's consent stands."""
    consent: Consent | None


class Children(Struct, frozen=True):
    """Answer of GET /me/children."""

    items: list[Child]
    text_version: Annotated[str, Meta(min_length=1, max_length=32)]
    """Which wording a consent given now is to."""


class GiveConsent(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PUT /children/{id}/consent: the wording the parent has read."""

    text_version: Annotated[str, Meta(min_length=1, max_length=32)]


@operation(routes, "GET", "/api/v1/me/children", answers={200: Children}, tag="family")
async def my_children(viewer: Viewer, conn: AsyncConnection, parts: Services) -> Children:
    """The children one is linked with, and whether their consents stand."""
    return Children(await _children(conn, viewer.id, parts.now()), CONSENT_TEXT)


@operation(
    routes,
    "PUT",
    "/api/v1/children/{child_id}/consent",
    body=GiveConsent,
    answers={200: Child},
    tag="family",
)
async def give_consent(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services, child_id: str, body: GiveConsent
) -> Child:
    """Consent to a child's account: it is active from now. Giving it twice is no error."""
    child = await _child(conn, viewer.id, child_id, parts.now())
    if body.text_version != CONSENT_TEXT:
        raise errors.InvalidBody(f"Expected `{CONSENT_TEXT}` - at `$.text_version`")
    if child.consent is None:
        await conn.execute(
            sa.insert(consents).values(
                person_id=child_id,
                given_by=viewer.id,
                kind=KIND,
                text_version=CONSENT_TEXT,
                given_at=parts.now(),
                evidence={"session": viewer.session_id, "address": address_of(request, parts.proxies)[:64]},
            )
        )
        await record_person(conn, "consent.given", child_id)
        await audit(conn, viewer, "consent.given", "person", child_id, person_id=child_id)
    if not child.active:
        await change_person(conn, child_id, deactivated_at=None, deactivated_reason=None)
        await record_person(conn, "person.activated", child_id)
        await audit(conn, viewer, "person.activated", "person", child_id, person_id=child_id)
    return await _child(conn, viewer.id, child_id, parts.now())


@operation(routes, "DELETE", "/api/v1/children/{child_id}/consent", answers={200: Child}, tag="family")
async def withdraw_consent(
    viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, child_id: str
) -> Child:
    """Withdraw the consent to a child's account: who is under 14 is out at once, from calls too."""
    child = await _child(conn, viewer.id, child_id, parts.now())
    if child.consent is not None:
        await conn.execute(
            sa.update(consents)
            .where(consents.c.person_id == child_id, consents.c.kind == KIND, consents.c.withdrawn_at.is_(None))
            .values(withdrawn_at=parts.now())
        )
        await record_person(conn, "consent.withdrawn", child_id)
        await audit(conn, viewer, "consent.withdrawn", "person", child_id, person_id=child_id)
    if child.needs_consent and child.active:
        await change_person(conn, child_id, deactivated_at=parts.now(), deactivated_reason="consent_withdrawn")
        await close_sessions(conn, child_id)
        await record_person(conn, "person.deactivated", child_id)
        await audit(conn, viewer, "person.deactivated", "person", child_id, person_id=child_id)
        later(lambda: hang_up(parts, child_id))
    return await _child(conn, viewer.id, child_id, parts.now())


async def _child(conn: AsyncConnection, parent_id: str, child_id: str, now: datetime) -> Child:
    """One child of a parent. Raises NotFound."""
    found = await _children(conn, parent_id, now, child_id)
    if not found:
        raise errors.NotFound
    return found[0]


async def _children(conn: AsyncConnection, parent_id: str, now: datetime, child_id: str | None = None) -> list[Child]:
    givers = people.alias("givers")
    query = (
        sa.select(
            people.c.id,
            people.c.name,
            people.c.birth_date,
            people.c.deactivated_at,
            consents.c.given_by,
            consents.c.given_at,
            consents.c.text_version,
            givers.c.name.label("giver_name"),
        )
        .select_from(
            parent_links.join(people, people.c.id == parent_links.c.child_id)
            .outerjoin(
                consents,
                sa.and_(
                    consents.c.person_id == people.c.id, consents.c.kind == KIND, consents.c.withdrawn_at.is_(None)
                ),
            )
            .outerjoin(givers, givers.c.id == consents.c.given_by)
        )
        .where(
            parent_links.c.parent_id == parent_id,
            parent_links.c.until.is_(None),
            # Who was deactivated for another reason is not a parent's to bring back.
            sa.or_(people.c.deactivated_at.is_(None), people.c.deactivated_reason.in_(CONSENT_REASONS)),
        )
        .order_by(people.c.name_folded, people.c.id, consents.c.given_at)
    )
    if child_id is not None:
        query = query.where(people.c.id == child_id)
    found: dict[str, Child] = {}
    for row in await conn.execute(query):
        given = None if row.given_by is None else Named(row.given_by, row.giver_name)
        found.setdefault(
            row.id,
            Child(
                id=row.id,
                name=row.name,
                birth_date=row.birth_date,
                active=row.deactivated_at is None,
                needs_consent=needs_consent(now.date(), row.birth_date),
                consent=None if given is None else Consent(given, row.given_at, row.text_version),
            ),
        )
    return list(found.values())
