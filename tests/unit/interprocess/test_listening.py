"""Who sends no whole request head is sent away; who does is served as by aiohttp alone."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from interprocess.addresses import Addresses
from interprocess.listening import MAX_HEAD, Listener, _Newcomer
from interprocess.running import tls_context
from tests.unit.signalling.test_tls import certificate

Listen = Callable[..., Awaitable["Place"]]
Open = tuple[asyncio.StreamReader, asyncio.StreamWriter]
REQUEST = b"GET /echo HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"


class Watched(Listener):
    """A listener that tells when somebody begins or ends to wait."""

    changed: asyncio.Event

    def enter(self, newcomer: _Newcomer) -> bool:
        entered = super().enter(newcomer)
        self.changed.set()
        return entered

    def leave(self, newcomer: _Newcomer) -> None:
        super().leave(newcomer)
        self.changed.set()

    async def until(self, waiting: int) -> None:
        """Until so many wait."""
        while self.waiting != waiting:
            self.changed.clear()
            await self.changed.wait()


class Place:
    """A small application behind a listener; `causes` counts who was refused."""

    def __init__(self) -> None:
        self.causes: Counter[str] = Counter()
        self.causes_came = asyncio.Event()
        self.go_on = asyncio.Event()
        self.stack = AsyncExitStack()
        self.port = 0
        self.listener: Watched

    async def listen(
        self,
        *,
        head_seconds: float = 60.0,
        per_address: int = 0,
        max_waiting: int = 100,
        tls: ssl.SSLContext | None = None,
    ) -> Place:
        app = web.Application()
        app.add_routes([web.post("/echo", self._echo), web.get("/echo", self._echo), web.get("/slow", self._slow)])
        app.router.add_get("/socket", self._socket)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        self.stack.push_async_callback(runner.cleanup)
        self.listener = Watched(
            runner,
            "127.0.0.1",
            0,
            addresses=Addresses(per_address),
            refused=self._refused,
            tls=tls,
            head_seconds=head_seconds,
            max_waiting=max_waiting,
        )
        self.listener.changed = asyncio.Event()
        await self.listener.start()
        self.port = runner.addresses[0][1]
        return self

    async def open(self) -> Open:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.stack.callback(writer.close)
        return reader, writer

    async def waits(self) -> Open:
        """A connection that has been taken in, and says nothing."""
        before = self.listener.waiting
        opened = await self.open()
        await self.listener.until(before + 1)
        return opened

    def _refused(self, cause: str) -> None:
        self.causes[cause] += 1
        self.causes_came.set()

    async def _echo(self, request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def _slow(self, _request: web.Request) -> web.Response:
        await self.go_on.wait()
        return web.Response(text="late")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket


async def closed(reader: asyncio.StreamReader) -> None:
    """Returns when the other side has closed without a word, by FIN or by RST."""
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    place = Place()
    async with place.stack:
        yield place.listen


@pytest.mark.parametrize("said", [b"", b"\r", b"\r\n\r\n", REQUEST[:-1]], ids=["nothing", "cr", "empty lines", "half"])
async def test_a_head_that_does_not_become_whole_is_answered_by_the_end(listen: Listen, said: bytes) -> None:
    place = await listen(head_seconds=0.05)
    reader, writer = await place.open()
    writer.write(said)
    assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
    assert place.causes == {"head_slow": 1}
    assert place.listener.waiting == 0


async def test_a_byte_now_and_then_buys_no_time(listen: Listen) -> None:
    place = await listen(head_seconds=0.05)
    reader, writer = await place.open()
    writer.write(b"GET / HTTP/1.1\r\n")

    async def trickle() -> None:
        while True:
            writer.write(b"a: b\r\n")
            await asyncio.sleep(0.005)

    trickling = asyncio.create_task(trickle())
    assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    trickling.cancel()


async def test_who_has_asked_may_wait_for_the_answer(listen: Listen) -> None:
    place = await listen(head_seconds=0.05)
    reader, writer = await place.open()
    writer.write(b"GET /slow HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    await place.open()  # its time passes meanwhile
    await place.causes_came.wait()
    place.go_on.set()
    assert (await reader.read()).endswith(b"\r\n\r\nlate")
    assert place.causes == {"head_slow": 1}


async def test_a_head_may_come_byte_by_byte_and_its_body_with_it(listen: Listen) -> None:
    place = await listen()
    reader, writer = await place.open()
    head = b"\r\nPOST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\nConnection: close\r\n\r\n"
    for at in range(len(head) - 1):
        writer.write(head[at : at + 1])
        await asyncio.sleep(0)
    writer.write(head[-1:] + b"01234")
    writer.write(b"56789")
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n0123456789")
    assert not place.causes


async def test_what_is_no_request_is_refused_at_once(listen: Listen) -> None:
    place = await listen()
    reader, writer = await place.open()
    writer.write(b"\x16\x03\x01\x02\x00\x01")  # TLS where there is none
    assert (await reader.readline()).startswith(b"HTTP/1.0 400 ")


async def test_a_head_has_an_end(listen: Listen) -> None:
    place = await listen()
    reader, writer = await place.open()
    writer.write(b"GET / HTTP/1.1\r\na: " + b"b" * MAX_HEAD)
    assert (await reader.readline()).startswith(b"HTTP/1.1 431 ")
    assert place.causes == {"head_long": 1}


@pytest.mark.parametrize(
    ("limits", "cause"),
    [({"per_address": 2}, "too_many_waiting_from_address"), ({"max_waiting": 2}, "too_many_waiting")],
)
async def test_so_many_may_say_nothing_and_no_more(listen: Listen, limits: dict[str, int], cause: str) -> None:
    place = await listen(**limits)
    _, first = await place.waits()
    asking = await place.waits()
    refused, _ = await place.open()
    await closed(refused)
    assert place.causes == {cause: 1}
    asking[1].write(REQUEST)  # who asks is no longer among them, nor is who goes
    assert (await asking[0].readline()).startswith(b"HTTP/1.1 200 ")
    first.close()
    await place.listener.until(0)
    await place.waits()
    await place.waits()
    assert place.causes == {cause: 1}


async def test_sockets_open_and_stopping_ends_who_waits(listen: Listen) -> None:
    place = await listen()
    async with aiohttp.ClientSession() as http, http.ws_connect(f"http://127.0.0.1:{place.port}/socket") as socket:
        await socket.send_str("hello")
        assert await socket.receive_str() == "hello"
    reader, _ = await place.waits()
    await place.listener.stop()
    await closed(reader)


async def test_the_time_counts_inside_of_tls_too(listen: Listen, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, "listener")
    place = await listen(tls=tls_context(str(cert), str(key)), head_seconds=0.5)
    trusted = ssl.create_default_context(cafile=cert)
    async with aiohttp.ClientSession() as http:
        async with http.post(f"https://127.0.0.1:{place.port}/echo", data=b"x" * 100_000, ssl=trusted) as answer:
            assert len(await answer.read()) == 100_000
    reader, _ = await asyncio.open_connection("127.0.0.1", place.port, ssl=trusted)
    assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
    silent, _ = await place.open()
    assert await silent.read() == b""  # no handshake
