"""A room: who is in it. The live media of one lesson or call.

What they publish is in `sfu.publishing`, what they receive in `sfu.feeding`, hands and the floor in `sfu.moderation`,
what leaves for readers on this machine in `sfu.taps`.

Everything here runs on the node's one thread and does no I/O but commands to the packet worker. What changes is told to
listeners as `sfu.events`; requests that cannot be granted raise `Refused` and change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sfu import events
from sfu.errors import Refused
from sfu.feeding import Feeding
from sfu.floor import Floor, FloorPolicy
from sfu.link import WorkerLink
from sfu.moderation import Moderation
from sfu.participant import Arrival, Participant, Path, Track, new_id
from sfu.publishing import Publishing
from sfu.services import Services
from sfu.taps import Taps
from sfu.transport import FailureCause, Transport

LEVEL_STEP = 6
"""A speaker's level is told anew when it moved by this much (RFC 6464 units, dB)."""


@dataclass(frozen=True, slots=True)
class RoomPolicy:
    """What the platform decided for a room. `lobby`: members and guests wait until a host is in."""

    floor: FloorPolicy = "hand"
    max: int = 50
    lobby: bool = True


@dataclass(slots=True, eq=False)
class Visitor:
    """Somebody in the lobby."""

    arrival: Arrival
    listener: events.Listener


