"""The load tester's engine against other people's code: aioice's STUN, libsrtp, aiortc's RTP and RTCP."""

from __future__ import annotations

import itertools
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aioice import stun
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtp import (
    HeaderExtensions,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSrPacket,
    RtpPacket,
    is_rtcp,
    unwrap_rtx,
)

from loadtest._engine import Engine
from loadtest.figures import Frame, Ice
from loadtest.peers.dtls import CM, GCM, SrtpKeys
from loadtest.peers.media import EXTENSION_IDS, extensions_map
from loadtest.peers.srtp import Srtp

ICE = Ice("load", "load-password-load-password", "node", "node-password-node-password")
MAP = extensions_map(EXTENSION_IDS)
PATIENCE = 10.0


@dataclass
class Far:
    """The other side of a line: a socket, and libsrtp with the same keys the other way round."""

    sock: socket.socket
    srtp: Srtp
    line: int = -1
    stun: list[bytes] = field(default_factory=list)
    rtp: list[RtpPacket] = field(default_factory=list)
    rtcp: list[Any] = field(default_factory=list)
    feedback: list[bytes] = field(default_factory=list)

    def read_until(self, condition: Callable[[], bool]) -> None:
        """Take what comes until the condition is true."""
        give_up = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < give_up, (len(self.rtp), self.rtcp)
            try:
                self._take(self.sock.recv(2048))
            except TimeoutError:
                continue

    def _take(self, datagram: bytes) -> None:
        if datagram[0] < 4:
            self.stun.append(datagram)
        elif is_rtcp(datagram):
            plain = self.srtp.unprotect_rtcp(datagram)
            if plain[:2] == b"\x8f\xcd":  # transport-wide feedback, which aiortc does not read
                self.feedback.append(plain)
            else:
                self.rtcp += RtcpPacket.parse(plain)
        else:
            self.rtp.append(RtpPacket.parse(self.srtp.unprotect_rtp(datagram), MAP))

    def send_rtp(self, packet: RtpPacket) -> None:
        """Protected, as it is."""
        self.sock.send(self.srtp.protect_rtp(packet.serialize(MAP)))

    def send_rtcp(self, packet: Any) -> None:
        """Protected."""
        self.sock.send(self.srtp.protect_rtcp(bytes(packet)))

    def of(self, ssrc: int) -> list[RtpPacket]:
        """Packets that came under an SSRC."""
        return [packet for packet in self.rtp if packet.ssrc == ssrc]


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(params=[GCM, CM])
def far(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Far]:
    profile = request.param
    size = 28 if profile == GCM else 30
    ours, theirs = secrets.token_bytes(size), secrets.token_bytes(size)
    near, other = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    near.bind(("127.0.0.1", 0))
    other.bind(("127.0.0.1", 0))
    near.connect(other.getsockname())
    other.connect(near.getsockname())
    other.settimeout(0.1)
    far = Far(other, Srtp(SrtpKeys(profile, theirs, ours)))
    far.line = engine.add_line(
        near, ice=ICE, keys=SrtpKeys(profile, ours, theirs), transport_cc=EXTENSION_IDS["transport_cc"]
    )
    yield far
    engine.remove_line(far.line)
    near.close()
    other.close()


def camera(engine: Engine, far: Far, *, rid: str = "", frames: list[Frame] | None = None) -> int:
    return engine.send_video(
        far.line, frames or [Frame(20_000, 3000)], ssrc=1111, payload_type=96, rtx_ssrc=2222, rtx_payload_type=97,
        extensions=EXTENSION_IDS, mid="0", rid=rid,
    )  # fmt: skip


def test_checks_are_what_aioice_takes_and_its_checks_are_answered(engine: Engine, far: Far) -> None:
    far.read_until(lambda: len(far.stun) == 1)
    check = stun.parse_message(far.stun[0])
    assert check.check_message_integrity(ICE.remote_password.encode())
    assert check.message_class is stun.Class.REQUEST
    assert check.attributes["USERNAME"] == f"{ICE.remote_ufrag}:{ICE.local_ufrag}"
    answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, check.transaction_id)
    answer.attributes["XOR-MAPPED-ADDRESS"] = far.sock.getpeername()
    answer.add_message_integrity(ICE.remote_password.encode())
    far.sock.send(bytes(answer))

    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{ICE.local_ufrag}:{ICE.remote_ufrag}"
    forged = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=dict(request.attributes))
    forged.add_message_integrity(b"a guess")
    far.sock.send(bytes(forged))
    request.add_message_integrity(ICE.local_password.encode())
    far.sock.send(bytes(request))
    far.read_until(lambda: len(far.stun) == 2)
    response = stun.parse_message(far.stun[1])
    assert response.check_message_integrity(ICE.local_password.encode())
    assert response.transaction_id == request.transaction_id
    assert response.attributes["XOR-MAPPED-ADDRESS"] == far.sock.getsockname()
    figures = engine.line(far.line)
    assert (figures.checks_sent, figures.checks_answered, figures.requests_answered) == (1, 1, 1)


