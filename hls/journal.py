"""The journal of a recording: one JSON object a line, only ever appended, so that kill -9 costs its last line at most.

A line is written after the data it tells of. What can be read back is therefore true, and what cannot is cut off.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from hls.errors import RecordingBroken
from hls.frames import AudioConfig, VideoConfig
from hls.packager import Event, InitSegment, Part, SegmentEnd
from hls.playlist import PartInfo, SegmentInfo
from hls.timing import Timing

NAME = "recording.jsonl"
"""Its file name."""


class Began(Struct, frozen=True, tag="began"):
    """The first line."""

    at: float
    timing: Timing


class InitWritten(Struct, frozen=True, tag="init"):
    """An init segment is in its file."""

    number: int
    video: VideoConfig | None
    audio: AudioConfig | None


class PartWritten(Struct, frozen=True, tag="part"):
    """A part stands at the end of its segment's file."""

    msn: int
    index: int
    duration: float
    size: int
    independent: bool
    wall: float
    init: int
    discontinuity: bool


class Whole(Struct, frozen=True, tag="whole"):
    """A segment has all its parts."""

    msn: int


class Missing(Struct, frozen=True, tag="gap"):
    """A segment that does not exist."""

    msn: int
    duration: float
    wall: float
    init: int
    discontinuity: bool


class Ended(Struct, frozen=True, tag="ended"):
    """Nothing more will come."""

    at: float


Line = Began | InitWritten | PartWritten | Whole | Missing | Ended

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def line(entry: Line) -> bytes:
    """An entry as it is appended."""
    return _encoder.encode(entry) + b"\n"


def entry_of(event: Event) -> Line:
    """What is written down of an event."""
    fields: dict[str, Any] = msgspec.structs.asdict(event)
    data: bytes = fields.pop("data", b"")
    if isinstance(event, Part):
        return PartWritten(size=len(data), **fields)
    if isinstance(event, InitSegment):
        return InitWritten(**fields)
    return Whole(**fields) if isinstance(event, SegmentEnd) else Missing(**fields)


class Recording(Struct):
    """What a journal says."""

    timing: Timing
    started_at: float
    """Unix time at which the broadcast began."""
    segments: list[SegmentInfo]
    """Every segment, the last perhaps not whole. Their numbers have no holes."""
    inits: list[InitWritten]
    ended_at: float | None = None
    length: int = 0
    """Bytes of the journal that could be read."""

    @property
    def next_msn(self) -> int:
        """Media sequence number of the segment that comes next."""
        return self.segments[-1].msn + 1 if self.segments else 0

    @property
    def next_init(self) -> int:
        """Number of the init segment that comes next."""
        return self.inits[-1].number + 1 if self.inits else 0


def read(text: bytes) -> Recording:
    """Reads a journal. A last line that was cut off is left out. Raises `RecordingBroken` for anything else that is not
    a journal."""
    end = text.rfind(b"\n") + 1
    lines = text[:end].splitlines()
    try:
        entries = [_decoder.decode(each) for each in lines]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordingBroken(f"journal: {error}") from error
    if not entries or not isinstance(entries[0], Began):
        raise RecordingBroken("journal: does not begin with its beginning")
    recording = Recording(entries[0].timing, entries[0].at, [], [], length=end)
    for number, entry in enumerate(entries[1:], start=2):
        try:
            _apply(recording, entry)
        except RecordingBroken as error:
            raise RecordingBroken(f"journal, line {number}: {error}") from error
    return recording


def _apply(recording: Recording, entry: Line) -> None:
    segments = recording.segments
    match entry:
        case InitWritten():
            recording.inits.append(entry)
        case PartWritten():
            if entry.index == 0:
                _begin(recording, SegmentInfo(entry.msn, entry.wall, entry.init, entry.discontinuity, []))
            if not segments or segments[-1].msn != entry.msn or len(segments[-1].parts) != entry.index:
                raise RecordingBroken(f"part {entry.msn}.{entry.index} does not follow")
            segments[-1].parts.append(PartInfo(entry.duration, entry.size, entry.independent))
        case Whole():
            if not segments or segments[-1].msn != entry.msn:
                raise RecordingBroken(f"segment {entry.msn} did not begin")
            segments[-1].whole = True
        case Missing():
            if segments and segments[-1].msn == entry.msn:
                # It began, and then its file could not be written.
                segments.pop()
            gap = SegmentInfo(entry.msn, entry.wall, entry.init, entry.discontinuity, [], whole=True, gap=True)
            gap.gap_duration = entry.duration
            _begin(recording, gap)
        case Ended():
            recording.ended_at = entry.at
            if segments:
                segments[-1].whole = True
        case Began():
            raise RecordingBroken("a second beginning")


def _begin(recording: Recording, segment: SegmentInfo) -> None:
    """Adds a segment. The one before is whole, whether it says so or not; those between were never written."""
    segments = recording.segments
    if segments:
        last = segments[-1]
        last.whole = True
        if segment.msn <= last.msn:
            raise RecordingBroken(f"segment {segment.msn} behind {last.msn}")
        missing = range(last.msn + 1, segment.msn)
        seconds = min(
            recording.timing.segment_seconds,
            max(0.1, (segment.wall - last.wall - last.duration) / max(1, len(missing))),
        )
        for index, msn in enumerate(missing):
            wall = last.wall + last.duration + index * seconds
            segments.append(
                SegmentInfo(
                    msn, wall, last.init, discontinuity=False, parts=[], whole=True, gap=True, gap_duration=seconds
                )
            )
    segments.append(segment)
