"""How long the event loop stood still, as an operator reads it at each scrape."""

from __future__ import annotations

from sfu.lag import HALF_SECONDS, Lag


def test_a_stall_is_seen_for_at_least_half_a_minute_and_then_forgotten() -> None:
    lag, now, seen = Lag(), 1000.0, []
    for tick in range(2000):
        due = now = now + 0.05
        if tick == 400:
            now += 2.0
        lag.note(due, now)
        seen.append((now, lag.worst))
    stalled = [at for at, worst in seen if worst == 2.0]
    assert max(worst for _, worst in seen) == 2.0
    assert HALF_SECONDS <= stalled[-1] - stalled[0] <= 2 * HALF_SECONDS
    assert seen[-1][1] == 0.0
