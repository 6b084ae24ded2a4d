"""A packet worker that only writes down what it is told: for tests of the rules above it."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from sfu import events
from sfu.dtls import Certificate
from sfu.metrics import Metrics
from sfu.node import Node
from sfu.parameters import (
    RtpCodecParameters,
    RtpEncodingParameters,
    RtpHeaderExtensionParameters,
    RtpParameters,
)
from sfu.participant import Arrival, Participant, Role, Source, Track
from sfu.room import Room, RoomPolicy, Visitor

CERTIFICATE = Certificate.generate()
START = 1000.0
UNIX = 1_700_000_000.0

E = TypeVar("E", bound=events.Event)


class RingFull(Exception):
    """As the native worker raises it."""


class Seen(NamedTuple):
    """A worker event."""

    kind: str
    handle: int
    a: int = 0
    b: int = 0
    data: bytes = b""


class RecordingWorker:
    """Implements `WorkerApi`. `commands` is everything it was told; `full` makes its ring full."""

    def __init__(self) -> None:
        self.commands: list[tuple[Any, ...]] = []
        self.full = False
        self.hung = False
        self.turns = 1
        self.cpu = 0
        self.port = 40000
        self.seen: list[Seen] = []
        self._next = 0
        self.event_fd = -1
        self.allowed: dict[int, bool] = {}
        self.fed: dict[int, tuple[int, int]] = {}
        self.ranks: dict[int, tuple[int, bool]] = {}

    def start(self) -> None:
        self.event_fd = os.eventfd(0, os.EFD_NONBLOCK)

    def stop(self) -> None:
        os.close(self.event_fd)

    def report(self, *seen: Seen) -> None:
        """Let the node see something, through its event loop."""
        self.seen.extend(seen)
        os.eventfd_write(self.event_fd, 1)

    def poll(self, limit: int = 256) -> Sequence[Seen]:
        taken, self.seen = self.seen[:limit], self.seen[limit:]
        if not self.seen and self.event_fd >= 0:
            # As the worker itself: who looks without having been woken finds the descriptor unset.
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self.event_fd)
        return taken

    def counters(self) -> dict[str, int]:
        return {"packets_received": 7, "stun_refused.integrity": 2}

    def live(self) -> dict[str, int]:
        return {"transports": 0, "slots": 3}

    def cpu_ns(self) -> int:
        return self.cpu

    def last_turn(self) -> float:
        """Turns whenever somebody looks, until it is `hung`."""
        self.turns += not self.hung
        return float(self.turns)

    def add_transport(self, participant: int, ufrag: str, password: str, *, direction: str) -> int:
        return self._make("add_transport", participant, ufrag, password, direction)

    def restart_ice(self, transport: int, ufrag: str, password: str) -> None:
        self._do("restart_ice", transport, ufrag, password)

    def set_keys(self, transport: int, profile: str, local: bytes, remote: bytes) -> None:
        self._do("set_keys", transport, profile, local, remote)

    def set_plain(self, transport: int, host: str, port: int) -> None:
        self._do("set_plain", transport, host, port)

    def set_numbers(
        self, transport: int, *, payload_types: dict[str, tuple[int, int]], extensions: dict[str, int]
    ) -> None:
        self._do("set_numbers", transport, payload_types, extensions)

    def send_dtls(self, transport: int, datagram: bytes) -> None:
        self._do("send_dtls", transport, datagram)

    def remove_transport(self, transport: int) -> None:
        self._do("remove_transport", transport)

    def add_room(self) -> int:
        return self._make("add_room")

    def remove_room(self, room: int) -> None:
        self._do("remove_room", room)

    def add_uptrack(
        self,
        transport: int,
        room: int,
        *,
        kind: str,
        codec: str,
        payload_type: int,
        rtx_payload_type: int,
        clock_rate: int,
        mid: str,
        encodings: list[tuple[str, int, int]],
        extensions: dict[str, int],
        allowed: bool,
    ) -> int:
        handle = self._make("add_uptrack", transport, room, kind, codec)
        self.allowed[handle] = allowed
        return handle

    def set_allowed(self, uptrack: int, allowed: bool) -> None:
        self._do("set_allowed", uptrack, allowed)
        self.allowed[uptrack] = allowed

    def remove_uptrack(self, uptrack: int) -> None:
        self._do("remove_uptrack", uptrack)
        del self.allowed[uptrack]

    def request_keyframe(self, uptrack: int) -> None:
        self._do("request_keyframe", uptrack)

    def add_slot(self, transport: int, room: int, *, kind: str, ssrc: int, rtx_ssrc: int, cname: str) -> int:
        return self._make("add_slot", transport, room, kind, ssrc, rtx_ssrc, cname)

    def feed(self, slot: int, uptrack: int, layer: int, *, rank: int = 0, keeps_size: bool = False) -> None:
        self._do("feed", slot, uptrack, layer)
        self.fed[slot] = (uptrack, layer)
        self.ranks[slot] = (rank, keeps_size)

    def limit(self, transport: int, bps: int) -> None:
        self._do("limit", transport, bps)

    def told(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of every command of that name, in order."""
        return [command[1:] for command in self.commands if command[0] == name]

    def _do(self, *command: Any) -> None:
        if self.full:
            raise RingFull
        self.commands.append(command)

    def _make(self, *command: Any) -> int:
        self._do(*command)
        self._next += 1
        return self._next


