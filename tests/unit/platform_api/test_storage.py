"""The two storages do the same: a folder of this machine, and a bucket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from platform_api.documents.config import MIB, StorageConfig
from platform_api.errors import NotFound, StorageFull, StorageUnavailable
from platform_api.storage import Storage


@pytest.fixture
def storage(storage_config: StorageConfig, tmp_path: Path) -> Storage:
    made = Storage(storage_config, tmp_path / "files")
    made.start()
    return made


async def read(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in storage.stream(key, start, end)])


async def test_what_is_put_is_read_again_whole_and_in_parts(storage: Storage) -> None:
    data = bytes(range(256)) * 5000
    await storage.put("contents/a", data)
    assert await read(storage, "contents/a") == data
    assert await read(storage, "contents/a", 1000, 1100) == data[1000:1100]
    assert await read(storage, "contents/a", len(data) - 7) == data[-7:]
    async with storage.as_file("contents/a") as path:
        assert path.read_bytes() == data
    assert list(storage.scratch.iterdir()) == [], "what was fetched is put away"


async def test_a_long_stream_is_written_in_parts(storage: Storage) -> None:
    piece = os.urandom(MIB)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(18):
            yield piece

    await storage.put_stream("contents/long", pieces())
    assert await read(storage, "contents/long", 17 * MIB) == piece
    assert [chunk async for chunk in storage.stream("contents/long", 18 * MIB - 1)] == [piece[-1:]]


async def test_an_object_is_there_whole_or_not_at_all(storage: Storage) -> None:
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield bytes(MIB)
        raise RuntimeError("the sender died")

    with pytest.raises((RuntimeError, StorageUnavailable)):
        await storage.put_stream("contents/half", broken())
    with pytest.raises(NotFound):
        await read(storage, "contents/half")
    assert await storage.names("contents/") == []


async def test_names_are_listed_and_deleted(storage: Storage) -> None:
    for key in ("uploads/a/0-1", "uploads/a/4-2", "uploads/ab/0-3"):
        await storage.put(key, b"x")
    assert sorted(await storage.names("uploads/a/")) == ["uploads/a/0-1", "uploads/a/4-2"]
    await storage.delete(["uploads/a/0-1", "uploads/a/nothing", "uploads/a/4-2"])
    assert await storage.names("uploads/a/") == []
    assert await storage.names("uploads/") == ["uploads/ab/0-3"]


async def test_a_bucket_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    config = StorageConfig(
        bucket="b", endpoint="http://127.0.0.1:9", access_key_id="a", secret_access_key="b", retries=0
    )
    storage = Storage(config, tmp_path)
    with pytest.raises(StorageUnavailable):
        await storage.put("contents/a", b"x")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a file system needs root")
async def test_a_full_disk_is_told_by_name_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    await run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk))
    try:
        storage = Storage(StorageConfig(), disk)
        storage.start()
        await storage.put("contents/small", b"fits")
        with pytest.raises(StorageFull):
            await storage.put("contents/large", bytes(5 * MIB))

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(8):
                yield bytes(MIB)

        with pytest.raises(StorageFull):
            await storage.put_stream("contents/long", pieces())
        assert await storage.names("contents/") == ["contents/small"]
        await storage.put("contents/again", b"fits")
    finally:
        await run("umount", "--lazy", str(disk))


async def run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0
