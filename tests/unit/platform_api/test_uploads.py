"""Uploading in pieces: a client of others' (tuspy), pieces that are lost, doubled, damaged, too large, too many."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tusclient.client import TusClient
from tusclient.uploader.uploader import Uploader

from platform_api.documents.config import DocumentsConfig, StorageConfig
from platform_api.documents.uploads import PIECE
from tests.engines import Distributed
from tests.unit.platform_api.uploading import (
    TUS,
    begin,
    metadata,
    piece,
    receiving,
    until,
    upload,
    upload_to,
    work_done,
)
from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    PASSWORD,
    STUDENT_5,
    STUDENT_9,
    TEACHER_5_7,
    Page,
    World,
    new_world,
)

MIB = 1024 * 1024
NO_PREVIEWS = DocumentsConfig(preview_workers=0, min_free_mib=0)


@pytest_asyncio.fixture
async def world(tmp_path: Path, seeded: Path) -> AsyncIterator[World]:
    """On SQLite: what is tried here is the door. What the databases must do alike says `template`."""
    async with new_world(tmp_path / "world", seeded, documents=NO_PREVIEWS) as running:
        yield running


@pytest.fixture
def data() -> bytes:
    return os.urandom(5 * MIB + 12345)


async def tus_client(page: Page, login: str) -> TusClient:
    made = await page.call("POST", "/tokens", {"login": login, "password": PASSWORD, "device": "tus"})
    return TusClient(f"{page.base}/api/v1/uploads", headers={"Authorization": f"Bearer {made.json['token']}"})


async def file_of(page: Page, url: str) -> dict[str, Any]:
    found = (await page.call("GET", url.removeprefix(page.base))).json
    assert found["state"] == "done", found
    return found["file"]  # type: ignore[no-any-return]


async def test_a_client_of_others_uploads_stops_and_goes_on(
    tmp_path: Path, template: Path | Distributed, storage_config: StorageConfig, data: bytes
) -> None:
    """On both databases and both storages."""
    async with new_world(tmp_path / "w", template, storage=storage_config, documents=NO_PREVIEWS) as world:
        page = await world.signed_in(STUDENT_5)
        client = await tus_client(page, STUDENT_5)
        told = {"filename": "Запись.bin"}
        uploader: Uploader = client.uploader(
            file_stream=io.BytesIO(data), chunk_size=MIB, metadata=told, upload_checksum=True
        )
        await asyncio.to_thread(uploader.upload, 2 * MIB)
        assert uploader.url is not None
        head = await page.session.head(uploader.url)
        assert (head.status, head.headers["Upload-Offset"]) == (200, str(2 * MIB))
        assert head.headers["Tus-Resumable"] == "1.0.0"
        assert "Upload-Expires" in head.headers

        def go_on() -> None:
            client.uploader(file_stream=io.BytesIO(data), chunk_size=9 * MIB, url=uploader.url).upload()

        await asyncio.to_thread(go_on)
        file = await file_of(page, uploader.url)
        assert (file["name"], file["size"]) == ("Запись.bin", len(data))
        assert (await page.call("GET", file["links"]["content"])).body == data
        await work_done(world, "finish", "drop")
        assert await world.parts.storage.names("uploads/") == [], "pieces are not kept"


async def test_what_it_can_is_told(world: World) -> None:
    page = await world.page()
    told = await page.call("OPTIONS", "/uploads")
    assert told.status == 204
    assert told.headers["Tus-Version"] == "1.0.0"
    assert set(told.headers["Tus-Extension"].split(",")) == {"creation", "expiration", "termination", "checksum"}
    page = await world.signed_in(STUDENT_5)
    other = await page.call("POST", "/uploads", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "1"})
    assert (other.status, other.json["code"], other.headers["Tus-Version"]) == (412, "tus_version", "1.0.0")


async def test_what_came_before_a_connection_broke_is_kept(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    data = os.urandom(PIECE + 1000)
    where = (await begin(page, len(data), filename="a.bin")).headers["Location"]
    _, writer = await asyncio.open_connection("127.0.0.1", int(page.base.rpartition(":")[2]))
    cookie = next(iter(page.session.cookie_jar))
    lines = [
        f"PATCH {where} HTTP/1.1", "Host: 127.0.0.1", "X-Sfera: 1", "Tus-Resumable: 1.0.0", "Upload-Offset: 0",
        "Content-Type: application/offset+octet-stream", f"Content-Length: {len(data)}",
        f"Cookie: {cookie.key}={cookie.value}", "", "",
    ]  # fmt: skip
    writer.write("\r\n".join(lines).encode() + data[: PIECE + 300])
    await writer.drain()

    async def offset_of() -> int:
        return int((await page.call("GET", where)).json["received"])

    await until(offset_of)
    writer.close()
    await receiving(world, now=False)
    offset = await offset_of()
    assert PIECE <= offset <= PIECE + 300
    assert (await piece(page, where, offset, data[offset:])).status == 204
    file = (await page.call("GET", where)).json["file"]
    assert (await page.call("GET", file["links"]["content"])).body == data
    assert world.count("sfera_api_refusals_total", code="internal_error") == 0


async def test_pieces_come_in_order_and_once(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    where = (await begin(page, 10, filename="a.bin")).headers["Location"]
    early = await piece(page, where, 5, b"56789")
    assert (early.status, early.json["code"], early.json["received"]) == (409, "upload_offset_mismatch", 0)
    assert (await piece(page, where, 0, b"01234")).headers["Upload-Offset"] == "5"
    twice = await piece(page, where, 0, b"01234")
    assert (twice.status, twice.json["received"]) == (409, 5)
    longer = await piece(page, where, 5, b"5678901")
    assert (longer.status, longer.json["code"]) == (422, "invalid_upload")
    assert (await piece(page, where, 5, b"56789")).status == 204
    over = await piece(page, where, 10, b"")
    assert (over.status, over.json["code"]) == (409, "upload_over")


async def test_two_pieces_at_once_are_not_mixed(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    where = (await begin(page, 6 * MIB, filename="a.bin")).headers["Location"]
    begun, end = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"a" * MIB
        begun.set()
        await end.wait()
        yield b"a" * 5 * MIB

    first = asyncio.create_task(piece(page, where, 0, slow()))
    await begun.wait()
    await receiving(world)
    second = await piece(page, where, 0, b"b" * 6 * MIB)
    assert (second.status, second.json["code"]) == (423, "upload_locked")
    cancelled = await page.call("DELETE", where, headers=TUS)
    assert cancelled.status == 423
    end.set()
    assert (await first).status == 204
    file = (await page.call("GET", where)).json["file"]
    assert (await page.call("GET", file["links"]["content"])).body == b"a" * 6 * MIB


async def test_a_damaged_piece_is_sent_again(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    where = (await begin(page, 5, filename="a.txt")).headers["Location"]
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"hello").digest()).decode()
    damaged = await piece(page, where, 0, b"hellp", **{"Upload-Checksum": wrong})
    assert (damaged.status, damaged.json["code"]) == (460, "checksum_mismatch")
    assert (await page.call("GET", where)).json["received"] == 0
    unknown = await piece(page, where, 0, b"hello", **{"Upload-Checksum": "md5 AAAA"})
    assert (unknown.status, unknown.json["code"]) == (422, "invalid_upload")
    assert (await piece(page, where, 0, b"hello", **{"Upload-Checksum": wrong})).status == 204


async def test_an_upload_begun_twice_under_one_key_is_one(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    headers = {**TUS, "Upload-Length": "3", "Upload-Metadata": metadata(filename="a"), "Idempotency-Key": "k"}
    once, twice = [await page.call("POST", "/uploads", headers=headers) for _ in range(2)]
    assert once.headers["Location"] == twice.headers["Location"]


async def test_an_upload_is_cancelled_and_an_old_one_is_given_up(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    where = (await begin(page, 10, filename="a.bin")).headers["Location"]
    await piece(page, where, 0, b"01234")
    assert (await page.call("DELETE", where, headers=TUS)).status == 204
    assert (await page.call("GET", where)).status == 404
    old = (await begin(page, 10, filename="a.bin")).headers["Location"]
    await piece(page, old, 0, b"01234")
    world.clock.advance(24 * 3600 + 1)
    await world.workshop.round()
    assert (await page.call("GET", old)).status == 404
    await work_done(world, "drop")
    assert await world.parts.storage.names("uploads/") == []


async def test_limits_are_told_with_their_numbers(tmp_path: Path, template: Path | Distributed) -> None:
    limits = DocumentsConfig(max_file_mib=2, own_quota_mib=3, min_free_mib=0, preview_workers=0)
    async with new_world(tmp_path / "w", template, documents=limits) as world:
        page = await world.signed_in(STUDENT_5)
        large = await begin(page, 2 * MIB + 1, filename="a")
        assert (large.status, large.json["code"], large.json["limit"]) == (413, "file_too_large", 2 * MIB)
        await upload(page, "a", bytes(2 * MIB))
        full = await begin(page, 2 * MIB, filename="b")
        assert (full.status, full.json["code"]) == (409, "quota_exceeded")
        assert (full.json["used"], full.json["quota"], full.json["size"]) == (2 * MIB, 3 * MIB, 2 * MIB)
        assert (await begin(page, MIB, filename="b")).status == 201
        kept = await begin(page, 1, filename="c")
        assert kept.status == 409, "room is kept for what is under way"
        assert world.count("sfera_api_uploads_total", result="quota_exceeded") == 2
        assert (await begin(await world.signed_in(STUDENT_9), MIB, filename="b")).status == 201


async def test_nobody_has_many_uploads_open(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    answers = [await begin(page, 1, filename="a") for _ in range(21)]
    assert [answer.status for answer in answers] == [201] * 20 + [409]
    assert answers[-1].json["code"] == "too_many_uploads"


SENSELESS = (
    ("", metadata(filename="a")),
    ("-1", metadata(filename="a")),
    ("٣", metadata(filename="a")),
    ("1e3", metadata(filename="a")),
    ("1", ""),
    ("1", "filename"),
    ("1", "filename !!!"),
    ("1", "filename YQ==,filename YQ=="),
    ("1", "filename //79"),
    ("1", metadata(filename="a\0b")),
    ("1", metadata(filename="a", to="moon")),
    ("1", metadata(filename="a", section="albums")),
    ("1", metadata(filename="a", to="own", id="x")),
    ("1", metadata(filename="a", to="school")),
    ("1", metadata(filename="a", extra="x" * 4000)),
)


async def test_headers_that_make_no_sense_are_refused(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    for length, told in SENSELESS:
        headers = {**TUS, "Upload-Length": length, "Upload-Metadata": told}
        answer = await page.call("POST", "/uploads", headers=headers)
        assert (answer.status, answer.json["code"]) == (422, "invalid_upload"), (length, told)


async def test_nobody_uploads_into_what_is_not_theirs(world: World) -> None:
    owner, other = await world.signed_in(STUDENT_5), await world.signed_in(STUDENT_9)
    where = (await begin(owner, 5, filename="a")).headers["Location"]
    for method in ("GET", "PATCH", "DELETE"):
        sent = {
            "data": b"x",
            "headers": {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
        }
        answer = await other.call(method, where, **(sent if method == "PATCH" else {"headers": TUS}))
        assert answer.status == 404, method
    class_id = await world.class_id("5А")
    assert (await begin(other, 5, filename="a", to="class", id=class_id)).status == 404
    assert (await begin(owner, 5, filename="a", to="class", id=class_id)).status == 403
    folder = (await owner.call("POST", "/me/folders", {"name": "Папка"})).json["id"]
    assert (await begin(other, 5, filename="a", folder_id=folder)).status == 404


async def test_who_lost_the_right_meanwhile_is_refused_at_the_end(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    class_id = await world.class_id("5А")
    where = (await begin(teacher, 3, filename="a.txt", to="class", id=class_id)).headers["Location"]
    administrator = await world.signed_in(ADMINISTRATOR)
    school_id = (await administrator.call("GET", "/schools")).json["items"][0]["id"]
    members = (await administrator.call("GET", f"/schools/{school_id}/members?role=teacher")).json["items"]
    me = (await teacher.call("GET", "/me")).json["id"]
    held = next(one for one in members if one["id"] == me)["memberships"]
    gone = next(one["id"] for one in held if one["class"]["id"] == class_id)
    assert (await administrator.call("DELETE", f"/memberships/{gone}")).status == 204
    assert (await piece(teacher, where, 0, b"abc")).status == 204
    found = (await teacher.call("GET", where)).json
    assert (found["state"], found["refusal"], found["file"]) == ("refused", "not_found", None)


async def test_an_empty_file_is_a_file(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    where = (await begin(page, 0, filename="empty.txt")).headers["Location"]
    await work_done(world, "finish")
    file = (await page.call("GET", where)).json["file"]
    assert file["size"] == 0
    assert (await page.call("GET", file["links"]["content"])).body == b""


async def test_as_many_pieces_as_fit_are_received(tmp_path: Path, template: Path | Distributed) -> None:
    limits = DocumentsConfig(uploads_at_once=1, preview_workers=0, min_free_mib=0)
    async with new_world(tmp_path / "w", template, documents=limits) as world:
        page = await world.signed_in(STUDENT_5)
        places = [(await begin(page, 2 * PIECE, filename="a.bin")).headers["Location"] for _ in range(2)]
        begun, end = asyncio.Event(), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield b"a" * PIECE
            begun.set()
            await end.wait()
            yield b"a" * PIECE

        first = asyncio.create_task(piece(page, places[0], 0, slow()))
        await begun.wait()
        await receiving(world)
        busy = await piece(page, places[1], 0, b"b")
        assert (busy.status, busy.json["code"], busy.headers["Retry-After"]) == (503, "uploads_busy", "2")
        end.set()
        assert (await first).status == 204


async def test_pictures_and_videos_only_in_albums(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    album = (await teacher.call("POST", f"/classes/{await world.class_id('5А')}/albums", {"title": "Лес"})).json
    refused = await upload_to(teacher, "album", album["id"], "a.txt", b"text", state="refused")
    assert refused["refusal"] == "not_a_picture"