class Page:
    """What one participant hears of the room."""

    def __init__(self) -> None:
        self.heard: list[events.Event] = []

    def __call__(self, event: events.Event) -> None:
        self.heard.append(event)

    def all(self, kind: type[E]) -> list[E]:
        """Every event of a kind, in order."""
        return [event for event in self.heard if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        """The latest event of a kind."""
        return self.all(kind)[-1]


class World:
    """A node with one recording worker (or more), and one room; `now` is its clock, moved by the tests."""

    def __init__(self, policy: RoomPolicy | None = None, workers: int = 1, announce_port: int = 0) -> None:
        self.now = START
        self.workers = [RecordingWorker() for _ in range(workers)]
        self.worker = self.workers[0]
        self.stopped: list[int] = []
        self.reports: list[events.Report] = []
        self.defects: list[Exception] = []
        self.metrics = Metrics()
        self.node = Node(
            self.workers,
            RingFull,
            certificate=CERTIFICATE,
            announce=["192.0.2.1", "2001:db8::1"],
            announce_port=announce_port,
            metrics=self.metrics,
            report=self.reports.append,
            defect=lambda _where, error: self.defects.append(error),
            now=START,
            unix=UNIX,
            stopped=lambda link: self.stopped.append(link.index),
        )
        self.policy = policy or RoomPolicy(floor="hand", max=50, lobby=False)

    @property
    def room(self) -> Room:
        return self.node.open_room("lesson", "Algebra", self.policy, self.now)

    def knock(
        self, name: str, role: Role = "member", device: str = "d", *, encoder: bool = False
    ) -> tuple[Participant | Visitor, Page]:
        """Somebody comes with a ticket."""
        page = Page()
        arrival = Arrival(f"person-{name}", name, role, f"{device}-{name}", encoder=encoder)
        entered = self.room.enter(arrival, page, self.now)
        self.room.open_lobby(self.now)
        return entered, page

    def enter(
        self, name: str, role: Role = "member", device: str = "d", *, encoder: bool = False
    ) -> tuple[Participant, Page]:
        """Somebody comes who is let in."""
        entered, page = self.knock(name, role, device, encoder=encoder)
        assert isinstance(entered, Participant)
        return entered, page

    def later(self, seconds: float) -> None:
        """Time goes by."""
        self.now += seconds
        self.node.handle_timer(self.now)

    def see(self, *seen: Seen) -> None:
        """The worker reports something."""
        self.node.dispatch(self.node.links[0], seen, self.now)

    def fed(self, slot: int, uptrack: int) -> None:
        """The worker says that a slot's new source has begun."""
        self.see(Seen("fed", slot, uptrack, 0))

    def speak(self, room: Room, *levels: tuple[int, int]) -> None:
        """The worker says who is heard."""
        data = b"".join(struct.pack("=ii", *level) for level in levels)
        self.see(Seen("speakers", room.handle, len(levels), 0, data))

    def metric(self, name: str, **labels: str) -> float:
        """A metric's value now."""
        return self.metrics.registry.get_sample_value(f"sfera_media_{name}", labels) or 0.0


def microphone_parameters(mid: str = "0", ssrc: int = 11111) -> RtpParameters:
    """An Opus track as Chromium sends it."""
    return RtpParameters(
        mid=mid,
        codecs=[RtpCodecParameters(mimeType="audio/opus", payloadType=111, clockRate=48000, channels=2)],
        headerExtensions=[RtpHeaderExtensionParameters(uri="urn:ietf:params:rtp-hdrext:sdes:mid", id=4)],
        encodings=[RtpEncodingParameters(ssrc=ssrc)],
    )


def camera_parameters(mid: str = "1", layers: int = 3) -> RtpParameters:
    """A VP8 track in simulcast, lowest layer first."""
    return RtpParameters(
        mid=mid,
        codecs=[
            RtpCodecParameters(mimeType="video/VP8", payloadType=96, clockRate=90000),
            RtpCodecParameters(mimeType="video/rtx", payloadType=97, clockRate=90000, parameters={"apt": 96}),
        ],
        headerExtensions=[
            RtpHeaderExtensionParameters(uri="urn:ietf:params:rtp-hdrext:sdes:mid", id=4),
            RtpHeaderExtensionParameters(uri="urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", id=10),
        ],
        encodings=[
            RtpEncodingParameters(rid=f"r{index}", scaleResolutionDownBy=float(2 ** (layers - 1 - index)))
            for index in range(layers)
        ],
    )


def publish(
    room: Room, participant: Participant, source: Source, *, on: bool = True, height: int = 720, layers: int = 3
) -> Track:
    """Publish a track the usual way."""
    audio = source in {"microphone", "screen_audio"}
    parameters = microphone_parameters() if audio else camera_parameters(layers=layers)
    width = 0 if audio else height * 16 // 9
    return room.publishing.publish(participant, source, parameters, width, 0 if audio else height, on)
