"""How soon the turns of a packet worker follow each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sfu._cadence import Cadence

BEGIN = 5_000_000
MOST = 5000


class Turns:
    """Turns of one worker, each as long as `needs` says of the time since the one before began (us)."""

    def __init__(self) -> None:
        self.cadence = Cadence()
        self.now = self.began = BEGIN

    def go_on(self, seconds: float, needs: Callable[[int], int]) -> tuple[list[int], float]:
        """How long after its beginning each turn held the next one back (0: it did not), and the share of the time that
        was turns in the last half second."""
        end, held, busy = self.now + round(seconds * 1e6), [], 0
        while self.now < end:
            took = needs(self.now - self.began)
            self.began = self.now
            next_us = self.cadence.turn(self.began, self.began + took)
            held.append(next_us - self.began if next_us else 0)
            self.now = max(self.began + took, next_us, self.began + 400)
            busy += took if self.began >= end - 500_000 else 0
        return held, busy / 500_000


def always(share: float) -> Callable[[int], int]:
    """Turns that fill so much of the time however far apart they are."""
    return lambda gap: max(1, round(gap * share))


def cheaper_together(gap: int) -> int:
    """400 us for every turn and 0.6 of the time for what has come: never over, one at once after the other."""
    return 400 + round(0.6 * gap)


def test_turns_that_leave_some_time_follow_at_once() -> None:
    held, _ = Turns().go_on(2, always(0.9))
    assert set(held) == {0}


def test_turns_that_fill_the_time_come_to_be_apart_until_they_do_not() -> None:
    held, busy = Turns().go_on(5, cheaper_together)
    assert held[0] == 0
    assert 0.8 <= busy < 0.92
    assert len(set(held[-100:])) == 1, "found once, it stays"
    assert 1000 <= held[-1] <= 2000, "no further apart than it takes"


def test_no_load_brings_them_further_apart_than_five_milliseconds() -> None:
    held, _ = Turns().go_on(5, always(0.99))
    assert held[-1] == max(held) == MOST


def test_they_come_together_again_when_there_is_less_to_do() -> None:
    turns = Turns()
    turns.go_on(5, always(0.99))
    held, _ = turns.go_on(1, always(0.85))
    assert set(held) == {MOST}, "neither too much nor little"
    held, _ = turns.go_on(2, always(0.5))
    assert held[-1] == 0


def test_what_is_left_in_the_socket_is_read_at_once() -> None:
    turns = Turns()
    turns.go_on(5, always(0.99))
    assert turns.cadence.turn(turns.now, turns.now + 500, left=True) == 0
    assert turns.cadence.turn(turns.now + 500, turns.now + 1000) == turns.now + 500 + MOST


@pytest.mark.parametrize(
    ("due_ms", "since_asked_us", "waited_ms"),
    [
        (3, 0, 3),  # something else is due before: reports are looked at then
        (12, 0, 12),
        (13, 0, 10),
        (90, 0, 10),
        (90, 999_999, 10),
        (90, 1_000_000, 25),  # nobody has lost anything for a second
        (27, 1_000_000, 27),
        (28, 1_000_000, 25),
        (0, 1_000_000, 0),
    ],
)
def test_reports_lie_longer_where_nobody_asks_for_repeats(due_ms: int, since_asked_us: int, waited_ms: int) -> None:
    assert Cadence.wait(due_ms, since_asked_us) == waited_ms
