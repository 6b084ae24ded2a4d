"""RTP and RTCP as they come from a tap: reading packets and sender reports, asking for a keyframe. No I/O.

RFC 3550 (RTP, RTCP), RFC 5761 (both on one socket), RFC 8285 (header extensions), RFC 4585 (PLI), RFC 5506 (a PLI may
travel alone).
"""

from __future__ import annotations

import struct

from msgspec import Struct

ORIENTATION_ID = 11
"""Header extension of a slot that says how a picture is turned (3GPP TS 26.114, 7.4.5)."""
NTP_EPOCH = 2_208_988_800
"""Unix time 0 in NTP's seconds."""
_HEADER = struct.Struct("!BBHII")
_SR = 200
_PSFB = 206


class RtpPacket(Struct, frozen=True, gc=False):
    """One RTP packet without its header."""

    ssrc: int
    payload_type: int
    sequence: int
    timestamp: int
    marker: bool
    payload: bytes
    orientation: int = 0
    """Quarter turns to the right that make the picture stand upright."""


class SenderReport(Struct, frozen=True, gc=False):
    """Which moment of the sender's clock a timestamp stands for."""

    ssrc: int
    unix: float
    """Seconds, by the sender's clock."""
    timestamp: int


def is_rtcp(data: bytes) -> bool:
    """Which of the two a datagram is (RFC 5761, 4)."""
    return len(data) >= 2 and 192 <= data[1] <= 223


def parse_rtp(data: bytes) -> RtpPacket | None:
    """A packet, or None for what is none."""
    size = len(data)
    if size < 12:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        return None
    at = 12 + 4 * (first & 0x0F)
    orientation = 0
    if first & 0x10:
        if at + 4 > size:
            return None
        profile = data[at] << 8 | data[at + 1]
        end = at + 4 + 4 * (data[at + 2] << 8 | data[at + 3])
        if end > size:
            return None
        if profile == 0xBEDE:
            orientation = _orientation(data, at + 4, end)
        at = end
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            return None
        size -= padding
    if at > size:
        return None
    return RtpPacket(ssrc, second & 0x7F, sequence, timestamp, second >= 0x80, data[at:size], orientation)


def _orientation(data: bytes, at: int, end: int) -> int:
    """Looks for the one extension that matters among one-byte headers."""
    while at < end:
        head = data[at]
        if head == 0:
            at += 1
            continue
        number, size = head >> 4, (head & 0x0F) + 1
        if number == ORIENTATION_ID and at + 1 < end:
            return data[at + 1] & 3
        if number == 15:
            break
        at += 1 + size
    return 0


def parse_reports(data: bytes) -> list[SenderReport]:
    """The sender reports of a compound packet. What comes behind something that does not parse is not read."""
    reports = []
    at = 0
    while at + 8 <= len(data):
        size = 4 * ((data[at + 2] << 8 | data[at + 3]) + 1)
        if data[at] >> 6 != 2 or at + size > len(data):
            break
        if data[at + 1] == _SR and size >= 28:
            ssrc, seconds, fraction, timestamp = struct.unpack_from("!4I", data, at + 4)
            if seconds > NTP_EPOCH:
                reports.append(SenderReport(ssrc, seconds - NTP_EPOCH + fraction / 2**32, timestamp))
        at += size
    return reports


def keyframe_request(sender: int, media: int) -> bytes:
    """PLI: the picture is lost, a keyframe is needed (RFC 4585, 6.3.1)."""
    return struct.pack("!BBHII", 0x81, _PSFB, 2, sender, media)


def extend(low: int, near: int, bits: int) -> int:
    """The number whose low bits are these and which is nearest to another."""
    half = 1 << (bits - 1)
    return near + ((low - near + half) & ((1 << bits) - 1)) - half
