"""Room state and room events as messages. Pure translation: sfu's words in, the wire's out."""

from __future__ import annotations

from typing import Any

from sfu import events
from sfu.parameters import ROUTER_CAPABILITIES
from sfu.participant import Participant, Track
from sfu.room import Room
from sfu.slots import Slot
from sfu.transport import Transport
from signalling import messages


def transport_info(transport: Transport) -> messages.TransportInfo:
    """A transport as mediasoup-client wants it."""
    return messages.TransportInfo(
        id=transport.id,
        iceParameters=transport.ice,
        iceCandidates=transport.candidates,
        dtlsParameters=transport.dtls,
    )


def participant_info(participant: Participant) -> messages.ParticipantInfo:
    """A participant as others see them."""
    return messages.ParticipantInfo(
        id=participant.id,
        person=participant.person,
        name=participant.name,
        role=participant.role,
        joined_at=participant.joined_at,
    )


def track_info(track: Track) -> messages.TrackInfo:
    """A track as everybody sees it."""
    return messages.TrackInfo(
        id=track.id,
        participant=track.participant.id,
        source=track.source,
        kind=track.kind,
        on=track.on,
        allowed=track.allowed,
        width=track.width,
        height=track.height,
    )


def slot_info(slot: Slot) -> messages.SlotInfo:
    """A slot, ready to be consumed."""
    return messages.SlotInfo(id=slot.id, kind=slot.kind, rtp_parameters=slot.parameters)


def feed_info(slot: Slot) -> messages.FeedInfo:
    """What a slot carries now."""
    return messages.FeedInfo(slot=slot.id, track=slot.live.id if slot.live is not None else None, paused=slot.paused)


def hand_infos(hands: list[tuple[str, float]]) -> list[messages.HandInfo]:
    """Raised hands, first come first."""
    return [messages.HandInfo(participant=participant, since=since) for participant, since in hands]


def joined(
    room: Room,
    participant: Participant,
    *,
    re: int | None,
    resume_token: str,
    resumed: bool,
    ice_servers: list[dict[str, Any]],
    now: float,
) -> messages.Joined:
    """The whole state of the room for one participant. `now` is Unix time."""
    return messages.Joined(
        re=re,
        participant=participant.id,
        room=room.id,
        title=room.title,
        role=participant.role,
        resume_token=resume_token,
        resumed=resumed,
        floor_policy=room.floor.policy,
        rtp_capabilities=ROUTER_CAPABILITIES,
        ice_servers=ice_servers,
        send=transport_info(participant.send),
        receive=transport_info(participant.receive),
        slots=[slot_info(slot) for slot in participant.slots.values()],
        participants=[participant_info(other) for other in room.participants.values()],
        tracks=[track_info(track) for track in room.tracks],
        hands=hand_infos(room.floor.hands),
        floor=room.floor.holders,
        feeds=[feed_info(slot) for slot in participant.slots.values()],
        started_at=room.started_at,
        now=now,
    )


def event_message(event: events.Event) -> messages.Message | None:
    """The message a room event becomes; None for those the session answers itself."""
    match event:
        case events.ParticipantJoined(participant):
            return messages.ParticipantJoined(participant=participant_info(participant))
        case events.ParticipantLeft(participant, reason):
            return messages.ParticipantLeft(participant=participant.id, reason=reason)
        case events.TrackPublished(track):
            return messages.TrackPublished(track=track_info(track))
        case events.TrackUpdated(track):
            return messages.TrackUpdated(track=track_info(track))
        case events.TrackUnpublished(track):
            return messages.TrackUnpublished(track=track.id)
        case events.HandsChanged(hands):
            return messages.Hands(hands=hand_infos(hands))
        case events.FloorChanged(holders):
            return messages.Floor(holders=holders)
        case events.FloorGiven(by):
            return messages.FloorGiven(by=by)
        case events.FloorTaken(by):
            return messages.FloorTaken(by=by)
        case events.TrackMuted(track, by):
            return messages.Muted(track=track.id, by=by)
        case events.SpeakersChanged(speakers):
            return messages.Speakers(
                speakers=[messages.SpeakerInfo(participant=participant, level=level) for participant, level in speakers]
            )
        case events.FeedsChanged(slots):
            return messages.Feeds(feeds=[feed_info(slot) for slot in slots])
        case events.LayersWanted(track):
            wanted = [index not in track.unused for index in range(len(track.scales))]
            return messages.Layers(track=track.id, wanted=wanted)
        case events.TransportFailed(code, message):
            return messages.Error(code=code, message=message)
        case events.Closed(reason):
            # For a page these are the same: come back with another ticket.
            return messages.Closed(reason="draining" if reason == "overloaded" else reason)
        case _:
            return None
