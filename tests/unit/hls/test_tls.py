"""The origin over TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from hls.origin import Limits, Origin
from tests.unit.hls.viewer import BROADCAST, HOST, MEDIA, Viewer, on_air, until
from tests.unit.signalling.test_tls import certificate

PART = f"/live/{BROADCAST}/part-3.0.m4s"


@pytest_asyncio.fixture
async def origin(tmp_path: Path) -> AsyncIterator[tuple[Origin, ssl.SSLContext]]:
    """An origin with large parts, and what its viewers trust."""
    cert, key = certificate(tmp_path, "localhost")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    made = Origin(Limits(header_seconds=1, drain_seconds=2))
    await made.start("127.0.0.1", 0, tls=server)
    on_air(made, size=2 << 20)
    trusting = ssl.create_default_context(cafile=str(cert))
    trusting.check_hostname = False
    yield made, trusting
    await made.close()


async def come(origin: tuple[Origin, ssl.SSLContext]) -> Viewer:
    """A viewer."""
    return Viewer(*await asyncio.open_connection("127.0.0.1", origin[0].port, ssl=origin[1]))


async def test_playlists_and_large_parts(origin: tuple[Origin, ssl.SSLContext]) -> None:
    viewers = [await come(origin) for _ in range(8)]
    for viewer in viewers:
        assert (await viewer.get(MEDIA)).body.startswith(b"#EXTM3U")
        viewer.ask(PART)
    for viewer in viewers:
        answer = await viewer.answer()
        assert answer.body == bytes([3, 0]) * (1 << 20)
        viewer.say(f"GET {MEDIA} HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
        assert (await viewer.answer()).status == 200
        assert await viewer.ended() == b""
        await viewer.close()


async def test_who_does_not_speak_tls_or_does_not_finish_harms_nobody(origin: tuple[Origin, ssl.SSLContext]) -> None:
    good = await come(origin)
    plain = Viewer(*await asyncio.open_connection("127.0.0.1", origin[0].port))
    plain.ask(MEDIA)
    silent = Viewer(*await asyncio.open_connection("127.0.0.1", origin[0].port))
    assert b"HTTP" not in await plain.ended()
    assert await silent.ended() == b""
    assert (await good.get(MEDIA)).status == 200
    for each in (good, plain, silent):
        await each.close()


async def test_bad_requests_are_answered(origin: tuple[Origin, ssl.SSLContext]) -> None:
    bad = await come(origin)
    bad.say("nonsense\r\n\r\n")
    assert (await bad.answer()).status == 400
    assert await bad.ended() == b""
    deaf = await come(origin)
    deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
    for _ in range(20):
        deaf.ask(PART)
    await until(lambda: origin[0].counts.slow_closed == 1)
    for each in (bad, deaf):
        await each.close()
