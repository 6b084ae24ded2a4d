"""How busy a packet worker is: what rooms are placed by. Does no I/O; whoever calls it reads the worker's clock."""

from __future__ import annotations

from typing import Final

SAMPLE_SECONDS: Final = 1.0
"""Least time between two looks at a worker's CPU clock."""

SMOOTHING: Final = 0.3
"""Weight of the newest second."""

PROMISE: Final = 0.02
"""What a new room is taken to need of a processor, until it shows what it needs."""

PROMISE_SECONDS: Final = 30.0
"""How long that is believed, less and less: so long people take to come in and switch their cameras on."""


class Load:
    """The share of one processor that a worker's thread uses, smoothed, and what rooms just placed will add to it."""

    def __init__(self) -> None:
        self.share = 0.0
        """CPU seconds a second, smoothed."""
        self._promised = 0.0
        self._promised_at = 0.0
        self._cpu_ns = 0
        self._at: float | None = None

    def due(self, now: float) -> bool:
        """Whether it is time to look again."""
        return self._at is None or now - self._at >= SAMPLE_SECONDS

    def sample(self, cpu_ns: int, now: float) -> None:
        """The worker's thread has used so much CPU in its whole life."""
        if self._at is not None and now > self._at:
            newest = max(0, cpu_ns - self._cpu_ns) / 1e9 / (now - self._at)
            self.share += SMOOTHING * (newest - self.share)
        self._cpu_ns, self._at = cpu_ns, now

    def promise(self, now: float) -> None:
        """A room was placed here."""
        self._promised = self._left(now) + PROMISE
        self._promised_at = now

    def expected(self, now: float) -> float:
        """The share to count with, in steps of a percent: what differs by less is even."""
        return round(self.share + self._left(now), 2)

    def _left(self, now: float) -> float:
        return self._promised * max(0.0, 1.0 - (now - self._promised_at) / PROMISE_SECONDS)
