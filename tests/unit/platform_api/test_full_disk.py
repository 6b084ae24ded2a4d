"""A disk that is full, and really is: a file system of some megabytes, mounted for the test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from platform_api.documents.config import DocumentsConfig
from platform_api.documents.uploads import PIECE
from tests.engines import Distributed
from tests.unit.platform_api.test_chats import chat_of, send, texts
from tests.unit.platform_api.test_storage import run
from tests.unit.platform_api.uploading import begin, piece
from tests.unit.platform_api.world import STUDENT_5, TEACHER_5_7, Answer, new_world

MIB = 1024 * 1024
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a file system needs root")


@pytest_asyncio.fixture
async def disk(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Path]:
    """A file system of its own, of `request.param` MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    await run("mount", "-t", "tmpfs", "-o", f"size={request.param}m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        await run("umount", "--lazy", str(folder))


def fill(disk: Path, *, leave: int) -> Path:
    """Take all of the disk but so many bytes; what takes it."""
    filler = disk / "filler"
    found = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - leave)
    return filler


async def test_a_full_disk_refuses_files_while_the_rest_goes_on(tmp_path: Path, template: Path | Distributed) -> None:
    """A floor of free space is kept for the database; here it is higher than the disk."""
    nothing_left = DocumentsConfig(min_free_mib=1 << 40, preview_workers=0)
    async with new_world(tmp_path / "w", template, documents=nothing_left) as world:
        page = await world.signed_in(STUDENT_5)
        refused = await begin(page, 5, filename="a")
        assert (refused.status, refused.json["code"]) == (507, "storage_full")
        assert (await page.call("POST", "/me/folders", {"name": "Папка"})).status == 201


@needs_root
@pytest.mark.parametrize("disk", [14], indirect=True)
async def test_a_disk_that_fills_in_the_middle_costs_a_piece_and_nothing_else(
    disk: Path, tmp_path: Path, seeded: Path
) -> None:
    documents = DocumentsConfig(min_free_mib=0, preview_workers=0)
    async with new_world(tmp_path / "w", seeded, documents=documents, files_dir=str(disk)) as world:
        page = await world.signed_in(STUDENT_5)
        data = os.urandom(PIECE + MIB)
        where = (await begin(page, len(data), filename="a.bin")).headers["Location"]
        filler = fill(disk, leave=PIECE + MIB // 2)
        full = await piece(page, where, 0, data)
        assert (full.status, full.json["code"]) == (507, "storage_full")
        assert (await page.call("POST", "/me/folders", {"name": "Папка"})).status == 201, "the rest goes on"
        filler.unlink()
        offset = (await page.call("GET", where)).json["received"]
        assert offset == PIECE, "what came before is kept"
        assert (await piece(page, where, offset, data[offset:])).status == 204
        file = (await page.call("GET", where)).json["file"]
        assert (await page.call("GET", file["links"]["content"])).body == data


@needs_root
@pytest.mark.parametrize("disk", [64], indirect=True)
async def test_a_disk_without_room_for_a_file_has_room_for_the_chat(disk: Path, seeded: Path) -> None:
    """Files and the database stand on one disk, as they do where nothing else is said."""
    documents = DocumentsConfig(min_free_mib=8, preview_workers=0)
    async with new_world(disk / "w", seeded, documents=documents) as world:
        student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_5_7)
        chat = (await chat_of(student, "class", "5А"))["id"]
        where = (await begin(student, MIB, filename="a.bin")).headers["Location"]
        fill(disk, leave=8 * MIB + MIB // 2)
        for number in range(50):
            full = await piece(student, where, 0, bytes(MIB))
            assert (full.status, full.json["code"]) == (507, "storage_full")
            assert full.json["detail"], "it says what is the matter"
            assert (await send(teacher, chat, f"№{number}")).status == 201
        assert len(await texts(student, chat)) == 50


@needs_root
@pytest.mark.parametrize("disk", [64], indirect=True)
async def test_a_disk_without_any_room_refuses_messages_and_loses_none(disk: Path, seeded: Path) -> None:
    async with new_world(disk / "w", seeded, documents=DocumentsConfig(preview_workers=0)) as world:
        student = await world.signed_in(STUDENT_5)
        chat = (await chat_of(student, "class", "5А"))["id"]
        filler = fill(disk, leave=0)
        answered: list[str] = []
        refused: Answer | None = None
        while refused is None:  # what SQLite's log had taken of the disk before is written over at first
            text = f"m{len(answered)}"
            answer = await student.call("POST", f"/chats/{chat}/messages", {"client_id": text, "text": text})
            if answer.status == 201:
                answered.append(text)
            else:
                refused = answer
        assert (refused.status, refused.json["code"], refused.headers["Retry-After"]) == (507, "storage_full", "60")
        assert await texts(student, chat, "?limit=100") == answered[-100:], "what is there can be read"
        filler.unlink()
        text = f"m{len(answered)}"
        again = await student.call("POST", f"/chats/{chat}/messages", {"client_id": text, "text": text})
        assert again.status == 201
        assert await texts(student, chat, "?limit=100") == [*answered, text][-100:]
