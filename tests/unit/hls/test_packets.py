"""Datagrams of a tap back into packets, order, pictures and time."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder, VpxPayloadDescriptor
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpSenderInfo, RtcpSrPacket
from aiortc.rtp import RtpPacket as Reference
from hypothesis import given, settings
from hypothesis import strategies as st

from hls.depacketise import Depacketiser, Picture, units
from hls.ingest import Ingest
from hls.jitter import Arrived, JitterBuffer
from hls.rtp import RtpPacket, SenderReport, extend, is_rtcp, keyframe_request, parse_reports, parse_rtp
from hls.timeline import NodeClock, Timeline
from tests.unit.hls.talk import NTP, Talk, tap

CODECS = {96: "VP8", 102: "H264"}


# RTP and RTCP


@given(
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    payload=st.binary(max_size=1400),
    payload_type=st.integers(0, 127),
    marker=st.booleans(),
    padding=st.integers(0, 20),
    sources=st.lists(st.integers(0, 0xFFFFFFFF), max_size=3),
)
def test_packets_are_read_as_aiortc_wrote_them(
    sequence: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    payload_type: int,
    *,
    marker: bool,
    padding: int,
    sources: list[int],
) -> None:
    written = Reference(
        payload_type=payload_type, marker=int(marker), sequence_number=sequence, timestamp=timestamp, ssrc=ssrc,
        payload=payload,
    )  # fmt: skip
    written.csrc = sources
    written.padding_size = padding
    read = parse_rtp(written.serialize())
    assert read == RtpPacket(ssrc, payload_type, sequence, timestamp, marker, payload, 0)


def test_the_orientation_stands_in_an_extension() -> None:
    head = b"\x90\x60\0\1\0\0\0\2\0\0\0\3"
    assert parse_rtp(head + b"\xbe\xde\0\2" + b"\x51ab" + b"\xb0\3" + b"\0\0\0" + b"xyz") == RtpPacket(
        3, 96, 1, 2, False, b"xyz", 3
    )


@settings(max_examples=300)
@given(data=st.binary(max_size=200))
def test_no_datagram_stops_the_ingest(data: bytes) -> None:
    counts: Counter[str] = Counter()
    ingest = Ingest(tap(), counts)
    ingest.receive(data, 1.0)
    ingest.receive(b"\x80\x60" + data, 2.0)
    ingest.receive(b"\x80\xc8" + data, 3.0)
    assert sum(counts.values()) >= 3


def test_sender_reports_are_found_in_compounds() -> None:
    report = RtcpSrPacket(ssrc=7, sender_info=RtcpSenderInfo((1_700_000_000 + NTP) << 32 | 1 << 31, 90_000, 1, 2))
    compound = bytes(RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=2)) + bytes(report)
    assert is_rtcp(compound)
    assert parse_reports(compound) == [SenderReport(7, 1_700_000_000.5, 90_000)]
    assert parse_reports(compound[:-1]) == []


def test_a_keyframe_is_asked_for_as_others_do() -> None:
    (packet,) = RtcpPacket.parse(keyframe_request(1, 2))
    assert isinstance(packet, RtcpPsfbPacket)
    assert (packet.fmt, packet.ssrc, packet.media_ssrc) == (1, 1, 2)


@given(number=st.integers(0, 1 << 40), step=st.integers(-30_000, 30_000))
def test_numbers_go_on_where_they_wrap(number: int, step: int) -> None:
    assert extend((number + step) & 0xFFFF, number, 16) == number + step


# Order


def packet(sequence: int, *, ssrc: int = 1, timestamp: int = 0) -> RtpPacket:
    return RtpPacket(ssrc, 96, sequence & 0xFFFF, timestamp, False, b"x")


@given(
    first=st.integers(0, 0xFFFF),
    count=st.integers(1, 60),
    seed=st.integers(0, 1 << 30),
    lost=st.sets(st.integers(1, 58), max_size=8),
)
def test_whatever_the_line_does_packets_leave_once_and_in_order(
    first: int, count: int, seed: int, lost: set[int]
) -> None:
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    buffer = JitterBuffer(0.1, counts)
    arrivals = sorted(
        (number * 0.01 + rng.uniform(0, 0.05 if number else 0), number)
        for number in range(count)
        for _ in range(1 + (rng.random() < 0.2))
        if number not in lost
    )
    out: list[Arrived] = []
    for at, number in arrivals:
        out += buffer.expire(at)
        out += buffer.push(packet(first + number), at)
    out += buffer.expire(1000.0)
    got = [(arrived.packet.sequence - first) & 0xFFFF for arrived in out]
    assert got == sorted({number for _, number in arrivals})
    assert sum(arrived.lost for arrived in out) == counts["lost"]
    assert counts["lost"] == len([number for number in lost if number < max(got)])


def test_a_hole_is_waited_for_and_then_a_loss() -> None:
    counts: Counter[str] = Counter()
    buffer = JitterBuffer(0.1, counts)
    assert len(buffer.push(packet(10), 0.0)) == 1
    assert buffer.push(packet(12), 0.02) == []
    assert buffer.expire(0.11) == []
    (arrived,) = buffer.expire(0.125)
    assert (arrived.packet.sequence, arrived.lost, arrived.at) == (12, 1, 0.02)
    assert buffer.push(packet(11), 0.2) == []
    assert counts == {"lost": 1, "late": 1}


def test_numbering_that_begins_anew_is_followed_but_a_stray_packet_is_not() -> None:
    counts: Counter[str] = Counter()
    buffer = JitterBuffer(0.1, counts)
    buffer.push(packet(10), 0.0)
    assert buffer.push(packet(30_000), 0.01) == []
    assert len(buffer.push(packet(11), 0.02)) == 1
    assert buffer.push(packet(40_000), 0.03) == []
    (arrived,) = buffer.push(packet(40_001), 0.04)
    assert (arrived.packet.sequence, arrived.lost) == (40_001, -1)
    assert len(buffer.push(packet(40_002), 0.05)) == 1
    assert counts == {"stray": 2, "restart": 1}


def test_it_holds_no_more_than_it_may() -> None:
    buffer = JitterBuffer(1000.0, Counter())
    out = buffer.push(packet(0), 0.0)
    for number in range(2, 2500):
        out += buffer.push(packet(number), 0.0)
    assert [arrived.packet.sequence for arrived in out] == [0, *range(2, 2500)]


# Pictures


def vp8(payload: bytes, sequence: int, timestamp: int, *, start: bool, marker: bool) -> RtpPacket:
    descriptor = bytes(VpxPayloadDescriptor(int(start), 0, picture_id=sequence, tl0picidx=3, tid=(1, 0), keyidx=4))
    return RtpPacket(1, 96, sequence, timestamp, marker, descriptor + payload)


def push(frames: Depacketiser, packets: list[RtpPacket], lost: set[int] = frozenset()) -> list[Picture]:  # type: ignore[assignment]
    out: list[Picture] = []
    missing = 0
    for item in packets:
        if item.sequence in lost:
            missing += 1
            continue
        out += frames.push(Arrived(item, 1.0, missing))
        missing = 0
    return out


KEY, DELTA = b"\x10key", b"\x11delta"


@given(data=st.binary(min_size=1, max_size=9000), key=st.booleans())
def test_vp8_frames_come_out_as_aiortc_cut_them(data: bytes, *, key: bool) -> None:
    data = bytes([data[0] & 0xFE if key else data[0] | 1]) + data[1:]
    payloads = Vp8Encoder._packetize(data, 5)
    frames = Depacketiser(CODECS, Counter())
    frames.needs_keyframe = False
    frames._codec = "VP8"
    packets = [
        RtpPacket(1, 96, number, 77, number == len(payloads) - 1, payload) for number, payload in enumerate(payloads)
    ]
    (got,) = push(frames, packets)
    assert (got.data, got.keyframe, got.timestamp, got.codec) == (data, key, 77, "VP8")


@given(
    bodies=st.lists(st.binary(min_size=1, max_size=4000).filter(lambda b: b"\0\0" not in b), min_size=1, max_size=5),
    key=st.booleans(),
)
def test_h264_pictures_come_out_as_aiortc_cut_them(bodies: list[bytes], *, key: bool) -> None:
    whole = [bytes([0x65 if key else 0x41]) + body + b"\x80" for body in bodies]
    payloads = H264Encoder._packetize(whole)
    frames = Depacketiser(CODECS, Counter())
    frames.needs_keyframe = False
    frames._codec = "H264"
    packets = [
        RtpPacket(1, 102, number, 77, number == len(payloads) - 1, payload) for number, payload in enumerate(payloads)
    ]
    (got,) = push(frames, packets)
    assert units(got.data) == whole
    assert got.keyframe == key


def test_after_a_loss_nothing_comes_until_the_next_keyframe() -> None:
    counts: Counter[str] = Counter()
    frames = Depacketiser(CODECS, counts)
    packets = [
        vp8(KEY, 0, 0, start=True, marker=True),
        vp8(DELTA, 1, 3000, start=True, marker=False),
        vp8(b"rest", 2, 3000, start=False, marker=True),
        vp8(DELTA, 3, 6000, start=True, marker=True),
        vp8(KEY, 4, 9000, start=True, marker=False),
        vp8(b"rest", 5, 9000, start=False, marker=True),
        vp8(DELTA, 6, 12_000, start=True, marker=True),
    ]
    assert [got.data for got in push(frames, packets, {2})] == [KEY, KEY + b"rest", DELTA]
    assert not frames.needs_keyframe
    assert counts == {"broken": 1, "no_keyframe": 1}


def test_a_picture_without_a_marker_is_whole_when_the_next_begins() -> None:
    frames = Depacketiser(CODECS, Counter())
    packets = [vp8(KEY, 0, 0, start=True, marker=False), vp8(DELTA, 1, 3000, start=True, marker=False)]
    assert [got.data for got in push(frames, packets)] == [KEY]


@pytest.mark.parametrize(
    ("payload_type", "payload"),
    [
        (102, b"\x1c\x85"),
        (102, b"\x18\0\xffab"),
        (102, b"\x1fabc"),
        (102, b"\x18\0\0"),
        (96, b"\x90"),
        (96, b"\x90\xf0"),
        (96, b"\x90\xf0\x80\0\0\0"),
    ],
)
def test_payloads_that_are_malformed_cost_a_keyframe_and_no_more(payload_type: int, payload: bytes) -> None:
    frames = Depacketiser(CODECS, Counter())
    push(frames, [RtpPacket(1, payload_type, 0, 0, True, payload)])
    assert frames.needs_keyframe
    assert [got.data for got in push(frames, [vp8(KEY, 1, 9, start=True, marker=True)])] == [KEY]


def test_another_codec_begins_with_its_keyframe() -> None:
    frames = Depacketiser(CODECS, Counter())
    packets = [
        vp8(KEY, 0, 0, start=True, marker=True),
        RtpPacket(1, 102, 1, 3000, True, b"\x41later"),
        RtpPacket(1, 102, 2, 6000, True, b"\x65first"),
    ]
    assert [(got.codec, got.timestamp) for got in push(frames, packets)] == [("VP8", 0), ("H264", 6000)]


# Time


def test_before_a_report_arrival_counts_and_the_fastest_packet_is_right() -> None:
    timeline = Timeline(90_000, NodeClock(), Counter())
    assert timeline.place(0xFFFFFF00, 100.0) == 100.0
    assert timeline.place((0xFFFFFF00 + 9000) & 0xFFFFFFFF, 100.15) == pytest.approx(100.1)
    assert timeline.place((0xFFFFFF00 + 18_000) & 0xFFFFFFFF, 100.17) == pytest.approx(100.17)
    assert timeline.place((0xFFFFFF00 + 27_000) & 0xFFFFFFFF, 100.5) == pytest.approx(100.27)


def test_two_streams_with_reports_lie_on_one_clock_whenever_they_arrive() -> None:
    clock = NodeClock()
    sound, picture = Timeline(48_000, clock, Counter()), Timeline(90_000, clock, Counter())
    assert sound.place(1000, 50.3) is not None
    assert picture.place(5000, 50.0) is not None
    for unix, now in ((1_000_000.0, 50.02), (1_000_001.0, 51.01), (1_000_002.0, 52.2)):
        clock.observe(unix, now)
        sound.report(SenderReport(1, unix, 1000 + round((unix - 1_000_000) * 48_000)), now)
        picture.report(SenderReport(2, unix, 5000 + round((unix - 1_000_000) * 90_000)), now)
    assert sound.place(1000 + 96_000, 52.4) == pytest.approx(52.01)
    assert picture.place(5000 + 180_000, 52.1) == pytest.approx(52.01)


def test_timestamps_that_jump_are_believed_after_half_a_second() -> None:
    counts: Counter[str] = Counter()
    timeline = Timeline(48_000, NodeClock(), counts)
    for number in range(10):
        assert timeline.place(number * 960, 10 + number * 0.02) is not None
    placed = [timeline.place(0x7000_0000 + number * 960, 10.2 + number * 0.02) for number in range(40)]
    assert placed[:24] == [None] * 24
    assert placed[30] == pytest.approx(10.2 + 30 * 0.02)
    assert counts["jump"] == 1
    timeline.report(SenderReport(1, 0.0, 0), 11.0)
    assert timeline.place(0x7000_0000 + 40 * 960, 11.0) == pytest.approx(11.0)


def test_a_room_through_the_whole_ingest() -> None:
    counts: Counter[str] = Counter()
    ingest = Ingest(tap(), counts)
    talk = Talk(1000.0)
    now = 1000.0
    assert len(ingest.feedback(now)) == 1
    for step in range(201):
        now = 1000.001 + step * 0.01
        for data in talk.step(now):
            ingest.receive(data, now)
        ingest.expire(now)
    assert len(ingest.pictures) == 31
    assert len(ingest.sounds) == 100
    for number, seen in enumerate(ingest.pictures):
        assert seen.captured == pytest.approx(1000 + number / 15, abs=0.012)
    assert ingest.feedback(now) == []
    ingest.want_keyframe()
    assert len(ingest.feedback(now)) == 1
    ingest.want_keyframe()
    assert ingest.feedback(now + 0.3) == []
    assert len(ingest.feedback(now + 0.6)) == 1
