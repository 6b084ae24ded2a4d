"""What is on disk of a broadcast: written, read back, damaged, cut off, without room."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from hls import journal
from hls.archive import UNREADABLE, Archive, Writer, write_all
from hls.errors import RecordingBroken
from hls.frames import AudioConfig, VideoConfig
from hls.journal import Began, Ended, InitWritten, Missing, PartWritten, Recording, Whole
from hls.packager import Event, InitSegment, Part
from hls.timing import Timing
from tests.unit.hls.viewer import BROADCAST, events

VIDEO = VideoConfig("avc1.42c01f", 320, 180, b"\0\0\0\1\x67")
AUDIO = AudioConfig(2, b"\x11\x90")
INIT = InitSegment(0, b"ftyp moov", VIDEO, AUDIO)


@pytest_asyncio.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    """An archive."""
    made = Archive(tmp_path)
    yield made
    await made.close()


async def begin(archive: Archive, *, at: float = 1_700_000_000.0) -> tuple[Recording, Writer]:
    """A recording, new or gone on with."""
    return await archive.open(BROADCAST, Timing(), at)


async def written(archive: Archive, made: list[Event]) -> Writer:
    """A recording with these events."""
    _, writer = await begin(archive)
    await archive.write(writer.append, made)
    return writer


def loaded(archive: Archive) -> Recording:
    """What the disk says."""
    recording = archive.load(BROADCAST)
    assert recording is not None
    return recording


async def test_what_was_written_is_read(archive: Archive) -> None:
    writer = await written(archive, [INIT, *events(range(3))])
    await archive.write(writer.end, 1_700_000_012.0)
    recording = loaded(archive)
    assert recording.started_at == 1_700_000_000.0 and recording.ended_at == 1_700_000_012.0
    assert recording.timing == Timing()
    assert [(s.msn, s.duration, s.size, s.whole) for s in recording.segments] == [
        (n, 4.0, 4000, True) for n in range(3)
    ]
    assert recording.inits == [InitWritten(0, VIDEO, AUDIO)]
    assert recording.damaged == 0
    folder = archive.folder(BROADCAST)
    for msn in range(3):
        expected = b"".join(event.data for event in events(range(msn, msn + 1)) if isinstance(event, Part))
        assert (folder / f"seg-{msn}.m4s").read_bytes() == expected
    assert (folder / "init-0.mp4").read_bytes() == INIT.data
    assert archive.ids() == [BROADCAST]
    with pytest.raises(RecordingBroken):
        await begin(archive)


async def test_the_end_is_known_without_reading_it_all(archive: Archive) -> None:
    writer = await written(archive, [INIT, *events(range(30))])
    assert not archive.is_closed(BROADCAST)
    await archive.write(writer.end, 1_700_000_120.123456)
    assert archive.is_closed(BROADCAST)
    path = archive.folder(BROADCAST) / journal.NAME
    path.write_bytes(path.read_bytes()[:-1])
    assert archive.is_closed(BROADCAST) == (loaded(archive).ended_at is not None)
    path.write_bytes(b"")
    assert not archive.is_closed(BROADCAST)


async def test_journal_cut_off_anywhere_still_tells_the_truth(archive: Archive) -> None:
    writer = await written(archive, [INIT, *events(range(3))])
    await archive.write(writer.end, 1.0)
    text = (archive.folder(BROADCAST) / journal.NAME).read_bytes()
    first = text.index(b"\n") + 1
    sizes = []
    for length in range(len(text) + 1):
        if length < first:
            with pytest.raises(RecordingBroken):
                journal.read(text[:length])
            continue
        recording = journal.read(text[:length])
        assert recording.damaged == 0
        assert [segment.msn for segment in recording.segments] == list(range(len(recording.segments)))
        sizes.append(sum(len(segment.parts) for segment in recording.segments))
    assert sizes[0] == 0 and sizes[-1] == 12
    assert all(later - earlier in {0, 1} for earlier, later in pairwise(sizes))


async def test_a_damaged_line_costs_its_segment_at_most(archive: Archive) -> None:
    writer = await written(archive, [INIT, *events(range(6))])
    await archive.write(writer.end, 1.0)
    whole = (archive.folder(BROADCAST) / journal.NAME).read_bytes()
    first = whole.index(b"\n") + 1
    chance = random.Random(5)
    for _ in range(300):
        text = bytearray(whole)
        at = chance.randrange(first, len(text) - 1)
        text[at] ^= 1 << chance.randrange(8)
        recording = journal.read(bytes(text))
        assert [segment.msn for segment in recording.segments] == list(range(len(recording.segments)))
        assert len(recording.segments) >= 5
        lost = [segment for segment in recording.segments if segment.gap]
        assert len(lost) <= 2
        assert recording.damaged >= 1
        for segment in recording.segments:
            assert segment.gap or len(segment.parts) == 4
            assert 0 < segment.duration <= 4.0


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"hello\n",
        journal.line(Whole(1)),
        journal.line(Began(0.0, Timing()))[:-1],
        b"\xff" * 500 + b"\n",
    ],
)
def test_what_is_no_journal_is_refused(text: bytes) -> None:
    with pytest.raises(RecordingBroken):
        journal.read(text)


def test_lines_that_do_not_follow_are_left_out() -> None:
    part = PartWritten(0, 0, 1.0, 10, True, 5.0, 0, False)
    lines: list[journal.Line] = [
        Began(0.0, Timing()),
        Whole(3),
        part,
        Whole(0),
        Began(1.0, Timing()),
        part,
        Missing(10**9, 4.0, 9.0, 0, False),
        Missing(2, 4.0, 13.0, 0, False),
        Ended(20.0),
    ]
    recording = journal.read(b"".join(journal.line(each) for each in lines))
    assert [(s.msn, s.gap) for s in recording.segments] == [(0, False), (1, True), (2, True)]
    assert recording.ended_at == 20.0
    assert recording.damaged == 4


async def test_a_torn_end_is_gone_on_from(archive: Archive) -> None:
    writer = await written(archive, [INIT, *events(range(3))[:-2]])
    writer.close()
    folder = archive.folder(BROADCAST)
    with (folder / journal.NAME).open("ab") as file:
        file.write(b'{"type":"part","msn":2,"ind')
    with (folder / "seg-2.m4s").open("ab") as file:
        file.write(b"half of a part that nobody was told of")
    recording, writer = await begin(archive)
    assert recording.next_msn == 3 and recording.next_init == 1
    assert len(recording.segments[-1].parts) == 3
    assert (folder / "seg-2.m4s").stat().st_size == 3000
    await archive.write(writer.append, [InitSegment(1, b"new", VIDEO, None), *events(range(3, 5))])
    assert [s.msn for s in loaded(archive).segments] == [0, 1, 2, 3, 4]


async def test_numbers_do_not_go_back_when_the_journal_is_damaged(archive: Archive) -> None:
    writer = await written(archive, [INIT, *events(range(5))])
    writer.close()
    path = archive.folder(BROADCAST) / journal.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    lines[-10:] = [b"?" * len(line) + b"\n" for line in lines[-10:]]
    path.write_bytes(b"".join(lines))
    recording, writer = await begin(archive)
    assert recording.next_msn == 5
    assert [(s.msn, s.gap) for s in recording.segments][-2:] == [(3, True), (4, True)]
    writer.close()
    path.write_bytes(b"nothing of it can be read\n")
    recording, writer = await begin(archive)
    assert recording.next_msn == 5 and recording.next_init == 1
    assert (path.parent / UNREADABLE).read_bytes() == b"nothing of it can be read\n"
    await archive.write(writer.append, [InitSegment(1, b"new", VIDEO, None), *events(range(5, 7))])
    assert [s.msn for s in loaded(archive).segments] == [5, 6]


async def test_files_that_are_shorter_than_told_are_gaps(archive: Archive) -> None:
    writer = await written(archive, [INIT, *events(range(4))])
    await archive.write(writer.end, 1.0)
    folder = archive.folder(BROADCAST)
    os.truncate(folder / "seg-1.m4s", 10)
    (folder / "seg-2.m4s").unlink()
    assert [(s.gap, s.duration) for s in loaded(archive).segments] == [(False, 4), (True, 4), (True, 4), (False, 4)]


class Disk:
    """A disk that is full while `full`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self._write, self._open = os.write, os.open
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "open", self.open)
        monkeypatch.setattr("hls.archive.write_atomically", self.write_atomically)

    def write(self, fd: int, data: bytes) -> int:
        """Half of it fits, when it is full."""
        if not self.full:
            return self._write(fd, data)
        if len(data) < 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._write(fd, data[: len(data) // 2])

    def open(self, path: str | Path, flags: int, mode: int = 0o777, **more: int) -> int:
        """A new file does not fit."""
        if self.full and flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._open(path, flags, mode, **more)

    def write_atomically(self, path: Path, data: bytes) -> None:
        """Nor does this one."""
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        path.write_bytes(data)


async def test_full_disk_costs_segments_and_not_the_order(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    writer = await written(archive, [INIT, *events(range(2))])
    third = events(range(2, 3))
    await archive.write(writer.append, third[:2])
    disk.full = True
    refused = 0
    for event in [*third[2:], *events(range(3, 5)), InitSegment(1, b"another", VIDEO, None), *events(range(5, 6))]:
        with contextlib.suppress(OSError):
            await archive.write(writer.append, [event])
            refused -= 1
        refused += 1
    assert refused >= 4, "at least once a segment"
    disk.full = False
    await archive.write(writer.append, events(range(6, 8)))
    await archive.write(writer.end, 1.0)
    recording = loaded(archive)
    assert recording.damaged == 0
    assert [s.gap for s in recording.segments] == [False, False, True, True, True, True, False, False]
    assert {s.duration for s in recording.segments} == {4.0}
    assert [s.wall - recording.segments[0].wall for s in recording.segments] == [4.0 * n for n in range(8)]
    assert [init.number for init in recording.inits] == [0, 1]
    folder = archive.folder(BROADCAST)
    assert (folder / "init-1.mp4").read_bytes() == b"another"
    kept = sorted(path.name for path in folder.glob("seg-*"))
    assert kept == ["seg-0.m4s", "seg-1.m4s", "seg-6.m4s", "seg-7.m4s"]


async def test_full_disk_ends_in_the_middle_of_a_broadcast(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    writer = await written(archive, [INIT, *events(range(2))])
    disk.full = True
    with pytest.raises(OSError, match="space"):
        await archive.write(writer.append, events(range(2, 4))[:7])
    with pytest.raises(OSError, match="space"):
        await archive.write(writer.end, 1.0)
    assert [s.msn for s in loaded(archive).segments] == [0, 1]


def test_a_short_write_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    write_all(fd, b"whole line\n")
    Disk(monkeypatch).full = True
    with pytest.raises(OSError, match="space"):
        write_all(fd, b"torn line\n")
    os.close(fd)
    assert path.read_bytes() == b"whole line\n"


def test_a_real_file_system_without_room(tmp_path: Path) -> None:
    """The limit on a file's size is the nearest thing to a full disk that every machine has."""
    script = f"""
import asyncio, resource, signal, sys
from pathlib import Path
from hls.archive import Archive
from hls.timing import Timing
from tests.unit.hls.viewer import events
from tests.unit.hls.test_recording import INIT

async def main():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    archive = Archive(Path({str(tmp_path)!r}))
    _, writer = await archive.open({BROADCAST!r}, Timing(), 0.0)
    await archive.write(writer.append, [INIT, *events(range(2), size=1000)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
    try:
        await archive.write(writer.append, events(range(2, 3), size=40_000))
    except OSError as error:
        print(error.strerror)
    await archive.write(writer.append, events(range(3, 4), size=1000))
    await archive.write(writer.end, 1.0)
    await archive.close()

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60)
    assert done.stdout == "File too large\n", done.stderr
    recording = Archive(tmp_path).load(BROADCAST)
    assert recording is not None
    assert [s.gap for s in recording.segments] == [False, False, True, False]


KILLED = """
import asyncio, itertools, sys
from pathlib import Path
from hls.archive import Archive
from hls.timing import Timing
from tests.unit.hls.viewer import events
from tests.unit.hls.test_recording import INIT

async def main():
    archive = Archive(Path(sys.argv[1]))
    recording, writer = await archive.open(sys.argv[2], Timing(), 0.0)
    await archive.write(writer.append, [INIT])
    for msn in itertools.count(recording.next_msn):
        for event in events(range(msn, msn + 1), size=100_000):
            await archive.write(writer.append, [event])
            print(msn, getattr(event, "index", 4), flush=True)

asyncio.run(main())
"""


def test_killed_while_writing(tmp_path: Path) -> None:
    """What was told as written is there afterwards, time after time."""
    chance = random.Random(7)
    archive = Archive(tmp_path)
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path), BROADCAST], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.1))
        process.send_signal(signal.SIGKILL)
        told = [tuple(int(word) for word in line.split()) for line in process.stdout.read().splitlines()[:-1]]
        process.wait()
        process.stdout.close()
        recording = archive.load(BROADCAST)
        assert recording is not None and recording.damaged == 0
        assert [s.msn for s in recording.segments] == list(range(len(recording.segments)))
        assert not any(s.gap for s in recording.segments)
        if told:
            msn, index = told[-1]
            there = next(s for s in recording.segments if s.msn == msn)
            assert len(there.parts) >= min(index + 1, 4)
        for segment in recording.segments:
            data = (tmp_path / BROADCAST / f"seg-{segment.msn}.m4s").read_bytes()[: segment.size]
            wanted = [e.data for e in events(range(segment.msn, segment.msn + 1), size=100_000) if isinstance(e, Part)]
            assert data == b"".join(wanted[: len(segment.parts)])


async def test_removed_at_once_and_for_good(archive: Archive) -> None:
    await written(archive, [INIT, *events(range(2))])
    half = archive.root / ".removed-other"
    half.mkdir()
    (half / "seg-0.m4s").write_bytes(b"of a removal that was interrupted")
    await archive.remove(BROADCAST)
    assert archive.ids() == [] and archive.load(BROADCAST) is None
    assert list(archive.root.iterdir()) == []
    await archive.remove(BROADCAST)


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\0b", "ы", "x" * 129, ".removed-x", "a b"])
async def test_only_ids_are_folders(archive: Archive, name: str) -> None:
    with pytest.raises(ValueError, match="broadcast id"):
        archive.folder(name)
    with pytest.raises(ValueError, match="broadcast id"):
        await archive.open(name, Timing(), 0.0)
    with pytest.raises(ValueError, match="broadcast id"):
        await archive.remove(name)


async def test_folders_that_are_no_recordings_are_passed_over(archive: Archive) -> None:
    await written(archive, [INIT])
    (archive.root / "empty").mkdir()
    (archive.root / "stray file").write_text("x")
    shutil.copytree(archive.folder(BROADCAST), archive.root / "not an id")
    assert archive.ids() == [BROADCAST]
