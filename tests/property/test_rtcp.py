"""RTCP on any bytes, and both directions against aiortc."""

from array import array
from typing import Any

from aiortc import rtp
from hypothesis import given
from hypothesis import strategies as st

from sfu import _rtcp

Block = tuple[int, int, int, int, int, int, int]

words = st.integers(0, 2**32 - 1)
counts = st.integers(-(2**23), 2**23 - 1)
blocks = st.lists(st.tuples(words, st.integers(0, 255), counts, words, words, words, words), max_size=31)
starts = st.integers(0, 65535)
# How far each lost number is behind the one before it: near (one mask) and far.
gaps = st.lists(st.integers(1, 40), max_size=60)


def exact(data: bytes) -> "array[int]":
    """A buffer with nothing behind its last byte."""
    return array("B", data)


def ascending(start: int, steps: list[int]) -> list[int]:
    numbers = [start]
    for step in steps:
        numbers.append(numbers[-1] + step)
    return numbers


@st.composite
def packets(draw: st.DrawFn) -> rtp.AnyRtcpPacket:
    """Any packet that aiortc can write."""
    kind = draw(st.sampled_from(["sr", "rr", "sdes", "bye", "nack", "pli", "fir", "app"]))
    reports = [rtp.RtcpReceiverInfo(*block) for block in draw(blocks)]
    if kind == "sr":
        info = rtp.RtcpSenderInfo(draw(st.integers(0, 2**64 - 1)), draw(words), draw(words), draw(words))
        return rtp.RtcpSrPacket(draw(words), info, reports)
    if kind == "rr":
        return rtp.RtcpRrPacket(draw(words), reports)
    if kind == "sdes":
        return rtp.RtcpSdesPacket([rtp.RtcpSourceInfo(draw(words), [(1, draw(st.binary(max_size=255)))])])
    if kind == "bye":
        return rtp.RtcpByePacket(draw(st.lists(words, max_size=31)))
    if kind == "nack":
        lost = ascending(draw(st.integers(0, 60000)), draw(gaps))
        return rtp.RtcpRtpfbPacket(rtp.RTCP_RTPFB_NACK, draw(words), draw(words), lost)
    fci = draw(st.binary(max_size=40).map(lambda data: data + bytes(-len(data) % 4)))
    fmt = {"pli": rtp.RTCP_PSFB_PLI, "fir": rtp.RTCP_PSFB_FIR, "app": rtp.RTCP_PSFB_APP}[kind]
    return rtp.RtcpPsfbPacket(fmt, draw(words), draw(words), fci)


def described(packet: rtp.AnyRtcpPacket) -> tuple[Any, ...]:
    """What `parse_compound` should say of it."""
    if isinstance(packet, rtp.RtcpSrPacket | rtp.RtcpRrPacket):
        reports = [
            (r.ssrc, r.fraction_lost, r.packets_lost, r.highest_sequence, r.jitter, r.lsr, r.dlsr)
            for r in packet.reports
        ]
        if isinstance(packet, rtp.RtcpRrPacket):
            return "rr", reports
        info = packet.sender_info
        return (
            "sr", packet.ssrc, info.ntp_timestamp, info.rtp_timestamp, info.packet_count, info.octet_count, reports,
        )  # fmt: skip
    if isinstance(packet, rtp.RtcpRtpfbPacket):
        return "nack", packet.media_ssrc, packet.lost
    if isinstance(packet, rtp.RtcpPsfbPacket) and packet.fmt == rtp.RTCP_PSFB_PLI:
        return "pli", packet.media_ssrc
    if isinstance(packet, rtp.RtcpPsfbPacket) and packet.fmt == rtp.RTCP_PSFB_FIR:
        entries = [packet.fci[at : at + 8] for at in range(0, len(packet.fci) - 7, 8)]
        return "fir", [(int.from_bytes(entry[:4], "big"), entry[4]) for entry in entries]
    data = bytes(packet)
    return "other", data[1], data[0] & 0x1F, data[4:]


