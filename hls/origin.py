"""The origin: listens, knows what can be asked for, and sees to it that nobody takes more than their share.

Requests are handled by `Connection`; what a broadcast offers stands in its `Channel`, recordings in the `Library`. Both
enter their resources into one table by request line, which is all that a usual request needs.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Coroutine
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit
from typing import Protocol

from msgspec import Struct

from hls.connection import Connection
from hls.errors import RequestRefused
from hls.http import Head
from hls.metrics import Counts
from hls.resources import Pending, Resource
from interprocess.addresses import Addresses, Networks
from interprocess.tasks import end

BACKLOG = 4096
"""Connections the system accepts for us before we do."""
REMEMBERED_HEADS = 4096
"""Different sets of header fields that are recognised without being parsed."""
REMEMBERED_BYTES = 1024
"""Bytes of such a set at most."""
OTHER_FILES = 1000
"""Open files beside viewers' connections: recordings, taps, libraries."""
WAKE_BATCH = 256
"""Viewers answered in one turn of the loop, a few milliseconds."""


def allow_files(number: int) -> None:
    """Lets the process have so many open files, as far as the system permits."""
    soft, hard = getrlimit(RLIMIT_NOFILE)
    wanted = number if hard == RLIM_INFINITY else min(number, hard)
    if soft != RLIM_INFINITY and soft < wanted:
        setrlimit(RLIMIT_NOFILE, (wanted, hard))


class Limits(Struct, frozen=True, kw_only=True):
    """What a viewer may take."""

    max_connections: int = 20_000
    max_connections_per_address: int = 0
    """Of them from one IPv4 address, or one /64 of IPv6. 0: no limit."""
    proxies: tuple[str, ...] = ()
    """Addresses of caches and proxies: what comes through one is not counted by address."""
    max_request_bytes: int = 8192
    """Bytes of a request head, and of requests sent ahead."""
    header_seconds: int = 10
    """How long a request head may take to arrive."""
    idle_seconds: int = 75
    """How long a connection may stay without a request."""
    drain_seconds: int = 20
    """How long a reader may take for 64 KiB, or to close after us."""


class Recordings(Protocol):
    """Where ended broadcasts are found."""

    def find(self, broadcast: str, name: str) -> Resource:
        """The resource of that name. Raises `RequestRefused`."""

    def forget(self, broadcast: str) -> None:
        """It has changed, or is gone."""


class Publisher(Protocol):
    """A live broadcast, as the origin sees it."""

    ended: bool
    """Whether the rest of it is among the recordings."""

    def find(self, name: bytes, query: bytes) -> Resource:
        """The resource of that name. Raises `RequestRefused`."""

    def close(self) -> None:
        """It is gone."""


