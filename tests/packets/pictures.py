"""Pictures with layers inside, as encoders make them, in RTP: VP8, VP9 (flexible mode), AV1 with its descriptor.

Every packet's body says which frame it is of, which part of how many, and which frames a decoder needs for it: so a
test can follow what a receiver got without any decoder. The descriptors are written here bit by bit, from their
specifications.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from aiortc.rtp import RtpPacket

PATTERN = {1: (0,), 2: (0, 1), 3: (0, 2, 1, 2)}
"""Temporal layers of a picture group by how many there are, as libwebrtc has them."""

BODY = struct.Struct("!8sIBBBB")
MAGIC = b"the body"
"""Longer than any descriptor: two bytes of it were met in a picture's number."""
ABSENT, SWITCH, REQUIRED = 0, 2, 3
"""Decode target indications."""


@dataclass(frozen=True)
class Frame:
    """What a body says: who made it, which frame, its layers, and its part of the frame."""

    source: int
    number: int
    spatial: int
    temporal: int
    part: int
    parts: int
    needs: tuple[int, ...]

    def pack(self) -> bytes:
        """As bytes."""
        head = BODY.pack(MAGIC, self.number, self.source, self.spatial << 4 | self.temporal, self.part, self.parts)
        return head + struct.pack(f"!B{len(self.needs)}I", len(self.needs), *self.needs)


def unpack(payload: bytes) -> Frame:
    """The body at the end of a payload."""
    at = payload.index(MAGIC)
    _, number, source, layers, part, parts = BODY.unpack_from(payload, at)
    count = payload[at + BODY.size]
    needs = struct.unpack_from(f"!{count}I", payload, at + BODY.size + 1)
    return Frame(source, number, layers >> 4, layers & 15, part, parts, needs)


