"""Whether a source's H264 can be delivered as it is, and what becomes of it then. No I/O.

It can while it keeps what players and segments need: one parameter set, at least ten pictures a second in the order in
which they are shown, upright, and a keyframe before a segment grows too long (one is asked for in time).
"""

from __future__ import annotations

from msgspec import Struct

from hls.depacketise import PPS, SPS, START_CODE, units
from hls.ingest import Seen

LEAST_RATE = 10.0
"""Pictures a second."""
LONGEST = 0.4
"""Seconds from one picture to the next at most."""
PROVEN = 2.0
"""Seconds a source must have kept everything until it is passed through."""
AGAIN = 10.0
"""Seconds until it is tried again after it failed; twice as long each time."""
LONGEST_BAN = 320.0
ASK = 0.8
"""Share of a segment after which a keyframe is asked for."""
GROWN = 1.08
"""Share of a segment it may have until a keyframe must have come."""
_DELIMITER = 9


class Unit(Struct, frozen=True):
    """A picture of a source, taken apart."""

    seen: Seen
    data: bytes
    """Without parameter sets."""
    parameters: bytes
    """SPS and PPS with start codes, where it brings them."""


def take_apart(seen: Seen) -> Unit:
    """Parameter sets aside."""
    picture, parameters = [], []
    for unit in units(seen.picture.data):
        kind = unit[0] & 31
        if kind in {SPS, PPS}:
            parameters.append(START_CODE + unit)
        elif kind != _DELIMITER:
            picture.append(START_CODE + unit)
    whole = {unit[len(START_CODE)] & 31 for unit in parameters if len(unit) >= len(START_CODE) + 4} >= {SPS, PPS}
    return Unit(seen, b"".join(picture), b"".join(parameters) if whole else b"")


class Scout:
    """Watches a source and says when it may be passed through, and when not any more.

    Args:
        segment: what a segment lasts, seconds.
    """

    def __init__(self, segment: float) -> None:
        self.allowed = False
        """Whether passing through may be thought of at all."""
        self.parameters = b""
        """The parameter set of what is watched."""
        self._segment = segment
        self._since: float | None = None
        self._times: list[float] = []
        self._keyframe = 0.0
        self._begun = 0.0
        self._entered = 0.0
        self._ban = AGAIN
        self._banned_until = float("-inf")

    def note(self, unit: Unit) -> bool:
        """Takes the next picture of the source. False when one that is passed through has not kept to the rules."""
        seen, picture = unit.seen, unit.seen.picture
        at = seen.captured
        broken = (
            picture.codec != "H264"
            or picture.orientation != 0
            or (bool(self._times) and not 0 < at - self._times[-1] <= LONGEST)
            or (picture.keyframe and bool(unit.parameters) and unit.parameters != self.parameters)
        )
        if broken:
            self._since = None
            self._times.clear()
        if picture.codec != "H264":
            self.parameters = b""
            return False
        if picture.keyframe:
            self.parameters = unit.parameters or self.parameters
            self._keyframe = at
            if self._since is None:
                self._since = at
            if at - self._begun >= 0.75 * self._segment:
                self._begun = at
        self._times.append(at)
        while at - self._times[0] > PROVEN:
            self._times.pop(0)
        slow = at - self._entered > PROVEN and len(self._times) < LEAST_RATE * PROVEN * 0.9
        return not broken and not slow and at - self._begun <= GROWN * self._segment

    @property
    def proven(self) -> bool:
        """Whether, as far as has been seen, it can be passed through from its next keyframe on."""
        return bool(
            self.allowed
            and self.parameters
            and self._since is not None
            and self._times[-1] >= self._banned_until
            and self._times[-1] - self._since >= PROVEN
            and len(self._times) >= LEAST_RATE * PROVEN * 0.9
        )

    def begin(self, at: float) -> None:
        """It is passed through from this moment on, with a keyframe."""
        self._begun = self._entered = at

    def failed(self, at: float) -> None:
        """It is not passed through any more: not again for a while."""
        if at - self._entered > LONGEST_BAN:
            self._ban = AGAIN
        self._banned_until = at + self._ban
        self._ban = min(LONGEST_BAN, 2 * self._ban)
        self._since = None

    def wants_keyframe(self, passing: bool) -> bool:
        """Whether a keyframe should be asked for."""
        if not self._times:
            return False
        if passing:
            return self._times[-1] - self._begun >= ASK * self._segment
        return self.proven and self._times[-1] - self._keyframe >= PROVEN
