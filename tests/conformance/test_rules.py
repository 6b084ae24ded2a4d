"""Our origin keeps the rules, on a broadcast that runs four times as fast as usual."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hls.frames import CLOCK
from tests.conformance import rules
from tests.conformance.__main__ import verdicts
from tests.conformance.client import Client, Media
from tests.conformance.conftest import EARLIER, FAST, house
from tests.conformance.rules import Watched
from tests.conformance.source import Source

pytestmark = pytest.mark.asyncio(loop_scope="module")
RULES = ("1", "2", "3", "4", "5", "7", "8", "9", "11", "12", "13", "14")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, str]]:
    """What is wrong, by rule, after the broadcast has been watched for six segments."""
    async with house(tmp_path_factory.mktemp("hls")) as home:
        home.play(await home.open())
        async with Client(home.url()) as client:
            yield await verdicts(client, await rules.watch(client, 6.0), FAST.segment_seconds)


@pytest.mark.parametrize("number", RULES)
async def test_rule(kept: dict[str, str], number: str) -> None:
    assert kept[number] == ""


async def test_rules_of_the_end_and_of_the_recording(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        delivery = await home.open()
        await home.play(delivery, seconds=6.9)
        async with Client(home.url()) as client:
            await client.open()
            live = await client.playlist()
            await delivery.end()
            await rules.rule_6(client)
            last = await client.playlist()
            assert last.parsed.media_sequence >= live.parsed.media_sequence
            await client.open()
            assert client.media.endswith("recording.m3u8")
            await rules.rule_6(client)
            await rules.rule_14_ranges(client)
            recording = await client.playlist()
            assert [segment.msn for segment in recording.segments] == list(range(7))
            assert recording.duration == pytest.approx(6.9, abs=0.05)
            assert recording.parsed.playlist_type == "vod"


async def test_recording_plays_as_one_piece(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        delivery = await home.open()
        source = Source(gop_seconds=1.0, wall=time.time() - 4, start=5 * CLOCK)
        await home.play(delivery, source, seconds=4.0)
        await delivery.end()
        async with Client(home.url()) as client:
            await client.open()
            recording = await client.playlist()
            pieces = [await client.get(str(uri)) for uri in (recording.whole[0].map, *(s.uri for s in recording.whole))]
        media = Media(b"".join(piece.body for piece in pieces))
        video, audio = media.tracks["video"], media.tracks["audio"]
        assert video.frames == 120 and video.even and video.start == 5.0 and video.end == 9.0
        assert audio.even and audio.start == 5.0 and abs(audio.end - 9.0) < 0.022
        assert audio.frames == pytest.approx(4 * 48_000 / 1024, abs=1)


async def test_killed_process_goes_on_with_growing_numbers(tmp_path: Path) -> None:
    """The folder is all that is left of the first process."""
    async with house(tmp_path) as home:
        delivery = await home.open()
        playing = home.play(delivery)
        async with Client(home.url()) as client:
            await client.open()
            before = await client.playlist()
            while before.edge[1] not in {2, 3}:
                before = await client.playlist(*before.edge)
        await home.stop(playing)
        # As after kill -9: nothing is flushed or closed in order.
        home.deliveries.clear()
        for task in delivery._tasks:
            task.cancel()
    torn = tmp_path / delivery.broadcast / "recording.jsonl"
    torn.write_bytes(torn.read_bytes() + b'{"type":"part","msn":')
    async with house(tmp_path) as home:
        delivery = await home.open()
        async with Client(home.url()) as client:
            await client.open()
            between = await client.playlist()
            assert [s.msn for s in between.whole][: len(before.whole)] == [s.msn for s in before.whole]
            for part in before.parts:
                assert (await client.get(part.uri)).status == 200, "what was published is still there"
            playing = home.play(delivery, Source(gop_seconds=1.0, wall=time.time(), start=77 * CLOCK))
            versions = [before, between, *await client.follow(4.0)]
            watched = Watched(versions)
            rules.rule_1(watched)
            await rules.rule_3(client, watched, FAST.segment_seconds)
            await rules.rule_11(client, watched)
            await rules.rule_12(client, watched)
            fresh = [segment for segment in versions[-1].segments if segment.msn > between.last_msn]
            assert fresh[0].tagged and not any(segment.tagged for segment in fresh[1:])
            await home.stop(playing)
            await delivery.end()
            await client.open()
            for segment in (await client.playlist()).whole:
                assert (await client.get(str(segment.uri))).status == 200, segment


async def test_new_encoding_is_a_discontinuity_with_its_own_init(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        delivery = await home.open()
        await home.play(delivery, seconds=3.5)
        home.play(delivery, Source(width=480, height=270, gop_seconds=1.0, wall=time.time(), start=4 * CLOCK))
        async with Client(home.url()) as client:
            await client.open()
            watched = Watched(await client.follow(3.0))
            await rules.rule_12(client, watched)
            rules.rule_1(watched)
            maps = list(dict.fromkeys(segment.map for segment in watched.versions[-1].segments))
            assert maps == ["init-0.mp4", "init-1.mp4"]
            tagged = [segment for segment in watched.versions[-1].segments if segment.tagged]
            assert len(tagged) == 1 and tagged[0].map == "init-1.mp4"
            master = await client.open()
            assert master.playlists[0].stream_info.resolution == (480, 270)


async def test_silent_source_becomes_gaps_and_comes_back(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        delivery = await home.open()
        await home.play(delivery, seconds=3.6)
        async with Client(home.url()) as client:
            await client.open()
            msn, _ = (await client.playlist()).edge
            silent = await client.playlist(msn + 1)
            assert any(segment.gap for segment in silent.segments)
            home.play(delivery, Source(gop_seconds=1.0, wall=time.time(), start=60 * CLOCK))
            versions = await client.follow(3.0)
            back = next(s for s in versions[-1].segments if s.msn > silent.last_msn and not s.gap)
            assert back.tagged
            await rules.rule_12(client, Watched([silent, *versions]))
            gap = next(segment for segment in silent.segments if segment.gap)
            assert (await client.get(str(gap.uri))).status == 404


async def test_timestamps_that_jump_begin_a_new_timeline(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        delivery = await home.open()
        source = Source(gop_seconds=1.0, wall=time.time())
        delivery.configure(source.video, source.audio)
        frames = list(itertools.islice(source.frames(), 380))
        jumped = list(itertools.islice(Source(gop_seconds=1.0, wall=time.time() + 5, start=1000 * CLOCK).frames(), 200))
        for frame in [*frames, *jumped, *frames]:
            delivery.push(frame)
        await delivery.end()
        async with Client(home.url()) as client:
            await client.open()
            snapshot = await client.playlist()
            assert sum(segment.tagged for segment in snapshot.segments) == 2
            for segment in snapshot.whole:
                media = (await client.media_of(segment, str(segment.uri))).leading
                assert media.begins_with_keyframe and media.even
                assert segment.duration == pytest.approx(media.end - media.start, abs=0.001)


async def test_nothing_within_three_targets_is_a_503(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        delivery = await home.open()
        await home.play(delivery, seconds=4.0)
        # Nor does anything tell the playlist that nothing comes.
        home.deliveries.clear()
        for task in delivery._tasks:
            task.cancel()
        async with Client(home.url()) as client:
            await client.open()
            await rules.rule_5_blocked(client, *(await client.playlist()).edge)


async def test_a_thousand_wait_for_one_part(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        home.play(await home.open())
        async with Client(home.url()) as client:
            await client.open()
            now = await client.playlist()
            replies = await asyncio.gather(*(client.playlist(*now.edge) for _ in range(1000)))
            assert {rules.has(reply, *now.edge) for reply in replies} == {True}
            assert home.origin.counts.waiting == 0


async def test_audio_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        home.play(await home.open(), Source(video=False, wall=time.time() - EARLIER))
        async with Client(home.url()) as client:
            watched = await rules.watch(client, 3.0)
            found = await verdicts(client, watched, FAST.segment_seconds)
            assert {number: wrong for number, wrong in found.items() if wrong} == {}
