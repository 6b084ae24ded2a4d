"""TLS on the signalling listener, and towards a platform whose certificate is pinned."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from interprocess.keys import load_key
from sfu.events import Report
from sfu.metrics import Metrics
from signalling import messages
from signalling.webhooks import Webhooks
from tests.unit.signalling.conftest import Keys, Media, Socket, until


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / f"{name}.pem", folder / f"{name}.key"
    cert_path.write_bytes(made.public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return cert_path, key_path


class TestListener:
    """The WebSocket under `wss`."""

    @pytest.fixture
    def options(self, tmp_path: Path) -> dict[str, Any]:
        cert, key = certificate(tmp_path, "listener")
        return {"tls_cert": str(cert), "tls_key": str(key)}

    async def test_pages_connect_by_tls_and_only_by_tls(self, media: Media, options: dict[str, Any]) -> None:
        trusted = ssl.create_default_context(cafile=options["tls_cert"])
        url = f"https://127.0.0.1:{media.server.port}/signal"
        async with media.http.ws_connect(url, ssl=trusted) as raw:
            await Socket(raw).ask(messages.Joined, type="join", protocol=1, ticket=media.ticket())
        with pytest.raises(aiohttp.ClientError):
            await media.open()


class TestWebhooks:
    """A platform that shows its own certificate."""

    @pytest.fixture
    async def platform(self, tmp_path: Path) -> AsyncIterator[tuple[TestServer, list[bytes]]]:
        cert, key = certificate(tmp_path, "api")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        taken: list[bytes] = []

        async def hook(request: web.Request) -> web.Response:
            taken.append(await request.read())
            return web.Response(status=204)

        app = web.Application()
        app.router.add_post("/hooks/media", hook)
        server = TestServer(app, scheme="https")
        await server.start_server(ssl=context)
        yield server, taken
        await server.close()

    @pytest.mark.parametrize(("pinned", "delivered"), [("api", True), ("other", False), ("", False)])
    async def test_exactly_the_pinned_certificate_is_accepted(
        self,
        platform: tuple[TestServer, list[bytes]],
        keys: Keys,
        tmp_path: Path,
        pinned: str,
        delivered: bool,
    ) -> None:
        server, taken = platform
        certificate(tmp_path, "other")
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)
            await asyncio.sleep(0.01)

        webhooks = Webhooks(
            str(server.make_url("/hooks/media")),
            load_key(str(keys.media_private), private=True),
            "media-1",
            Metrics(),
            certificate=str(tmp_path / f"{pinned}.pem") if pinned else "",
            pause=pause,
        )
        webhooks.start()
        webhooks.tell(Report(event="room_started", at=time.time(), room="lesson"))
        await until(lambda: bool(taken) if delivered else len(pauses) > 2)
        assert bool(taken) is delivered
        await webhooks.stop(0.01)
