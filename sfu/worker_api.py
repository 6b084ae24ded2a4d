"""What the node asks of a packet worker, as a protocol: `sfu._fastpath.Worker` is the implementation.

`sfu/_fastpath.pyi` says what each method does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class WorkerEvent(Protocol):
    """One event, as `sfu._fastpath.Event` has it."""

    @property
    def kind(self) -> str:
        """What was seen."""

    @property
    def handle(self) -> int:
        """The transport, uptrack, slot or room it is about."""

    @property
    def a(self) -> int:
        """First number; its meaning goes by kind."""

    @property
    def b(self) -> int:
        """Second number."""

    @property
    def data(self) -> bytes:
        """Bytes; their meaning goes by kind."""


class WorkerApi(Protocol):
    """One packet worker."""

    @property
    def port(self) -> int:
        """The UDP port."""

    @property
    def event_fd(self) -> int:
        """Readable while `poll` has something to give; estimates alone do not make it so."""

    def start(self) -> None:
        """Start the thread."""

    def stop(self) -> None:
        """End the thread and close the socket."""

    def poll(self, limit: int = 256) -> Sequence[WorkerEvent]:
        """Events seen since the last call."""

    def counters(self) -> dict[str, int]:
        """Counters since start."""

    def live(self) -> dict[str, int]:
        """What exists now, by kind."""

    def cpu_ns(self) -> int:
        """CPU time of the thread, ns."""

    def last_turn(self) -> float:
        """When the loop began its last turn, by `time.monotonic`; 0.0 before `start`."""

    def add_transport(self, participant: int, ufrag: str, password: str, *, direction: str) -> int:
        """A new transport."""

    def restart_ice(self, transport: int, ufrag: str, password: str) -> None:
        """Other ICE credentials."""

    def set_keys(self, transport: int, profile: str, local: bytes, remote: bytes) -> None:
        """SRTP keys: media may flow."""

    def set_plain(self, transport: int, host: str, port: int) -> None:
        """Plain RTP and RTCP to a loopback address: a tap."""

    def set_numbers(
        self, transport: int, *, payload_types: dict[str, tuple[int, int]], extensions: dict[str, int]
    ) -> None:
        """A receiver's own payload types and header extension ids."""

    def send_dtls(self, transport: int, datagram: bytes) -> None:
        """Send a DTLS datagram."""

    def limit(self, transport: int, bps: int) -> None:
        """Send a receiver at most so many bits a second; 0: no such limit."""

    def remove_transport(self, transport: int) -> None:
        """Remove a transport with its uptracks or slots."""

    def add_room(self) -> int:
        """A new room."""

    def remove_room(self, room: int) -> None:
        """Remove an empty room."""

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
        """A new track of a send transport."""

    def set_allowed(self, uptrack: int, allowed: bool) -> None:
        """Whether anything of the track is forwarded."""

    def remove_uptrack(self, uptrack: int) -> None:
        """Remove a track."""

    def request_keyframe(self, uptrack: int) -> None:
        """Ask the publisher for a keyframe."""

    def add_slot(self, transport: int, room: int, *, kind: str, ssrc: int, rtx_ssrc: int, cname: str) -> int:
        """A new slot."""

    def feed(self, slot: int, uptrack: int, layer: int, *, rank: int = 0, keeps_size: bool = False) -> None:
        """Let an uptrack (-1: none) feed a video slot; `rank` and `keeps_size` say how it gives way to others."""
