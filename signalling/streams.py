"""Streams: what stands behind a WHIP or WHEP resource. A participant without a page, alive as long as its transport.

A stream ends by DELETE, by close_notify, when its transport fails or falls silent for good, when its key is revoked,
when a host removes it, when the same key publishes anew, and with its room.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sfu import events
from sfu.errors import Refused
from sfu.node import Node
from sfu.participant import KIND_OF, Participant, Source
from sfu.room import Room
from sfu.slots import AUDIO_SLOTS
from sfu.transport import Transport, TransportState
from signalling.answers import write_answer, write_fragment
from signalling.negotiation import Choice, Outgoing, publications, receptions
from signalling.sdp import Credentials, Offer, Section
from signalling.stream_keys import Door, Revocations, StreamKey

CONNECT_SECONDS: Final = 30.0
"""A stream whose handshake is not done by then ends."""

ROOM_SECONDS: Final = 5.0
"""How long a request waits for the platform to tell of a room this node does not know (any more)."""

MAX_WAITING: Final = 200
"""Requests that wait so at once."""

MAX_VIDEO_SLOTS: Final = 49

HEIGHTS: Final = ((1, 1080), (4, 540), (9, 360), (MAX_VIDEO_SLOTS, 180))
"""Tallest picture of each of so many slots: what fits beside each other on one screen."""


@dataclass(slots=True, eq=False)
class Stream:
    """One resource. `etag` names its ICE session; `remote` are the client's credentials in it."""

    id: str
    door: Door
    key: StreamKey
    room: Room
    participant: Participant
    transport: Transport
    etag: str
    remote: Credentials
    section: Section
    bundle: list[str]
    opened_at: float
    silent_since: float | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a page would say of its view: one slot and how tall its picture may be."""

    slot: str
    max_height: int
    track: str | None = None


class Streams:
    """All streams of one node. `now` is monotonic everywhere."""

    def __init__(self, node: Node, resume_seconds: float) -> None:
        self.revocations = Revocations()
        self._node = node
        self._resume_seconds = resume_seconds
        self._streams: dict[str, Stream] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    # --- rooms ---

    async def room(self, id: str) -> Room:
        """The room of that id, once the platform has told of it and of its revoked keys.

        A node that was started anew knows no room, while encoders knock again within seconds: the platform is asked by
        a webhook (`room_wanted`) and the request waits. Raises `Refused` (`draining`, `room_ended`, `room_not_ready`).
        """
        deadline = time.monotonic() + ROOM_SECONDS
        while True:
            room = self._ready(id)
            if room is not None:
                return room
            left = deadline - time.monotonic()
            if left <= 0 or sum(map(len, self._waiting.values())) >= MAX_WAITING:
                raise Refused("room_not_ready", "the platform has not told of this room yet; try again in a moment")
            await self._wait(id, left)

    def wake(self, id: str) -> None:
        """Something about this room was told."""
        for waiter in self._waiting.get(id, ()):
            if not waiter.done():
                waiter.set_result(None)

    def revoke(self, room: Room, keys: frozenset[str], now: float) -> None:
        """Take the whole list of a room's revoked keys and end what they hold."""
        self.revocations.tell(room, keys)
        for stream in [s for s in self._streams.values() if s.room is room and s.key.sub in keys]:
            self.end(stream, "removed", now)
        self.wake(room.id)

    # --- streams ---

    def open(self, door: Door, room: Room, key: StreamKey, offer: Offer, now: float) -> tuple[Stream, str]:
        """A new stream and the answer to its offer. Raises `Refused` and `SdpError`; then nothing is left of it."""
        if self.revocations.hold(room, key.sub):
            raise Refused("key_revoked", "the key was revoked")
        begin = self._publish if door == "whip" else self._receive
        id = secrets.token_urlsafe(18)
        planned = begin(offer, key)
        # An encoder that knocks again replaces what is left of it; viewers may share a key.
        device = "whip" if door == "whip" else id
        participant = room.admit(key.arrival(device), lambda event: self._on_event(id, event), now)
        transport = participant.send if door == "whip" else participant.receive
        stream = Stream(
            id=id,
            door=door,
            key=key,
            room=room,
            participant=participant,
            transport=transport,
            etag=_new_etag(),
            remote=offer.ice,
            section=offer.sections[0],
            bundle=[],
            opened_at=now,
        )
        self._streams[id] = stream
        self._node.metrics.streams.labels(door).inc()
        try:
            transport.connect(offer.dtls)
            choices = planned(stream, now)
        except Refused:
            self.end(stream, "left", now)
            raise
        first = min(choices)
        stream.section = offer.sections[first]
        stream.bundle = [offer.sections[index].mid for index in sorted(choices) if offer.sections[index].mid]
        self._node.metrics.streams_opened.labels(door).inc()
        return stream, write_answer(offer, choices, transport.ice, transport.candidates, transport.dtls)

    def find(self, door: Door, room: str, id: str) -> Stream | None:
        """A stream that goes on."""
        stream = self._streams.get(id)
        return stream if stream is not None and (stream.door, stream.room.id) == (door, room) else None

    def restart_ice(self, stream: Stream, remote: Credentials) -> str:
        """New credentials on both sides; gives this side's as an SDP fragment. Raises `Refused`."""
        ice = stream.transport.restart_ice()
        stream.remote = remote
        stream.etag = _new_etag()
        stream.silent_since = None
        return write_fragment(stream.section, stream.bundle, ice, stream.transport.candidates)

    def end(self, stream: Stream, reason: events.LeaveReason, now: float) -> None:
        """End a stream and take its participant out of the room. Idempotent."""
        if self._forget(stream.id, reason):
            stream.room.leave(stream.participant, reason, now)

    def handle_timer(self, now: float) -> None:
        """End what has ended by itself."""
        for stream in list(self._streams.values()):
            reason = self._over(stream, now)
            if reason is not None:
                self.end(stream, reason, now)

    # --- inside ---

    def _ready(self, id: str) -> Room | None:
        if self._node.draining:
            raise Refused("draining", "this node is going away")
        if self._node.has_ended(id, time.monotonic()):
            raise Refused("room_ended", "this room has ended")
        room = self._node.rooms.get(id)
        return room if room is not None and self.revocations.known(room) else None

    async def _wait(self, id: str, seconds: float) -> None:
        waiter = asyncio.get_running_loop().create_future()
        waiters = self._waiting.setdefault(id, [])
        if not waiters:
            services = self._node.services
            services.report(events.Report("room_wanted", services.unix(time.monotonic()), id))
        waiters.append(waiter)
        self._node.metrics.streams_waiting.inc()
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            self._node.metrics.streams_waiting.dec()
            waiters.remove(waiter)
            if not waiters:
                self._waiting.pop(id, None)

    def _publish(self, offer: Offer, key: StreamKey) -> Callable[[Stream, float], dict[int, Choice]]:
        wanted = publications(offer)

        def carry_out(stream: Stream, now: float) -> dict[int, Choice]:
            if key.floor:
                stream.room.moderation.grant_floor(stream.participant, now)
            for publication in wanted:
                source: Source = "microphone" if publication.kind == "audio" else key.source
                assert KIND_OF[source] == publication.kind
                stream.room.publishing.publish(
                    stream.participant, source, publication.parameters, 0, 0, True, standard=True
                )
            return {publication.section: publication.choice for publication in wanted}

        return carry_out

    def _receive(self, offer: Offer, key: StreamKey) -> Callable[[Stream, float], dict[int, Choice]]:
        wanted, numbers = receptions(offer, AUDIO_SLOTS, MAX_VIDEO_SLOTS)

        def carry_out(stream: Stream, now: float) -> dict[int, Choice]:
            room, participant = stream.room, stream.participant
            room.feeding.know_numbers(participant, numbers)
            count = {kind: sum(reception.kind == kind for reception in wanted) for kind in ("audio", "video")}
            slots = room.feeding.add_slots(participant, count["video"], count["audio"])
            height = next(height for most, height in HEIGHTS if count["video"] <= most)
            room.feeding.view(participant, [_Wish(slot.id, height) for slot in slots if slot.kind == "video"])
            free = {kind: [slot for slot in slots if slot.kind == kind] for kind in ("audio", "video")}
            choices: dict[int, Choice] = {}
            for reception in wanted:
                slot = free[reception.kind].pop(0)
                # One stream for all: a player keeps what is in one stream in step, and all slots are on one clock.
                outgoing = Outgoing(slot.ssrc, slot.rtx_ssrc, participant.cname, participant.cname, slot.id)
                choices[reception.section] = replace(reception.choice, outgoing=outgoing)
            return choices

        return carry_out

    def _on_event(self, id: str, event: events.Event) -> None:
        """What the room tells the stream's participant; it must not be called back from here."""
        stream = self._streams.get(id)
        if stream is None:
            return
        if isinstance(event, events.Closed):
            if event.reason == "removed":
                self.revocations.remove(stream.room, stream.key.sub)
            self._forget(id, event.reason)
        elif isinstance(event, events.TransportFailed):
            asyncio.get_running_loop().call_soon(lambda: self.end(stream, "lost", time.monotonic()))
        elif isinstance(event, events.FloorGiven):
            asyncio.get_running_loop().call_soon(self._unmute, stream)

    def _unmute(self, stream: Stream) -> None:
        """An encoder has no button to come back from a host's mute: being given the floor is it."""
        if stream.id in self._streams:
            for track in list(stream.participant.tracks.values()):
                stream.room.publishing.update_track(stream.participant, track.id, True, None, None)

    def _over(self, stream: Stream, now: float) -> events.LeaveReason | None:
        transport = stream.transport
        if transport.hung_up:
            return "left"
        if transport.state is TransportState.NEW:
            return "lost" if now - stream.opened_at >= CONNECT_SECONDS else None
        if transport.state is not TransportState.CONNECTED:
            return "lost"
        if not transport.silent:
            stream.silent_since = None
        elif stream.silent_since is None:
            stream.silent_since = now
        elif now - stream.silent_since >= self._resume_seconds:
            return "lost"
        return None

    def _forget(self, id: str, reason: str) -> bool:
        stream = self._streams.pop(id, None)
        if stream is None:
            return False
        self._node.metrics.streams.labels(stream.door).dec()
        self._node.metrics.streams_ended.labels(reason).inc()
        return True


def _new_etag() -> str:
    return secrets.token_urlsafe(9)
