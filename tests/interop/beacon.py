"""A picture that flashes and a sound that beeps at the same moments, and the search for both in a recording."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack

PERIOD = 3.0
"""Seconds from one flash to the next."""
LENGTH = 0.2
"""Seconds a flash and its beep last."""
FPS = 25
RATE = 48_000
SAMPLES = RATE // 50
RISEN, FALLEN = 0.25, 0.1
"""Of the full level: above the first a flash or a beep is there, below the second it is over."""


class Clock:
    """The one clock both tracks go by; it starts when the first of them is asked for a frame."""

    def __init__(self) -> None:
        self._started: float | None = None

    async def until(self, second: float) -> None:
        """Waits for a moment of this clock."""
        if self._started is None:
            self._started = time.monotonic()
        await asyncio.sleep(max(0.0, self._started + second - time.monotonic()))


class Flash(MediaStreamTrack):
    """Black, and white for LENGTH at each PERIOD."""

    kind = "video"

    def __init__(self, clock: Clock, width: int = 320, height: int = 180) -> None:
        super().__init__()
        self._clock = clock
        self._number = 0
        self._dark, self._light = (_picture(width, height, luma) for luma in (16, 235))

    async def recv(self) -> av.VideoFrame:
        """The next frame, when its time has come."""
        second = self._number / FPS
        await self._clock.until(second)
        # A frame that straddles the beginning of a flash belongs to it: rounding must not move the flash by a frame.
        frame = av.VideoFrame.from_ndarray(self._light if lit(second) else self._dark, format="yuv420p")
        frame.pts, frame.time_base = self._number * 90_000 // FPS, Fraction(1, 90_000)
        self._number += 1
        return frame


class Beep(MediaStreamTrack):
    """Silence, and a tone of 1 kHz for LENGTH at each PERIOD."""

    kind = "audio"

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._number = 0

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, when their time has come."""
        await self._clock.until(self._number / 50)
        at = (self._number * SAMPLES + np.arange(SAMPLES)) / RATE
        tone = np.where((at >= PERIOD) & (at % PERIOD < LENGTH), np.sin(2 * np.pi * 1000 * at), 0.0)
        frame = av.AudioFrame.from_ndarray((tone * 16_000).astype(np.int16)[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._number * SAMPLES, Fraction(1, RATE)
        self._number += 1
        return frame


def lit(second: float) -> bool:
    """Whether it flashes now. Nothing does in the first PERIOD, when a viewer may not be there yet."""
    return second >= PERIOD and (second + 1e-6) % PERIOD < LENGTH


def flashes(address: str) -> list[float]:
    """Seconds at which the picture turns from dark to light."""
    with av.open(address) as recording:
        return rises((frame.time, _brightness(frame)) for frame in recording.decode(recording.streams.video[0]))


def beeps(address: str) -> list[float]:
    """Seconds at which the tone sets in, to 5 ms."""
    with av.open(address) as recording:
        return rises(_loudness(recording.decode(recording.streams.audio[0])))


def rises(levels: Iterable[tuple[float | None, float]]) -> list[float]:
    """Seconds at which a level comes to be above RISEN; until it has fallen below FALLEN it does not rise again."""
    found: list[float] = []
    high = False
    for second, level in levels:
        if second is not None and not high and level > RISEN:
            found.append(second)
        # What is between the two is neither: a tone that sets in within a window is not yet one that was heard.
        high = level > (FALLEN if high else RISEN)
    return found


def _picture(width: int, height: int, luma: int) -> npt.NDArray[np.uint8]:
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = luma
    return picture


def _brightness(frame: av.VideoFrame) -> float:
    # The middle of the picture: it may stand between black bars.
    luma = frame.to_ndarray(format="gray")
    height, width = luma.shape
    return float(luma[height // 3 : height * 2 // 3, width // 3 : width * 2 // 3].mean()) / 255


def _loudness(frames: Iterator[av.AudioFrame]) -> Iterator[tuple[float, float]]:
    window = RATE // 200
    for frame in frames:
        assert frame.sample_rate == RATE
        assert frame.time is not None
        sound = np.abs(frame.to_ndarray().astype(np.float64)).max(axis=0)
        for start in range(0, len(sound), window):
            yield frame.time + start / RATE, float(sound[start : start + window].max())
