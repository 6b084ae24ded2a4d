"""Traces: sizes and times of the frames of a lesson that took place, and nothing of what was said or shown in it.

A trace is one JSON document (docs/loadtest.md has an example):

- `format`: `sfera trace 1`;
- `about`: where it comes from, for people;
- `tracks`: what was published. Each has a `name`, a `source` (microphone, camera, screen, screen_audio), a `codec`
  (`video/VP8`, `audio/opus`) and its `layers`, the lowest first: one for sound and for pictures without simulcast;
- a layer has its `height` in pixels (0: not known), and three columns: `us`, microseconds from one frame to the next;
  `bytes`, payload of the frame in all, without headers; and `keys`, places of the frames that are keyframes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from loadtest.figures import Frame, Kind

FORMAT: Final = "sfera trace 1"
MAX_FILE: Final = 64 << 20
MAX_FRAMES: Final = 1_000_000
CHROMIUM: Final = Path(__file__).parent / "data" / "chromium_lesson.json"
"""A lesson that a teacher gave in Chromium: camera in three layers, screen and voices."""

Source = Literal["microphone", "camera", "screen", "screen_audio"]


class TraceError(Exception):
    """A file that is no trace, or one that nothing can be played from."""


class Layer(Struct, frozen=True, forbid_unknown_fields=True):
    """One encoding of a track. The columns are of one length."""

    us: Annotated[list[Annotated[int, Meta(ge=0, le=600_000_000)]], Meta(min_length=1, max_length=MAX_FRAMES)]
    bytes: Annotated[list[Annotated[int, Meta(ge=1, le=8_000_000)]], Meta(min_length=1, max_length=MAX_FRAMES)]
    keys: list[Annotated[int, Meta(ge=0)]] = []
    height: Annotated[int, Meta(ge=0, le=8640)] = 0

    @classmethod
    def of(cls, frames: list[Frame], height: int = 0) -> Layer:
        """Columns of frames."""
        return cls(
            us=[frame.us for frame in frames],
            bytes=[frame.size for frame in frames],
            keys=[place for place, frame in enumerate(frames) if frame.key],
            height=height,
        )

    def frames(self) -> list[Frame]:
        """As the engine takes them."""
        keys = set(self.keys)
        rows = enumerate(zip(self.us, self.bytes, strict=True))
        return [Frame(us, size, place in keys) for place, (us, size) in rows]

    @property
    def seconds(self) -> float:
        """How long it goes on before it is played again."""
        return sum(self.us) / 1e6

    @property
    def kbps(self) -> float:
        """Kilobits a second of payload."""
        return sum(self.bytes) * 8 / 1000 / self.seconds if self.seconds else 0.0


class Track(Struct, frozen=True, forbid_unknown_fields=True):
    """One published track."""

    name: Annotated[str, Meta(max_length=200)]
    source: Source
    codec: Annotated[str, Meta(max_length=40)]
    layers: Annotated[list[Layer], Meta(min_length=1, max_length=4)]

    @property
    def kind(self) -> Kind:
        """Sound or pictures."""
        return "audio" if self.source in ("microphone", "screen_audio") else "video"


class Trace(Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson's tracks."""

    format: Literal["sfera trace 1"]
    about: Annotated[str, Meta(max_length=2000)]
    tracks: Annotated[list[Track], Meta(min_length=1, max_length=100)]

    @property
    def pictures(self) -> list[Track]:
        """Cameras and screens."""
        return [track for track in self.tracks if track.kind == "video"]

    def of(self, source: Source) -> list[Track]:
        """The tracks of one source."""
        return [track for track in self.tracks if track.source == source]


def read(path: Path) -> Trace:
    """A trace from its file. Raises `TraceError`, which names the field, and `OSError`."""
    if path.stat().st_size > MAX_FILE:
        raise TraceError(f"{path}: more than {MAX_FILE >> 20} MiB")
    try:
        trace = msgspec.json.decode(path.read_bytes(), type=Trace)
    except msgspec.DecodeError as error:
        raise TraceError(f"{path}: {error}") from error
    for track in trace.tracks:
        for layer in track.layers:
            if len(layer.us) != len(layer.bytes) or any(place >= len(layer.us) for place in layer.keys):
                raise TraceError(f"{path}: the columns of {track.name!r} do not belong together")
            if not any(layer.us):
                raise TraceError(f"{path}: {track.name!r} takes no time")
    return trace


def write(trace: Trace, path: Path) -> None:
    """The trace as its file: one line for each column, so that two of them can be compared. Raises `OSError`."""
    tracks = ",\n".join(_track(track) for track in trace.tracks)
    path.write_text(f'{{"format": "{FORMAT}",\n "about": {_json(trace.about)},\n "tracks": [\n{tracks}]}}\n')


def _track(track: Track) -> str:
    head = f'"name": {_json(track.name)}, "source": {_json(track.source)}, "codec": {_json(track.codec)}'
    layers = ",\n".join(
        f'   {{"height": {layer.height},\n    "us": {_json(layer.us)},\n'
        f'    "bytes": {_json(layer.bytes)},\n    "keys": {_json(layer.keys)}}}'
        for layer in track.layers
    )
    return f'  {{{head}, "layers": [\n{layers}]}}'


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
