"""What becomes of one broadcast's encoded frames: parts, written down, then published."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from pathlib import Path

from structlog.stdlib import BoundLogger

from hls.archive import Archive, Writer
from hls.channel import MASTER, Channel
from hls.errors import BroadcastEnded
from hls.frames import AudioConfig, EncodedFrame, VideoConfig
from hls.journal import Recording
from hls.library import Stored
from hls.origin import Origin
from hls.packager import Event, InitSegment, Packager, Part
from hls.playlist import init_name, segment_name
from hls.resources import Resource
from hls.timing import Timing
from interprocess.tasks import end

WRITE_PATIENCE = 0.5
"""Seconds a part waits for the disk before it is published without having been written."""
WRITES_WAITING = 30
"""Batches that may wait for the disk; beyond it segments are left out of the recording."""
SIZES_KEPT = 4096
"""Segments whose sizes are kept, the newest ones: many more than can still be asked for."""
WATCH_SECONDS = 0.5
"""How often it is looked whether anything still comes."""


class Delivery:
    """One live broadcast on its way to viewers. Made by `open`."""

    def __init__(
        self,
        origin: Origin,
        archive: Archive,
        broadcast: str,
        recording: Recording,
        writer: Writer,
        log: BoundLogger | None,
    ) -> None:
        self.broadcast = broadcast
        self.started_at = recording.started_at
        """Unix time at which the broadcast began."""
        self.ended = False
        self.written_late = 0
        """Batches that were published before they were written."""
        self.write_errors = 0
        """Batches the disk refused."""
        self._origin = origin
        self._archive = archive
        self._writer = writer
        self._log = log
        self._timing = recording.timing
        self._first = recording.next_msn
        self._sizes = {info.msn: info.size for info in recording.segments[-SIZES_KEPT:] if not info.gap}
        self._packager = Packager(
            recording.timing, msn=recording.next_msn, init=recording.next_init, resumed=recording.next_msn > 0
        )
        self._channel = Channel(origin, broadcast, recording.timing, self._stored)
        self._queue: asyncio.Queue[list[Event]] = asyncio.Queue()
        self._writing: set[asyncio.Future[None]] = set()
        self._skipping = False
        self._came = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []
        self._detaching: asyncio.TimerHandle | None = None

    @classmethod
    async def open(
        cls, origin: Origin, archive: Archive, broadcast: str, timing: Timing, *, log: BoundLogger | None = None
    ) -> Delivery:
        """Begins a broadcast, or goes on with one that the process was killed in; then the timing it began with stays.
        Raises `ValueError` for what is not an id, `RecordingBroken`, and `OSError`."""
        recording, writer = await archive.open(broadcast, timing, time.time())
        delivery = cls(origin, archive, broadcast, recording, writer, log)
        inits, data = await archive.read(recent, archive.folder(broadcast), recording)
        for number, body in inits.items():
            delivery._channel.add_init(number, body)
        last = recording.inits[-1] if recording.inits else None
        init = InitSegment(last.number, b"", last.video, last.audio) if last else None
        delivery._channel.restore(init, recording.segments, data)
        origin.channels[broadcast] = delivery._channel
        loop = asyncio.get_running_loop()
        delivery._tasks = [loop.create_task(delivery._deliver()), loop.create_task(delivery._watch())]
        return delivery

    @property
    def playlist(self) -> str:
        """Path of the multivariant playlist."""
        return f"/live/{self.broadcast}/{MASTER}"

    @property
    def timing(self) -> Timing:
        """The numbers it began with."""
        return self._timing

    @property
    def edge(self) -> float | None:
        """Unix time of the end of the newest published part."""
        return self._channel.end_wall

    @property
    def ready(self) -> bool:
        """Whether there is enough of it for a playlist (rule 7)."""
        return self._channel.ready

    @property
    def media_seconds(self) -> float:
        """Seconds of media published since the broadcast began."""
        return self._channel.published

    @property
    def dropped(self) -> Mapping[str, int]:
        """Frames that were not packaged, by cause."""
        return self._packager.dropped

    def configure(
        self, video: VideoConfig | None, audio: AudioConfig | None, *, exact_keyframes: bool | None = None
    ) -> None:
        """What is pushed from now on is encoded like this; `exact_keyframes` as in `Timing`, where it changes with the
        encoding. Raises `FrameRefused`, `BroadcastEnded`."""
        self._refuse_ended()
        self._queue.put_nowait(self._packager.configure(video, audio, exact_keyframes=exact_keyframes))

    def push(self, frame: EncodedFrame) -> None:
        """Takes a frame. Never waits. Raises `FrameRefused`, `NotConfigured`, `BroadcastEnded`."""
        self._refuse_ended()
        events = self._packager.push(frame)
        if events:
            self._queue.put_nowait(events)

    async def end(self) -> None:
        """The broadcast is over: what is held back is published with EXT-X-ENDLIST, and the recording stays. Raises
        `OSError` when the recording cannot be finished."""
        if self.ended:
            return
        self.ended = True
        self._queue.put_nowait(self._packager.flush())
        await self._stop()
        try:
            await self._archive.write(self._writer.end, time.time())
        finally:
            self._channel.end()
            await self._archive.write(self._writer.close)
            if self._origin.recordings is not None:
                self._origin.recordings.forget(self.broadcast)
            # Those who watch find the end in the playlist they have; whoever comes later gets the whole recording.
            grace = self._timing.window_seconds + 3 * self._timing.target_duration
            self._detaching = asyncio.get_running_loop().call_later(grace, self._detach)

    async def close(self) -> None:
        """Stops without ending, as when the process stops: what was held back is written; `open` goes on from it."""
        if not self.ended and self._tasks:
            self._queue.put_nowait(self._packager.flush())
            await self._stop()
            await self._archive.write(self._writer.close)
        self._detach()

    async def remove(self) -> None:
        """The broadcast is over and leaves no recording. Raises `OSError`."""
        self.ended = True
        await self._stop()
        await self._archive.write(self._writer.close)
        self._detach()
        await remove(self._origin, self._archive, self.broadcast)

    def _refuse_ended(self) -> None:
        if self.ended:
            raise BroadcastEnded(self.broadcast)

    async def _stop(self) -> None:
        """Publishes what is in the queue, then nothing more happens."""
        await self._queue.join()
        await end(*self._tasks)
        self._tasks.clear()

    def _detach(self) -> None:
        if self._detaching is not None:
            self._detaching.cancel()
            self._detaching = None
        if self._origin.channels.get(self.broadcast) is self._channel:
            del self._origin.channels[self.broadcast]
            self._channel.close()

    async def _deliver(self) -> None:
        """Batch by batch: written, then published. One that is refused somewhere does not hold up the next."""
        while True:
            events = await self._queue.get()
            try:
                await self._write(events)
                self._channel.publish(events)
                self._came = time.monotonic()
            except Exception:
                if self._log is not None:
                    self._log.exception("publish_failed", broadcast=self.broadcast)
            finally:
                self._queue.task_done()

    async def _write(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Part) and event.index == 0:
                self._skipping = len(self._writing) >= WRITES_WAITING
            if isinstance(event, Part):
                self._sizes[event.msn] = self._sizes.get(event.msn, 0) + len(event.data)
                while len(self._sizes) > SIZES_KEPT:
                    oldest = next(iter(self._sizes))
                    del self._sizes[oldest]
                    self._writer.stored.discard(oldest)
        if self._skipping:
            self.write_errors += 1
            events = [event for event in events if isinstance(event, InitSegment)]
            if not events:
                return
        writing = asyncio.ensure_future(self._archive.write(self._writer.append, events))
        self._writing.add(writing)
        writing.add_done_callback(self._written)
        await asyncio.wait([writing], timeout=WRITE_PATIENCE)
        if not writing.done():
            self.written_late += 1

    def _written(self, writing: asyncio.Future[None]) -> None:
        self._writing.discard(writing)
        error = writing.exception()
        if error is not None:
            self.write_errors += 1
            if self._log is not None:
                self._log.error("recording_failed", broadcast=self.broadcast, error=str(error))

    async def _watch(self) -> None:
        """While nothing comes, the segment under way ends after two parts' time, and then segments that do not exist
        keep the playlist going (rules 7 and 12)."""
        timing = self._timing
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            silent = time.monotonic() - self._came
            edge = self._channel.end_wall
            if edge is None or not self._queue.empty():
                continue
            if silent >= timing.segment_seconds + timing.part_target:
                self._queue.put_nowait(self._packager.gap(timing.segment_seconds, edge))
            elif silent >= 2 * timing.part_target and self._channel.under_way:
                events = self._packager.flush()
                if events:
                    self._queue.put_nowait(events)

    def _stored(self, msn: int) -> Resource | None:
        """The file of a segment that is whole on disk."""
        if msn in self._sizes and (msn < self._first or msn in self._writer.stored):
            return Stored(self._archive, self._archive.folder(self.broadcast) / segment_name(msn), self._sizes[msn])
        return None


def recent(folder: Path, recording: Recording) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Init segments, and the segments whose parts may still be asked for. Blocks; raises `OSError`."""
    inits = {}
    for number in sorted({init.number for init in recording.inits} | {segment.init for segment in recording.segments}):
        with contextlib.suppress(FileNotFoundError):
            inits[number] = (folder / init_name(number)).read_bytes()
    data: dict[int, bytes] = {}
    seconds = 0.0
    for segment in reversed(recording.segments):
        if seconds > 2 * recording.timing.hold_back:
            break
        seconds += segment.duration
        if not segment.gap:
            data[segment.msn] = (folder / segment_name(segment.msn)).read_bytes()
    return inits, data


async def remove(origin: Origin, archive: Archive, broadcast: str) -> None:
    """Deletes the recording of a broadcast that is not live. Raises `OSError` and `ValueError`."""
    channel = origin.channels.pop(broadcast, None)
    if channel is not None:
        channel.close()
    if origin.recordings is not None:
        origin.recordings.forget(broadcast)
    await archive.remove(broadcast)
