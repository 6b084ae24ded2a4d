"""One broadcast: what comes from its tap is encoded and delivered, until it is ended.

{archive}/{broadcast}/broadcast.json   what it takes to go on after kill -9: UDP port, tap, title
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import socket
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from structlog.stdlib import BoundLogger

from hls.archive import Archive, write_atomically
from hls.delivery import Delivery
from hls.errors import HlsError, RecordingBroken
from hls.frames import EncodedFrame
from hls.origin import Origin
from hls.runner import Runner, bind
from hls.settings import MediaSettings
from hls.timing import Timing
from sfu.tap import TapDescription

if TYPE_CHECKING:
    from hls.studio import Output

State = Literal["waiting", "live", "ended"]
"""waiting: nothing has come from the room yet."""
STATE_FILE = "broadcast.json"


class Kept(msgspec.Struct, frozen=True):
    """What is on disk beside the recording."""

    title: str
    rtp_port: int
    tap: TapDescription | None = None


class Broadcast:
    """A broadcast that is not over. Made by `open`. All methods belong to the event loop's thread."""

    def __init__(
        self, archive: Archive, broadcast: str, delivery: Delivery, kept: Kept, rtp_host: str, log: BoundLogger | None
    ) -> None:
        self.id = broadcast
        self.rtp_host = rtp_host
        """Where the tap's packets are to be sent."""
        self.latency: float | None = None
        """Seconds from capture to publication of the newest part's last picture; None before the first part."""
        self.refused: Counter[str] = Counter()
        """Frames the delivery refused, by the error's code."""
        self._archive = archive
        self._delivery = delivery
        self._kept = kept
        self._log = log
        self._edge: float | None = None
        self._configured = False
        self._runner: Runner

    @classmethod
    async def open(
        cls,
        origin: Origin,
        archive: Archive,
        broadcast: str,
        title: str | None = None,
        *,
        rtp_host: str = "127.0.0.1",
        timing: Timing | None = None,
        settings: MediaSettings | None = None,
        log: BoundLogger | None = None,
    ) -> Broadcast:
        """Begins a broadcast, or goes on with one that the process was stopped or killed in: on the same UDP port,
        with the tap and (unless one is given) the title it had. Raises `ValueError` for what is not an id,
        `RecordingBroken` for one that has ended or cannot be read, and `OSError`."""
        if log is not None:
            log = log.bind(broadcast=broadcast)
        # FFmpeg takes a third of a second to load; other broadcasts' viewers must not wait for that.
        await asyncio.to_thread(importlib.import_module, "hls.studio")
        delivery = await Delivery.open(origin, archive, broadcast, timing or Timing(), log=log)
        try:
            kept = await archive.read(_read, archive.folder(broadcast))
            sock = _bind(rtp_host, kept.rtp_port if kept is not None else 0, log)
        except BaseException:
            await delivery.close()
            raise
        before, port = kept, sock.getsockname()[1]
        kept = Kept(
            title if title is not None else before.title if before is not None else "",
            port,
            before.tap if before is not None and before.rtp_port == port else None,
        )
        self = cls(archive, broadcast, delivery, kept, rtp_host, log)
        try:
            if kept != before:
                await self._keep(kept)
            self._runner = Runner(
                broadcast,
                sock,
                settings or MediaSettings(),
                delivery.timing.segment_seconds,
                self._deliver,
                log,
            )
        except BaseException:
            sock.close()
            await delivery.close()
            raise
        if kept.tap is not None:
            self._runner.set_tap(kept.tap)
        self._runner.start()
        return self

    @property
    def title(self) -> str:
        """As people named it."""
        return self._kept.title

    @property
    def rtp_port(self) -> int:
        """UDP port the tap's packets are to be sent to; the same for the broadcast's whole life, across restarts too,
        unless somebody else has taken it meanwhile."""
        return self._kept.rtp_port

    @property
    def tap(self) -> TapDescription | None:
        """The tap it reads, if it has one."""
        return self._kept.tap

    @property
    def playlist(self) -> str:
        """Path of the multivariant playlist, `/live/{id}/index.m3u8`."""
        return self._delivery.playlist

    @property
    def started_at(self) -> float:
        """Unix time at which the broadcast began."""
        return self._delivery.started_at

    @property
    def state(self) -> State:
        """How far it has come."""
        if self._delivery.ended:
            return "ended"
        return "live" if self._runner.heard else "waiting"

    @property
    def delivery(self) -> Delivery:
        """Where its frames go."""
        return self._delivery

    @property
    def counts(self) -> Counter[str]:
        """What its packets, pictures and sounds came to, since it was opened."""
        return self._runner.counts

    @property
    def delay(self) -> float:
        """Seconds of patience with late packets at the moment."""
        return self._runner.delay

    @property
    def behind(self) -> float:
        """Seconds by which encoding is late."""
        return self._runner.behind

    async def set_title(self, title: str) -> None:
        """Raises `OSError`."""
        await self._keep(msgspec.structs.replace(self._kept, title=title))

    async def set_tap(self, tap: TapDescription) -> None:
        """From now on these packets are the broadcast. Twice the same changes nothing; another one (the media process
        was restarted) takes its place without a break. Pictures are encoded from the first tap on. `tap.passthrough`
        allows H264 of constant size to be passed through. Raises `OSError` if it cannot be written down."""
        if tap == self._kept.tap:
            return
        await self._keep(msgspec.structs.replace(self._kept, tap=tap))
        self._runner.set_tap(tap)

    async def end(self) -> None:
        """It is over: EXT-X-ENDLIST, the recording stays. Twice does no harm. Raises `OSError`."""
        await self._runner.stop()
        await self._delivery.end()

    async def remove(self) -> None:
        """It is over and leaves no recording. Raises `OSError`."""
        await self._runner.stop()
        await self._delivery.remove()

    async def close(self) -> None:
        """Stops without ending, as when the process stops; `open` goes on with it."""
        await self._runner.stop()
        await self._delivery.close()

    async def _keep(self, kept: Kept) -> None:
        path = self._archive.folder(self.id) / STATE_FILE
        await self._archive.write(write_atomically, path, msgspec.json.encode(kept))
        self._kept = kept

    def _deliver(self, made: list[Output]) -> None:
        """What the studio made, in order."""
        delivery = self._delivery
        if delivery.ended:
            return
        for item in made:
            try:
                if not isinstance(item, EncodedFrame):
                    # Frames of an encoding that was refused belong to no other.
                    self._configured = False
                    delivery.configure(item.video, item.audio, exact_keyframes=item.exact_keyframes)
                    self._configured = True
                elif self._configured:
                    delivery.push(item)
            except HlsError as error:
                if not self.refused[error.code] and self._log is not None:
                    self._log.error("frame_refused", code=error.code, error=str(error))
                self.refused[error.code] += 1
        if delivery.edge != self._edge:
            self._edge = delivery.edge
            if self._edge is not None:
                self.latency = time.time() - self._edge


async def unfinished(archive: Archive) -> list[str]:
    """Ids of the broadcasts that have not been ended: those to `open` when the process starts. One whose journal cannot
    be read is not among them. Raises `OSError`."""
    found = []
    for broadcast in await archive.read(archive.ids):
        with contextlib.suppress(RecordingBroken):
            if await archive.read(archive.is_closed, broadcast):
                continue
            recording = await archive.read(archive.load, broadcast)
            if recording is not None and recording.ended_at is None:
                found.append(broadcast)
    return found


def _read(folder: Path) -> Kept | None:
    """What was kept, or None: then the api will say it again. Blocks; raises `OSError`."""
    try:
        return msgspec.json.decode((folder / STATE_FILE).read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _bind(host: str, port: int, log: BoundLogger | None) -> socket.socket:
    """The port it had, or another one if that is taken; the api then hears of it and moves the tap."""
    try:
        return bind(host, port)
    except OSError as error:
        if port == 0:
            raise
        if log is not None:
            log.warning("rtp_port_taken", port=port, error=str(error))
        return bind(host, 0)
