"""Slots of one participant: what each shall carry, by the page's wishes and the room's choice. No commands here."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sfu.parameters import Kind, RtpParameters

if TYPE_CHECKING:
    from sfu.participant import Participant, Track

AUDIO_SLOTS = 3
"""Audio slots of a participant: the loudest three of those who hold the floor."""

DEFAULT_HEIGHT = 180
"""Height asked for by a video slot no `view` has named yet, in pixels."""

UNKNOWN_HEIGHT = 720
"""Height taken for a picture whose publisher did not say it."""

_RESERVED_SSRCS = frozenset({0, 1234})
"""0 means "not known" to the worker, and 1234 is mediasoup-client's probator."""


class SsrcPool:
    """SSRCs of slots, random and distinct on the whole node (RFC 3550, section 8)."""

    def __init__(self) -> None:
        self._used: set[int] = set()

    def take(self) -> int:
        """A new SSRC."""
        while True:
            ssrc = secrets.randbits(32)
            if ssrc not in self._used and ssrc not in _RESERVED_SSRCS:
                self._used.add(ssrc)
                return ssrc

    def give_back(self, ssrcs: Iterable[int]) -> None:
        """SSRCs whose slots are gone."""
        self._used.difference_update(ssrcs)


class Slot:
    """One outgoing stream of a participant's receive transport.

    `wanted` is the track the page asked for, or None for the room's choice. `target` is what the worker was last told
    (uptrack handle or -1, layer, rank); `live` is the track whose packets leave now, as the worker reported it, or,
    while `paused`, the one whose packets the receiver's line does not carry.
    """

    __slots__ = (
        "handle",
        "id",
        "kind",
        "live",
        "max_height",
        "mid",
        "owner",
        "parameters",
        "paused",
        "rtx_ssrc",
        "ssrc",
        "target",
        "wanted",
    )

    def __init__(
        self, id: str, kind: Kind, mid: str, ssrc: int, rtx_ssrc: int, parameters: RtpParameters, owner: Participant
    ) -> None:
        self.id = id
        self.kind: Kind = kind
        self.mid = mid
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.parameters = parameters
        self.owner = owner
        self.handle = -1
        self.wanted: str | None = None
        self.max_height = DEFAULT_HEIGHT
        self.target: tuple[int, int, int] = (-1, 0, RANK_REST)
        self.live: Track | None = None
        self.paused = False


RANK_REST = 0
"""Ranks by which a thin line is divided, higher first (`_allocator.pxd`): the worker itself lifts whoever has spoken
lately out of the rest, to 1."""

RANK_STAGE = 2
RANK_SCREEN = 3
RANK_HOST_SCREEN = 4


def line_rank(slot: Slot, track: Track, slots: Iterable[Slot]) -> int:
    """How much the slot's track matters to the page: screens, then the picture it shows larger than all others."""
    if track.source == "screen":
        return RANK_HOST_SCREEN if track.participant.role == "host" else RANK_SCREEN
    others = [other.max_height for other in slots if other is not slot]
    return RANK_STAGE if others and slot.max_height > max(others) else RANK_REST


def choose_layer(height: int, scales: Sequence[float], max_height: int) -> int:
    """The highest layer that is not taller than `max_height`, else the lowest.

    `height` is the captured picture's (0: not known), `scales` the divisors of the layers, lowest layer first.
    """
    chosen = 0
    for index, scale in enumerate(scales):
        if int((height or UNKNOWN_HEIGHT) / scale) <= max_height:
            chosen = index
    return chosen


def rank(track: Track, holds_floor: bool) -> tuple[int, str, str]:
    """The room's order: screens, cameras of floor holders, of hosts, then the register by name."""
    owner = track.participant
    if track.source == "screen":
        group = 0
    elif holds_floor:
        group = 1
    elif owner.role == "host":
        group = 2
    else:
        group = 3
    return group, owner.name.casefold(), track.id


REGISTER = 3
"""The group of `rank` whose members do not displace one another."""


def assign(
    slots: Sequence[Slot], ranked: Sequence[tuple[int, Track]], shown: dict[str, Track]
) -> dict[str, Track | None]:
    """Which track each video slot shall carry, by slot id.

    `ranked` are the visible tracks of others with their group, best first; `shown` is what each of the room's own
    choices carried so far, by slot id. A slot asked for a track gets it while it is visible. The other slots that are
    not paused get the best remaining tracks: a chosen track keeps its slot, none appears twice, and within the register
    those who are shown stay.
    """
    visible = {track.id: track for _, track in ranked}
    result: dict[str, Track | None] = {}
    free: list[Slot] = []
    named: set[str] = set()
    for slot in slots:
        result[slot.id] = None
        if slot.wanted is not None:
            named.add(slot.wanted)
            if slot.max_height > 0:
                result[slot.id] = visible.get(slot.wanted)
        elif slot.max_height > 0:
            free.append(slot)
    if not free:
        return result
    staying = {shown[slot.id].id for slot in free if slot.id in shown}
    candidates = [(group, track) for group, track in ranked if track.id not in named]
    before = [track for group, track in candidates if group < REGISTER]
    register = [track for group, track in candidates if group >= REGISTER]
    register.sort(key=lambda track: track.id not in staying)  # stable: the register's order within both halves
    chosen = {track.id: track for track in (before + register)[: len(free)]}
    empty: list[Slot] = []
    for slot in free:
        kept = shown.get(slot.id)
        if kept is not None and kept.id in chosen:
            result[slot.id] = chosen.pop(kept.id)
        else:
            empty.append(slot)
    for slot, track in zip(empty, chosen.values(), strict=False):
        result[slot.id] = track
    return result
