"""How long an event loop stood still. Does no I/O; whoever calls it reads the clock."""

from __future__ import annotations

from typing import Final

HALF_SECONDS: Final = 30.0
"""Half of what is looked back at: a minute, at least half of one, so that every scrape sees what was between."""


class Lag:
    """The longest that a steady tick was late, of the last half to whole minute."""

    def __init__(self) -> None:
        self._newer = 0.0
        self._older = 0.0
        self._turned = 0.0

    @property
    def worst(self) -> float:
        """Seconds."""
        return max(self._newer, self._older)

    def note(self, due: float, now: float) -> None:
        """A tick that was due then came now."""
        if now - self._turned >= HALF_SECONDS:
            self._older, self._newer, self._turned = self._newer, 0.0, now
        self._newer = max(self._newer, now - due)
