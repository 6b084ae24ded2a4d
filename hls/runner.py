"""The thread of one broadcast: reads the tap's socket, keeps the clock, and lets the studio work.

Apart from the event loop because decoding and encoding take tens of milliseconds at a time, mostly without the GIL.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from structlog.stdlib import BoundLogger

from hls.settings import MediaSettings

if TYPE_CHECKING:
    from hls.studio import Output, Studio
    from sfu.tap import TapDescription

TICK = 0.01
"""Seconds between two looks at the socket."""
RECEIVE_BYTES = 4 << 20
"""Size of the socket's buffer: a second of a large picture, should we be busy."""
BATCH = 2000
"""Datagrams read in a row at most."""
CLOCK_STEP = 0.05
"""Seconds the system's clock may differ from ours until we follow."""
_SO_RCVBUFFORCE = 33


def bind(host: str, port: int) -> socket.socket:
    """A socket for a tap's packets; on a port of the kernel's choice when it is 0. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.bind((host, port))
        sock.setblocking(False)
        try:
            sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BYTES)
        except OSError:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    except OSError:
        sock.close()
        raise
    return sock


class SteadyClock:
    """Unix time that is never set: runs like the monotonic clock."""

    def __init__(self) -> None:
        self._base = time.time() - time.monotonic()
        self.shift = 0.0
        """Seconds to add to get the system's Unix time, followed in steps."""

    def now(self) -> float:
        """Seconds."""
        now = time.monotonic() + self._base
        off = time.time() - now
        if abs(off - self.shift) > CLOCK_STEP:
            self.shift = off
        return now


class Runner(threading.Thread):
    """Runs one broadcast's studio.

    Args:
        sock: the tap's; closed in the end.
        deliver: takes what the studio made, in the event loop's thread.
    """

    def __init__(
        self,
        name: str,
        sock: socket.socket,
        settings: MediaSettings,
        segment: float,
        deliver: Callable[[list[Output]], None],
        log: BoundLogger | None,
    ) -> None:
        super().__init__(name=f"broadcast-{name[:8]}", daemon=True)
        self._sock = sock
        self._settings = settings
        self._segment = segment
        self._deliver = deliver
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._taps: deque[TapDescription] = deque()
        self._tap: TapDescription | None = None
        self._source: tuple[str, int] | None = None
        self._past: Counter[str] = Counter()
        self._stopping = threading.Event()
        self._studio = self._new_studio()

    @property
    def counts(self) -> Counter[str]:
        """What has been counted since the broadcast was opened. Any thread may ask."""
        return self._past + self._studio.counts.copy()

    @property
    def heard(self) -> bool:
        """Whether anything has come from the room."""
        return self._studio.heard or self._past["packets"] > 0

    @property
    def delay(self) -> float:
        """See `Studio.delay`."""
        return self._studio.delay

    @property
    def behind(self) -> float:
        """See `Studio.behind`."""
        return self._studio.behind

    def set_tap(self, tap: TapDescription) -> None:
        """These packets are the broadcast from now on. Any thread may say so."""
        self._taps.append(tap)

    async def stop(self) -> None:
        """Ends the thread; everything it made has been delivered then."""
        self._stopping.set()
        if self.ident is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.join)

    def run(self) -> None:
        """The thread."""
        clock = SteadyClock()
        due = time.monotonic()
        try:
            while not self._stopping.is_set():
                try:
                    self._turn(clock)
                except Exception:
                    self._start_over()
                due = max(due + TICK, time.monotonic())
                time.sleep(max(0.0, due - time.monotonic()))
        finally:
            self._sock.close()

    def _turn(self, clock: SteadyClock) -> None:
        now = clock.now()
        studio = self._studio
        while self._taps:
            self._tap = self._taps.popleft()
            self._source = (self._tap.media_host, self._tap.media_port)
            studio.set_tap(self._tap, now)
        self._receive(now)
        studio.wall_shift = clock.shift
        made = studio.advance(now)
        if made:
            # The loop may be gone when the process stops without closing anything.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._deliver, made)
        if self._source is not None:
            for data in studio.feedback(now):
                with contextlib.suppress(OSError):
                    self._sock.sendto(data, self._source)

    def _receive(self, now: float) -> None:
        studio = self._studio
        for _ in range(BATCH):
            try:
                data, source = self._sock.recvfrom(2048)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in {errno.ECONNREFUSED, errno.EINTR}:
                    raise
                continue
            if source[:2] != self._source:
                studio.counts["foreign"] += 1
                continue
            studio.receive(data, now)

    def _new_studio(self) -> Studio:
        from hls.studio import Studio  # late: FFmpeg's 35 MiB are loaded with the first broadcast

        return Studio(self._settings, self._segment)

    def _start_over(self) -> None:
        """Something that must not happen did: viewers get a discontinuity, and the rest of the broadcast."""
        if self._log is not None:
            self._log.exception("studio_failed")
        self._past += self._studio.counts
        self._past["failures"] += 1
        self._studio = self._new_studio()
        if self._tap is not None:
            self._taps.appendleft(self._tap)
        self._stopping.wait(0.5)
