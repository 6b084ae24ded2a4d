"""kill -9 of the hls process: it comes back by itself, and whoever watches goes on watching the same broadcast."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import msgspec
import pytest
from joserfc.jwk import OKPKey
from prometheus_client.parser import text_string_to_metric_families

from platform_api.signing import HLS_AUDIENCE, sign_call
from tests.browser.running import Serve, wait_for
from tests.conformance.client import Client, Snapshot
from tests.unit.hls import talk

pytestmark = pytest.mark.slow

BACK_SECONDS = 5.0
"""Within this viewers go on."""
LIVES = 3
PATH = "/control/v1/broadcasts/open-day"


class Room(asyncio.DatagramProtocol):
    """A media node's part: sends a talk to the broadcast's port, whoever listens there, and hears what is asked for."""

    def __init__(self) -> None:
        self.transport: asyncio.DatagramTransport
        self.feedback: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.feedback.append(data)

    async def run(self, to: tuple[str, int]) -> None:
        """Talk on and on."""
        room = talk.Talk(time.time())
        while True:
            room.hear(self.feedback)
            self.feedback.clear()
            for datagram in room.step(time.time()):
                self.transport.sendto(datagram, to)
            await asyncio.sleep(0.02)


class Viewer:
    """Follows the playlist as a player does: one blocking request after the other, again after a connection was lost.

    `versions` are all it has seen, with when each came (monotonic).
    """

    def __init__(self, client: Client) -> None:
        self.versions: list[tuple[float, Snapshot]] = []
        self._client = client

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, AssertionError):  # the latter: an error status
                last = self.versions[-1][1] if self.versions else None
                snapshot = await self._client.playlist(*(last.edge if last is not None else ()))
                self.versions.append((time.monotonic(), snapshot))
                continue
            await asyncio.sleep(0.1)

    async def further(self, than: tuple[int, int], since: float, timeout: float) -> float:
        """Wait for a part that did not exist; when it was there."""
        async with asyncio.timeout(timeout):
            while True:
                for at, snapshot in self.versions:
                    if at >= since and snapshot.edge > than:
                        return at
                await asyncio.sleep(0.02)


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    serve = Serve(tmp_path, SFERA_HLS__VIDEO_HEIGHT="360", SFERA_HLS__VIDEO_FPS="15", SFERA_HLS__SEGMENT_SECONDS="2")
    await asyncio.to_thread(serve.start)
    yield serve
    assert await asyncio.to_thread(serve.stop) == 0


async def call(serve: Serve, method: str, path: str, body: Any = None) -> Any:
    """A call of the platform to the hls process."""
    content = b"" if body is None else msgspec.json.encode(body)
    key = OKPKey.import_key((serve.data_dir / "keys" / "api.pem").read_bytes())
    signature = sign_call(key, HLS_AUDIENCE, method, path, content, time.time())
    url = serve.running["addresses"]["hls_control"] + path
    async with aiohttp.ClientSession() as http:
        async with http.request(method, url, data=content, headers={"Authorization": signature}) as answer:
            text = await answer.read()
            assert answer.status < 300, text
            return msgspec.json.decode(text) if text else None


async def test_viewers_go_on_when_the_process_is_killed(serve: Serve) -> None:
    opened = await call(serve, "PUT", PATH, {"title": "Open day"})
    loop = asyncio.get_running_loop()
    _, room = await loop.create_datagram_endpoint(Room, local_addr=("127.0.0.1", 0))
    own = room.transport.get_extra_info("sockname")
    tap = talk.tap(opened["rtp_host"], opened["rtp_port"], own)
    await call(serve, "PUT", f"{PATH}/tap", tap)
    async with Client(serve.hls_url + opened["playlist"]) as client:
        viewer = Viewer(client)
        tasks = [asyncio.create_task(room.run((tap.host, tap.port)))]
        try:
            await client.open()
            tasks.append(asyncio.create_task(viewer.run()))
            await viewer.further((0, 0), 0.0, 30)
            waits = [await kill(serve, viewer) for _ in range(LIVES - 1)]
            await viewer.further((viewer.versions[-1][1].last_msn + 1, 0), 0.0, 30)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        print("viewers went on after", [round(wait, 2) for wait in waits])
        assert min(waits) <= BACK_SECONDS
        stays_valid([snapshot for _, snapshot in viewer.versions])
        restored = await call(serve, "GET", PATH)
        assert (restored["title"], restored["rtp_port"], restored["room"]) == ("Open day", opened["rtp_port"], tap.room)
        live = viewer.versions[-1][1]
        await every_part_is_there(client, live)
        await call(serve, "POST", f"{PATH}/end")
        await client.open()
        recording = await client.playlist()
        assert recording.ended
        assert {segment.msn: segment.uri for segment in live.whole}.items() <= {
            segment.msn: segment.uri for segment in recording.whole
        }.items()
        await every_part_is_there(client, recording)
        metrics = await scraped(serve)
        assert metrics["sfera_hls_live"] == 0
        assert metrics['sfera_hls_media_total{what="packets"}'] > 10, "what an ended broadcast counted is not lost"
        assert metrics['sfera_hls_cpu_seconds_total{work="encode"}'] > 0
    room.transport.close()


async def scraped(serve: Serve) -> dict[str, float]:
    """Samples of the hls process, keyed as `name{label="value"}`."""
    async with aiohttp.ClientSession() as http:
        async with http.get(serve.running["addresses"]["hls_control"] + "/metrics") as answer:
            text = await answer.text()
    samples: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{key}="{value}"' for key, value in sample.labels.items())
            samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return samples


async def kill(serve: Serve, viewer: Viewer) -> float:
    """Kill the process; seconds until a viewer got something new."""
    edge = viewer.versions[-1][1].edge
    await viewer.further(edge, 0.0, 30)  # in the middle of things
    edge, since = viewer.versions[-1][1].edge, time.monotonic()
    pid = serve.kill_hls()
    at = await viewer.further(edge, since, 60)
    assert await asyncio.to_thread(wait_for, lambda: serve.running["processes"]["hls"]["pid"], "it runs again") != pid
    return at - since


def stays_valid(versions: list[Snapshot]) -> None:
    """Nothing goes back, nothing changes its meaning, and each life begins with a discontinuity."""
    uris: dict[int, str] = {}
    starts: dict[int, int] = {}
    for before, after in itertools.pairwise(versions):
        assert after.parsed.media_sequence >= before.parsed.media_sequence
        assert (after.parsed.discontinuity_sequence or 0) >= (before.parsed.discontinuity_sequence or 0)
        assert after.edge >= before.edge
    for version in versions:
        for segment in version.segments:
            if segment.uri is not None:
                assert uris.setdefault(segment.msn, segment.uri) == segment.uri
            assert starts.setdefault(segment.msn, segment.discontinuity) == segment.discontinuity
    assert sorted(starts) == list(range(min(starts), max(starts) + 1))
    assert len(set(starts.values())) == LIVES
    dates = [segment.date for segment in versions[-1].segments if segment.date is not None]
    assert dates == sorted(dates)


async def every_part_is_there(client: Client, snapshot: Snapshot) -> None:
    """What a playlist lists can be fetched and decoded, from every life of the process."""
    for segment in snapshot.whole:
        if not segment.gap:
            assert segment.uri is not None
            media = await client.media_of(segment, segment.uri)
            assert set(media.tracks) == {"audio", "video"} and media.leading.begins_with_keyframe
