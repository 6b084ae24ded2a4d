"""One broadcast: what comes from its tap is encoded and delivered, until it is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from structlog.stdlib import BoundLogger

from hls.archive import Archive
from hls.origin import Origin
from hls.settings import MediaSettings
from hls.timing import Timing

if TYPE_CHECKING:
    from sfu.tap import TapDescription

State = Literal["waiting", "live", "ended"]
"""waiting: nothing has come from the room yet."""


class Broadcast:
    """A broadcast that is not over. Made by `open`. All methods belong to the event loop's thread."""

    id: str
    title: str
    rtp_host: str
    """Where the tap's packets are to be sent."""
    rtp_port: int
    """UDP port there; the same for the broadcast's whole life, across restarts too."""
    playlist: str
    """Path of the multivariant playlist, `/live/{id}/index.m3u8`."""
    state: State
    started_at: float
    """Unix time at which the broadcast began."""
    latency: float | None
    """Seconds from capture to publication of the newest part's last picture; None before the first part."""
    tap: TapDescription | None
    """The tap it reads, if it has one."""

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
        raise NotImplementedError

    async def set_title(self, title: str) -> None:
        """Raises `OSError`."""

    async def set_tap(self, tap: TapDescription) -> None:
        """From now on these packets are the broadcast. Twice the same changes nothing; another one (the media process
        was restarted) takes its place without a break. Pictures are encoded from the first tap on. `tap.passthrough`
        allows H264 of constant size to be passed through. Raises `OSError` if it cannot be written down."""

    async def end(self) -> None:
        """It is over: EXT-X-ENDLIST, the recording stays. Twice does no harm. Raises `OSError`."""

    async def remove(self) -> None:
        """It is over and leaves no recording. Raises `OSError`."""

    async def close(self) -> None:
        """Stops without ending, as when the process stops; `open` goes on with it."""


async def unfinished(archive: Archive) -> list[str]:
    """Ids of the broadcasts that have not been ended: those to `open` when the process starts. One whose journal cannot
    be read is not among them. Raises `OSError`."""
    raise NotImplementedError
