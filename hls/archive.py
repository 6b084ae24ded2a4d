"""Recordings on disk, written by a thread of their own so that a slow disk never holds up the loop.

    {root}/{broadcast}/recording.jsonl   the journal
                       init-{n}.mp4      init segments
                       seg-{msn}.m4s     segments: their parts one after another

A part is appended to its segment's file, then told of in the journal, then published; so what viewers have seen is
still there after kill -9. Whole segments are synchronised with the disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from msgspec.structs import replace

from hls import journal
from hls.errors import RecordingBroken
from hls.journal import Began, Ended, Missing, Recording
from hls.packager import Event, InitSegment, Part, SegmentEnd
from hls.playlist import init_name, segment_name
from hls.timing import Timing

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
"""Threads that read recordings for viewers."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
UNREADABLE = "recording.damaged"
"""Where a journal goes of which nothing can be read."""
TAIL = 512
"""Bytes in which the last line of a journal that has ended is."""
_SEGMENT = re.compile(r"seg-([0-9]{1,15})\.m4s")
_INIT = re.compile(r"init-([0-9]{1,15})\.mp4")
_REMOVED = ".removed-"
WRITING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC


class Archive:
    """All recordings under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="archive-write")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="archive-read")

    def folder(self, broadcast: str) -> Path:
        """Where a broadcast's files are. Raises `ValueError` for what is not an id."""
        if not _ID.fullmatch(broadcast):
            raise ValueError(f"not a broadcast id: {broadcast[:80]!r}")
        return self.root / broadcast

    def ids(self) -> list[str]:
        """Broadcasts that have a journal."""
        return sorted(
            path.parent.name for path in self.root.glob(f"*/{journal.NAME}") if _ID.fullmatch(path.parent.name)
        )

    async def read(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs something that reads."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: task(*args, **kwargs))

    async def write(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs something that writes, behind everything that is being written."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, lambda: task(*args, **kwargs))

    def load(self, broadcast: str) -> Recording | None:
        """What the journal says, None without one. Files shorter than it says are marked as gaps. Blocks; raises
        `RecordingBroken` and `OSError`."""
        folder = self.folder(broadcast)
        try:
            text = (folder / journal.NAME).read_bytes()
        except FileNotFoundError:
            return None
        recording = journal.read(text)
        sizes = {entry.name: entry.stat().st_size for entry in os.scandir(folder)}
        for segment in recording.segments:
            if not segment.gap and sizes.get(segment_name(segment.msn), 0) < segment.size:
                segment.gap_duration, segment.gap, segment.parts = segment.duration, True, []
        return recording

    def is_closed(self, broadcast: str) -> bool:
        """Whether the last line of the journal says that nothing more comes: what can be known of thousands of
        recordings when the process starts. Blocks; raises `OSError`."""
        with (self.folder(broadcast) / journal.NAME).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            return journal.ends(file.read())

    async def open(self, broadcast: str, timing: Timing, now: float) -> tuple[Recording, Writer]:
        """Begins a recording, or goes on with one that was not ended. `now` is Unix time. Raises `OSError`, and
        `RecordingBroken` for one that has ended or cannot be read."""
        return await self.write(self._open, broadcast, timing, now)

    def _open(self, broadcast: str, timing: Timing, now: float) -> tuple[Recording, Writer]:
        folder = self.folder(broadcast)
        folder.mkdir(exist_ok=True)
        path = folder / journal.NAME
        try:
            recording = self.load(broadcast)
        except RecordingBroken:
            # Nothing can be said of what was recorded; but viewers are there, for whom numbers never go back.
            path.replace(folder / UNREADABLE)
            recording = None
        if recording is None:
            first = Began(now, timing, highest(folder, _SEGMENT) + 1, highest(folder, _INIT) + 1)
            write_atomically(path, journal.line(first))
            recording = journal.read(path.read_bytes())
        if recording.ended_at is not None:
            raise RecordingBroken(f"{broadcast}: has ended")
        if recording.damaged:
            # Viewers may have seen segments that the journal no longer tells of.
            recording.fill(highest(folder, _SEGMENT) + 1)
        os.truncate(path, recording.length)
        if recording.segments and not recording.segments[-1].gap:
            # Its end may have been written, but was neither told of nor seen.
            recording.segments[-1].whole = True
            os.truncate(folder / segment_name(recording.segments[-1].msn), recording.segments[-1].size)
        return recording, Writer(folder)

    async def remove(self, broadcast: str) -> None:
        """Deletes a recording. It is gone at once for everybody, even if deleting is interrupted. Raises `OSError`."""
        await self.write(self._remove, broadcast)

    def _remove(self, broadcast: str) -> None:
        doomed = self.root / f"{_REMOVED}{broadcast}"
        with contextlib.suppress(FileNotFoundError):
            self.folder(broadcast).rename(doomed)
        for path in self.root.glob(f"{_REMOVED}*"):
            shutil.rmtree(path)

    async def close(self) -> None:
        """Waits for what is being written."""
        await self.write(lambda: None)
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True, cancel_futures=True)


class Writer:
    """Writes one recording. Everything blocks and runs in the archive's writing thread.

    A segment of which something could not be written becomes a gap; the next one is tried again. What could not be told
    in the journal is told later, so that a disk that has been full does not lose its order.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stored: set[int] = set()
        """Segments that are whole on disk, written since the process began; whoever forgets them takes them out."""
        self._journal = os.open(folder / journal.NAME, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._segment = -1
        self._current: Missing | None = None
        self._failed = False
        self._inits: list[InitSegment] = []
        self._untold = b""

    def append(self, events: Sequence[Event]) -> None:
        """Writes events down. Raises `OSError`, after all of them have been tried."""
        error: OSError | None = None
        for event in events:
            try:
                self._untold += self._store(event)
            except OSError as failed:
                error = error or failed
                self._failed = True
        if self._untold:
            write_all(self._journal, self._untold)
            self._untold = b""
        if error is not None:
            raise error

    def end(self, now: float) -> None:
        """Nothing more will come. Raises `OSError`."""
        if self._current is not None and self._failed:
            self._untold += self._give_up(self._current)
        write_all(self._journal, self._untold + journal.line(Ended(now)))
        self._untold = b""
        os.fsync(self._journal)

    def close(self) -> None:
        """Closes the files."""
        for name in ("_segment", "_journal"):
            if getattr(self, name) >= 0:
                os.close(getattr(self, name))
                setattr(self, name, -1)

    def _store(self, event: Event) -> bytes:
        """Writes the data of an event; its lines."""
        if isinstance(event, InitSegment):
            self._inits.append(event)
            return self._store_inits()
        if isinstance(event, Part):
            return self._store_part(event)
        if isinstance(event, SegmentEnd) and self._current is not None:
            current, self._current = self._current, None
            if self._failed:
                return self._give_up(current)
            os.fdatasync(self._segment)
            self.stored.add(event.msn)
        return journal.line(journal.entry_of(event))

    def _store_inits(self) -> bytes:
        lines = b""
        while self._inits:
            init = self._inits[0]
            write_atomically(self.folder / init_name(init.number), init.data)
            lines += journal.line(journal.entry_of(init))
            del self._inits[0]
        return lines

    def _store_part(self, part: Part) -> bytes:
        lines = b""
        if self._current is None or self._current.msn != part.msn:
            if self._current is not None and self._failed:
                lines = self._give_up(self._current)
            self._current = Missing(part.msn, 0.0, part.wall, part.init, part.discontinuity)
            # A segment without its init segment, or without its beginning, is of no use.
            self._failed = part.index != 0
            self._close_segment()
        self._current = replace(self._current, duration=self._current.duration + part.duration)
        try:
            if not self._failed and part.index == 0:
                lines += self._store_inits()
                self._segment = os.open(self.folder / segment_name(part.msn), WRITING, 0o644)
            if not self._failed:
                write_all(self._segment, part.data)
                lines += journal.line(journal.entry_of(part))
        except OSError:
            self._untold += lines
            raise
        return lines

    def _give_up(self, failed: Missing) -> bytes:
        """The segment is a gap, as long as its parts together; its file gives back its room."""
        self._failed = False
        self._close_segment()
        with contextlib.suppress(OSError):
            (self.folder / segment_name(failed.msn)).unlink(missing_ok=True)
        return journal.line(failed)

    def _close_segment(self) -> None:
        if self._segment >= 0:
            os.close(self._segment)
            self._segment = -1


def highest(folder: Path, name: re.Pattern[str]) -> int:
    """The highest number of a file with such a name, -1 without any. Blocks; raises `OSError`."""
    found = (name.fullmatch(entry.name) for entry in os.scandir(folder))
    return max((int(match[1]) for match in found if match), default=-1)


def write_all(fd: int, data: bytes) -> None:
    """Writes all of it. A short write that cannot go on is taken back, so that no line is torn by a full disk. Raises
    `OSError`."""
    done = 0
    try:
        while done < len(data):
            done += os.write(fd, memoryview(data)[done:])
    except OSError:
        if done:
            os.ftruncate(fd, os.fstat(fd).st_size - done)
        raise


def write_atomically(path: Path, data: bytes) -> None:
    """The file is there whole or not at all. Raises `OSError`."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
