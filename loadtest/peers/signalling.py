"""The signalling socket as a page holds it: requests with answers, events as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import msgspec

from signalling.messages import Error, Reply, Request, ServerMessage, Waiting, encoder, server_decoder


class SignallingError(Exception):
    """The server refused a request. `code` is the protocol's; after a `fatal` one the socket closes."""

    def __init__(self, error: Error) -> None:
        super().__init__(f"{error.code}: {error.message}")
        self.code, self.fatal = error.code, error.fatal


class SocketClosedError(ConnectionError):
    """The socket ended before an answer came. `code` is the WebSocket's close code."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"the signalling socket closed ({code})")
        self.code = code


class Signalling:
    """One socket. `on_message` gets everything that comes, answers among it, in order; `on_closed` the close code."""

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        on_message: Callable[[ServerMessage], None],
        on_closed: Callable[[int | None], None],
    ) -> None:
        self._socket = socket
        self._on_message = on_message
        self._on_closed = on_closed
        self._answers: dict[int, asyncio.Future[Reply]] = {}
        self._next = 1
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls,
        http: aiohttp.ClientSession,
        url: str,
        on_message: Callable[[ServerMessage], None],
        on_closed: Callable[[int | None], None],
        *,
        origin: str | None = None,
    ) -> Signalling:
        """Connect to `url`. A certificate is not checked: it may be a test's own."""
        socket = await http.ws_connect(url, max_msg_size=0, ssl=False, origin=origin)
        return cls(socket, on_message, on_closed)

    async def request(self, message: Request) -> Reply:
        """Send a request and wait for its answer (for `join`: through the lobby). Raises `SignallingError`."""
        number, self._next = self._next, self._next + 1
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        try:
            await self.send_raw(encoder.encode(msgspec.structs.replace(message, id=number)).decode())
            return await future
        finally:
            del self._answers[number]

    async def send_raw(self, text: str) -> None:
        """Send a text frame as it is. Raises `SocketClosedError`."""
        if self._socket.closed:
            raise SocketClosedError(self._socket.close_code)
        try:
            await self._socket.send_str(text)
        except ConnectionError as error:
            raise SocketClosedError(self._socket.close_code) from error

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame as it is."""
        await self._socket.send_bytes(data)

    async def close(self) -> None:
        """Close the socket properly and wait for the reader."""
        await self._socket.close()
        await asyncio.wait([self._reader])

    def abort(self) -> None:
        """Drop the connection without a word, as a lost network does."""
        response = self._socket._response
        if response.connection is not None and response.connection.transport is not None:
            response.connection.transport.abort()

    async def _read(self) -> None:
        try:
            async for frame in self._socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._take(server_decoder.decode(frame.data))
        finally:
            for future in self._answers.values():
                if not future.done():
                    future.set_exception(SocketClosedError(self._socket.close_code))
            self._on_closed(self._socket.close_code)

    def _take(self, message: ServerMessage) -> None:
        self._on_message(message)
        if not isinstance(message, Reply) or message.re is None or isinstance(message, Waiting):
            return
        future = self._answers.get(message.re)
        if future is None or future.done():
            return
        if isinstance(message, Error):
            future.set_exception(SignallingError(message))
        else:
            future.set_result(message)
