"""Signing in by an account elsewhere, and the accounts a person has linked.

GET /sign-in/{provider} sends the browser away; GET .../callback takes it back and sends it to a page. What could not be
done goes to the page /sign-in as `problem=CODE`, since it is a browser that comes, not a program. POST .../callback is
the same for apps that catch the redirect themselves: problems come as documents.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

import structlog
from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.http import Raw, answer, operation
from platform_api.pages import page_url
from platform_api.people import second_step
from platform_api.people.entering import check_code, enter, entered, require_active, set_cookie, with_cookie
from platform_api.people.queries import Viewer, credentials_of
from platform_api.people.rules import Code, Me
from platform_api.services import Services
from platform_api.sign_in import states
from platform_api.sign_in.arrivals import find_arrival, keep_arrival, take_arrival
from platform_api.sign_in.config import ProviderKind
from platform_api.sign_in.identities import (
    LinkedAccounts,
    find_linked,
    link_identity,
    linked_accounts,
    note_used,
    unlink_identity,
)
from platform_api.sign_in.provider import Identity, Refused, Returned, Unavailable
from platform_api.sign_in.registry import PROVIDERS

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()

PAGE = "/sign-in"
Outcome = Literal["signed_in", "linked", "code_needed", "unknown"]
Sent = Annotated[str, Meta(pattern="^[ -~]{0,160}$")]
SentCode = Annotated[str, Meta(pattern="^[ -~]{0,1900}$")]
"""ESIA's codes are signed documents."""
REDIRECT = Raw(("text/plain",))


class ProviderInfo(Struct, frozen=True):
    """A place people may have accounts at."""

    id: str
    kind: ProviderKind
    name: str


class ProviderList(Struct, frozen=True):
    """Answer of GET /sign-in/providers."""

    items: list[ProviderInfo]


