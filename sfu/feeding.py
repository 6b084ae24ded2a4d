"""Feeding: makes slots, and keeps telling the worker which track feeds which slot, and by which layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from sfu import events
from sfu.errors import Refused
from sfu.parameters import Kind, ReceiverNumbers, slot_parameters
from sfu.participant import Participant, Track, new_id
from sfu.slots import AUDIO_SLOTS, RANK_REST, Slot, assign, choose_layer, line_rank, rank

if TYPE_CHECKING:
    from sfu.room import Room


class Wish(Protocol):
    """What a page wants of one video slot (`signalling.messages.SlotView`)."""

    @property
    def slot(self) -> str:
        """The slot's id."""

    @property
    def max_height(self) -> int:
        """Tallest picture wanted, in pixels; 0 pauses the slot."""

    @property
    def track(self) -> str | None:
        """A video track's id, or None for the room's choice."""


class Feeding:
    """The slots of one room's participants."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._shown: dict[str, dict[str, Track]] = {}
        """By participant: what each slot of the room's choice was last given."""

    def know_numbers(self, participant: Participant, numbers: ReceiverNumbers) -> None:
        """Before any slot is made: this receiver chose its payload types and extension ids itself."""
        participant.numbers = numbers
        link = self._room.link
        self._room.lane.do(
            link.worker.set_numbers,
            participant.receive.handle,
            payload_types=numbers.payload_types,
            extensions=numbers.extensions,
        )

    def add_slots(self, participant: Participant, video: int, audio: int = AUDIO_SLOTS) -> list[Slot]:
        """Have at least so many video and audio slots; all of them, oldest first.

        Raises `Refused`; slots made until then stay, and the next call goes on from there.
        """
        there = sum(slot.kind == "audio" for slot in participant.slots.values())
        for index in range(there, audio):
            self._add(participant, "audio", f"a{index}")
        for index in range(len(participant.video_slots), video):
            self._add(participant, "video", f"v{index}")
        self.refresh([participant])
        return list(participant.slots.values())

    def view(self, participant: Participant, wishes: Sequence[Wish]) -> None:
        """Take what the page wants to see. Raises `Refused` (`bad_slot`, `bad_track`) and then changes nothing."""
        visible = {
            track.id for track in self._room.tracks if track.kind == "video" and track.participant is not participant
        }
        for wish in wishes:
            slot = participant.slots.get(wish.slot)
            if slot is None or slot.kind != "video":
                raise Refused("bad_slot", "you have no such video slot")
            if wish.track is not None and wish.track not in visible:
                raise Refused("bad_track", "there is no such video track to see")
        for wish in wishes:
            slot = participant.slots[wish.slot]
            slot.wanted = wish.track
            slot.max_height = wish.max_height
        self.refresh([participant])

    def refresh_all(self) -> None:
        """Choose anew for everybody, and for the stage."""
        self.refresh(list(self._room.participants.values()))
        self._room.taps.refresh()

    def refresh(self, participants: Sequence[Participant]) -> None:
        """Choose anew what feeds these participants' video slots, and tell the worker what has changed."""
        ranked = self._ranked()
        for participant in participants:
            slots = participant.video_slots
            if not slots:
                continue
            others = [(group, track) for group, track in ranked if participant.takes(track)]
            shown = self._shown.get(participant.id, {})
            chosen = assign(slots, others, shown)
            self._shown[participant.id] = {
                slot.id: track for slot in slots if slot.wanted is None and (track := chosen[slot.id]) is not None
            }
            cameras = [slot for slot in slots if (track := chosen[slot.id]) is not None and track.source != "screen"]
            for slot in slots:
                self._point(slot, chosen[slot.id], cameras)

    def let_go(self, tracks: Sequence[Track]) -> None:
        """These tracks are gone: whoever saw or heard one in a slot is told now, not when the worker says so."""
        for participant in self._room.participants.values():
            changed = [slot for slot in participant.slots.values() if slot.live in tracks]
            for slot in changed:
                slot.live = None
                slot.paused = False
            if changed:
                participant.tell(events.FeedsChanged(changed))

    def forget(self, participant: Participant) -> None:
        """The participant is gone."""
        self._shown.pop(participant.id, None)

    def _ranked(self) -> list[tuple[int, Track]]:
        floor = self._room.floor
        visible = [track for track in self._room.tracks if track.visible]
        keyed = [(rank(track, floor.holds(track.participant.id)), track) for track in visible]
        keyed.sort(key=lambda item: item[0])
        return [(key[0], track) for key, track in keyed]

    def _point(self, slot: Slot, track: Track | None, cameras: Sequence[Slot]) -> None:
        target = (-1, 0, RANK_REST)
        if track is not None:
            layer = choose_layer(track.height, track.scales, slot.max_height)
            target = (track.handle, layer, line_rank(slot, track, cameras))
        if target == slot.target:
            return
        slot.target = target
        worker = self._room.link.worker
        is_screen = track is not None and track.source == "screen"
        self._room.lane.do(worker.feed, slot.handle, *target[:2], rank=target[2], keeps_size=is_screen)

    def _add(self, participant: Participant, kind: Kind, mid: str) -> None:
        room = self._room
        id = new_id("s")
        ssrc = room.services.ssrcs.take()
        repaired = kind == "video" and (participant.numbers is None or participant.numbers.repairs)
        rtx_ssrc = room.services.ssrcs.take() if repaired else 0
        try:
            handle = room.lane.make(
                room.link.worker.add_slot,
                participant.receive.handle,
                room.handle,
                kind=kind,
                ssrc=ssrc,
                rtx_ssrc=rtx_ssrc,
                cname=participant.cname,
            )
        except Refused:
            room.services.ssrcs.give_back((ssrc, rtx_ssrc))
            raise
        parameters = slot_parameters(kind, mid, ssrc, rtx_ssrc, participant.cname, id)
        slot = Slot(id, kind, mid, ssrc, rtx_ssrc, parameters, participant)
        slot.handle = handle
        participant.slots[id] = slot
        room.link.slots[handle] = slot
        room.services.metrics.slots.labels(kind).inc()
