"""Tells the media node of rooms that have stream keys, and of the keys that are revoked, until it has taken it.

A room opens for no key before the node knows which are revoked. So it is told when a key is made or revoked, when a
room has begun, and when an encoder knocks at a room the node does not know (`room_wanted`): it may have been started
anew.
"""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from aiohttp import web

from interprocess.tasks import end
from platform_api.clock import Clock
from platform_api.db import Database
from platform_api.errors import MediaUnavailable
from platform_api.lessons.media import MediaControl, NoRoom, RoomEnded
from platform_api.lessons.rules import LESSON_POLICY
from platform_api.stream_keys import queries

AGAIN_SECONDS = 2.0
"""Time to the next attempt when the media node did not answer."""

log = structlog.get_logger("sfera.api")


class Doorkeeper:
    """Tells in a task of its own what could not be told at once."""

    def __init__(self, db: Database, media: MediaControl, now: Clock) -> None:
        self._db = db
        self._media = media
        self._now = now
        self._untold: dict[str, bool] = {}
        """Lessons, and whether the node asked for the room itself."""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. What was not told when this process ended is found again in the database."""
        self._task = asyncio.create_task(self._run(), name="doorkeeper")

    async def stop(self) -> None:
        """End."""
        await end(self._task)

    def soon(self, lesson_id: str, *, wanted: bool = False) -> None:
        """Tell of a lesson as soon as the node listens; `wanted`: also when it has no keys."""
        self._untold[lesson_id] = wanted or self._untold.get(lesson_id, False)
        self._changed.set()

    async def tell(self, lesson_id: str) -> None:
        """Tell of a lesson now, or soon when the media node does not answer."""
        try:
            await self._tell(lesson_id, wanted=True)
        except MediaUnavailable:
            self.soon(lesson_id, wanted=True)

    async def _tell(self, lesson_id: str, *, wanted: bool) -> None:
        """Raises MediaUnavailable."""
        async with self._db.read() as conn:
            told = await queries.what_to_tell(conn, lesson_id, self._now())
        if told is None or not (told.keys or wanted):
            return
        if not told.running:
            await self._media.end_room(lesson_id)
            return
        with contextlib.suppress(RoomEnded, NoRoom):  # its webhook is on the way; nobody enters any more
            await self._media.put_room(lesson_id, told.title, LESSON_POLICY)
            await self._media.revoke_keys(lesson_id, told.revoked)

    async def _run(self) -> None:
        async with self._db.read() as conn:
            for lesson_id in await queries.lessons_with_revoked_keys(conn, self._now()):
                self.soon(lesson_id)
        while True:
            await self._changed.wait()
            self._changed.clear()
            away = False
            for lesson_id, wanted in list(self._untold.items()):
                del self._untold[lesson_id]
                try:
                    await self._tell(lesson_id, wanted=wanted)
                except MediaUnavailable:  # said and counted where the call was made
                    self.soon(lesson_id, wanted=wanted)
                    away = True
                except Exception:
                    log.exception("doorkeeper_failed", lesson=lesson_id)
            if away:
                await asyncio.sleep(AGAIN_SECONDS)


DOORKEEPER: web.AppKey[Doorkeeper] = web.AppKey("doorkeeper", Doorkeeper)
