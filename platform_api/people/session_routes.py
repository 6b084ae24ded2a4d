"""Where one is signed in, and the second step."""

from __future__ import annotations

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.audit import audit
from platform_api.events import record
from platform_api.http import Later, operation
from platform_api.people import second_step, sessions
from platform_api.people.departures import hang_up
from platform_api.people.entering import check_code
from platform_api.people.queries import Viewer
from platform_api.people.rules import RecoveryCodes, Sessions, TotpCode, TotpSecret
from platform_api.people.totp import secret_text, secret_uri
from platform_api.services import Services

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/me/sessions", answers={200: Sessions}, tag="me")
async def list_sessions(viewer: Viewer, conn: AsyncConnection, parts: Services) -> Sessions:
    """Where one is signed in: pages and apps, the newest first."""
    return Sessions(await sessions.list_sessions(conn, viewer.id, viewer.session_id, parts.now()))


@operation(routes, "DELETE", "/api/v1/me/sessions", answers={204: None}, tag="me")
async def end_other_sessions(viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later) -> None:
    """Sign out everywhere else, at once: sockets close, and the person leaves the calls they are in."""
    ended = await sessions.close_sessions(conn, viewer.id, but=[viewer.session_id])
    await audit(conn, viewer, "sessions.ended", "person", viewer.id, person_id=viewer.id, data={"count": ended})
    if ended:
        later(lambda: hang_up(parts, viewer.id))


@operation(
    routes,
    "DELETE",
    "/api/v1/me/sessions/{session_id}",
    answers={204: None},
    problems=(errors.CurrentSession,),
    tag="me",
)
async def end_session(viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, session_id: str) -> None:
    """Sign out somewhere else, at once: its sockets close, and the person leaves the calls they are in."""
    if session_id == viewer.session_id:
        raise errors.CurrentSession
    if not await sessions.close_session_of(conn, viewer.id, session_id):
        raise errors.NotFound
    later(lambda: hang_up(parts, viewer.id))


@operation(
    routes,
    "POST",
    "/api/v1/me/totp",
    answers={201: TotpSecret},
    problems=(errors.TotpSet,),
    tag="me",
)
async def begin_second_step(viewer: Viewer, conn: AsyncConnection, parts: Services) -> TotpSecret:
    """A secret for an authenticator app. It is in force once its first code was shown (PUT)."""
    secret = await second_step.begin(conn, viewer.id, parts.now())
    return TotpSecret(secret_text(secret), secret_uri(secret, viewer.login or viewer.name))


@operation(
    routes,
    "PUT",
    "/api/v1/me/totp",
    body=TotpCode,
    answers={200: RecoveryCodes},
    problems=(errors.TotpNotSet, errors.TotpSet, errors.WrongCode),
    tag="me",
)
async def confirm_second_step(viewer: Viewer, conn: AsyncConnection, parts: Services, body: TotpCode) -> RecoveryCodes:
    """Show the first code: from here on signing in asks for one. The recovery codes are told only now."""
    codes = await second_step.confirm(conn, viewer.id, body.code, parts.now())
    await record(conn, "person.changed", viewer.id, person_id=viewer.id)
    await audit(conn, viewer, "second_step.set", "person", viewer.id, person_id=viewer.id)
    log.info("second_step_set", person=viewer.id)
    return RecoveryCodes(codes)


@operation(
    routes,
    "DELETE",
    "/api/v1/me/totp",
    body=TotpCode,
    answers={204: None},
    problems=(errors.TotpNotSet, errors.WrongCode, errors.TooManyAttempts),
    tag="me",
)
async def remove_second_step(viewer: Viewer, parts: Services, body: TotpCode) -> None:
    """Do without the second step again; needs a code, so that a page left open is not enough."""
    if not await check_code(parts, viewer.id, body.code):
        raise errors.TotpNotSet
    async with parts.db.write() as conn:
        await second_step.remove(conn, viewer.id)
        await record(conn, "person.changed", viewer.id, person_id=viewer.id)
        await audit(conn, viewer, "second_step.removed", "person", viewer.id, person_id=viewer.id)
    log.info("second_step_removed", person=viewer.id)
