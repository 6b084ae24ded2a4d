"""How soon the turns of a packet worker follow each other."""

from sfu._cadence import Cadence

REST = 2000


def drive(
    cadence: Cadence, share: float, *, turn_us: int = 1900, begin_us: int, seconds: float
) -> tuple[int, list[int]]:
    """Turns of `turn_us` each, which fill so much of the time; when the next begins, and how long after each one's
    beginning the next was held back (0: it was not)."""
    now, held = begin_us, []
    while now < begin_us + seconds * 1e6:
        next_us = cadence.turn(now, now + turn_us)
        held.append(next_us - now if next_us else 0)
        now = max(now + round(turn_us / share), next_us)
    return now, held


def test_turns_that_leave_some_time_follow_at_once() -> None:
    _, held = drive(Cadence(), 0.9, begin_us=5_000_000, seconds=2)
    assert set(held) == {0}


def test_turns_that_fill_the_time_rest_after_a_tenth_of_a_second() -> None:
    _, held = drive(Cadence(), 0.99, begin_us=5_000_000, seconds=0.3)
    assert held[0] == 0
    assert held.index(REST) <= 53
    assert set(held[held.index(REST) :]) == {REST}


def test_resting_goes_on_while_most_of_the_time_is_turns_and_ends_with_less() -> None:
    cadence = Cadence()
    now, _ = drive(cadence, 0.99, begin_us=5_000_000, seconds=0.3)
    now, held = drive(cadence, 0.85, turn_us=1700, begin_us=now, seconds=1)
    assert set(held) == {REST}
    now, held = drive(cadence, 0.7, turn_us=1400, begin_us=now, seconds=1)
    assert held[-1] == 0


def test_what_is_left_in_the_socket_is_read_at_once() -> None:
    cadence = Cadence()
    now, held = drive(cadence, 0.99, begin_us=5_000_000, seconds=0.3)
    assert held[-1] == REST
    assert cadence.turn(now, now + 500, left=True) == 0
    assert cadence.turn(now + 500, now + 1000) == now + 500 + REST
