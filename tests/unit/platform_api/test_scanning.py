"""ClamAV looks into every file, where it is configured: Debian's own daemon, with a signature of the test's."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from platform_api.config import ConfigError
from platform_api.documents.clamd import Clamd, ScannerUnavailable, Verdict, verdict_of
from platform_api.documents.config import DocumentsConfig
from tests.unit.platform_api.uploading import begin, piece, until, upload, work_done
from tests.unit.platform_api.world import STUDENT_5, new_world

CLAMD = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
VIRUS = b"nothing bad, but known by its hash\n" * 100


@pytest_asyncio.fixture
async def socket(tmp_path: Path) -> AsyncIterator[Path]:
    """A clamd of our own, and where it listens."""
    if CLAMD is None:
        pytest.skip("Debian's clamav-daemon is not installed")
    folder = tmp_path / "clamd"
    folder.mkdir()
    digest = hashlib.md5(VIRUS, usedforsecurity=False).hexdigest()
    (folder / "own.hdb").write_text(f"{digest}:{len(VIRUS)}:Sfera.Test\n")
    path = folder / "clamd.ctl"
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}\nLocalSocket {path}\nForeground yes\nStreamMaxLength 1M\nMaxThreads 2\n"
    )
    process = await asyncio.create_subprocess_exec(
        CLAMD, "-c", str(folder / "clamd.conf"), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )

    async def listens() -> bool:
        try:
            _, writer = await asyncio.open_unix_connection(str(path))
        except OSError:
            return False
        writer.close()
        return True

    await until(listens)
    yield path
    process.send_signal(signal.SIGTERM)
    await process.wait()


async def test_what_is_found_is_refused_and_the_rest_is_kept(tmp_path: Path, seeded: Path, socket: Path) -> None:
    documents = DocumentsConfig(min_free_mib=0, preview_workers=0, clamd=f"unix:{socket}")
    async with new_world(tmp_path / "w", seeded, documents=documents) as world:
        page = await world.signed_in(STUDENT_5)
        refused = await upload(page, "game.txt", VIRUS, state="refused")
        assert (refused["refusal"], refused["file"]) == ("infected", None)
        assert (await upload(page, "good.txt", b"good"))["size"] == 4
        longer = await upload(page, "long.bin", os.urandom(2 * 1024 * 1024), state="refused")
        assert longer["refusal"] == "scan_failed", "clamd did not look to its end (StreamMaxLength)"
        assert (await page.call("GET", "/me/files")).json["storage"]["used"] == 4
        await work_done(world, "drop")
        assert len(await world.parts.storage.names("contents/")) == 1
        assert world.count("sfera_api_uploads_total", result="infected") == 1


async def test_without_its_scanner_no_file_passes(tmp_path: Path, seeded: Path) -> None:
    documents = DocumentsConfig(min_free_mib=0, preview_workers=0, clamd=f"unix:{tmp_path}/nobody")
    async with new_world(tmp_path / "w", seeded, documents=documents) as world:
        page = await world.signed_in(STUDENT_5)
        where = (await begin(page, 5, filename="a.txt")).headers["Location"]
        sending = asyncio.create_task(piece(page, where, 0, b"hello"))

        async def tried() -> bool:
            return world.count("sfera_api_file_work_failures_total", kind="finish") > 0

        await until(tried)
        assert (await page.call("GET", where)).json["state"] == "received"
        for _ in range(4):
            world.clock.advance(600)
            await world.workshop.do_next(("finish",))
        await sending

        async def refused() -> bool:
            return bool((await page.call("GET", where)).json["state"] == "refused")

        await until(refused)
        assert (await page.call("GET", where)).json["refusal"] == "scan_failed"


def test_what_clamd_says() -> None:
    assert verdict_of(b"stream: OK\0") == Verdict(clean=True)
    assert verdict_of(b"stream: Win.Test.EICAR_HDB-1 FOUND\0") == Verdict(clean=False, found="Win.Test.EICAR_HDB-1")
    assert not verdict_of(b"INSTREAM size limit exceeded. ERROR\0").scanned
    for nonsense in (b"", b"PONG\0", b"HTTP/1.1 400"):
        with pytest.raises(ScannerUnavailable):
            verdict_of(nonsense)
    for wrong in ("clamd", "unix:relative", "tcp:host", "tcp:host:port"):
        with pytest.raises(ConfigError):
            Clamd(wrong)
