"""The floor of one room: who raised a hand, and who may be heard. No media here, only the rules."""

from __future__ import annotations

from typing import Literal

FloorPolicy = Literal["hand", "open"]
"""`hand`: members are heard only while they hold the floor. `open`: everybody is (a call)."""


class Floor:
    """Raised hands and floor holders, by participant id.

    Both are bounded by the participants of the room: each has at most one hand and one place, and `forget` is called
    when somebody leaves. Hosts need no floor; the room never puts them here.
    """

    def __init__(self, policy: FloorPolicy) -> None:
        self.policy: FloorPolicy = policy
        self._hands: dict[str, float] = {}
        self._holders: dict[str, None] = {}

    @property
    def hands(self) -> list[tuple[str, float]]:
        """Participants with a raised hand and when (Unix time, seconds) they raised it, first come first."""
        return list(self._hands.items())

    @property
    def holders(self) -> list[str]:
        """Participants who were given the floor, in that order."""
        return list(self._holders)

    def may_speak(self, participant: str) -> bool:
        """Whether a member may be heard now."""
        return self.policy == "open" or participant in self._holders

    def holds(self, participant: str) -> bool:
        """Whether the floor was given to this participant."""
        return participant in self._holders

    def raise_hand(self, participant: str, at: float) -> bool:
        """Raise a hand; a hand that is up keeps its place. Tells whether anything changed."""
        if participant in self._hands:
            return False
        self._hands[participant] = at
        return True

    def lower_hand(self, participant: str) -> bool:
        """Lower a hand. Tells whether it was up."""
        return self._hands.pop(participant, None) is not None

    def lower_all(self) -> list[str]:
        """Lower every hand; returns whose were up."""
        lowered = list(self._hands)
        self._hands.clear()
        return lowered

    def give(self, participant: str) -> bool:
        """Give the floor. Tells whether it was not held before."""
        if participant in self._holders:
            return False
        self._holders[participant] = None
        return True

    def take(self, participant: str) -> bool:
        """Take the floor back. Tells whether it was held."""
        if participant not in self._holders:
            return False
        del self._holders[participant]
        return True

    def take_all(self) -> list[str]:
        """Take the floor from everybody; returns who held it."""
        holders = list(self._holders)
        self._holders.clear()
        return holders

    def forget(self, participant: str) -> tuple[bool, bool]:
        """Somebody left. Tells whether a hand and whether a floor went with them."""
        return self.lower_hand(participant), self.take(participant)
