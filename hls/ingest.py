"""A tap's datagrams in, sounds and pictures with their times of capture out. No I/O; takes the time as an argument.

Everything is counted, nothing is logged one by one, and no datagram stops anything.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from hls.depacketise import Depacketiser, Picture
from hls.jitter import Arrived, JitterBuffer
from hls.rtp import is_rtcp, keyframe_request, parse_reports, parse_rtp
from hls.timeline import NodeClock, Timeline
from sfu.tap import read_stage_notice

if TYPE_CHECKING:
    from sfu.tap import TapDescription, TapSlot

AUDIO_WAIT = 0.12
"""Seconds an Opus packet waits for those before it."""
VIDEO_WAIT = 0.25
"""Seconds a video packet waits; a packet that was lost on the publisher's line comes again within this, mostly."""
REQUEST_EVERY = 0.5
"""Seconds between two requests for a keyframe: the media node passes no more on."""
REQUEST_SLOW = 2.0
"""The same while nothing comes that a keyframe could mend."""


class Sound(Struct, frozen=True):
    """One Opus packet."""

    voice: int
    """Which of the tap's audio slots."""
    payload: bytes
    captured: float
    """Unix time by our clock."""
    timestamp: int
    """RTP's."""
    lost: int
    """Packets missing right before it; -1 where the numbering began anew."""


class Seen(Struct, frozen=True):
    """One encoded picture."""

    picture: Picture
    captured: float
    """Unix time by our clock."""


class _Stream:
    """One slot's stream."""

    def __init__(self, slot: TapSlot, clock: NodeClock, counts: Counter[str]) -> None:
        audio = slot.kind == "audio"
        self.slot = slot
        self.buffer = JitterBuffer(AUDIO_WAIT if audio else VIDEO_WAIT, counts)
        self.timeline = Timeline(slot.clock_rate, clock, counts)
        self.payload_types = {number: codec for codec, number in slot.payload_types.items()}
        self.frames = None if audio else Depacketiser(dict(self.payload_types), counts)
        self.voice = 0
        self.came = float("-inf")
        self.asked = float("-inf")


class Ingest:
    """What comes from one tap.

    Args:
        counts: takes every packet and every cause of a drop, by name.
    """

    def __init__(self, tap: TapDescription, counts: Counter[str]) -> None:
        self.counts = counts
        self.sounds: list[Sound] = []
        """What came since somebody took it from here."""
        self.pictures: list[Seen] = []
        """The same of pictures."""
        self.came = float("-inf")
        """When a packet of any slot came last."""
        self.passthrough = tap.passthrough
        """Whether the stage's H264 may be delivered as it comes."""
        self._clock = NodeClock()
        self._streams = {slot.ssrc: _Stream(slot, self._clock, counts) for slot in tap.slots}
        for voice, stream in enumerate(s for s in self._streams.values() if s.frames is None):
            stream.voice = voice
        self._ssrc = random.getrandbits(32)
        self._wanted = False

    @property
    def voices(self) -> int:
        """How many audio slots there are."""
        return sum(stream.frames is None for stream in self._streams.values())

    def receive(self, data: bytes, now: float) -> None:
        """Takes a datagram."""
        if is_rtcp(data):
            self._reports(data, now)
            return
        packet = parse_rtp(data)
        if packet is None:
            self.counts["garbage"] += 1
            return
        stream = self._streams.get(packet.ssrc)
        if stream is None:
            self.counts["ssrc"] += 1
            return
        self.came = stream.came = now
        self.counts["packets"] += 1
        for arrived in stream.buffer.push(packet, now):
            self._take(stream, arrived)

    def expire(self, now: float) -> None:
        """What has waited long enough for others goes on without them. Called every few milliseconds."""
        for stream in self._streams.values():
            for arrived in stream.buffer.expire(now):
                self._take(stream, arrived)

    def flush(self) -> None:
        """Nothing more will come of this tap: what waits goes on."""
        self.expire(float("inf"))

    def want_keyframe(self) -> None:
        """Whoever decodes needs one."""
        self._wanted = True

    def feedback(self, now: float) -> list[bytes]:
        """RTCP that is due to the media node: requests for keyframes."""
        due = []
        for stream in self._streams.values():
            if stream.frames is None or not (stream.frames.needs_keyframe or self._wanted):
                continue
            every = REQUEST_EVERY if now - stream.came < REQUEST_SLOW else REQUEST_SLOW
            if now - stream.asked >= every:
                stream.asked = now
                self.counts["keyframe_requests"] += 1
                due.append(keyframe_request(self._ssrc, stream.slot.ssrc))
                self._wanted = False
        return due

    def _reports(self, data: bytes, now: float) -> None:
        notice = read_stage_notice(data)
        if notice is not None and notice[0] in self._streams:
            self.counts["notices"] += 1
            self.passthrough = notice[1]
            return
        reports = parse_reports(data)
        if not reports:
            self.counts["rtcp_other"] += 1
        for report in reports:
            stream = self._streams.get(report.ssrc)
            if stream is None:
                self.counts["ssrc"] += 1
                continue
            self.counts["reports"] += 1
            self._clock.observe(report.unix, now)
            stream.timeline.report(report, now)

    def _take(self, stream: _Stream, arrived: Arrived) -> None:
        """A packet whose turn has come."""
        if stream.frames is not None:
            for picture in stream.frames.push(arrived):
                captured = stream.timeline.place(picture.timestamp, picture.at)
                # Whatever its time is, the next ones cannot be decoded without it.
                self.pictures.append(Seen(picture, picture.at if captured is None else captured))
            return
        packet = arrived.packet
        if packet.payload_type not in stream.payload_types:
            self.counts["payload_type"] += 1
            return
        captured = stream.timeline.place(packet.timestamp, arrived.at)
        if captured is not None and packet.payload:
            self.sounds.append(Sound(stream.voice, packet.payload, captured, packet.timestamp, arrived.lost))