def test_a_camera_is_whole_frames_of_vp8_that_begin_with_a_keyframe(engine: Engine, far: Far) -> None:
    stream = camera(engine, far, rid="r1", frames=[Frame(20_000, 3001), Frame(20_000, 500)])
    far.read_until(lambda: len(far.of(1111)) >= 20 and any(isinstance(p, RtcpSrPacket) for p in far.rtcp))
    packets = far.of(1111)[:20]
    assert [b.sequence_number - a.sequence_number for a, b in itertools.pairwise(packets)] == [1] * 19
    assert [len(packet.payload) for packet in packets[:8]] == [1000, 1000, 1001, 500, 1000, 1000, 1001, 500]
    assert [packet.marker for packet in packets[:8]] == [0, 0, 1, 1, 0, 0, 1, 1]
    assert {packet.payload_type for packet in packets} == {96}
    assert all((p.extensions.mid, p.extensions.rtp_stream_id) == ("0", "r1") for p in packets)
    numbers = [packet.extensions.transport_sequence_number or 0 for packet in packets]
    assert numbers == list(range(numbers[0], numbers[0] + 20))
    starts, pictures = [], []
    for packet in packets:
        descriptor, rest = VpxPayloadDescriptor.parse(packet.payload)
        starts.append(descriptor.partition_start)
        pictures.append(descriptor.picture_id or 0)
        if descriptor.partition_start:
            assert (rest[0] & 1 == 0) == (packet is packets[0])
    assert starts[:8] == [1, 0, 0, 1, 1, 0, 0, 1]
    assert [(picture - pictures[0]) & 0x7FFF for picture in pictures[:8]] == [0, 0, 0, 1, 2, 2, 2, 3]
    assert [(p.timestamp - packets[0].timestamp) & 0xFFFFFFFF for p in packets[:8]] == [0] * 3 + [1800] + [3600] * 3 + [
        5400
    ]
    report = next(p for p in far.rtcp if isinstance(p, RtcpSrPacket))
    assert report.ssrc == 1111
    assert abs(report.sender_info.ntp_timestamp / 2**32 - 2208988800 - time.time()) < 30
    assert any(isinstance(p, RtcpSdesPacket) for p in far.rtcp)
    assert engine.sent(stream).keyframes == 1


def test_a_report_ends_mid_and_rid_and_requests_are_obeyed(engine: Engine, far: Far) -> None:
    stream = camera(engine, far, rid="r0")
    far.read_until(lambda: len(far.of(1111)) >= 6)
    block = RtcpReceiverInfo(1111, 0, 0, 0, 0, 0, 0)
    far.send_rtcp(RtcpRrPacket(ssrc=5, reports=[block]))
    far.send_rtcp(RtcpPsfbPacket(fmt=1, ssrc=5, media_ssrc=1111))
    lost = far.of(1111)[2]
    far.send_rtcp(RtcpRtpfbPacket(fmt=1, ssrc=5, media_ssrc=1111, lost=[lost.sequence_number]))
    far.read_until(lambda: bool(far.of(2222)) and far.of(1111)[-1].extensions.mid is None)
    (repair,) = far.of(2222)
    again = unwrap_rtx(repair, 96, 1111)
    assert (repair.payload_type, again.payload, again.timestamp) == (97, lost.payload, lost.timestamp)
    assert again.sequence_number == lost.sequence_number
    sent = engine.sent(stream)
    assert (sent.resent, sent.nacked, sent.keyframe_requests) == (1, 1, 1)
    far.read_until(lambda: engine.sent(stream).keyframes == 2)
    engine.set_sending(stream, False)
    before = engine.sent(stream).packets
    time.sleep(0.1)  # five frames long
    assert engine.sent(stream).packets == before
    engine.set_sending(stream, True)
    far.read_until(lambda: engine.sent(stream).keyframes == 3)


def test_a_voice_tells_how_loud_it_is(engine: Engine, far: Far) -> None:
    stream = engine.send_audio(far.line, ssrc=7, payload_type=111, extensions=EXTENSION_IDS, mid="1", level=30)
    far.read_until(lambda: len(far.of(7)) >= 5)
    engine.set_level(stream, 127)
    far.read_until(lambda: far.of(7)[-1].extensions.audio_level == (False, 127))
    first = far.of(7)[0]
    assert (first.extensions.audio_level, first.payload_type, len(first.payload)) == ((True, 30), 111, 80)
    assert (far.of(7)[1].timestamp - first.timestamp) & 0xFFFFFFFF == 960


def packet_of(
    number: int, payload: bytes = bytes(100), *, ssrc: int = 42, at: int = 0, wide: int | None = None
) -> RtpPacket:
    packet = RtpPacket(96, 0, number & 0xFFFF, at, ssrc, payload)
    packet.extensions = HeaderExtensions(transport_sequence_number=wide)
    return packet


