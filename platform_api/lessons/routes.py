"""POST /lessons, GET /lessons/{id}, POST /lessons/{id}/ticket, POST /lessons/{id}/end."""

from __future__ import annotations

import structlog
from aiohttp import web

from platform_api import errors
from platform_api.access import access_class_to_lead, access_lesson, access_lesson_to_lead
from platform_api.clock import new_id
from platform_api.http import answer, nothing, read_body, require_viewer
from platform_api.lessons import queries
from platform_api.lessons.keeper import KEEPER
from platform_api.lessons.media import RoomEnded
from platform_api.lessons.rules import (
    LESSON_POLICY,
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
from platform_api.services import services

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


@routes.post("/api/v1/lessons")
async def start_lesson(request: web.Request) -> web.Response:
    """Start a lesson of a class; 409 names the one that goes on already."""
    viewer = await require_viewer(request)
    body = await read_body(request, NewLesson)
    title, parts = clean_title(body.title), services(request)
    async with parts.db.write() as conn:
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
        lesson = await access_lesson(conn, viewer, lesson_id)
    parts.metrics.lessons_started.inc()
    log.info("lesson_started", lesson=lesson_id, klass=access.id, person=viewer.id)
    return answer(lesson_for(lesson), status=201)


@routes.get("/api/v1/lessons/{lesson_id}")
async def show_lesson(request: web.Request) -> web.Response:
    """One lesson, going on or over."""
    viewer = await require_viewer(request)
    async with services(request).db.read() as conn:
        lesson = await access_lesson(conn, viewer, request.match_info["lesson_id"])
    return answer(lesson_for(lesson))


@routes.post("/api/v1/lessons/{lesson_id}/ticket")
async def give_ticket(request: web.Request) -> web.Response:
    """A ticket to the lesson's room. The room is made first: a media node that was restarted knows none."""
    viewer = await require_viewer(request)
    body = await read_body(request, TicketRequest)
    parts = services(request)
    async with parts.db.read() as conn:
        lesson = await access_lesson(conn, viewer, request.match_info["lesson_id"])
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
    return answer(TicketAnswer(ticket=ticket, url=signal_url(request), expires_at=expires_at))


@routes.post("/api/v1/lessons/{lesson_id}/end")
async def end_lesson(request: web.Request) -> web.Response:
    """End a lesson for all; ending it twice is no error. Tickets are dead from here on."""
    viewer = await require_viewer(request)
    parts = services(request)
    async with parts.db.write() as conn:
        lesson = await access_lesson_to_lead(conn, viewer, request.match_info["lesson_id"])
        ended = await queries.end_lesson(conn, lesson.id, parts.now())
    if ended:
        parts.metrics.lessons_ended.labels("host").inc()
        log.info("lesson_ended", lesson=lesson.id, person=viewer.id)
    await request.config_dict[KEEPER].end_room(lesson.id)
    return nothing()
