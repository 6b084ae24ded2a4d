"""What viewers of one live broadcast can ask for, and when: the playlist's versions, its media and who waits for it.

Every update is one version: playlist, media and hint change together, then those who waited are answered. Media leaves
by media time, which passes as fast as the clock while the broadcast runs (rule 8).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from hls.blocking import Edge, Wanted, directives, reached, refuse_far
from hls.errors import RequestRefused
from hls.packager import Event, Gap, InitSegment, Part, SegmentEnd
from hls.playlist import MediaPlaylist, PartInfo, SegmentInfo, Variant, init_name, multivariant, part_name, segment_name
from hls.resources import MEDIA_FIELDS, PLAYLIST, Pending, Pieces, Ready, Resource, Whole, compress
from hls.timing import Timing

MASTER, MEDIA, WHOLE = "index.m3u8", "video.m3u8", "recording.m3u8"
"""Names of the multivariant playlist, of the live media playlist, and of the media playlist of the whole recording."""
REMEMBERED = 256
"""Request lines with directives that are recognised without being parsed."""
INITS_KEPT = 512
"""Init segments that can be asked for, the newest ones: more than there are in a window."""
ENDED_AGE = 60
"""Cache-Control of playlists of an ended broadcast, seconds: they change only when the recording is removed."""


class Host(Protocol):
    """What a channel needs of the origin."""

    lines: dict[bytes, Resource]

    @property
    def unix(self) -> float:
        """Unix time."""

    def wake(self, pending: Pending, resource: Resource | RequestRefused) -> None:
        """Answers everybody who waits."""


def playlist_fields(age: int) -> tuple[tuple[str, str], ...]:
    """Header fields of a playlist that may be kept for `age` seconds."""
    return (("Content-Type", PLAYLIST), ("Cache-Control", f"max-age={age}"), ("Vary", "Accept-Encoding"))


class Channel:
    """One live broadcast.

    Args:
        origin: where its resources are registered.
        broadcast: its id.
        timing: its numbers.
        stored: gives the resource of a segment that has been written to disk, None when it has not.
    """

    def __init__(
        self, origin: Host, broadcast: str, timing: Timing, stored: Callable[[int], Resource | None] = lambda _: None
    ) -> None:
        self.timing = timing
        self.ended = False
        self._origin = origin
        self._base = f"/live/{broadcast}/"
        self._stored = stored
        self._segments: deque[SegmentInfo] = deque()
        self._sequence: int | None = None
        self._discontinuities = 0
        self._named: dict[str, Resource] = {}
        self._parts: dict[tuple[int, int], Whole] = {}
        # Media time (seconds published) at which a name is forgotten, oldest first.
        self._leaving_parts: deque[tuple[float, int, int]] = deque()
        self._leaving_segments: deque[tuple[float, int]] = deque()
        self._published = 0.0
        self._longest = 0.0
        self._init: InitSegment | None = None
        self._inits: deque[int] = deque()
        self._peak = self._average = 0.0
        self._plain = Ready("playlist", playlist_fields(1))
        self._blocking = Ready("playlist", playlist_fields(6 * timing.target_duration))
        self._master = Ready("playlist", playlist_fields(1))
        # Who comes before there is enough to be watched waits for it.
        self._early_media, self._early_master = Pending(timing.hold_back), Pending(timing.hold_back)
        self._pending: dict[Wanted, Pending] = {}
        self._remembered: deque[bytes] = deque()
        self._hint: tuple[str, Pending] | None = None
        self._register(MEDIA, self._early_media)
        self._register(MASTER, self._early_master)

    # What there is

    @property
    def edge(self) -> Edge:
        """How far the playlist has come."""
        first = self._sequence or 0
        if not self._segments:
            return Edge(first - 1, 0, 0)
        last = self._segments[-1]
        if last.whole:
            return Edge(last.msn, 0, len(last.parts))
        before = self._segments[-2] if len(self._segments) > 1 else None
        return Edge(last.msn - 1, len(last.parts), len(before.parts) if before else 0)

    @property
    def end_wall(self) -> float | None:
        """Unix time of the end of the newest part."""
        if not self._segments:
            return None
        return self._segments[-1].wall + self._segments[-1].duration

    @property
    def under_way(self) -> bool:
        """Whether the newest segment is not whole."""
        return bool(self._segments) and not self._segments[-1].whole

    @property
    def published(self) -> float:
        """Seconds of media since the broadcast began."""
        return self._published

    @property
    def ready(self) -> bool:
        """Whether there is enough of it to be watched (rule 7)."""
        return self._master.body != b""

    # What is published

    def restore(self, init: InitSegment | None, segments: Iterable[SegmentInfo], data: Mapping[int, bytes]) -> None:
        """Takes over all whole segments of before a restart; `data` has those whose parts may still be asked for."""
        self._longest = max(self.timing.window_seconds, self.timing.hold_back) + self.timing.target_duration
        segments = list(segments)
        # How far each begins from the end: what is far behind is only counted.
        behind = sum(info.duration for info in segments)
        for info in segments:
            behind -= info.duration
            if behind > 2 * self._longest:
                self._sequence = info.msn + 1
                self._discontinuities += info.discontinuity
                self._published += info.duration
                continue
            self._add_segment(info)
            body = memoryview(data.get(info.msn, b""))
            offset = 0
            for index, part in enumerate(info.parts if body else ()):
                self._keep_part(info.msn, index, bytes(body[offset : offset + part.size]))
                offset += part.size
            self._published += info.duration
            self._end_segment(info)
        self._init = init
        self._trim()
        self._render()

    def add_init(self, number: int, data: bytes) -> None:
        """An init segment, of before a restart or a new one."""
        resource = Ready("init", MEDIA_FIELDS)
        resource.replace(data, now=self._origin.unix)
        self._register(init_name(number), resource)
        self._inits.append(number)
        if len(self._inits) > INITS_KEPT:
            self._forget(init_name(self._inits.popleft()))

    def publish(self, events: Iterable[Event]) -> None:
        """One new version of everything."""
        woken: list[tuple[Pending, Resource]] = []
        for event in events:
            if isinstance(event, InitSegment):
                self._init = event
                self.add_init(event.number, event.data)
            elif isinstance(event, Part):
                self._add_part(event, woken)
            elif isinstance(event, Gap):
                info = SegmentInfo(
                    event.msn, event.wall, event.init, event.discontinuity, [], whole=True, gap=True,
                    gap_duration=event.duration,
                )  # fmt: skip
                self._add_segment(info)
                self._published += event.duration
                self._end_segment(info)
            elif isinstance(event, SegmentEnd):
                self._end_segment(self._segments[-1])
        self._trim()
        self._render()
        for pending, resource in woken:
            self._origin.wake(pending, resource)

    def end(self) -> None:
        """EXT-X-ENDLIST: nothing more will come."""
        self.ended = True
        self._plain.fields = self._blocking.fields = self._master.fields = playlist_fields(ENDED_AGE)
        self._render()

    def find(self, name: bytes, query: bytes) -> Resource:
        """The resource of that name. Raises `RequestRefused`."""
        text = name.decode("latin-1")
        if text == MEDIA:
            return self._find_playlist(query)
        resource = self._named.get(text)
        if resource is None:
            raise RequestRefused(404, "not_found")
        return resource

    def close(self) -> None:
        """Forgets everything; those who wait are told so."""
        gone = RequestRefused(404, "ended")
        for pending in [
            self._early_media,
            self._early_master,
            *self._pending.values(),
            *([self._hint[1]] if self._hint else []),
        ]:
            self._origin.wake(pending, gone)
        for name in list(self._named):
            self._forget(name)
        self._forget_lines()
        self._parts.clear()

    # Playlists

    def _find_playlist(self, query: bytes) -> Resource:
        if self.ended:
            return self._plain
        wanted = directives(query) if query else None
        if not self.ready:
            return self._early_media
        if wanted is None:
            return self._plain
        refuse_far(wanted, self.edge, self.timing)
        resource: Resource = self._blocking
        if not reached(wanted, self.edge):
            resource = self._pending.setdefault(wanted, Pending(self.timing.hold_back))
        self._remember(query, resource)
        return resource

    def _remember(self, query: bytes, resource: Resource) -> None:
        """The next request with these directives is recognised without being parsed. What else stands in a query, a
        viewer's token, is different for each."""
        line = self._line(f"{MEDIA}?{query.decode('latin-1')}")
        if not query.startswith(b"_HLS_") or len(query) > 40 or line in self._origin.lines:
            return
        self._origin.lines[line] = resource
        self._remembered.append(line)
        if len(self._remembered) > REMEMBERED:
            self._origin.lines.pop(self._remembered.popleft(), None)

    def _render(self) -> None:
        """The new version of the playlists; answers those who waited for it."""
        now, origin = self._origin.unix, self._origin
        hint = self._new_hint()
        playlist = MediaPlaylist(
            self.timing, self._sequence or 0, self._discontinuities, list(self._segments), self.ended, hint
        )
        duration = playlist.duration
        if not self.ended and not self.ready and duration < self.timing.hold_back - 1e-3:
            return
        self._longest = max(self._longest, duration)
        text = playlist.text().encode()
        zipped = compress(text)
        self._plain.replace(text, now=now, zipped=zipped)
        self._blocking.replace(text, now=now, zipped=zipped)
        self._render_master(now)
        if self._named[MEDIA] is not self._plain:
            self._register(MEDIA, self._plain)
            self._register(MASTER, self._master)
            origin.wake(self._early_media, self._plain)
            origin.wake(self._early_master, self._master)
        edge = self.edge
        for wanted in [wanted for wanted in self._pending if self.ended or reached(wanted, edge)]:
            pending = self._pending.pop(wanted)
            for line in self._remembered:
                if origin.lines.get(line) is pending:
                    origin.lines[line] = self._blocking
            origin.wake(pending, self._blocking)
        if self.ended and self._hint is not None:
            origin.wake(self._hint[1], RequestRefused(404, "ended"))
            self._forget(self._hint[0])
            self._hint = None

    def _render_master(self, now: float) -> None:
        init = self._init
        uri = WHOLE if self.ended else MEDIA
        video = init.video if init is not None else None
        variant = Variant(
            uri=uri,
            bandwidth=max(1, round(self._peak)),
            average=max(1, round(self._average)),
            codecs=init.codecs if init is not None else "",
            width=video.width if video else 0,
            height=video.height if video else 0,
        )
        text = multivariant([variant]).encode()
        if text != self._master.body or self.ended:
            self._master.replace(text, now=now, zipped=compress(text))

    def _new_hint(self) -> str | None:
        """Registers the part that is made next as something to wait for."""
        if self.ended:
            return None
        edge = self.edge
        name = part_name(edge.whole + 1, edge.parts)
        if self._hint is not None and self._hint[0] != name:
            old, pending = self._hint
            if self._named.get(old) is pending:
                # It was not made after all: its segment ended before.
                self._forget(old)
                self._origin.wake(pending, RequestRefused(404, "not_made"))
            self._hint = None
        if self._hint is None:
            pending = Pending(self.timing.hold_back)
            self._hint = (name, pending)
            self._register(name, pending)
        return name

    # Media

    def _add_segment(self, info: SegmentInfo) -> None:
        if self._sequence is None:
            self._sequence = info.msn
        self._segments.append(info)

    def _add_part(self, part: Part, woken: list[tuple[Pending, Resource]]) -> None:
        if part.index == 0:
            self._add_segment(SegmentInfo(part.msn, part.wall, part.init, part.discontinuity, []))
        self._segments[-1].parts.append(PartInfo(part.duration, len(part.data), part.independent))
        self._published += part.duration
        kept = self._keep_part(part.msn, part.index, part.data)
        if self._hint is not None and self._hint[0] == part_name(part.msn, part.index):
            woken.append((self._hint[1], kept))
            self._hint = None

    def _keep_part(self, msn: int, index: int, data: bytes) -> Whole:
        part = self._parts[msn, index] = Whole("part", data, now=self._origin.unix)
        self._register(part_name(msn, index), part)
        # Listed for 3 x TARGETDURATION and the rest of its segment, downloadable for as long again.
        until = self._published + 2 * self.timing.hold_back + self.timing.target_duration + 1
        self._leaving_parts.append((until, msn, index))
        return part

    def _end_segment(self, info: SegmentInfo) -> None:
        info.whole = True
        if info.gap:
            return
        pieces = [
            self._parts[info.msn, index].body for index in range(len(info.parts)) if (info.msn, index) in self._parts
        ]
        stored = self._stored(info.msn) if len(pieces) < len(info.parts) else None
        resource = stored or Pieces("segment", pieces, now=self._origin.unix)
        self._register(segment_name(info.msn), resource)
        rate = info.size * 8 / max(info.duration, 0.1)
        self._peak = max(self._peak, rate * 1.1)
        self._average = rate if not self._average else self._average * 0.8 + rate * 0.2

    def _trim(self) -> None:
        """Drops what is behind the window, and forgets what nobody may still ask for."""
        duration = sum(segment.duration for segment in self._segments)
        window = max(self.timing.window_seconds, self.timing.hold_back)
        while len(self._segments) > 1 and duration - self._segments[0].duration >= window:
            old = self._segments.popleft()
            duration -= old.duration
            self._sequence = old.msn + 1
            self._discontinuities += old.discontinuity
            self._leaving_segments.append((self._published + old.duration + self._longest, old.msn))
        while self._leaving_parts and self._leaving_parts[0][0] < self._published:
            _, msn, index = self._leaving_parts.popleft()
            self._forget(part_name(msn, index))
            del self._parts[msn, index]
            stored = self._stored(msn)
            if stored is not None and isinstance(self._named.get(segment_name(msn)), Pieces):
                self._register(segment_name(msn), stored)
        while self._leaving_segments and self._leaving_segments[0][0] < self._published:
            self._forget(segment_name(self._leaving_segments.popleft()[1]))

    # Names

    def _line(self, name: str) -> bytes:
        return f"GET {self._base}{name} HTTP/1.1".encode("latin-1")

    def _register(self, name: str, resource: Resource) -> None:
        self._named[name] = self._origin.lines[self._line(name)] = resource

    def _forget(self, name: str) -> None:
        self._named.pop(name, None)
        self._origin.lines.pop(self._line(name), None)

    def _forget_lines(self) -> None:
        while self._remembered:
            self._origin.lines.pop(self._remembered.popleft(), None)
