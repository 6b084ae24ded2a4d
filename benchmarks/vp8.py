"""Payloads of VP8 frames (RFC 7741) whose pictures nobody decodes, and what is left of them after forwarding."""

from __future__ import annotations

import random
from typing import NamedTuple

DESCRIPTOR_SIZE = 6
SERIAL_AT = 16
SERIAL_SIZE = 8
BODY_AT = SERIAL_AT + SERIAL_SIZE
CLOCK = 90000


class Parsed(NamedTuple):
    """One RTP packet of a frame, as a sink has it after decryption."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    picture_id: int
    serial: int
    body: bytes


def frame_payloads(packets: int, size: int, *, uneven: bool = False) -> list[bytes]:
    """Payloads of one frame, `size` bytes each: descriptor with a 15 bit picture id, TL0PICIDX and temporal layer 0;
    then the head of a 640x360 keyframe in the first; a serial number at byte 16; noise. Equal for equal arguments.
    With `uneven` the first two of five are one byte shorter, as libwebrtc splits most frames
    (RtpPacketizer::SplitAboutEqually makes the last packets larger)."""
    return frame_of([size - (uneven and position < packets * 2 // 5) for position in range(packets)])


def frame_of(sizes: list[int]) -> list[bytes]:
    """Payloads of one frame whose packets have these sizes."""
    noise = random.Random(repr(sizes))
    payloads = []
    for position, size in enumerate(sizes):
        start_of_partition = 0x10 if position == 0 else 0
        descriptor = bytes([0x80 | start_of_partition, 0xE0, 0x80, 0, 0, 0])
        # RFC 6386 section 9.1: tag (bit 0 clear: keyframe), start code, width and height.
        head = bytes([0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A]) + (640).to_bytes(2, "little") + (360).to_bytes(2, "little")
        filler = head if position == 0 else noise.randbytes(len(head))
        payloads.append(descriptor + filler + bytes(SERIAL_SIZE) + noise.randbytes(size - BODY_AT))
    return payloads


def parse(packet: bytes, *, video: bool = True) -> Parsed:
    """Reads a decrypted RTP packet made from `frame_payloads` (or from `opus.payloads`, when it is not `video`). Raises
    `ValueError` when it cannot be one."""
    if len(packet) < 12 or packet[0] >> 6 != 2:
        raise ValueError("not RTP version 2")
    at = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        at += 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
    end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)
    payload = packet[at:end]
    if len(payload) < BODY_AT:
        raise ValueError("the payload is too short")
    if video and (payload[1] != 0xE0 or not payload[2] & 0x80):
        raise ValueError("the VP8 descriptor has another shape")
    return Parsed(
        marker=bool(packet[1] & 0x80),
        payload_type=packet[1] & 0x7F,
        sequence=int.from_bytes(packet[2:4], "big"),
        timestamp=int.from_bytes(packet[4:8], "big"),
        ssrc=int.from_bytes(packet[8:12], "big"),
        picture_id=int.from_bytes(payload[2:4], "big") & 0x7FFF,
        serial=int.from_bytes(payload[SERIAL_AT:BODY_AT], "big"),
        body=payload[BODY_AT:],
    )
