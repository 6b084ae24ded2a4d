"""One reader of the event log for the whole process, and everybody who waits for entries.

The hub reads each entry once and keeps the newest in memory; sockets and long-polls take them from there by their own
cursors, so a change that a thousand pages watch costs one query. Who is further behind reads the database.
"""

from __future__ import annotations

import asyncio
import contextlib
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from interprocess.tasks import end
from platform_api.bus import Bus
from platform_api.clock import Clock
from platform_api.db import Database
from platform_api.events.delivery import Delivery
from platform_api.events.reading import Cursor, Entry, Extent, Position, extent, forget, read_after, read_newest
from platform_api.metrics import Metrics
from platform_api.people.rules import Named
from platform_api.people.sessions import find_over

BATCH = 500
"""Entries read at once."""
KEPT = 5000
"""Entries in memory."""
POLL_SECONDS = 1.0
"""How late an entry is seen when the bus lost its wake."""
PENDING_SECONDS = 0.05
"""Time until another look when an older transaction was still open."""
FORGET_SECONDS = 600.0
FORGET_AT_ONCE = 5000
"""Entries deleted in one transaction: it holds up all other writers."""
SESSIONS_SECONDS = 0.4
"""Time between looks at the sessions of open sockets: none outlives its session by a second."""
SESSIONS_AT_ONCE = 500
SESSION_OVER, GOING_AWAY = 4401, 1001
"""Codes with which sockets are closed."""

log = structlog.get_logger("sfera.api")


class Listener(Protocol):
    """An open socket, as far as the hub is concerned."""

    session_id: str

    def end(self, code: int) -> None:
        """Close the socket, soon, with this code."""