class Origin:
    """Serves `/live/{broadcast}/{name}` to viewers."""

    def __init__(self, limits: Limits | None = None, recordings: Recordings | None = None) -> None:
        self.limits = limits or Limits()
        self.recordings = recordings
        self.channels: dict[str, Publisher] = {}
        """Live broadcasts by id."""
        self.lines: dict[bytes, Resource] = {}
        """Resources by request line of their GET."""
        self.heads: dict[bytes, Head] = {}
        """Meaning of header fields by their bytes, from the end of the request line to the empty line."""
        self.counts = Counts()
        self.tick = 0
        """Seconds since the start: the clock of deadlines."""
        self.unix = time.time()
        """Unix time of the last tick."""
        self.idle_until = self.after(self.limits.idle_seconds)
        """Deadline of a connection that has been answered just now."""
        self._connections: dict[Connection, str] = {}
        """Each with what `Addresses` knows it by."""
        self._addresses = Addresses(self.limits.max_connections_per_address, Networks(self.limits.proxies))
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # Life

    async def start(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> None:
        """Listens. Raises `OSError`."""
        allow_files(self.limits.max_connections * 5 // 4 + OTHER_FILES)
        loop = asyncio.get_running_loop()
        handshake = self.limits.header_seconds if tls is not None else None
        self._server = await loop.create_server(
            lambda: Connection(self), host, port, ssl=tls, backlog=BACKLOG, ssl_handshake_timeout=handshake
        )
        self._sweeper = loop.create_task(self._sweep())

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Stops listening and ends all connections."""
        if self._server is not None:
            self._server.close()
        await end(self._sweeper)
        for connection in list(self._connections):
            connection.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def _sweep(self) -> None:
        """Once a second: the clock goes on, and whose time is over is told so."""
        start = time.monotonic()
        while True:
            await asyncio.sleep(1.0 - (time.monotonic() - start) % 1.0)
            self.tick = round(time.monotonic() - start)
            self.unix = time.time()
            self.idle_until = self.after(self.limits.idle_seconds)
            tick = self.tick
            for connection in [connection for connection in self._connections if connection.deadline <= tick]:
                connection.expire()

    # Connections

    def after(self, seconds: int) -> int:
        """The deadline that is so many seconds ahead, or up to one more."""
        return self.tick + seconds + 1

    def admit(self, connection: Connection) -> RequestRefused | None:
        """Counts a connection that has come; why it cannot stay, when there are too many."""
        peer = connection.transport.get_extra_info("peername")
        place = self._addresses.enter(peer[0] if isinstance(peer, tuple) else None)
        self._connections[connection] = place or ""
        self.counts.accepted += 1
        self.counts.connections = len(self._connections)
        if place is None:
            return RequestRefused(429, "connections_from_address")
        if len(self._connections) > self.limits.max_connections:
            return RequestRefused(503, "connections")
        return None

    def forget(self, connection: Connection) -> None:
        """Counts a connection that has gone."""
        self._addresses.leave(self._connections.pop(connection, ""))
        self.counts.connections = len(self._connections)

    def remember_head(self, fields: bytes, head: Head) -> None:
        """The next request with the same header fields need not be parsed."""
        if len(fields) <= REMEMBERED_BYTES:
            if len(self.heads) >= REMEMBERED_HEADS:
                self.heads.clear()
            self.heads[b"\r\n" + fields] = head

    def spawn(self, task: Coroutine[None, None, None]) -> None:
        """Runs something that goes on sending to a connection."""
        running = asyncio.get_running_loop().create_task(task)
        self._tasks.add(running)
        running.add_done_callback(self._tasks.discard)

    # Resources

    def find(self, target: bytes) -> Resource:
        """The resource a request target (path and query) names. Raises `RequestRefused`."""
        path, _, query = target.partition(b"?")
        pieces = path.split(b"/")
        if len(pieces) != 4 or pieces[1] != b"live":
            raise RequestRefused(404, "not_found")
        broadcast = pieces[2].decode("latin-1")
        channel = self.channels.get(broadcast)
        if channel is not None:
            try:
                return channel.find(pieces[3], query)
            except RequestRefused as error:
                if error.status != 404 or not channel.ended:
                    raise
        if self.recordings is None:
            raise RequestRefused(404, "not_found")
        return self.recordings.find(broadcast, pieces[3].decode("latin-1"))

    def wake(self, pending: Pending, resource: Resource | RequestRefused) -> None:
        """Answers everybody who waits with the resource, or with the error. Batch by batch: the loop has other things
        to do as well."""
        if pending.waiters:
            self._wake(pending, list(pending.waiters), 0, resource)

    def _wake(
        self, pending: Pending, waiting: list[Connection], first: int, resource: Resource | RequestRefused
    ) -> None:
        for connection in waiting[first : first + WAKE_BATCH]:
            if connection.waiting is pending:
                connection.woken(resource)
        if first + WAKE_BATCH < len(waiting):
            asyncio.get_running_loop().call_soon(self._wake, pending, waiting, first + WAKE_BATCH, resource)
