"""A lesson in Chromium is on air: its broadcast keeps each rule of an LL-HLS origin, also when the hls process is
killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import aiohttp
import m3u8
import pytest
from playwright.sync_api import Playwright

from tests.browser.people import TEACHER, Crowd, Note
from tests.browser.running import Serve
from tests.conformance import rules
from tests.conformance.__main__ import verdicts
from tests.conformance.client import Client, Snapshot
from tests.conformance.rules import Watched

pytestmark = pytest.mark.slow

WATCHED = 9.0
"""Seconds that are watched: two segments."""
SEGMENT = 4.0
BACK_SECONDS = 5.0
"""Within this viewers go on after kill -9."""
RULES = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "11", "12", "13", "14")

T = TypeVar("T")


@dataclass
class Seen:
    """What became of one broadcast."""

    wrong: dict[str, str]
    """What is wrong, by rule."""
    watched: Watched
    probed: dict[str, Any]
    """What ffprobe says of it while it is live."""
    before: Snapshot
    """What was there when the hls process was killed."""
    after: list[Snapshot]
    """Versions since then."""
    back: float
    """Seconds until there was something new."""
    recording: Snapshot
    recorded: dict[str, Any]
    """What ffprobe says of the recording."""


def aside(task: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine in a thread: Playwright has this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, task).result()


def ffprobe(url: str) -> dict[str, Any]:
    """What it says of a stream."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", url],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


async def watch(url: str) -> tuple[Watched, dict[str, str]]:
    """Follows the broadcast, then judges it."""
    async with Client(url) as client:
        watched = await rules.watch(client, WATCHED)
        return watched, await verdicts(client, watched, SEGMENT)


async def watch_on(url: str, serve: Serve) -> tuple[Snapshot, list[Snapshot], float]:
    """Kills the hls process in the middle of a segment, and follows the broadcast as hls.js does: what does not come is
    asked for again."""
    async with Client(url) as client:
        await client.open()
        before = await client.playlist()
        while before.edge[1] != 2:
            before = await client.playlist(*before.edge)
        after: list[Snapshot] = []
        killed = time.monotonic()
        serve.kill_hls()
        back = 0.0
        async with asyncio.timeout(60):
            while not after or after[-1].edge[0] < before.edge[0] + 2:
                edge = after[-1].edge if after else before.edge
                # Refused connections, and errors of a broadcast that is not there yet.
                with contextlib.suppress(aiohttp.ClientError, AssertionError):
                    after.append(await client.playlist(*edge))
                    back = back or time.monotonic() - killed
                    continue
                await asyncio.sleep(0.2)
        for part in after[-1].parts:
            assert (await client.get(part.uri)).status == 200
        return before, after, back


async def end_of(url: str, live: str) -> tuple[str, Snapshot]:
    """What rule 6 says of the broadcast that has ended, and the recording."""
    async with Client(url) as client:
        # Those who watch learn of it from the playlist they have, whoever comes then is led to the recording.
        client.media = live
        wrong = ""
        try:
            async with asyncio.timeout(20):
                version = await client.playlist()
                while not version.ended:
                    version = await client.playlist(*version.edge)
            await rules.rule_6(client)
            await client.open()
            await rules.rule_6(client)
            await rules.rule_14_ranges(client)
        except AssertionError as error:
            wrong = str(error) or "see rule 6"
        return wrong, await client.playlist()


@pytest.fixture(scope="module")
def seen(playwright: Playwright, serve: Serve) -> Iterator[Seen]:
    """A lesson with camera and sound goes on air, is watched, killed, gone on with and ended."""
    crowd = Crowd(playwright, serve)
    try:
        teacher = crowd.arrive(TEACHER, camera="640x360@24")
        lesson = teacher.start_lesson()
        teacher.turn_on_microphone()
        api, header = f"{serve.url}/api/v1", {"X-Sfera": "1"}
        started = teacher.context.request.post(f"{api}/lessons/{lesson}/broadcast", data={}, headers=header)
        assert started.status == 201, started.text()
        broadcast = started.json()
        url = broadcast["playlist_url"]
        watched, wrong = aside(watch(url))
        probed = ffprobe(url)
        before, after, back = aside(watch_on(url, serve))
        ended = teacher.context.request.post(f"{api}/broadcasts/{broadcast['id']}/end", headers=header)
        assert ended.ok, ended.text()
        wrong["6"], recording = aside(end_of(url, url.replace("index.m3u8", "video.m3u8")))
        yield Seen(wrong, watched, probed, before, after, back, recording, ffprobe(url))
    finally:
        complaints = crowd.go_home()
    assert complaints == []


@pytest.mark.parametrize("number", RULES)
def test_rule(seen: Seen, number: str) -> None:
    assert seen.wrong[number] == ""


def test_ffprobe_and_m3u8_read_it(seen: Seen) -> None:
    streams = {stream["codec_type"]: stream for stream in seen.probed["streams"]}
    assert (streams["video"]["codec_name"], streams["audio"]["codec_name"]) == ("h264", "aac")
    assert streams["video"]["width"] * 9 == streams["video"]["height"] * 16
    assert (streams["audio"]["sample_rate"], streams["audio"]["profile"]) == ("48000", "LC")
    for version in seen.watched.versions:
        parsed = m3u8.loads(version.text)
        assert len(parsed.segments) == len(version.segments)
        assert parsed.server_control.can_block_reload == "YES"


def test_killed_and_gone_on_with(seen: Seen, note: Note) -> None:
    note("seconds until viewers of a killed process went on", round(seen.back, 2))
    assert seen.back <= BACK_SECONDS
    versions = [seen.before, *seen.after]
    for earlier, later in pairwise(versions):
        assert later.parsed.media_sequence >= earlier.parsed.media_sequence
        assert (later.parsed.discontinuity_sequence or 0) >= (earlier.parsed.discontinuity_sequence or 0)
        assert later.edge > earlier.edge, "no sequence number goes back, and nothing is said twice"
    known = {segment.msn: segment for segment in seen.before.whole}
    last = seen.after[-1]
    for segment in last.whole:
        assert known.setdefault(segment.msn, segment).uri == segment.uri
    assert [segment.msn for segment in last.segments] == list(
        range(last.segments[0].msn, last.segments[0].msn + len(last.segments))
    )
    fresh = [segment for segment in last.segments if segment.msn > seen.before.segments[-1].msn]
    assert fresh[0].tagged, "a discontinuity"
    assert sum(segment.tagged for segment in fresh) == 1


def test_recording_is_whole(seen: Seen) -> None:
    recording = seen.recording
    assert recording.ended
    assert [segment.msn for segment in recording.segments] == list(range(len(recording.segments)))
    assert not any(segment.gap for segment in recording.segments)
    assert float(seen.recorded["format"]["duration"]) == pytest.approx(recording.duration, abs=1.0)
    assert recording.duration > 25
    assert re.search(r"^#EXT-X-PLAYLIST-TYPE:VOD$", recording.text, re.MULTILINE)
