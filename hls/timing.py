"""The numbers of a broadcast that never change while it runs (rules 1, 2, 3 and 7 of the origin)."""

from __future__ import annotations

import math

from msgspec import Struct


class Timing(Struct, frozen=True, kw_only=True):
    """Durations of one broadcast, seconds."""

    part_target: float = 1.0
    """PART-TARGET: a part lasts at most this and at least 85% of it, except the last of a segment."""
    segment_seconds: float = 4.0
    """What a segment lasts."""
    window_seconds: float = 60.0
    """How much media a live playlist lists; never less than 3 x TARGETDURATION."""
    exact_keyframes: bool = True
    """Whether keyframes come exactly every `segment_seconds`, as from an encoder of ours: a segment then ends with its
    last part instead of with the next keyframe."""

    @property
    def target_duration(self) -> int:
        """EXT-X-TARGETDURATION."""
        return math.ceil(self.segment_seconds)

    @property
    def hold_back(self) -> float:
        """HOLD-BACK, which is also the least that a live playlist holds: 3 x TARGETDURATION."""
        return 3.0 * self.target_duration

    @property
    def part_hold_back(self) -> float:
        """PART-HOLD-BACK: 3 x PART-TARGET."""
        return 3.0 * self.part_target

    @property
    def parts_per_segment(self) -> int:
        """Parts of a segment of the usual length."""
        return math.ceil(self.segment_seconds / self.part_target - 1e-9)

    @property
    def advance_limit(self) -> int:
        """Parts past the newest one that may be asked for (RFC 8216bis, 6.2.5.2)."""
        return math.ceil(3.0 / self.part_target) if self.part_target < 1.0 else 3
