"""A video as every browser plays it: MP4 with H.264 of 720 lines at most and AAC. PyAV; runs in `worker`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from platform_api.previews.limits import Limits, NoPreview
from platform_api.previews.results import Made, Result

MAX_HEIGHT = 720
MAX_RATE = 30
SOUND_RATE = 48_000


def make(source: Path, folder: Path, _limits: Limits) -> Result:
    """Write `video`. Raises NoPreview."""
    try:
        with av.open(str(source), metadata_errors="ignore") as container:
            return _convert(container, folder)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise NoPreview(str(error)) from error


def _convert(container: Any, folder: Path) -> Result:
    if not container.streams.video:
        raise NoPreview("no picture in it")
    video = container.streams.video[0]
    audio = container.streams.audio[0] if container.streams.audio else None
    turned = _rotation(container, video)
    graph = _graph(video, turned)
    path = folder / "video"
    width = height = 0
    # The index at the front, so that playing begins with the first bytes.
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        picture = output.add_stream("libx264", rate=_rate(video), options={"preset": "veryfast", "crf": "25"})
        picture.pix_fmt = "yuv420p"
        picture.thread_count = 1
        sound = output.add_stream("aac", rate=SOUND_RATE) if audio is not None else None
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
        for packet in container.demux([each for each in (video, audio) if each is not None]):
            for frame in _decoded(packet):
                if packet.stream is audio and sound is not None:
                    for part in resampler.resample(frame):
                        output.mux(sound.encode(part))
                    continue
                graph.push(frame)
                for drawn in _pulled(graph):
                    if not width:
                        width, height = picture.width, picture.height = drawn.width, drawn.height
                    drawn.pict_type = 0
                    output.mux(picture.encode(drawn))
        graph.push(None)
        for drawn in _pulled(graph):
            output.mux(picture.encode(drawn))
        if not width:
            raise NoPreview("no frame can be decoded")
        output.mux(picture.encode(None))
        if sound is not None:
            for part in resampler.resample(None):
                output.mux(sound.encode(part))
            output.mux(sound.encode(None))
    return Result([Made("video", "video/mp4", width, height)])


def _rate(video: Any) -> Fraction:
    """Pictures a second: what the video has, or 30 where it has more or does not say."""
    found = video.average_rate
    return Fraction(found) if found and 1 <= found <= MAX_RATE else Fraction(MAX_RATE)


def _graph(video: Any, turned: int) -> Any:
    """Filters: upright, no more than 720 lines, even sides, a constant rate."""
    graph = av.filter.Graph()
    last = graph.add_buffer(template=video)
    steps = [("transpose", {90: "cclock", 270: "clock"}[turned])] if turned in (90, 270) else []
    if turned == 180:
        steps = [("hflip", ""), ("vflip", "")]
    steps += [
        ("scale", f"w=-2:h='min({MAX_HEIGHT},trunc(ih/2)*2)'"),
        ("fps", str(_rate(video))),
        ("format", "yuv420p"),
        ("buffersink", ""),
    ]
    for name, arguments in steps:
        following = graph.add(name, arguments or None)
        last.link_to(following)
        last = following
    graph.configure()
    return graph


def _pulled(graph: Any) -> list[Any]:
    found = []
    while True:
        try:
            found.append(graph.pull())
        except (BlockingIOError, EOFError, av.error.BlockingIOError, av.error.EOFError):
            return found


def _decoded(packet: Any) -> list[Any]:
    """A damaged packet is left out; the rest goes on."""
    try:
        return list(packet.decode())
    except av.error.InvalidDataError:
        return []


def _rotation(container: Any, video: Any) -> int:
    """By how many degrees the first frame says it is turned, counterclockwise."""
    frame = next(container.decode(video), None)
    container.seek(0)
    return 0 if frame is None else round(getattr(frame, "rotation", 0) % 360)
