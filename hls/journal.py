"""The journal of a recording: one JSON object and its checksum a line, only ever appended, so that kill -9 costs its
last line at most.

A line is written after the data it tells of. What can be read back is therefore true. A last line that was torn is cut
off; a line that a disk has damaged is left out, and what it told of is a gap.
"""

from __future__ import annotations

import zlib
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
MOST_MISSING = 100_000
"""Segments in a row that may be missing; more, and it is not believed."""


class Began(Struct, frozen=True, tag="began"):
    """The first line."""

    at: float
    timing: Timing
    msn: int = 0
    """Media sequence number of the first segment."""
    init: int = 0
    """Number of the first init segment."""


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
    """An entry as it is appended: JSON, a tab, and the CRC-32 of the JSON."""
    text = _encoder.encode(entry)
    return b"%b\t%08x\n" % (text, zlib.crc32(text))


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
    """Bytes of the journal up to the end of its last whole line."""
    damaged: int = 0
    """Lines that were left out."""
    first_msn: int = 0
    first_init: int = 0

    @property
    def next_msn(self) -> int:
        """Media sequence number of the segment that comes next."""
        return self.segments[-1].msn + 1 if self.segments else self.first_msn

    @property
    def next_init(self) -> int:
        """Number of the init segment that comes next."""
        used = [init.number for init in self.inits] + [segment.init for segment in self.segments]
        return max(used, default=self.first_init - 1) + 1

    def fill(self, msn: int) -> None:
        """Segments that nothing is known of become gaps, up to that number."""
        seconds = self.timing.segment_seconds
        while self.segments and self.next_msn < msn:
            last = self.segments[-1]
            last.whole = True
            self.segments.append(_gap(last.msn + 1, last.wall + last.duration, last.init, seconds))


def read(text: bytes) -> Recording:
    """Reads a journal. Raises `RecordingBroken` when its first line cannot be read, or when it is no journal."""
    end = text.rfind(b"\n") + 1
    first, *lines = text[:end].split(b"\n")
    began = _entry(first)
    if not isinstance(began, Began):
        raise RecordingBroken("journal: does not begin with its beginning")
    recording = Recording(began.timing, began.at, [], [], length=end, first_msn=began.msn, first_init=began.init)
    for each in lines[:-1]:
        entry = _entry(each)
        if entry is None and recording.segments and not recording.segments[-1].whole:
            # It may have told of one of its parts.
            _lose(recording.segments[-1])
        if entry is None or not _apply(recording, entry):
            recording.damaged += 1
    return recording


def ends(tail: bytes) -> bool:
    """Whether a journal that ends like this says so in its last line."""
    return tail.endswith(b"\n") and isinstance(_entry(tail[:-1].rpartition(b"\n")[2]), Ended)


def _entry(text: bytes) -> Line | None:
    """What a line says, None when it is damaged."""
    body, _, check = text.rpartition(b"\t")
    try:
        return _decoder.decode(body) if check == b"%08x" % zlib.crc32(body) else None
    except (UnicodeDecodeError, msgspec.DecodeError):
        return None


def _apply(recording: Recording, entry: Line) -> bool:
    """Adds what a line says; whether it follows from those before."""
    segments = recording.segments
    match entry:
        case InitWritten():
            recording.inits.append(entry)
        case PartWritten():
            return _add_part(recording, entry)
        case Whole():
            if not segments or segments[-1].msn != entry.msn:
                return False
            segments[-1].whole = True
        case Missing():
            if segments and segments[-1].msn == entry.msn:
                # It began, and then its file could not be written.
                segments.pop()
            gap = SegmentInfo(entry.msn, entry.wall, entry.init, entry.discontinuity, [], whole=True, gap=True)
            gap.gap_duration = entry.duration
            return _begin(recording, gap)
        case Ended():
            recording.ended_at = entry.at
            if segments:
                segments[-1].whole = True
        case Began():
            return False
    return True


def _add_part(recording: Recording, part: PartWritten) -> bool:
    """Adds a part. A segment of which one is not told cannot be read: it is a gap."""
    segments = recording.segments
    if not segments or segments[-1].msn < part.msn:
        fresh = SegmentInfo(part.msn, part.wall, part.init, part.discontinuity, [], gap=part.index != 0)
        if not _begin(recording, fresh):
            return False
    segment = segments[-1]
    if segment.msn != part.msn or part.index < len(segment.parts):
        return False
    if segment.gap or len(segment.parts) != part.index:
        _lose(segment)
        segment.gap_duration += part.duration
        return False
    segment.parts.append(PartInfo(part.duration, part.size, part.independent))
    return True


def _lose(segment: SegmentInfo) -> None:
    segment.gap_duration, segment.gap, segment.parts = segment.duration, True, []


def _begin(recording: Recording, segment: SegmentInfo) -> bool:
    """Adds a segment, if its number can be. The one before is whole, whether it says so or not; those between were
    never written."""
    segments = recording.segments
    if segments:
        last = segments[-1]
        if not 0 < segment.msn - last.msn <= MOST_MISSING:
            return False
        last.whole = True
        missing = range(last.msn + 1, segment.msn)
        seconds = min(
            recording.timing.segment_seconds,
            max(0.1, (segment.wall - last.wall - last.duration) / max(1, len(missing))),
        )
        for index, msn in enumerate(missing):
            segments.append(_gap(msn, last.wall + last.duration + index * seconds, last.init, seconds))
    segments.append(segment)
    return True


def _gap(msn: int, wall: float, init: int, seconds: float) -> SegmentInfo:
    return SegmentInfo(msn, wall, init, discontinuity=False, parts=[], whole=True, gap=True, gap_duration=seconds)
