"""Loss on either side: NACK answered over RTX, asked of publishers, and never a sequence number sent twice."""

from __future__ import annotations

import struct

from aiortc.rtp import (
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    RtpPacket,
    unwrap_rtx,
)

from tests.packets.harness import House, Path, house, opus, vp8


def one_lesson(h: House, *, rtx: bool = True) -> tuple[Path, Path]:
    source = h.path("send", participant=1)
    track = h.video(source, 5000)
    sink = h.path("receive", participant=2)
    h.worker.feed(h.slot(sink, 7000), track, 0)
    return source, sink


def nack(ssrc: int, lost: list[int]) -> bytes:
    return bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=ssrc, lost=lost))


def test_a_receiver_gets_again_what_it_misses() -> None:
    with house() as h:
        source, sink = one_lesson(h)
        for n in range(5):
            source.send_rtp(vp8(n, 3000 * n, ssrc=5000, picture=n, key=n == 0, body=b"frame %d" % n))
        packets = sink.read_count(5)
        sink.send_rtcp(nack(7000, [packets[1].sequence_number, packets[3].sequence_number]))
        repeated = sink.read_count(2)
        assert {p.ssrc for p in repeated} == {7001}
        assert {p.payload_type for p in repeated} == {97}
        unwrapped = [unwrap_rtx(p, payload_type=96, ssrc=7000) for p in repeated]
        for found, original in zip(unwrapped, (packets[1], packets[3]), strict=True):
            assert found.sequence_number == original.sequence_number
            assert found.timestamp == original.timestamp
            assert found.payload == original.payload
        sink.send_rtcp(nack(7000, [packets[1].sequence_number]))
        assert sink.read_count(1)[0].sequence_number not in {p.sequence_number for p in repeated}


def test_what_was_never_sent_is_not_repeated() -> None:
    with house() as h:
        source, sink = one_lesson(h)
        source.send_rtp(vp8(0, 0, ssrc=5000, picture=0, key=True))
        newest = sink.read_count(1)[0].sequence_number
        for never in (newest + 1, newest - 40):
            sink.send_rtcp(nack(7000, [never & 0xFFFF]))
        h.wait_counter("nack_misses", 2)
        assert sink.read() == []


def test_a_publisher_is_asked_for_what_is_missing_and_repairs_it() -> None:
    with house() as h:
        source, sink = one_lesson(h)
        packets = [vp8(n, 3000 * n, ssrc=5000, picture=n, key=n == 0, body=b"frame %d" % n) for n in range(6)]
        for n in (0, 1, 4, 5):
            source.send_rtp(packets[n])
        asked: set[int] = set()
        while asked != {2, 3}:
            source.read(1.0)
            for packet in source.rtcp:
                if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == 1:
                    assert packet.media_ssrc == 5000
                    asked |= set(packet.lost)
        for n in (2, 3):
            original = RtpPacket.parse(packets[n])
            rtx = RtpPacket(
                payload_type=97,
                marker=1,
                sequence_number=900 + n,
                timestamp=original.timestamp,
                ssrc=5001,
                payload=struct.pack("!H", n) + original.payload,
            )
            source.send_rtp(rtx.serialize())
            source.send_rtp(packets[n])  # and the original comes late as well
        found = sorted(sink.read_count(6), key=lambda p: p.timestamp)
        h.wait_counter("drop_duplicate", 2)
        assert sink.read() == []
        assert [p.payload[7:] for p in found] == [b"frame %d" % n for n in range(6)]
        assert [(p.sequence_number - found[0].sequence_number) & 0xFFFF for p in found] == list(range(6))
        assert h.worker.counters()["repaired"] == 2


def test_padding_leaves_no_gap() -> None:
    with house() as h:
        source, sink = one_lesson(h)
        padding = RtpPacket(payload_type=96, sequence_number=2, timestamp=3000, ssrc=5000)
        padding.padding_size = 120
        source.send_rtp(vp8(1, 3000, ssrc=5000, picture=1, key=True))
        source.send_rtp(padding.serialize())
        source.send_rtp(vp8(3, 6000, ssrc=5000, picture=2))
        first, second = sink.read_count(2)
        assert (second.sequence_number - first.sequence_number) & 0xFFFF == 1
        assert h.worker.counters()["padding_closed"] == 1


