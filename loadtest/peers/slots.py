"""What arrives in one slot, checked and counted."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from aiortc.rtp import (
    HeaderExtensionsMap,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtpPacket,
    unwrap_rtx,
)

from loadtest.peers.media import Stamp, read_vp8
from signalling.messages import SlotInfo

MAX_NACKS: Final = 10
_OPUS_NAMES = ("audio/opus",)


class Slot:
    """Counts what a slot carries. `stamps` are the sources' own marks; `bad` are payloads with a wrong byte."""

    def __init__(self, info: SlotInfo, send_rtcp: Callable[[bytes], None], *, nack: bool = True) -> None:
        self.info = info
        self.id, self.kind = info.id, info.kind
        parameters = info.rtp_parameters
        encoding = parameters.encodings[0]
        self.ssrc = encoding.ssrc or 0
        self.rtx_ssrc = encoding.rtx.ssrc if encoding.rtx else 0
        self.codecs = {codec.payloadType: codec.mimeType.lower() for codec in parameters.codecs}
        self.repairs = {
            codec.payloadType: int(str(codec.parameters["apt"]))
            for codec in parameters.codecs
            if codec.mimeType.lower().endswith("/rtx")
        }
        self.packets = 0
        self.octets = 0
        self.duplicates = 0
        self.repaired = 0
        self.bad = 0
        self.unknown_payload_types: Counter[int] = Counter()
        self.keyframes = 0
        self.sources: list[int] = []
        """Numbers of the participants heard or seen here, each time the source changed."""
        self.layers: list[int] = []
        """Layers in the order in which they came."""
        self.received: Counter[int] = Counter()
        """Packets by the number of the participant they came from."""
        self.last: Stamp | None = None
        self.last_timestamp = 0
        self.last_picture_id: int | None = None
        self.first_sequence: int | None = None
        self.highest = 0
        """Highest sequence number, extended by its cycles."""
        self.missing: dict[int, int] = {}
        """Extended sequence numbers not seen yet, and how often they were asked for."""
        self.sender_info: RtcpSenderInfo | None = None
        self.sender_reports = 0
        self._report_at = 0.0
        self._reported = (0, 0)
        self._send_rtcp = send_rtcp
        self._own_ssrc = random.randrange(1, 1 << 31)
        self._nack = nack and bool(self.rtx_ssrc)

    @property
    def lost(self) -> int:
        """Sequence numbers that were skipped and have not come since."""
        return len(self.missing)

    @property
    def source(self) -> int | None:
        """Number of the participant the last packet came from."""
        return self.last.number if self.last else None

    def receive(self, data: bytes, extensions: HeaderExtensionsMap) -> RtpPacket | None:
        """Take a decrypted packet of this slot's SSRC or repair SSRC."""
        packet = RtpPacket.parse(data, extensions)
        if packet.ssrc == self.rtx_ssrc:
            primary = self.repairs.get(packet.payload_type)
            if primary is None or len(packet.payload) < 2:
                self.unknown_payload_types[packet.payload_type] += 1
                return None
            packet = unwrap_rtx(packet, primary, self.ssrc)
            self.repaired += 1
        mime = self.codecs.get(packet.payload_type)
        if mime is None or packet.payload_type in self.repairs:
            self.unknown_payload_types[packet.payload_type] += 1
            return None
        if not self._count(packet.sequence_number):
            return None
        self.packets += 1
        self.octets += len(packet.payload)
        self.last_timestamp = packet.timestamp
        self._check(packet.payload, mime)
        return packet

    def report_block(self) -> RtcpReceiverInfo:
        """A report block about this slot (RFC 3550 section 6.4.1)."""
        expected = self.highest - (self.first_sequence or 0) + 1
        lost = max(0, expected - self.packets)
        new_expected, new_lost = expected - self._reported[0], lost - self._reported[1]
        self._reported = (expected, lost)
        fraction = max(0, new_lost) * 256 // new_expected if new_expected > 0 else 0
        lsr = (self.sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF if self.sender_info else 0
        delay = round((time.time() - self._report_at) * 65536) if self.sender_info else 0
        return RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=min(fraction, 255),
            packets_lost=lost,
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=0,
            lsr=lsr,
            dlsr=delay & 0xFFFFFFFF,
        )

    def take_sender_report(self, info: RtcpSenderInfo) -> None:
        """An SR about this slot."""
        self.sender_info = info
        self.sender_reports += 1
        self._report_at = time.time()

    def request_keyframe(self) -> None:
        """Send a PLI."""
        self._send_rtcp(bytes(RtcpPsfbPacket(fmt=1, ssrc=self._own_ssrc, media_ssrc=self.ssrc)))

    def request_missing(self) -> None:
        """Send a NACK for what is missing and was not asked for too often."""
        wanted = [number for number, asked in self.missing.items() if asked < MAX_NACKS][:64]
        for number in wanted:
            self.missing[number] += 1
        if wanted:
            self.ask_again([number & 0xFFFF for number in sorted(wanted)])

    def ask_again(self, sequence_numbers: list[int]) -> None:
        """Send a NACK for these sequence numbers."""
        nack = RtcpRtpfbPacket(fmt=1, ssrc=self._own_ssrc, media_ssrc=self.ssrc, lost=sequence_numbers)
        self._send_rtcp(bytes(nack))

    def clock_offset(self, clock_rate: int) -> float | None:
        """NTP time (s) at which the RTP timestamp was 0, by the last sender report; None before the first."""
        if self.sender_info is None:
            return None
        return self.sender_info.ntp_timestamp / 2**32 - self.sender_info.rtp_timestamp / clock_rate

    def _count(self, sequence: int) -> bool:
        """Place a sequence number; false for a duplicate."""
        if self.first_sequence is None:
            self.first_sequence = self.highest = sequence
            return True
        delta = ((sequence - self.highest + 0x8000) & 0xFFFF) - 0x8000
        extended = self.highest + delta
        if delta > 0:
            for number in range(self.highest + 1, extended):
                self.missing[number] = 0
            self.highest = extended
            if delta > 1 and self._nack:
                self.request_missing()
            return True
        if extended in self.missing:
            del self.missing[extended]
            return True
        self.duplicates += 1
        return False

    def _check(self, payload: bytes, mime: str) -> None:
        stamp: Stamp | None = None
        if mime in _OPUS_NAMES:
            stamp = Stamp.read(payload[1:])
        elif mime == "video/vp8":
            try:
                stamp, self.last_picture_id, key = read_vp8(payload)
            except (ValueError, IndexError):
                self.bad += 1
                return
            self.keyframes += key
        if stamp is None:
            self.bad += 1
            return
        if not self.sources or self.sources[-1] != stamp.number:
            self.sources.append(stamp.number)
        if not self.layers or self.layers[-1] != stamp.layer:
            self.layers.append(stamp.layer)
        self.received[stamp.number] += 1
        self.last = stamp
