"""Keeps lessons and rooms of one mind, whatever was lost between the two processes.

Rooms whose lesson is over are ended (a DELETE may have failed while the media node was away), lessons whose room stands
empty for long are ended (a teacher may have closed the lid), who lost the right to be in a lesson leaves, and what
nobody needs any more is deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from interprocess.tasks import end
from platform_api.clock import Clock
from platform_api.db import Database
from platform_api.errors import MediaUnavailable
from platform_api.lessons import queries
from platform_api.lessons.departures import remove_strangers
from platform_api.lessons.media import MediaControl
from platform_api.metrics import Metrics
from platform_api.people.sessions import drop_ended_sessions
from platform_api.privacy.keeping import keep_promises

ROUND_SECONDS = 60.0
SOON_SECONDS = 2.0
"""Time to the next round when a room could not be ended."""
REMEMBER_EVENTS = timedelta(days=2)
"""The media node sends a webhook again for minutes, not days."""

log = structlog.get_logger("sfera.api")


class Keeper:
    """One round after another in a task of its own. `ended` is called when a lesson is over: its broadcast is, too."""

    def __init__(
        self,
        db: Database,
        media: MediaControl,
        metrics: Metrics,
        now: Clock,
        idle: timedelta,
        ended: Callable[[], None],
    ) -> None:
        self._db = db
        self._media = media
        self._metrics = metrics
        self._now = now
        self._idle = idle
        self._ended = ended
        self._empty_since: dict[str, datetime] = {}
        self._soon = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin the rounds."""
        self._task = asyncio.create_task(self._run(), name="lesson-keeper")

    async def stop(self) -> None:
        """End the rounds."""
        await end(self._task)

    async def end_room(self, lesson_id: str) -> None:
        """End the room of an ended lesson now, or soon when the media node does not answer."""
        self._ended()
        try:
            await self._media.end_room(lesson_id)
        except MediaUnavailable:
            self._soon.set()

    async def round(self) -> None:
        """One comparison of lessons with rooms. Raises MediaUnavailable."""
        now = self._now()
        async with self._db.write() as conn:
            await drop_ended_sessions(conn, now)
            await queries.forget_events(conn, now - REMEMBER_EVENTS)
            await keep_promises(conn, now)
        rooms = await self._media.rooms()
        async with self._db.read() as conn:
            running = await queries.running_lessons(conn)
        self._metrics.lessons_running.set(len(running))
        for room in rooms:
            if room.id not in running:
                await self._end_orphan(room.id)
            else:
                await remove_strangers(self._db, self._media, room.id, (there.person for there in room.participants))
        await self._end_idle(running, {room.id for room in rooms if not room.empty}, now)

    async def _end_orphan(self, room_id: str) -> None:
        # A lesson may have been started since `running` was read: ask again, then end.
        async with self._db.read() as conn:
            if await queries.is_running(conn, room_id):
                return
        log.info("room_without_lesson", room=room_id)
        await self._media.end_room(room_id)

    async def _end_idle(self, running: dict[str, datetime], occupied: set[str], now: datetime) -> None:
        empty = running.keys() - occupied
        self._empty_since = {lesson: self._empty_since.get(lesson, now) for lesson in empty}
        for lesson, since in list(self._empty_since.items()):
            if now - since < self._idle:
                continue
            async with self._db.write() as conn:
                ended = await queries.end_lesson(conn, lesson, now)
            if ended:
                self._ended()
                self._metrics.lessons_ended.labels("idle").inc()
                log.info("lesson_ended_idle", lesson=lesson)
            await self._media.end_room(lesson)

    async def _run(self) -> None:
        while True:
            self._soon.clear()
            try:
                await self.round()
            except MediaUnavailable:
                pass  # said and counted where the call was made; the next round tries again
            except Exception:
                log.exception("keeper_round_failed")
            try:
                async with asyncio.timeout(ROUND_SECONDS):
                    await self._soon.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(SOON_SECONDS)


KEEPER: web.AppKey[Keeper] = web.AppKey("keeper", Keeper)
