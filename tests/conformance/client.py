"""A player's view of a broadcast: fetches by aiohttp, reads playlists by m3u8 and media by FFmpeg."""

from __future__ import annotations

import asyncio
import io
import time
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import aiohttp
import av
import m3u8

EARLY_SECONDS = 60
"""How long a broadcast may take to have a playlist."""


@dataclass(frozen=True)
class Reply:
    """An answer; `asked` and `at` are when the request went out and when the last byte was there (monotonic)."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    asked: float
    at: float

    @property
    def age(self) -> int:
        """max-age of Cache-Control, -1 without one."""
        for directive in self.headers.get("cache-control", "").split(","):
            name, _, value = directive.strip().partition("=")
            if name == "max-age":
                return int(value)
        return -1


@dataclass(frozen=True)
class PartSeen:
    """A part as a playlist lists it."""

    msn: int
    index: int
    uri: str
    duration: float
    independent: bool


@dataclass(frozen=True)
class SegmentSeen:
    """A segment as a playlist lists it; without `uri` it is under way."""

    msn: int
    uri: str | None
    duration: float | None
    parts: tuple[PartSeen, ...]
    map: str | None
    """URI of its init segment."""
    discontinuity: int
    """Its discontinuity sequence number."""
    tagged: bool
    """Whether EXT-X-DISCONTINUITY stands in front of it."""
    date: float | None
    """EXT-X-PROGRAM-DATE-TIME, Unix time."""
    gap: bool

    @property
    def length(self) -> float:
        """Seconds, of what there is of it."""
        return self.duration if self.duration is not None else sum(part.duration for part in self.parts)


@dataclass
class Snapshot:
    """One media playlist."""

    reply: Reply
    text: str = field(init=False)

    def __post_init__(self) -> None:
        assert self.reply.status == 200, (self.reply.status, self.reply.url, self.reply.body[:200])
        self.text = self.reply.body.decode()

    @cached_property
    def parsed(self) -> Any:
        """As the m3u8 library reads it."""
        return m3u8.loads(self.text)

    @cached_property
    def segments(self) -> list[SegmentSeen]:
        """Segments with everything that holds for them."""
        seen = []
        discontinuity = self.parsed.discontinuity_sequence or 0
        section = None
        under_way = self.text.rpartition("\n#EXTINF:")[2]
        for segment in self.parsed.segments:
            # In a segment under way m3u8 does not see the tag.
            tagged = bool(segment.discontinuity) if segment.uri else "#EXT-X-DISCONTINUITY\n" in under_way
            discontinuity += tagged
            section = segment.init_section.uri if segment.init_section is not None else section
            parts = tuple(
                PartSeen(segment.media_sequence, index, part.uri, part.duration, part.independent == "YES")
                for index, part in enumerate(segment.parts)
            )
            # In a segment under way m3u8 gives the date to the first part.
            date = segment.program_date_time or (segment.parts[0].program_date_time if segment.parts else None)
            seen.append(
                SegmentSeen(
                    segment.media_sequence, segment.uri, segment.duration if segment.uri else None, parts, section,
                    discontinuity, tagged, date.timestamp() if date else None, bool(segment.gap_tag),
                )
            )  # fmt: skip
        return seen

    @property
    def whole(self) -> list[SegmentSeen]:
        """Segments that are not under way."""
        return [segment for segment in self.segments if segment.uri is not None]

    @property
    def parts(self) -> list[PartSeen]:
        """All parts listed."""
        return [part for segment in self.segments for part in segment.parts]

    @property
    def last_msn(self) -> int:
        """Media sequence number of the last whole segment."""
        return self.whole[-1].msn if self.whole else int(self.parsed.media_sequence) - 1

    @property
    def edge(self) -> tuple[int, int]:
        """Segment and part that come next."""
        last = self.segments[-1] if self.segments else None
        if last is None or last.uri is not None:
            return self.last_msn + 1, 0
        return last.msn, len(last.parts)

    @property
    def duration(self) -> float:
        """Seconds of media."""
        return sum(segment.length for segment in self.segments)

    @property
    def ended(self) -> bool:
        """EXT-X-ENDLIST."""
        return bool(self.parsed.is_endlist)

    @property
    def hint(self) -> str | None:
        """URI of the part that comes next."""
        return self.parsed.preload_hint.uri if self.parsed.preload_hint is not None else None

    def behind(self, now: float) -> float:
        """Seconds between the end of the newest part and `now`, both Unix time."""
        last = self.segments[-1]
        assert last.date is not None
        return now - last.date - last.length


class Client:
    """Watches one broadcast.

    Args:
        master: URL of the multivariant playlist.
    """

    def __init__(self, master: str, *, headers: dict[str, str] | None = None) -> None:
        self.master = master
        self.media = master
        """URL of the media playlist, once `open` has read the multivariant one."""
        self._headers = {"Accept-Encoding": "identity", **(headers or {})}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers=self._headers, auto_decompress=False, connector=aiohttp.TCPConnector(limit=0)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def get(self, url: str, *, method: str = "GET", timeout: float = 60, **headers: str) -> Reply:
        """Any request; `url` may be relative to the media playlist."""
        assert self._session is not None
        asked = time.monotonic()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        limit = aiohttp.ClientTimeout(total=timeout)
        async with self._session.request(method, urljoin(self.media, url), headers=sent, timeout=limit) as response:
            body = await response.read()
            fields = {name.lower(): value for name, value in response.headers.items()}
            return Reply(str(response.url), response.status, fields, body, asked, time.monotonic())

    async def open(self) -> Any:
        """Reads the multivariant playlist and takes its first rendition; what m3u8 made of it. A broadcast that has
        just begun is asked again for as long as it says so."""
        reply = await self.get(self.master)
        until = time.monotonic() + EARLY_SECONDS
        while reply.status == 503 and time.monotonic() < until:
            await asyncio.sleep(float(reply.headers["retry-after"]))
            reply = await self.get(self.master)
        assert reply.status == 200, (reply.status, reply.body[:200])
        parsed = m3u8.loads(reply.body.decode())
        assert parsed.is_variant
        self.media = urljoin(self.master, parsed.playlists[0].uri)
        return parsed

    async def playlist(self, msn: int | None = None, part: int | None = None) -> Snapshot:
        """The media playlist; with `msn` it blocks."""
        return Snapshot(await self.get(self.media + query(msn, part)))

    async def follow(self, seconds: float) -> list[Snapshot]:
        """Every version of the playlist, one blocking request after the other, as a player makes them."""
        versions = [await self.playlist()]
        until = time.monotonic() + seconds
        while time.monotonic() < until and not versions[-1].ended:
            versions.append(await self.playlist(*versions[-1].edge))
        return versions

    async def fetch_hinted(self, snapshot: Snapshot) -> Reply:
        """The part that is not made yet."""
        assert snapshot.hint is not None
        return await self.get(snapshot.hint)

    async def media_of(self, segment: SegmentSeen, uri: str) -> Media:
        """A part or segment of it, read by FFmpeg."""
        assert segment.map is not None
        init, body = await asyncio.gather(self.get(segment.map), self.get(uri))
        assert init.status == body.status == 200, (init.status, body.status, uri)
        return Media(init.body + body.body)


def query(msn: int | None, part: int | None = None) -> str:
    """The directives of a request."""
    pieces = [f"_HLS_msn={msn}"] if msn is not None else []
    pieces += [f"_HLS_part={part}"] if part is not None else []
    return "?" + "&".join(pieces) if pieces else ""


@dataclass(frozen=True)
class Track:
    """Frames of one kind in a piece of media, seconds."""

    start: float
    end: float
    frames: int
    begins_with_keyframe: bool
    even: bool
    """Whether each frame begins where the one before it ends."""


class Media:
    """What FFmpeg finds in an init segment and what follows it."""

    def __init__(self, data: bytes) -> None:
        self.tracks: dict[str, Track] = {}
        with av.open(io.BytesIO(data), "r", format="mp4") as container:
            packets: dict[str, list[Any]] = {}
            for packet in container.demux():
                if packet.dts is not None and packet.size:
                    packets.setdefault(packet.stream.type, []).append(packet)
            for kind, found in packets.items():
                base = found[0].time_base
                even = all(a.dts + a.duration == b.dts for a, b in pairwise(found))
                end = float((found[-1].dts + found[-1].duration) * base)
                self.tracks[kind] = Track(float(found[0].dts * base), end, len(found), found[0].is_keyframe, even)

    @property
    def leading(self) -> Track:
        """The track that decides about durations: video if there is any."""
        return self.tracks.get("video") or self.tracks["audio"]