class Hub:
    """Reads the log in a task of its own."""

    def __init__(self, db: Database, bus: Bus, metrics: Metrics, now: Clock, *, keep_days: int, keep: int) -> None:
        self._db = db
        self._bus = bus
        self._metrics = metrics
        self._now = now
        self._keep_for = timedelta(days=keep_days)
        self._keep = keep
        self._entries: list[Entry] = []
        self._start = Position(0, 0)
        self._epoch = ""
        self._head = Position(0, 0)
        self._reading = asyncio.Lock()
        self._woken = asyncio.Event()
        self._changed = asyncio.Event()
        self.delivery = Delivery(db, now)
        self._listeners: set[Listener] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._whispers: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin at the log's present end."""
        self._bus.subscribe(self._woken.set)
        self._bus.hear(self._hear)
        self._db.on_events(self._bus.wake)
        await self._bus.start()
        async with self._db.read() as conn:
            bounds = await extent(conn)
            self._begin(bounds)
            # After a restart everybody comes back at once, a little behind: their entries need not be read by each.
            kept = await read_newest(conn, KEPT)
        if kept:
            self._entries, self._start = kept[1:], kept[0].position
        for function in (self._follow, self._watch_sessions, self._forget):
            self._tasks.append(asyncio.create_task(_lasting(function), name=f"events-{function.__name__.strip('_')}"))

    async def stop(self) -> None:
        """Stop reading; who waits goes on waiting until the server closes their connection."""
        await end(*self._tasks, *self._whispers)
        await self._bus.close()

    def close_sockets(self) -> None:
        """The process stops: pages go to another one, or come again."""
        for listener in list(self._listeners):
            listener.end(GOING_AWAY)

    @property
    def head(self) -> Cursor:
        """The last entry this process has read."""
        return Cursor(self._epoch, self._head)

    def changes(self) -> asyncio.Event:
        """An event that is set when the next entries have come. Ask for it before you look, then wait for it."""
        return self._changed

    async def after(self, cursor: Cursor) -> list[Entry] | None:
        """Some entries behind a cursor, none when there are none yet; None when the cursor reaches back too far."""
        if cursor.epoch == self._epoch and self._start <= cursor.position <= self._head:
            first = bisect_right(self._entries, cursor.position, key=lambda entry: entry.position)
            return self._entries[first : first + BATCH]
        async with self._db.read() as conn:
            if not (await extent(conn)).holds(cursor):
                return None
            return await read_after(conn, cursor.position, BATCH)

    async def type_in(self, person: Named, chat_id: str) -> None:
        """Somebody types in a chat; nothing happens where they do not read it."""
        words = await self.delivery.type_in(person, chat_id)
        if words is not None:
            self._bus.whisper(words)

    def _hear(self, words: bytes) -> None:
        task = asyncio.create_task(self.delivery.whisper(words), name="events-whisper")
        self._whispers.add(task)
        task.add_done_callback(self._whispers.discard)

    def add(self, listener: Listener) -> None:
        """Watch a socket's session."""
        self._listeners.add(listener)
        self._metrics.event_sockets.set(len(self._listeners))

    def remove(self, listener: Listener) -> None:
        """A socket is closed."""
        self._listeners.discard(listener)
        self._metrics.event_sockets.set(len(self._listeners))

    def count(self, session_id: str) -> int:
        """How many sockets a session has open."""
        return sum(listener.session_id == session_id for listener in self._listeners)

    async def check_sessions(self) -> None:
        """Tell every socket whose session has ended, or whose person was deactivated."""
        ids = sorted({listener.session_id for listener in self._listeners})
        over: set[str] = set()
        for start in range(0, len(ids), SESSIONS_AT_ONCE):
            async with self._db.read(slow=True) as conn:
                over |= await find_over(conn, ids[start : start + SESSIONS_AT_ONCE], self._now())
        for listener in list(self._listeners):
            if listener.session_id in over:
                listener.end(SESSION_OVER)

    async def forget_old(self) -> int:
        """Delete what the log need not keep any more; returns how many entries."""
        total = 0
        while True:
            async with self._db.write() as conn:
                deleted = await forget(conn, self._now() - self._keep_for, self._keep, FORGET_AT_ONCE)
            total += deleted
            if deleted < FORGET_AT_ONCE:
                return total

    async def _follow(self) -> None:
        pending = False
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for, which in Python 3.11 may lose a cancellation.
                async with asyncio.timeout(PENDING_SECONDS if pending else POLL_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            pending = await self._read()

    async def refresh(self) -> None:
        """Read now: what was committed before this call can be had after it."""
        await self._read()

    async def _read(self) -> bool:
        """Take all there is; returns whether more stands behind a transaction that is still open."""
        async with self._reading:
            return await self._read_on()

    async def _read_on(self) -> bool:
        while True:
            async with self._db.read() as conn:
                bounds, entries = await self._look(conn)
                if bounds is not None and not bounds.holds(self.head):
                    # Another log than before (a restored database), or a process that slept for days.
                    log.warning("event_log_begun_anew")
                    self._begin(bounds)
                    self._tell()
                    return bounds.pending
            pending = bounds is not None and bounds.pending
            if not entries:
                return pending
            self._entries += entries
            self._head = entries[-1].position
            if len(self._entries) > 2 * KEPT:
                self._start = self._entries[-KEPT - 1].position
                del self._entries[:-KEPT]
            for entry in entries:
                self._metrics.events.labels(entry.thing).inc()
            self._tell()
            await self.delivery.hand_out(entries, self._epoch)
            if len(entries) < BATCH:
                return pending

    async def _look(self, conn: AsyncConnection) -> tuple[Extent | None, list[Entry]]:
        """The log's bounds, and the next entries. SQLite's entries are numbered without a gap as they are committed:
        when the next number is there, this is the same log, and its bounds need not be asked for.
        """
        if self._db.is_sqlite:
            entries = await read_after(conn, self._head, BATCH)
            if entries and entries[0].position.id == self._head.id + 1 and self._head.id:
                return None, entries
        bounds = await extent(conn)
        if not bounds.holds(self.head) or bounds.head == self._head:
            return bounds, []
        return bounds, await read_after(conn, self._head, BATCH)

    def _begin(self, bounds: Extent) -> None:
        self._entries.clear()
        self._epoch, self._start, self._head = bounds.epoch, bounds.head, bounds.head
        self.delivery.begin_anew(bounds.head)

    def _tell(self) -> None:
        told, self._changed = self._changed, asyncio.Event()
        told.set()

    async def _watch_sessions(self) -> None:
        while True:
            await asyncio.sleep(SESSIONS_SECONDS)
            if self._listeners:
                await self.check_sessions()

    async def _forget(self) -> None:
        while True:
            await self.forget_old()
            await asyncio.sleep(FORGET_SECONDS)


async def _lasting(function: Callable[[], Awaitable[None]]) -> None:
    """Run a loop for ever, also when the database fails for a while."""
    while True:
        try:
            await function()
        except Exception:
            log.exception("event_reader_failed")
        await asyncio.sleep(POLL_SECONDS)


HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)
"""The process's reader of the event log."""
