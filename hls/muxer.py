"""fMP4 by FFmpeg: an init segment, and fragments with exactly the frames they are given.

FFmpeg's muxer cannot be told to end a fragment here and now, so each fragment gets a muxer of its own: it writes the
header, one moof and one mdat, and the header is cut off. The streams are made from templates, so no codec is opened.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
from av.packet import Packet

from hls.errors import FrameRefused
from hls.frames import CLOCK, AudioConfig, EncodedFrame, VideoConfig

AAC_FRAME = 1024
"""Samples of an AAC-LC frame."""
OPTIONS = {
    "movflags": "cmaf+frag_custom+frag_discont+skip_trailer",
    "avoid_negative_ts": "disabled",
    "use_editlist": "0",
}
VIDEO_BASE = Fraction(1, CLOCK)


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Type, offset and size of each box (ISO/IEC 14496-12, 4.2). Raises `FrameRefused` when they do not add up."""
    offset = 0
    while offset < len(data):
        if offset + 8 > len(data):
            raise FrameRefused("box: truncated header")
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size == 1 and offset + 16 <= len(data):
            (size,) = struct.unpack_from(">Q", data, offset + 8)
        if size < 8 or offset + size > len(data):
            raise FrameRefused(f"box {kind!r}: size {size}")
        yield kind, offset, size
        offset += size


class Muxer:
    """Muxes one encoding: video, audio or both. Raises `FrameRefused` for neither, or what FFmpeg refuses."""

    def __init__(self, video: VideoConfig | None, audio: AudioConfig | None) -> None:
        if video is None and audio is None:
            raise FrameRefused("configuration: neither video nor audio")
        self.video = video
        self.audio = audio
        self._templates = av.open(io.BytesIO(), "w", format="mp4")
        self._video_template = self._templates.add_stream("libx264") if video else None
        self._audio_template = self._templates.add_stream("aac", rate=audio.sample_rate) if audio else None
        self._audio_base = Fraction(1, audio.sample_rate) if audio else VIDEO_BASE
        self._next_sample: int | None = None

    def init_segment(self) -> bytes:
        """ftyp and moov."""
        return self._write(1, [], [])

    def fragment(self, number: int, video: Sequence[EncodedFrame], audio: Sequence[EncodedFrame]) -> bytes:
        """One moof and one mdat. `number` goes into mfhd and must grow from one fragment to the next."""
        data = self._write(number, video, audio)
        for kind, offset, _ in boxes(data):
            if kind == b"moof":
                return data[offset:]
        raise FrameRefused("fragment: no frames")

    def _write(self, number: int, video: Sequence[EncodedFrame], audio: Sequence[EncodedFrame]) -> bytes:
        out = io.BytesIO()
        try:
            container = av.open(out, "w", format="mp4", options=OPTIONS | {"fragment_index": str(number)})
            pictures = self._add_video(container)
            sound = self._add_audio(container)
            container.start_encoding()
            for frame in video:
                container.mux(packet(frame, pictures, VIDEO_BASE, frame.pts, frame.duration))
            for frame in audio:
                container.mux(packet(frame, sound, self._audio_base, self._sample(frame), AAC_FRAME))
            container.close()
        except (av.FFmpegError, ValueError) as error:
            raise FrameRefused(f"muxer: {error}") from error
        return out.getvalue()

    def _add_video(self, container: Any) -> Any:
        if self.video is None:
            return None
        stream = container.add_stream_from_template(self._video_template)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = self.video.width, self.video.height, "yuv420p"
        context.extradata = self.video.extradata
        stream.time_base = VIDEO_BASE
        return stream

    def _add_audio(self, container: Any) -> Any:
        if self.audio is None:
            return None
        stream = container.add_stream_from_template(self._audio_template)
        stream.codec_context.layout = "mono" if self.audio.channels == 1 else "stereo"
        stream.codec_context.extradata = self.audio.extradata
        stream.time_base = self._audio_base
        return stream

    def _sample(self, frame: EncodedFrame) -> int:
        """Media time in samples. Frames that follow each other stay exactly 1024 samples apart, whatever rounding to
        1/90000 s did to their times."""
        assert self.audio is not None
        sample = round(frame.pts * self.audio.sample_rate / CLOCK)
        if self._next_sample is not None and abs(sample - self._next_sample) <= AAC_FRAME // 2:
            sample = self._next_sample
        self._next_sample = sample + AAC_FRAME
        return sample


def packet(frame: EncodedFrame, stream: Any, base: Fraction, pts: int, duration: int) -> Packet[Any]:
    """A frame as FFmpeg takes it."""
    made = Packet(frame.data)
    made.stream = stream
    made.time_base = base
    made.pts = made.dts = pts
    made.duration = duration
    made.is_keyframe = frame.keyframe
    return made
