"""When something was captured: the RTP timestamps of all streams of a tap on one clock. No I/O; takes the time.

Sender reports say which moment of the media node's clock a timestamp stands for. Until a stream's first one comes, and
where timestamps jump away from what the reports said, arrival is taken for capture.
"""

from __future__ import annotations

from collections import Counter, deque

from hls.rtp import SenderReport, extend

REPORTS_REMEMBERED = 16
"""Reports whose fastest tells how the two clocks stand to each other: one that came late only seems to."""
EARLIEST = 0.5
"""Seconds by which something may seem to come before it was captured."""
LATEST = 3.0
"""Seconds after which nobody waits for anything any more."""
STRAY_SECONDS = 0.5
"""How long timestamps must be off until they are believed to have jumped for good."""


class NodeClock:
    """How the media node's clock stands to ours. Shared by all streams of a tap."""

    def __init__(self) -> None:
        self._samples: deque[float] = deque(maxlen=REPORTS_REMEMBERED)
        self.shift = 0.0
        """Seconds to add to a time of the node's."""

    def observe(self, unix: float, now: float) -> None:
        """A report that was sent at `unix` by the node's clock has come."""
        self._samples.append(now - unix)
        self.shift = min(self._samples)


class Timeline:
    """One stream.

    Args:
        rate: ticks of its timestamps in a second.
        clock: the node's.
        counts: takes `jump` (timestamps that went on elsewhere) and `astray` (packets that fit nowhere).
    """

    def __init__(self, rate: int, clock: NodeClock, counts: Counter[str]) -> None:
        self._rate = rate
        self._clock = clock
        self._counts = counts
        self._last = 0
        self._last_came = 0.0
        self._anchor: tuple[int, float] | None = None
        self._reported = False
        self._astray_since: float | None = None

    def report(self, report: SenderReport, now: float) -> None:
        """Takes what the node says; `clock` has observed it. One that does not fit what came is not believed."""
        if self._anchor is None:
            self._last, self._last_came = report.timestamp, now
        ticks = extend(report.timestamp, self._last, 32)
        at = report.unix + self._clock.shift + (self._last - ticks) / self._rate
        if not self._last_came - LATEST <= at <= self._last_came + EARLIEST:
            self._counts["report_astray"] += 1
            return
        self._anchor = (ticks, report.unix)
        self._reported = True

    def place(self, timestamp: int, now: float) -> float | None:
        """When this was captured, Unix time by our clock; None where it cannot be told. `now`: when it came."""
        if self._anchor is None:
            self._begin(timestamp, now)
        ticks = extend(timestamp, self._last, 32)
        at = self._at(ticks)
        if now - LATEST <= at <= now + EARLIEST:
            self._astray_since = None
            self._last, self._last_came = ticks, now
            if not self._reported and at > now:
                # It came faster than the first one: that one had been held up.
                self._anchor = (ticks, now)
                at = now
            return at
        if self._astray_since is None:
            self._astray_since = now
        if now - self._astray_since < STRAY_SECONDS:
            self._counts["astray"] += 1
            return None
        self._counts["jump"] += 1
        self._begin(timestamp, now)
        return now

    def _begin(self, timestamp: int, now: float) -> None:
        """From here on arrival is taken for capture."""
        self._anchor = (timestamp, now)
        self._last, self._last_came = timestamp, now
        self._reported = False
        self._astray_since = None

    def _at(self, ticks: int) -> float:
        assert self._anchor is not None
        first, unix = self._anchor
        at = unix + (ticks - first) / self._rate
        return at + self._clock.shift if self._reported else at
