"""An origin with a broadcast that nobody gives."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import uvloop

from hls.archive import Archive
from hls.delivery import Delivery
from hls.library import Library
from hls.origin import Limits, Origin
from hls.timing import Timing
from tests.conformance.source import Source, play

BROADCAST = "k3J9fQ2mX7"
FAST = Timing(part_target=0.25, segment_seconds=1.0, window_seconds=6.0)
"""The same rules four times as fast."""
EARLIER = 3.6
"""Seconds of a broadcast that are over when a test begins: enough for a playlist."""


class House:
    """Origin, archive and library of one folder, as the hls process puts them together."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.archive = Archive(folder)
        self.origin = Origin(limits)
        self.library = Library(self.archive)
        self.library.bind(self.origin)
        self.deliveries: list[Delivery] = []
        self._playing: list[asyncio.Task[None]] = []

    async def open(self, broadcast: str = BROADCAST, timing: Timing = FAST) -> Delivery:
        """A broadcast, new or gone on with."""
        delivery = await Delivery.open(self.origin, self.archive, broadcast, timing)
        self.deliveries.append(delivery)
        return delivery

    def play(
        self, delivery: Delivery, source: Source | None = None, seconds: float | None = None
    ) -> asyncio.Task[None]:
        """Begins to push a source, by default one that began a little earlier."""
        source = source or Source(gop_seconds=1.0, wall=time.time() - EARLIER)
        task = asyncio.create_task(play(delivery, source, seconds))
        self._playing.append(task)
        return task

    async def stop(self, task: asyncio.Task[None]) -> None:
        """No more frames come."""
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def url(self, broadcast: str = BROADCAST) -> str:
        """Where viewers begin."""
        return f"http://127.0.0.1:{self.origin.port}/live/{broadcast}/index.m3u8"

    async def close(self) -> None:
        """Everything stops, in the order in which the hls process stops it."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.archive.close)
            stack.push_async_callback(self.library.close)
            stack.push_async_callback(self.origin.close)
            for delivery in self.deliveries:
                stack.push_async_callback(delivery.close)
            for task in self._playing:
                stack.push_async_callback(self.stop, task)


@contextlib.asynccontextmanager
async def house(folder: Path, limits: Limits | None = None) -> AsyncIterator[House]:
    """A house that listens."""
    made = House(folder, limits)
    await made.origin.start("127.0.0.1", 0)
    try:
        yield made
    finally:
        await made.close()


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the hls process runs on."""
    return {"uvloop": uvloop.new_event_loop}
