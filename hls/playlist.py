"""Playlists (RFC 8216bis) as data; text is made of them in one place, at the end."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from hls.timing import Timing

VERSION = 9
"""EXT-X-VERSION: what RFC 8216bis asks for where parts may be skipped (EXT-X-SKIP)."""


class PartInfo(Struct, frozen=True):
    """What a playlist says of a part."""

    duration: float
    """Seconds."""
    size: int
    """Bytes."""
    independent: bool


class SegmentInfo(Struct):
    """What a playlist says of a segment, whole or not yet."""

    msn: int
    wall: float
    """Unix time of its first picture."""
    init: int
    discontinuity: bool
    parts: list[PartInfo]
    whole: bool = False
    gap: bool = False
    gap_duration: float = 0.0

    @property
    def duration(self) -> float:
        """Seconds, of what there is of it."""
        return self.gap_duration if self.gap else sum(part.duration for part in self.parts)

    @property
    def size(self) -> int:
        """Bytes, of what there is of it."""
        return sum(part.size for part in self.parts)


class MediaPlaylist(Struct):
    """One media playlist. `segments` are in order; only the last may be not yet whole."""

    timing: Timing
    media_sequence: int
    discontinuity_sequence: int
    segments: list[SegmentInfo]
    ended: bool = False
    hint: str | None = None
    """URI of the part that is made next (EXT-X-PRELOAD-HINT)."""

    @property
    def duration(self) -> float:
        """Seconds of media in it, parts of a segment under way among them."""
        return sum(segment.duration for segment in self.segments)

    def text(self) -> str:
        """The playlist as it is sent."""
        timing = self.timing
        lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", f"#EXT-X-TARGETDURATION:{timing.target_duration}"]
        if not self.ended:
            lines += [
                "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,"
                f"PART-HOLD-BACK={decimal(timing.part_hold_back)},HOLD-BACK={decimal(timing.hold_back)}",
                f"#EXT-X-PART-INF:PART-TARGET={decimal(timing.part_target)}",
            ]
        elif self.media_sequence == 0:
            lines.append("#EXT-X-PLAYLIST-TYPE:VOD")
        lines.append(f"#EXT-X-MEDIA-SEQUENCE:{self.media_sequence}")
        if self.discontinuity_sequence:
            lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{self.discontinuity_sequence}")
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
        parts_from = self._parts_from()
        init = None
        for index, segment in enumerate(self.segments):
            if segment.discontinuity:
                lines.append("#EXT-X-DISCONTINUITY")
            if segment.init != init and not segment.gap:
                init = segment.init
                lines.append(f'#EXT-X-MAP:URI="{init_name(init)}"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{date_time(segment.wall)}")
            if index >= parts_from:
                for number, part in enumerate(segment.parts):
                    independent = ",INDEPENDENT=YES" if part.independent else ""
                    lines.append(
                        f'#EXT-X-PART:DURATION={part.duration:.5f},URI="{part_name(segment.msn, number)}"{independent}'
                    )
            if segment.whole:
                if segment.gap:
                    lines.append("#EXT-X-GAP")
                lines += [f"#EXTINF:{segment.duration:.5f},", segment_name(segment.msn)]
        if self.ended:
            lines.append("#EXT-X-ENDLIST")
        elif self.hint:
            lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{self.hint}"')
        return "\n".join(lines) + "\n"

    def _parts_from(self) -> int:
        """Index of the first segment whose parts are listed: parts are dropped where they are 3 x TARGETDURATION behind
        the end (rule 8). An ended playlist lists none: it may be held for any time, and segments are what is kept."""
        if self.ended:
            return len(self.segments)
        behind = 0.0
        for index in range(len(self.segments) - 1, -1, -1):
            behind += self.segments[index].duration
            if behind > self.timing.hold_back + 1e-6:
                return index + 1
        return 0


class Variant(Struct, frozen=True):
    """One rendition in a multivariant playlist."""

    uri: str
    bandwidth: int
    """Peak bits a second."""
    average: int
    """Bits a second on average."""
    codecs: str
    width: int = 0
    height: int = 0


def multivariant(variants: list[Variant]) -> str:
    """A multivariant playlist."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for variant in variants:
        resolution = f",RESOLUTION={variant.width}x{variant.height}" if variant.width else ""
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={variant.bandwidth},AVERAGE-BANDWIDTH={variant.average},"
            f'CODECS="{variant.codecs}"{resolution}',
            variant.uri,
        ]
    return "\n".join(lines) + "\n"


def decimal(seconds: float) -> str:
    """A decimal-floating-point without needless digits, but never without a point: `1.0`, `0.5`, `3.003`."""
    text = f"{seconds:.3f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def date_time(unix: float) -> str:
    """ISO 8601 with milliseconds, UTC."""
    moment = datetime.fromtimestamp(round(unix, 3), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def init_name(number: int) -> str:
    """File name and URI of an init segment."""
    return f"init-{number}.mp4"


def segment_name(msn: int) -> str:
    """File name and URI of a segment."""
    return f"seg-{msn}.m4s"


def part_name(msn: int, index: int) -> str:
    """URI of a part."""
    return f"part-{msn}.{index}.m4s"
