"""Hands, the floor, muting and removing: what hosts and members may ask of a room, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sfu import events
from sfu.errors import Refused
from sfu.participant import Participant, Source, Track

if TYPE_CHECKING:
    from sfu.room import Room


class Moderation:
    """The conduct of one room. Every method raises `Refused` when the actor may not do it."""

    def __init__(self, room: Room) -> None:
        self._room = room

    # --- hands ---

    def raise_hand(self, actor: Participant, now: float) -> None:
        """Ask for the floor."""
        room = self._room
        if actor.role == "host":
            raise Refused("bad_target", "hosts speak without raising a hand")
        if room.floor.holds(actor.id):
            raise Refused("bad_target", "you hold the floor already")
        if room.floor.raise_hand(actor.id, room.services.unix(now)):
            room.broadcast(events.HandsChanged(room.floor.hands))
            room.report("hand_raised", actor, now)

    def lower_hand(self, actor: Participant, target_id: str | None, now: float) -> None:
        """Lower one's own hand, or (host) somebody's."""
        target = self._target(actor, target_id)
        if self._room.floor.lower_hand(target.id):
            self._room.broadcast(events.HandsChanged(self._room.floor.hands))
            self._room.report("hand_lowered", target, now)

    def lower_all_hands(self, actor: Participant, now: float) -> None:
        """Host: lower every hand."""
        self._host(actor)
        lowered = self._room.floor.lower_all()
        if lowered:
            self._room.broadcast(events.HandsChanged([]))
        for id in lowered:
            self._room.report("hand_lowered", self._room.participants.get(id), now)

    # --- the floor ---

    def give_floor(self, actor: Participant, target_id: str, now: float) -> None:
        """Host: give the floor. Giving it to one who holds it asks that page once more to switch the microphone on."""
        self._host(actor)
        target = self._target(actor, target_id)
        if target.role == "host":
            raise Refused("bad_target", "hosts need no floor")
        room = self._room
        lowered = room.floor.lower_hand(target.id)
        given = room.floor.give(target.id)
        if given:
            room.publishing.apply_rights([target])
            room.feeding.refresh_all()  # a holder's camera comes before the register
        if lowered:
            room.broadcast(events.HandsChanged(room.floor.hands))
            room.report("hand_lowered", target, now)
        if given:
            room.broadcast(events.FloorChanged(room.floor.holders))
            room.report("floor_given", target, now, {"by": actor.person})
        target.tell(events.FloorGiven(actor.id))

    def grant_floor(self, target: Participant, now: float) -> None:
        """Give the floor to somebody whose key says that they hold it from the start."""
        room = self._room
        if target.role == "host" or not room.floor.give(target.id):
            return
        room.publishing.apply_rights([target])
        room.feeding.refresh_all()
        room.broadcast(events.FloorChanged(room.floor.holders))
        room.report("floor_given", target, now, {"by": target.person})

    def take_floor(self, actor: Participant, target_id: str | None, now: float) -> None:
        """Host: take the floor back. Anybody: give up one's own."""
        target = self._target(actor, target_id)
        if self._room.floor.holds(target.id):
            self._take([target], actor, now)

    def answer_floor(self, actor: Participant, accept: bool, now: float) -> None:
        """The person's answer to being given the floor; false gives it back."""
        if not self._room.floor.holds(actor.id):
            raise Refused("no_floor", "you do not hold the floor")
        if not accept:
            self._take([actor], actor, now)

    # --- muting and removing ---

    def mute(self, actor: Participant, target_id: str, source: Source, now: float) -> None:
        """Host: stop forwarding a member's track until its owner switches it on again."""
        self._host(actor)
        target = self._target(actor, target_id)
        track = target.tracks.get(source)
        if track is None:
            raise Refused("no_track", f"that participant publishes no {source}")
        if target.role == "host" and target is not actor:
            raise Refused("bad_target", "hosts are not muted by others")
        self._mute([track], actor)

    def mute_all(self, actor: Participant, now: float) -> None:
        """Host: take the floor from everybody and mute every microphone but the hosts'."""
        self._host(actor)
        room = self._room
        members = [participant for participant in room.participants.values() if participant.role != "host"]
        holders = [member for member in members if room.floor.holds(member.id)]
        microphones = [
            track for member in members if (track := member.tracks.get("microphone")) is not None and track.on
        ]
        if holders:
            self._take(holders, actor, now)
        if microphones:
            self._mute(microphones, actor)

    def remove(self, actor: Participant, target_id: str, now: float) -> Participant:
        """Host: remove a participant."""
        self._host(actor)
        target = self._target(actor, target_id)
        if target is actor:
            raise Refused("bad_target", "leave instead of removing yourself")
        self._room.leave(target, "removed", now)
        return target

    def check_end(self, actor: Participant) -> None:
        """Whether the actor may end the room for all."""
        self._host(actor)

    # --- inside ---

    def _take(self, targets: Iterable[Participant], actor: Participant, now: float) -> None:
        room = self._room
        taken = [target for target in targets if room.floor.take(target.id)]
        room.publishing.apply_rights(taken)  # the worker first: from here on nothing of theirs is forwarded
        room.feeding.refresh_all()
        room.broadcast(events.FloorChanged(room.floor.holders))
        for target in taken:
            if target is not actor:
                target.tell(events.FloorTaken(actor.id))
            room.report("floor_taken", target, now, {"by": actor.person})

    def _mute(self, tracks: list[Track], actor: Participant) -> None:
        for track in tracks:
            track.muted = True
            track.on = False
        owners = {track.participant.id: track.participant for track in tracks}
        self._room.publishing.apply_rights(owners.values(), also_tell=tracks)
        for track in tracks:
            track.participant.tell(events.TrackMuted(track, actor.id))

    def _host(self, actor: Participant) -> None:
        if actor.role != "host":
            raise Refused("not_allowed", "only a host may do this")

    def _target(self, actor: Participant, target_id: str | None) -> Participant:
        """Whom a request is about; others than oneself are for hosts."""
        if target_id is None or target_id == actor.id:
            return actor
        self._host(actor)
        target = self._room.participants.get(target_id)
        if target is None:
            raise Refused("no_participant", "there is no such participant")
        return target
