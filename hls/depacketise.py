"""Payloads of RTP packets, in order, into whole pictures: VP8 (RFC 7741) and H264 (RFC 6184). No I/O.

Only what a decoder can decode comes out: after a loss nothing until the next keyframe. aiortc's depacketisers leave
both to others, and bring half of WebRTC with them; hence these.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from hls.jitter import Arrived

MAX_PICTURE = 4 << 20
"""Bytes of one picture."""
START_CODE = b"\0\0\0\1"
_STAP_A = 24
_FU_A = 28
_IDR = 5
SPS = 7
PPS = 8


class Picture(Struct, frozen=True):
    """One picture as its publisher encoded it."""

    codec: str
    """"VP8" or "H264"."""
    timestamp: int
    """RTP's, 32 bits."""
    data: bytes
    """A VP8 frame, or an H264 access unit with start codes."""
    keyframe: bool
    at: float
    """When its last packet came in, seconds."""
    orientation: int
    """Quarter turns to the right that make it stand upright."""


class Malformed(Exception):
    """A payload that does not say what its codec's RFC says."""


class Depacketiser:
    """One video stream, whose codec may change at a keyframe.

    Args:
        codecs: codec by payload type.
        counts: takes `malformed`, `payload_type`, `no_keyframe` and `broken` (pictures that are not whole).
    """

    def __init__(self, codecs: dict[int, str], counts: Counter[str]) -> None:
        self.needs_keyframe = True
        """Whether nothing comes out before the next keyframe."""
        self._codecs = codecs
        self._counts = counts
        self._codec = ""
        self._timestamp: int | None = None
        self._pieces: list[bytes] = []
        self._size = 0
        self._keyframe = False
        self._open = False

    def push(self, arrived: Arrived) -> list[Picture]:
        """Takes a packet; the pictures that are whole with it: none, one, or two where a marker was missing."""
        packet = arrived.packet
        codec = self._codecs.get(packet.payload_type)
        if codec is None:
            self._counts["payload_type"] += 1
            return []
        ready: list[Picture] = []
        if arrived.lost:
            self._break()
        if codec != self._codec:
            self._codec = codec
            self._drop()
            self.needs_keyframe = True
        if packet.timestamp != self._timestamp:
            ready += self._finish(arrived.at, packet.orientation)
            self._timestamp = packet.timestamp
        if not packet.payload:
            return ready
        try:
            if codec == "VP8":
                self._vp8(packet.payload)
            else:
                self._h264(packet.payload)
        except (Malformed, IndexError):
            self._counts["malformed"] += 1
            self._break()
        if packet.marker:
            ready += self._finish(arrived.at, packet.orientation)
        return ready

    def _break(self) -> None:
        """Something is missing: what is there is no picture, and what follows cannot be decoded."""
        if self._pieces:
            self._counts["broken"] += 1
        self._drop()
        self.needs_keyframe = True

    def _drop(self) -> None:
        self._pieces = []
        self._size = 0
        self._keyframe = self._open = False

    def _add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > MAX_PICTURE:
            raise Malformed

    def _finish(self, at: float, orientation: int) -> list[Picture]:
        """The picture under way has all its packets."""
        pieces, keyframe = self._pieces, self._keyframe
        if not pieces:
            return []
        if self._codec == "H264" and self._open:
            self._break()
            return []
        self._drop()
        if keyframe:
            self.needs_keyframe = False
        elif self.needs_keyframe:
            self._counts["no_keyframe"] += 1
            return []
        assert self._timestamp is not None
        return [Picture(self._codec, self._timestamp, b"".join(pieces), keyframe, at, orientation)]

    def _vp8(self, payload: bytes) -> None:
        first = payload[0]
        at = 1
        if first & 0x80:
            extended = payload[1]
            at = 2
            if extended & 0x80:
                at += 2 if payload[at] & 0x80 else 1
            if extended & 0x40:
                at += 1
            if extended & 0x30:
                at += 1
        if at >= len(payload):
            raise Malformed
        if first & 0x10 and not first & 0x07:
            if self._open:
                raise Malformed
            self._open = True
            self._keyframe = not payload[at] & 1
        elif not self._open:
            # Its beginning is missing, which a loss has told already, or the stream begins amid a picture.
            self.needs_keyframe = True
            return
        self._add(payload[at:])

    def _h264(self, payload: bytes) -> None:
        kind = payload[0] & 0x1F
        if kind == _FU_A:
            self._fragment(payload)
            return
        if self._open:
            raise Malformed
        if 1 <= kind < _STAP_A:
            self._unit(payload)
        elif kind == _STAP_A:
            at = 1
            while at < len(payload):
                size = payload[at] << 8 | payload[at + 1]
                at += 2
                if not size or at + size > len(payload):
                    raise Malformed
                self._unit(payload[at : at + size])
                at += size
        else:
            raise Malformed

    def _unit(self, unit: bytes) -> None:
        if unit[0] & 0x1F == _IDR:
            self._keyframe = True
        self._add(START_CODE)
        self._add(unit)

    def _fragment(self, payload: bytes) -> None:
        header = payload[1]
        if len(payload) < 3:
            raise Malformed
        if header & 0x80:
            if self._open:
                raise Malformed
            self._open = True
            self._unit(bytes([payload[0] & 0xE0 | header & 0x1F]))
        elif not self._open:
            self.needs_keyframe = True
            return
        self._add(payload[2:])
        if header & 0x40:
            self._open = False


def units(data: bytes) -> list[bytes]:
    """NAL units of an access unit as `Depacketiser` writes it, or an encoder (ITU-T H.264, annex B)."""
    found = []
    at = data.find(b"\0\0\1")
    while at >= 0:
        begin = at + 3
        at = data.find(b"\0\0\1", begin)
        unit = data[begin:at] if at >= 0 else data[begin:]
        found.append(unit.rstrip(b"\0") if at >= 0 else unit)
    return [unit for unit in found if unit]
