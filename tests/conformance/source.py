"""A broadcast without a lesson: a picture that changes and a tone, really encoded, pushed at their own pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import av
import numpy as np

from hls.delivery import Delivery
from hls.frames import CLOCK, AudioConfig, EncodedFrame, VideoConfig

RATE = 48_000
AAC = 1024


@cache
def encoded_video(width: int, height: int, fps: int, gop: int) -> tuple[VideoConfig, tuple[tuple[bytes, bool], ...]]:
    """One group of pictures, whose first is a keyframe: a bar that moves from left to right."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base, encoder.gop_size = Fraction(fps), Fraction(1, fps), gop
    encoder.flags |= 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER
    encoder.options = {
        "preset": "veryfast", "tune": "zerolatency", "profile": "baseline",
        "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0",
    }  # fmt: skip
    packets = []
    for number in range(gop):
        luma = np.full((height, width), 64, np.uint8)
        left = number * (width - 16) // gop
        luma[:, left : left + 16] = 235
        chroma = np.full((height // 2, width), 128, np.uint8)
        picture = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")
        picture.pts = number
        packets += encoder.encode(picture)
    packets += encoder.encode(None)
    assert len(packets) == gop
    extradata = bytes(encoder.extradata or b"")
    sps = extradata[extradata.index(b"\x67") :]
    config = VideoConfig(f"avc1.{sps[1:4].hex()}", width, height, extradata)
    return config, tuple((bytes(packet), packet.is_keyframe) for packet in packets)


@cache
def encoded_audio(channels: int = 2, seconds: int = 16) -> tuple[AudioConfig, tuple[bytes, ...]]:
    """A tone of 440 Hz in whole AAC frames."""
    encoder = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "stereo" if channels == 2 else "mono", "fltp"
    encoder.flags |= 1 << 22
    frames: list[bytes] = []
    for number in range(seconds * RATE // AAC):
        wave = 0.2 * np.sin(2 * np.pi * 440 * np.arange(number * AAC, (number + 1) * AAC) / RATE)
        sound = av.AudioFrame.from_ndarray(
            np.tile(wave.astype(np.float32), (channels, 1)), format="fltp", layout=encoder.layout
        )
        sound.sample_rate, sound.pts = RATE, number * AAC
        frames += [bytes(packet) for packet in encoder.encode(sound)]
    return AudioConfig(channels, bytes(encoder.extradata or b""), RATE), tuple(frames)


class Source:
    """Frames of a broadcast, in the order in which an encoder gives them.

    Args:
        gop_seconds: from one keyframe to the next.
        start: media time of the first frame, 1/90000 s.
        wall: Unix time of the first frame.
    """

    def __init__(
        self,
        *,
        width: int = 320,
        height: int = 180,
        fps: int = 30,
        gop_seconds: float = 4.0,
        start: int = 0,
        wall: float = 0.0,
        video: bool = True,
        audio: bool = True,
    ) -> None:
        self.video: VideoConfig | None = None
        self.audio: AudioConfig | None = None
        self._pictures: tuple[tuple[bytes, bool], ...] = ()
        self._sounds: tuple[bytes, ...] = ()
        if video:
            self.video, self._pictures = encoded_video(width, height, fps, round(fps * gop_seconds))
        if audio:
            self.audio, self._sounds = encoded_audio()
        self._fps = fps
        self._start = start
        self._wall = wall

    def frames(self) -> Iterator[EncodedFrame]:
        """All frames, without end, by the time at which they begin."""
        picture = sound = 0
        while True:
            picture_pts = picture * CLOCK // self._fps
            sound_pts = sound * AAC * CLOCK // RATE
            if self.video is not None and (self.audio is None or picture_pts <= sound_pts):
                data, keyframe = self._pictures[picture % len(self._pictures)]
                picture += 1
                yield self._frame("video", data, picture_pts, picture * CLOCK // self._fps, keyframe=keyframe)
            else:
                data = self._sounds[sound % len(self._sounds)]
                sound += 1
                yield self._frame("audio", data, sound_pts, sound * AAC * CLOCK // RATE, keyframe=True)

    def _frame(self, kind: str, data: bytes, begins: int, ends: int, *, keyframe: bool) -> EncodedFrame:
        assert kind in {"audio", "video"}
        return EncodedFrame(
            "audio" if kind == "audio" else "video",
            data,
            self._start + begins,
            ends - begins,
            keyframe,
            self._wall + begins / CLOCK,
        )


async def play(delivery: Delivery, source: Source, seconds: float | None = None) -> None:
    """Pushes each frame when it has been shown, as a real encoder would have it, for so long or until cancelled. The
    source's `wall` is the time at which this begins."""
    delivery.configure(source.video, source.audio)
    loop = asyncio.get_running_loop()
    began = loop.time() - (time.time() - source._wall)
    first: int | None = None
    for frame in source.frames():
        first = frame.pts if first is None else first
        due = (frame.pts - first + frame.duration) / CLOCK
        if seconds is not None and due > seconds:
            return
        delay = began + due - loop.time()
        if delay > 0.002:
            await asyncio.sleep(delay)
        delivery.push(frame)
