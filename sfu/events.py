"""What a room tells those who are in it. Signalling turns these into messages; nothing here is a wire format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sfu.participant import Participant, Track
    from sfu.slots import Slot

LeaveReason = Literal["left", "removed", "lost", "replaced"]
CloseReason = Literal["ended", "removed", "replaced", "left", "draining", "overloaded"]
"""`draining` and `overloaded`: not the end of the lesson; whoever hears it may come back with another ticket."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """To one who waited: the lobby has opened, and this is their presence in the room."""

    participant: Participant


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    """To one who waited: the lobby has opened, but there is no way in. Codes as in `Refused`."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ParticipantJoined:
    """Somebody came in."""

    participant: Participant


@dataclass(frozen=True, slots=True)
class ParticipantLeft:
    """Somebody went."""

    participant: Participant
    reason: LeaveReason


@dataclass(frozen=True, slots=True)
class TrackPublished:
    """A new track."""

    track: Track


@dataclass(frozen=True, slots=True)
class TrackUpdated:
    """A track is on, off, allowed, not allowed, or of another size."""

    track: Track


@dataclass(frozen=True, slots=True)
class TrackUnpublished:
    """A track is gone."""

    track: Track


@dataclass(frozen=True, slots=True)
class HandsChanged:
    """All raised hands, first come first: participant id and Unix time."""

    hands: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class FloorChanged:
    """Who holds the floor now."""

    holders: list[str]


@dataclass(frozen=True, slots=True)
class FloorGiven:
    """To the one who was given the floor."""

    by: str


@dataclass(frozen=True, slots=True)
class FloorTaken:
    """To the one whose floor was taken back."""

    by: str | None


@dataclass(frozen=True, slots=True)
class TrackMuted:
    """To the one whose track a host muted."""

    track: Track
    by: str


@dataclass(frozen=True, slots=True)
class SpeakersChanged:
    """Who is heard now, loudest first: participant id and level (RFC 6464: 0 loudest, 127 silent)."""

    speakers: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class FeedsChanged:
    """To the owner of the slots: their sources have changed."""

    slots: list[Slot]


@dataclass(frozen=True, slots=True)
class LayersWanted:
    """To the owner of a track: which of its layers somebody receives has changed (`Track.unused`)."""

    track: Track


@dataclass(frozen=True, slots=True)
class TransportFailed:
    """To the owner: a transport will never carry media (`dtls_fingerprint`, `dtls_failed`)."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The last thing a presence hears."""

    reason: CloseReason


Event = (
    Admitted
    | NotAdmitted
    | ParticipantJoined
    | ParticipantLeft
    | TrackPublished
    | TrackUpdated
    | TrackUnpublished
    | HandsChanged
    | FloorChanged
    | FloorGiven
    | FloorTaken
    | TrackMuted
    | SpeakersChanged
    | FeedsChanged
    | LayersWanted
    | TransportFailed
    | Closed
)

Listener = Callable[[Event], None]
"""Takes what a room tells one participant, on the room's own thread; it must not call back into the room."""

ReportName = Literal[
    "room_started",
    "participant_joined",
    "participant_left",
    "hand_raised",
    "hand_lowered",
    "floor_given",
    "floor_taken",
    "room_ended",
    "room_wanted",
]


@dataclass(frozen=True, slots=True)
class Report:
    """Something the platform hears of. `at` is Unix time in seconds."""

    event: ReportName
    at: float
    room: str
    participant: str | None = None
    person: str | None = None
    role: str | None = None
    data: dict[str, str] | None = None


Reporter = Callable[[Report], None]
