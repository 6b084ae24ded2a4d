"""A page that has read everything there is, and is told what comes: at once where nothing waits before it.

What is the same for everybody is a frame already, and is written to the socket by whoever hands it out, without waking
the page's task. That is so only while the task waits and the socket takes what is written; else it queues, in order.
"""

from __future__ import annotations

import asyncio
from collections import deque

from platform_api.events.delivery import Shared
from platform_api.events.reading import Entry, Position

MAX_WAITING = 1000
"""Entries that wait for one page; beyond, it reads the log by itself from where it is."""
MAX_UNSENT = 64 * 1024
"""Bytes the socket may not have taken yet when something is written at once."""


class Live:
    """One page's place at the end of the log."""

    __slots__ = ("_idle", "_transport", "_woken", "fell_back", "person_id", "position", "told", "waiting")

    def __init__(self, person_id: str, position: Position, transport: asyncio.WriteTransport | None) -> None:
        self.person_id = person_id
        self.position = position
        self.told = position
        """The last entry that the page was told, or was found not to concern it."""
        self.waiting: deque[Entry | Shared] = deque()
        self.fell_back = False
        """Too much waits, or the log is another one: the page has to be told from `told` on."""
        self._idle = False
        """The page's task waits for what comes, and nothing has come: what is written now is in its order."""
        self._transport = transport
        self._woken = asyncio.Event()

    def take(self, item: Entry | Shared) -> None:
        """See `delivery.Follower`."""
        if isinstance(item, Shared) and self._write(item.frame):
            self.told = item.position
        elif len(self.waiting) < MAX_WAITING:
            self.waiting.append(item)
            self._wake()
        else:
            self.fall_back()

    def whisper(self, frame: bytes) -> None:
        """See `delivery.Follower`."""
        self._write(frame)

    def fall_back(self) -> None:
        """Let the page read the log by itself."""
        self.fell_back = True
        self.waiting.clear()
        self._wake()

    async def wait(self, seconds: float) -> bool:
        """Wait until something waits to be told; whether it does."""
        if self.waiting or self.fell_back:
            return True
        self._woken.clear()
        self._idle = self._transport is not None
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        finally:
            self._idle = False
        return True

    def _wake(self) -> None:
        self._idle = False
        self._woken.set()

    def _write(self, frame: bytes) -> bool:
        """Write to the socket if that is possible at once; whether it was."""
        transport = self._transport
        if not self._idle or transport is None:
            return False
        if transport.is_closing() or transport.get_write_buffer_size() >= MAX_UNSENT:
            return False
        transport.write(frame)
        return True
