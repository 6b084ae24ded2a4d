"""Frames in, parts out: read again by FFmpeg."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from hls.errors import FrameRefused, NotConfigured
from hls.frames import CLOCK, EncodedFrame
from hls.packager import Event, Gap, InitSegment, Packager, Part, SegmentEnd
from hls.timing import Timing
from tests.conformance.client import Media
from tests.conformance.source import Source

PASSED_THROUGH = Timing(exact_keyframes=False)


def take(source: Source, seconds: float, *, kinds: tuple[str, ...] = ("audio", "video")) -> list[EncodedFrame]:
    """The first seconds of a source."""
    found: list[EncodedFrame] = []
    for frame in source.frames():
        if frame.pts - source._start >= seconds * CLOCK:
            return found
        if frame.kind in kinds:
            found.append(frame)
    raise AssertionError("sources do not end")


def package(packager: Packager, source: Source, frames: Iterable[EncodedFrame]) -> list[Event]:
    """Everything that comes out, nothing held back."""
    events = packager.configure(source.video, source.audio)
    for frame in frames:
        events += packager.push(frame)
    return events + packager.flush()


def parts(events: list[Event]) -> list[Part]:
    return [event for event in events if isinstance(event, Part)]


def media(events: list[Event], msn: int | None = None) -> Media:
    """What FFmpeg makes of all parts, or of one segment."""
    init = next(event for event in events if isinstance(event, InitSegment))
    return Media(init.data + b"".join(part.data for part in parts(events) if msn is None or part.msn == msn))


def test_parts_of_a_second_in_segments_of_four() -> None:
    source = Source(wall=1000.0, start=7 * CLOCK)
    events = package(Packager(Timing()), source, take(source, 12))
    assert isinstance(events[0], InitSegment) and events[0].codecs == f"{source.video.codec},mp4a.40.2"  # type: ignore[union-attr]
    assert [(p.msn, p.index, p.duration) for p in parts(events)] == [(n // 4, n % 4, 1.0) for n in range(12)]
    assert [p.independent for p in parts(events)] == [n % 4 == 0 for n in range(12)]
    assert [p.wall for p in parts(events)] == [1000.0 + n for n in range(12)]
    assert [e.msn for e in events if isinstance(e, SegmentEnd)] == [0, 1, 2]
    assert not any(p.discontinuity for p in parts(events))
    for msn in range(3):
        tracks = media(events, msn).tracks
        assert (tracks["video"].start, tracks["video"].end) == (7 + 4 * msn, 11 + 4 * msn)
        assert tracks["video"].frames == 120 and tracks["video"].begins_with_keyframe
        assert abs(tracks["audio"].start - tracks["video"].start) < 0.022
    whole = media(events)
    assert whole.tracks["video"].even and whole.tracks["audio"].even
    assert whole.tracks["video"].frames == 360


@pytest.mark.parametrize("part_target", [0.5, 1.0])
@pytest.mark.parametrize("fps", [10, 24, 25, 30, 60])
def test_parts_keep_rule_1(fps: int, part_target: float) -> None:
    source = Source(fps=fps, audio=False)
    events = package(Packager(Timing(part_target=part_target)), source, take(source, 8))
    for part, following in itertools.pairwise(parts(events)):
        assert part.duration <= part_target
        assert part.duration >= 0.85 * part_target or following.msn > part.msn
    assert sum(p.duration for p in parts(events)) == pytest.approx(8.0)


def test_a_part_is_there_as_soon_as_it_can_be() -> None:
    source = Source()
    packager = Packager(Timing())
    packager.configure(source.video, source.audio)
    for frame in take(source, 30):
        for part in parts(packager.push(frame)):
            end = (part.msn * 4 + part.index + 1) * CLOCK
            assert end - CLOCK // 20 <= frame.pts + frame.duration <= end + CLOCK // 20


def test_passed_through_keyframes_decide_where_segments_end() -> None:
    source = Source(gop_seconds=3.2, audio=False)
    events = package(Packager(PASSED_THROUGH), source, take(source, 16))
    assert [sum(p.duration for p in group) for _, group in itertools.groupby(parts(events), lambda p: p.msn)] == (
        pytest.approx([3.2] * 5)
    )
    assert all(p.independent == (p.index == 0) for p in parts(events))


def test_keyframes_that_come_often_do_not_end_segments() -> None:
    source = Source(gop_seconds=1.0, audio=False)
    events = package(Packager(PASSED_THROUGH), source, take(source, 12))
    lengths = [sum(p.duration for p in group) for _, group in itertools.groupby(parts(events), lambda p: p.msn)]
    assert all(3.0 <= length <= 4.5 for length in lengths[:-1])


def test_keyframes_that_never_come_break_the_segment_where_it_may_not_be_longer() -> None:
    source = Source(gop_seconds=16.0, audio=False)
    events = package(Packager(PASSED_THROUGH), source, take(source, 15))
    made = parts(events)
    assert sum(p.duration for p in made) <= 4.5
    assert {p.msn for p in made} == {0}
    packager = Packager(PASSED_THROUGH)
    package(packager, source, take(source, 15))
    assert packager.dropped["no_keyframe"] > 200


def test_audio_that_is_late_is_waited_for_but_not_for_ever() -> None:
    source = Source()
    packager = Packager(Timing())
    packager.configure(source.video, source.audio)
    video = take(source, 8, kinds=("video",))
    audio = take(source, 8, kinds=("audio",))
    out: list[tuple[int, Part]] = []
    for number, frame in enumerate(video):
        out += [(number, part) for part in parts(packager.push(frame))]
        late = frame.pts - CLOCK * 3 // 10
        while audio and audio[0].pts <= late:
            out += [(number, part) for part in parts(packager.push(audio.pop(0)))]
    for number, part in out:
        waited = (number + 1) / 30 - (part.msn * 4 + part.index + 1)
        assert 0 <= waited <= 0.4
    # Now it stops.
    silent = Source(start=8 * CLOCK)
    held = [parts(packager.push(frame)) for frame in take(silent, 8, kinds=("video",))]
    assert sum(len(found) for found in held) >= 7


def test_a_jump_in_time_begins_a_new_timeline() -> None:
    first = Source(gop_seconds=1.0, wall=1000.0)
    for start in (1000 * CLOCK, 0, 4 * CLOCK):
        later = Source(gop_seconds=1.0, wall=2000.0, start=start)
        events = package(Packager(Timing(segment_seconds=1.0, part_target=0.25)), first,
                         [*take(first, 5.5), *take(later, 3)])  # fmt: skip
        begun = [p for p in parts(events) if p.discontinuity and p.index == 0]
        assert [p.wall for p in begun] == [2000.0]
        assert [p.msn for p in parts(events)] == sorted(p.msn for p in parts(events))
        assert begun[0].independent
        after = [p for p in parts(events) if p.msn >= begun[0].msn]
        assert sum(p.duration for p in after) == pytest.approx(3.0)


def test_a_little_jitter_is_no_jump() -> None:
    source = Source(audio=False)
    shaken = [
        EncodedFrame(f.kind, f.data, f.pts + (n * 7919) % 600, f.duration, f.keyframe, f.wall)
        for n, f in enumerate(take(source, 8))
    ]
    packager = Packager(Timing())
    events = package(packager, source, shaken)
    assert not any(p.discontinuity for p in parts(events)) and not packager.dropped
    assert sum(p.duration for p in parts(events)) == pytest.approx(8.0, abs=0.02)


def test_new_encoding_and_gap() -> None:
    source, wide = Source(gop_seconds=4.0), Source(width=480, height=270, start=4 * CLOCK, wall=4.0)
    packager = Packager(Timing())
    events = package(packager, source, take(source, 4))
    events += package(packager, wide, take(wide, 4))
    events += packager.gap(4.0, 8.0)
    again = Source(width=480, height=270, start=12 * CLOCK, wall=12.0)
    for frame in take(again, 4):
        events += packager.push(frame)
    events += packager.flush()
    assert [(p.msn, p.init, p.discontinuity) for p in parts(events) if p.index == 0] == [
        (0, 0, False), (1, 1, True), (3, 1, True)
    ]  # fmt: skip
    assert [e for e in events if isinstance(e, Gap)] == [Gap(2, 4.0, 8.0, 1, discontinuity=False)]
    inits = {e.number: e.data for e in events if isinstance(e, InitSegment)}
    for number, msn, frames in ((0, 0, 120), (1, 1, 120), (1, 3, 120)):
        data = inits[number] + b"".join(p.data for p in parts(events) if p.msn == msn)
        assert Media(data).tracks["video"].frames == frames


def test_frames_that_cannot_be_packaged_harm_no_others() -> None:
    source = Source()
    assert source.video is not None
    packager = Packager(Timing())
    frame = take(source, 1)[0]
    with pytest.raises(NotConfigured):
        packager.push(frame)
    with pytest.raises(FrameRefused):
        packager.configure(None, None)
    events = packager.configure(source.video, source.audio)
    bad = [
        EncodedFrame("video", b"", 0, 3000, True, 0.0),
        EncodedFrame("video", b"x" * (9 << 20), 0, 3000, True, 0.0),
        EncodedFrame("video", frame.data, 0, 0, True, 0.0),
        EncodedFrame("video", frame.data, 0, 10 * CLOCK, True, 0.0),
        EncodedFrame("video", frame.data, -1, 3000, True, 0.0),
        EncodedFrame("video", frame.data, 1 << 62, 3000, True, 0.0),
    ]
    for number, good in enumerate(take(source, 8)):
        if number % 10 == 0:
            with pytest.raises(FrameRefused):
                packager.push(bad[number // 10 % len(bad)])
        events += packager.push(good)
    events += packager.flush()
    assert media(events).tracks["video"].even and not packager.dropped
    alone = Packager(Timing())
    alone.configure(source.video, None)
    with pytest.raises(NotConfigured):
        alone.push(next(f for f in take(source, 1) if f.kind == "audio"))


def test_numbers_go_on_after_a_restart() -> None:
    source = Source()
    events = package(Packager(Timing(), msn=17, init=3, resumed=True), source, take(source, 8))
    assert [(p.msn, p.init, p.discontinuity) for p in parts(events) if p.index == 0] == [(17, 3, True), (18, 3, False)]


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no ffprobe")
def test_ffprobe_reads_it(tmp_path: Path) -> None:
    source = Source()
    events = package(Packager(Timing()), source, take(source, 8))
    path = tmp_path / "all.mp4"
    path.write_bytes(b"".join(e.data for e in events if isinstance(e, InitSegment | Part)))
    told = subprocess.run(
        ["ffprobe", "-v", "warning", "-count_packets", "-show_streams", "-of", "json", str(path)],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert told.stderr == ""
    video, audio = json.loads(told.stdout)["streams"]
    assert (video["codec_name"], video["width"], video["height"]) == ("h264", 320, 180)
    assert int(video["nb_read_packets"]) == 240 and video["r_frame_rate"] == "30/1"
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "48000", 2)
    assert int(audio["nb_read_packets"]) == pytest.approx(375, abs=1)
