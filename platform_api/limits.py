"""How many calls one person or one address may make: token buckets in a table of bounded size.

No I/O; the caller passes the time.
"""

from __future__ import annotations

from collections import OrderedDict

MAX_ENTRIES = 50_000
"""Callers remembered. Who is pushed out by others starts with a full bucket, as everybody new does."""


class Buckets:
    """So many calls a minute for each key (0: no limit), any of them at once after a quiet minute."""

    def __init__(self, per_minute: int, max_entries: int = MAX_ENTRIES) -> None:
        self._most = float(per_minute)
        self._rate = per_minute / 60.0
        self._max_entries = max_entries
        self._entries: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def take(self, key: str, now: float) -> float:
        """One call at `now` (monotonic seconds): 0.0 when it may go on, else seconds until one may."""
        if not self._most:
            return 0.0
        left, last = self._entries.pop(key, (self._most, now))
        left = min(self._most, left + (now - last) * self._rate)
        granted = left >= 1.0
        self._entries[key] = (left - 1.0 if granted else left, now)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)
        return 0.0 if granted else (1.0 - left) / self._rate
