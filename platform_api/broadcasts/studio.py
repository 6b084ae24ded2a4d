"""Keeps broadcasts, the taps of rooms and the hls process of one mind, whatever was lost between them.

The database says what is on air. Opening goes to the hls process first (it answers where packets shall go), then to the
media node (which answers what packets will come), then to the hls process again. Ends and deletions are told until both
have taken them. A media node that was restarted has the room anew and no tap: it is tapped again as soon as it says so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

import structlog
from aiohttp import web

from interprocess.tasks import end
from platform_api.broadcasts import queries
from platform_api.broadcasts.hls import BroadcastOver, HlsControl
from platform_api.broadcasts.queries import OpenBroadcast, Unsettled
from platform_api.clock import Clock
from platform_api.db import Database
from platform_api.errors import HlsUnavailable, LessonEnded, MediaUnavailable
from platform_api.lessons.media import MediaControl, NoRoom, Room, RoomEnded
from platform_api.lessons.rules import LESSON_POLICY
from platform_api.metrics import Metrics

ROUND_SECONDS = 60.0
AGAIN_SECONDS = 2.0
"""Time to the next round when somebody did not answer."""

Away = (HlsUnavailable, MediaUnavailable)
log = structlog.get_logger("sfera.api")


class Studio:
    """Rounds in a task of its own: every minute, and whenever something was changed (`wake`)."""

    def __init__(self, db: Database, media: MediaControl, hls: HlsControl, metrics: Metrics, now: Clock) -> None:
        self._db = db
        self._media = media
        self._hls = hls
        self._metrics = metrics
        self._now = now
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._turns: dict[str, asyncio.Lock] = {}
        """One at a time tells media and hls of a broadcast."""

    def start(self) -> None:
        """Begin the rounds."""
        self._task = asyncio.create_task(self._run(), name="studio")

    async def stop(self) -> None:
        """End the rounds and close the connections."""
        await end(self._task)
        await self._hls.close()

    def wake(self) -> None:
        """Something was changed: compare now."""
        self._changed.set()

    async def go_live(self, broadcast_id: str, lesson_id: str, room_title: str) -> None:
        """Put a broadcast that was just written on air. Raises HlsUnavailable, MediaUnavailable, LessonEnded."""
        async with self._turn(broadcast_id):
            try:
                # A node that was restarted knows no rooms until somebody enters.
                room = await self._media.put_room(lesson_id, room_title, LESSON_POLICY)
                await self._connect(broadcast_id, lesson_id, room_title, room)
            except (RoomEnded, NoRoom, BroadcastOver):
                raise LessonEnded from None

    async def settle(self, broadcast_id: str) -> None:
        """Tell media and hls of an end or a deletion, now or soon when they do not answer."""
        async with self._db.read() as conn:
            waiting = await queries.unsettled_broadcasts(conn)
        try:
            await self._settle_all(one for one in waiting if one.id == broadcast_id)
        except Away:
            self.wake()

    async def round(self) -> None:
        """One comparison of all three. Raises HlsUnavailable, MediaUnavailable, when everything else was done."""
        async with self._db.write() as conn:
            await queries.end_those_without_lesson(conn, self._now())
            waiting = await queries.unsettled_broadcasts(conn)
            on_air = await queries.open_broadcasts(conn)
        self._metrics.broadcasts_live.set(len(on_air))
        away: Exception | None = None
        try:
            await self._settle_all(waiting)
        except Away as error:
            away = error
        if on_air:
            rooms = {room.id: room for room in await self._media.rooms()}
            for broadcast in on_air:
                try:
                    await self._agree(broadcast, rooms.get(broadcast.lesson_id))
                except Away as error:
                    away = error
        if away is not None:
            raise away

    async def _agree(self, seen: OpenBroadcast, room: Room | None) -> None:
        """Open what hls does not know, tap what is not tapped."""
        async with self._turn(seen.id):
            # It may have been put on air, or ended, since it was read.
            async with self._db.read() as conn:
                broadcast = await queries.open_broadcast(conn, seen.id)
            if broadcast is None:
                return
            shown = await self._hls.show(broadcast.id)
            if room is None or (
                shown is not None
                and broadcast.tapped_room == room.began
                and room.is_tapped(broadcast.id, shown.rtp_port)
            ):
                return
            log.info("broadcast_tapped_again", broadcast=broadcast.id, known=shown is not None)
            try:
                await self._connect(broadcast.id, broadcast.lesson_id, broadcast.title, room)
            except (NoRoom, RoomEnded):
                return  # the lesson's keeper sees to that
            except BroadcastOver:
                log.warning("broadcast_over_at_hls", broadcast=broadcast.id)
                async with self._db.write() as conn:
                    await queries.end_broadcast(conn, broadcast.id, self._now())
                self.wake()

    async def _connect(self, broadcast_id: str, lesson_id: str, title: str, room: Room) -> None:
        feed = await self._hls.open(broadcast_id, title)
        tap = await self._media.tap_room(lesson_id, broadcast_id, feed.rtp_host, feed.rtp_port)
        await self._hls.set_tap(broadcast_id, tap)
        async with self._db.write() as conn:
            await queries.note_tap(conn, broadcast_id, room.began)

    async def _settle_all(self, waiting: Iterable[Unsettled]) -> None:
        """Raises the last HlsUnavailable or MediaUnavailable, when the others were told."""
        away: Exception | None = None
        for broadcast in waiting:
            try:
                await self._settle(broadcast)
            except Away as error:
                away = error
        if away is not None:
            raise away

    async def _settle(self, broadcast: Unsettled) -> None:
        async with self._turn(broadcast.id):
            if broadcast.deleted:
                await self._hls.remove(broadcast.id)
            else:
                await self._hls.end(broadcast.id)
            await self._media.untap_room(broadcast.lesson_id, broadcast.id)
            async with self._db.write() as conn:
                await queries.note_settled(conn, broadcast, self._now())
        self._turns.pop(broadcast.id, None)
        log.info("broadcast_settled", broadcast=broadcast.id, deleted=broadcast.deleted)

    def _turn(self, broadcast_id: str) -> asyncio.Lock:
        return self._turns.setdefault(broadcast_id, asyncio.Lock())

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                await self.round()
            except Away:
                # Said and counted where the call was made.
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            except Exception:
                log.exception("studio_round_failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ROUND_SECONDS):
                    await self._changed.wait()


STUDIO: web.AppKey[Studio] = web.AppKey("studio", Studio)
