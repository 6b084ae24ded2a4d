"""A room's packets into frames: what those who watch would notice."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from hls.frames import EncodedFrame
from tests.unit.hls.rehearsal import Rehearsal
from tests.unit.hls.talk import Microphone, Talk, tap


def seconds(rehearsal: Rehearsal) -> float:
    video = rehearsal.frames("video")
    return (video[-1].pts + video[-1].duration - video[0].pts) / 90_000


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_a_flash_and_its_beep_stay_together_whatever_the_line_does(codec: str) -> None:
    rehearsal = Rehearsal(lambda began: Talk(began, codec=codec))
    rng = random.Random(7)
    late: list[bytes] = []

    def line(datagrams: list[bytes]) -> list[bytes]:
        """Two in a hundred are lost, five come 10 ms late, three twice."""
        nonlocal late
        out, late = late, []
        for data in datagrams:
            fate = rng.random()
            if fate < 0.05:
                late.append(data)
            elif fate > 0.02 + 0.05:
                out += [data, data] if fate > 0.97 else [data]
        return out

    rehearsal.run(2)
    rehearsal.line = line
    rehearsal.run(14)
    rehearsal.assert_continuous()
    assert seconds(rehearsal) == pytest.approx(16, abs=0.3)
    (watched,) = rehearsal.watched()
    assert len(watched.flashes) >= 5
    assert len(watched.beeps) >= 6
    # A flash whose own packets are lost is seen when the next keyframe comes.
    assert sum(abs(skew) < 0.08 for skew in watched.skews) >= len(watched.flashes) - 2, watched.skews
    counts = rehearsal.studio.counts
    assert counts["lost"] > 0
    assert counts["concealed"] > 0
    assert counts["late"] + counts["duplicate"] > 0
    assert counts["keyframe_requests"] > 1


def test_a_room_that_falls_silent_for_ten_seconds_is_repeated_and_comes_back_in_step() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(5)
    rehearsal.silent = True
    rehearsal.run(10)
    rehearsal.silent = False
    rehearsal.run(5)
    rehearsal.assert_continuous()
    assert seconds(rehearsal) == pytest.approx(20, abs=0.3)
    (watched,) = rehearsal.watched()
    begin = watched.pictures[0][0]
    flashes = [at - begin for at in watched.flashes]
    assert [at for at in flashes if 4.5 < at < 15] == [], flashes
    assert len([at for at in flashes if at > 15]) == 2, flashes
    assert all(abs(skew) < 0.08 for skew in watched.skews), watched.skews


def test_a_source_whose_size_changes_and_whose_codec_changes_stays_on_one_canvas() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(3)
    rehearsal.talk.camera.size = (640, 480)
    rehearsal.run(2)
    rehearsal.talk.camera.codec = "H264"
    rehearsal.run(2)
    rehearsal.talk.camera.size = (180, 240)
    rehearsal.run(2)
    rehearsal.talk.camera.codec = "VP8"
    rehearsal.run(2)
    rehearsal.assert_continuous()
    assert len(rehearsal.encodings) == 1
    (watched,) = rehearsal.watched()
    assert watched.sizes == {(320, 180)}
    assert len(watched.flashes) == 5, watched.flashes
    assert all(abs(skew) < 0.08 for skew in watched.skews), watched.skews
    assert rehearsal.studio.counts["undecodable"] == 0


@pytest.mark.parametrize("jump", [9_000_000, -9_000_000, 1_500_000_000])
def test_timestamps_that_jump_are_followed(jump: int) -> None:
    rehearsal = Rehearsal()
    rehearsal.run(5)
    rehearsal.talk.camera.stream.offset += jump
    rehearsal.talk.microphone.stream.offset += jump // 2
    rehearsal.run(7)
    rehearsal.assert_continuous()
    assert seconds(rehearsal) == pytest.approx(12, abs=0.3)
    (watched,) = rehearsal.watched()
    later = [flash for flash in watched.flashes if flash > watched.pictures[0][0] + 5.5]
    assert len(later) == 3
    assert all(abs(skew) < 0.08 for skew in watched.skews), watched.skews


def test_sender_reports_put_right_what_arrival_made_wrong() -> None:
    """The voice comes 150 ms later than the picture; before the first report nobody can know that."""
    rehearsal = Rehearsal()
    rehearsal.talk.camera.stream.reports = rehearsal.talk.microphone.stream.reports = False
    held: list[tuple[float, bytes]] = []

    def line(datagrams: list[bytes]) -> list[bytes]:
        out = []
        for data in datagrams:
            if data[1] == 100:
                held.append((rehearsal.now + 0.15, data))
            else:
                out.append(data)
        while held and held[0][0] <= rehearsal.now:
            out.append(held.pop(0)[1])
        return out

    rehearsal.line = line
    rehearsal.run(4)
    rehearsal.talk.camera.stream.reports = rehearsal.talk.microphone.stream.reports = True
    rehearsal.run(18)
    rehearsal.assert_continuous()
    (watched,) = rehearsal.watched()
    assert watched.skews[0] > 0.12
    assert all(abs(skew) < 0.04 for skew in watched.skews[-2:]), watched.skews


def test_the_nodes_clock_may_be_another_one() -> None:
    rehearsal = Rehearsal()
    rehearsal.talk.camera.stream.node = rehearsal.talk.microphone.stream.node = 86_400.0 * 3
    rehearsal.run(8)
    (watched,) = rehearsal.watched()
    assert len(watched.flashes) == 3
    assert all(abs(skew) < 0.08 for skew in watched.skews), watched.skews
    frame = rehearsal.frames("video")[-1]
    assert frame.wall == pytest.approx(rehearsal.now, abs=0.5)


def test_a_voice_whose_clock_runs_fast_does_not_drift_from_the_picture() -> None:
    """Half a percent: 60 ms in 12 s."""
    rehearsal = Rehearsal()
    camera = rehearsal.talk.camera
    camera.began = rehearsal.talk.began
    microphone = rehearsal.talk.microphone.stream
    microphone.rate = 48_240
    rehearsal.run(12)
    drifting = rehearsal.watched()[0].skews
    assert all(abs(skew) < 0.08 for skew in drifting), drifting


def test_before_the_first_picture_there_is_a_slate_and_silence() -> None:
    rehearsal = Rehearsal()
    rehearsal.silent = True
    rehearsal.run(5)
    rehearsal.assert_continuous()
    assert seconds(rehearsal) == pytest.approx(4, abs=0.3)
    (watched,) = rehearsal.watched()
    assert all(20 < bright < 70 for _, bright in watched.pictures)
    assert abs(watched.sound).max() < 0.001


def test_garbage_and_strangers_are_counted_and_change_nothing() -> None:
    rng = random.Random(3)
    rehearsal = Rehearsal()

    def line(datagrams: list[bytes]) -> list[bytes]:
        out = list(datagrams)
        for data in datagrams:
            ssrc = 4 if 192 <= data[1] <= 223 else 8
            torn = data[:ssrc] + b"\xff\xee\xdd\xcc" + data[ssrc + 4 :]
            out += [rng.randbytes(rng.randrange(0, 200)), torn, b"", data[: rng.randrange(1, 12)]]
        return out

    rehearsal.line = line
    rehearsal.run(6)
    rehearsal.assert_continuous()
    (watched,) = rehearsal.watched()
    assert len(watched.flashes) == 2
    assert rehearsal.studio.counts["ssrc"] > 100
    assert rehearsal.studio.counts["garbage"] > 100


def test_payloads_that_are_garbage_are_survived() -> None:
    rng = random.Random(5)
    rehearsal = Rehearsal()
    rehearsal.run(2)

    def line(datagrams: list[bytes]) -> list[bytes]:
        return [
            data[:12] + rng.randbytes(len(data) - 12) if not 192 <= data[1] <= 223 and rng.random() < 0.3 else data
            for data in datagrams
        ]

    rehearsal.line = line
    rehearsal.run(4)
    rehearsal.line = lambda datagrams: datagrams
    rehearsal.run(5)
    rehearsal.assert_continuous()
    (watched,) = rehearsal.watched()
    assert [flash for flash in watched.flashes if flash > watched.pictures[0][0] + 7]
    assert all(abs(skew) < 0.08 for skew in watched.skews[-1:]), watched.skews


def test_voices_are_heard_together_and_never_clip() -> None:
    rehearsal = Rehearsal()
    voices = [Microphone(rehearsal.now, number, tone=300.0 * (number + 1), always=True) for number in range(3)]
    step = rehearsal.talk.step
    rehearsal.talk.step = lambda now: step(now) + [d for v in voices[1:] for d in v.step(now)]  # type: ignore[method-assign]
    rehearsal.talk.microphone = voices[0]
    rehearsal.run(3)
    (watched,) = rehearsal.watched()
    assert abs(watched.sound).max() <= 1.05
    middle = watched.sound[48_000 : 2 * 48_000]
    spectrum = np.abs(np.fft.rfft(middle))
    for tone in (300, 600, 900):
        assert spectrum[tone] > 0.2 * spectrum.max()


def test_another_tap_takes_over_without_a_break() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(3)
    second = Talk(rehearsal.talk.began)
    for stream in (second.camera.stream, second.microphone.stream):
        stream.ssrc += 50
        stream.offset += 123_456_789
    second.camera.pace(rehearsal.now, 15)
    second.microphone._count = 150
    second._report = rehearsal.now + 0.1
    rehearsal.talk = second
    rehearsal.studio.set_tap(tap(ssrc=50), rehearsal.now)
    rehearsal.run(6)
    rehearsal.assert_continuous()
    (watched,) = rehearsal.watched()
    assert len(watched.flashes) == 4
    assert all(abs(skew) < 0.08 for skew in watched.skews), watched.skews


def test_a_process_that_stood_still_goes_on_with_what_is_now() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(3)
    rehearsal.now += 30
    rehearsal.talk.step(rehearsal.now)
    rehearsal.talk.camera.keyframe()
    made = len(rehearsal.made)
    rehearsal.run(3)
    fresh = [item for item in rehearsal.made[made:] if isinstance(item, EncodedFrame)]
    pictures = [frame for frame in fresh if frame.kind == "video"]
    assert min(frame.wall for frame in pictures) > rehearsal.now - 5
    assert pictures[0].keyframe
    assert min(frame.wall for frame in fresh[5:]) > rehearsal.now - 5


def test_an_encoder_that_was_held_up_catches_up_with_fewer_pictures() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(5)
    waiting: list[bytes] = []
    for _ in range(200):
        rehearsal.now += 0.01
        waiting += rehearsal.talk.step(rehearsal.now)
    for data in waiting:
        rehearsal.studio.receive(data, rehearsal.now)
    rehearsal.run(5)
    for kind in ("audio", "video"):
        frames = rehearsal.frames(kind)
        assert all(after.pts == before.pts + before.duration for before, after in pairwise(frames))
    video = rehearsal.frames("video")
    keyframes = [(frame.pts - video[0].pts) / 90_000 for frame in video if frame.keyframe]
    assert keyframes == [0.0, 4.0, 8.0]
    assert rehearsal.studio.counts["skipped"] > 10
    assert rehearsal.studio.delay < 0.25
    (watched,) = rehearsal.watched()
    assert len(watched.beeps) == 5
    assert all(abs(skew) < 0.3 for skew in watched.skews), watched.skews


def test_what_has_shown_nothing_for_long_is_a_slate_again() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(3)
    rehearsal.talk.camera.on = False
    rehearsal.run(34)
    rehearsal.talk.camera.on = True
    rehearsal.run(2)
    (watched,) = rehearsal.watched()
    begin = watched.pictures[0][0]
    assert all(bright > 60 for at, bright in watched.pictures if 1 < at - begin < 32.9)
    assert all(20 < bright < 70 for at, bright in watched.pictures if 33.5 < at - begin < 36.9)
    assert watched.pictures[-1][1] > 75


def test_a_late_voice_makes_the_studio_patient_and_then_it_is_whole() -> None:
    rehearsal = Rehearsal(delay=0.004)
    held: list[tuple[float, bytes]] = []

    def line(datagrams: list[bytes]) -> list[bytes]:
        held.extend((rehearsal.now + (0.45 if data[1] == 100 else 0.0), data) for data in datagrams)
        out = [data for at, data in held if at <= rehearsal.now]
        held[:] = [(at, data) for at, data in held if at > rehearsal.now]
        return out

    rehearsal.line = line
    rehearsal.run(12)
    rehearsal.assert_continuous()
    assert 0.45 < rehearsal.studio.delay <= 0.5
    (watched,) = rehearsal.watched()
    assert len(watched.flashes) >= 5
    assert all(abs(skew) < 0.08 for skew in watched.skews[1:]), watched.skews
    rehearsal.line = lambda datagrams: datagrams
    rehearsal.run(30)
    rehearsal.assert_continuous()
    assert rehearsal.studio.delay == pytest.approx(0.2, abs=0.03)
