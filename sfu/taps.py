"""The taps of one room: its voices and its stage in clear, to sockets of this machine (`sfu.tap` describes them).

A tap receives like a participant and is nobody: it is not counted, not shown, has no hand, and keeps the room neither
open nor closed. Its packets leave by the same batches as everybody's; what its reader does not take in time the kernel
drops at the reader's socket, and nobody in the room notices.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sfu import parameters
from sfu.errors import Refused
from sfu.participant import new_id
from sfu.slots import AUDIO_SLOTS, choose_layer
from sfu.stage import Stage
from sfu.tap import TapDescription, TapSlot, stage_notice

if TYPE_CHECKING:
    from sfu.room import Room

MAX_TAPS = 4
"""Taps of one room."""

STAGE_HEIGHT = 720
"""Tallest picture a tap asks for, in pixels; a stage whose only layer is taller comes as it is."""

NOTICE_SECONDS = 1.0
"""How often a tap is told what its stage is, beside when it changes."""

_NONE = (-1, 0)


@dataclass(slots=True, eq=False)
class Tap:
    """One tap. `transport` and `stage_slot` are the worker's handles, `target` what the stage was last fed with.

    `noticed` is what was last told of the stage, and when.
    """

    description: TapDescription
    transport: int
    stage_slot: int
    stage: Stage
    target: tuple[int, int] = _NONE
    noticed: tuple[bool, float] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where the packets go."""
        return self.description.host, self.description.port


class Taps:
    """All taps of one room, by id."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._taps: dict[str, Tap] = {}
        self._now = 0.0

    @property
    def all(self) -> list[Tap]:
        """Oldest first."""
        return list(self._taps.values())

    def open(self, id: str, host: str, port: int, now: float) -> TapDescription:
        """Send the room to `host`:`port`. The same tap asked for again is given again, with a new picture.

        A tap of that id with another address, and any tap of this node with that address, ends: one socket reads one
        room. Raises `Refused` (`bad_address`, `too_many_taps`, `room_ended`, `overloaded`, `node_full`).
        """
        self._now = now
        if self._room.closed:
            raise Refused("room_ended", "this room has ended")
        host = self._checked(host, port)
        old = self._taps.get(id)
        if old is not None and old.address == (host, port):
            if old.target != _NONE:
                self._room.lane.do(self._room.link.worker.request_keyframe, old.target[0])
            return old.description
        if old is None and len(self._taps) >= MAX_TAPS:
            raise Refused("too_many_taps", f"a room has at most {MAX_TAPS} taps")
        # Old ones end first: the worker knows whose RTCP comes by its address.
        readers = self._room.services.tap_readers
        if (host, port) in readers:
            readers[host, port]()
        self.close(id)
        tap = self._make(id, host, port)
        self._taps[id] = tap
        readers[host, port] = partial(self.close, id)
        self._room.services.metrics.taps.inc()
        self._feed(tap)
        return tap.description

    def close(self, id: str) -> bool:
        """End a tap. Tells whether there was one."""
        tap = self._taps.pop(id, None)
        if tap is None:
            return False
        room = self._room
        del room.services.tap_readers[tap.address]
        room.services.ssrcs.give_back([slot.ssrc for slot in tap.description.slots])
        room.services.metrics.taps.dec()
        room.lane.release(room.link.worker.remove_transport, tap.transport)
        return True

    def close_all(self) -> None:
        """The room ends."""
        for id in list(self._taps):
            self.close(id)

    def refresh(self) -> None:
        """Something about the room's pictures has changed: choose anew."""
        for tap in self._taps.values():
            self._feed(tap)

    def handle_timer(self, now: float) -> None:
        """Let a camera come on stage whose time has come."""
        self._now = now
        self.refresh()

    # --- inside ---

    def _feed(self, tap: Tap) -> None:
        room = self._room
        readable = [track for track in room.tracks if track.codec in tap.description.slots[-1].payload_types]
        track = tap.stage.choose(readable, room.speakers, self._now)
        target = _NONE if track is None else (track.handle, choose_layer(track.height, track.scales, STAGE_HEIGHT))
        if target != tap.target:
            tap.target = target
            room.lane.do(room.link.worker.feed, tap.stage_slot, *target)
        self._notice(tap, track is not None and track.participant.arrival.encoder and len(track.scales) == 1)

    def _notice(self, tap: Tap, passthrough: bool) -> None:
        """Tell the reader, if it is time, whether the stage comes from an encoder."""
        if tap.noticed is not None and tap.noticed[0] == passthrough and self._now - tap.noticed[1] < NOTICE_SECONDS:
            return
        tap.noticed = (passthrough, self._now)
        notice = stage_notice(tap.description.slots[-1].ssrc, passthrough)
        # The worker sends DTLS datagrams as they are, to wherever a transport leads; so it sends this.
        self._room.lane.do(self._room.link.worker.send_dtls, tap.transport, notice)

    def _make(self, id: str, host: str, port: int) -> Tap:
        room = self._room
        link, services = room.link, room.services
        cname = new_id("c")
        transport = room.lane.make(
            link.worker.add_transport,
            next(services.numbers),
            secrets.token_hex(16),  # ICE credentials nobody is told: this transport never hears of STUN
            secrets.token_hex(16),
            direction="receive",
        )
        ssrcs: list[int] = []
        slots: list[TapSlot] = []
        stage_slot = -1
        try:
            room.lane.do(link.worker.set_plain, transport, host, port)
            for kind in (*("audio" for _ in range(AUDIO_SLOTS)), "video"):
                ssrcs.append(services.ssrcs.take())
                stage_slot = room.lane.make(
                    link.worker.add_slot, transport, room.handle, kind=kind, ssrc=ssrcs[-1], rtx_ssrc=0, cname=cname
                )
                slots.append(_described(kind, ssrcs[-1]))
        except Refused:
            services.ssrcs.give_back(ssrcs)
            room.lane.release(link.worker.remove_transport, transport)
            raise
        description = TapDescription(
            id=id,
            room=room.id,
            host=host,
            port=port,
            media_host=_media_host(services.udp_host, host),
            media_port=link.port,
            cname=cname,
            slots=slots,
        )
        return Tap(description, transport, stage_slot, Stage())

    def _checked(self, host: str, port: int) -> str:
        """The address in its usual form, if a tap may go there: RTP in clear does not leave the machine."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            raise Refused("bad_address", f"{host!r} is not an IP address") from None
        if not address.is_loopback:
            raise Refused("bad_address", f"{host} is not on this machine: media leaves it protected or not at all")
        bound = ipaddress.ip_address(self._room.services.udp_host)
        if address.version != bound.version:
            raise Refused("bad_address", f"this node sends no IPv{address.version}")
        if port in self._room.services.udp_ports:
            raise Refused("bad_address", f"port {port} is this node's own")
        return str(address)


def _described(kind: str, ssrc: int) -> TapSlot:
    if kind == "audio":
        return TapSlot(new_id("s"), "audio", ssrc, 48000, {"opus": parameters.OPUS})
    return TapSlot(new_id("s"), "video", ssrc, 90000, {"VP8": parameters.VP8, "H264": parameters.H264})


def _media_host(bound: str, reader: str) -> str:
    """Where a reader on this machine reaches a worker bound to that address."""
    return reader if ipaddress.ip_address(bound).is_unspecified else bound
