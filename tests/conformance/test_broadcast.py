"""A broadcast from RTP on a real socket to what a player, m3u8 and ffprobe read: over a bad line, across a restart, and
passed through."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from hls.broadcast import Broadcast, unfinished
from hls.errors import RecordingBroken
from hls.settings import MediaSettings
from tests.conformance import rules
from tests.conformance.__main__ import verdicts
from tests.conformance.client import Client
from tests.conformance.conftest import BROADCAST, FAST, House, house
from tests.unit.hls.talk import Talk, tap
from tests.unit.hls.watching import Watched

SETTINGS = MediaSettings(height=360, kbps=800)


class Room:
    """Sends a talk's datagrams from a socket of its own while it is entered, and makes keyframes when asked."""

    def __init__(self, talk: Talk, *, loss: float = 0.0, late: float = 0.0) -> None:
        self.talk = talk
        self.silent = False
        self.asked = 0
        """Keyframes the reader asked for."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._loss = loss
        self._late = late
        self._random = random.Random(11)
        self._held: list[tuple[float, bytes]] = []

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return host, port

    @contextlib.asynccontextmanager
    async def sending(self, port: int) -> AsyncIterator[None]:
        task = asyncio.create_task(self._send(("127.0.0.1", port)))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._socket.close()

    async def _send(self, there: tuple[str, int]) -> None:
        while True:
            now = time.time()
            for data in self.talk.step(now):
                fate = self._random.random()
                if self.silent or fate < self._loss:
                    continue
                if fate > 1.0 - self._late:
                    self._held.append((now + 0.03, data))
                else:
                    self._socket.sendto(data, there)
            while self._held and self._held[0][0] <= now:
                self._socket.sendto(self._held.pop(0)[1], there)
            with contextlib.suppress(BlockingIOError):
                while True:
                    self.talk.hear([self._socket.recv(200)])
                    self.asked += 1
            await asyncio.sleep(0.005)


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Waits until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def opened(home: House, title: str | None = None) -> AsyncIterator[Broadcast]:
    broadcast = await Broadcast.open(home.origin, home.archive, BROADCAST, title, timing=FAST, settings=SETTINGS)
    try:
        yield broadcast
    finally:
        await broadcast.close()


async def probed(url: str) -> dict[str, dict[str, object]]:
    """What ffprobe says of the streams."""
    probe = await asyncio.create_subprocess_exec(
        "ffprobe", "-v", "error", "-show_streams", "-of", "json", url,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = await probe.communicate()
    assert not errors, errors
    return {stream["codec_type"]: stream for stream in json.loads(out)["streams"]}


async def watched(url: str) -> Watched:
    return await asyncio.to_thread(Watched, url)


async def test_a_room_over_a_bad_line_is_a_broadcast_by_all_the_rules_and_then_a_recording(tmp_path: Path) -> None:
    async with house(tmp_path) as home, opened(home) as broadcast:
        assert broadcast.state == "waiting"
        room = Room(Talk(time.time(), size=(480, 360)), loss=0.01, late=0.03)
        async with room.sending(broadcast.rtp_port):
            await broadcast.set_tap(tap("127.0.0.1", broadcast.rtp_port, room.address))
            await until(lambda: broadcast.delivery.ready and broadcast.state == "live")
            async with Client(home.url()) as client:
                found = await verdicts(client, await rules.watch(client, 6.0), FAST.segment_seconds)
            assert {number: wrong for number, wrong in found.items() if wrong} == {}
            assert broadcast.latency is not None
            assert 0 < broadcast.latency < 3
        counts = broadcast.counts
        assert counts["lost"] > 0
        assert counts["failures"] == 0
        await broadcast.end()
        assert broadcast.delivery.ended
        assert not broadcast.refused
        streams = await probed(home.url())
        assert (streams["video"]["codec_name"], streams["audio"]["codec_name"]) == ("h264", "aac")
        assert (streams["video"]["width"], streams["video"]["height"]) == (640, 360)
        seen = await watched(home.url())
        length = seen.pictures[-1][0] - seen.pictures[0][0]
        assert length == pytest.approx(broadcast.delivery.media_seconds, abs=0.3)
        assert len(seen.sound) / 48_000 == pytest.approx(length, abs=0.2)
        steps = [after - before for (before, _), (after, _) in zip(seen.pictures, seen.pictures[1:], strict=False)]
        assert max(steps) < 0.3
        assert len(seen.flashes) >= 4
        assert sorted(abs(skew) for skew in seen.skews)[len(seen.skews) // 2] < 0.08
        with pytest.raises(RecordingBroken):
            await Broadcast.open(home.origin, home.archive, BROADCAST)


async def test_a_broadcast_goes_on_after_a_restart_on_the_same_port_with_the_same_tap(tmp_path: Path) -> None:
    room = Room(Talk(time.time(), size=(480, 360)))
    async with house(tmp_path) as home, contextlib.AsyncExitStack() as stack:
        async with opened(home, "Урок") as broadcast:
            port = broadcast.rtp_port
            await broadcast.set_tap(tap("127.0.0.1", port, room.address))
            await stack.enter_async_context(room.sending(port))
            await until(lambda: broadcast.delivery.media_seconds > 2)
            await broadcast.set_title("Другой урок")
        asked = room.asked
        assert await unfinished(home.archive) == [BROADCAST]
        async with opened(home) as again:
            assert (again.rtp_port, again.title, again.tap) == (port, "Другой урок", broadcast.tap)
            assert again.started_at == broadcast.started_at
            before = again.delivery.media_seconds
            await until(lambda: again.delivery.media_seconds > before + 3)
            assert room.asked > asked
            assert again.counts["failures"] == 0
            await again.end()
        assert await unfinished(home.archive) == []
        async with Client(home.url()) as client:
            await client.open()
            recording = await client.playlist()
            assert recording.ended
            assert [segment.msn for segment in recording.segments] == list(range(len(recording.segments)))
            assert sum(segment.discontinuity for segment in recording.parsed.segments) == 1
        seen = await watched(home.url())
        assert len(seen.flashes) >= 2


async def test_h264_of_constant_size_is_passed_through(tmp_path: Path) -> None:
    async with house(tmp_path) as home, opened(home) as broadcast:
        room = Room(Talk(time.time(), codec="H264", size=(480, 360), fps=20))
        async with room.sending(broadcast.rtp_port):
            await broadcast.set_tap(tap("127.0.0.1", broadcast.rtp_port, room.address, passthrough=True))
            await until(lambda: broadcast.counts["passed"] > 60)
            room.silent = True
            await until(lambda: broadcast.counts["passthrough_failed"])
            room.silent = False
            before = broadcast.delivery.media_seconds
            await until(lambda: broadcast.delivery.media_seconds > before + 2)
        await broadcast.end()
        assert not broadcast.refused
        async with Client(home.url()) as client:
            await client.open()
            recording = await client.playlist()
            maps = [segment.init_section.uri for segment in recording.parsed.segments]
            changes = [uri for uri, before in zip(maps, [None, *maps], strict=False) if uri != before]
            # A machine that stands still makes a source fail too; it is encoded then, and passed through again later.
            assert changes == [f"init-{number}.mp4" for number in range(len(changes))]
            assert len(changes) >= 3
            assert sum(segment.discontinuity for segment in recording.parsed.segments) >= len(changes) - 1
        seen = await watched(home.url())
        assert sorted(abs(skew) for skew in seen.skews)[len(seen.skews) // 2] < 0.08


async def test_a_port_that_was_taken_meanwhile_is_another_one(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        async with opened(home) as broadcast:
            port = broadcast.rtp_port
            await broadcast.set_tap(tap("127.0.0.1", port))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", port))
            async with opened(home) as again:
                assert again.rtp_port != port
                assert again.tap is None
                await again.remove()
        assert home.archive.ids() == []
        assert again.state == "ended"
