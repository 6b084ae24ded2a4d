"""One person's way through the log: from a cursor on, only what they may see."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from platform_api.db import Database
from platform_api.events.audience import Standing, find_standing
from platform_api.events.hub import Hub
from platform_api.events.readers import is_of_chat
from platform_api.events.reading import Cursor, Entry
from platform_api.events.rules import Event, shown


class Missed(Exception):
    """What stands behind the cursor is not there any more, or belongs to another log."""


class Following:
    """Reads on behind a cursor for one person."""

    def __init__(self, db: Database, hub: Hub, person_id: str, cursor: Cursor) -> None:
        self.cursor = cursor
        self.lost_membership = False
        """A membership of the person ended, as far as has been read."""
        self._db = db
        self._hub = hub
        self._person_id = person_id
        self._standing: Standing | None = None

    async def holds(self) -> bool:
        """Whether everything behind the cursor can still be read."""
        return await self._hub.after(self.cursor) is not None

    async def next(self) -> list[Event] | None:
        """What is new for the person, moving the cursor past it; None when nobody has written anything.

        Raises Missed.
        """
        entries = await self._hub.after(self.cursor)
        if entries is None:
            raise Missed
        return await self.judge(entries) if entries else None

    async def judge(self, entries: Sequence[Entry]) -> list[Event]:
        """What of the next entries is for the person, moving the cursor past them."""
        standing = self._standing
        if standing is None or any(standing.changed_by(entry) for entry in entries):
            # Read when the entries are known: it knows what they tell about the person.
            async with self._db.read() as conn:
                standing = self._standing = await find_standing(conn, self._person_id)
        self.cursor = Cursor(self.cursor.epoch, entries[-1].position)
        self.lost_membership |= any(
            entry.kind == "membership.closed" and entry.person_id == self._person_id for entry in entries
        )
        return shown(entries, standing, await self._chats_read(entries))

    async def _chats_read(self, entries: Sequence[Entry]) -> set[str]:
        """Those of the entries' chats that the person reads now."""
        named = {entry.subject for entry in entries if is_of_chat(entry)}
        readers = self._hub.delivery.readers
        return {chat_id for chat_id in named if self._person_id in await readers.of(chat_id)}

    async def wait(self, seconds: float) -> list[Event]:
        """What is new for the person, waiting for it; nothing when the time is over. Raises Missed."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            changes = self._hub.changes()
            news = await self.next()
            if news:
                return news
            if news is not None:
                continue  # entries, but none for this person: there may be more behind them
            left = end - asyncio.get_running_loop().time()
            if left <= 0.0:
                return []
            try:
                async with asyncio.timeout(left):
                    await changes.wait()
            except TimeoutError:
                return []
