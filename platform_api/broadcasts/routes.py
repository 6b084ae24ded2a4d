"""POST and GET /lessons/{id}/broadcast; GET /broadcasts; GET, PATCH and DELETE /broadcasts/{id}, POST .../end."""

from __future__ import annotations

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access import access_lesson, access_lesson_to_lead
from platform_api.audit import audit
from platform_api.broadcasts import queries
from platform_api.broadcasts.access import (
    BroadcastAccess,
    access_broadcast,
    access_broadcast_of_lesson,
    access_broadcast_to_lead,
    access_broadcasts,
)
from platform_api.broadcasts.rules import (
    Broadcast,
    Broadcasts,
    EditedBroadcast,
    NewBroadcast,
    OnAir,
    WantedBroadcasts,
    broadcast_for,
    cursor_after,
    new_broadcast_id,
    read_cursor,
)
from platform_api.broadcasts.studio import STUDIO
from platform_api.http import operation
from platform_api.lessons.rules import clean_title, room_title
from platform_api.pages import hls_url
from platform_api.people.queries import Viewer
from platform_api.services import Services

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


@operation(
    routes,
    "POST",
    "/api/v1/lessons/{lesson_id}/broadcast",
    body=NewBroadcast,
    answers={201: Broadcast},
    problems=(
        errors.Forbidden,
        errors.LessonEnded,
        errors.BroadcastRunning,
        errors.HlsUnavailable,
        errors.MediaUnavailable,
    ),
    tag="broadcasts",
)
async def start_broadcast(
    request: web.Request, parts: Services, viewer: Viewer, lesson_id: str, body: NewBroadcast
) -> Broadcast:
    """Put a lesson on air; 409 names the broadcast it is on air with already.

    What does not get on air is not left half open: after 503 there is no broadcast, and the call may be repeated.
    """
    url, studio = hls_url(request), request.config_dict[STUDIO]
    broadcast_id = new_broadcast_id()
    async with parts.db.write() as conn:
        lesson = await access_lesson_to_lead(conn, viewer, lesson_id)
        if lesson.ended_at is not None:
            raise errors.LessonEnded
        title = clean_title(body.title) or room_title(lesson)
        try:
            await queries.insert_broadcast(
                conn, broadcast_id, lesson.id, lesson.of.school.id, title, body.audience, viewer.id, parts.now()
            )
        except queries.AlreadyOnAir:
            running = await access_broadcast_of_lesson(conn, viewer, lesson.id)
            if running is None:
                raise
            raise errors.BroadcastRunning(extra={"broadcast": broadcast_for(running, url)}) from None
        access = await access_broadcast(conn, viewer, broadcast_id)
        await _note(conn, viewer, "broadcast.started", access)
    try:
        await studio.go_live(broadcast_id, lesson.id, room_title(lesson))
    except errors.ApiError:
        async with parts.db.write() as conn:
            await queries.delete_broadcast(conn, broadcast_id, parts.now())
        studio.wake()
        raise
    parts.metrics.broadcasts_started.inc()
    log.info("broadcast_started", broadcast=broadcast_id, lesson=lesson.id, person=viewer.id, audience=body.audience)
    return broadcast_for(access, url)


@operation(
    routes, "GET", "/api/v1/lessons/{lesson_id}/broadcast", answers={200: OnAir}, tag="broadcasts"
)  # fmt: skip
async def show_broadcast_of_lesson(
    request: web.Request, conn: AsyncConnection, viewer: Viewer, lesson_id: str
) -> OnAir:
    """The broadcast a lesson is on air with, for everybody who may enter it: they are seen in it."""
    lesson = await access_lesson(conn, viewer, lesson_id)
    found = await access_broadcast_of_lesson(conn, viewer, lesson.id)
    return OnAir(None if found is None else broadcast_for(found, hls_url(request)))


