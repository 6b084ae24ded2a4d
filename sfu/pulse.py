"""Whether a packet worker's loop still turns. Does no I/O: whoever calls it reads the worker's clock.

A worker notes the time of each turn, at least four times a second. Seconds are only counted while somebody looks: when
the whole process stood still (a debugger, a paused machine, a page of memory that was long in coming), the worker is
not blamed for the time nobody looked.
"""

from __future__ import annotations

from typing import Final

STOPPED_SECONDS: Final = 1.5
"""Without a turn for so long, a loop has stopped: six turns are missing, and it is noticed within 2 s."""

LOOK_SECONDS: Final = 0.2
"""The most that one look can count: looks come every 100 ms."""


class Pulse:
    """The turns of one worker's loop, as seen from outside."""

    def __init__(self) -> None:
        self.still = 0.0
        """Seconds without a turn, as far as they were looked at."""
        self._turn: float | None = None
        self._looked = 0.0

    @property
    def stopped(self) -> bool:
        """Whether the loop does not turn any more."""
        return self.still >= STOPPED_SECONDS

    def look(self, turn: float, now: float) -> bool:
        """The last turn was then; 0.0: none yet. Tells whether it has stopped."""
        if turn == 0.0 or turn != self._turn:
            self.still = 0.0
        else:
            self.still += min(LOOK_SECONDS, max(0.0, now - self._looked))
        self._turn, self._looked = turn, now
        return self.stopped
