"""RTCP compounds, judged by aiortc in both directions."""

from array import array
from collections.abc import Callable

import pytest
from aiortc import rtp

from sfu import _rtcp

Block = tuple[int, int, int, int, int, int, int]
BLOCK: Block = (0xCAFEBABE, 13, -5, 0x00012345, 77, 0x89ABCDEF, 65536)
SENDER = 0xFFFFFFFE
MEDIA = 0x80000001


def exact(data: bytes) -> "array[int]":
    """A buffer with nothing behind its last byte."""
    return array("B", data)


def info(block: Block) -> rtp.RtcpReceiverInfo:
    return rtp.RtcpReceiverInfo(*block)


def padded(packet: bytes, size: int) -> bytes:
    """The packet with `size` bytes of RFC 3550 padding."""
    words = int.from_bytes(packet[2:4], "big") + size // 4
    header = bytes([packet[0] | 0x20, packet[1]]) + words.to_bytes(2, "big")
    return header + packet[4:] + bytes(size - 1) + bytes([size])


def test_sender_report_is_read_by_aiortc() -> None:
    compound = _rtcp.write_sr(SENDER, 0xE1234567_89ABCDEF, 0xFEDCBA98, 123456, 0xFFFFFFFF, b"somebody@somewhere")
    report, description = rtp.RtcpPacket.parse(compound)
    assert report == rtp.RtcpSrPacket(
        ssrc=SENDER,
        sender_info=rtp.RtcpSenderInfo(0xE1234567_89ABCDEF, 0xFEDCBA98, 123456, 0xFFFFFFFF),
        reports=[],
    )
    assert description == rtp.RtcpSdesPacket(chunks=[rtp.RtcpSourceInfo(SENDER, [(1, b"somebody@somewhere")])])


@pytest.mark.parametrize("size", [*range(9), 254, 255])
def test_name_of_any_length_ends_with_a_zero(size: int) -> None:
    compound = _rtcp.write_sr(1, 2, 3, 4, 5, b"x" * size)
    assert len(compound) % 4 == 0
    assert compound[38 + size] == 0  # RFC 3550 6.5: at least one null octet ends the list of items
    assert rtp.RtcpPacket.parse(compound)[1] == rtp.RtcpSdesPacket([rtp.RtcpSourceInfo(1, [(1, b"x" * size)])])


def test_name_too_long_is_not_written() -> None:
    assert _rtcp.write_sr(1, 2, 3, 4, 5, b"x" * 256) == b""


@pytest.mark.parametrize("count", [0, 1, 2, 31])
def test_receiver_report_is_read_by_aiortc(count: int) -> None:
    blocks = [(BLOCK[0] + i, *BLOCK[1:]) for i in range(count)]
    packet = _rtcp.write_rr(SENDER, blocks)
    assert packet == bytes(rtp.RtcpRrPacket(SENDER, [info(block) for block in blocks]))
    assert rtp.RtcpPacket.parse(packet) == [rtp.RtcpRrPacket(SENDER, [info(block) for block in blocks])]


def test_more_blocks_than_fit_are_not_written() -> None:
    assert _rtcp.write_rr(SENDER, [BLOCK] * 32) == b""


@pytest.mark.parametrize(
    ("lost", "written"),
    [
        (-(1 << 23), -(1 << 23)),
        ((1 << 23) - 1, (1 << 23) - 1),
        (-(1 << 23) - 1, -(1 << 23)),
        (1 << 23, (1 << 23) - 1),
        (-(1 << 31), -(1 << 23)),
        ((1 << 31) - 1, (1 << 23) - 1),
    ],
)
def test_cumulative_loss_stays_within_24_bits(lost: int, written: int) -> None:
    packet = _rtcp.write_rr(1, [(2, 3, lost, 4, 5, 6, 7)])
    report = rtp.RtcpPacket.parse(packet)[0]
    assert isinstance(report, rtp.RtcpRrPacket)
    assert report.reports[0].packets_lost == written
    assert _rtcp.parse_compound(packet) == [("rr", [(2, 3, written, 4, 5, 6, 7)])]


def test_picture_loss_is_read_by_aiortc() -> None:
    packet = _rtcp.write_pli(SENDER, MEDIA)
    assert packet == bytes(rtp.RtcpPsfbPacket(rtp.RTCP_PSFB_PLI, SENDER, MEDIA))
    assert _rtcp.parse_compound(packet) == [("pli", MEDIA)]


@pytest.mark.parametrize(
    "lost", [[0], [65535], [5, 6, 21, 22], [100, 116], [100, 117], list(range(40)), [1, 100, 10000, 30000]]
)
def test_nack_is_read_by_aiortc(lost: list[int]) -> None:
    packet = _rtcp.write_nack(SENDER, MEDIA, lost)
    assert packet == bytes(rtp.RtcpRtpfbPacket(rtp.RTCP_RTPFB_NACK, SENDER, MEDIA, lost))
    assert rtp.RtcpPacket.parse(packet) == [rtp.RtcpRtpfbPacket(rtp.RTCP_RTPFB_NACK, SENDER, MEDIA, lost)]


def test_nack_wraps_and_says_nothing_twice() -> None:
    packet = _rtcp.write_nack(1, MEDIA, [65530, 65530, 65535, 0, 3, 3, 10, 11])
    assert len(packet) == 20
    assert _rtcp.parse_compound(packet) == [("nack", MEDIA, [65530, 65535, 0, 3, 10, 11])]


def test_nack_of_nothing_is_not_written() -> None:
    assert _rtcp.write_nack(1, 2, []) == b""


