"""POST /hooks/media: what the media node tells, signed, sent again until it is taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import structlog
from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.broadcasts.studio import STUDIO
from platform_api.http import MAX_BODY, nothing
from platform_api.http.bodies import decode, read_bounded
from platform_api.lessons import queries
from platform_api.lessons.departures import remove_strangers
from platform_api.services import Services, services
from platform_api.signing import CallRefused
from platform_api.stream_keys.doorkeeper import DOORKEEPER
from platform_api.stream_keys.queries import revoke_removed

Id = Annotated[str, Meta(min_length=1, max_length=64)]
log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()

LOGGED_ONLY = frozenset({"room_started", "room_wanted", "hand_raised", "hand_lowered", "floor_given", "floor_taken"})
"""Events that change nothing in the database; they are taken, so that they are not sent again."""


KEY_PERSON = "key:"
"""Whoever entered with a stream key is named so, and by the key's id."""


class MediaEvent(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of a webhook. `at` is Unix time in seconds, or RFC 3339."""

    id: Id
    at: Annotated[float, Meta(ge=0, le=253402300799)] | datetime
    event: Id
    room: Id
    node: Id | None = None
    participant: Id | None = None
    person: Annotated[str, Meta(max_length=64)] | None = None
    role: Id | None = None
    data: dict[str, Any] | None = None

    @property
    def moment(self) -> datetime:
        """When it happened, in UTC."""
        if isinstance(self.at, datetime):
            return self.at.astimezone(UTC) if self.at.tzinfo else self.at.replace(tzinfo=UTC)
        return datetime.fromtimestamp(self.at, UTC)


@routes.post("/hooks/media")
async def receive(request: web.Request) -> web.Response:
    """Take one event, once. Any 2xx tells the media node not to send it again."""
    parts = services(request)
    if request.content_type != "application/json":
        raise errors.UnsupportedMediaType
    body = await read_bounded(request, MAX_BODY)
    try:
        parts.webhooks.verify(
            request.headers.get("Authorization", ""),
            request.method,
            request.rel_url.raw_path_qs,
            body,
            parts.now().timestamp(),
        )
    except CallRefused as refusal:
        parts.metrics.webhooks.labels("refused").inc()
        parts.metrics.webhook_refusals.labels(refusal.cause).inc()
        log.warning("webhook_refused", reason=refusal.cause)
        raise errors.SignatureInvalid from None
    event = decode(body, MediaEvent)
    async with parts.db.write() as conn:
        if await queries.take_event(conn, event.id, event.event, parts.now()):
            result = await _apply(parts, conn, event)
        else:
            result = "repeated"
    if result == "taken" and event.event in ("room_started", "room_ended"):
        request.config_dict[STUDIO].wake()
    if result == "taken" and event.event in ("room_started", "room_wanted"):
        request.config_dict[DOORKEEPER].soon(event.room, wanted=event.event == "room_wanted")
    if result == "taken" and event.event == "participant_joined" and event.person:
        await _check_arrival(parts, event.room, event.person)
    parts.metrics.webhooks.labels(result).inc()
    log.debug("webhook", event_kind=event.event, room=event.room, result=result)
    return nothing()


async def _check_arrival(parts: Services, lesson_id: str, person_id: str) -> None:
    """Somebody may have lost the right to be there between the ticket and the door."""
    try:
        await remove_strangers(parts.db, parts.media, lesson_id, [person_id])
    except errors.MediaUnavailable:
        log.warning("stranger_not_removed", lesson=lesson_id)  # the keeper tries again


async def _apply(parts: Services, conn: AsyncConnection, event: MediaEvent) -> str:
    """What the event changes here; returns the result for the metric."""
    if not await queries.lesson_exists(conn, event.room):
        return "unknown_room"
    # A node's clock may run ahead; nothing happened later than now.
    at = min(event.moment, parts.now())
    if event.event == "room_ended":
        # A node also gives up rooms that stand empty, which is no end of the lesson: the keeper decides that.
        if event.data is not None and event.data.get("reason", "ended") != "ended":
            return "taken"
        if await queries.end_lesson(conn, event.room, at):
            parts.metrics.lessons_ended.labels("room").inc()
            log.info("lesson_ended_by_room", lesson=event.room)
    elif event.event in ("participant_joined", "participant_left"):
        if event.participant is None:
            raise errors.InvalidBody("Object missing required field `participant`")
        note = queries.log_joined if event.event == "participant_joined" else queries.log_left
        await note(conn, event.room, event.participant, event.person, event.role or "member", at)
        if event.person and event.person.startswith(KEY_PERSON) and (event.data or {}).get("reason") == "removed":
            # A host sent a stream away; encoders come back by themselves unless their key is dead.
            await revoke_removed(conn, event.person.removeprefix(KEY_PERSON), event.room, parts.now())
    elif event.event not in LOGGED_ONLY:
        return "unknown_event"
    return "taken"
