"""Pictures of any size, turned any way, onto one canvas of constant size; what is shown before the first. No I/O."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
_BLACK = (16, 128, 128)
_GROUND = (34, 138, 124)
"""Y, U and V of the slate: a dark blue-grey, like the lesson page at night."""
_SMALLEST = 16
"""Lines or columns of a picture at least."""
_LARGEST = 4096


class Canvas:
    """Of one size.

    Args:
        width: pixels, even.
        height: pixels, even.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height

    def slate(self) -> av.VideoFrame:
        """A calm picture: plain ground, a little lighter in the middle."""
        frame = self._plain(_GROUND)
        down = np.linspace(-1.0, 1.0, self.height)[:, None] ** 2
        across = np.linspace(-1.0, 1.0, self.width)[None, :] ** 2
        glow = 14.0 * np.clip(1.0 - (down + across) / 1.6, 0.0, 1.0)
        luma = _plane(frame, 0)
        luma[:] = luma + glow.astype(np.uint8)
        return frame

    def fit(self, frame: av.VideoFrame, orientation: int) -> av.VideoFrame | None:
        """The picture as large as it fits, in the middle, upright; None for a size nobody can see or keep."""
        if not (_SMALLEST <= frame.width <= _LARGEST and _SMALLEST <= frame.height <= _LARGEST):
            return None
        aside = orientation % 2 == 1
        width, height = (frame.height, frame.width) if aside else (frame.width, frame.height)
        scale = min(self.width / width, self.height / height)
        wide = max(2, min(self.width, round(width * scale / 2) * 2))
        high = max(2, min(self.height, round(height * scale / 2) * 2))
        if self.width - wide <= 4:
            wide = self.width
        if self.height - high <= 4:
            high = self.height
        scaled = frame.reformat(
            width=high if aside else wide,
            height=wide if aside else high,
            format="yuv420p",
            interpolation=Interpolation.BILINEAR,
        )
        if orientation == 0 and (wide, high) == (self.width, self.height):
            return scaled
        return self._place(scaled, orientation, wide, high)

    def _place(self, scaled: av.VideoFrame, orientation: int, wide: int, high: int) -> av.VideoFrame:
        out = self._plain(_BLACK)
        left, top = (self.width - wide) // 4 * 2, (self.height - high) // 4 * 2
        for number in range(3):
            half = 1 if number == 0 else 2
            picture = np.rot90(_plane(scaled, number), -orientation)
            there = _plane(out, number)
            there[top // half : top // half + high // half, left // half : left // half + wide // half] = picture
        return out

    def _plain(self, colour: tuple[int, int, int]) -> av.VideoFrame:
        frame = av.VideoFrame(self.width, self.height, "yuv420p")
        for number, value in enumerate(colour):
            _plane(frame, number)[:] = value
        return frame


def _plane(frame: av.VideoFrame, number: int) -> Plane:
    """A plane's pixels, to read and to write."""
    plane = frame.planes[number]
    pixels: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return pixels[:, : plane.width]
