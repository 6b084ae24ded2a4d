"""One connection of a viewer: requests in, one at a time, answers out.

The usual request is recognised without being parsed: its first line leads to the resource in one look-up, and its
header fields, which a player sends the same each time, to what they mean in another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, cast

from hls.errors import RequestRefused
from hls.http import MAX_TARGET, Head, parse, parse_fields, preflight, refusal

if TYPE_CHECKING:
    from hls.origin import Origin
    from hls.resources import Kind, Pending, Resource

WRITE_HIGH = 64 << 10
"""Unsent bytes of a connection above which it gets no further answer."""


class State(IntEnum):
    """What a connection waits for."""

    READY = 0
    """A request."""
    HEAD = 1
    """The rest of a request head."""
    WAITING = 2
    """A resource."""
    SENDING = 3
    """Its reader."""
    CLOSING = 4
    """The other side's end."""


READY = State.READY


class Connection(asyncio.Protocol):
    """A viewer's connection. `deadline` is the tick of the origin's clock at which it is given up."""

    __slots__ = ("_buffer", "_closing", "_drained", "_heads", "_lines", "_reading", "_streaming", "_write", "deadline",
                 "origin", "state", "transport", "waiting")  # fmt: skip

    transport: asyncio.Transport

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.state = READY
        self.deadline = origin.after(origin.limits.header_seconds)
        self.waiting: Pending | None = None
        self._heads = origin.heads
        self._lines = origin.lines
        self._buffer = bytearray()
        self._closing = False
        self._reading = True
        self._streaming = False
        self._drained: asyncio.Future[None] | None = None

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A viewer has come; one too many is told so, or when there are many of those, simply sent away. So is one too
        many from an address: an answer would keep it here as long as it does not read it."""
        self.transport = cast("asyncio.Transport", transport)
        self._write = self.transport.write
        self.transport.set_write_buffer_limits(high=WRITE_HIGH)
        refused = self.origin.admit(self)
        if refused is None:
            return
        many = self.origin.counts.connections > self.origin.limits.max_connections * 5 // 4
        if many or refused.status == 429:
            self.origin.counts.refused[refused.status, refused.cause] += 1
            self.transport.abort()
        else:
            self.refuse(refused, keep_alive=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """The viewer has gone."""
        self._stop_waiting()
        self.state = State.CLOSING
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None
        self.origin.forget(self)

    def eof_received(self) -> bool:
        """The viewer will ask for nothing more. What is being sent goes on; who waits has gone, like a page that was
        closed."""
        if self.state is State.SENDING:
            self._closing = True
            return self.transport.can_write_eof()
        return False

    def pause_writing(self) -> None:
        """The reader does not keep up: no further request is looked at until it has."""
        if self.state is READY:
            self.state = State.SENDING
            self.deadline = self.origin.after(self.origin.limits.drain_seconds)
        if self._streaming and self._drained is None:
            self._drained = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """The reader has caught up."""
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None
        if self.state is State.SENDING and not self._streaming:
            self._next()

    def data_received(self, data: bytes) -> None:
        """Bytes of requests."""
        if self.state is READY:
            cut = data.find(b"\r\n")
            resource = self._lines.get(data[:cut])
            if resource is not None:
                head = self._heads.get(data[cut:])
                if head is not None:
                    resource.answer(self, head)
                    return
                if data.find(b"\r\n\r\n", cut) == len(data) - 4 and len(data) <= self.origin.limits.max_request_bytes:
                    self._answer(resource, data[cut + 2 :])
                    return
        elif self.state is State.CLOSING:
            return
        self._buffer += data
        if self.state <= State.HEAD:
            self._work()
        elif len(self._buffer) > self.origin.limits.max_request_bytes and self._reading:
            self._reading = False
            self.transport.pause_reading()

    # Requests

    def _work(self) -> None:
        """Answers what is in the buffer, as far as it can be answered now."""
        while self._buffer and self.state <= State.HEAD:
            try:
                block = self._take_head()
            except RequestRefused as error:
                self.refuse(error, keep_alive=False)
                return
            if block is None:
                if self.state is READY:
                    self.state = State.HEAD
                    self.deadline = self.origin.after(self.origin.limits.header_seconds)
                return
            self.state = READY
            self._serve(block)
        if not self._reading and self.state <= State.HEAD:
            self._reading = True
            self.transport.resume_reading()

    def _take_head(self) -> bytes | None:
        """The next request head, None while it is incomplete. Raises `RequestRefused`."""
        buffer, limit = self._buffer, self.origin.limits.max_request_bytes
        while buffer.startswith(b"\r\n"):
            del buffer[:2]
        if not buffer:
            return None
        if not 0x21 <= buffer[0] <= 0x7E:
            raise RequestRefused(400, "not_http")
        end = buffer.find(b"\r\n\r\n", 0, limit)
        if end >= 0:
            block = bytes(buffer[: end + 4])
            del buffer[: end + 4]
            return block
        line_end = buffer.find(b"\n", 0, limit)
        if line_end < 0 and len(buffer) > min(MAX_TARGET + 64, limit):
            raise RequestRefused(414, "target_long")
        if line_end >= 0 and buffer[line_end - 1 : line_end] != b"\r":
            raise RequestRefused(400, "request_line")
        if len(buffer) >= limit:
            raise RequestRefused(431, "head_long")
        return None

    def _answer(self, resource: Resource, fields: bytes) -> None:
        """Answers a GET whose resource is known and whose header fields are new."""
        try:
            head = parse_fields(fields)
        except RequestRefused as error:
            self.refuse(error, keep_alive=False)
            return
        if head.plain:
            self.origin.remember_head(fields, head)
        self._give(resource, head)

    def _give(self, resource: Resource, head: Head) -> None:
        """Sends the resource, or why not."""
        self._closing = self._closing or not head.keep_alive
        try:
            resource.answer(self, head)
        except RequestRefused as error:
            self.refuse(error, keep_alive=head.keep_alive, head_only=head.head_only)
            return
        if self._closing and self.state is READY:
            self.close()

    def _serve(self, block: bytes) -> None:
        """Answers one request."""
        try:
            request = parse(block)
        except RequestRefused as error:
            self.refuse(error, keep_alive=False)
            return
        head = request.head
        if request.method == b"OPTIONS":
            self.origin.counts.preflight += 1
            self._send_small(preflight(now=self.origin.unix, keep_alive=head.keep_alive))
            if not head.keep_alive:
                self.close()
            return
        try:
            resource = self.origin.find(request.target)
        except RequestRefused as error:
            self.refuse(error, keep_alive=head.keep_alive, head_only=head.head_only)
            return
        if head.plain:
            self.origin.remember_head(block[block.index(b"\r\n") + 2 :], head)
        self._give(resource, head)

    # Answers

    def send(self, data: bytes, kind: Kind) -> None:
        """Sends a whole response."""
        origin = self.origin
        self.deadline = origin.idle_until
        counts = origin.counts
        if kind == "playlist":
            counts.playlist += 1
        elif kind == "part":
            counts.part += 1
        else:
            counts.init += 1
        counts.bytes_sent += len(data)
        self._write(data)

    def send_all(self, pieces: Sequence[bytes | memoryview], kind: Kind) -> None:
        """Sends a response of several pieces."""
        counts = self.origin.counts
        self.deadline = self.origin.idle_until
        setattr(counts, kind, getattr(counts, kind) + 1)
        counts.bytes_sent += sum(len(piece) for piece in pieces)
        self.transport.writelines(pieces)

    def send_stream(self, first: bytes, size: int, body: Coroutine[None, None, bool]) -> None:
        """Sends a response whose body comes by and by, through `send_chunk`. `size` is the body's."""
        counts = self.origin.counts
        counts.segment += 1
        counts.bytes_sent += len(first) + size
        self.state = State.SENDING
        self.deadline = self.origin.after(self.origin.limits.drain_seconds)
        self._streaming = True
        self._write(first)
        self.origin.spawn(self._stream(body))

    async def send_chunk(self, chunk: bytes) -> bool:
        """Sends a piece of the body, and waits until there is room for the next; False when the connection is gone."""
        if self.state is not State.SENDING:
            return False
        self.deadline = self.origin.after(self.origin.limits.drain_seconds)
        self._write(chunk)
        if self._drained is not None:
            await self._drained
        return self.state is State.SENDING

    async def _stream(self, body: Coroutine[None, None, bool]) -> None:
        complete = await body
        self._streaming = False
        if self.state is not State.SENDING:
            return
        if not complete:
            self.transport.abort()
        elif self._drained is None:
            self._next()

    def _send_small(self, data: bytes) -> None:
        self.deadline = self.origin.idle_until
        self.origin.counts.bytes_sent += len(data)
        self._write(data)

    def refuse(self, error: RequestRefused, *, keep_alive: bool, head_only: bool = False) -> None:
        """Answers with an error."""
        origin = self.origin
        origin.counts.refused[error.status, error.cause] += 1
        keep_alive = keep_alive and not self._closing
        self._send_small(
            refusal(
                error.status, error.cause, now=origin.unix, size=error.size, keep_alive=keep_alive, body=not head_only
            )
        )
        if not keep_alive:
            self.close()

    # Waiting

    def wait(self, pending: Pending) -> None:
        """Until the resource exists, or for as long as it lets wait."""
        self.state = State.WAITING
        self.waiting = pending
        self.deadline = self.origin.after(round(pending.seconds))
        self.origin.counts.blocked += 1
        self.origin.counts.waiting += 1

    def _stop_waiting(self) -> Head | None:
        pending, self.waiting = self.waiting, None
        if pending is None:
            return None
        self.origin.counts.waiting -= 1
        return pending.waiters.pop(self, None)

    def woken(self, resource: Resource | RequestRefused) -> None:
        """What was waited for is there, or never will be."""
        head = self._stop_waiting()
        if head is None:
            return
        self.state = READY
        if isinstance(resource, RequestRefused):
            self.refuse(resource, keep_alive=head.keep_alive, head_only=head.head_only)
        else:
            self._give(resource, head)
        if self.state is READY and (self._closing or self._buffer):
            self._next()

    def _next(self) -> None:
        """Ready for the next request, if there may be one."""
        if self._closing:
            self.close()
            return
        self.state = READY
        if self._buffer or not self._reading:
            self._work()

    # Ends

    def expire(self) -> None:
        """Its time is over."""
        if self.state is READY:
            self.transport.close()
        elif self.state is State.HEAD:
            self.refuse(RequestRefused(408, "head_slow"), keep_alive=False)
        elif self.state is State.WAITING:
            self.woken(RequestRefused(503, "blocked_long"))
        elif self.state is State.SENDING:
            self.origin.counts.slow_closed += 1
            self.transport.abort()
        else:
            self.transport.abort()

    def close(self) -> None:
        """Ends the connection when all is sent. What the other side still sends is read and forgotten for a while:
        closing a socket with unread bytes would destroy the answer on its way."""
        self._closing = True
        if self.state is State.SENDING:
            return
        self.state = State.CLOSING
        self._buffer.clear()
        self.deadline = self.origin.after(self.origin.limits.drain_seconds)
        if not self.transport.is_closing():
            if self.transport.can_write_eof():
                self.transport.write_eof()
            else:
                self.transport.close()