def test_reports_to_both_sides() -> None:
    with house() as h:
        source, sink = one_lesson(h)
        for n in (0, 1, 2, 3, 5):
            source.send_rtp(vp8(n, 3000 * n, ssrc=5000, picture=n, key=n == 0))
        sink.read_count(5)

        # On a busy machine a report may be due before the last packet has come.

        def told() -> list[RtcpSrPacket]:
            return [p for p in sink.rtcp if isinstance(p, RtcpSrPacket) and p.sender_info.packet_count == 5]

        while not told():
            sink.read(1.0)
        assert told()[0].ssrc == 7000

        def blocks() -> list[RtcpReceiverInfo]:
            return [p.reports[0] for p in source.rtcp if isinstance(p, RtcpRrPacket) and p.reports]

        def whole() -> list[int]:
            return [n for n, block in enumerate(blocks()) if block.highest_sequence & 0xFFFF == 5]

        while not whole():
            source.read(1.0)
        first = whole()[0]
        block = blocks()[first]
        expected = 6 - (blocks()[first - 1].highest_sequence & 0xFFFF) - 1 if first else 6
        assert (block.ssrc, block.packets_lost, block.fraction_lost) == (5000, 1, 256 // expected)


def test_transport_wide_feedback_reaches_the_publisher() -> None:
    with house() as h:
        source, _ = one_lesson(h)
        for n in range(3):
            packet = vp8(n, 0, ssrc=5000, picture=n, key=True)
            extension = b"\xbe\xde\x00\x01" + bytes([0x51, 0x00, 40 + n, 0x00])
            source.send_rtp(bytes([packet[0] | 0x10]) + packet[1:12] + extension + packet[12:])
        raw: list[RtcpRtpfbPacket] = []
        while not raw:
            source.read(1.0)
            raw = [p for p in source.rtcp if isinstance(p, RtcpRtpfbPacket) and p.fmt == 15]
        assert raw[0].media_ssrc == 5000


def test_replayed_truncated_and_foreign_packets_are_refused_and_the_next_is_served() -> None:
    with house() as h:
        source, sink = one_lesson(h)
        datagram = source.send_rtp(vp8(1, 0, ssrc=5000, picture=1, key=True, body=b"one"))
        sink.read_count(1)
        source.socket.send(datagram)
        h.wait_counter("drop_srtp_replay", 1)
        unsent = source.outbound.protect(vp8(2, 3000, ssrc=5000, picture=2))
        source.socket.send(unsent[:-5])
        source.socket.send(unsent[:12])
        h.wait_counter("drop_srtp_auth", 2)
        for junk in (b"\xff", b"\x80", b"\x81\xc8\x00\x01", bytes(1500), b"\x80" * 11, b"\x00" * 20):
            source.socket.send(junk)
        source.send_rtp(vp8(3, 6000, ssrc=5000, picture=3, body=b"two"))
        assert [p.payload[7:] for p in sink.read_count(1)] == [b"two"]


def reports(path: Path) -> list[RtcpSrPacket]:
    return [p for p in path.rtcp if isinstance(p, RtcpSrPacket)]


def test_a_microphone_that_was_off_is_not_reported_late_by_its_pause() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        h.uptrack(source, "audio", "opus", [("", 100, 0)])
        sink = h.path("receive", participant=2)
        h.slot(sink, 1000, kind="audio")
        source.send_rtp(opus(1, 48000, ssrc=100))
        sink.read_count(1)
        info = RtcpSenderInfo(ntp_timestamp=0xE0000000 << 32, rtp_timestamp=48000, packet_count=1, octet_count=5)
        source.send_rtcp(bytes(RtcpSrPacket(ssrc=100, sender_info=info)))
        h.wait_counter("rtcp_in", 1)
        first = len(reports(sink))
        while len(reports(sink)) < first + 2:  # a second goes by, in which the microphone's timestamps stand still
            sink.read(1.0)
        before = len(reports(sink))
        source.send_rtp(opus(2, 48960, ssrc=100))
        packet = sink.read_count(1)[0]
        while len(reports(sink)) == before:
            sink.read(1.0)
        ahead = (reports(sink)[-1].sender_info.rtp_timestamp - packet.timestamp + 2**31) % 2**32 - 2**31
        assert abs(ahead) < 24000, f"the report is {ahead / 48:.0f} ms away from the packet it follows"
