"""kill -9 of the api in the middle of an upload: what was received is there, the client goes on, the file is whole."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import signal
from pathlib import Path

import aiohttp
import msgspec
import pytest
from tusclient.client import TusClient

from platform_api.documents.config import DocumentsConfig, StorageConfig
from platform_api.documents.uploads import PIECE
from tests.interop.test_platform_process import api
from tests.unit.platform_api.storages import s3_endpoint, storage_config
from tests.unit.platform_api.uploading import TUS, begin, until
from tests.unit.platform_api.world import PASSWORD, STUDENT_5, Page, make_config, seed_template

__all__ = ["s3_endpoint", "storage_config"]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seed_template(tmp_path_factory.mktemp("seeded"))


async def test_an_upload_goes_on_after_kill_9(tmp_path: Path, seeded: Path, storage_config: StorageConfig) -> None:
    data = os.urandom(5 * PIECE + 777)
    config, _, _ = make_config(tmp_path / "world", seeded, media_control_url="http://127.0.0.1:9")
    config = msgspec.structs.replace(
        config, storage=storage_config, documents=DocumentsConfig(min_free_mib=0, preview_workers=0)
    )
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with api(config) as (process, base):
            page = Page(session, base)
            assert (await page.sign_in(STUDENT_5)).status == 200
            made = await page.call("POST", "/tokens", {"login": STUDENT_5, "password": PASSWORD, "device": "tus"})
            token = made.json["token"]
            where = (await begin(page, len(data), filename="a.bin")).headers["Location"]
            stopped = asyncio.Event()

            async def half() -> object:
                yield data[: 2 * PIECE + PIECE // 2]
                await stopped.wait()

            headers = {
                **TUS, "X-Sfera": "1", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
                "Content-Length": str(len(data)),
            }  # fmt: skip
            sending = asyncio.create_task(session.patch(base + where, data=half(), headers=headers))

            async def two_pieces() -> bool:
                return bool((await page.call("GET", where)).json["received"] >= 2 * PIECE)

            await until(two_pieces)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            stopped.set()
            with pytest.raises(aiohttp.ClientError):
                await sending
        async with api(config) as (process, base):
            page = Page(session, base)
            assert (await page.call("GET", where)).json["received"] == 2 * PIECE

            def go_on() -> None:
                client = TusClient(f"{base}/api/v1/uploads", headers={"Authorization": f"Bearer {token}"})
                uploader = client.uploader(file_stream=io.BytesIO(data), chunk_size=PIECE, url=base + where)
                assert uploader.offset == 2 * PIECE
                uploader.upload()

            await asyncio.to_thread(go_on)

            async def done() -> bool:
                return bool((await page.call("GET", where)).json["state"] == "done")

            await until(done)
            file = (await page.call("GET", where)).json["file"]
            sent = await page.call("GET", file["links"]["content"])
            assert hashlib.sha256(sent.body).digest() == hashlib.sha256(data).digest()


async def test_what_was_received_becomes_a_file_after_kill_9(tmp_path: Path, seeded: Path) -> None:
    """The process dies when all is here and the file is not: whoever starts next makes it, without being asked."""
    config, _, _ = make_config(tmp_path / "world", seeded, media_control_url="http://127.0.0.1:9")
    config = msgspec.structs.replace(
        config,
        # Nobody listens there: the file waits for its scan.
        documents=DocumentsConfig(min_free_mib=0, preview_workers=0, clamd=f"unix:{tmp_path}/clamd"),
    )
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with api(config) as (process, base):
            page = Page(session, base)
            assert (await page.sign_in(STUDENT_5)).status == 200
            where = (await begin(page, 5, filename="a.txt")).headers["Location"]
            headers = {**TUS, "X-Sfera": "1", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
            sending = asyncio.create_task(session.patch(base + where, data=b"hello", headers=headers))

            async def received() -> bool:
                return bool((await page.call("GET", where)).json["state"] == "received")

            await until(received)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            with pytest.raises(aiohttp.ClientError):
                await sending
        config = msgspec.structs.replace(config, documents=DocumentsConfig(min_free_mib=0, preview_workers=0))
        async with api(config) as (process, base):
            page = Page(session, base)

            # Its first try, which failed, is twenty seconds old before it is tried again.
            async def done() -> bool:
                return bool((await page.call("GET", where)).json["state"] == "done")

            await until(done)
