"""What a room sends to a tap: pictures and voices really encoded, packetised by aiortc, on the clock of the test."""

from __future__ import annotations

import fractions
import struct
from collections.abc import Iterator

import av
import numpy as np
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.opus import OpusEncoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import RtcpSenderInfo, RtcpSrPacket, RtpPacket

from sfu.tap import TapDescription, TapSlot

NTP = 2_208_988_800
VIDEO, VOICE = 5000, 6000
PAYLOAD_TYPES = {"VP8": 96, "H264": 102}
MEDIA = ("127.0.0.1", 40000)
FLASH = 0.16
"""Seconds of a flash, and of the beep that goes with it."""


def tap(
    host: str = "127.0.0.1",
    port: int = 5004,
    media: tuple[str, int] = MEDIA,
    *,
    passthrough: bool = False,
    ssrc: int = 0,
) -> TapDescription:
    slots = [TapSlot(f"audio-{i}", "audio", VOICE + ssrc + i, 48_000, {"opus": 100}) for i in range(3)]
    slots.append(TapSlot("video-0", "video", VIDEO + ssrc, 90_000, dict(PAYLOAD_TYPES)))  # type: ignore[arg-type]
    return TapDescription("tap", "room", host, port, *media, "cname", slots, passthrough)


def ntp(unix: float) -> int:
    whole = int(unix)
    return (whole + NTP) << 32 | int((unix - whole) * 2**32)


class Stream:
    """One SSRC: numbers, timestamps, reports."""

    def __init__(self, ssrc: int, rate: int, sequence: int, timestamp: int) -> None:
        self.ssrc = ssrc
        self.rate = rate
        self.sequence = sequence
        self.offset = timestamp
        self.reports = True
        self.node = 0.0
        """Seconds the node's clock is ahead of ours."""

    def timestamp(self, at: float) -> int:
        """`at`: seconds since the talk began."""
        return (self.offset + round(at * self.rate)) & 0xFFFFFFFF

    def packet(self, payload: bytes, payload_type: int, timestamp: int, *, marker: bool) -> bytes:
        packet = RtpPacket(
            payload_type=payload_type, marker=int(marker), sequence_number=self.sequence, timestamp=timestamp,
            ssrc=self.ssrc, payload=payload,
        )  # fmt: skip
        self.sequence = (self.sequence + 1) & 0xFFFF
        return packet.serialize()

    def report(self, at: float, began: float) -> bytes:
        info = RtcpSenderInfo(ntp(at + self.node), self.timestamp(at - began), 0, 0)
        return bytes(RtcpSrPacket(ssrc=self.ssrc, sender_info=info))


class Camera:
    """Pictures of a room: grey with a moving bar, white while it flashes (at each whole second divisible by two)."""

    def __init__(self, began: float, codec: str = "VP8", size: tuple[int, int] = (320, 180), fps: float = 15) -> None:
        self.began = began
        self.codec = codec
        self.size = size
        self.fps = fps
        self.on = True
        self.stream = Stream(VIDEO, 90_000, 65_500, 0xFFFF0000)
        self.sent = 0
        self._encoder: Vp8Encoder | H264Encoder | None = None
        self._made_for: tuple[str, tuple[int, int]] | None = None
        self._key = True
        self._base = 0.0
        self._step = 0

    def keyframe(self) -> None:
        self._key = True

    def step(self, now: float) -> Iterator[bytes]:
        """Datagrams of everything captured until now."""
        while (at := self._base + self._step / self.fps) <= now - self.began:
            self._step += 1
            if self.on:
                yield from self._picture(at)

    def pace(self, now: float, fps: float) -> None:
        """From now on so many pictures a second."""
        self._base, self._step, self.fps = now - self.began, 0, fps

    def _picture(self, at: float) -> Iterator[bytes]:
        if self._made_for != (self.codec, self.size):
            self._made_for = (self.codec, self.size)
            self._encoder = Vp8Encoder() if self.codec == "VP8" else H264Encoder()
            self._key = True
        assert self._encoder is not None
        frame = picture(at, self.size)
        frame.pts, frame.time_base = self.sent, fractions.Fraction(1, 30)
        payloads, _ = self._encoder.encode(frame, force_keyframe=self._key)
        self._key = False
        self.sent += 1
        timestamp = self.stream.timestamp(at)
        for number, payload in enumerate(payloads):
            yield self.stream.packet(payload, PAYLOAD_TYPES[self.codec], timestamp, marker=number == len(payloads) - 1)


class Microphone:
    """A beep whenever the camera flashes, silence else; 20 ms a packet."""

    def __init__(self, began: float, number: int = 0, *, tone: float = 1000.0, always: bool = False) -> None:
        self.began = began
        self.on = True
        self.stream = Stream(VOICE + number, 48_000, 65_530, 0xFFFFFF00)
        self._tone = tone
        self._always = always
        self._encoder = OpusEncoder()
        self._count = 0

    def step(self, now: float) -> Iterator[bytes]:
        while self.began + (self._count + 1) * 0.02 <= now:
            first = self._count * 960
            self._count += 1
            times = np.arange(first, first + 960) / 48_000
            loud = np.ones(960, bool) if self._always else flashing(times)
            wave = (np.sin(2 * np.pi * self._tone * times) * loud * 12_000).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2).reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, first, fractions.Fraction(1, 48_000)
            payloads, _ = self._encoder.encode(frame)
            for payload in payloads:
                timestamp = (self.stream.offset + first) & 0xFFFFFFFF
                if self.on:
                    yield self.stream.packet(payload, 100, timestamp, marker=False)


def flashing(times: np.ndarray) -> np.ndarray:
    return ((times + 1e-4) % 2.0 < FLASH) & (times > 1.0)


def picture(at: float, size: tuple[int, int]) -> av.VideoFrame:
    width, height = size
    luma = np.full((height, width), 80, np.uint8)
    left = int(at * 40) % (width - 16)
    luma[:, left : left + 16] = 120
    if flashing(np.array([at]))[0]:
        luma[:] = 235
    chroma = np.full((height // 2, width), 128, np.uint8)
    return av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")


class Talk:
    """A room with one camera and one microphone, and the reports of both every half second."""

    def __init__(self, began: float, **camera: object) -> None:
        self.began = began
        self.camera = Camera(began, **camera)  # type: ignore[arg-type]
        self.microphone = Microphone(began)
        self._report = began + 0.1

    def step(self, now: float) -> list[bytes]:
        out = [*self.camera.step(now), *self.microphone.step(now)]
        if now >= self._report:
            self._report += 0.5
            out += [
                source.stream.report(now, self.began)
                for source in (self.camera, self.microphone)
                if source.stream.reports
            ]
        return out

    def hear(self, feedback: list[bytes]) -> None:
        """Takes RTCP of the reader: a PLI makes a keyframe."""
        for data in feedback:
            assert struct.unpack_from("!BBH", data) == (0x81, 206, 2)
            if struct.unpack_from("!I", data, 8)[0] == self.camera.stream.ssrc:
                self.camera.keyframe()
