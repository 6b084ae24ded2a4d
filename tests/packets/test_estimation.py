"""What a receiver's line carries: feedback read, probes sent, receivers with REMB only, hostile ones.

All but the first run in the test's own time over modelled lines, so that nothing depends on how busy the machine is.
"""

from __future__ import annotations

import select
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from aiortc import rtp
from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtpPacket,
)

from loadtest.shaping import Shape
from sfu._arrivals import Arrivals
from tests.packets._still import Still
from tests.packets.harness import IDS, WAIT, house, is_rtcp, vp8
from tests.packets.receiver import Receiver, transport_number

SLOT = 7000
SOURCE = 5000
RTPFB_NACK = 1
PUBLISHER_PORT, OTHER_PORT, SINK_PORT = 41001, 41002, 41003
STEP_US = 2000
PACKET_US = 4000
FEEDBACK_US = 50_000
GOOD = Shape(delay_ms=20)
THIN = Shape(rate_kbps=400, delay_ms=100)


def is_keyframe_request(compound: bytes) -> bool:
    """A picture loss indication (RFC 4585 section 6.3.1) is in it."""
    return any(isinstance(one, RtcpPsfbPacket) and one.fmt == RTCP_PSFB_PLI for one in RtcpPacket.parse(compound))


class Call:
    """A camera and one receiver behind a modelled line, who answers as a browser does. Time goes on by `turn` alone."""

    def __init__(self, *, shape: Shape = GOOD, feedback: bool = True, body: int = 1100, **options: bool) -> None:
        self.still = Still(**options)
        self.worker = self.still.worker
        self.body = bytes(body)
        room = self.worker.add_room()
        source = self.worker.add_transport(1, "user1", "p" * 24, direction="send")
        self.sink = self.worker.add_transport(2, "user2", "p" * 24, direction="receive")
        self.worker.set_plain(source, "127.0.0.1", PUBLISHER_PORT)
        self.worker.set_plain(self.sink, "127.0.0.1", SINK_PORT)
        camera = self.worker.add_uptrack(
            source, room, kind="video", codec="VP8", payload_type=96, rtx_payload_type=97, clock_rate=90000, mid="0",
            encodings=[("", SOURCE, SOURCE + 1)], extensions=IDS, allowed=True,
        )  # fmt: skip
        slot = self.worker.add_slot(self.sink, room, kind="video", ssrc=SLOT, rtx_ssrc=SLOT + 1, cname="cname")
        self.worker.feed(slot, camera, 0)
        self.still.run()
        self.got: list[bytes] = []
        self.estimates: list[int] = []
        self.frames = 0
        self.port = SINK_PORT
        self.receiver = Receiver(shape, back=Shape(delay_ms=20), feedback_us=FEEDBACK_US, answers=feedback)
        self._key = True

    def turn(self, *, lose: bool = False) -> None:
        """A packet of the camera, of which one comes every 4 ms, and all that happens until the next one is due.

        `lose`: it is lost on the publisher's line."""
        self.frames += 1
        if not lose:
            n = self.frames
            packet = vp8(n, 360 * n, ssrc=SOURCE, picture=n, key=self._key, body=self.body)
            self._key = False
            self.still.receive(PUBLISHER_PORT, packet)
        for _ in range(PACKET_US // STEP_US):
            self.still.run()
            self.still.pass_time(STEP_US)
            self._carry()
        self.estimates += [event.a for event in self.worker.poll() if event.kind == "estimate"]

    def last(self, seconds: float) -> None:
        """So long."""
        for _ in range(round(seconds * 1e6 / PACKET_US)):
            self.turn()

    def answer(self, packet: bytes) -> None:
        """RTCP of the receiver."""
        self.still.receive(self.port, packet)

    def move(self, port: int, shape: Shape) -> None:
        """The receiver is somewhere else now, behind another line; what is under way on the old one goes on to it."""
        self.worker.set_remote(self.sink, "127.0.0.1", port)
        self.still.run()
        self.port = port
        self.receiver.line.reshape(self.still.now_us / 1e6, shape)

    def _carry(self) -> None:
        sent = []
        for port, data in self.still.sent():
            if port == PUBLISHER_PORT:
                self._key = self._key or is_keyframe_request(data)
            elif port == self.port and not is_rtcp(data):
                sent.append(data)
        self.got += self.receiver.carry(self.still.now_us, sent, self.answer)


Start = Callable[..., Call]


@pytest.fixture
def call() -> Iterator[Start]:
    """Makes calls."""
    made: list[Call] = []

    def start(**options: object) -> Call:
        made.append(Call(**options))  # type: ignore[arg-type]
        return made[-1]

    yield start
    for one in made:
        one.still.close()


def padding_only(packet: RtpPacket) -> bool:
    return not packet.payload and packet.padding_size > 0


def test_probes_are_padding_and_no_number_is_used_twice() -> None:
    """Over sockets, opened by libsrtp: what is said of an estimate is said below."""
    with house() as h:
        source, sink = h.path("send", participant=1), h.path("receive", participant=2)
        h.worker.feed(h.slot(sink, SLOT), h.video(source, SOURCE), 0)
        log, got, frames = Arrivals(), list[bytes](), 0
        asked = False
        deadline = time.monotonic() + 4 * WAIT
        while h.worker.counters()["probe_packets"] == 0 or not asked:
            assert time.monotonic() < deadline, h.worker.counters()
            frames += 1
            source.send_rtp(vp8(frames, 900 * frames, ssrc=SOURCE, picture=frames, key=frames == 1, body=bytes(200)))
            select.poll().poll(4)
            for packet in sink.read():
                got.append(packet)
                log.add(transport_number(packet), int(time.monotonic() * 1e6))
            while feedback := log.write():
                sink.send_rtcp(feedback)
            media = [data for data in got if int.from_bytes(data[8:12], "big") == SLOT]
            if len(media) >= 3 and not asked:
                asked = True
                for number in [RtpPacket.parse(data).sequence_number for data in media[:3]] * 3:
                    sink.send_rtcp(bytes(RtcpRtpfbPacket(RTPFB_NACK, 1, SLOT, [number])))
                h.wait_counter("retransmitted", 3)
        counted = h.worker.counters()
        got += sink.read_until(lambda more: any(padding_only(RtpPacket.parse(data)) for data in got + more))
        packets = [RtpPacket.parse(data) for data in got]
        assert {p.ssrc for p in packets if padding_only(p)} == {SLOT + 1}, "padding goes over the slot's RTX stream"
        assert not any(p.padding_size for p in packets if p.ssrc == SLOT)
        assert max(Counter((p.ssrc, p.sequence_number) for p in packets).values()) == 1
        numbers = [transport_number(data) for data in got]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "every packet has the next number"
        assert counted["send_errors"] == 0


def test_probes_find_what_a_line_carries(call: Start) -> None:
    good = call(body=200)  # less than the line carries, by far
    good.last(3)
    assert 700 < good.estimates[-1] < 20_000
    thin = call(shape=THIN, body=200)
    thin.last(10)
    assert 250 < thin.estimates[-1] < 500


def test_a_receiver_with_remb_only_is_sent_what_it_says(call: Start) -> None:
    one = call(feedback=False)
    one.turn()
    one.answer(bytes(RtcpPsfbPacket(rtp.RTCP_PSFB_APP, 1, 0, rtp.pack_remb_fci(450_000, [SLOT]))))
    one.turn()
    assert one.estimates[-1] in (449, 450)
    assert one.worker.counters()["probes"] == 0


def reports(one: Call, *, lost_here: float) -> list[int]:
    """Receiver reports about a camera half of whose packets never came to us; of those that left, the receiver says
    that `lost_here` did not arrive. The estimates told of, kb/s."""
    one.answer(bytes(RtcpPsfbPacket(rtp.RTCP_PSFB_APP, 1, 0, rtp.pack_remb_fci(900_000, [SLOT]))))
    lost = expected = 0
    for number in range(1000):
        one.turn(lose=one.frames % 2 == 1)
        if number % 10 == 9:
            media = [RtpPacket.parse(data).sequence_number for data in one.got]
            expected = media[-1] - media[0] + 1
            lost = expected - int(len(media) * (1 - lost_here))
            one.answer(bytes(RtcpRrPacket(1, [RtcpReceiverInfo(SLOT, 0, lost, media[-1], 0, 0, 0)])))
    assert lost > 0.3 * expected
    return one.estimates


def test_what_the_publishers_line_lost_does_not_lower_an_estimate(call: Start) -> None:
    assert reports(call(feedback=False, body=300), lost_here=0.0)[-1] == 900


def test_what_the_receivers_own_line_loses_does(call: Start) -> None:
    assert reports(call(feedback=False, body=300), lost_here=0.3)[-1] < 800


def test_feedback_is_read_at_a_bounded_rate_and_lies_stop_nothing(call: Start) -> None:
    one = call()
    one.last(0.08)
    head = bytes([0x8F, 205, 0, 5]) + bytes(8)
    for n in range(400):
        body = struct.pack("!HHI", n * 163 & 0xFFFF, 4000, n << 16) + b"\x0f\xa0" + b"\xff\xff"
        one.answer(head + body)
    assert one.worker.counters()["drop_feedback_rate"] >= 200
    one.last(5)
    assert one.estimates[-1] > 300


def test_without_estimates_there_are_none(call: Start) -> None:
    one = call(estimates=False)
    one.last(2)
    counted = one.worker.counters()
    assert counted["feedback_in"] > 10 and counted["probes"] == 0 and not one.estimates


def test_another_address_is_another_line(call: Start) -> None:
    one = call(shape=THIN, body=200)
    one.last(10)
    assert one.estimates[-1] < 500
    one.move(OTHER_PORT, GOOD)
    one.last(3)
    assert one.estimates[-1] > 700, "it is explored anew, and by what leaves on it alone"
    one.move(SINK_PORT, THIN)
    one.last(10)
    assert one.estimates[-1] < 500
    one.move(OTHER_PORT, GOOD)
    one.move(SINK_PORT, GOOD)  # back before anything left
    one.last(3)
    assert one.estimates[-1] > 700
