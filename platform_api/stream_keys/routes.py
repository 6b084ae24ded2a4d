"""POST and GET /lessons/{id}/stream-keys, DELETE /stream-keys/{id}."""

from __future__ import annotations

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access import access_lesson_to_lead
from platform_api.http import Later, operation
from platform_api.pages import doors_url
from platform_api.people.queries import Viewer
from platform_api.services import Services
from platform_api.stream_keys import queries
from platform_api.stream_keys.doorkeeper import DOORKEEPER
from platform_api.stream_keys.rules import (
    MAX_KEYS,
    IssuedStreamKey,
    NewStreamKey,
    StreamKeys,
    expiry,
    new_key_id,
    sign_key,
)
from platform_api.texts import clean_line

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


@operation(
    routes, "POST", "/api/v1/lessons/{lesson_id}/stream-keys", body=NewStreamKey, answers={201: IssuedStreamKey},
    problems=(errors.Forbidden, errors.LessonEnded, errors.TooManyStreamKeys, errors.BadHost), tag="stream keys",
)  # fmt: skip
async def issue_stream_key(
    request: web.Request, viewer: Viewer, body: NewStreamKey, conn: AsyncConnection, parts: Services, lesson_id: str,
    later: Later,
) -> IssuedStreamKey:  # fmt: skip
    """Make a key with which an encoder publishes to the lesson (WHIP) or a player receives it (WHEP).

    The key is shown this once. It works until it expires, is revoked, or the lesson ends.
    """
    url, now = doors_url(request), parts.now()
    lesson = await access_lesson_to_lead(conn, viewer, lesson_id)
    if lesson.ended_at is not None:
        raise errors.LessonEnded
    if await queries.live_keys(conn, lesson.id, now) >= MAX_KEYS:
        raise errors.TooManyStreamKeys
    name, key_id, until = clean_line(body.name, "name"), new_key_id(), expiry(now, body.days)
    await queries.insert_key(conn, key_id, lesson, body.kind, name, viewer, viewer.id, now, until)
    key = sign_key(parts.signing_key, key_id, lesson, body, name, now, until)

    async def issued() -> None:
        log.info("stream_key_issued", stream_key=key_id, lesson=lesson.id, person=viewer.id, key_kind=body.kind)
        await request.config_dict[DOORKEEPER].tell(lesson.id)

    later(issued)
    return IssuedStreamKey(
        id=key_id,
        kind=body.kind,
        name=name,
        key=key,
        whip_url=f"{url}/whip/{lesson.id}" if body.kind == "publish" else None,
        whep_url=f"{url}/whep/{lesson.id}" if body.kind == "play" else None,
        created_at=now,
        expires_at=until,
    )


@operation(
    routes, "GET", "/api/v1/lessons/{lesson_id}/stream-keys", answers={200: StreamKeys}, problems=(errors.Forbidden,),
    tag="stream keys",
)  # fmt: skip
async def list_stream_keys(viewer: Viewer, conn: AsyncConnection, lesson_id: str) -> StreamKeys:
    """The keys of a lesson, for those who lead it; what opens the room is not among it."""
    lesson = await access_lesson_to_lead(conn, viewer, lesson_id)
    return StreamKeys(items=await queries.keys_of(conn, lesson.id), next=None)


@operation(
    routes, "DELETE", "/api/v1/stream-keys/{key_id}", answers={204: None},
    problems=(errors.NotFound, errors.Forbidden), tag="stream keys",
)  # fmt: skip
async def revoke_stream_key(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services, key_id: str, later: Later
) -> None:
    """Revoke a key; its stream ends at once. Revoking it twice is no error."""
    lesson_id = await queries.lesson_of_key(conn, key_id)
    if lesson_id is None:
        raise errors.NotFound
    lesson = await access_lesson_to_lead(conn, viewer, lesson_id)
    revoked = await queries.revoke_key(conn, key_id, lesson, viewer, parts.now())

    async def told() -> None:
        if revoked:
            log.info("stream_key_revoked", stream_key=key_id, lesson=lesson.id, person=viewer.id)
        if lesson.ended_at is None:
            await request.config_dict[DOORKEEPER].tell(lesson.id)

    later(told)
