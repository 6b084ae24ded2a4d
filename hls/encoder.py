"""One canvas into H264, a picture at a time. No I/O. Takes CPU: belongs into a thread."""

from __future__ import annotations

import time
from collections import Counter
from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.frame import PictureType

from hls.depacketise import SPS, units
from hls.frames import VideoConfig
from hls.settings import MediaSettings

QUALITY = 23
"""x264's CRF: constant quality, so that a page that stands still costs almost nothing; `kbps` is its ceiling."""


class VideoEncoder:
    """x264 with one parameter set for its whole life, without delay and without B pictures.

    Args:
        settings: size, rate and ceiling.
        group: pictures from one keyframe to the next.
        counts: takes `encode_us`, microseconds of this thread's CPU.
    """

    def __init__(self, settings: MediaSettings, group: int, counts: Counter[str]) -> None:
        self.group = group
        self._counts = counts
        encoder = av.CodecContext.create("libx264", "w")
        assert isinstance(encoder, av.VideoCodecContext)
        encoder.width, encoder.height, encoder.pix_fmt = settings.width, settings.height, "yuv420p"
        encoder.framerate, encoder.time_base = Fraction(settings.fps), Fraction(1, settings.fps)
        encoder.thread_count = settings.encoder_threads
        encoder.flags |= Flags.global_header
        encoder.options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "profile": "high",
            "crf": str(QUALITY),
            "forced-idr": "1",
            "x264-params": f"keyint={group}:min-keyint=1:scenecut=0:bframes=0:"
            f"vbv-maxrate={settings.kbps}:vbv-bufsize={settings.kbps}",
        }
        encoder.open()
        self._encoder = encoder
        extradata = b"".join(
            b"\0\0\0\1" + unit for unit in units(bytes(encoder.extradata or b"")) if unit[0] & 31 in {7, 8}
        )
        self.config = VideoConfig(codec_name(extradata), settings.width, settings.height, extradata)
        self._number = 0

    def encode(self, picture: av.VideoFrame, *, keyframe: bool) -> bytes:
        """An access unit. The picture may be given again."""
        began = time.thread_time()
        picture.pts, picture.time_base = self._number, self._encoder.time_base
        picture.pict_type = PictureType.I if keyframe else PictureType.NONE
        self._number += 1
        data = b"".join(bytes(packet) for packet in self._encoder.encode(picture))
        self._counts["encode_us"] += round((time.thread_time() - began) * 1e6)
        return data


def codec_name(extradata: bytes) -> str:
    """RFC 6381 name by the SPS in it: profile, constraints, level. Raises `ValueError` without one."""
    for unit in units(extradata):
        if unit[0] & 31 == SPS and len(unit) >= 4:
            return f"avc1.{unit[1:4].hex()}"
    raise ValueError("no sequence parameter set")
