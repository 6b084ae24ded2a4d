"""H264 that is good enough goes out as it came, and is encoded again as soon as it is not."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from hls.packager import Event, Packager, Part
from hls.studio import Encoding
from hls.timing import Timing
from sfu.tap import stage_notice
from tests.unit.hls.rehearsal import Rehearsal
from tests.unit.hls.talk import VIDEO, Talk, tap


def rehearsal(codec: str = "H264", fps: float = 20, *, passthrough: bool = True) -> Rehearsal:
    return Rehearsal(lambda began: Talk(began, codec=codec, fps=fps), tap(passthrough=passthrough))


def passed(encodings: list[Encoding]) -> list[bool]:
    """For each encoding whether it is the source's own: aiortc's is constrained baseline, ours is high."""
    return [encoding.video.codec.startswith("avc1.42") for encoding in encodings]


def parts(made: Rehearsal) -> list[Part]:
    packager = Packager(Timing())
    events: list[Event] = []
    for item in made.made:
        if isinstance(item, Encoding):
            events += packager.configure(item.video, item.audio, exact_keyframes=item.exact_keyframes)
        else:
            events += packager.push(item)
    assert not packager.dropped
    return [event for event in events if isinstance(event, Part)]


def test_a_source_that_keeps_the_rules_is_passed_through_in_segments_of_about_four_seconds() -> None:
    made = rehearsal()
    made.run(20)
    assert passed(made.encodings) == [False, True]
    assert not made.encodings[1].exact_keyframes
    counts = made.studio.counts
    assert counts["passed"] > 300
    assert counts["decoded"] < 100
    for watched in made.watched():
        assert watched.sizes == {(320, 180)}
        assert all(abs(skew) < 0.08 for skew in watched.skews), watched.skews
    own = [part for part in parts(made) if part.init == 1]
    assert own[0].discontinuity
    by_segment = {part.msn: sum(p.duration for p in own if p.msn == part.msn) for part in own}
    assert all(3.0 <= length <= 4.5 for length in list(by_segment.values())[:-1])
    for part, following in itertools.pairwise(own):
        assert part.duration >= 0.85 or following.msn != part.msn
        assert following.independent or following.index


@pytest.mark.parametrize(("codec", "fps", "passthrough"), [("VP8", 20, True), ("H264", 8, True), ("H264", 20, False)])
def test_others_are_encoded(codec: str, fps: float, *, passthrough: bool) -> None:
    made = rehearsal(codec, fps, passthrough=passthrough)
    made.run(8)
    assert passed(made.encodings) == [False]
    made.assert_continuous()


def test_a_notice_of_the_stage_allows_and_forbids_it() -> None:
    made = rehearsal(passthrough=False)
    made.run(4)
    assert passed(made.encodings) == [False]
    made.studio.receive(stage_notice(VIDEO, True), made.now)
    made.run(8)
    assert passed(made.encodings) == [False, True]
    made.studio.receive(stage_notice(VIDEO, False), made.now)
    made.run(16)
    assert passed(made.encodings) == [False, True, False], "a page came on stage, and its H264 is like the encoder's"
    assert made.studio.counts["garbage"] == made.studio.counts["ssrc"] == made.studio.counts["rtcp_other"] == 0
    assert all(part.independent for part in parts(made) if part.index == 0)
    video = made.frames("video")
    assert all(0 <= b.pts - a.pts - a.duration < 4500 for a, b in itertools.pairwise(video))


def fall_silent(made: Rehearsal) -> None:
    made.silent = True


def grow(made: Rehearsal) -> None:
    made.talk.camera.size = (640, 480)


def change_codec(made: Rehearsal) -> None:
    made.talk.camera.codec = "VP8"


def slow_down(made: Rehearsal) -> None:
    made.talk.camera.pace(made.now, 5)


@pytest.mark.parametrize("fail", [fall_silent, grow, change_codec, slow_down])
def test_a_source_that_does_not_keep_them_any_more_is_encoded_again_at_once(fail: Callable[[Rehearsal], None]) -> None:
    made = rehearsal()
    made.run(9)
    assert passed(made.encodings) == [False, True]
    fail(made)
    made.run(7)
    assert passed(made.encodings) == [False, True, False]
    video = made.frames("video")
    for frame, following in itertools.pairwise(video):
        assert 0 <= following.pts - frame.pts - frame.duration < 4500
    last = made.watched()[-1]
    assert last.sizes == {(320, 180)}
    # The picture goes on from where it was: it does not turn into the slate.
    assert all(bright > 60 for _, bright in last.pictures)
    assert all(part.independent for part in parts(made) if part.index == 0)


def test_one_that_comes_back_is_passed_through_again_after_a_while() -> None:
    made = rehearsal()
    made.run(9)
    made.silent = True
    made.run(2)
    made.silent = False
    made.run(16)
    assert passed(made.encodings) == [False, True, False, True]
    made.silent = True
    made.run(2)
    made.silent = False
    made.run(16)
    assert passed(made.encodings) == [False, True, False, True, False]


def test_a_source_without_keyframes_in_time_is_encoded() -> None:
    made = rehearsal()
    made.run(9)
    made.talk.hear = lambda feedback: None  # type: ignore[method-assign]
    made.run(8)
    assert passed(made.encodings) == [False, True, False]
    assert all(part.independent for part in parts(made) if part.index == 0)