@given(st.lists(packets(), max_size=5))
def test_what_aiortc_writes_is_read(compound: list[rtp.AnyRtcpPacket]) -> None:
    data = b"".join(bytes(packet) for packet in compound)
    assert _rtcp.parse_compound(exact(data)) == [described(packet) for packet in compound]


@given(st.lists(packets(), min_size=1, max_size=3))
def test_every_truncation_is_survived(compound: list[rtp.AnyRtcpPacket]) -> None:
    data = b"".join(bytes(packet) for packet in compound)
    whole = [described(packet) for packet in compound]
    for size in range(len(data)):
        try:
            found = _rtcp.parse_compound(exact(data[:size]))
        except ValueError:
            continue
        assert found == whole[: len(found)]


@given(st.lists(packets(), min_size=1, max_size=3), st.data())
def test_damage_is_read_as_aiortc_reads_it_or_refused(compound: list[rtp.AnyRtcpPacket], data: st.DataObject) -> None:
    damaged = bytearray(b"".join(bytes(packet) for packet in compound))
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        theirs = rtp.RtcpPacket.parse(bytes(damaged))
    except ValueError:
        theirs = None
    try:
        ours = _rtcp.parse_compound(exact(bytes(damaged)))
    except ValueError:
        assert theirs is None
        return
    if theirs is not None:
        known = [packet for packet in ours if packet[0] in ("sr", "rr")]
        expected = [described(packet) for packet in theirs if isinstance(packet, rtp.RtcpSrPacket | rtp.RtcpRrPacket)]
        assert known == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    try:
        _rtcp.parse_compound(exact(data))
    except ValueError:
        return


@given(st.lists(st.tuples(st.integers(0, 63), st.integers(190, 210), st.binary(max_size=60)), min_size=1, max_size=4))
def test_any_bodies_are_read_within_bounds(parts: list[tuple[int, int, bytes]]) -> None:
    data = b""
    for flags, kind, body in parts:
        whole = body + bytes(-len(body) % 4)
        data += bytes([0x80 | flags, kind]) + (len(whole) // 4).to_bytes(2, "big") + whole
    try:
        found = _rtcp.parse_compound(exact(data))
    except ValueError:
        assert any(flags & 0x20 for flags, _, _ in parts)  # only padding can be wrong
        return
    assert len(found) == len(parts)


@given(starts, gaps, words, words)
def test_nack_says_exactly_what_was_lost(start: int, steps: list[int], sender: int, media: int) -> None:
    lost = [number % 65536 for number in ascending(start, steps)]
    data = _rtcp.write_nack(sender, media, lost)
    [packet] = rtp.RtcpPacket.parse(data)
    assert isinstance(packet, rtp.RtcpRtpfbPacket)
    assert (packet.ssrc, packet.media_ssrc) == (sender, media)
    assert [number % 65536 for number in packet.lost] == lost
    assert _rtcp.parse_compound(exact(data)) == [("nack", media, lost)]


@given(words, blocks)
def test_receiver_report_says_what_was_given(sender: int, rows: list[Block]) -> None:
    data = _rtcp.write_rr(sender, rows)
    assert data == bytes(rtp.RtcpRrPacket(sender, [rtp.RtcpReceiverInfo(*row) for row in rows]))
    assert _rtcp.parse_compound(exact(data)) == [("rr", rows)]


@given(words, st.integers(0, 2**64 - 1), words, words, words, st.binary(max_size=255))
def test_sender_report_says_what_was_given(
    ssrc: int, ntp: int, timestamp: int, packet_count: int, octets: int, name: bytes
) -> None:
    data = _rtcp.write_sr(ssrc, ntp, timestamp, packet_count, octets, name)
    assert rtp.RtcpPacket.parse(data) == [
        rtp.RtcpSrPacket(ssrc, rtp.RtcpSenderInfo(ntp, timestamp, packet_count, octets), []),
        rtp.RtcpSdesPacket([rtp.RtcpSourceInfo(ssrc, [(1, name)])]),
    ]
    assert _rtcp.parse_compound(exact(data))[0] == ("sr", ssrc, ntp, timestamp, packet_count, octets, [])
