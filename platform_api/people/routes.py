"""Signing in and out by password, tokens for apps, who I am, my password."""

from __future__ import annotations

import structlog
from aiohttp import web
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.audit import audit
from platform_api.events import record_person
from platform_api.http import Answer, IfMatch, etag_of, nothing, operation
from platform_api.http.viewers import token_of
from platform_api.people import queries, resets
from platform_api.people.departures import hang_up
from platform_api.people.entering import (
    check_code,
    check_password,
    enter,
    entered,
    require_active,
    still_there,
    with_cookie,
)
from platform_api.people.queries import Viewer
from platform_api.people.rules import (
    COOKIE,
    ChangePassword,
    EditMe,
    Me,
    NewToken,
    ResetPassword,
    SignIn,
    Token,
    new_login,
    token_hash,
)
from platform_api.people.rules import check_password as refuse_easy
from platform_api.people.sessions import close_session, close_sessions, open_session
from platform_api.services import Services
from platform_api.texts import clean_line

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()

WAYS_TO_FAIL = (
    errors.WrongCredentials,
    errors.CodeNeeded,
    errors.WrongCode,
    errors.AccountInactive,
    errors.TooManyAttempts,
    errors.Busy,
)


@operation(
    routes,
    "POST",
    "/api/v1/session",
    body=SignIn,
    answers={200: Me},
    problems=WAYS_TO_FAIL,
    tag="signing in",
    open=True,
)
async def sign_in(request: web.Request, parts: Services, body: SignIn) -> web.Response:
    """Sign a page in: check name and password, and the code where there is a second step.

    The answer sets the cookie of the session.
    """
    found = await check_password(parts, request, body.login, body.password)
    await require_active(parts, found)
    verified = await check_code(parts, found.id, body.code)
    async with parts.db.write() as conn:
        me, token = await enter(conn, parts, request, found.id, method="password", verified=verified)
    entered(parts, found.id)
    return with_cookie(request, parts, me, token)


@operation(
    routes,
    "POST",
    "/api/v1/tokens",
    body=NewToken,
    answers={201: Token},
    problems=WAYS_TO_FAIL,
    tag="signing in",
    open=True,
)
async def new_app_token(request: web.Request, parts: Services, body: NewToken) -> Token:
    """Sign an app in: a token for its Authorization header.

    It ends like a page's session: by itself, by DELETE /session, or from the person's list of sessions.
    """
    device = clean_line(body.device, "device")
    found = await check_password(parts, request, body.login, body.password)
    await require_active(parts, found)
    verified = await check_code(parts, found.id, body.code)
    async with parts.db.write() as conn:
        if await still_there(conn, found.id) is None:
            raise errors.WrongCredentials
        token, expires_at = await open_session(
            conn, parts, request, found.id, kind="bearer", device=device, verified=verified
        )
        me = await queries.describe_me(conn, found.id)
    entered(parts, found.id)
    return Token(token, expires_at, me)


@operation(routes, "DELETE", "/api/v1/session", answers={204: None}, tag="signing in", open=True)
async def sign_out(request: web.Request, parts: Services) -> web.Response:
    """End the session this call comes by; signing out twice is no error."""
    if token := token_of(request):
        async with parts.db.write() as conn:
            await close_session(conn, token_hash(token))
    response = nothing()
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
    return response


@operation(routes, "GET", "/api/v1/me", answers={200: Me}, etag=True, tag="me")
async def me(viewer: Viewer, conn: AsyncConnection) -> Answer:
    """Who is signed in."""
    return Answer(
        await queries.describe_me(conn, viewer.id), etag=etag_of(await queries.person_version(conn, viewer.id))
    )


@operation(
    routes,
    "PATCH",
    "/api/v1/me",
    body=EditMe,
    answers={200: Me},
    problems=(errors.Forbidden,),
    etag=True,
    tag="me",
)
async def edit_me(viewer: Viewer, conn: AsyncConnection, parts: Services, body: EditMe, if_match: IfMatch) -> Answer:
    """Change one's own name or language. A student's name is the school's to change."""
    if_match.check(etag_of(await queries.person_version(conn, viewer.id)))
    changes: dict[str, str | None] = {}
    if body.name is not UNSET:
        name = clean_line(body.name, "name")
        if name != viewer.name:
            if any(held.role == "student" for held in await queries.open_memberships(conn, viewer.id)):
                raise errors.Forbidden
            changes["name"] = name
    if body.locale is not UNSET:
        changes["locale"] = body.locale
    if changes:
        await queries.change_person(conn, viewer.id, **changes)
        await record_person(conn, "person.changed", viewer.id)
        if "name" in changes:
            await audit(conn, viewer, "person.renamed", "person", viewer.id, person_id=viewer.id)
    return Answer(
        await queries.describe_me(conn, viewer.id), etag=etag_of(await queries.person_version(conn, viewer.id))
    )


@operation(
    routes,
    "PUT",
    "/api/v1/me/password",
    body=ChangePassword,
    answers={204: None},
    problems=(errors.WrongCredentials, errors.TooManyAttempts, errors.LoginTaken, errors.Busy),
    tag="me",
)
async def change_password(request: web.Request, viewer: Viewer, parts: Services, body: ChangePassword) -> None:
    """Change the password, or set a first one; all other sessions of the person end."""
    async with parts.db.read() as conn:
        mine = await queries.credentials_of(conn, viewer.id)
    if mine is None:
        raise errors.NotSignedIn
    changes: dict[str, str | None] = {}
    if mine.password_hash is not None:
        if body.old is None:
            raise errors.WrongCredentials
        await check_password(parts, request, mine.login, body.old)
    if body.login is not None:
        if mine.password_hash is not None:
            raise errors.InvalidBody("The login stays as it is - at `$.login`")
        changes["login"] = new_login(body.login)
    elif not mine.login:
        raise errors.InvalidBody("Object missing required field `login`")
    refuse_easy(body.password, changes.get("login") or mine.login)
    changes["password_hash"] = await parts.passwords.hash(body.password)
    async with parts.db.write() as conn:
        await queries.change_person(conn, viewer.id, **changes)
        ended = await close_sessions(conn, viewer.id, but=[viewer.session_id])
        await audit(conn, viewer, "person.password_changed", "person", viewer.id, person_id=viewer.id)
    log.info("password_changed", person=viewer.id)
    if ended:
        await hang_up(parts, viewer.id)


@operation(
    routes,
    "POST",
    "/api/v1/password-resets",
    body=ResetPassword,
    answers={204: None},
    problems=(errors.LinkExpired, errors.Busy),
    tag="signing in",
    open=True,
)
async def reset_password(parts: Services, body: ResetPassword) -> None:
    """Set a new password by a link that was made for it; every session of the person ends. The link counts once."""
    async with parts.db.read() as conn:
        found = await resets.find_link(conn, body.token, parts.now())
    refuse_easy(body.password, found.login)
    hashed = await parts.passwords.hash(body.password)
    async with parts.db.write() as conn:
        found = await resets.use_link(conn, body.token, parts.now())
        await queries.change_person(conn, found.id, password_hash=hashed)
        await close_sessions(conn, found.id)
        await audit(conn, None, "person.password_reset", "person", found.id, person_id=found.id)
    log.info("password_reset", person=found.id)
    await hang_up(parts, found.id)
