"""What a receiver is sent before its line is known: a thin line never drowns its voice, a good one is soon at its best.

In the test's own time: a lesson whose cameras and voice have been on for a while, somebody who joins, and a modelled
line to them that has a router's queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from loadtest.shaping import Shape
from tests.packets.lesson import Lesson


@pytest.fixture
def lesson() -> Iterator[type[Lesson]]:
    """Makes lessons."""
    made: list[Lesson] = []

    class Made(Lesson):
        def __init__(self, shape: Shape, **how: Any) -> None:
            super().__init__(shape, **how)
            made.append(self)

    yield Made
    for one in made:
        one.still.close()


def test_a_thin_line_never_drowns_its_voice(lesson: type[Lesson]) -> None:
    one = lesson(Shape(rate_kbps=300, queue_ms=300, delay_ms=25))
    one.last(30)
    assert one.longest_gap_ms < 200
    assert {layer for _, track, layer in one.told("fed") if track == one.tracks[0]} == {0}
    assert one.kbps(2, 30) > 150, "the smallest picture is there"
    assert one.receiver.line.tally.dropped == 0


def test_no_voice_waits_behind_what_an_encoder_sends_too_much_at_first(lesson: type[Lesson]) -> None:
    """Chromium's, just turned on, makes some pictures of 4 kB before it meets the rate that it was told."""
    one = lesson(Shape(rate_kbps=300, queue_ms=300, delay_ms=25))
    ordinary, one.sizes = one.sizes, (4000, *one.sizes[1:])
    one.last(0.15)
    one.sizes = ordinary
    one.last(5)
    assert one.longest_gap_ms < 100


def test_a_layer_weighs_from_its_beginning_what_it_weighs(lesson: type[Lesson]) -> None:
    """By too small a weight a line is shown to carry less than what is sent."""
    one = lesson(Shape(delay_ms=25))
    one.last(0.2)
    for layer, size in enumerate(one.sizes):
        assert sum(one.still.rates(one.tracks[0], layer)) == pytest.approx(8 * 30 * size, rel=0.3)


def test_a_good_line_has_everything_within_a_second(lesson: type[Lesson]) -> None:
    one = lesson(Shape(delay_ms=25), cameras=9)
    one.last(3)
    begun = {track: at for at, track, layer in one.told("fed") if layer == 0 and track in one.tracks}
    full = {track: at for at, track, layer in one.told("fed") if layer == 2}
    assert set(full) == set(one.tracks)
    assert len(begun) >= 8, "so many at their lowest are what a line begins with"
    assert max(begun.values()) < 0.1, "something to look at comes at once"
    assert max(full.values()) < 1
    assert one.longest_gap_ms < 100
    assert not one.told("paused"), "what is only not explored yet is no bad line"


def test_who_sends_no_feedback_is_sent_everything_after_a_second(lesson: type[Lesson]) -> None:
    one = lesson(Shape(delay_ms=25), cameras=4, answers=False)
    one.last(4)
    full = {track: at for at, track, layer in one.told("fed") if layer == 2}
    assert set(full) == set(one.tracks) and max(full.values()) < 1.5
    assert one.kbps(2, 4) > 4 * 1500
    assert not one.told("paused") and not one.told("estimate")


def test_what_a_thin_line_cannot_carry_is_said_to_be_paused_once_it_is_known(lesson: type[Lesson]) -> None:
    one = lesson(Shape(rate_kbps=150, queue_ms=300, delay_ms=25), cameras=4)
    one.last(10)
    paused = {track for _, track, _ in one.told("paused")}
    assert paused and paused < set(one.tracks)
    assert one.kbps(5, 10) < 150


def test_a_lone_picture_larger_than_lines_begin_with_is_seen(lesson: type[Lesson]) -> None:
    """Nobody speaks, so nothing else would ever go out on the line and show what it carries."""
    one = lesson(Shape(delay_ms=25), layers=1, speaks=False)
    one.last(5)
    assert min(at for at, track, _ in one.told("fed") if track == one.tracks[0]) < 0.5
    assert one.kbps(2, 5) > 1500
    assert not one.told("paused")


@pytest.mark.parametrize("rate_kbps", [1950, 2050, 2150, 2250])
def test_a_picture_that_only_just_did_not_fit_comes_when_the_line_is_better(
    lesson: type[Lesson], rate_kbps: int
) -> None:
    """It needs 1,980 kb/s with the voice, a tenth more to be gone up to: the line is explored until then."""
    one = lesson(Shape(rate_kbps=rate_kbps, queue_ms=300, delay_ms=25), layers=1)
    one.last(20)
    one.receiver.line.reshape(one.now, Shape(delay_ms=25))
    one.last(15)
    assert one.kbps(30, 35) > 1500
