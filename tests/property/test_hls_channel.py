"""A live broadcast's playlists, whatever the packager makes: read by the m3u8 library after each version."""

from __future__ import annotations

from typing import Any

import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hls.blocking import Edge, Wanted, reached, refuse_far
from hls.channel import MASTER, MEDIA, Channel
from hls.errors import RequestRefused
from hls.frames import AudioConfig, VideoConfig
from hls.packager import Event, Gap, InitSegment, Part, SegmentEnd
from hls.playlist import part_name, segment_name
from hls.resources import Pending, Ready, Resource
from hls.timing import Timing

START = 1_700_000_000.0
TIMING = Timing(window_seconds=20.0)


class Host:
    """What a channel needs of the origin."""

    def __init__(self) -> None:
        self.lines: dict[bytes, Resource] = {}
        self.unix = START
        self.woken: list[tuple[Pending, Resource | RequestRefused]] = []

    def wake(self, pending: Pending, resource: Resource | RequestRefused) -> None:
        """Notes who is answered what."""
        self.woken.append((pending, resource))


@st.composite
def batches(draw: st.DrawFn) -> list[list[Event]]:
    """Events of a broadcast, in the batches in which they are published."""
    made: list[list[Event]] = [[InitSegment(0, b"init", VideoConfig("avc1.42c01f", 320, 180, b"x"), None)]]
    wall, init, discontinuity = START, 0, False
    for msn in range(draw(st.integers(0, 30))):
        match draw(st.sampled_from(["segment"] * 8 + ["gap", "init"])):
            case "gap":
                made.append([Gap(msn, 4.0, wall, init, discontinuity)])
                wall += 4.0
                discontinuity = True
                continue
            case "init":
                init += 1
                made.append([InitSegment(init, b"init", None, AudioConfig(2, b"x"))])
                discontinuity = True
        for index in range(draw(st.sampled_from([4, 4, 4, 1, 5]))):
            duration = draw(st.floats(0.85, 1.0))
            part = Part(msn, index, bytes([msn, index]), duration, index == 0, wall, init, discontinuity)
            made.append([part])
            wall += duration
        if draw(st.booleans()):
            made[-1].append(SegmentEnd(msn))
        else:
            made.append([SegmentEnd(msn)])
        discontinuity = draw(st.integers(0, 9)) == 0
    return made


def read(channel: Channel) -> Any:
    """The playlist as m3u8 reads it, None while there is none."""
    resource = channel.find(MEDIA.encode(), b"")
    return m3u8.loads(resource.body.decode()) if isinstance(resource, Ready) else None


@given(batches(), st.booleans())
def test_every_version_is_whole(made: list[list[Event]], end: bool) -> None:
    host = Host()
    channel = Channel(host, "b", TIMING)
    seen: dict[str, tuple[float, int]] = {}
    sequence = discontinuities = published = 0
    for batch in made:
        channel.publish(batch)
        published += sum(round(1000 * e.duration) for e in batch if isinstance(e, Part | Gap))
        playlist = read(channel)
        assert (playlist is not None) == channel.ready
        if playlist is None:
            assert published < 12_000 + 10
            continue
        # Whoever came early has been answered.
        assert {MASTER, MEDIA} <= channel._named.keys()
        lengths = [s.duration if s.uri else sum(p.duration for p in s.parts) for s in playlist.segments]
        assert sum(lengths) >= min(12.0, published / 1000) - 0.01, "rule 7"
        assert sum(lengths) <= TIMING.window_seconds + 5.1
        assert playlist.media_sequence >= sequence
        assert (playlist.discontinuity_sequence or 0) >= discontinuities
        sequence, discontinuities = playlist.media_sequence, playlist.discontinuity_sequence or 0
        number = discontinuities
        for segment in playlist.segments:
            if not segment.uri:
                continue
            number += bool(segment.discontinuity)
            assert seen.setdefault(segment.uri, (segment.duration, number)) == (segment.duration, number)
            if not segment.gap_tag:
                assert channel.find(segment.uri.encode(), b"") is not None
            for part in segment.parts:
                assert channel.find(part.uri.encode(), b"") is not None
        assert isinstance(channel.find(playlist.preload_hint.uri.encode(), b""), Pending), "rule 9"
    # Whatever runs for long keeps the same number of names.
    assert len(channel._named) <= 512 + 100
    if end and channel.ready:
        channel.end()
        playlist = read(channel)
        assert playlist.is_endlist and playlist.preload_hint is None
        assert all(not segment.parts for segment in playlist.segments)
        channel.close()
        assert not host.lines


@given(batches())
def test_what_has_been_forgotten_is_not_found(made: list[list[Event]]) -> None:
    host = Host()
    channel = Channel(host, "b", TIMING)
    for batch in made:
        channel.publish(batch)
    sizes = len(channel._named), len(host.lines), len(channel._parts)
    msn = max((e.msn for batch in made for e in batch if isinstance(e, Part | Gap)), default=-1) + 1
    for number in range(msn, msn + 40):
        channel.publish([
            *(Part(number, i, b"x", 1.0, i == 0, START, 0, discontinuity=False) for i in range(4)), SegmentEnd(number)
        ])  # fmt: skip
    for old in range(msn):
        for name in (segment_name(old), part_name(old, 0)):
            with pytest.raises(RequestRefused):
                channel.find(name.encode(), b"")
    for number in range(msn + 40, msn + 80):
        before = len(channel._named), len(host.lines), len(channel._parts)
        channel.publish([
            *(Part(number, i, b"x", 1.0, i == 0, START, 0, discontinuity=False) for i in range(4)), SegmentEnd(number)
        ])  # fmt: skip
        assert (len(channel._named), len(host.lines), len(channel._parts)) == before
    assert sizes[0] >= 3


segments = st.lists(st.integers(1, 6), min_size=1, max_size=6)


@given(segments, st.integers(0, 5), st.integers(0, 100), st.integers(0, 9), st.integers(0, 12) | st.none())
def test_directives_mean_what_rules_4_and_5_say(
    whole: list[int], under_way: int, first: int, ahead: int, part: int | None
) -> None:
    """`whole` has how many parts each whole segment has, the first of which has the number `first`."""
    last = first + len(whole) - 1
    edge = Edge(last, under_way, whole[-1])
    timing = Timing()
    wanted = Wanted(first + ahead, part)
    there = {(first + n, p) for n, count in enumerate(whole) for p in range(count)}
    there |= {(last + 1, p) for p in range(under_way)}
    if part is None:
        expected = wanted.msn <= last
    else:
        msn, index = wanted.msn, part
        if msn <= last and index >= whole[msn - first]:
            msn, index = msn + 1, 0
        expected = any(each >= (msn, index) for each in there)
    assert reached(wanted, edge) == expected
    refusal = None
    try:
        refuse_far(wanted, edge, timing)
    except RequestRefused as error:
        refusal = error
    if refusal is not None:
        assert refusal.status == 400
        assert not expected, "what is there is never refused"
        assert wanted.msn > last + 2 or part is not None
    else:
        assert wanted.msn <= last + 2
    if wanted.msn == last + 1 and part is not None:
        assert (refusal is not None) == (part - (under_way - 1) > 3), "the advance limit"
