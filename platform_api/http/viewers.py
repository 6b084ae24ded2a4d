"""From a request to the person who makes it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.db import Database
from platform_api.people.queries import Viewer, find_viewer
from platform_api.people.rules import COOKIE, token_hash
from platform_api.schema import people, sessions
from platform_api.services import Services, services

BEARER = "Bearer "
SEEN_EVERY = timedelta(minutes=10)
"""How exactly it is known when somebody was here last."""
VIEWER: web.RequestKey[Viewer] = web.RequestKey("viewer", Viewer)
"""The person of a request, once somebody has asked."""


def token_of(request: web.Request) -> str:
    """The token of a page's cookie or of an app's Authorization header, which goes first; empty without either."""
    header = request.headers.get("Authorization", "")
    if header:
        return header.removeprefix(BEARER).strip() if header.startswith(BEARER) else ""
    return request.cookies.get(COOKIE, "")


async def find_person(request: web.Request, reading: AsyncConnection | Database) -> Viewer | None:
    """The signed-in person, or None."""
    token = token_of(request)
    if not token:
        return None
    viewer = await find_viewer(reading, token_hash(token), services(request).now())
    if viewer is not None:
        request[VIEWER] = viewer
    return viewer


async def note_seen(parts: Services, viewer: Viewer) -> None:
    """Write down that a session is in use, once in a while."""
    now = parts.now()
    if not viewer.session_id or (viewer.seen_at is not None and now - viewer.seen_at < SEEN_EVERY):
        return
    async with parts.db.write() as conn:
        await conn.execute(sa.update(sessions).where(sessions.c.id == viewer.session_id).values(seen_at=now))
        await conn.execute(sa.update(people).where(people.c.id == viewer.id).values(seen_at=now))


async def require_viewer(request: web.Request) -> Viewer:
    """The signed-in person. Raises NotSignedIn."""
    if not token_of(request):
        raise errors.NotSignedIn
    viewer = await find_person(request, services(request).db)
    if viewer is None:
        raise errors.NotSignedIn
    return viewer
