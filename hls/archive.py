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
_REMOVED = ".removed-"


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

    async def open(self, broadcast: str, timing: Timing, now: float) -> tuple[Recording, Writer]:
        """Begins a recording, or goes on with one that was not ended. `now` is Unix time. Raises `OSError`, and
        `RecordingBroken` for one that has ended or cannot be read."""
        return await self.write(self._open, broadcast, timing, now)

    def _open(self, broadcast: str, timing: Timing, now: float) -> tuple[Recording, Writer]:
        folder = self.folder(broadcast)
        folder.mkdir(exist_ok=True)
        path = folder / journal.NAME
        if not path.exists() or b"\n" not in path.read_bytes()[:4096]:
            write_atomically(path, journal.line(Began(now, timing)))
        recording = self.load(broadcast)
        if recording is None or recording.ended_at is not None:
            raise RecordingBroken(f"{broadcast}: has ended")
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
    """Writes one recording. Everything blocks and runs in the archive's writing thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stored: set[int] = set()
        """Segments that are whole on disk, written since the process began."""
        self._journal = os.open(folder / journal.NAME, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._segment = -1
        self._msn = -1
        self._failed: Missing | None = None

    def append(self, events: Sequence[Event]) -> None:
        """Writes events down. Raises `OSError`; the segment it met is then a gap in the recording, and the next one is
        tried again."""
        lines = []
        error: OSError | None = None
        for event in events:
            try:
                line = self._store(event)
            except OSError as failed:
                error = error or failed
                self._fail(event)
                line = b""
            lines.append(line)
        text = b"".join(lines)
        if text:
            try:
                write_all(self._journal, text)
            except OSError as failed:
                self._fail(events[-1])
                error = error or failed
        if error is not None:
            raise error

    def end(self, now: float) -> None:
        """Nothing more will come. Raises `OSError`."""
        write_all(self._journal, journal.line(Ended(now)))
        os.fsync(self._journal)

    def close(self) -> None:
        """Closes the files."""
        for name in ("_segment", "_journal"):
            if getattr(self, name) >= 0:
                os.close(getattr(self, name))
                setattr(self, name, -1)

    def _store(self, event: Event) -> bytes:
        """Writes the data of an event; its line."""
        if isinstance(event, InitSegment):
            write_atomically(self.folder / init_name(event.number), event.data)
        elif isinstance(event, Part):
            if event.index == 0:
                self._failed = None
                self._begin(event.msn)
            if self._failed is not None:
                return self._fail(event)
            write_all(self._segment, event.data)
        elif isinstance(event, SegmentEnd):
            if self._failed is not None:
                failed, self._failed = self._failed, None
                return journal.line(failed)
            os.fdatasync(self._segment)
            self.stored.add(event.msn)
        return journal.line(journal.entry_of(event))

    def _begin(self, msn: int) -> None:
        if self._segment >= 0:
            os.close(self._segment)
            self._segment = -1
        path = self.folder / segment_name(msn)
        self._segment = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._msn = msn

    def _fail(self, event: Event) -> bytes:
        """Its segment will be a gap, as long as its parts together."""
        if isinstance(event, Part):
            before = self._failed.duration if self._failed is not None else 0.0
            self._failed = Missing(event.msn, before + event.duration, event.wall, event.init, event.discontinuity)
        return b""


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