class Bits:
    """Bits written one after another."""

    def __init__(self) -> None:
        self.text = ""

    def put(self, value: int, width: int) -> None:
        """f(width)."""
        self.text += f"{value:0{width}b}" if width else ""

    def below(self, value: int, n: int) -> None:
        """ns(n)."""
        width = n.bit_length()
        short = (1 << width) - n
        if value < short:
            self.put(value, width - 1)
        else:
            self.put(value + short >> 1, width - 1)
            self.put(value + short & 1, 1)

    def done(self) -> bytes:
        """Padded with zeros to whole bytes."""
        text = self.text + "0" * (-len(self.text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""


@dataclass
class Encoder:
    """One encoding: `spatial` x `temporal` layers (LxTy), one picture a call."""

    source: int
    codec: str
    ssrc: int
    spatial: int = 1
    temporal: int = 1
    sequence: int = 0
    timestamp: int = 0
    picture: int = 0
    tl0: int = 0
    payload_type: int = 96
    number: int = 0
    step: int = 0
    last: dict[tuple[int, int], int] = field(default_factory=dict)
    """The newest frame of each layer since the keyframe."""
    bound: bool = False
    """In every other group frames need the one before of their own layer too: nobody can go up there."""

    def picture_packets(self, *, key: bool = False, parts: int = 1) -> list[bytes]:
        """The next picture's packets; frames of every spatial layer, each in `parts`."""
        if key:
            self.step = 0
            self.last = {}
        pattern = PATTERN[self.temporal]
        temporal = pattern[self.step % len(pattern)]
        self.bound = self.step // len(pattern) % 2 == 1
        self.step += 1
        if temporal == 0:
            self.tl0 += 1
        packets: list[bytes] = []
        below: int | None = None
        before = dict(self.last)
        for spatial in range(self.spatial):
            number = self.number
            self.number += 1
            past = [before[spatial, t] for t in range(temporal + 1) if (spatial, t) in before]
            newest = max(past, default=None)
            own = before.get((spatial, temporal)) if self.bound else None
            needs = sorted({n for n in (newest, below, own) if n is not None})
            sync = temporal > 0 and set(needs) <= {before.get((spatial, 0))}
            for part in range(parts):
                frame = Frame(self.source, number, spatial, temporal, part, parts, tuple(needs))
                packets.append(self.packet(frame, key=key, sync=sync))
            self.last[spatial, temporal] = number
            below = number
        self.picture += 1
        self.timestamp += 3000
        return packets

    def packet(self, frame: Frame, *, key: bool, sync: bool) -> bytes:
        """One packet of a frame."""
        begins, ends = frame.part == 0, frame.part == frame.parts - 1
        extension = b""
        if self.codec == "VP8":
            payload = self.vp8(frame, begins=begins, key=key, sync=sync)
        elif self.codec == "VP9":
            payload = self.vp9(frame, begins=begins, ends=ends, key=key)
        else:
            first = key and begins and frame.spatial == 0
            payload = bytes([(0x08 if first else 0) | (0 if begins else 0x80) | 0x10, 0x30])
            extension = self.dependency(frame, begins=begins, ends=ends, key=key)
        packet = RtpPacket(
            payload_type=self.payload_type,
            marker=int(ends and frame.spatial == self.spatial - 1),
            sequence_number=self.sequence & 0xFFFF,
            timestamp=self.timestamp & 0xFFFFFFFF,
            ssrc=self.ssrc,
            payload=payload + frame.pack(),
        ).serialize()
        self.sequence += 1
        if extension:
            block = bytes([12, len(extension)]) + extension
            block += b"\0" * (-len(block) % 4)
            packet = (
                bytes([packet[0] | 0x10])
                + packet[1:12]
                + b"\x10\x00"
                + struct.pack("!H", len(block) // 4)
                + block
                + packet[12:]
            )
        return packet

    def vp8(self, frame: Frame, *, begins: bool, key: bool, sync: bool) -> bytes:
        """RFC 7741 4.2, and the first byte of the payload header."""
        descriptor = bytes([
            0x80 | (0x10 if begins else 0),
            0xE0,
            0x80 | (self.picture >> 8) & 0x7F,
            self.picture & 0xFF,
            self.tl0 & 0xFF,
            frame.temporal << 6 | (0x20 if sync else 0),
        ])  # fmt: skip
        return descriptor + (b"\x00" if key and begins else b"\x01")

    def vp9(self, frame: Frame, *, begins: bool, ends: bool, key: bool) -> bytes:
        """RFC 9628 4.2, flexible mode."""
        first = 0xB0 | (0 if key else 0x40) | (0x08 if begins else 0) | (0x04 if ends else 0)
        switching = 0x10 if frame.temporal == 0 and not self.bound else 0
        layers = frame.temporal << 5 | switching | frame.spatial << 1 | (1 if frame.spatial else 0)
        picture = struct.pack("!H", 0x8000 | self.picture & 0x7FFF)
        return bytes([first]) + picture + bytes([layers]) + (b"" if key else b"\x02")

    def dependency(self, frame: Frame, *, begins: bool, ends: bool, key: bool) -> bytes:
        """AV1 RTP payload format A.8. One template for each layer; a key frame's first packet brings them."""
        bits = Bits()
        bits.put(begins, 1)
        bits.put(ends, 1)
        bits.put(frame.spatial * self.temporal + frame.temporal, 6)
        bits.put(frame.number & 0xFFFF, 16)
        if key and begins and frame.spatial == 0:
            bits.put(0b10000, 5)
            self.structure(bits)
        elif self.bound and frame.temporal == 0:
            bits.put(0b00100, 5)  # custom_dtis: required, but nobody may go up here
            for target_s in range(self.spatial):
                for _ in range(self.temporal):
                    bits.put(REQUIRED if frame.spatial <= target_s else ABSENT, 2)
        return bits.done()

    def structure(self, bits: Bits) -> None:
        """template_dependency_structure()."""
        layers = [(s, t) for s in range(self.spatial) for t in range(self.temporal)]
        bits.put(0, 6)
        bits.put(len(layers) - 1, 5)
        for (_, t), after in zip(layers, [*layers[1:], None], strict=True):
            bits.put(3 if after is None else 1 if after[1] > t else 2, 2)
        for s, t in layers:
            for target_s, target_t in layers:
                carried = s <= target_s and t <= target_t
                bits.put(ABSENT if not carried else SWITCH if t == 0 else REQUIRED, 2)
        for _ in layers:
            bits.put(0, 1)
        bits.below(1, len(layers) + 1)
        for _ in layers:
            bits.below(0, 1)
        for _ in layers:
            bits.put(1, 4)
        bits.put(0, 1)
