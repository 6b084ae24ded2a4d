"""A whole media server over a worker that writes down what it is told; pages are real WebSockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec
import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from loadtest.peers.tickets import TicketMaker
from sfu.config import MediaConfig
from signalling import messages
from signalling.server import MediaServer
from tests.unit.sfu.recording import RecordingWorker, RingFull

M = TypeVar("M")


class Keys:
    """The platform's and the media process's key pairs, as files and as PEM."""

    def __init__(self, folder: Path) -> None:
        self.api, self.media = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.api_public = folder / "api.pub.pem"
        self.media_private = folder / "media.pem"
        self.api_public.write_bytes(self.api.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        self.media_private.write_bytes(private_pem(self.media))

    @property
    def tickets(self) -> TicketMaker:
        """Signs tickets as the platform does."""
        return TicketMaker(private_pem(self.api))


def private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class Socket:
    """A page's socket: sends dictionaries, reads typed messages."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.raw = socket
        self._next = 0

    async def send(self, **fields: Any) -> int:
        """Send a request; its id."""
        self._next += 1
        await self.raw.send_json({"id": self._next, **fields})
        return self._next

    async def read(self) -> messages.ServerMessage:
        """The next message."""
        async with asyncio.timeout(5):
            message: messages.ServerMessage = messages.server_decoder.decode(await self.raw.receive_str())
            return message

    async def until(self, kind: type[M]) -> M:
        """The next message of a kind; what comes before is dropped."""
        while True:
            message = await self.read()
            if isinstance(message, kind):
                return message

    async def ask(self, kind: type[M], **fields: Any) -> M:
        """Send a request and read its answer, which must be of this kind."""
        number = await self.send(**fields)
        while True:
            message = await self.read()
            if isinstance(message, messages.Reply) and message.re == number:
                assert isinstance(message, kind), message
                return message

    def abort(self) -> None:
        """Drop the connection without a word, as a lost network does."""
        connection = self.raw._response.connection
        if connection is not None:
            if connection.transport is not None:
                connection.transport.abort()
            connection.close()

    async def closed(self) -> int | None:
        """Read to the end; the close code."""
        async with asyncio.timeout(8):
            while not self.raw.closed:
                await self.raw.receive()
        return self.raw.close_code


class Media:
    """A running media server and what tests need around it."""

    def __init__(self, server: MediaServer, worker: RecordingWorker, keys: Keys, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.worker = worker
        self.keys = keys
        self.http = http
        self.sockets: list[Socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/signal"

    @property
    def control(self) -> str:
        return f"http://127.0.0.1:{self.server.control_port}"

    def ticket(self, name: str = "Vera", role: str = "host", room: str = "lesson", **fields: Any) -> str:
        return self.keys.tickets.make(room, person=f"person-{name}", name=name, role=role, **fields)

    async def open(self, **options: Any) -> Socket:
        """A socket that has not joined."""
        socket = Socket(await self.http.ws_connect(self.url, max_msg_size=0, **options))
        self.sockets.append(socket)
        return socket

    async def join(self, name: str = "Vera", role: str = "host", **fields: Any) -> tuple[Socket, messages.Joined]:
        """A participant in the room."""
        socket = await self.open()
        joined = await socket.ask(messages.Joined, type="join", protocol=1, ticket=self.ticket(name, role, **fields))
        return socket, joined

    def metric(self, name: str, **labels: str) -> float:
        return self.server.metrics.registry.get_sample_value(f"sfera_media_{name}", labels) or 0.0

    async def until(self, true: Callable[[], bool]) -> None:
        """Let the server work until something is so."""
        await until(true)


async def until(true: Callable[[], bool]) -> None:
    """Let other tasks work until something is so."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  what is waited for is a number somebody else counts
            await asyncio.sleep(0.005)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.fixture
def options() -> dict[str, Any]:
    """Configuration of the media server under test; override in a module or by parametrize."""
    return {}


@pytest.fixture
async def media(keys: Keys, options: dict[str, Any]) -> AsyncIterator[Media]:
    config = msgspec.convert(
        {
            "port": 0,
            "control_port": 0,
            "webhook_url": "",
            "ticket_key": str(keys.api_public),
            "webhook_key": str(keys.media_private),
            **options,
        },
        MediaConfig,
    )
    worker = RecordingWorker()
    server = MediaServer(config, structlog.get_logger(), [worker], RingFull)
    await server.start()
    async with aiohttp.ClientSession() as http:
        media = Media(server, worker, keys, http)
        yield media
        for socket in media.sockets:
            socket.abort()
    await server.stop()
