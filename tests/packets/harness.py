"""A packet worker with real sockets around it: publishers and receivers whose SRTP is pylibsrtp's and whose RTP is
aiortc's."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiortc.rtp import RtcpPacket, RtpPacket
from pylibsrtp import Policy, Session

from sfu._fastpath import CM, GCM, Event, Worker

PROFILES = {
    GCM: (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
    CM: (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
}
WAIT = 5.0
LOOK = 0.1
"""Nobody is woken for estimates: they are found by looking, as the node does (`sfu.reactor`)."""
IDS = {"mid": 1, "rid": 2, "rrid": 3, "transport_cc": 5, "audio_level": 10, "orientation": 11}
PASSWORD = "p" * 24


def session(profile: str, key: bytes, kind: int) -> Session:
    """One direction of SRTP by pylibsrtp."""
    return Session(Policy(key=key, ssrc_type=kind, srtp_profile=PROFILES[profile][0]))


def readable(fd: int, wait: float) -> bool:
    """Whether something can be read within `wait` seconds."""
    watched = select.poll()
    watched.register(fd, select.POLLIN)
    return bool(watched.poll(wait * 1000))


def is_rtcp(datagram: bytes) -> bool:
    """RFC 5761 section 4."""
    return 192 <= datagram[1] <= 223


class Path:
    """One participant's transport: a socket, its keys, and the worker's handle."""

    def __init__(self, worker: Worker, direction: str, *, participant: int, profile: str = GCM) -> None:
        self.worker = worker
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.connect(("127.0.0.1", worker.port))
        size = PROFILES[profile][1]
        self.server_key, self.own_key = os.urandom(size), os.urandom(size)
        self.outbound = session(profile, self.own_key, Policy.SSRC_ANY_OUTBOUND)
        self.inbound = session(profile, self.server_key, Policy.SSRC_ANY_INBOUND)
        self.handle = worker.add_transport(participant, os.urandom(4).hex(), PASSWORD, direction=direction)
        worker.set_keys(self.handle, profile, self.server_key, self.own_key)
        worker.set_remote(self.handle, "127.0.0.1", self.socket.getsockname()[1])
        self.rtcp: list[object] = []

    def send_rtp(self, packet: bytes) -> bytes:
        """Protect and send; gives the datagram."""
        datagram = self.outbound.protect(packet)
        self.socket.send(datagram)
        return datagram

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send."""
        self.socket.send(self.outbound.protect_rtcp(packet))

    def datagrams(self, wait: float) -> Iterator[bytes]:
        """What has come, waiting at most `wait` seconds for the first."""
        while readable(self.socket.fileno(), wait):
            yield self.socket.recv(4096)
            wait = 0

    def read(self, wait: float = 0.0) -> list[bytes]:
        """RTP that has come, in clear; RTCP goes to `self.rtcp`."""
        found = []
        for datagram in self.datagrams(wait):
            if is_rtcp(datagram):
                self.rtcp += RtcpPacket.parse(self.inbound.unprotect_rtcp(datagram))
            else:
                found.append(self.inbound.unprotect(datagram))
        return found

    def read_until(self, done: Callable[[list[bytes]], bool]) -> list[bytes]:
        """RTP in clear until `done` says so; fails after `WAIT` seconds."""
        found: list[bytes] = []
        deadline = time.monotonic() + WAIT
        while not done(found):
            left = deadline - time.monotonic()
            assert left > 0, f"only {len(found)} packets came, RTCP {self.rtcp}"
            found += self.read(left)
        return found

    def read_count(self, count: int) -> list[RtpPacket]:
        """That many RTP packets."""
        return [RtpPacket.parse(data) for data in self.read_until(lambda found: len(found) >= count)]

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()


