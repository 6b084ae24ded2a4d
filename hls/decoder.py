"""A publisher's pictures decoded, whichever of both codecs they are in. No I/O. Takes CPU: belongs into a thread."""

from __future__ import annotations

import time
from collections import Counter
from fractions import Fraction

import av
from av.codec.context import Flags
from av.packet import Packet
from msgspec import Struct

from hls.ingest import Seen

DECODERS = {"VP8": "vp8", "H264": "h264"}
_TICKS = 1_000_000
_BASE = Fraction(1, _TICKS)


class Shown(Struct, frozen=True):
    """A decoded picture."""

    frame: av.VideoFrame
    captured: float
    """Unix time by our clock."""
    orientation: int
    """Quarter turns to the right that make it stand upright."""


class Decoder:
    """Both codecs; each has to begin with a keyframe.

    Args:
        counts: takes `decoded`, `undecodable` and `decode_us`.
    """

    def __init__(self, counts: Counter[str]) -> None:
        self.needs_keyframe = False
        """Whether what comes before the next keyframe is of no use."""
        self._counts = counts
        self._codec = ""
        self._context: av.VideoCodecContext | None = None

    def decode(self, seen: Seen) -> list[Shown]:
        """The picture, or none."""
        picture = seen.picture
        if self.needs_keyframe and not picture.keyframe:
            return []
        if picture.codec != self._codec or self.needs_keyframe:
            self._begin(picture.codec)
        context = self._context
        assert context is not None
        began = time.thread_time()
        packet = Packet(picture.data)
        packet.pts = packet.dts = round(seen.captured * _TICKS)
        packet.time_base = _BASE
        try:
            frames = context.decode(packet)
        except av.FFmpegError:
            self._counts["undecodable"] += 1
            self.needs_keyframe = True
            return []
        finally:
            self._counts["decode_us"] += round((time.thread_time() - began) * 1e6)
        self._counts["decoded"] += len(frames)
        return [
            Shown(frame, seen.captured if frame.pts is None else frame.pts / _TICKS, picture.orientation)
            for frame in frames
            if isinstance(frame, av.VideoFrame)
        ]

    def _begin(self, codec: str) -> None:
        context = av.CodecContext.create(DECODERS[codec], "r")
        assert isinstance(context, av.VideoCodecContext)
        context.flags |= Flags.low_delay
        context.thread_count = 1
        self._codec, self._context = codec, context
        self.needs_keyframe = False
