"""The bus between api processes. It wakes those who read the event log, and carries whispers.

A wake that is lost is late, never lost: readers look at the log every second anyway. A whisper is what matters only now
and is kept nowhere (somebody types); one that is lost is lost. Two implementations, one behaviour: `LocalBus` for one
process, `NatsBus` for several.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Protocol

import nats
import structlog
from nats.aio.client import Client

from interprocess.tasks import end

SUBJECT, WHISPERS = "sfera.events", "sfera.whispers"
MAX_WHISPERS = 200
"""Whispers on their way to the server; what comes beyond is dropped."""
RETRY_SECONDS = 2.0

log = structlog.get_logger("sfera.api")


class Bus(Protocol):
    """Wakes listeners in this process and in others."""

    async def start(self) -> None:
        """Connect. Returns though the other end may be away: it is tried again."""

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Have `listener` called, in the event loop, some time after each `wake` of any process. It must not wait."""

    def wake(self) -> None:
        """Wake all listeners soon. Several calls may become one."""

    def hear(self, listener: Callable[[bytes], None]) -> None:
        """Have `listener` called, in the event loop, with every whisper of any process. It must not wait."""

    def whisper(self, words: bytes) -> None:
        """Say something to all listeners, soon or never."""

    async def close(self) -> None:
        """Let go of everything; listeners are not called any more."""


class LocalBus:
    """The bus of an installation with one api process."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._ears: list[Callable[[bytes], None]] = []
        self._soon: asyncio.Handle | None = None
        self._closed = False

    async def start(self) -> None:
        """Nothing to connect."""

    def subscribe(self, listener: Callable[[], None]) -> None:
        """See `Bus`."""
        self._listeners.append(listener)

    def wake(self) -> None:
        """See `Bus`."""
        if self._soon is None and not self._closed:
            self._soon = asyncio.get_running_loop().call_soon(self._call)

    def hear(self, listener: Callable[[bytes], None]) -> None:
        """See `Bus`."""
        self._ears.append(listener)

    def whisper(self, words: bytes) -> None:
        """See `Bus`."""
        if not self._closed:
            for ear in self._ears:
                ear(words)

    async def close(self) -> None:
        """See `Bus`."""
        self._closed = True
        if self._soon is not None:
            self._soon.cancel()

    def _call(self) -> None:
        self._soon = None
        for listener in self._listeners:
            listener()


class NatsBus:
    """The bus of an installation with several api processes, over a NATS server.

    Listeners of this process are woken without the server, so an installation whose server is away still works: its
    other processes notice a second later.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = LocalBus()
        self._connection: Client | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._publishing: asyncio.Task[None] | None = None
        self._unpublished = False
        self._whispering: set[asyncio.Task[None]] = set()
        self._tried = asyncio.Event()

    async def start(self) -> None:
        """See `Bus`."""
        self._connecting = asyncio.create_task(self._connect(), name="bus-connect")
        await self._tried.wait()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """See `Bus`."""
        self._local.subscribe(listener)

    def wake(self) -> None:
        """See `Bus`."""
        self._local.wake()
        self._unpublished = True
        if self._connection is not None and self._publishing is None:
            self._publishing = asyncio.create_task(self._publish(self._connection), name="bus-publish")

    def hear(self, listener: Callable[[bytes], None]) -> None:
        """See `Bus`."""
        self._local.hear(listener)

    def whisper(self, words: bytes) -> None:
        """See `Bus`."""
        self._local.whisper(words)
        if self._connection is not None and len(self._whispering) < MAX_WHISPERS:
            task = asyncio.create_task(self._send_whisper(self._connection, words), name="bus-whisper")
            self._whispering.add(task)
            task.add_done_callback(self._whispering.discard)

    async def close(self) -> None:
        """See `Bus`."""
        await self._local.close()
        await end(self._connecting, self._publishing, *self._whispering)
        if self._connection is not None:
            # In a task of its own: a client that is reconnecting just now raises CancelledError out of its close.
            closing = asyncio.create_task(self._connection.close())
            await asyncio.wait([closing], timeout=5.0)
            if closing.cancel() or closing.cancelled():
                return
            if (error := closing.exception()) is not None:
                log.debug("bus_close_failed", error=str(error))

    async def _connect(self) -> None:
        """Try until it succeeds; from then on the client library keeps the connection up by itself."""
        while True:
            try:
                connection = await nats.connect(
                    self._url,
                    name="sfera-api",
                    no_echo=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    connect_timeout=5,
                    error_cb=self._failed,
                    disconnected_cb=self._disconnected,
                    reconnected_cb=self._reconnected,
                )
                await connection.subscribe(SUBJECT, cb=self._heard)
                await connection.subscribe(WHISPERS, cb=self._heard_whisper)
                await connection.flush()
            except (OSError, TimeoutError, nats.errors.Error) as error:
                await self._failed(error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._connection = connection
            log.info("bus_connected")
            self._tried.set()
            self._local.wake()
            return

    async def _publish(self, connection: Client) -> None:
        try:
            while self._unpublished:
                self._unpublished = False
                await connection.publish(SUBJECT, b"")
                await connection.flush(timeout=5)
        except (OSError, TimeoutError, nats.errors.Error) as error:
            log.warning("bus_wake_failed", error=str(error) or type(error).__name__)
        finally:
            self._publishing = None

    async def _send_whisper(self, connection: Client, words: bytes) -> None:
        with contextlib.suppress(OSError, TimeoutError, nats.errors.Error):
            await connection.publish(WHISPERS, words)

    async def _heard(self, _message: Any) -> None:
        self._local.wake()

    async def _heard_whisper(self, message: Any) -> None:
        self._local.whisper(message.data)

    async def _failed(self, error: Exception) -> None:
        self._tried.set()
        log.warning("bus_error", error=str(error) or type(error).__name__)

    async def _disconnected(self) -> None:
        log.warning("bus_disconnected")

    async def _reconnected(self) -> None:
        # What was published meanwhile was not heard.
        log.info("bus_connected")
        self._local.wake()


def make_bus(url: str) -> Bus:
    """The bus of an address: empty for one process, nats://... for several."""
    return NatsBus(url) if url else LocalBus()
