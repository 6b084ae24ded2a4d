"""A sign-in elsewhere that is under way: bound to the browser that began it, good once and for some minutes."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.people.rules import new_token
from platform_api.proxies import is_secure
from platform_api.schema import sign_in_states as states
from platform_api.services import Services
from platform_api.sign_in.provider import Attempt

COOKIE = "sfera_sign_in"
"""Names a browser while it is away at a provider. Says nothing about who uses it."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in as it was begun."""

    attempt: Attempt
    person_id: str | None
    """Who links an account; None where somebody signs in."""
    return_to: str


def browser_of(request: web.Request) -> str:
    """The token of the browser's cookie; empty when it has none."""
    return request.cookies.get(COOKIE, "")


def hashed(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def keep_browser(request: web.Request, parts: Services, response: web.StreamResponse, browser: str) -> None:
    """Name the browser for the time a sign-in may take. Lax: it comes back by a link of the provider's page."""
    response.set_cookie(
        COOKIE,
        browser,
        max_age=parts.config.sign_in.minutes * 60,
        path="/api/v1/",
        httponly=True,
        samesite="Lax",
        secure=is_secure(request, parts.proxies, parts.config.public_url),
    )


def new_attempt(redirect_uri: str) -> Attempt:
    """What goes with the browser: a state (a UUID, as ESIA wants it: 122 random bits), a nonce, a PKCE verifier."""
    return Attempt(str(uuid.uuid4()), secrets.token_urlsafe(24), secrets.token_urlsafe(48), redirect_uri)


async def begin(
    conn: AsyncConnection,
    provider_id: str,
    attempt: Attempt,
    browser: str,
    *,
    person_id: str | None,
    return_to: str,
    now: datetime,
    lasts: timedelta,
) -> None:
    """Remember it. Those whose time is over are forgotten meanwhile."""
    await conn.execute(sa.delete(states).where(states.c.expires_at <= now))
    await conn.execute(
        sa.insert(states).values(
            state_hash=hashed(attempt.state),
            browser_hash=hashed(browser),
            provider=provider_id,
            person_id=person_id,
            verifier=attempt.verifier,
            nonce=attempt.nonce,
            return_to=return_to,
            data={"redirect_uri": attempt.redirect_uri},
            created_at=now,
            expires_at=now + lasts,
        )
    )


async def take(conn: AsyncConnection, provider_id: str, state: str, browser: str, now: datetime) -> Begun:
    """The sign-in of a state, once. Raises SignInStateInvalid.

    A state that came back in another browser is left to its own: it may be somebody trying to spoil it.
    """
    mine = sa.and_(
        states.c.state_hash == hashed(state),
        states.c.browser_hash == hashed(browser),
        states.c.provider == provider_id,
        states.c.expires_at > now,
        states.c.verifier.is_not(None),
    )
    row = (await conn.execute(sa.select(states).where(mine))).one_or_none() if browser else None
    if row is None:
        raise errors.SignInStateInvalid
    await conn.execute(sa.delete(states).where(states.c.state_hash == hashed(state)))
    attempt = Attempt(state, row.nonce, row.verifier, row.data["redirect_uri"])
    return Begun(attempt, row.person_id, row.return_to or "/")


def new_browser() -> str:
    """A new token for the cookie."""
    return new_token()


def safe_path(text: str) -> str:
    """An address within Sfera to go back to; anything else becomes the first page."""
    if not text.startswith("/") or text.startswith(("//", "/\\", "/api/")) or any(ord(c) < 33 for c in text):
        return "/"
    return text[:300]
