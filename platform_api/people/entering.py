"""Checking who somebody is, and letting them in: what all ways of signing in share."""

from __future__ import annotations

import math

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.http import answer
from platform_api.people import second_step
from platform_api.people.queries import (
    Credentials,
    change_person,
    credentials_of,
    describe_me,
    find_credentials,
    set_password_hash,
)
from platform_api.people.rules import COOKIE, Me, fold_login, needs_consent, token_hash
from platform_api.people.sessions import close_session, open_session
from platform_api.proxies import address_of, is_secure
from platform_api.services import Services

SECOND_STEP = "\0second step"
"""Stands for the address where tries of codes are counted: whoever gets that far knows the password, from wherever."""

log = structlog.get_logger("sfera.api")


async def check_password(parts: Services, request: web.Request, login: str, password: str) -> Credentials:
    """The person whose password this is. An unknown login takes as long as a wrong password.

    Raises WrongCredentials, TooManyAttempts, Busy.
    """
    login, metrics = fold_login(login), parts.metrics
    address = address_of(request, parts.proxies)
    wait = parts.throttle.begin(login, address, parts.monotonic())
    if wait > 0.0:
        metrics.sign_ins.labels("too_many_attempts").inc()
        log.warning("sign_in_throttled")
        raise errors.TooManyAttempts(retry_after=math.ceil(wait))
    async with parts.db.read() as conn:
        found = await find_credentials(conn, login)
    stored = found.password_hash if found is not None else None
    try:
        right = await parts.passwords.verify(stored, password)
    except errors.Busy:
        parts.throttle.withdrawn(login, address)
        metrics.sign_ins.labels("busy").inc()
        raise
    if found is None or stored is None or not right:
        metrics.sign_ins.labels("wrong_credentials").inc()
        raise errors.WrongCredentials
    parts.throttle.succeeded(login, address)
    if parts.passwords.outdated(stored):
        fresh = await parts.passwords.hash(password)
        async with parts.db.write() as conn:
            await set_password_hash(conn, found.id, fresh)
    return found


async def check_code(parts: Services, person_id: str, code: str | None) -> bool:
    """The second step, for who has one; whether there was one. Raises CodeNeeded, WrongCode, TooManyAttempts."""
    async with parts.db.read() as conn:
        if not await second_step.has_second_step(conn, person_id):
            return False
    if code is None:
        parts.metrics.sign_ins.labels("code_needed").inc()
        raise errors.CodeNeeded
    wait = parts.throttle.begin(person_id, SECOND_STEP, parts.monotonic())
    if wait > 0.0:
        parts.metrics.sign_ins.labels("too_many_attempts").inc()
        raise errors.TooManyAttempts(retry_after=math.ceil(wait))
    async with parts.db.write() as conn:
        right = await second_step.take_code(conn, person_id, code, parts.now())
    if not right:
        parts.metrics.sign_ins.labels("wrong_code").inc()
        raise errors.WrongCode
    parts.throttle.succeeded(person_id, SECOND_STEP)
    return True


async def require_active(parts: Services, found: Credentials) -> None:
    """Who waits for a parent's consent is told so; who has grown out of it is active from now.

    Raises AccountInactive.
    """
    if found.inactive is None:
        return
    if found.birth_date is None or needs_consent(parts.now().date(), found.birth_date):
        parts.metrics.sign_ins.labels("account_inactive").inc()
        raise errors.AccountInactive(extra={"reason": found.inactive})
    async with parts.db.write() as conn:
        await change_person(conn, found.id, deactivated_at=None, deactivated_reason=None)


async def enter(
    conn: AsyncConnection, parts: Services, request: web.Request, person_id: str, *, method: str, verified: bool
) -> tuple[Me, str]:
    """Open a session of a page in place of the one its browser had; who it is, and the cookie's value.

    Raises WrongCredentials when the person was deactivated since they were checked.
    """
    if old := request.cookies.get(COOKIE):
        await close_session(conn, token_hash(old))
    if await still_there(conn, person_id) is None:
        raise errors.WrongCredentials
    token, _ = await open_session(conn, parts, request, person_id, method=method, verified=verified)
    return await describe_me(conn, person_id), token


async def still_there(conn: AsyncConnection, person_id: str) -> Credentials | None:
    """The person, if they are active at this moment."""
    found = await credentials_of(conn, person_id)
    return found if found is not None and found.inactive is None else None


def entered(parts: Services, person_id: str) -> None:
    """Count and log that somebody is in."""
    parts.metrics.sign_ins.labels("signed_in").inc()
    log.info("signed_in", person=person_id)


def with_cookie(request: web.Request, parts: Services, value: object, token: str, status: int = 200) -> web.Response:
    """An answer that also gives the browser its session."""
    response = answer(value, status=status)
    set_cookie(request, parts, response, token)
    return response


def set_cookie(request: web.Request, parts: Services, response: web.StreamResponse, token: str) -> None:
    """Give the browser its session's token: no script reads it, no other site sends it along with a change."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=parts.config.session_days * 86_400,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=is_secure(request, parts.proxies, parts.config.public_url),
    )
