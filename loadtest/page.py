"""Somebody's page as far as a chat's server notices it: an event socket, resumed behind its cursor, and fetches.

The socket is a bare protocol (RFC 6455) so that two thousand of them leave the machine to the server. What an event
does not bring along is fetched, as a page does: after a reconnect the chat's history behind the last message that is
there.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Any, Final

import aiohttp
import msgspec

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
RETRY_SECONDS: Final = 0.25
PAGE: Final = 100

Seen = Callable[[str, int, str], None]
"""(token, number, client id) of a message that a page has for the first time."""


class _Data(msgspec.Struct):
    number: int = 0


class _Message(msgspec.Struct):
    number: int
    client_id: str


class _Event(msgspec.Struct):
    kind: str
    data: _Data | None = None
    message: _Message | None = None


class _Told(msgspec.Struct):
    type: str
    cursor: str = ""
    items: list[_Event] = []


class _History(msgspec.Struct):
    items: list[_Message]
    after: int | None


_told = msgspec.json.Decoder(_Told)
_history = msgspec.json.Decoder(_History)


class Page:
    """One page of one person, looking at one chat."""

    def __init__(self, port: int, chat: str, token: str, fetching: aiohttp.ClientSession, seen: Seen) -> None:
        self.chat = chat
        self.doubled = 0
        """Messages of which the socket told twice."""
        self.resumed = 0
        """Times it came back behind its cursor."""
        self.numbers: set[int] = set()
        self.ready = asyncio.Event()
        """Set while the socket is open and has said that it goes on behind the cursor."""
        self._told: set[int] = set()
        self._port = port
        self._token = token
        self._fetching = fetching
        self._seen = seen
        self._cursor = ""
        self._stopped = False
        self._missing = False
        self._wire: _Wire | None = None
        self._task: asyncio.Task[None] | None = None
        self._fetch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Open the socket, and open it again whenever it is gone."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Close the page."""
        self._stopped = True
        if self._wire is not None:
            self._wire.close()
        for task in (self._task, self._fetch):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._stopped:
            try:
                _, wire = await loop.create_connection(
                    lambda: _Wire(self._port, self._token, self._cursor, self.take), "127.0.0.1", self._port
                )
            except OSError:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._wire = wire
            await wire.over.wait()
            self.ready.clear()
            if not self._stopped:
                self.resumed += 1
                await asyncio.sleep(RETRY_SECONDS)

    def take(self, payload: bytes) -> None:
        """A message of the socket."""
        told = _told.decode(payload)
        if told.cursor:
            self._cursor = told.cursor
        if told.type in ("ready", "resync_required"):
            self.ready.set()
        for event in told.items:
            if event.kind != "message.sent" or event.data is None:
                continue
            # A fetch may have shown it before; the log tells it once.
            self.doubled += event.data.number in self._told
            self._told.add(event.data.number)
            if event.message is not None:
                self._have(event.message)
            else:
                self._want()

    def _have(self, message: _Message) -> None:
        if message.number in self.numbers:
            return
        self.numbers.add(message.number)
        self._seen(self._token, message.number, message.client_id)

    def _want(self) -> None:
        """Something is named and not here: fetch what stands behind the last that is."""
        self._missing = True
        if self._fetch is None or self._fetch.done():
            self._fetch = asyncio.create_task(self._fetch_on())

    async def _fetch_on(self) -> None:
        while self._missing:
            self._missing = False
            after: int | None = self._whole_up_to()
            while after is not None:
                try:
                    found = await self._get(after)
                except (aiohttp.ClientError, msgspec.DecodeError, OSError):
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                for message in found.items:
                    self._have(message)
                after = found.after

    def _whole_up_to(self) -> int:
        """The number up to which nothing is missing here."""
        number = 0
        while number + 1 in self.numbers:
            number += 1
        return number

    async def _get(self, after: int) -> _History:
        path = f"/api/v1/chats/{self.chat}/messages"
        cookie = {"Cookie": f"sfera_session={self._token}"}
        query: dict[str, Any] = {"after": after, "limit": PAGE}
        async with self._fetching.get(path, params=query, headers=cookie) as response:
            response.raise_for_status()
            return _history.decode(await response.read())


class _Wire(asyncio.Protocol):
    """One WebSocket: the handshake, the page's first message, then whatever the server says."""

    def __init__(self, port: int, token: str, cursor: str, take: Callable[[bytes], None]) -> None:
        self.over = asyncio.Event()
        self._hello = msgspec.json.encode({"resume_after": cursor} if cursor else {})
        self._request = (
            f"GET /api/v1/events/socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sfera_session={token}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
        ).encode()
        self._take = take
        self._open = False
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = transport  # type: ignore[assignment]
        transport.write(self._request)  # type: ignore[attr-defined]

    def connection_lost(self, _error: Exception | None) -> None:
        """It is gone; the page comes again."""
        self.over.set()

    def close(self) -> None:
        """Let go of it."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes of the handshake, then of frames."""
        buffer = self._buffer + data if self._buffer else data
        if not self._open:
            head, end, buffer = buffer.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.close()
                return
            self._open = True
            self._send(TEXT, self._hello)
        self._buffer = self._frames(buffer)

    def _frames(self, buffer: bytes) -> bytes:
        """Take all whole frames; what is left."""
        place = 0
        while len(buffer) - place >= 2:
            size, start = buffer[place + 1] & 0x7F, place + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                if len(buffer) < start + width:
                    break
                size, start = int.from_bytes(buffer[start : start + width], "big"), start + width
            if len(buffer) < start + size:
                break
            self._frame(buffer[place] & 0x0F, buffer[start : start + size])
            place = start + size
        return buffer[place:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self._take(payload)
        elif opcode == PING:
            self._send(PONG, payload)
        elif opcode == CLOSE:
            self.close()

    def _send(self, opcode: int, payload: bytes) -> None:
        """A masked frame of less than 126 bytes; the mask of zeros leaves the payload as it is."""
        if self._transport is not None:
            self._transport.write(bytes((0x80 | opcode, 0x80 | len(payload))) + bytes(4) + payload)
