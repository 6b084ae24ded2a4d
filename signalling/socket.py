"""One WebSocket: carries frames between aiohttp and a session. The session decides, this file waits and writes."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from aiohttp import ClientConnectionError, WSMsgType, web

from signalling import messages
from signalling.session import Desk, Session

READ_LIMIT: Final = 2 * 1024 * 1024
"""Longest frame read to its end, so that its sender can be told why it is refused; past it the socket just closes."""

HEARTBEAT_SECONDS: Final = 15.0
"""A socket whose other end does not answer a ping within half of this is lost."""

LINGER_SECONDS: Final = 3.0
"""How long a closing socket may take to swallow its last messages."""


class SignalSocket:
    """Serves one socket from `run` until either side closes it."""

    def __init__(self, request: web.Request, desk: Desk) -> None:
        self._request = request
        self._loop = asyncio.get_running_loop()
        self._socket = web.WebSocketResponse(
            max_msg_size=READ_LIMIT, heartbeat=HEARTBEAT_SECONDS, compress=False, timeout=LINGER_SECONDS
        )
        self._queued = asyncio.Event()
        self._limit: asyncio.TimerHandle | None = None
        self.session = Session(desk, time.monotonic(), self._wake)

    async def run(self) -> web.StreamResponse:
        """Open the socket and serve it to its end."""
        try:
            await self._socket.prepare(self._request)
        except ClientConnectionError:  # hung up before the answer
            self.session.lost(time.monotonic())
            return web.Response()
        writer = asyncio.create_task(self._write())
        due = self.session.timer() or 0.0
        timer = self._loop.call_later(due - time.monotonic(), lambda: self.session.handle_timer(time.monotonic()))
        try:
            await self._read()
        finally:
            timer.cancel()
            self.session.lost(time.monotonic())
            if self.session.closing is None:
                writer.cancel()
            await asyncio.wait([writer])
            if self._limit is not None:
                self._limit.cancel()
        return self._socket

    async def _read(self) -> None:
        while True:
            frame = await self._socket.receive()
            if frame.type is WSMsgType.TEXT:
                self.session.receive_frame(frame.data, time.monotonic())
            elif frame.type is WSMsgType.BINARY:
                self.session.refuse_binary()
            else:
                return

    async def _write(self) -> None:
        """Send what the session queues; close the socket when it says so."""
        try:
            while self.session.closing is None:
                await self._queued.wait()
                self._queued.clear()
                await self._send_queued()
            await self._send_queued()
            closing = self.session.closing
            await self._socket.close(code=closing.code, message=closing.cause.encode())
        except (ClientConnectionError, ConnectionError, RuntimeError):
            self._abort()  # the other end is gone; RuntimeError is aiohttp's way to say that the socket is closing

    async def _send_queued(self) -> None:
        outbox = self.session.outbox
        while outbox:
            await self._socket.send_str(messages.encoder.encode(outbox.popleft()).decode())

    def _wake(self) -> None:
        """The session has something to send, or wants the socket closed."""
        self._queued.set()
        if self.session.closing is not None and self._limit is None:
            self._limit = self._loop.call_later(LINGER_SECONDS, self._abort)

    def _abort(self) -> None:
        """Drop a connection whose other end does not read."""
        if self._request.transport is not None:
            self._request.transport.abort()
