"""What a receiver's line carries: feedback read, probes sent, receivers with REMB only, hostile ones."""

from __future__ import annotations

import select
import struct
import time
from collections import Counter

import pytest
from aiortc import rtp
from aiortc.rtp import RtcpPsfbPacket, RtcpReceiverInfo, RtcpRrPacket, RtcpRtpfbPacket, RtpPacket

from sfu._arrivals import Arrivals
from tests.packets.harness import IDS, WAIT, House, house, vp8

SLOT = 7000
FRAME = b"\x55" * 1100
RTPFB_NACK = 1


def transport_number(packet: bytes) -> int:
    """The transport-wide sequence number (RFC 8285 one-byte form)."""
    assert packet[12:14] == b"\xbe\xde"
    assert packet[16] == IDS["transport_cc"] << 4 | 1
    number: int = struct.unpack_from("!H", packet, 17)[0]
    return number


class Call:
    """A camera of about two megabits, and one receiver that answers as a browser does."""

    def __init__(self, h: House, *, feedback: bool = True, body: bytes = FRAME) -> None:
        self.house = h
        self.body = body
        self.source = h.path("send", participant=1)
        self.sink = h.path("receive", participant=2)
        self.slot = h.slot(self.sink, SLOT)
        h.worker.feed(self.slot, h.video(self.source, 5000), 0)
        self.got: list[bytes] = []
        self.frames = 0
        self._log = Arrivals() if feedback else None
        self._next_feedback = 0.0

    def turn(self, *, lose: bool = False) -> None:
        """A packet every 4 ms; feedback every 50 ms."""
        select.poll().poll(4)
        self.frames += 1
        if not lose:
            n = self.frames
            key = n == 1
            self.source.send_rtp(vp8(n, 900 * n, ssrc=5000, picture=n, key=key, body=self.body))
        for packet in self.sink.read():
            self.got.append(packet)
            if self._log is not None:
                self._log.add(transport_number(packet), int(time.monotonic() * 1e6))
        if self._log is not None and time.monotonic() > self._next_feedback:
            self._next_feedback = time.monotonic() + 0.05
            while feedback := self._log.write():
                self.sink.send_rtcp(feedback)

    def until_estimate(self, least_kbps: int) -> int:
        """Goes on until the worker tells of an estimate as high."""
        deadline = time.monotonic() + 2 * WAIT
        while time.monotonic() < deadline:
            self.turn()
            for event in self.house.worker.poll():
                if event.kind == "estimate" and event.a >= least_kbps:
                    assert event.handle == self.sink.handle
                    return event.a
        pytest.fail(f"no estimate of {least_kbps}; the worker counts {self.house.worker.counters()}")


def padding_only(packet: RtpPacket) -> bool:
    return not packet.payload and packet.padding_size > 0


def test_probes_find_what_a_line_carries_and_no_number_is_used_twice() -> None:
    with house() as h:
        call = Call(h, body=bytes(200))  # less than the probes have
        while not (media := [data for data in call.got if int.from_bytes(data[8:12], "big") == SLOT]):
            call.turn()
        for number in [RtpPacket.parse(data).sequence_number for data in media] * 3:
            call.sink.send_rtcp(bytes(RtcpRtpfbPacket(RTPFB_NACK, 1, SLOT, [number])))
        h.wait_counter("retransmitted", 3)
        assert call.until_estimate(700) < 20_000
        call.turn()
        packets = [RtpPacket.parse(data) for data in call.got]
        probes = [p for p in packets if padding_only(p)]
        assert probes and {p.ssrc for p in probes} == {SLOT + 1}, "padding goes over the slot's RTX stream"
        assert [p.payload for p in packets if p.ssrc == SLOT] and not any(
            p.padding_size for p in packets if p.ssrc == SLOT
        )
        uses = Counter((p.ssrc, p.sequence_number) for p in packets)
        assert max(uses.values()) == 1
        numbers = [transport_number(data) for data in call.got]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "every packet has the next number"
        counted = h.worker.counters()
        assert counted["probe_packets"] >= len(probes) and counted["send_errors"] == 0


