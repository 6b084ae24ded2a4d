"""Registering: an account is made by an invitation and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import msgspec
import structlog
from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.audit import audit
from platform_api.clock import new_id
from platform_api.events import record_person
from platform_api.http import operation
from platform_api.invitations.redeem import find_invitation, redeem
from platform_api.language import Language, choose_language
from platform_api.memberships.change import Change
from platform_api.people import queries
from platform_api.people.entering import enter, entered, with_cookie
from platform_api.people.queries import Viewer
from platform_api.people.rules import Login, Me, NewPassword, check_password, needs_consent, new_login
from platform_api.services import Services
from platform_api.sign_in.arrivals import Arrival, find_arrival, take_arrival
from platform_api.sign_in.identities import link_identity
from platform_api.texts import clean_line

OLDEST = timedelta(days=366 * 120)
log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


class NewAccount(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Body of POST /accounts.

    With login and password, or (`arrival`) with the account at the provider by which this browser has just come.
    """

    code: Annotated[str, Meta(min_length=1, max_length=64)]
    """Of the invitation."""
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    login: Login | None = None
    password: NewPassword | None = None
    birth_date: date | None = None
    """Needed of students."""
    arrival: bool = False
    locale: Language | None = None


class Account(Struct, frozen=True):
    """What came of it. `active` is false while a parent's consent is awaited: then nobody is signed in."""

    active: bool
    me: Me


class _Prepared(Struct, frozen=True):
    login: str | None
    password_hash: str | None
    arrival: Arrival | None


async def _prepare(request: web.Request, parts: Services, body: NewAccount) -> _Prepared:
    """What is slow: the invitation is looked at before argon2 is made to work for anybody who asks."""
    async with parts.db.read() as conn:
        await find_invitation(conn, body.code, parts.now())
        arrival = await find_arrival(conn, request, parts.now()) if body.arrival else None
    if arrival is not None and arrival.person_id is not None:
        raise errors.IdentityInUse
    if arrival is not None and body.password is None:
        return _Prepared(None, None, arrival)
    if body.login is None or body.password is None:
        missing = "login" if body.login is None else "password"
        raise errors.InvalidBody(f"Object missing required field `{missing}`")
    login = new_login(body.login)
    check_password(body.password, login)
    return _Prepared(login, await parts.passwords.hash(body.password), arrival)


@operation(
    routes,
    "POST",
    "/api/v1/accounts",
    body=NewAccount,
    answers={201: Account},
    problems=(
        errors.NotFound,
        errors.InvitationExpired,
        errors.InvitationSpent,
        errors.InvitationNotYours,
        errors.Archived,
        errors.AlreadyMember,
        errors.InAnotherClass,
        errors.LoginTaken,
        errors.NoArrival,
        errors.IdentityInUse,
        errors.Busy,
    ),
    idempotent=True,
    tag="signing in",
    open=True,
    prepare=_prepare,
)
async def register(
    request: web.Request, conn: AsyncConnection, parts: Services, body: NewAccount, prepared: _Prepared
) -> web.Response:
    """Make an account by an invitation, become what it invites to, and sign this page in.

    Somebody under 14 is not signed in: the account waits for the consent of a linked parent.
    """
    now = parts.now()
    invitation = await find_invitation(conn, body.code, now)
    name, born = clean_line(body.name, "name"), body.birth_date
    if born is None and invitation.role == "student":
        raise errors.InvalidBody("Object missing required field `birth_date`")
    if born is not None and not (now.date() - OLDEST < born <= now.date()):
        raise errors.InvalidBody("Expected a day in the past - at `$.birth_date`")
    if born is not None and needs_consent(now.date(), born) and invitation.role != "student":
        raise errors.InvitationNotYours
    waits = needs_consent(now.date(), born)
    locale = body.locale or choose_language(request.headers.get("Accept-Language", ""), None, parts.config.language)
    person_id = invitation.person_id or new_id()
    # An account that was made from a list waits for its person.
    make = queries.insert_person if invitation.person_id is None else queries.claim_person
    await make(
        conn,
        person_id,
        name=name,
        login=prepared.login,
        password_hash=prepared.password_hash,
        birth_date=born,
        locale=locale,
        inactive=waits,
        now=now,
    )
    actor = Viewer(person_id, name, prepared.login or "", locale)
    await audit(conn, actor, "person.registered", "person", person_id, person_id=person_id)
    change = Change(conn, actor, now)
    await redeem(change, invitation, person_id)
    await record_person(conn, "person.changed", person_id)
    if prepared.arrival is not None:
        await take_arrival(conn, request, now)
        await link_identity(conn, actor, prepared.arrival.provider, prepared.arrival.identity, now)
    log.info("person_registered", person=person_id, role=invitation.role, waits=waits)
    if waits:
        me = await queries.describe_me(conn, person_id)
        return web.Response(body=msgspec.json.encode(Account(False, me)), status=201, content_type="application/json")
    method = "password" if prepared.arrival is None else prepared.arrival.provider
    me, token = await enter(conn, parts, request, person_id, method=method, verified=False)
    entered(parts, person_id)
    return with_cookie(request, parts, Account(True, me), token, 201)
