"""POST and DELETE /session, GET /me."""

from __future__ import annotations

import math
from datetime import timedelta

import structlog
from aiohttp import web

from platform_api import errors
from platform_api.http import answer, nothing, read_body, require_viewer
from platform_api.people import queries
from platform_api.people.rules import COOKIE, Me, SignIn, fold_login, new_token, token_hash
from platform_api.proxies import address_of, is_secure
from platform_api.services import Services, services

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


@routes.post("/api/v1/session")
async def sign_in(request: web.Request) -> web.Response:
    """Check name and password and open a session."""
    parts = services(request)
    body = await read_body(request, SignIn)
    person_id = await _check_password(parts, body, address_of(request, parts.proxies))
    token, now = new_token(), parts.now()
    lifetime = timedelta(days=parts.config.session_days)
    async with parts.db.write() as conn:
        if old := request.cookies.get(COOKIE):
            await queries.close_session(conn, token_hash(old))
        await queries.open_session(conn, person_id, token_hash(token), now, now + lifetime)
        viewer = await queries.find_viewer(conn, token_hash(token), now)
        if viewer is None:  # deactivated since the password was checked
            raise errors.WrongCredentials
        memberships = await queries.open_memberships(conn, viewer.id)
    parts.metrics.sign_ins.labels("signed_in").inc()
    log.info("signed_in", person=person_id)
    response = answer(Me(viewer.id, viewer.name, viewer.login, memberships))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lifetime.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=is_secure(request, parts.proxies, parts.config.public_url),
    )
    return response


@routes.delete("/api/v1/session")
async def sign_out(request: web.Request) -> web.Response:
    """End the session; signing out twice is no error."""
    parts = services(request)
    if token := request.cookies.get(COOKIE):
        async with parts.db.write() as conn:
            await queries.close_session(conn, token_hash(token))
    response = nothing()
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
    return response


@routes.get("/api/v1/me")
async def me(request: web.Request) -> web.Response:
    """Who is signed in."""
    viewer = await require_viewer(request)
    async with services(request).db.read() as conn:
        memberships = await queries.open_memberships(conn, viewer.id)
    return answer(Me(viewer.id, viewer.name, viewer.login, memberships))


async def _check_password(parts: Services, body: SignIn, address: str) -> str:
    """The id of the person whose password this is. An unknown login takes as long as a wrong password."""
    login, metrics = fold_login(body.login), parts.metrics
    wait = parts.throttle.begin(login, address, parts.monotonic())
    if wait > 0.0:
        metrics.sign_ins.labels("too_many_attempts").inc()
        log.warning("sign_in_throttled")
        raise errors.TooManyAttempts(retry_after=math.ceil(wait))
    async with parts.db.read() as conn:
        found = await queries.find_credentials(conn, login)
    try:
        right = await parts.passwords.verify(found.password_hash if found else None, body.password)
    except errors.Busy:
        parts.throttle.withdrawn(login, address)
        metrics.sign_ins.labels("busy").inc()
        raise
    if found is None or not right:
        metrics.sign_ins.labels("wrong_credentials").inc()
        raise errors.WrongCredentials
    parts.throttle.succeeded(login, address)
    if parts.passwords.outdated(found.password_hash):
        fresh = await parts.passwords.hash(body.password)
        async with parts.db.write() as conn:
            await queries.set_password_hash(conn, found.id, fresh)
    return found.id
