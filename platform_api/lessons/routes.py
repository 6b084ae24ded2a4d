"""POST /lessons, GET /lessons/{id}, POST /lessons/{id}/ticket, POST /lessons/{id}/end."""

from __future__ import annotations

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access import access_class_to_lead, access_lesson, access_lesson_to_lead
from platform_api.clock import new_id
from platform_api.http import Later, operation
from platform_api.lessons import queries
from platform_api.lessons.keeper import KEEPER
from platform_api.lessons.media import RoomEnded
from platform_api.lessons.rules import (
    LESSON_POLICY,
    Lesson,
    NewLesson,
    TicketAnswer,
    TicketRequest,
    clean_title,
    lesson_for,
    room_role,
    room_title,
)
from platform_api.lessons.tickets import sign_ticket
from platform_api.pages import signal_url
from platform_api.people.queries import Viewer
from platform_api.services import Services

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


@operation(
    routes,
    "POST",
    "/api/v1/lessons",
    body=NewLesson,
    answers={201: Lesson},
    problems=(errors.NotFound, errors.Forbidden, errors.LessonRunning),
    idempotent=True,
    tag="lessons",
)
async def start_lesson(viewer: Viewer, body: NewLesson, conn: AsyncConnection, parts: Services, later: Later) -> Lesson:
    """Start a lesson of a class; 409 names the one that goes on already."""
    title = clean_title(body.title)
    access = await access_class_to_lead(conn, viewer, body.class_id)
    lesson_id = new_id()
    try:
        await queries.insert_lesson(conn, lesson_id, access.id, title, viewer.id, parts.now())
    except queries.AlreadyRunning:
        running = await queries.running_lesson_id(conn, access.id)
        if running is None:
            raise
        lesson = await access_lesson(conn, viewer, running)
        raise errors.LessonRunning(extra={"lesson": lesson_for(lesson)}) from None

    def started() -> None:
        parts.metrics.lessons_started.inc()
        log.info("lesson_started", lesson=lesson_id, klass=access.id, person=viewer.id)

    later(started)
    return lesson_for(await access_lesson(conn, viewer, lesson_id))


@operation(routes, "GET", "/api/v1/lessons/{lesson_id}", answers={200: Lesson}, tag="lessons")
async def show_lesson(viewer: Viewer, conn: AsyncConnection, lesson_id: str) -> Lesson:
    """One lesson, going on or over."""
    return lesson_for(await access_lesson(conn, viewer, lesson_id))


@operation(
    routes,
    "POST",
    "/api/v1/lessons/{lesson_id}/ticket",
    body=TicketRequest,
    answers={200: TicketAnswer},
    problems=(errors.LessonEnded, errors.CallFull, errors.MediaUnavailable, errors.BadHost),
    tag="lessons",
)
async def give_ticket(
    request: web.Request, viewer: Viewer, body: TicketRequest, parts: Services, lesson_id: str
) -> TicketAnswer:
    """A ticket to the lesson's room.

    The room is made first: a media node that was restarted knows none.
    """
    async with parts.db.read() as conn:
        lesson = await access_lesson(conn, viewer, lesson_id)
    if lesson.ended_at is not None:
        raise errors.LessonEnded
    try:
        room = await parts.media.put_room(lesson.id, room_title(lesson), LESSON_POLICY)
    except RoomEnded:
        # The webhook that says so was lost or is still on its way.
        async with parts.db.write() as conn:
            if await queries.end_lesson(conn, lesson.id, parts.now()):
                parts.metrics.lessons_ended.labels("room").inc()
        raise errors.LessonEnded from None
    # Somebody may have ended the lesson, or taken the person out of the class, while the room was made.
    async with parts.db.read() as conn:
        lesson = await access_lesson(conn, viewer, lesson.id)
    if lesson.ended_at is not None:
        await request.config_dict[KEEPER].end_room(lesson.id)
        raise errors.LessonEnded
    if len(room.participants) >= LESSON_POLICY.max and not room.has(viewer.id):
        raise errors.CallFull
    ticket, expires_at = sign_ticket(
        parts.signing_key, lesson, viewer, body.device, parts.now(), parts.config.ticket_seconds
    )
    parts.metrics.tickets.labels(room_role(lesson)).inc()
    return TicketAnswer(ticket=ticket, url=signal_url(request), expires_at=expires_at)


@operation(
    routes,
    "POST",
    "/api/v1/lessons/{lesson_id}/end",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="lessons",
)
async def end_lesson(request: web.Request, viewer: Viewer, parts: Services, lesson_id: str) -> None:
    """End a lesson for all; ending it twice is no error. Tickets are dead from here on."""
    async with parts.db.write() as conn:
        lesson = await access_lesson_to_lead(conn, viewer, lesson_id)
        ended = await queries.end_lesson(conn, lesson.id, parts.now())
    if ended:
        parts.metrics.lessons_ended.labels("host").inc()
        log.info("lesson_ended", lesson=lesson.id, person=viewer.id)
    await request.config_dict[KEEPER].end_room(lesson.id)