@operation(
    routes, "GET", "/api/v1/broadcasts", query=WantedBroadcasts, answers={200: Broadcasts}, tag="broadcasts"
)  # fmt: skip
async def list_broadcasts(
    request: web.Request, conn: AsyncConnection, viewer: Viewer, query: WantedBroadcasts
) -> Broadcasts:
    """Broadcasts of the person's schools, live and recorded, newest first."""
    after = read_cursor(query.cursor)
    live = None if query.state is None else query.state == "live"
    found = await access_broadcasts(conn, viewer, live=live, after=after, limit=query.limit + 1)
    shown, url = found[: query.limit], hls_url(request)
    return Broadcasts(
        items=[broadcast_for(access, url) for access in shown],
        next=cursor_after(shown[-1]) if len(found) > len(shown) else None,
    )


@operation(
    routes, "GET", "/api/v1/broadcasts/{broadcast_id}", answers={200: Broadcast}, open=True, tag="broadcasts",
    problems=(errors.NotFound,),
)  # fmt: skip
async def show_broadcast(
    request: web.Request, conn: AsyncConnection, viewer: Viewer | None, broadcast_id: str
) -> Broadcast:
    """One broadcast: for those of its school, and for whoever has the link where it is public."""
    return broadcast_for(await access_broadcast(conn, viewer, broadcast_id), hls_url(request))


@operation(
    routes, "PATCH", "/api/v1/broadcasts/{broadcast_id}", body=EditedBroadcast, answers={200: Broadcast},
    problems=(errors.Forbidden,), tag="broadcasts",
)  # fmt: skip
async def edit_broadcast(
    request: web.Request, conn: AsyncConnection, viewer: Viewer, broadcast_id: str, body: EditedBroadcast
) -> Broadcast:
    """Give a broadcast another title."""
    access = await access_broadcast_to_lead(conn, viewer, broadcast_id)
    title = clean_title(body.title)
    if not title:
        raise errors.InvalidBody("A broadcast has a title - at `$.title`")
    await queries.rename_broadcast(conn, broadcast_id, title)
    await _note(conn, viewer, "broadcast.renamed", access)
    return broadcast_for(await access_broadcast(conn, viewer, broadcast_id), hls_url(request))


@operation(
    routes, "POST", "/api/v1/broadcasts/{broadcast_id}/end", answers={204: None}, problems=(errors.Forbidden,),
    tag="broadcasts",
)  # fmt: skip
async def end_broadcast(request: web.Request, parts: Services, viewer: Viewer, broadcast_id: str) -> None:
    """Take a broadcast off air; the recording stays. Ending it twice is no error."""
    async with parts.db.write() as conn:
        access = await access_broadcast_to_lead(conn, viewer, broadcast_id)
        ended = await queries.end_broadcast(conn, access.id, parts.now())
        if ended:
            await _note(conn, viewer, "broadcast.ended", access)
    if ended:
        log.info("broadcast_ended", broadcast=access.id, person=viewer.id)
    await request.config_dict[STUDIO].settle(access.id)


@operation(
    routes, "DELETE", "/api/v1/broadcasts/{broadcast_id}", answers={204: None}, problems=(errors.Forbidden,),
    tag="broadcasts",
)  # fmt: skip
async def delete_broadcast(request: web.Request, parts: Services, viewer: Viewer, broadcast_id: str) -> None:
    """Delete a broadcast with its recording; one on air is taken off."""
    async with parts.db.write() as conn:
        access = await access_broadcast_to_lead(conn, viewer, broadcast_id)
        await queries.delete_broadcast(conn, access.id, parts.now())
        await _note(conn, viewer, "broadcast.deleted", access)
    log.info("broadcast_deleted", broadcast=access.id, person=viewer.id)
    await request.config_dict[STUDIO].settle(access.id)


async def _note(conn: AsyncConnection, viewer: Viewer, action: str, access: BroadcastAccess) -> None:
    data = {"lesson": access.lesson_id, "audience": access.audience}
    await audit(conn, viewer, action, "broadcast", access.id, school_id=access.school.id, data=data)
