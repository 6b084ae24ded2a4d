"""What somebody who watches a broadcast sees and hears, by FFmpeg."""

from __future__ import annotations

import io

import av
import numpy as np

from hls.frames import EncodedFrame
from hls.muxer import Muxer
from hls.studio import Encoding, Output


def fmp4(made: list[Output]) -> list[bytes]:
    """Files that hold what was made, one for each encoding."""
    files: list[bytes] = []
    muxer: Muxer | None = None
    video: list[EncodedFrame] = []
    audio: list[EncodedFrame] = []

    def close() -> None:
        if muxer is not None and video:
            files.append(muxer.init_segment() + muxer.fragment(1, video, audio))

    for item in made:
        if isinstance(item, Encoding):
            close()
            muxer, video, audio = Muxer(item.video, item.audio), [], []
        else:
            (video if item.kind == "video" else audio).append(item)
    close()
    return files


def onsets(times: list[float], loud: list[bool]) -> list[float]:
    """When it begins to be loud (or bright)."""
    return [at for at, before, now in zip(times[1:], loud, loud[1:], strict=False) if now and not before]


class Watched:
    """A file's content."""

    def __init__(self, data: bytes | str) -> None:
        self.pictures: list[tuple[float, float]] = []
        """Time, and brightness in the middle."""
        self.sizes: set[tuple[int, int]] = set()
        sounds: list[np.ndarray] = []
        starts: list[tuple[float, int]] = []
        with av.open(io.BytesIO(data) if isinstance(data, bytes) else data, "r") as container:
            for frame in container.decode():
                assert frame.time is not None
                if isinstance(frame, av.VideoFrame):
                    plane = frame.planes[0]
                    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
                    middle = luma[plane.height // 3 : -plane.height // 3, frame.width // 2 - 20 : frame.width // 2 + 20]
                    self.pictures.append((frame.time, float(middle.mean())))
                    self.sizes.add((frame.width, frame.height))
                elif isinstance(frame, av.AudioFrame):
                    starts.append((frame.time, frame.samples))
                    sounds.append(frame.to_ndarray().mean(axis=0))
        self.pictures.sort()
        self.sound_starts = starts
        self.sound = np.concatenate(sounds) if sounds else np.zeros(0)
        self.sound_from = starts[0][0] if starts else 0.0

    @property
    def flashes(self) -> list[float]:
        return onsets([at for at, _ in self.pictures], [bright > 160 for _, bright in self.pictures])

    @property
    def beeps(self) -> list[float]:
        step = 240
        power = [float(np.sqrt(np.mean(self.sound[i : i + step] ** 2))) for i in range(0, len(self.sound) - step, step)]
        return onsets([self.sound_from + i * step / 48_000 for i in range(len(power))], [p > 0.08 for p in power])

    @property
    def skews(self) -> list[float]:
        """Seconds each beep comes after its flash."""
        return [min((beep - flash for beep in self.beeps), key=abs) for flash in self.flashes if self.beeps]
