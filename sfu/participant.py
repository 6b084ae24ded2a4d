"""A participant and what they publish. Plain state: the room that owns them holds the rules."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal

from sfu.events import Event, Listener
from sfu.parameters import Kind, ReceiverNumbers
from sfu.slots import Slot
from sfu.transport import Transport

Role = Literal["host", "member", "guest"]
Source = Literal["microphone", "camera", "screen", "screen_audio"]
Path = Literal["send", "receive"]

KIND_OF: dict[Source, Kind] = {
    "microphone": "audio",
    "camera": "video",
    "screen": "video",
    "screen_audio": "audio",
}


def new_id(prefix: str) -> str:
    """A random id: a letter that says what it names, and 72 bits."""
    return prefix + secrets.token_urlsafe(9)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who wants to come in, as the ticket says. `device` tells two pages of one person apart; `encoder`: not a page,
    but a program that publishes by WHIP."""

    person: str
    name: str
    role: Role
    device: str
    encoder: bool = False


@dataclass(slots=True, eq=False)
class Track:
    """A published track.

    `on` is what its owner says, `muted` what a host decided, `allowed` the right to be forwarded (floor and mute);
    `forwarded` is what the worker was last told: on and allowed. `active` are the layers (index, lowest first) whose
    packets arrive at the worker, `unused` those that nobody has received for a while: their owner need not send them.
    """

    id: str
    participant: Participant
    source: Source
    kind: Kind
    scales: list[float]
    on: bool
    width: int = 0
    height: int = 0
    muted: bool = False
    allowed: bool = False
    forwarded: bool = False
    handle: int = -1
    codec: str = ""
    active: set[int] = field(default_factory=set)
    unused: set[int] = field(default_factory=set)

    @property
    def visible(self) -> bool:
        """Whether a video slot may carry it now."""
        return self.kind == "video" and self.forwarded


@dataclass(slots=True, eq=False)
class Participant:
    """One presence in a room. `joined_at` is Unix time; `suspended_at` (monotonic) is set while no socket is there.

    `resume_digest` is the SHA-256 of the token that brings the page back after that.
    """

    id: str
    number: int
    arrival: Arrival
    joined_at: float
    cname: str
    listener: Listener | None
    send: Transport
    receive: Transport
    suspended_at: float | None = None
    resume_digest: bytes | None = None
    tracks: dict[Source, Track] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    numbers: ReceiverNumbers | None = None
    """What this receiver calls things, where it is not what slots are by default; only its codecs are fed to it."""

    @property
    def person(self) -> str:
        """The platform's id of the person."""
        return self.arrival.person

    @property
    def name(self) -> str:
        """The display name."""
        return self.arrival.name

    @property
    def role(self) -> Role:
        """What the ticket lets them do here."""
        return self.arrival.role

    @property
    def video_slots(self) -> list[Slot]:
        """Video slots, oldest first."""
        return [slot for slot in self.slots.values() if slot.kind == "video"]

    def takes(self, track: Track) -> bool:
        """Whether this participant's slots may carry the track: it is another's, and in a codec they know."""
        return track.participant is not self and (self.numbers is None or track.codec in self.numbers.payload_types)

    def transport(self, path: Path) -> Transport:
        """The transport of one direction."""
        return self.send if path == "send" else self.receive

    def track(self, track_id: str) -> Track | None:
        """An own track by id."""
        return next((track for track in self.tracks.values() if track.id == track_id), None)

    def tell(self, event: Event) -> None:
        """Let the page know, if it is there."""
        if self.listener is not None:
            self.listener(event)

    def gone(self) -> None:
        """They have left: tracks and slots point at their owner, who points at them no more. All of it is freed with
        the last reference, and not when the collector comes."""
        self.listener = None
        self.tracks.clear()
        self.slots.clear()
