"""A line in one direction, modelled: its rate, its queue, what it loses, and the order of what it carries."""

from __future__ import annotations

import itertools

import pytest

from loadtest.shaping import OVERHEAD, Direction, Shape

PACKET = 1000 - OVERHEAD
"""Bytes of a datagram that takes 8 ms on a megabit a second."""


def carried(line: Direction[int], until: float) -> list[tuple[float, int]]:
    """What comes out, each with the moment at which the line says it does."""
    found = []
    while (at := line.next_at()) is not None and at <= until:
        found += [(at, thing) for thing in line.take(at)]
    return found


def sent(shape: Shape, packets: int, every: float = 0.0, seed: str = "line") -> list[tuple[float, int]]:
    """So many packets enter, one `every` so many seconds; what comes out."""
    line = Direction[int](shape, seed)
    found: list[tuple[float, int]] = []
    for number in range(packets):
        found += carried(line, number * every)
        line.put(number * every, number, PACKET)
    return found + carried(line, packets * every + 1000)


def test_packets_leave_at_the_lines_rate_and_travel_for_its_delay() -> None:
    came = sent(Shape(rate_kbps=1000, delay_ms=50, queue_ms=1000), 10)
    assert [number for _, number in came] == list(range(10))
    assert [at for at, _ in came] == pytest.approx([0.050 + 0.008 * (n + 1) for n in range(10)])


def test_without_a_rate_everything_leaves_at_once() -> None:
    assert [at for at, _ in sent(Shape(delay_ms=20), 100)] == pytest.approx([0.020] * 100)


def test_the_queue_drops_what_would_wait_too_long() -> None:
    came = sent(Shape(rate_kbps=1000, queue_ms=40), 20)
    assert [number for _, number in came] == list(range(6)), "five that wait 40 ms, and the one that still may"


def test_a_queue_may_be_bounded_by_bytes() -> None:
    assert len(sent(Shape(rate_kbps=1000, queue_ms=1000, queue_bytes=3000), 20)) == 3


def test_what_waits_is_served_at_the_new_rate() -> None:
    line = Direction[int](Shape(rate_kbps=1000), "line")
    for number in range(2):
        line.put(0.0, number, PACKET)
    line.reshape(0.004, Shape(rate_kbps=100))
    assert [at for at, _ in carried(line, 10)] == pytest.approx([0.004 + 0.040, 0.004 + 0.040 + 0.080])


@pytest.mark.parametrize(("loss", "burst"), [(0.05, 1.0), (0.2, 1.0), (0.05, 4.0), (0.2, 8.0)])
def test_losses_have_their_share_and_their_length(loss: float, burst: float) -> None:
    packets = 40_000
    came = {number for _, number in sent(Shape(loss=loss, burst=burst), packets, every=0.001)}
    gone = [number not in came for number in range(packets)]
    runs = [sum(1 for _ in run) for lost, run in itertools.groupby(gone) if lost]
    assert sum(gone) / packets == pytest.approx(loss, rel=0.15)
    # Losses that come each by itself still meet by chance.
    assert sum(runs) / len(runs) == pytest.approx(burst if burst > 1 else 1 / (1 - loss), rel=0.15)


def test_jitter_delays_and_never_reorders() -> None:
    came = sent(Shape(delay_ms=10, jitter_ms=30), 500, every=0.001)
    assert [number for _, number in came] == list(range(500))
    ways = [at - number * 0.001 for at, number in came]
    assert min(ways) >= 0.010 - 1e-9 and max(ways) <= 0.040 + 1e-9
    assert max(ways) - min(ways) > 0.015


def test_the_same_seed_gives_the_same_line() -> None:
    shape = Shape(rate_kbps=5000, jitter_ms=10, loss=0.1, burst=3)
    assert sent(shape, 500, every=0.002) == sent(shape, 500, every=0.002)
    assert sent(shape, 500, every=0.002) != sent(shape, 500, every=0.002, seed="another")


def test_everything_is_accounted_for() -> None:
    line = Direction[int](Shape(rate_kbps=500, queue_ms=50, loss=0.2), "line")
    for number in range(400):
        line.put(number * 0.01, number, PACKET)
    carried(line, 1000)
    tally = line.tally
    assert tally.packets == 400 and tally.bytes == 400 * PACKET
    assert tally.delivered + tally.dropped + tally.lost == 400
    assert min(tally.delivered, tally.dropped, tally.lost) > 0


@pytest.mark.parametrize("shape", [{"loss": 1.0}, {"burst": 0.5}, {"rate_kbps": -1}, {"delay_ms": float("inf")}])
def test_a_line_that_cannot_be_is_refused(shape: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"cannot be negative|loss is a share"):
        Shape(**shape)  # type: ignore[arg-type]