def test_what_comes_is_counted_told_and_asked_for_again(engine: Engine, far: Far) -> None:
    sink = engine.expect(far.line, "video", ssrc=42, rtx_ssrc=43)
    # 65534 ... 3, over the wrap: one is missing, one late, one twice
    made = {
        number: far.srtp.protect_rtp(packet_of(number, wide=(number + 100) & 0xFFFF).serialize(MAP))
        for number in (65534, 65535, 0, 1, 3)
    }
    for number in (65534, 65535, 1, 0, 0, 3):
        far.sock.send(made[number])
    far.send_rtp(packet_of(9, ssrc=99))
    far.read_until(lambda: any(isinstance(p, RtcpRtpfbPacket) for p in far.rtcp) and bool(far.feedback))
    got = engine.received(sink)
    assert (got.packets, got.missing, got.duplicates, got.reordered, got.foreign) == (5, 1, 1, 1, 5)
    assert engine.line(far.line).unexpected == 1
    nack = next(p for p in far.rtcp if isinstance(p, RtcpRtpfbPacket))
    assert (nack.media_ssrc, nack.lost) == (42, [2])
    base, count = (int.from_bytes(far.feedback[0][at : at + 2], "big") for at in (12, 14))
    assert (base, count) == (98, 6)

    far.send_rtp(RtpPacket(97, 0, 1, 0, 43, (2).to_bytes(2, "big") + bytes(100)))
    far.read_until(lambda: engine.received(sink).recovered == 1)
    assert (engine.received(sink).packets, engine.received(sink).missing) == (6, 0)
    far.read_until(lambda: any(isinstance(p, RtcpRrPacket) and p.reports for p in far.rtcp))
    block = next(p.reports[0] for p in far.rtcp if isinstance(p, RtcpRrPacket) and p.reports)
    assert block.ssrc == 42

    engine.reset()
    far.send_rtp(packet_of(4))
    far.read_until(lambda: engine.received(sink).packets == 1)
    assert engine.received(sink).missing == 0


def test_packets_that_went_through_a_forwarder_are_known_again(engine: Engine, far: Far) -> None:
    """The other side sends the engine's own packets back under another SSRC, as a server would."""
    stream = camera(engine, far)
    sink = engine.expect(far.line, "video", ssrc=42)
    far.read_until(lambda: len(far.of(1111)) >= 6)
    back = far.of(1111)[:6]
    for number, packet in enumerate(back):
        returned = RtpPacket(96, packet.marker, number, packet.timestamp, 42, packet.payload)
        if number == 4:
            returned.payload = packet.payload[:100] + b"x" + packet.payload[101:]
        far.sock.send(far.srtp.protect_rtp(returned.serialize(MAP)))
    far.read_until(lambda: engine.received(sink).packets == 6)
    got = engine.received(sink)
    assert (got.opened, got.corrupt, got.foreign, got.source, got.keyframes) == (6, 1, 0, stream, 1)
    assert 0 < got.first_ns <= got.first_frame_ns <= time.time_ns()
    assert sum(count for _, count in engine.latency("video")) == 5
    assert all(0 < bound < 1000 * PATIENCE for bound, _ in engine.latency("video"))


def test_a_pause_cuts_a_stretch_exactly(engine: Engine, far: Far) -> None:
    stream = camera(engine, far)
    far.read_until(lambda: len(far.of(1111)) >= 6)
    assert engine.pause()
    stands = engine.sent(stream).packets
    far.read_until(lambda: len(far.of(1111)) == stands)
    engine.reset()
    engine.resume()
    far.read_until(lambda: len(far.of(1111)) >= stands + 6)
    assert engine.pause()
    assert engine.sent(stream).packets >= 6
    first, second = engine.turns(), engine.turns()
    assert first.frames >= 2
    # What a slow line delivers during the pause was sent before it.
    assert first.seconds < second.seconds
    assert 0 < first.sending_s == second.sending_s < first.seconds


def test_what_does_not_exist_or_fit_is_refused_by_name(engine: Engine, far: Far) -> None:
    with pytest.raises(LookupError, match="line 99"):
        engine.send_audio(99, ssrc=1, payload_type=111, extensions={})
    with pytest.raises(LookupError, match="99"):
        engine.received(99)
    with pytest.raises(ValueError, match="RFC 8285"):
        engine.send_audio(far.line, ssrc=1, payload_type=111, extensions={"mid": 15})
    with pytest.raises(ValueError, match="extensions are"):
        engine.send_audio(far.line, ssrc=1, payload_type=111, extensions={"midi": 1})
    with pytest.raises(ValueError, match="packets of"):
        engine.send_video(far.line, [], ssrc=1, payload_type=96, extensions={})
