"""Ended broadcasts: the same names as while they were live, read from the archive when somebody asks."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from hls.archive import Archive
from hls.channel import ENDED_AGE, MASTER, MEDIA, WHOLE, playlist_fields
from hls.errors import RecordingBroken, RequestRefused
from hls.http import Head, byte_range, response_head
from hls.journal import Recording
from hls.playlist import MediaPlaylist, Variant, init_name, multivariant, segment_name
from hls.resources import MEDIA_FIELDS, Pending, Resource, Static, compress

if TYPE_CHECKING:
    from hls.connection import Connection
    from hls.origin import Origin

KEPT = 200_000
"""Files of recordings whose names are kept in memory, some 500 bytes each: those of 300 lessons, or of nine days."""
LOADING = 64
"""Recordings that are read at the same time at most."""
PATIENCE = 10.0
"""Seconds a request waits for a recording to be read."""
CHUNK = 256 << 10
"""Bytes read and sent at a time."""


class Library:
    """Recordings for the origin. Bound to it by `bind`, since both need each other."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._origin: Origin | None = None
        self._shelves: OrderedDict[str, dict[str, Resource]] = OrderedDict()
        self._files = 0
        self._loading: dict[str, dict[str, Pending]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def bind(self, origin: Origin) -> None:
        """Serves through this origin."""
        self._origin = origin
        origin.recordings = self

    def find(self, broadcast: str, name: str) -> Resource:
        """The resource of that name; the first time it is one that waits until the recording has been read. Raises
        `RequestRefused`."""
        shelf = self._shelves.get(broadcast)
        if shelf is not None:
            self._shelves.move_to_end(broadcast)
            resource = shelf.get(name)
            if resource is None:
                raise RequestRefused(404, "not_found")
            return resource
        waiting = self._loading.get(broadcast)
        if waiting is None:
            if len(self._loading) >= LOADING:
                raise RequestRefused(503, "loading")
            try:
                self._archive.folder(broadcast)
            except ValueError:
                raise RequestRefused(404, "not_found") from None
            waiting = self._loading[broadcast] = {}
            task = asyncio.get_running_loop().create_task(self._load(broadcast))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return waiting.setdefault(name, Pending(PATIENCE))

    def forget(self, broadcast: str) -> None:
        """It has changed, or is gone."""
        self._files -= len(self._shelves.pop(broadcast, ()))

    async def close(self) -> None:
        """Waits for what is being read."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _load(self, broadcast: str) -> None:
        shelf: dict[str, Resource] | None = None
        status = 404
        try:
            recording = await self._archive.read(self._archive.load, broadcast)
            if recording is not None and recording.ended_at is not None:
                shelf = await self._archive.read(self._shelve, broadcast, recording)
        except (OSError, RecordingBroken):
            status = 503
        waiting = self._loading.pop(broadcast)
        if shelf is not None:
            self._shelves[broadcast] = shelf
            self._files += len(shelf)
            while self._files > KEPT and len(self._shelves) > 1:
                self.forget(next(iter(self._shelves)))
        assert self._origin is not None
        for name, pending in waiting.items():
            missing = RequestRefused(status, "not_found" if status == 404 else "recording_unreadable")
            self._origin.wake(pending, (shelf or {}).get(name) or missing)

    def _shelve(self, broadcast: str, recording: Recording) -> dict[str, Resource]:
        """Everything a recording offers. Blocks."""
        folder = self._archive.folder(broadcast)
        shelf: dict[str, Resource] = {}
        media = MediaPlaylist(recording.timing, 0, 0, [s for s in recording.segments if s.whole], ended=True)
        if recording.segments:
            media.media_sequence = recording.segments[0].msn
        shelf[MEDIA] = shelf[WHOLE] = text_resource(media.text())
        for segment in media.segments:
            if not segment.gap:
                shelf[segment_name(segment.msn)] = Stored(
                    self._archive, folder / segment_name(segment.msn), segment.size
                )
        for number in {segment.init for segment in media.segments}:
            path = folder / init_name(number)
            if path.exists():
                shelf[init_name(number)] = Static("init", MEDIA_FIELDS, path.read_bytes())
        shelf[MASTER] = text_resource(multivariant([variant_of(recording, WHOLE)]))
        return shelf


def text_resource(text: str) -> Static:
    """A playlist that does not change any more."""
    body = text.encode()
    return Static("playlist", playlist_fields(ENDED_AGE), body, zipped=compress(body))


def variant_of(recording: Recording, uri: str) -> Variant:
    """What a multivariant playlist says of a recording."""
    whole = [segment for segment in recording.segments if not segment.gap and segment.duration > 0]
    rates = [segment.size * 8 / segment.duration for segment in whole] or [1.0]
    seconds = sum(segment.duration for segment in whole) or 1.0
    init = recording.inits[-1] if recording.inits else None
    video = init.video if init is not None else None
    configs = [config for config in (init.video, init.audio) if config is not None] if init is not None else []
    return Variant(
        uri=uri,
        bandwidth=round(max(rates)),
        average=round(sum(segment.size for segment in whole) * 8 / seconds),
        codecs=",".join(config.codec for config in configs),
        width=video.width if video else 0,
        height=video.height if video else 0,
    )


class Stored(Resource):
    """A segment in its file. It is read by a thread and sent in chunks, as fast as the reader takes them."""

    __slots__ = ("_archive", "_path", "_size")

    def __init__(self, archive: Archive, path: Path, size: int) -> None:
        self._archive = archive
        self._path = path
        self._size = size

    def answer(self, connection: Connection, head: Head) -> None:
        """Sends it, or the range that was asked for."""
        start, end, status, fields = 0, self._size, 200, MEDIA_FIELDS
        wanted = byte_range(head.range, self._size) if head.range is not None else None
        if wanted is not None:
            start, end = wanted
            status = 206
            fields = (*fields, ("Content-Range", f"bytes {start}-{end - 1}/{self._size}"))
        now = connection.origin.unix
        first = response_head(status, fields, length=end - start, now=now, keep_alive=head.keep_alive)
        if head.head_only:
            connection.send_all([first], "segment")
        else:
            connection.send_stream(first, end - start, self._send(connection, start, end))

    async def _send(self, connection: Connection, start: int, end: int) -> bool:
        """Sends the body; False when it could not be read to its end."""
        fd = -1
        try:
            fd = await self._archive.read(os.open, self._path, os.O_RDONLY | os.O_CLOEXEC)
            while start < end:
                chunk = await self._archive.read(os.pread, fd, min(CHUNK, end - start), start)
                if not chunk:
                    return False
                start += len(chunk)
                if not await connection.send_chunk(chunk):
                    return False
        except OSError:
            return False
        finally:
            if fd >= 0:
                os.close(fd)
        return True
