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
from loadtest.netns import SERVER, Cable
from loadtest.paths import Credentials, connect
from loadtest.peers.dtls import Identity
from loadtest.rivals import sdp
from loadtest.rivals.janus_api import JanusApi
from loadtest.rivals.janus_process import JanusProcess
from loadtest.rivals.lines import OPENED_EVERY, Copy, Lines, Load, Source, Track

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
        self._identity = Identity.generate()
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

    async def set_up(self, load: Load, engine: Engine) -> Lines:
        """Publish everything, then let everybody subscribe to everybody else."""
        lines = Lines()
        self._stack.callback(lines.close, engine)
        for room in range(load.rooms):
            await _Room(self._talks, self._identity, load, engine, lines, room).fill()
        return lines

    @property
    def _talks(self) -> JanusApi:
        assert self._api is not None, "it has not been started"
        return self._api


class _Room:
    """One room being filled."""

    def __init__(
        self, api: JanusApi, identity: Identity, load: Load, engine: Engine, lines: Lines, number: int
    ) -> None:
        self._api, self._identity, self._load = api, identity, load
        self._engine, self._lines, self._number = engine, lines, number
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def fill(self) -> None:
        """Open the room, publish, subscribe."""
        api, load = self._api, self._load
        await api.ask(
            await api.attach(), {"request": "create", "room": self._room, "publishers": max(1, load.participants)}
        )
        everybody = range(load.participants)
        publishers = [participant for participant in everybody if load.kinds(participant)]
        feeds = dict(zip(publishers, await asyncio.gather(*map(self._publish, publishers)), strict=True))
        await asyncio.gather(
            *(
                self._subscribe(participant, {feed.id: feed for other, feed in feeds.items() if other != participant})
                for participant in everybody
            )
        )

    @property
    def _room(self) -> int:
        return 1 + self._number

    async def _publish(self, participant: int) -> _Feed:
        async with self._at_once:
            api = self._api
            handle = await api.attach()
            joined = await api.ask(handle, {"request": "join", "ptype": "publisher", "room": self._room})
            tracks = [Track.new(kind, str(mid)) for mid, kind in enumerate(self._load.kinds(participant))]
            local = self._local()
            answer = await api.ask(handle, {"request": "publish"}, kind="offer", sdp=sdp.offer(local, tracks))
            remote = sdp.read(answer.sdp)
            line = await self._line(participant, local, remote)
            await api.wait_up(handle)
            sources = {}
            for track, section in zip(tracks, remote.sections, strict=True):
                stream = track.send(self._engine, line, self._load, section.extensions)
                sources[track.mid] = Source(self._number, participant, track.kind, stream)
            self._lines.sources += sources.values()
            return _Feed(joined.data["id"], sources)

    async def _subscribe(self, participant: int, feeds: dict[int, _Feed]) -> None:
        if not feeds:
            return
        async with self._at_once:
            api = self._api
            handle = await api.attach()
            wanted = [{"feed": id} for id in feeds]
            attached = await api.ask(
                handle, {"request": "join", "ptype": "subscriber", "room": self._room, "streams": wanted}
            )
            remote, local = sdp.read(attached.sdp), self._local()
            await api.ask(handle, {"request": "start"}, kind="answer", sdp=sdp.answer(local, remote))
            line = await self._line(participant, local, remote)
            origins = {stream["mid"]: (stream["feed_id"], stream["feed_mid"]) for stream in attached.data["streams"]}
            for section in remote.sections:
                feed, mid = origins[section.mid]
                source = feeds[feed].sources[mid]
                stream = self._engine.expect(
                    line, source.kind, ssrc=section.ssrcs[0], rtx_ssrc=next(iter(section.rtx_ssrcs), 0)
                )
                self._lines.copies.append(Copy(self._number, participant, source.kind, stream, source))

    def _local(self) -> sdp.Local:
        return sdp.Local(Credentials.new(), self._identity.fingerprint)

    async def _line(self, participant: int, local: sdp.Local, remote: sdp.Remote) -> int:
        path = await connect(remote.transport, self._identity, (self._load.profile,), credentials=local.credentials)
        self._lines.paths.append(path)
        line = self._engine.add_line(
            path.sock,
            ice=path.ice,
            keys=path.keys,
            opened=participant % OPENED_EVERY == 0,
            transport_cc=next(
                (s.extensions["transport_cc"] for s in remote.sections if "transport_cc" in s.extensions), 0
            ),
            cname=f"load-{self._number}-{participant}",
        )
        self._lines.lines.append(line)
        return line
