"""The api as a process of its own: it starts, serves, stops when asked, and keeps what it promised when killed."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest

from platform_api.config import ApiConfig
from tests.unit.platform_api.world import TEACHER_5_7, Page, make_config, seed_template

RUN = """
import sys, msgspec
from platform_api.app import run
from platform_api.config import ApiConfig
run(msgspec.json.decode(sys.argv[1], type=ApiConfig))
"""


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seed_template(tmp_path_factory.mktemp("seeded"))


@asynccontextmanager
async def api(config: ApiConfig) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The process and its base address, which it logs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUN,
        msgspec.json.encode(config).decode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        port = ""
        while not port:
            line = (await process.stdout.readline()).decode()
            assert line, "the api did not start"
            if "api_listening" in line:
                port = line.split("127.0.0.1'")[1].strip(" ,").split("]")[0]
        yield process, f"{'https' if config.tls else 'http'}://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_what_was_promised_survives_kill_9(tmp_path: Path, seeded: Path) -> None:
    config, _, _ = make_config(tmp_path / "world", seeded, media_control_url="http://127.0.0.1:9")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with api(config) as (process, base):
            page = Page(session, base)
            assert (await page.sign_in(TEACHER_5_7)).status == 200
            class_id = (await page.call("GET", "/classes")).json["classes"][0]["id"]
            lesson = (await page.call("POST", "/lessons", {"class_id": class_id})).json
            process.send_signal(signal.SIGKILL)
            await process.wait()
        async with api(config) as (process, base):
            page = Page(session, base)
            assert (await page.call("GET", f"/lessons/{lesson['id']}")).json == lesson, (
                "still signed in, still going on"
            )
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0


async def test_it_speaks_https_when_it_is_given_a_certificate(tmp_path: Path, seeded: Path) -> None:
    folder = tmp_path / "world"
    config, _, _ = make_config(folder, seeded, media_control_url="http://127.0.0.1:9")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "1",
    ]
    command += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=localhost"]
    made = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
    assert await made.wait() == 0
    config = msgspec.structs.replace(config, tls_cert=str(certificate), tls_key=str(key))
    async with api(config) as (process, base), aiohttp.ClientSession() as session:
        body = {"login": TEACHER_5_7, "password": "demo-sfera"}
        async with session.post(f"{base}/api/v1/session", json=body, ssl=False) as response:
            assert response.status == 200
            assert "Secure" in response.headers["Set-Cookie"]
        async with session.get(f"{base}/api/v1/config", ssl=False) as response:
            assert json.loads(await response.read())["signal_url"] == "wss://127.0.0.1:7801/signal"
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