class House:
    """A worker, one room in it, and the paths made so far."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.room = worker.add_room()
        self.paths: list[Path] = []
        self.events: list[Event] = []

    def path(self, direction: str, *, participant: int, profile: str = GCM) -> Path:
        """A new transport."""
        made = Path(self.worker, direction, participant=participant, profile=profile)
        self.paths.append(made)
        return made

    def video(self, path: Path, ssrc: int, *, codec: str = "VP8", mid: str = "0", allowed: bool = True) -> int:
        """A video track of one layer."""
        return self.uptrack(path, "video", codec, [("", ssrc, ssrc + 1)], mid=mid, allowed=allowed)

    def uptrack(
        self,
        path: Path,
        kind: str,
        codec: str,
        encodings: list[tuple[str, int, int]],
        *,
        mid: str = "0",
        allowed: bool = True,
    ) -> int:
        """A track."""
        return self.worker.add_uptrack(
            path.handle,
            self.room,
            kind=kind,
            codec=codec,
            payload_type=111 if kind == "audio" else 96,
            rtx_payload_type=-1 if kind == "audio" else 97,
            clock_rate=48000 if kind == "audio" else 90000,
            mid=mid,
            encodings=encodings,
            extensions=IDS,
            allowed=allowed,
        )

    def slot(self, path: Path, ssrc: int, *, kind: str = "video") -> int:
        """A slot; its RTX SSRC is the next number."""
        rtx = ssrc + 1 if kind == "video" else 0
        return self.worker.add_slot(path.handle, self.room, kind=kind, ssrc=ssrc, rtx_ssrc=rtx, cname="cname")

    def wait_event(self, kind: str, match: Callable[[Event], bool] = lambda _: True) -> Event:
        """The next event of a kind, whether it has come already or not."""
        deadline = time.monotonic() + WAIT
        while True:
            for event in self.events:
                if event.kind == kind and match(event):
                    self.events.remove(event)
                    return event
            left = deadline - time.monotonic()
            assert left > 0, f"no {kind} came, only {self.events}"
            readable(self.worker.event_fd, min(left, LOOK))
            self.events += self.worker.poll()

    def wait_counter(self, name: str, least: int) -> None:
        """Until a counter has risen to `least`."""
        deadline = time.monotonic() + WAIT
        while self.worker.counters()[name] < least:
            assert time.monotonic() < deadline, f"{name} is {self.worker.counters()[name]}"
            select.poll().poll(2)


@contextmanager
def house(host: str = "127.0.0.1", **options: object) -> Iterator[House]:
    """A running worker; stopped and its sockets closed at the end."""
    worker = Worker(host, 0, **options)  # type: ignore[arg-type]
    worker.start()
    made = House(worker)
    try:
        yield made
    finally:
        worker.stop()
        for path in made.paths:
            path.close()


def vp8(
    sequence: int,
    timestamp: int,
    *,
    ssrc: int,
    picture: int,
    key: bool = False,
    marker: bool = True,
    body: bytes = b"picture",
    tl0: int = 0,
) -> bytes:
    """A VP8 packet that holds one whole frame: descriptor with a 15-bit picture id, TL0PICIDX and temporal layer."""
    descriptor = bytes([0x90, 0xE0, 0x80 | (picture >> 8) & 0x7F, picture & 0xFF, tl0 & 0xFF, 0x20])
    first = bytes([0x00 if key else 0x01])
    packet = RtpPacket(
        payload_type=96,
        marker=int(marker),
        sequence_number=sequence & 0xFFFF,
        timestamp=timestamp & 0xFFFFFFFF,
        ssrc=ssrc,
        payload=descriptor + first + body,
    )
    return packet.serialize()


def h264(sequence: int, timestamp: int, *, ssrc: int, key: bool = False, body: bytes = b"picture") -> bytes:
    """An H264 packet: STAP-A with a sequence parameter set for a keyframe, else a slice."""
    payload = b"\x78\x00\x04\x67\x42\xe0\x1f" + body if key else b"\x41" + body
    return RtpPacket(
        payload_type=96,
        marker=1,
        sequence_number=sequence & 0xFFFF,
        timestamp=timestamp & 0xFFFFFFFF,
        ssrc=ssrc,
        payload=payload,
    ).serialize()


def opus(sequence: int, timestamp: int, *, ssrc: int, level: int = 20, body: bytes = b"voice") -> bytes:
    """An Opus packet with its audio level (RFC 6464, id 10)."""
    header = RtpPacket(
        payload_type=111, marker=0, sequence_number=sequence & 0xFFFF, timestamp=timestamp & 0xFFFFFFFF, ssrc=ssrc
    ).serialize()
    extension = b"\xbe\xde\x00\x01" + bytes([0xA0, level, 0, 0])
    return bytes([header[0] | 0x10]) + header[1:] + extension + body
