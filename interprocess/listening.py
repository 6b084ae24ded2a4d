"""How aiohttp applications listen: whoever does not say what they want is sent away.

aiohttp gives a connection an hour to finish its first request head, and counts none. Here a connection is handed to it
with the first whole head; until then it is one of a bounded number, for a bounded time.
"""

from __future__ import annotations

import asyncio
import ssl
from asyncio import transports
from collections.abc import Callable
from typing import Final, cast

from aiohttp import web

from interprocess.addresses import Addresses

HEAD_SECONDS: Final = 10.0
"""How long the first request head may take to arrive, from when TCP (and before that TLS) has connected."""

IDLE_SECONDS: Final = 75.0
"""How long a connection may stay without a request between two; aiohttp keeps to it. Longer than a proxy before us
keeps its own (nginx: 60 s), so that it is never us who close under its request."""

MAX_HEAD: Final = 64 << 10
"""Bytes of the first request head; aiohttp refuses single fields of more than 8 KiB."""

MAX_WAITING: Final = 10_000
"""Connections without a whole request head, of everybody together."""

MAX_WAITING_PER_ADDRESS: Final = 2_000
"""Of one IPv4 address, or one /64 of IPv6: a whole school may stand behind one."""

_REFUSAL: Final = "HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_CAUSES: Final = {
    "head_slow": _REFUSAL.format("408 Request Timeout").encode(),
    "head_long": _REFUSAL.format("431 Request Header Fields Too Large").encode(),
}


class Listener(web.BaseSite):
    """A site of an aiohttp runner. `addresses` counts connections whose first request head is not whole; `refused` is
    told why one was closed: `head_slow`, `head_long`, `too_many_waiting` or `too_many_waiting_from_address`."""

    def __init__(
        self,
        runner: web.AppRunner,
        host: str,
        port: int,
        *,
        addresses: Addresses,
        refused: Callable[[str], object],
        tls: ssl.SSLContext | None = None,
        backlog: int = 1024,
        head_seconds: float = HEAD_SECONDS,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        super().__init__(runner, ssl_context=tls, backlog=backlog)
        self._host = host
        self._port = port
        self._addresses = addresses
        self._refused = refused
        self._head_seconds = head_seconds
        self._max_waiting = max_waiting
        self._waiting: dict[_Newcomer, str] = {}

    @property
    def name(self) -> str:
        """Its address, as aiohttp shows it."""
        return f"{'https' if self._ssl_context else 'http'}://{self._host}:{self._port}"

    @property
    def waiting(self) -> int:
        """Connections whose first request head is not whole."""
        return len(self._waiting)

    async def start(self) -> None:
        """Listen. Raises OSError."""
        await super().start()
        handler = self._runner.server
        assert handler is not None
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Newcomer(self, handler, self._head_seconds),
            self._host,
            self._port,
            ssl=self._ssl_context,
            backlog=self._backlog,
            ssl_handshake_timeout=self._head_seconds if self._ssl_context else None,
        )

    async def stop(self) -> None:
        """Listen no more; who has not asked for anything yet is sent away."""
        await super().stop()
        for newcomer in list(self._waiting):
            newcomer.transport.abort()

    def enter(self, newcomer: _Newcomer) -> bool:
        """Whether it may wait."""
        if len(self._waiting) >= self._max_waiting:
            self.refuse("too_many_waiting")
            return False
        peer = newcomer.transport.get_extra_info("peername")
        place = self._addresses.enter(peer[0] if isinstance(peer, tuple) else None)
        if place is None:
            self.refuse("too_many_waiting_from_address")
            return False
        self._waiting[newcomer] = place
        return True

    def leave(self, newcomer: _Newcomer) -> None:
        """It has asked, or is gone. More than once is no harm."""
        self._addresses.leave(self._waiting.pop(newcomer, ""))

    def refuse(self, cause: str) -> None:
        """Count one that is closed."""
        self._refused(cause)


class _Newcomer(asyncio.Protocol):
    """A connection until its first request head is whole; then aiohttp's protocol takes its place."""

    transport: transports.Transport

    def __init__(self, listener: Listener, handler: Callable[[], asyncio.Protocol], head_seconds: float) -> None:
        self._listener = listener
        self._handler = handler
        self._head_seconds = head_seconds
        self._buffer = bytearray()
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: transports.BaseTransport) -> None:
        self.transport = cast(transports.Transport, transport)
        if not self._listener.enter(self):
            self.transport.abort()
            return
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._head_seconds, self._refuse, "head_slow")

    def data_received(self, data: bytes) -> None:
        if self._deadline is None:
            return
        buffer = self._buffer
        seen = max(0, len(buffer) - 3)
        buffer += data
        while buffer.startswith(b"\r\n"):  # RFC 9112 2.2: empty lines before a request are passed over
            del buffer[:2]
        if buffer.find(b"\r\n\r\n", seen) >= 0 or not _may_be_request(buffer):
            self._hand_over()
        elif len(buffer) > MAX_HEAD:
            self._refuse("head_long")

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()

    def _hand_over(self) -> None:
        self._leave()
        handler = self._handler()
        self.transport.set_protocol(handler)
        handler.connection_made(self.transport)
        handler.data_received(bytes(self._buffer))

    def _refuse(self, cause: str) -> None:
        self._leave()
        self._listener.refuse(cause)
        self.transport.write(_CAUSES[cause])
        self.transport.close()

    def _leave(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._listener.leave(self)


def _may_be_request(buffer: bytearray) -> bool:
    """Whether it begins as a request line does. For what does not, aiohttp has an answer at once."""
    return not buffer or buffer == b"\r" or 0x21 <= buffer[0] <= 0x7E
