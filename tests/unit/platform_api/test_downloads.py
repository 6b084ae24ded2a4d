"""The bytes of files: parts of them, links that die, and nothing that a browser runs."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from platform_api.documents.config import DocumentsConfig
from platform_api.documents.kinds import recognise
from tests.engines import Distributed
from tests.unit.platform_api.uploading import PNG_PIXEL, upload, upload_to
from tests.unit.platform_api.world import STUDENT_5, TEACHER_5_7, World, new_world

NO_PREVIEWS = DocumentsConfig(preview_workers=0, min_free_mib=0)
HTML = b"<!DOCTYPE html><html><body><script>document.title='run'</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


@pytest_asyncio.fixture
async def world(tmp_path: Path, seeded: Path) -> AsyncIterator[World]:
    """On SQLite: what is tried here is the door. What the databases must do alike says `template`."""
    async with new_world(tmp_path / "world", seeded, documents=NO_PREVIEWS) as running:
        yield running


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


async def test_parts_of_a_file(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    data = bytes(range(256)) * 400
    link = (await upload(page, "a.bin", data))["links"]["content"]
    whole = await page.call("GET", link)
    assert (whole.status, whole.body, whole.headers["Accept-Ranges"]) == (200, data, "bytes")
    etag, size = whole.headers["ETag"], len(data)
    for asked, first, last in (
        ("bytes=0-0", 0, 0),
        ("bytes=100-299", 100, 299),
        ("bytes=100-", 100, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=5-{size * 9}", 5, size - 1),
        (f"bytes=-{size * 9}", 0, size - 1),
    ):
        part = await page.call("GET", link, headers={"Range": asked, "If-Range": etag})
        assert (part.status, part.body) == (206, data[first : last + 1]), asked
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert part.headers["Content-Length"] == str(last - first + 1)
    for ignored in ("bytes=5-3", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6", "bytes=", "bytes=--1"):
        assert (await page.call("GET", link, headers={"Range": ignored})).status == 200, ignored
    changed = await page.call("GET", link, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert (changed.status, changed.body) == (200, data)
    behind = await page.call("GET", link, headers={"Range": f"bytes={size}-"})
    assert (behind.status, behind.json["code"]) == (416, "range_not_satisfiable")
    assert behind.headers["Content-Range"] == f"bytes */{size}"
    known = await page.call("GET", link, headers={"If-None-Match": etag})
    assert (known.status, known.body) == (304, b"")
    head = await page.call("HEAD", link, headers={"Range": "bytes=0-9"})
    assert (head.status, head.headers["Content-Length"], head.body) == (206, "10", b"")


@pytest.mark.parametrize(
    ("content", "media_type", "kind"),
    [
        (HTML, "text/html", "other"),
        (b"\xef\xbb\xbf  \n<HTML><BODY>", "text/html", "other"),
        (b"\xff\xfe" + "<script>1</script>".encode("utf-16-le"), "text/html", "other"),
        (b"plain text, and then <script>alert(1)</script>", "text/html", "other"),
        (SVG, "image/svg+xml", "other"),
        (b'<?xml version="1.0"?><note/>', "text/xml", "other"),
        (b"GIF89a/*<script>*/=1;", "image/gif", "picture"),
        (PNG_PIXEL + HTML, "image/png", "picture"),
        (b"\xff\xd8\xff\xe0" + HTML, "image/jpeg", "picture"),
        (b"%PDF-1.7\n" + HTML, "application/pdf", "pdf"),
        (b"alert(1); // a script is text", "text/plain", "text"),
        ("Привет".encode(), "text/plain", "text"),
        (b"\x00\x01\x02\x03" * 9, "application/octet-stream", "other"),
        (b"\x00" + HTML, "application/octet-stream", "other"),
        (zipped(**{"word__document.xml": b"<a/>", "[Content_Types].xml": b"<a/>"}),
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "office"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text",
         "office"),
        (zipped(**{"a.html": HTML}), "application/zip", "archive"),
        (b"\x00\x00\x00\x18ftypmp42" + HTML, "video/mp4", "video"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm", "video"),
        (b"ID3\x03\x00\x00" + bytes(200), "audio/mpeg", "audio"),
        (b"OggS" + bytes(30), "audio/ogg", "audio"),
        (b"", "text/plain", "text"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_a_file_is_stands_in_it(content: bytes, media_type: str, kind: str) -> None:
    assert recognise(content) == (media_type, kind)


async def test_what_a_browser_would_run_is_only_saved(world: World) -> None:
    """Whatever it is called: by `show` and by `save` alike."""
    page = await world.signed_in(STUDENT_5)
    for name, content in (
        ("photo.png", HTML),
        ("photo.jpg", SVG),
        ("letter.txt", b"<script>alert(1)</script>"),
        ("a.pdf", b"%PDF-1.7\n" + HTML),
        ("a.js", b"\x00<script>"),
        ("style.xml", b'<?xml version="1.0"?><?xml-stylesheet href="#" type="text/xsl"?><a/>'),
    ):
        file = await upload(page, name, content)
        for link in (file["links"]["content"], file["links"]["download"]):
            sent = await page.call("GET", link)
            assert sent.headers["Content-Disposition"].startswith("attachment; "), name
            assert sent.headers["Content-Type"] in ("application/octet-stream", "application/pdf"), name
            assert_harmless(sent)


async def test_what_is_shown_cannot_become_anything_else(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    for name, content, media_type in (
        ("evil.html", PNG_PIXEL + HTML, "image/png"),
        ("evil.svg", b"GIF89a/*<script>*/=1;", "image/gif"),
        ("script.js", b"alert(1)", "text/plain; charset=utf-8"),
    ):
        sent = await page.call("GET", (await upload(page, name, content))["links"]["content"])
        assert sent.headers["Content-Type"] == media_type
        assert sent.headers["Content-Disposition"].startswith("inline; ")
        assert_harmless(sent)


def assert_harmless(sent: Any) -> None:
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    policy = sent.headers["Content-Security-Policy"]
    assert "sandbox" in policy.split("; ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert sent.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert sent.headers["Cache-Control"] == "private, no-cache"


async def test_a_link_is_good_for_one_session_and_some_minutes(world: World) -> None:
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    file = await upload_to(teacher, "class", await world.class_id("5А"), "a.txt", b"secret")
    link = (await student.call("GET", f"/files/{file['id']}")).json["links"]["content"]
    assert (await student.call("GET", link)).body == b"secret"
    assert (await teacher.call("GET", link)).status == 404, "it was made for somebody else"
    assert (await (await world.page()).call("GET", link)).status == 401
    elsewhere = await world.signed_in(STUDENT_5)
    assert (await elsewhere.call("GET", link)).status == 404, "it was made for another session"
    path, _, token = link.partition("?link=")
    ends, way, signature = token.split(".")
    for forged in (
        f"{int(ends, 16) + 900:x}.{way}.{signature}",
        f"{ends}.save.{signature}",
        f"{ends}.{way}.{'A' * 24}",
        "x",
    ):
        assert (await student.call("GET", f"{path}?link={forged}")).status == 404
    assert (await student.call("GET", path)).status == 422
    assert (await student.call("GET", f"/files/{file['id']}")).json["links"]["content"] == link, "a browser may keep it"
    world.clock.advance(20 * 60)
    late = await student.call("GET", link)
    assert (late.status, late.json["code"]) == (409, "link_expired")


async def test_a_download_under_way_ends_with_the_session(tmp_path: Path, template: Path | Distributed) -> None:
    documents = DocumentsConfig(preview_workers=0, min_free_mib=0)
    async with new_world(tmp_path / "w", template, documents=documents) as world:
        page = await world.signed_in(STUDENT_5)
        file = await upload(page, "a.bin", bytes(24 * 1024 * 1024))
        reader, writer = await asyncio.open_connection("127.0.0.1", int(page.base.rpartition(":")[2]), limit=1024)
        cookie = next(iter(page.session.cookie_jar))
        told = f"GET {file['links']['content']} HTTP/1.1\r\nHost: x\r\nCookie: {cookie.key}={cookie.value}\r\n\r\n"
        writer.write(told.encode())
        assert b" 200 " in await reader.readuntil(b"\r\n")
        assert (await page.call("DELETE", "/session")).status == 204
        world.clock.advance(1.0)
        received = 0
        try:
            while chunk := await reader.read(65536):
                received += len(chunk)
        except ConnectionResetError:
            pass
        writer.close()
        assert received < 24 * 1024 * 1024, "what was in the pipe, and no more"
        assert world.count("sfera_api_downloads_cut_total") == 1
