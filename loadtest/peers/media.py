"""Synthetic tracks: real RTP around payloads that say who sent them, so that a receiver can check every byte."""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
import struct
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from aiortc import RTCRtpHeaderExtensionParameters
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpParameters
from aiortc.rtp import (
    HeaderExtensions,
    HeaderExtensionsMap,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    RtpPacket,
    wrap_rtx,
)

from sfu.parameters import EXTENSION_URIS

OPUS: Final = 111
VP8: Final = 96
VP8_RTX: Final = 97
EXTENSION_IDS: Final = {"mid": 4, "rid": 10, "rrid": 11, "transport_cc": 3, "audio_level": 1}
"""Ids of this publisher: on purpose other ones than the server uses."""

HISTORY: Final = 512
"""Packets kept for NACKs, for each stream."""

_STAMP: Final = struct.Struct("!4sHBBI")
_MAGIC: Final = b"SFRA"
_NTP_EPOCH: Final = 2208988800


class Stamp(NamedTuple):
    """What a payload says of itself: the participant's number, its track, the layer, and a counter of that layer."""

    number: int
    track: int
    layer: int
    counter: int

    def payload(self, size: int) -> bytes:
        """`size` bytes (at least 12) that only this stamp makes."""
        head = _STAMP.pack(_MAGIC, self.number, self.track, self.layer, self.counter)
        filler = hashlib.sha256(head).digest()
        return (head + filler * (size // len(filler) + 1))[:size]

    @classmethod
    def read(cls, payload: bytes) -> Stamp | None:
        """The stamp of a payload, or None when a single byte of it is not as it was sent."""
        if len(payload) < _STAMP.size:
            return None
        magic, *fields = _STAMP.unpack_from(payload)
        stamp = cls(*fields)
        return stamp if magic == _MAGIC and stamp.payload(len(payload)) == payload else None


def extensions_map(ids: dict[str, int]) -> HeaderExtensionsMap:
    """The reader and writer of header extensions of aiortc, for ids by short name."""
    mapping = HeaderExtensionsMap()
    listed = [RTCRtpHeaderExtensionParameters(id=number, uri=EXTENSION_URIS[name]) for name, number in ids.items()]
    mapping.configure(RTCRtpParameters(headerExtensions=listed))
    return mapping


class OutStream:
    """One SSRC on its way out, with its repair stream, sender reports and what the receiver reports of it."""

    def __init__(
        self,
        send_rtp: Callable[[bytes], None],
        *,
        payload_type: int,
        rtx_payload_type: int,
        clock_rate: int,
        mid: str,
        rid: str,
        cname: str,
        transport_numbers: Iterable[int],
    ) -> None:
        self.ssrc = secrets.randbits(31) + 1000
        self.rtx_ssrc = secrets.randbits(31) + 1000 if rtx_payload_type >= 0 else 0
        self.mid, self.rid = mid, rid
        self.identified = False
        """Whether the receiver has reported this SSRC; until then packets carry mid and rid (RFC 8852 section 3). The
        repair stream's always do."""
        self.packets = 0
        self.octets = 0
        self.resent = 0
        self.report: RtcpReceiverInfo | None = None
        """The last report block about this SSRC."""
        self._send_rtp = send_rtp
        self._payload_type, self._rtx_payload_type = payload_type, rtx_payload_type
        self._clock_rate = clock_rate
        self.cname = cname
        self._numbers = iter(transport_numbers)
        self._map = extensions_map(EXTENSION_IDS)
        self._sequence = random.randrange(1 << 16)
        self._rtx_sequence = random.randrange(1 << 16)
        self._history: OrderedDict[int, RtpPacket] = OrderedDict()
        self._last = (0.0, 0)

    def send(self, payload: bytes, timestamp: int, *, marker: int, audio_level: tuple[bool, int] | None = None) -> None:
        """Send a payload under the next sequence number."""
        packet = RtpPacket(self._payload_type, marker, self._sequence, timestamp, self.ssrc, payload)
        packet.extensions = HeaderExtensions(audio_level=audio_level)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.packets += 1
        self.octets += len(payload)
        self._last = (time.time(), timestamp)
        if self.rtx_ssrc:
            self._history[packet.sequence_number] = packet
            if len(self._history) > HISTORY:
                self._history.popitem(last=False)
        self._put(packet, repaired=False)

    def resend(self, sequence_numbers: Iterable[int]) -> None:
        """Answer a NACK over the repair stream (RFC 4588)."""
        for number in sequence_numbers:
            packet = self._history.get(number)
            if packet is None:
                continue
            rtx = wrap_rtx(packet, self._rtx_payload_type, self._rtx_sequence, self.rtx_ssrc)
            rtx.extensions = HeaderExtensions(audio_level=packet.extensions.audio_level)
            self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
            self.resent += 1
            self._put(rtx, repaired=True)

    def skip(self, count: int) -> None:
        """Leave a hole in the sequence numbers, as if packets had been lost for good."""
        self._sequence = (self._sequence + count) & 0xFFFF

    def sender_report(self) -> bytes:
        """SR and SDES as one compound packet (RFC 3550 section 6.1)."""
        at, timestamp = self._last
        now = time.time()
        elapsed = round((now - at) * self._clock_rate)
        info = RtcpSenderInfo(
            ntp_timestamp=ntp(now),
            rtp_timestamp=(timestamp + elapsed) & 0xFFFFFFFF,
            packet_count=self.packets & 0xFFFFFFFF,
            octet_count=self.octets & 0xFFFFFFFF,
        )
        source = RtcpSourceInfo(ssrc=self.ssrc, items=[(1, self.cname.encode())])
        return bytes(RtcpSrPacket(ssrc=self.ssrc, sender_info=info)) + bytes(RtcpSdesPacket(chunks=[source]))

    def _put(self, packet: RtpPacket, *, repaired: bool) -> None:
        extensions = packet.extensions
        extensions.transport_sequence_number = next(self._numbers) & 0xFFFF
        if repaired or not self.identified:  # a repair stream's SSRC is in no report: only its names tell whose it is
            extensions.mid = self.mid
            if self.rid and repaired:
                extensions.repaired_rtp_stream_id = self.rid
            elif self.rid:
                extensions.rtp_stream_id = self.rid
        self._send_rtp(packet.serialize(self._map))


class Track:
    """Something published: one stream for each layer, and a task that fills them in real time."""

    interval = 0.02
    kind = "audio"

    def __init__(self, number: int, track: int, streams: list[OutStream]) -> None:
        self.number, self.track, self.streams = number, track, streams
        self.id = ""
        self.sending = True
        """While false nothing is sent, as with a track that is switched off."""
        self.keyframe_requests = 0
        self.feedback_packets = 0
        """Transport-wide feedback messages (of all tracks of the transport)."""
        self._task: asyncio.Task[None] | None = None
        self._clock = random.randrange(1 << 32)

    def start(self) -> None:
        """Begin to send, in real time, until `stop`."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def tick(self) -> None:
        """Send what is due at this tick."""
        raise NotImplementedError

    def request_keyframe(self, stream: OutStream) -> None:
        """A PLI or FIR came."""

    def on_rtcp(self, packet: Any) -> None:
        """Take one RTCP packet of the server."""
        by_ssrc = {stream.ssrc: stream for stream in self.streams}
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for block in packet.reports:
                if stream := by_ssrc.get(block.ssrc):
                    stream.report, stream.identified = block, True
        elif isinstance(packet, RtcpRtpfbPacket):
            if packet.fmt == 15:
                self.feedback_packets += 1
            elif packet.fmt == 1 and (stream := by_ssrc.get(packet.media_ssrc)):
                stream.resend(packet.lost)
        elif isinstance(packet, RtcpPsfbPacket):
            wanted = [packet.media_ssrc] if packet.fmt == 1 else []
            if packet.fmt == 4:
                wanted = [ssrc for ssrc, _ in struct.iter_unpack("!LL", packet.fci)]
            for ssrc in wanted:
                if stream := by_ssrc.get(ssrc):
                    self.keyframe_requests += 1
                    self.request_keyframe(stream)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self.sending:
                self.tick()
            # A loop that was held up goes on from now; it does not send a burst of what is late.
            due = max(due + self.interval, loop.time() - self.interval)
            await asyncio.sleep(due - loop.time())


class AudioTrack(Track):
    """A microphone: a packet of `size` bytes every 20 ms, with an audio level (RFC 6464)."""

    def __init__(self, number: int, track: int, streams: list[OutStream], *, level: int = 20, size: int = 80) -> None:
        super().__init__(number, track, streams)
        self.level = level
        """0 (loudest) to 127 (silent)."""
        self._size = size

    def tick(self) -> None:
        """Send one frame. Its first byte is Opus's TOC: CELT, 20 ms, stereo, one frame (RFC 6716 section 3.1)."""
        stream = self.streams[0]
        payload = b"\xfc" + Stamp(self.number, self.track, 0, stream.packets).payload(self._size)
        stream.send(payload, self._clock, marker=0, audio_level=(self.level < 100, self.level))
        self._clock = (self._clock + 960) & 0xFFFFFFFF


class VideoTrack(Track):
    """A camera or screen in VP8, one frame a tick in every layer; keyframes come when asked for."""

    kind = "video"

    def __init__(
        self, number: int, track: int, streams: list[OutStream], *, fps: float = 15, packets: int = 2, size: int = 900
    ) -> None:
        super().__init__(number, track, streams)
        self.interval = 1 / fps
        self.keyframes = 0
        self._packets, self._size = packets, size
        self._want_key = set(range(len(streams)))
        self._picture = [random.randrange(1 << 15) for _ in streams]
        self._counters = [0] * len(streams)

    def request_keyframe(self, stream: OutStream) -> None:
        """The layer's next frame is a keyframe."""
        self._want_key.add(self.streams.index(stream))

    def tick(self) -> None:
        """Send a frame in each layer; higher layers have more packets."""
        for layer, stream in enumerate(self.streams):
            key = layer in self._want_key
            self._want_key.discard(layer)
            self.keyframes += key
            self._frame(layer, stream, key, self._packets + layer)
        self._clock = (self._clock + round(90000 * self.interval)) & 0xFFFFFFFF

    def _frame(self, layer: int, stream: OutStream, key: bool, packets: int) -> None:
        for index in range(packets):
            descriptor = VpxPayloadDescriptor(
                partition_start=int(index == 0),
                partition_id=0,
                picture_id=self._picture[layer],
                tl0picidx=self._picture[layer] & 0xFF,
            )
            stamp = Stamp(self.number, self.track, layer, self._counters[layer])
            self._counters[layer] += 1
            payload = bytes(descriptor) + (vp8_header(key, layer) if index == 0 else b"") + stamp.payload(self._size)
            stream.send(payload, self._clock, marker=int(index == packets - 1))
        self._picture[layer] = (self._picture[layer] + 1) & 0x7FFF


def vp8_header(key: bool, layer: int) -> bytes:
    """Frame tag, and for keyframes start code and size (RFC 6386 section 9.1)."""
    tag = (0 if key else 1) | 1 << 4
    head = bytes([tag, 0, 0])
    return head + b"\x9d\x01\x2a" + struct.pack("<HH", 320 << layer, 180 << layer) if key else head


def read_vp8(payload: bytes) -> tuple[Stamp | None, int | None, bool]:
    """Stamp, picture id and whether a keyframe starts here; raises `ValueError` for what is no VP8."""
    descriptor, rest = VpxPayloadDescriptor.parse(payload)
    key = False
    if descriptor.partition_start and descriptor.partition_id == 0:
        key = not rest[0] & 1
        rest = rest[10 if key else 3 :]
    return Stamp.read(rest), descriptor.picture_id, key


def ntp(unix: float) -> int:
    """NTP timestamp (64 bits) of a Unix time."""
    return int((unix + _NTP_EPOCH) * (1 << 32)) & ((1 << 64) - 1)