def test_a_receiver_with_remb_only_is_sent_what_it_says() -> None:
    with house() as h:
        call = Call(h, feedback=False)
        call.turn()
        remb = rtp.pack_remb_fci(450_000, [SLOT])
        call.sink.send_rtcp(bytes(RtcpPsfbPacket(rtp.RTCP_PSFB_APP, 1, 0, remb)))
        assert h.wait_event("estimate").a in (449, 450)
        assert h.worker.counters()["probes"] == 0


def reports(call: Call, *, lost_here: float) -> list[int]:
    """Receiver reports about a camera half of whose packets never came to us; of those that left, the receiver says
    that `lost_here` did not arrive. The estimates told of, kb/s."""
    call.sink.send_rtcp(bytes(RtcpPsfbPacket(rtp.RTCP_PSFB_APP, 1, 0, rtp.pack_remb_fci(900_000, [SLOT]))))
    told: list[int] = []
    lost = expected = 0
    first: int | None = None
    deadline = time.monotonic() + (WAIT if lost_here else 2.0)
    while time.monotonic() < deadline and not (lost_here and told and told[-1] < 800):
        for _ in range(10):
            call.turn(lose=call.frames % 2 == 1)
        media = [RtpPacket.parse(data).sequence_number for data in call.got]
        first = media[0] if first is None else first
        expected = media[-1] - first + 1
        lost = expected - int(len(media) * (1 - lost_here))
        block = RtcpReceiverInfo(SLOT, 0, lost, media[-1], 0, 0, 0)
        call.sink.send_rtcp(bytes(RtcpRrPacket(1, [block])))
        told += [event.a for event in call.house.worker.poll() if event.kind == "estimate"]
    assert lost > 0.3 * expected
    return told


def test_what_the_publishers_line_lost_does_not_lower_an_estimate() -> None:
    with house() as h:
        assert reports(Call(h, feedback=False, body=bytes(300)), lost_here=0.0)[-1] == 900


def test_what_the_receivers_own_line_loses_does() -> None:
    with house() as h:
        assert reports(Call(h, feedback=False, body=bytes(300)), lost_here=0.3)[-1] < 800


def test_feedback_is_read_at_a_bounded_rate_and_lies_stop_nothing() -> None:
    with house() as h:
        call = Call(h)
        for _ in range(20):
            call.turn()
        head = bytes([0x8F, 205, 0, 5]) + bytes(8)
        for n in range(400):
            body = struct.pack("!HHI", n * 163 & 0xFFFF, 4000, n << 16) + b"\x0f\xa0" + b"\xff\xff"
            call.sink.send_rtcp(head + body)
            if n % 50 == 0:
                select.poll().poll(1)
        h.wait_counter("drop_feedback_rate", 200)
        assert call.until_estimate(300)


def test_without_estimates_there_are_none() -> None:
    with house(estimates=False) as h:
        call = Call(h)
        while h.worker.counters()["feedback_in"] < 10:
            call.turn()
        assert not [event for event in h.worker.poll() if event.kind == "estimate"]
        assert h.worker.counters()["probes"] == 0


def test_another_address_is_another_line() -> None:
    with house() as h:
        call = Call(h)
        call.until_estimate(700)
        before = h.worker.counters()["probes"]
        other = h.path("receive", participant=9)
        h.worker.set_remote(call.sink.handle, "127.0.0.1", other.socket.getsockname()[1])
        h.worker.set_remote(call.sink.handle, "127.0.0.1", call.sink.socket.getsockname()[1])
        deadline = time.monotonic() + WAIT
        while h.worker.counters()["probes"] < before + 2:
            assert time.monotonic() < deadline, "it is not explored anew"
            call.turn()