class Away(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of GET /sign-in/{provider}."""

    return_to: Annotated[str, Meta(max_length=300)] = "/"
    link: bool = False
    """Link the account with the person who is signed in, instead of signing in by it."""


class Back(Struct, frozen=True):
    """What a provider sends the browser back with; whatever else it adds is not looked at."""

    state: Sent = ""
    code: SentCode = ""
    device_id: Sent = ""
    error: Sent = ""


class BackInApp(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST /sign-in/{provider}/callback."""

    state: Sent
    code: SentCode
    device_id: Sent = ""


class Came(Struct, frozen=True):
    """What came of it.

    `code_needed`: POST /sign-in/arrival with a code of the second step. `unknown`: nobody here is linked with that
    account; sign in and POST /me/identities, or register by an invitation with `arrival`.
    """

    outcome: Outcome
    return_to: str


class ArrivalInfo(Struct, frozen=True):
    """Who has come in this browser and is not in yet."""

    provider: str
    provider_name: str
    name: str
    birth_date: date | None
    outcome: Literal["code_needed", "unknown"]


class ArrivalCode(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST /sign-in/arrival."""

    code: Code


@operation(routes, "GET", "/api/v1/sign-in/providers", answers={200: ProviderList}, tag="signing in", open=True)
async def list_providers(request: web.Request) -> ProviderList:
    """Where people may have accounts by which they can sign in here."""
    return ProviderList([ProviderInfo(each.id, each.kind, each.name) for each in request.config_dict[PROVIDERS]])


@operation(
    routes,
    "GET",
    "/api/v1/sign-in/arrival",
    answers={200: ArrivalInfo},
    problems=(errors.NoArrival,),
    tag="signing in",
    open=True,
)
async def show_arrival(request: web.Request, conn: AsyncConnection, parts: Services) -> ArrivalInfo:
    """Who has come from a provider in this browser and is not in yet."""
    found = await find_arrival(conn, request, parts.now())
    return ArrivalInfo(
        provider=found.provider,
        provider_name=request.config_dict[PROVIDERS].get(found.provider).name,
        # Who is somebody here already shows a code first; until then nothing of them is told.
        name=found.identity.name if found.person_id is None else "",
        birth_date=found.identity.birth_date if found.person_id is None else None,
        outcome="unknown" if found.person_id is None else "code_needed",
    )


@operation(
    routes,
    "POST",
    "/api/v1/sign-in/arrival",
    body=ArrivalCode,
    answers={200: Me},
    problems=(errors.NoArrival, errors.WrongCode, errors.WrongCredentials, errors.TooManyAttempts),
    tag="signing in",
    open=True,
)
async def finish_arrival(request: web.Request, parts: Services, body: ArrivalCode) -> web.Response:
    """The second step of who has come from a provider; the answer sets the cookie of the session."""
    async with parts.db.read() as conn:
        found = await find_arrival(conn, request, parts.now())
    if found.person_id is None:
        raise errors.NoArrival
    await check_code(parts, found.person_id, body.code)
    async with parts.db.write() as conn:
        await take_arrival(conn, request, parts.now())
        await note_used(conn, found.provider, found.identity.subject, parts.now())
        me, token = await enter(conn, parts, request, found.person_id, method=found.provider, verified=True)
    entered(parts, found.person_id)
    return with_cookie(request, parts, me, token)


@operation(
    routes,
    "GET",
    "/api/v1/sign-in/{provider}",
    query=Away,
    answers={303: REDIRECT},
    problems=(errors.NotSignedIn, errors.CrossSite, errors.BadHost, errors.ProviderUnavailable),
    tag="signing in",
    open=True,
)
async def go_away(
    request: web.Request, viewer: Viewer | None, parts: Services, provider: str, query: Away
) -> web.Response:
    """Send the browser to a provider."""
    chosen = request.config_dict[PROVIDERS].get(provider)
    if query.link:
        if viewer is None:
            raise errors.NotSignedIn
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise errors.CrossSite("This call comes from another site.")
    attempt = states.new_attempt(page_url(request, f"/api/v1/sign-in/{provider}/callback"))
    try:
        address = await chosen.address(attempt)
    except Unavailable as failure:
        log.warning("provider_unavailable", provider=provider, reason=str(failure))
        raise errors.ProviderUnavailable(retry_after=5) from failure
    browser = states.browser_of(request) or states.new_browser()
    async with parts.db.write() as conn:
        await states.begin(
            conn,
            provider,
            attempt,
            browser,
            person_id=viewer.id if query.link and viewer is not None else None,
            return_to=states.safe_path(query.return_to),
            now=parts.now(),
            lasts=_lasts(parts),
        )
    response = _see_other(address)
    states.keep_browser(request, parts, response, browser)
    return response


@operation(
    routes,
    "GET",
    "/api/v1/sign-in/{provider}/callback",
    query=Back,
    answers={303: REDIRECT},
    tag="signing in",
    open=True,
)
async def come_back(
    request: web.Request, viewer: Viewer | None, parts: Services, provider: str, query: Back
) -> web.Response:
    """Where a provider sends the browser back to; it is sent on to a page.

    Problems go to the page /sign-in as `problem=CODE`.
    """
    request.config_dict[PROVIDERS].get(provider)
    try:
        if query.error or not query.code:
            raise errors.ProviderRefused
        came, token = await _come(request, parts, viewer, provider, query.state, Returned(query.code, query.device_id))
    except errors.ApiError as problem:
        parts.metrics.refusals.labels(problem.code).inc()
        return _see_other(f"{PAGE}?{urlencode({'problem': problem.code})}")
    if came.outcome in ("signed_in", "linked"):
        response = _see_other(came.return_to)
    else:
        response = _see_other(f"{PAGE}?{urlencode({'arrival': came.outcome, 'return_to': came.return_to})}")
    if token:
        set_cookie(request, parts, response, token)
    return response


@operation(
    routes,
    "POST",
    "/api/v1/sign-in/{provider}/callback",
    body=BackInApp,
    answers={200: Came},
    problems=(
        errors.SignInStateInvalid,
        errors.ProviderRefused,
        errors.ProviderUnavailable,
        errors.IdentityInUse,
        errors.AccountInactive,
        errors.NotSignedIn,
        errors.WrongCredentials,
    ),
    tag="signing in",
    open=True,
)
async def come_back_in_app(
    request: web.Request, viewer: Viewer | None, parts: Services, provider: str, body: BackInApp
) -> web.Response:
    """The same for apps and pages that catch the redirect themselves."""
    returned = Returned(body.code, body.device_id)
    came, token = await _come(request, parts, viewer, provider, body.state, returned)
    return with_cookie(request, parts, came, token) if token else answer(came)


@operation(routes, "GET", "/api/v1/me/identities", answers={200: LinkedAccounts}, tag="me")
async def my_identities(viewer: Viewer, conn: AsyncConnection) -> LinkedAccounts:
    """The accounts elsewhere by which one can sign in."""
    return LinkedAccounts(await linked_accounts(conn, viewer.id))


@operation(
    routes,
    "POST",
    "/api/v1/me/identities",
    answers={200: LinkedAccounts},
    problems=(errors.NoArrival, errors.IdentityInUse),
    tag="me",
)
async def link_arrival(request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services) -> LinkedAccounts:
    """Link the account by which this browser has just come from a provider with the person who has now signed in."""
    found = await take_arrival(conn, request, parts.now())
    await link_identity(conn, viewer, found.provider, found.identity, parts.now())
    return LinkedAccounts(await linked_accounts(conn, viewer.id))


@operation(
    routes,
    "DELETE",
    "/api/v1/me/identities/{identity_id}",
    answers={204: None},
    problems=(errors.LastWayIn,),
    tag="me",
)
async def unlink(viewer: Viewer, conn: AsyncConnection, identity_id: str) -> None:
    """Sign in by that account no more."""
    await unlink_identity(conn, viewer, identity_id)


async def _come(
    request: web.Request, parts: Services, viewer: Viewer | None, provider_id: str, state: str, returned: Returned
) -> tuple[Came, str]:
    """Settle who has come: what came of it, and the token of a session if one was opened."""
    provider = request.config_dict[PROVIDERS].get(provider_id)
    browser = states.browser_of(request)
    async with parts.db.write() as conn:
        begun = await states.take(conn, provider_id, state, browser, parts.now())
    if begun.person_id is not None and (viewer is None or viewer.id != begun.person_id):
        raise errors.NotSignedIn
    try:
        identity = await provider.identify(begun.attempt, returned)
    except Refused as refusal:
        log.warning("provider_refused", provider=provider_id, reason=str(refusal))
        raise errors.ProviderRefused from refusal
    except Unavailable as failure:
        log.warning("provider_unavailable", provider=provider_id, reason=str(failure))
        raise errors.ProviderUnavailable(retry_after=5) from failure
    if begun.person_id is not None and viewer is not None:
        async with parts.db.write() as conn:
            await link_identity(conn, viewer, provider_id, identity, parts.now())
        return Came("linked", begun.return_to), ""
    return await _sign_in(request, parts, provider_id, identity, browser, begun.return_to)


async def _sign_in(
    request: web.Request, parts: Services, provider_id: str, identity: Identity, browser: str, return_to: str
) -> tuple[Came, str]:
    async with parts.db.read() as conn:
        person_id = await find_linked(conn, provider_id, identity.subject)
        person = None if person_id is None else await credentials_of(conn, person_id)
        asks = person is not None and await second_step.has_second_step(conn, person.id)
    if person_id is not None and person is None:
        raise errors.WrongCredentials  # deactivated
    if person is not None:
        await require_active(parts, person)
    async with parts.db.write() as conn:
        if person is None or asks:
            await keep_arrival(
                conn,
                browser,
                provider_id,
                identity,
                person_id=None if person is None else person.id,
                return_to=return_to,
                now=parts.now(),
                lasts=_lasts(parts),
            )
            return Came("unknown" if person is None else "code_needed", return_to), ""
        await note_used(conn, provider_id, identity.subject, parts.now())
        _, token = await enter(conn, parts, request, person.id, method=provider_id, verified=False)
    entered(parts, person.id)
    return Came("signed_in", return_to), token


def _lasts(parts: Services) -> timedelta:
    return timedelta(minutes=parts.config.sign_in.minutes)


def _see_other(address: str) -> web.Response:
    # A response, not web.HTTPSeeOther: that one is raised and would undo what was done.
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
