"""Source, sinks and the speed-of-light program over real sockets; libsrtp opens what arrives."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtp import RtpPacket

from benchmarks import vp8
from benchmarks._aead import Aead, backends
from benchmarks._source import Source
from benchmarks.keys import new_master, session_keys
from benchmarks.limit import LimitSide
from benchmarks.shape import Shape
from benchmarks.sinks import Drain, Mismatch, Receiver, inbound, outbound, receiver_socket

SSRC = 0x01020304
FRAME = 5


class Street:
    """A camera that sends straight to one sink."""

    def __init__(self, *, copies: int = 1, uneven: bool = False, gro: bool = True, sample_every: int = 8192) -> None:
        self.frames = [vp8.frame_payloads(FRAME, 1000, uneven=uneven)]
        self.receiver = Receiver(receiver_socket(gro=gro), new_master(), SSRC)
        self.source = Source(Aead("evp"), self.frames, 96, 3, copies)
        self.camera = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.camera.connect(("127.0.0.1", self.receiver.port))
        self.source.add_camera(self.camera, *session_keys(self.receiver.master), SSRC, 65530)
        self.drain = Drain([self.receiver], self.frames, cpu=0, source=self.source, sample_every=sample_every)
        self.samples: list[bytes] = []

    def send_until(self, frames: int) -> None:
        """Lets the camera send, until at least so many frames are out; then until all that can arrive has."""
        self.source.go(2)
        self._await(lambda: self.source.counts()["frames"] >= frames)
        self.source.pause()
        self._await(lambda: self.drain.sinks.packets >= self.source.counts()["frames"] * FRAME)
        self.samples = [data for _, data in self.drain.sinks.samples()]
        for data in self.samples:
            self.receiver.check(data, self.frames)

    @staticmethod
    def _await(condition: Callable[[], bool]) -> None:
        give_up = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < give_up
            time.sleep(0.001)

    def close(self) -> None:
        """Ends the threads."""
        self.source.pause()
        self.drain.close()
        self.camera.close()


@pytest.fixture(params=[(False, True), (False, False), (True, True)], ids=["equal", "without gro", "uneven"])
def street(request: pytest.FixtureRequest) -> Iterator[Street]:
    uneven, gro = request.param
    street = Street(uneven=uneven, gro=gro)
    street.drain.start()
    yield street
    street.close()


def test_frames_arrive_and_are_what_was_sent(street: Street) -> None:
    # Through the wrap of the sequence number and its rollover counter
    street.send_until(20000)
    assert street.drain.sinks.packets == street.source.counts()["packets"]
    assert street.source.counts()["lost"] == 0
    assert street.drain.checked >= 10
    assert street.drain.sinks.counts()["skipped"] == 0


def test_frames_are_vp8_to_aiortc() -> None:
    street = Street(sample_every=1)
    street.drain.start()
    try:
        street.send_until(1)
    finally:
        street.close()
    session = inbound(street.receiver.master)
    seen = [RtpPacket.parse(session.unprotect(data)) for data in street.samples]
    frames = [VpxPayloadDescriptor.parse(packet.payload) for packet in seen]
    assert [packet.timestamp % 3000 for packet in seen] == [0] * len(seen)
    for packet, (descriptor, rest) in zip(seen, frames, strict=True):
        assert descriptor.picture_id == packet.timestamp // 3000
        assert descriptor.partition_start == 1
        # The first frame can be decoded on its own, those behind it cannot (RFC 6386 section 9.1).
        assert rest[0] & 1 == (packet.timestamp > 0)


def test_what_is_lost_is_counted_and_the_source_goes_on() -> None:
    street = Street(copies=2)  # only one of two copies can ever arrive
    street.drain.start()
    try:
        street.send_until(6)
        counts = street.source.counts()
        assert counts["packets"] == counts["frames"] * FRAME * 2
        assert counts["lost"] >= 2 * FRAME
    finally:
        street.close()


def packet(street: Street, *, body_change: int = 0, ssrc: int = SSRC, master: bytes | None = None) -> bytes:
    """A protected packet as a sink may get it."""
    payload = bytearray(street.frames[0][0])
    payload[-1] ^= body_change
    header = bytes([0x80, 96, 0, 1]) + bytes(4) + ssrc.to_bytes(4, "big")
    return outbound(master or street.receiver.master).protect(header + bytes(payload))


@pytest.fixture
def quiet() -> Iterator[Street]:
    street = Street()
    yield street
    street.close()


def test_the_check_passes_what_is_right(quiet: Street) -> None:
    quiet.receiver.check(packet(quiet), quiet.frames)
    assert quiet.receiver.checked == 1


def test_the_check_refuses_what_is_not(quiet: Street) -> None:
    for wrong in (
        packet(quiet, body_change=1),
        packet(quiet, ssrc=SSRC + 1),
        packet(quiet, master=new_master()),
        packet(quiet)[:-1],
    ):
        with pytest.raises(Mismatch):
            quiet.receiver.check(wrong, quiet.frames)
    assert quiet.receiver.checked == 0


@pytest.mark.parametrize("backend", backends())
@pytest.mark.parametrize(
    "shape",
    [
        Shape(receivers=3),
        Shape(receivers=20, rooms=2, frame=1),
        Shape(receivers=2, gro=False),
        Shape(receivers=2, uneven=True),
        Shape(receivers=2, voice=True, payload=80),
        Shape(receivers=2, recorded=True),
        Shape(receivers=2, cm=True),
    ],
    ids=["plain", "rooms", "without gro", "uneven", "voice", "recorded", "cm"],
)
def test_the_speed_of_light_program_sends_real_srtp(backend: str, shape: Shape) -> None:
    side = LimitSide(backend, shape, cpu=0, sinks_cpu=1)
    try:
        run = side.run(0.2)
        assert run.packets > 0
        assert run.delivered == 1.0
        assert side.checked >= shape.receivers
    finally:
        side.close()
