"""The hls process as the platform steers it: signed with the platform's own code, over real HTTP and UDP sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc.jwk import OKPKey
from prometheus_client.parser import text_string_to_metric_families

from hls.config import HlsConfig
from hls.server import HlsServer
from interprocess.keys import KeyFileError
from platform_api.signing import HLS_AUDIENCE, sign_call
from sfu.tap import TapDescription, TapSlot

PATH = "/control/v1/broadcasts/open-day"
TAP = TapDescription(
    id="open-day",
    room="lesson",
    host="127.0.0.1",
    port=5004,
    media_host="127.0.0.1",
    media_port=5006,
    cname="c",
    slots=[TapSlot("s1", "audio", 1, 48000, {"opus": 100}), TapSlot("s2", "video", 2, 90000, {"VP8": 96, "H264": 102})],
)


class Hls:
    """A running hls server, and the key that may steer it."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.key = Ed25519PrivateKey.generate()
        public = folder / "api.pub.pem"
        public.write_bytes(self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        settings = {"port": 0, "control_port": 0, "data_dir": str(folder / "hls"), "control_key": str(public)}
        self.config = msgspec.convert({**settings, **options}, HlsConfig)
        self.server: HlsServer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """One life of the process."""
        self.server = HlsServer(self.config, structlog.get_logger())
        await self.server.start()
        try:
            yield
        finally:
            await self.server.stop()

    async def call(
        self, method: str, path: str = PATH, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """One call of the control API."""
        content = b"" if body is None else msgspec.json.encode(body)
        sent = {"Authorization": self.sign(method, path, content)} if headers is None else headers
        url = f"http://127.0.0.1:{self.server.control_port}{path}"
        async with aiohttp.ClientSession() as http, http.request(method, url, data=content, headers=sent) as answer:
            text = await answer.read()
            return answer.status, msgspec.json.decode(text) if text else None

    def sign(self, method: str, path: str, content: bytes, *, audience: str = HLS_AUDIENCE, at: float = 0.0) -> str:
        """The signature of one call."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return sign_call(OKPKey.import_key(pem), audience, method, path, content, at or time.time())

    async def metrics(self) -> dict[str, float]:
        """Samples of /metrics by name; of several labels the sum."""
        async with aiohttp.ClientSession() as http:
            async with http.get(f"http://127.0.0.1:{self.server.control_port}/metrics") as answer:
                text = await answer.text()
        found: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found[sample.name] = found.get(sample.name, 0.0) + sample.value
        return found


@pytest.fixture
async def hls(tmp_path: Path) -> AsyncIterator[Hls]:
    hls = Hls(tmp_path)
    async with hls.running():
        yield hls


async def test_a_broadcast_is_opened_once(hls: Hls) -> None:
    status, opened = await hls.call("PUT", body={"title": "Open day"})
    assert status == 200
    assert (opened["state"], opened["title"]) == ("waiting", "Open day")
    assert opened["playlist"] == "/live/open-day/index.m3u8"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other, pytest.raises(OSError):
        other.bind((opened["rtp_host"], opened["rtp_port"]))
    again = await hls.call("PUT", body={"title": "Open day, afternoon"})
    assert again == (200, {**opened, "title": "Open day, afternoon"})
    assert await hls.call("GET") == again
    status, listed = await hls.call("GET", "/control/v1/broadcasts")
    assert listed == {"broadcasts": [again[1]]}
    assert (await hls.metrics())["sfera_hls_live"] == 1


async def test_a_broadcast_ends_once_and_cannot_be_opened_again(hls: Hls) -> None:
    await hls.call("PUT")
    for _ in range(2):
        assert await hls.call("POST", f"{PATH}/end") == (204, None)
    status, ended = await hls.call("GET")
    assert status == 200 and ended["state"] == "ended" and ended["ended_at"] >= ended["started_at"]
    for method, path, body in (("PUT", PATH, {}), ("PUT", f"{PATH}/tap", TAP)):
        status, problem = await hls.call(method, path, body)
        assert (status, problem["code"]) == (409, "broadcast_ended")
    assert (await hls.metrics())["sfera_hls_live"] == 0


@pytest.mark.parametrize("ended", [False, True])
async def test_what_is_removed_leaves_nothing(hls: Hls, ended: bool) -> None:
    await hls.call("PUT")
    if ended:
        await hls.call("POST", f"{PATH}/end")
    for _ in range(2):
        assert await hls.call("DELETE") == (204, None)
    assert (await hls.call("GET"))[0] == 404
    assert list(Path(hls.config.data_dir).iterdir()) == []
    assert (await hls.call("PUT"))[0] == 200, "the same id begins anew"


async def test_a_tap_is_kept(hls: Hls) -> None:
    status, problem = await hls.call("PUT", f"{PATH}/tap", TAP)
    assert (status, problem["code"]) == (404, "not_found")
    await hls.call("PUT")
    for _ in range(2):
        assert await hls.call("PUT", f"{PATH}/tap", TAP) == (204, None)
    assert (await hls.call("GET"))[1]["room"] == "lesson"


async def test_the_next_process_goes_on_with_what_was_live(tmp_path: Path) -> None:
    hls = Hls(tmp_path)
    async with hls.running():
        _, opened = await hls.call("PUT", body={"title": "Open day"})
        await hls.call("PUT", f"{PATH}/tap", TAP)
        await hls.call("PUT", "/control/v1/broadcasts/over")
        await hls.call("POST", "/control/v1/broadcasts/over/end")
    Path(hls.config.data_dir, "broken").mkdir()
    Path(hls.config.data_dir, "broken", "recording.jsonl").write_text("what is this\n")
    async with hls.running():
        _, restored = await hls.call("GET")
        assert (restored["title"], restored["rtp_port"], restored["started_at"], restored["room"]) == (
            "Open day", opened["rtp_port"], opened["started_at"], "lesson",
        )  # fmt: skip
        _, listed = await hls.call("GET", "/control/v1/broadcasts")
        assert [broadcast["id"] for broadcast in listed["broadcasts"]] == ["open-day"]


async def test_no_more_broadcasts_than_it_takes(tmp_path: Path) -> None:
    hls = Hls(tmp_path, max_broadcasts=1)
    async with hls.running():
        assert (await hls.call("PUT"))[0] == 200
        assert (await hls.call("PUT"))[0] == 200
        status, problem = await hls.call("PUT", "/control/v1/broadcasts/other")
        assert (status, problem["code"]) == (503, "too_many_broadcasts")
        await hls.call("POST", f"{PATH}/end")
        assert (await hls.call("PUT", "/control/v1/broadcasts/other"))[0] == 200


async def test_calls_that_are_not_signed_as_they_must_be(hls: Hls) -> None:
    await hls.call("PUT")
    sign = hls.sign
    forged = [
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": sign("DELETE", PATH, b"", audience="sfera-control")},
        {"Authorization": sign("DELETE", PATH, b"", at=time.time() - 120)},
        {"Authorization": sign("GET", PATH, b"")},
        {"Authorization": sign("DELETE", f"{PATH}x", b"")},
    ]
    for headers in forged:
        status, problem = await hls.call("DELETE", headers=headers)
        assert (status, problem["code"]) == (401, "not_authorised")
    once = {"Authorization": sign("GET", PATH, b"")}
    assert (await hls.call("GET", headers=once))[0] == 200
    assert (await hls.call("GET", headers=once))[0] == 401
    assert (await hls.metrics())["sfera_hls_control_refused_total"] == len(forged) + 1


async def test_bodies_and_ids_that_do_not_validate(hls: Hls) -> None:
    tap = msgspec.to_builtins(TAP)
    bodies: list[tuple[str, Any]] = [
        (PATH, {"title": "x" * 300}),
        (PATH, {"titel": "x"}),
        (PATH, []),
        (f"{PATH}/tap", {}),
        (f"{PATH}/tap", {**tap, "slots": []}),
        (f"{PATH}/tap", {**tap, "port": 0}),
        (f"{PATH}/tap", {**tap, "slots": [{**tap["slots"][0], "payload_types": {"speex": 1}}]}),
    ]
    for path, body in bodies:
        status, problem = await hls.call("PUT", path, body)
        assert (status, problem["code"]) == (400, "bad_request"), body
    for id in ("a.b", "a%20b", "x" * 129):
        for method in ("PUT", "GET", "DELETE"):
            status, problem = await hls.call(method, f"/control/v1/broadcasts/{id}")
            assert (status, problem["code"]) == (404, "not_found"), (method, id)


async def test_health_and_what_is_not_public(hls: Hls) -> None:
    await hls.call("PUT")
    async with aiohttp.ClientSession() as http:
        async with http.get(f"http://127.0.0.1:{hls.server.control_port}/health") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ok", "broadcasts": 1})
        for path in ("/metrics", "/health", PATH):
            async with http.get(f"http://127.0.0.1:{hls.server.port}{path}") as answer:
                assert answer.status == 404


async def test_a_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    hls = Hls(tmp_path)
    Path(hls.config.control_key).unlink()
    with pytest.raises(KeyFileError, match=r"api\.pub\.pem"):
        async with hls.running():
            pytest.fail("it runs")
