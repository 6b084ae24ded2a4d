"""The room as one participant is told of it: kept up to date from the server's messages."""

from __future__ import annotations

from signalling.messages import (
    Feeds,
    Floor,
    HandInfo,
    Hands,
    Joined,
    ParticipantInfo,
    ParticipantJoined,
    ParticipantLeft,
    ServerMessage,
    SpeakerInfo,
    Speakers,
    TrackInfo,
    TrackPublished,
    TrackUnpublished,
    TrackUpdated,
)


class RoomView:
    """What a page would show."""

    def __init__(self) -> None:
        self.participants: dict[str, ParticipantInfo] = {}
        self.tracks: dict[str, TrackInfo] = {}
        self.hands: list[HandInfo] = []
        self.floor: list[str] = []
        self.feeds: dict[str, str | None] = {}
        """Slot id -> track id."""
        self.speakers: list[SpeakerInfo] = []

    def take(self, message: ServerMessage) -> None:
        """Apply a message of the server; those that change nothing here are ignored."""
        match message:
            case Joined():
                self.participants = {p.id: p for p in message.participants}
                self.tracks = {t.id: t for t in message.tracks}
                self.hands, self.floor = list(message.hands), list(message.floor)
                self.feeds = {f.slot: f.track for f in message.feeds}
                self.speakers = []
            case ParticipantJoined():
                self.participants[message.participant.id] = message.participant
            case ParticipantLeft():
                self.participants.pop(message.participant, None)
                self.tracks = {t.id: t for t in self.tracks.values() if t.participant != message.participant}
            case TrackPublished() | TrackUpdated():
                self.tracks[message.track.id] = message.track
            case TrackUnpublished():
                self.tracks.pop(message.track, None)
            case Hands():
                self.hands = list(message.hands)
            case Floor():
                self.floor = list(message.holders)
            case Feeds():
                self.feeds.update({f.slot: f.track for f in message.feeds})
            case Speakers():
                self.speakers = list(message.speakers)
            case _:
                pass

    def track_of(self, participant: str, source: str) -> TrackInfo | None:
        """A participant's track by source."""
        return next((t for t in self.tracks.values() if (t.participant, t.source) == (participant, source)), None)
