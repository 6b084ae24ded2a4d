"""Janus's VideoRoom as a server that a load is put on: one peer connection to publish, one to receive, as its pages do.

Its own room does not choose speakers or pages: everybody is sent every track of everybody else.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

import aiohttp

from loadtest._engine import Engine
from loadtest.lesson import Plan
from loadtest.netns import SERVER, Cable
from loadtest.rivals import sdp
from loadtest.rivals.janus_api import JanusApi
from loadtest.rivals.janus_process import JanusProcess
from loadtest.rivals.lines import Lines, Source, Track, published

AT_ONCE: Final = 8
"""Peer connections that are set up side by side."""


@dataclass(frozen=True)
class _Feed:
    """A publisher as those who subscribe name it, and its sources by mid."""

    id: int
    sources: dict[str, Source]


class Janus:
    """`start`, `set_up`, `stop`. Raises `JanusMissing`, `JanusError`, `PathError`, `SdpError`."""

    name = "Janus"

    def __init__(self, cable: Cable, *, cpu: int = -1) -> None:
        self._cable, self._cpu = cable, cpu
        self._stack = AsyncExitStack()
        self._process: JanusProcess | None = None
        self._api: JanusApi | None = None

    @property
    def pid(self) -> int:
        """Root of its process tree."""
        assert self._process is not None, "it has not been started"
        return self._process.pid

    async def start(self) -> None:
        """Start it at the far end of the cable."""
        folder = FilePath(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._process = JanusProcess(folder, SERVER, inside=self._cable.inside, cpu=self._cpu)
        self._stack.push_async_callback(self._process.stop)
        await self._process.start()
        http = await self._stack.enter_async_context(aiohttp.ClientSession())
        self._api = JanusApi(http, self._process.url)
        self._stack.push_async_callback(self._api.close)
        await self._api.open()

    async def stop(self) -> None:
        """End it, and whatever was set up; idempotent."""
        await self._stack.aclose()

    async def set_up(self, plan: Plan, engine: Engine) -> Lines:
        """Publish everything, then let everybody subscribe to everybody else."""
        assert self._api is not None, "it has not been started"
        lines = Lines(plan, engine)
        self._stack.callback(lines.close)
        for room in range(plan.rooms):
            await _Room(self._api, lines, room).fill()
        return lines


class _Room:
    """One room being filled."""

    def __init__(self, api: JanusApi, lines: Lines, number: int) -> None:
        self._api, self._lines, self._number = api, lines, number
        self._name = number + 1
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def fill(self) -> None:
        """Open the room, publish, subscribe."""
        api, plan = self._api, self._lines.plan
        room = {"request": "create", "room": self._name, "publishers": plan.participants}
        await api.ask(await api.attach(), room)
        everybody = range(plan.participants)
        publishers = [participant for participant in everybody if published(plan, participant)]
        feeds = dict(zip(publishers, await asyncio.gather(*map(self._publish, publishers)), strict=True))
        await asyncio.gather(
            *(
                self._subscribe(participant, {feed.id: feed for other, feed in feeds.items() if other != participant})
                for participant in everybody
            )
        )

    async def _publish(self, participant: int) -> _Feed:
        async with self._at_once:
            api, lines, local = self._api, self._lines, self._lines.local()
            handle = await api.attach()
            joined = await api.ask(handle, {"request": "join", "ptype": "publisher", "room": self._name})
            tracks = [Track.new(kind, str(mid)) for mid, kind in enumerate(published(lines.plan, participant))]
            answer = await api.ask(handle, {"request": "publish"}, kind="offer", sdp=sdp.offer(local, tracks))
            remote = sdp.read(answer.sdp)
            line = await lines.line(self._number, participant, local, remote)
            await api.wait_up(handle)
            return _Feed(
                joined.data["id"],
                {
                    track.mid: lines.send(self._number, participant, line, track, section)
                    for track, section in zip(tracks, remote.sections, strict=True)
                },
            )

    async def _subscribe(self, participant: int, feeds: dict[int, _Feed]) -> None:
        if not feeds:
            return
        async with self._at_once:
            api, lines, local = self._api, self._lines, self._lines.local()
            handle = await api.attach()
            wanted = [{"feed": id} for id in feeds]
            join = {"request": "join", "ptype": "subscriber", "room": self._name, "streams": wanted}
            attached = await api.ask(handle, join)
            remote = sdp.read(attached.sdp)
            await api.ask(handle, {"request": "start"}, kind="answer", sdp=sdp.answer(local, remote))
            line = await lines.line(self._number, participant, local, remote)
            origins = {stream["mid"]: (stream["feed_id"], stream["feed_mid"]) for stream in attached.data["streams"]}
            for section in remote.sections:
                feed, mid = origins[section.mid]
                lines.expect(line, feeds[feed].sources[mid], section)
