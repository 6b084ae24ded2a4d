"""How much one socket may ask of the server."""

from __future__ import annotations


class TokenBucket:
    """`rate` a second in the long run, `burst` at once. `now` is in seconds of any clock that only goes forward."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = now

    def take(self, now: float) -> bool:
        """Take one, if there is one."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
