"""A viewer that says exactly what it is told to, and reads answers by the standard library."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import parse_headers

from hls.channel import Channel
from hls.origin import Origin
from hls.packager import Event, InitSegment, Part, SegmentEnd
from hls.timing import Timing

PATIENCE = 20.0
BROADCAST = "k3J9fQ2mX7"
MEDIA = f"/live/{BROADCAST}/video.m3u8"
HOST = "Host: origin.example\r\n"


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    fields: Message
    body: bytes

    @property
    def cause(self) -> str:
        """The word that says why not."""
        return self.body.decode().strip().partition(" ")[2]


class Viewer:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def say(self, text: str | bytes) -> None:
        """Sends."""
        self.writer.write(text.encode("latin-1") if isinstance(text, str) else text)

    def ask(self, path: str, fields: str = "", method: str = "GET") -> None:
        """Sends a usual request."""
        self.say(f"{method} {path} HTTP/1.1\r\n{HOST}{fields}\r\n")

    async def answer(self, *, bodyless: bool = False) -> Answer:
        """The next answer. Raises `IncompleteReadError` when the connection ends instead."""
        async with asyncio.timeout(PATIENCE):
            head = await self._reader.readuntil(b"\r\n\r\n")
            line, _, rest = head.partition(b"\r\n")
            version, status, _ = line.decode("ascii").split(" ", 2)
            assert version == "HTTP/1.1"
            fields = parse_headers(io.BytesIO(rest))
            size = 0 if bodyless else int(fields.get("Content-Length", "0"))
            return Answer(int(status), fields, await self._reader.readexactly(size))

    async def get(self, path: str, fields: str = "", method: str = "GET") -> Answer:
        """Asks and waits."""
        self.ask(path, fields, method)
        return await self.answer(bodyless=method == "HEAD")

    async def ended(self) -> bytes:
        """What still comes until the other side ends the connection."""
        async with asyncio.timeout(PATIENCE):
            return await self._reader.read()

    async def close(self) -> None:
        """Goes."""
        self.writer.transport.abort()


@asynccontextmanager
async def viewer(origin: Origin) -> AsyncIterator[Viewer]:
    """Somebody who came."""
    made = Viewer(*await asyncio.open_connection("127.0.0.1", origin.port))
    try:
        yield made
    finally:
        await made.close()


async def until(holds: Callable[[], object]) -> None:
    """Waits until something holds that nobody tells of."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 (counters have no event)
            await asyncio.sleep(0.01)


def events(msns: range, *, parts: int = 4, size: int = 1000, wall: float = 1_700_000_000.0) -> list[Event]:
    """Whole segments with parts of one second."""
    made: list[Event] = []
    for msn in msns:
        made += [
            Part(msn, index, bytes([msn % 256, index]) * (size // 2), 1.0, index == 0, wall + parts * msn + index, 0,
                 discontinuity=False)
            for index in range(parts)
        ]  # fmt: skip
        made.append(SegmentEnd(msn))
    return made


def on_air(origin: Origin, broadcast: str = BROADCAST, *, size: int = 1000) -> Channel:
    """A broadcast with four whole segments."""
    channel = Channel(origin, broadcast, Timing())
    origin.channels[broadcast] = channel
    channel.publish([InitSegment(0, b"init" * 100, None, None), *events(range(4), size=size)])
    return channel
