"""The broadcasts of this process: opened, found again after the process was killed, ended, removed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Literal

from msgspec import Struct
from structlog.stdlib import BoundLogger

from hls.archive import Archive
from hls.broadcast import Broadcast, unfinished
from hls.delivery import remove
from hls.errors import BroadcastEnded, BroadcastUnknown, RecordingBroken, TooManyBroadcasts
from hls.origin import Origin
from hls.settings import MediaSettings
from hls.tally import Tally
from hls.timing import Timing
from sfu.tap import TapDescription


class Options(Struct, frozen=True, kw_only=True):
    """What all broadcasts have in common."""

    rtp_host: str
    timing: Timing
    settings: MediaSettings
    limit: int
    """Broadcasts live at once."""


class BroadcastInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A broadcast as the platform sees it. Times are Unix seconds; `latency` is from capture to publication."""

    id: str
    state: Literal["waiting", "live", "ended"]
    title: str = ""
    playlist: str = ""
    started_at: float | None = None
    ended_at: float | None = None
    latency: float | None = None
    rtp_host: str = ""
    rtp_port: int = 0
    room: str = ""
    """The room whose tap it reads."""


class Registry:
    """Live broadcasts by id. What is asked of one broadcast at the same time is done one after another."""

    def __init__(self, origin: Origin, archive: Archive, options: Options, log: BoundLogger) -> None:
        self.live: dict[str, Broadcast] = {}
        self.tally = Tally()
        self._origin = origin
        self._archive = archive
        self._options = options
        self._log = log
        self._turns: dict[str, Turn] = {}

    async def restore(self) -> None:
        """Go on with every broadcast that was live when the process ended. One that cannot go on is logged; the
        platform will ask for it again."""
        for id in await unfinished(self._archive):
            try:
                async with self._turn(id):
                    await self._open(id, None)
            except (OSError, RecordingBroken, ValueError) as error:
                self._log.error("broadcast not restored", broadcast=id, error=str(error))
            else:
                self._log.info("broadcast restored", broadcast=id)

    async def open(self, id: str, title: str) -> Broadcast:
        """The live broadcast of that id, opened if there is none. Raises `BroadcastEnded`, `TooManyBroadcasts`,
        `BroadcastUnknown` for what is not an id, `RecordingBroken` and `OSError`."""
        async with self._turn(id):
            broadcast = self.live.get(id)
            if broadcast is None:
                if await self._ended(id):
                    raise BroadcastEnded(id)
                if len(self.live) >= self._options.limit:
                    raise TooManyBroadcasts(f"{self._options.limit} broadcasts are live")
                broadcast = await self._open(id, title)
                self._log.info("broadcast opened", broadcast=id, rtp=f"{broadcast.rtp_host}:{broadcast.rtp_port}")
            elif broadcast.title != title:
                await broadcast.set_title(title)
            return broadcast

    async def set_tap(self, id: str, tap: TapDescription) -> None:
        """Let the broadcast read these packets. Raises `BroadcastEnded`, `BroadcastUnknown`, `OSError`."""
        async with self._turn(id):
            broadcast = self.live.get(id)
            if broadcast is None:
                raise BroadcastEnded(id) if await self._ended(id) else BroadcastUnknown(id)
            await broadcast.set_tap(tap)

    async def end(self, id: str) -> None:
        """The broadcast is over, its recording stays. One that has ended is ended. Raises `BroadcastUnknown`, and
        `OSError` when the recording cannot be finished."""
        async with self._turn(id):
            broadcast = self.live.pop(id, None)
            if broadcast is None:
                if await self._ended(id):
                    return
                broadcast = await self._left_over(id)
            try:
                await broadcast.end()
            finally:
                self.tally.add(broadcast)
                self._log.info("broadcast ended", broadcast=id)

    async def remove(self, id: str) -> None:
        """The broadcast is over and leaves nothing; one that is not there is removed. Raises `OSError`."""
        async with self._turn(id):
            broadcast = self.live.pop(id, None)
            if broadcast is not None:
                self.tally.add(broadcast)
                await broadcast.remove()
            else:
                self._folder(id)
                await remove(self._origin, self._archive, id)
            self._log.info("broadcast removed", broadcast=id)

    async def info(self, id: str) -> BroadcastInfo:
        """What there is to say of it. Raises `BroadcastUnknown` for one that is not live and was not ended."""
        broadcast = self.live.get(id)
        if broadcast is not None:
            return BroadcastInfo(
                id=id,
                state=broadcast.state,
                title=broadcast.title,
                playlist=broadcast.playlist,
                started_at=broadcast.started_at,
                latency=broadcast.latency,
                rtp_host=broadcast.rtp_host,
                rtp_port=broadcast.rtp_port,
                room=broadcast.tap.room if broadcast.tap is not None else "",
            )
        self._folder(id)
        try:
            recording = await self._archive.read(self._archive.load, id)
        except RecordingBroken:
            return BroadcastInfo(id=id, state="ended")
        if recording is None or recording.ended_at is None:
            raise BroadcastUnknown(id)
        return BroadcastInfo(
            id=id,
            state="ended",
            playlist=f"/live/{id}/index.m3u8",
            started_at=recording.started_at,
            ended_at=recording.ended_at,
        )

    async def close(self) -> None:
        """Stop without ending anything: the next process goes on."""
        closing = list(self.live.values())
        self.live.clear()
        results = await asyncio.gather(*(broadcast.close() for broadcast in closing), return_exceptions=True)
        for broadcast, result in zip(closing, results, strict=True):
            if isinstance(result, BaseException):
                self._log.error("broadcast not closed", broadcast=broadcast.id, error=str(result))

    # --- inside ---

    async def _open(self, id: str, title: str | None) -> Broadcast:
        options = self._options
        broadcast = await Broadcast.open(
            self._origin,
            self._archive,
            id,
            title,
            rtp_host=options.rtp_host,
            timing=options.timing,
            settings=options.settings,
            log=self._log,
        )
        self.live[id] = broadcast
        return broadcast

    async def _left_over(self, id: str) -> Broadcast:
        """One that could not be restored, so that it can be ended. Raises `BroadcastUnknown`."""
        if await self._archive.read(self._archive.load, id) is None:
            raise BroadcastUnknown(id)
        broadcast = await self._open(id, None)
        del self.live[id]
        return broadcast

    async def _ended(self, id: str) -> bool:
        self._folder(id)
        recording = await self._archive.read(self._archive.load, id)
        return recording is not None and recording.ended_at is not None

    def _folder(self, id: str) -> None:
        try:
            self._archive.folder(id)
        except ValueError as error:
            raise BroadcastUnknown(str(error)) from None

    @contextlib.asynccontextmanager
    async def _turn(self, id: str) -> AsyncIterator[None]:
        """Wait for what is being done with this broadcast."""
        turn = self._turns.setdefault(id, Turn())
        turn.wanted += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._turns[id]


class Turn:
    """A lock for as long as somebody wants it."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0