class Room:
    """One room on one packet worker."""

    def __init__(
        self, id: str, title: str, policy: RoomPolicy, *, link: WorkerLink, services: Services, now: float
    ) -> None:
        self.id = id
        self.title = title
        self.policy = policy
        self.link = link
        self.lane = link.lane()
        self.services = services
        self.started_at = services.unix(now)
        self.empty_since: float | None = now
        self.closed = False
        self.participants: dict[str, Participant] = {}
        self.visitors: list[Visitor] = []
        self.floor = Floor(policy.floor)
        self.handle = self.lane.make(link.worker.add_room)
        link.rooms[self.handle] = self
        self.feeding = Feeding(self)
        self.publishing = Publishing(self)
        self.moderation = Moderation(self)
        self.taps = Taps(self)
        self._speakers: list[tuple[str, int]] = []
        self._begun = False

    # --- who is here ---

    @property
    def host_present(self) -> bool:
        """Whether a host is in the room; one whose socket was lost counts until they have to leave."""
        return any(participant.role == "host" for participant in self.participants.values())

    @property
    def tracks(self) -> list[Track]:
        """All published tracks."""
        return [track for participant in self.participants.values() for track in participant.tracks.values()]

    @property
    def speakers(self) -> list[str]:
        """Participants who are heard, loudest first."""
        return [id for id, _ in self._speakers if id in self.participants]

    def enter(self, arrival: Arrival, listener: events.Listener, now: float) -> Participant | Visitor:
        """Let somebody in, or into the lobby. The same page's earlier presence goes at once.

        Raises `Refused` (`room_ended`, `call_full`, `overloaded`, `node_full`). The caller calls `open_lobby` when it
        has told the newcomer of the room.
        """
        if self.closed:
            raise Refused("room_ended", "this room has ended", fatal=True)
        self._replace(arrival, now)
        if arrival.role == "host":
            if len(self.participants) >= self.policy.max:
                raise Refused("call_full", "the room is full", fatal=True)
            return self._admit(arrival, listener, now)
        waits = self.policy.lobby and not self.host_present
        seats = self.policy.max - 1 if waits else self.policy.max  # one is kept for the host they wait for
        if len(self.participants) + len(self.visitors) >= seats:
            raise Refused("call_full", "the room is full", fatal=True)
        if waits:
            visitor = Visitor(arrival, listener)
            self.visitors.append(visitor)
            self.services.metrics.waiting.inc()
            self._note_presence(now)
            return visitor
        return self._admit(arrival, listener, now)

    def admit(self, arrival: Arrival, listener: events.Listener, now: float) -> Participant:
        """Let somebody in past the lobby: whoever holds a stream key was let in by the host who made it.

        The same device's earlier presence goes at once. Raises `Refused` (`room_ended`, `call_full`, `overloaded`,
        `node_full`).
        """
        if self.closed:
            raise Refused("room_ended", "this room has ended", fatal=True)
        self._replace(arrival, now)
        if len(self.participants) >= self.policy.max:
            raise Refused("call_full", "the room is full", fatal=True)
        participant = self._admit(arrival, listener, now)
        self.open_lobby(now)
        return participant

    def open_lobby(self, now: float) -> None:
        """Let those in who wait, if nothing holds them back any more."""
        if self.closed or (self.policy.lobby and not self.host_present):
            return
        waiting, self.visitors = self.visitors, []
        self.services.metrics.waiting.dec(len(waiting))
        for visitor in waiting:
            try:
                if len(self.participants) >= self.policy.max:
                    raise Refused("call_full", "the room is full", fatal=True)
                participant = self._admit(visitor.arrival, visitor.listener, now)
            except Refused as refused:
                visitor.listener(events.NotAdmitted(refused.code, refused.message))
            else:
                visitor.listener(events.Admitted(participant))

    def forget_visitor(self, visitor: Visitor, now: float) -> None:
        """Somebody in the lobby went away."""
        if visitor in self.visitors:
            self.visitors.remove(visitor)
            self.services.metrics.waiting.dec()
            self._note_presence(now)

    def suspend(self, participant: Participant, now: float) -> None:
        """The participant's socket is gone. Their media goes on until `resume` or `leave`."""
        participant.listener = None
        if participant.suspended_at is None:
            participant.suspended_at = now
            self.services.metrics.suspended.inc()

    def resume(self, participant: Participant, listener: events.Listener) -> None:
        """The participant is back on another socket; a socket still there is closed as replaced."""
        participant.tell(events.Closed("replaced"))
        participant.listener = listener
        if participant.suspended_at is not None:
            participant.suspended_at = None
            self.services.metrics.suspended.dec()
        self.services.metrics.joins.labels("resumed").inc()

    def leave(self, participant: Participant, reason: events.LeaveReason, now: float) -> None:
        """Take a participant out, with their tracks, slots, hand and floor."""
        if self.participants.pop(participant.id, None) is None:
            return
        for track in participant.tracks.values():
            track.forwarded = False
            self.link.uptracks.pop(track.handle, None)
        self.feeding.refresh_all()  # others' slots let go of the tracks before these disappear
        self.feeding.forget(participant)
        self._dismantle(participant)
        had_hand, had_floor = self.floor.forget(participant.id)
        self.broadcast(events.ParticipantLeft(participant, reason))
        self.feeding.let_go(list(participant.tracks.values()))
        if had_hand:
            self.broadcast(events.HandsChanged(self.floor.hands))
        if had_floor:
            self.broadcast(events.FloorChanged(self.floor.holders))
        if reason in {"removed", "replaced"}:
            participant.tell(events.Closed(reason))
        participant.gone()
        self.services.metrics.leaves.labels(reason).inc()
        self.report("participant_left", participant, now, {"reason": reason})
        self._note_presence(now)

    def remove_person(self, person: str, now: float) -> None:
        """Take a person out, with every device, and out of the lobby."""
        for participant in list(self.participants.values()):
            if participant.person == person:
                self.leave(participant, "removed", now)
        for visitor in list(self.visitors):
            if visitor.arrival.person == person:
                self.forget_visitor(visitor, now)
                visitor.listener(events.Closed("removed"))

    def leave_lost(self, seconds: float, now: float) -> None:
        """Take those out whose socket has been gone for `seconds`."""
        for participant in list(self.participants.values()):
            if participant.suspended_at is not None and now - participant.suspended_at >= seconds:
                self.leave(participant, "lost", now)

    def close(self, reason: events.CloseReason, now: float) -> None:
        """End the room for all who are in it."""
        if self.closed:
            return
        self.closed = True
        self.taps.close_all()
        for participant in self.participants.values():
            for track in participant.tracks.values():
                self.link.uptracks.pop(track.handle, None)
            self._dismantle(participant)
            participant.tell(events.Closed(reason))
            participant.gone()
        for visitor in self.visitors:
            visitor.listener(events.Closed(reason))
        self.services.metrics.waiting.dec(len(self.visitors))
        self.participants.clear()
        self.visitors.clear()
        self.link.rooms.pop(self.handle, None)
        self.lane.release(self.link.worker.remove_room, self.handle)

    def set_policy(self, title: str, policy: RoomPolicy, now: float) -> None:
        """The platform changed its mind about the room."""
        self.title = title
        self.policy = policy
        if self.floor.policy != policy.floor:
            self.floor.policy = policy.floor
            self.publishing.apply_rights(self.participants.values())
        self.open_lobby(now)

    # --- what the worker saw ---

    def heard(self, levels: list[tuple[Track, int]]) -> None:
        """The loudest tracks now, loudest first."""
        speakers: dict[str, int] = {}
        for track, level in levels:
            if track.forwarded:
                speakers.setdefault(track.participant.id, level)
        told = list(speakers.items())
        before = self._speakers
        same = [p for p, _ in told] == [p for p, _ in before]
        if same and all(abs(a - b) < LEVEL_STEP for (_, a), (_, b) in zip(told, before, strict=True)):
            return
        self._speakers = told
        self.broadcast(events.SpeakersChanged(told))

    # --- inside ---

    def broadcast(self, event: events.Event, but: Participant | None = None) -> None:
        """Tell everybody in the room."""
        for participant in list(self.participants.values()):
            if participant is not but:
                participant.tell(event)

    def report(
        self,
        name: events.ReportName,
        participant: Participant | None,
        now: float,
        data: dict[str, str] | None = None,
    ) -> None:
        """Let the platform know."""
        self.services.report(
            events.Report(
                event=name,
                at=self.services.unix(now),
                room=self.id,
                participant=participant.id if participant else None,
                person=participant.person if participant else None,
                role=participant.role if participant else None,
                data=data,
            )
        )

    def _admit(self, arrival: Arrival, listener: events.Listener, now: float) -> Participant:
        number = next(self.services.numbers)
        id = new_id("p")
        send = self._transport(id, number, "send")
        try:
            receive = self._transport(id, number, "receive")
        except Refused:
            send.close()
            raise
        participant = Participant(
            id, number, arrival, self.services.unix(now), new_id("c"), listener, send=send, receive=receive
        )
        self.broadcast(events.ParticipantJoined(participant))
        self.participants[id] = participant
        self.link.participants += 1
        self._note_presence(now)
        self.services.metrics.participants.inc()
        self.services.metrics.joins.labels("ticket").inc()
        if not self._begun:
            self._begun = True
            self.report("room_started", None, now)
        self.report("participant_joined", participant, now)
        return participant

    def _transport(self, participant_id: str, number: int, direction: Path) -> Transport:
        try:
            return Transport(
                id=new_id("w"),
                lane=self.lane,
                participant=number,
                direction=direction,
                certificate=self.services.certificate,
                announce=self.services.announce,
                on_failed=partial(self._transport_failed, participant_id),
            )
        except Refused as refused:
            raise Refused(refused.code, refused.message, fatal=True) from None

    def _replace(self, arrival: Arrival, now: float) -> None:
        """One page is there once: end what is left of its earlier presence."""
        same = (arrival.person, arrival.device)
        for participant in list(self.participants.values()):
            if (participant.person, participant.arrival.device) == same:
                self.leave(participant, "replaced", now)
        for visitor in list(self.visitors):
            if (visitor.arrival.person, visitor.arrival.device) == same:
                self.forget_visitor(visitor, now)
                visitor.listener(events.Closed("replaced"))

    def _dismantle(self, participant: Participant) -> None:
        """Give back everything the participant had on the worker and on the node."""
        metrics = self.services.metrics
        for slot in participant.slots.values():
            self.link.slots.pop(slot.handle, None)
            self.services.ssrcs.give_back((slot.ssrc, slot.rtx_ssrc))
            metrics.slots.labels(slot.kind).dec()
        for track in participant.tracks.values():
            metrics.tracks.labels(track.source).dec()
        participant.send.close()
        participant.receive.close()
        self.link.participants -= 1
        metrics.participants.dec()
        if participant.suspended_at is not None:
            metrics.suspended.dec()

    def _transport_failed(self, participant_id: str, cause: FailureCause) -> None:
        self.services.metrics.dtls_refused.labels(cause).inc()
        participant = self.participants.get(participant_id)
        if participant is None:
            return
        if cause == "fingerprint":
            text = "the certificate shown in DTLS is not the one announced by connect"
            participant.tell(events.TransportFailed("dtls_fingerprint", text))
        else:
            participant.tell(events.TransportFailed("dtls_failed", "the DTLS handshake failed"))

    def _note_presence(self, now: float) -> None:
        if self.participants or self.visitors:
            self.empty_since = None
        elif self.empty_since is None:
            self.empty_since = now
