"""A broadcast from frames to recording, as viewers of it see it: disks that fail, ends, removals, what comes after."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import m3u8
import pytest
import pytest_asyncio

from hls import journal
from hls.archive import Writer
from hls.delivery import Delivery, remove
from hls.errors import BroadcastEnded, RecordingBroken
from hls.journal import NAME, Recording
from hls.origin import Limits
from hls.packager import Event, Part
from tests.conformance import rules
from tests.conformance.client import Client
from tests.conformance.conftest import BROADCAST, EARLIER, FAST, House, house
from tests.conformance.source import Source
from tests.unit.hls.viewer import until, viewer


@pytest_asyncio.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """Origin, archive and library."""
    async with house(tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def client(home: House) -> AsyncIterator[Client]:
    """Somebody who watches."""
    async with Client(home.url()) as made:
        yield made


def past(seconds: float) -> Source:
    """A source of which so many seconds are over."""
    return Source(gop_seconds=1.0, wall=time.time() - seconds)


async def recorded(home: House, seconds: float = 5.0, broadcast: str = BROADCAST) -> Delivery:
    """A broadcast that has ended."""
    delivery = await home.open(broadcast)
    await home.play(delivery, past(seconds + 1), seconds=seconds)
    await delivery.end()
    return delivery


async def test_live_goes_on_from_memory_when_the_disk_is_full(
    home: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = await home.open()
    real = Writer.append

    def append(self: Writer, events: Sequence[Event]) -> None:
        if any(isinstance(event, Part) and event.msn in {2, 3} for event in events):
            monkeypatch.setattr("hls.archive.write_all", lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
        try:
            real(self, events)
        finally:
            monkeypatch.undo()
            monkeypatch.setattr(Writer, "append", append)

    monkeypatch.setattr(Writer, "append", append)
    playing = home.play(delivery, past(6))
    await client.open()
    live = await client.playlist()
    assert delivery.write_errors >= 2
    for segment in live.whole:
        assert not segment.gap
        assert (await client.get(str(segment.uri))).status == 200
    monkeypatch.undo()
    await home.stop(playing)
    await delivery.end()
    await client.open()
    recording = await client.playlist()
    assert [s.msn for s in recording.segments if s.gap] == [2, 3]
    assert recording.duration == pytest.approx(delivery.media_seconds, abs=0.01)


async def test_a_disk_that_hangs_holds_up_nobody(home: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hls.delivery.WRITE_PATIENCE", 0.05)
    delivery = await home.open()
    hang, real = threading.Event(), Writer.append

    def append(self: Writer, events: Sequence[Event]) -> None:
        hang.wait(30)
        real(self, events)

    monkeypatch.setattr(Writer, "append", append)
    try:
        playing = home.play(delivery, past(EARLIER))
        await client.open()
        versions = await client.follow(2.0)
        assert versions[-1].edge > versions[0].edge
        assert delivery.written_late > 0
    finally:
        hang.set()
    await home.stop(playing)
    await delivery.end()
    await client.open()
    recording = await client.playlist()
    assert recording.ended and recording.whole


async def in_the_library(home: House, broadcast: str = BROADCAST) -> None:
    """A recording, some time after its end."""
    delivery = await recorded(home, broadcast=broadcast)
    delivery._detach()


async def test_after_the_end(home: House, client: Client) -> None:
    delivery = await recorded(home)
    frame = next(Source().frames())
    with pytest.raises(BroadcastEnded):
        delivery.push(frame)
    with pytest.raises(BroadcastEnded):
        delivery.configure(None, None)
    await delivery.end()
    with pytest.raises(RecordingBroken):
        await home.open()
    await client.open()
    assert (await client.playlist()).duration == pytest.approx(5.0, abs=0.05)
    master = m3u8.loads((await client.get(client.master)).body.decode())
    assert master.playlists[0].stream_info.resolution == (320, 180)
    assert "avc1" in master.playlists[0].stream_info.codecs and "mp4a.40.2" in master.playlists[0].stream_info.codecs


async def test_nobody_waits_for_what_has_ended(home: House) -> None:
    delivery = await home.open()
    await home.play(delivery, past(5.2), seconds=5.1)
    await until(lambda: delivery.media_seconds >= 4.9)
    async with viewer(home.origin) as one, viewer(home.origin) as other:
        one.ask(f"/live/{BROADCAST}/video.m3u8?_HLS_msn=6")
        other.ask(f"/live/{BROADCAST}/video.m3u8?_HLS_msn=5&_HLS_part=2")
        await until(lambda: home.origin.counts.waiting == 2)
        await delivery.end()
        for each in (one, other):
            assert b"#EXT-X-ENDLIST" in (await each.answer()).body


async def test_removed_while_it_is_watched(home: House, client: Client) -> None:
    delivery = await home.open()
    playing = home.play(delivery)
    await client.open()
    now = await client.playlist()
    async with viewer(home.origin) as waiting:
        waiting.ask(f"/live/{BROADCAST}/video.m3u8?_HLS_msn={now.edge[0] + 1}")
        await until(lambda: home.origin.counts.waiting == 1)
        await home.stop(playing)
        await delivery.remove()
        assert (await waiting.answer()).status == 404
    for uri in (client.master, client.media, str(now.whole[0].uri), str(now.hint)):
        assert (await client.get(uri)).status == 404
    assert home.archive.ids() == [] and not home.origin.lines
    # The same name may be used again.
    await home.play(await home.open(), past(EARLIER), seconds=EARLIER)
    await client.open()
    assert (await client.playlist()).parsed.media_sequence == 0


async def test_a_recording_is_removed_while_it_is_downloaded(home: House, client: Client) -> None:
    await recorded(home)
    await client.open()
    segment = (await client.playlist()).whole[0]
    assert (await client.get(str(segment.uri))).status == 200
    await remove(home.origin, home.archive, BROADCAST)
    assert (await client.get(str(segment.uri))).status == 404
    assert (await client.get(client.master)).status == 404


async def test_stopped_and_gone_on_with(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        delivery = await home.open()
        await home.play(delivery, past(3.5), seconds=3.4)
        began = delivery.started_at
        await delivery.close()
        await delivery.close()
    async with house(tmp_path) as home:
        delivery = await home.open()
        assert delivery.started_at == began
        assert delivery.media_seconds == pytest.approx(3.4, abs=0.05), "what was held back is there as well"
        await home.play(delivery, past(2.5), seconds=2.4)
        await delivery.end()
        async with Client(home.url()) as client:
            await client.open()
            recording = await client.playlist()
            assert [segment.tagged for segment in recording.segments] == [False] * 4 + [True, False, False]
            await rules.rule_14_ranges(client)


async def test_a_day_is_gone_on_from(home: House, client: Client) -> None:
    """What is long ago is only counted."""
    folder, count = home.archive.folder(BROADCAST), 5_000
    folder.mkdir()
    lines = [journal.line(journal.Began(0.0, FAST)), journal.line(journal.InitWritten(0, None, None))]
    for msn in range(count):
        lines.append(journal.line(journal.PartWritten(msn, 0, 1.0, 2, True, float(msn), 0, msn % 1000 == 999)))
        lines.append(journal.line(journal.Whole(msn)))
        (folder / f"seg-{msn}.m4s").write_bytes(b"xy")
    (folder / "init-0.mp4").write_bytes(b"init")
    (folder / journal.NAME).write_bytes(b"".join(lines))
    delivery = await home.open()
    assert delivery.media_seconds == count
    assert len(home.origin.lines) < 100
    await home.play(delivery, past(2.0), seconds=2.0)
    await until(lambda: delivery.media_seconds >= count + 1.9)
    await client.open()
    live = await client.playlist()
    assert live.parsed.media_sequence > count - 10
    assert live.parsed.discontinuity_sequence == count // 1000 - 1, "the newest of them is still in the window"
    assert len(delivery._sizes) <= 4096 < count
    await delivery.end()
    await client.open()
    assert (await client.playlist()).text.count("#EXTINF") == count + 2


async def test_ranges_by_those_who_ask_strangely(home: House, client: Client) -> None:
    await recorded(home)
    await client.open()
    uri = str((await client.playlist()).whole[0].uri)
    whole = (await client.get(uri)).body
    for text, status in (
        ("bytes=0-0", 206),
        ("bytes=5-2", 200),
        ("bytes=0-1,5-6", 200),
        ("lines=1-2", 200),
        ("bytes=-", 200),
        (f"bytes={10**17}-", 416),
        ("bytes=-0", 416),
    ):
        reply = await client.get(uri, Range=text)
        assert reply.status == status, text
        assert reply.status != 200 or reply.body == whole
        assert reply.status != 416 or reply.headers["content-range"] == f"bytes */{len(whole)}"
    conditional = await client.get(uri, Range="bytes=0-9", If_Range='"something"')
    assert conditional.status == 200 and conditional.body == whole
    head = await client.get(uri, method="HEAD", Range="bytes=0-9")
    assert head.status == 200 and head.headers["content-length"] == str(len(whole))
    assert (await client.get("recording.m3u8", Range="bytes=0-9")).status == 200


async def test_who_has_the_playlist_already_is_told_so(home: House, client: Client) -> None:
    await in_the_library(home)
    for name in ("index.m3u8", "recording.m3u8"):
        whole = await client.get(f"/live/{BROADCAST}/{name}")
        tag = whole.headers["etag"]
        for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
            same = await client.get(f"/live/{BROADCAST}/{name}", If_None_Match=known)
            assert (same.status, same.body, same.headers["etag"]) == (304, b"", tag)
            assert same.headers["cache-control"] == whole.headers["cache-control"]
            assert same.headers["access-control-allow-origin"] == "*"
        other = await client.get(f"/live/{BROADCAST}/{name}", If_None_Match='"other"')
        assert other.body == whole.body
        zipped = await client.get(f"/live/{BROADCAST}/{name}", Accept_Encoding="gzip")
        assert zipped.headers["etag"] == tag and zipped.headers["content-encoding"] == "gzip"


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no ffprobe")
async def test_ffprobe_reads_the_recording(home: House) -> None:
    await recorded(home, 6.0)
    process = await asyncio.create_subprocess_exec(
        "ffprobe", "-v", "warning", "-count_packets", "-show_streams", "-show_format", "-of", "json", home.url(),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    told = json.loads(out)
    assert process.returncode == 0
    assert float(told["format"]["duration"]) == pytest.approx(6.0, abs=0.1)
    video = next(stream for stream in told["streams"] if stream["codec_type"] == "video")
    assert int(video["nb_read_packets"]) == 180


async def test_a_recording_that_cannot_be_read_harms_no_other(home: House, client: Client) -> None:
    await in_the_library(home)
    await in_the_library(home, "other")
    (home.archive.folder(BROADCAST) / NAME).write_bytes(b"not a journal\n")
    broken = await client.get(client.master)
    assert broken.status == 503 and broken.age <= 1
    async with Client(home.url("other")) as another:
        await another.open()
        assert (await another.playlist()).whole


async def test_a_segment_whose_file_has_gone(home: House, client: Client) -> None:
    await in_the_library(home)
    await client.open()
    uri = str((await client.playlist()).whole[1].uri)
    (home.archive.folder(BROADCAST) / uri).unlink()
    with pytest.raises(aiohttp.ClientError):
        await client.get(uri)
    assert (await client.get(str((await client.playlist()).whole[0].uri))).status == 200


async def test_many_ask_for_a_recording_at_once(home: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await in_the_library(home)
    loads: list[str] = []
    load = home.archive.load

    def counted(broadcast: str) -> Recording | None:
        loads.append(broadcast)
        return load(broadcast)

    monkeypatch.setattr(home.archive, "load", counted)
    replies = await asyncio.gather(*(client.get("recording.m3u8") for _ in range(200)))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    assert loads == [BROADCAST]
    nobody = await asyncio.gather(*(client.get(f"/live/nobody-{n}/index.m3u8") for n in range(50)))
    assert {reply.status for reply in nobody} <= {404, 503}


async def test_shelves_are_cleared_when_there_are_too_many(
    home: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hls.library.KEPT", 20)
    for number in range(6):
        await in_the_library(home, f"b{number}")
    for _ in range(2):
        for number in range(6):
            assert (await client.get(f"/live/b{number}/index.m3u8")).status == 200
    assert home.library._files <= 20
    assert home.library._files == sum(len(shelf) for shelf in home.library._shelves.values())


async def test_reader_of_a_recording_who_does_not_read(tmp_path: Path) -> None:
    async with house(tmp_path, Limits(drain_seconds=1)) as home:
        await in_the_library(home)
        folder = home.archive.folder(BROADCAST)
        async with Client(home.url()) as client:
            await client.open()
            uri = str((await client.playlist()).whole[1].uri)
        # Larger than what the system takes by itself.
        resource = home.library.find(BROADCAST, uri)
        resource._size = 64 << 20  # type: ignore[attr-defined]
        with (folder / uri).open("ab") as file:
            file.truncate(64 << 20)
        async with viewer(home.origin) as deaf:
            deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
            deaf.ask(f"/live/{BROADCAST}/{uri}")
            await until(lambda: home.origin.counts.slow_closed == 1)