def test_nack_of_many_stops_at_the_readers_room() -> None:
    lost = [i * 2 for i in range(200)]
    found = _rtcp.parse_compound(_rtcp.write_nack(1, MEDIA, lost))
    assert found == [("nack", MEDIA, lost[:64])]  # the room `parse_compound` has


def test_compound_of_aiortc_is_read() -> None:
    sender = rtp.RtcpSenderInfo(2**64 - 1, 2, 3, 4)
    blocks = [info(BLOCK), info((1, 255, 1000, 2**32 - 1, 3, 4, 5))]
    compound = (
        bytes(rtp.RtcpSrPacket(SENDER, sender, blocks))
        + bytes(rtp.RtcpSdesPacket([rtp.RtcpSourceInfo(SENDER, [(1, b"name")])]))
        + bytes(rtp.RtcpRrPacket(9, blocks))
        + bytes(rtp.RtcpRtpfbPacket(rtp.RTCP_RTPFB_NACK, 1, MEDIA, [7, 9]))
        + bytes(rtp.RtcpPsfbPacket(rtp.RTCP_PSFB_PLI, 1, MEDIA))
        + bytes(rtp.RtcpPsfbPacket(rtp.RTCP_PSFB_FIR, 1, 0, bytes.fromhex("00000011 05000000 00000012 ff000000")))
        + bytes(rtp.RtcpPsfbPacket(rtp.RTCP_PSFB_APP, 1, 0, rtp.pack_remb_fci(1000000, [1])))
        + bytes(rtp.RtcpByePacket([SENDER]))
    )
    both = [BLOCK, (1, 255, 1000, 2**32 - 1, 3, 4, 5)]
    found = _rtcp.parse_compound(exact(compound))
    assert [packet[0] for packet in found] == ["sr", "other", "rr", "nack", "pli", "fir", "remb", "other"]
    assert found[6] == ("remb", 1000000)
    assert found[0] == ("sr", SENDER, 2**64 - 1, 2, 3, 4, both)
    assert found[2] == ("rr", both)
    assert found[3] == ("nack", MEDIA, [7, 9])
    assert found[4] == ("pli", MEDIA)
    assert found[5] == ("fir", [(0x11, 5), (0x12, 255)])
    assert found[7] == ("other", rtp.RTCP_BYE, 1, SENDER.to_bytes(4, "big"))


@pytest.mark.parametrize("size", [4, 8, 252])
def test_padding_is_taken_off(size: int) -> None:
    nack = bytes(rtp.RtcpRtpfbPacket(rtp.RTCP_RTPFB_NACK, 1, MEDIA, [7, 40]))
    assert _rtcp.parse_compound(exact(padded(nack, size))) == [("nack", MEDIA, [7, 40])]


@pytest.mark.parametrize(
    "packet",
    [
        bytes.fromhex("a0c80000"),  # padding of a packet without a body
        bytes.fromhex("a0c90001 00000000"),  # no padding where padding is said to be
        bytes.fromhex("a0c90001 00000005"),  # more padding than body
        bytes.fromhex("40c90001 00000001"),  # version 1
        bytes.fromhex("80c90002 00000001"),  # a word short
        bytes.fromhex("80c9ffff 00000001"),
        bytes.fromhex("80c90000 80"),  # a second packet of one byte
        bytes.fromhex("80c900"),
    ],
)
def test_malformed_compound_is_refused(packet: bytes) -> None:
    with pytest.raises(ValueError, match="malformed"):
        _rtcp.parse_compound(exact(packet))


def test_half_an_entry_before_the_padding_is_no_entry() -> None:
    nack = bytes.fromhex("a1cd0004 00000001 00000002 00070000 00080002")
    assert _rtcp.parse_compound(exact(nack)) == [("nack", 2, [7])]


def test_packet_that_is_all_padding_is_empty() -> None:
    assert _rtcp.parse_compound(exact(bytes.fromhex("a0c90001 00000004"))) == [("rr", [])]


def test_count_of_blocks_beyond_the_body_is_not_believed() -> None:
    report = bytearray(bytes(rtp.RtcpRrPacket(9, [info(BLOCK)])))
    report[0] |= 31
    assert _rtcp.parse_compound(exact(bytes(report))) == [("rr", [BLOCK])]


@pytest.mark.parametrize(
    ("packet", "kind"),
    [
        ("80c80001 00000001", "other"),  # a sender report without its sender information
        ("81cd0002 00000001 00000002", "other"),  # a NACK of nothing
        ("81ce0001 00000001", "other"),  # a PLI without its media SSRC
        ("84ce0002 00000001 00000002", "fir"),  # a FIR without entries
        ("84ce0003 00000001 00000002 00000003", "fir"),  # half an entry
    ],
)
def test_body_too_short_for_its_kind_says_nothing(packet: str, kind: str) -> None:
    found = _rtcp.parse_compound(exact(bytes.fromhex(packet)))
    assert found[0][0] == kind
    assert kind != "fir" or found[0][1] == []


def test_nothing_is_written_without_room() -> None:
    writers: list[tuple[int, Callable[[int], bytes]]] = [
        (28 + 16, lambda room: _rtcp.write_sr(1, 2, 3, 4, 5, b"abcde", room)),
        (56, lambda room: _rtcp.write_rr(1, [BLOCK, BLOCK], room)),
        (24, lambda room: _rtcp.write_nack(1, 2, [1, 100, 200], room)),
        (12, lambda room: _rtcp.write_pli(1, 2, room)),
    ]
    for size, write in writers:
        assert len(write(size)) == size
        assert all(write(room) == b"" for room in range(size))
