"""ClamAV's daemon: a file's bytes go in as they come, a verdict comes back (clamd(8), INSTREAM)."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass

from platform_api.config import ConfigError

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 120.0
LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """The scanner does not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner says."""

    clean: bool
    found: str = ""
    """Name of what was found, or why the file could not be looked into."""
    scanned: bool = True
    """False: it was not looked into to its end (a limit of clamd's own, StreamMaxLength)."""


class Clamd:
    """Where a clamd listens."""

    def __init__(self, address: str) -> None:
        scheme, _, rest = address.partition(":")
        host, _, port = rest.rpartition(":")
        if scheme == "unix" and rest.startswith("/"):
            self._path, self._host, self._port = rest, "", 0
        elif scheme == "tcp" and host and port.isdecimal():
            self._path, self._host, self._port = "", host.strip("[]"), int(port)
        else:
            raise ConfigError("api.documents.clamd: must be unix:/path or tcp:host:port")

    async def scan(self, chunks: AsyncIterator[bytes]) -> Verdict:
        """Have bytes looked into as they come. Raises ScannerUnavailable, and what `chunks` raises."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await self._connect()
        except (OSError, TimeoutError) as error:
            raise ScannerUnavailable(str(error)) from error
        # Read from the beginning: a scanner that has had enough answers in the middle and hangs up.
        answer = asyncio.create_task(reader.read(LONGEST_ANSWER))
        try:
            with contextlib.suppress(ConnectionError):
                await _send(writer, chunks, answer)
            async with asyncio.timeout(ANSWER_SECONDS):
                return verdict_of(await answer)
        except (OSError, TimeoutError) as error:
            raise ScannerUnavailable(str(error)) from error
        finally:
            answer.cancel()
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._path:
            return await asyncio.open_unix_connection(self._path)
        return await asyncio.open_connection(self._host, self._port)


async def _send(writer: asyncio.StreamWriter, chunks: AsyncIterator[bytes], answer: asyncio.Task[bytes]) -> None:
    """The bytes, each piece behind its length, until there is an answer."""
    writer.write(b"zINSTREAM\0")
    async for chunk in chunks:
        if answer.done():
            return
        writer.write(struct.pack("!L", len(chunk)) + chunk)
        await writer.drain()
    writer.write(struct.pack("!L", 0))
    await writer.drain()


def verdict_of(answer: bytes) -> Verdict:
    """clamd's line as a verdict. Raises ScannerUnavailable for what is none."""
    text = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    if text == "stream: OK":
        return Verdict(clean=True)
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        return Verdict(clean=False, found=text.removeprefix("stream: ").removesuffix(" FOUND")[:200])
    if text.endswith("ERROR"):
        return Verdict(clean=False, found=text[:200], scanned=False)
    raise ScannerUnavailable(f"clamd said {text[:200]!r}")
