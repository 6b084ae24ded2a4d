"""The estimator as a whole: feedback in, an estimate out; receivers without such feedback; hostile ones."""

import random

from sfu._arrivals import Arrivals
from sfu._estimator import Estimator
from tests.unit.sfu.test_twcc import packet

SECOND = 1_000_000


def converse(estimator: Estimator, seconds: float, *, bps: int = 250_000, start: int = SECOND) -> int:
    """Packets of 1000 bytes over a line without a queue, 40 ms long, fed back every 50 ms; when it ended."""
    log, now, owed = Arrivals(), start, 0.0
    end = start + int(seconds * SECOND)
    while now < end:
        owed += bps / 8 / 100
        while owed > 0:
            log.add(estimator.sent(now, 1000), now + 40_000)
            owed -= 1000
        if now // 10_000 % 5 == 0 and (feedback := log.write()):
            assert estimator.feedback(now + 40_000, feedback)
        now += 10_000
    now += 50_000
    assert estimator.feedback(now, log.write())
    return now


def test_nothing_is_known_before_feedback() -> None:
    estimator = Estimator()
    estimator.sent(SECOND, 1000)
    assert estimator.bps == 0 and not estimator.tick(2 * SECOND, 5_000_000)


def test_it_grows_while_the_line_carries_what_is_sent() -> None:
    estimator = Estimator()
    converse(estimator, 10, bps=2_000_000)
    assert 500_000 < estimator.bps < 1_000_000
    assert estimator.state()["signal"] == "normal"


def test_probes_begin_when_more_is_wanted_and_only_then() -> None:
    estimator = Estimator()
    now = converse(estimator, 1)
    assert not estimator.tick(now, 200_000) and estimator.due(now) is None
    assert estimator.tick(now, 5_000_000)
    due = estimator.due(now)
    assert due is not None and due[0] > 0 and 0 < due[1] <= 255


def test_silence_lowers_it_while_packets_leave() -> None:
    estimator = Estimator()
    now = converse(estimator, 5, bps=800_000)
    before = estimator.bps
    for i in range(40):
        estimator.sent(now + i * 100_000, 1000)
        estimator.tick(now + i * 100_000, 0)
    assert 0.4 * before < estimator.bps < 0.7 * before
    quiet = Estimator()
    now = converse(quiet, 5, bps=800_000)
    before = quiet.bps
    quiet.tick(now + 10 * SECOND, 0)
    assert quiet.bps == before, "nothing was sent, so nothing can be heard"


def test_remb_is_followed_and_losses_lower_it() -> None:
    estimator = Estimator()
    estimator.remb(SECOND, 900_000)
    assert estimator.bps == 900_000
    for i in range(10):
        estimator.report(2 * SECOND + i * SECOND, 25, 100, 80_000)
    assert estimator.bps < 500_000
    estimator.remb(20 * SECOND, 100_000)
    assert estimator.bps == 100_000


def test_remb_is_not_asked_where_feedback_says_more() -> None:
    estimator = Estimator()
    now = converse(estimator, 2)
    before = estimator.bps
    estimator.remb(now, 50_000)
    estimator.report(now, 50, 100)
    assert estimator.bps == before


def test_feedback_about_what_was_never_sent_changes_nothing() -> None:
    estimator = Estimator()
    for number in (0, 1, 5000, 65000):
        assert estimator.feedback(SECOND, packet(number, 100, 0, b"\x20\x64" + bytes(100)))
    assert estimator.bps == 0
    for _ in range(10):
        estimator.sent(SECOND, 1000)
    assert estimator.feedback(2 * SECOND, packet(10, 100, 0, b"\x20\x64" + bytes(100)))
    assert estimator.bps == 0


def test_hostile_feedback_keeps_it_within_bounds() -> None:
    rng = random.Random(11)
    estimator, now = Estimator(), SECOND
    for _ in range(3000):
        now += rng.choice((1, 1000, 50_000, 2 * SECOND))
        for _ in range(rng.randrange(30)):
            estimator.sent(now, rng.randrange(1, 1400))
        count = rng.randrange(1, 300)
        reference = rng.choice((0, -(1 << 23), (1 << 23) - 1, rng.randrange(1 << 24)))
        body = rng.choice(
            (
                (0x4000 | count).to_bytes(2, "big") + rng.randbytes(2 * count),
                (0x2000 | count).to_bytes(2, "big") + rng.randbytes(count),
                rng.randbytes(300),
            )
        )
        estimator.feedback(now, packet(rng.randrange(1 << 16), count, reference, body))
        estimator.tick(now, rng.choice((0, 10_000_000, 1 << 40)))
        estimator.due(now)
        assert estimator.bps == 0 or 30_000 <= estimator.bps <= 1_000_000_000
