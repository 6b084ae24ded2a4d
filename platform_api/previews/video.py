"""A video's picture, its size and length, and whether browsers play it as it is. PyAV; runs in `worker`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
from PIL import Image

from platform_api.previews.limits import Limits, NoPreview
from platform_api.previews.pictures import draw, save
from platform_api.previews.results import SIZES, Result

PLAYED = {
    "mov,mp4,m4a,3gp,3g2,mj2": ({"h264"}, {"aac", "mp3"}),
    "matroska,webm": ({"vp8", "vp9", "av1"}, {"opus", "vorbis"}),
}
"""Containers every browser opens, with the codecs it plays in them."""
MAX_SIDE = 1920
MAX_PIXELS = 40_000_000
LOOKED_AT = 100
"""Frames decoded behind a keyframe until one is good enough."""


def make(source: Path, folder: Path, _limits: Limits) -> Result:
    """Draw the video's picture: a little behind its beginning, where there is more to see. Raises NoPreview."""
    try:
        with av.open(str(source), metadata_errors="ignore") as container:
            if not container.streams.video:
                raise NoPreview("no picture in it")
            stream = container.streams.video[0]
            duration = None if container.duration is None else max(0, container.duration // 1000)
            frame = _frame(container, stream)
            picture = upright(frame)
            made = [made for made in draw(picture, folder) if made.name != "large"]
            made.append(save(picture.convert("RGB"), folder, "poster", SIZES["large"]))
            playable = is_played(container) and max(picture.size) <= MAX_SIDE
    except (av.FFmpegError, OSError, ValueError) as error:
        raise NoPreview(str(error)) from error
    return Result(made, width=picture.width, height=picture.height, duration=duration, playable=playable)


def is_played(container: Any) -> bool:
    """Whether every browser plays what is in the container."""
    pictures, sounds = PLAYED.get(container.format.name, (set(), set()))
    return all(
        stream.codec_context.name.removeprefix("lib") in (pictures if stream.type == "video" else sounds)
        and getattr(stream.codec_context, "pix_fmt", None) in (None, "yuv420p", "yuvj420p")
        for stream in container.streams
        if stream.type in ("video", "audio")
    )


def upright(frame: Any) -> Image.Image:
    """A frame as it is looked at: phones record on their side and say so."""
    if frame.width * frame.height > MAX_PIXELS:
        raise NoPreview("too many pixels")
    picture: Image.Image = frame.to_image()
    turn = getattr(frame, "rotation", 0) % 360
    return picture.rotate(turn, expand=True) if turn else picture


def _frame(container: Any, stream: Any) -> Any:
    """The first frame a tenth into the video, or one of the beginning."""
    stream.thread_type = "NONE"
    if stream.duration and stream.duration > 0:
        wanted = (stream.start_time or 0) + stream.duration // 10
        try:
            container.seek(wanted, stream=stream)
            # A seek ends at the keyframe before.
            for number, frame in enumerate(container.decode(stream)):
                if frame.pts is None or frame.pts >= wanted or number >= LOOKED_AT:
                    return frame
        except av.FFmpegError:
            pass
        container.seek(0)
    for frame in container.decode(stream):
        return frame
    raise NoPreview("no frame can be decoded")
