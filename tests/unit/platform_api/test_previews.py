"""Previews: made by a process of its own within its limits; what cannot be made is told, and the file can be saved."""

from __future__ import annotations

import asyncio
import io
import itertools
import shutil
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
import pytest_asyncio
from PIL import Image

from platform_api.documents.config import DocumentsConfig
from tests.unit.platform_api.test_storage import run
from tests.unit.platform_api.uploading import upload, work_done
from tests.unit.platform_api.world import STUDENT_5, Page, World, new_world

needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@pytest_asyncio.fixture
async def world(tmp_path: Path, seeded: Path) -> AsyncIterator[World]:
    documents = DocumentsConfig(min_free_mib=0, preview_memory_mib=768, preview_seconds=20)
    async with new_world(tmp_path / "world", seeded, documents=documents) as running:
        yield running


async def previewed(world: World, page: Page, name: str, data: bytes) -> dict[str, Any]:
    file = await upload(page, name, data)
    await work_done(world, "preview", "video")
    found: dict[str, Any] = (await page.call("GET", f"/files/{file['id']}")).json
    assert (await page.call("GET", found["links"]["content"])).body == data, "it can be saved whatever becomes of it"
    return found


async def picture(page: Page, link: str) -> Image.Image:
    sent = await page.call("GET", link)
    assert (sent.status, sent.headers["Content-Type"]) == (200, "image/webp")
    return Image.open(io.BytesIO(sent.body))


def photo(width: int, height: int, *, orientation: int = 1) -> bytes:
    """A JPEG red at the left and blue at the right as it is stored, with a place and an orientation in its EXIF."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, "SECRET PLACE"
    exif.get_ifd(0x8825)[2] = (55.0, 45.0, 0.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_a_photo_in_three_sizes_upright_and_without_its_place(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    data = photo(2400, 1600, orientation=6)
    assert b"SECRET PLACE" in data
    file = await previewed(world, page, "photo.jpg", data)
    assert (file["previews"], file["width"], file["height"]) == ("ready", 1600, 2400)
    for name, size in (("small", (213, 320)), ("medium", (640, 960)), ("large", (1280, 1920))):
        drawn = await picture(page, file["links"][name])
        assert drawn.size == size
        assert not drawn.getexif()
        # Orientation 6: what is at the left of the file is at the top.
        top, bottom = (drawn.convert("RGB").getpixel((size[0] // 2, size[1] * part // 10)) for part in (1, 9))
        assert isinstance(top, tuple)
        assert isinstance(bottom, tuple)
        assert top[0] > 200
        assert top[2] < 60
        assert bottom[2] > 200
        assert bottom[0] < 60
    raw = (await page.call("GET", file["links"]["medium"])).body
    assert b"SECRET PLACE" not in raw
    assert b"EXIF" not in raw
    assert b"Exif" not in raw


async def test_a_small_picture_keeps_its_transparency_and_is_not_blown_up(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    out = io.BytesIO()
    Image.new("RGBA", (40, 20), (0, 255, 0, 0)).save(out, "PNG")
    file = await previewed(world, page, "a.png", out.getvalue())
    drawn = await picture(page, file["links"]["small"])
    assert (drawn.size, drawn.mode) == ((40, 20), "RGBA")
    assert (file["links"]["medium"], file["links"]["large"]) == (None, None)


async def test_a_documents_pages(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    document = pdfium.PdfDocument.new()
    for _ in range(3):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    file = await previewed(world, page, "Дроби.pdf", out.getvalue())
    assert (file["kind"], file["previews"], file["pages"], len(file["page_links"])) == ("pdf", "ready", 3, 3)
    assert (await picture(page, file["page_links"][2])).size == (990, 1400)
    assert (await picture(page, file["links"]["small"])).height == 320


def bomb() -> bytes:
    """A PNG of 30,000 by 30,000 pixels in a hundred kilobytes."""
    side = 30_000
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side * 3 + 1)) for _ in range(side // 100)) + packer.flush()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    header = struct.pack("!IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf_bomb() -> bytes:
    """A page whose content is gigabytes once it is unpacked, twice over."""
    content = zlib.compress(zlib.compress(b"0 0 m 9 9 l S\n" * 12_000_000, 1), 1)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(content) + content + b"\nendstream",
    ]
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


async def test_bombs_and_broken_files_have_no_preview_and_harm_nobody(tmp_path: Path, seeded: Path) -> None:
    documents = DocumentsConfig(min_free_mib=0, preview_memory_mib=512, preview_seconds=4)
    async with new_world(tmp_path / "w", seeded, documents=documents) as world:
        await let_them_come(world)


async def let_them_come(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    for name, data in (
        ("bomb.png", bomb()),
        ("half.jpg", photo(800, 600)[:3000]),
        ("polyglot.png", b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>"),
        ("broken.pdf", b"%PDF-1.7\nnothing"),
        ("bomb.pdf", pdf_bomb()),
        ("broken.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(500)),
    ):
        file = await previewed(world, page, name, data)
        assert (file["previews"], file["links"]["small"]) == ("none", None), name
    assert list(world.parts.storage.scratch.iterdir()) == [], "nothing is left lying about"
    assert world.count("sfera_api_previews_total", result="none") == 6


async def test_a_process_that_takes_too_long_is_ended(tmp_path: Path, seeded: Path) -> None:
    """LibreOffice's part is played by a program that waits for ever."""
    stuck = tmp_path / "stuck"
    stuck.write_text("#!/bin/sh\nsleep 1000 &\nsleep 1000\n")
    stuck.chmod(0o755)
    documents = DocumentsConfig(min_free_mib=0, preview_seconds=1, soffice=str(stuck))
    async with new_world(tmp_path / "w", seeded, documents=documents) as world:
        page = await world.signed_in(STUDENT_5)
        file = await previewed(world, page, "old.rtf", b"{\\rtf1 Hello}")
        assert (file["kind"], file["previews"]) == ("office", "none")


async def test_a_process_that_looks_into_a_file_reaches_no_network(tmp_path: Path, seeded: Path) -> None:
    """An office file may name pictures of other servers. LibreOffice's part is played by a program that asks for one.

    Where the system lets nobody but root leave the network, there is nothing to be seen.
    """
    asked = asyncio.Event()

    def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    curious = tmp_path / "curious"
    curious.write_text(f"#!/bin/bash\n: >/dev/tcp/127.0.0.1/{port}\n")
    curious.chmod(0o755)
    await run(str(curious))
    async with asyncio.timeout(5):
        await asked.wait()  # it reaches us from here
    asked.clear()
    documents = DocumentsConfig(min_free_mib=0, soffice=str(curious))
    async with server, new_world(tmp_path / "w", seeded, documents=documents) as world:
        page = await world.signed_in(STUDENT_5)
        assert (await previewed(world, page, "old.rtf", b"{\\rtf1 Hello}"))["previews"] == "none"
    assert not asked.is_set()


SPACE = b"http://schemas.openxmlformats.org/"
CONTENT_TYPES = (
    b'<Types xmlns="%spackage/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/word/document.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONSHIPS = (
    b'<Relationships xmlns="%spackage/2006/relationships"><Relationship Id="r" Target="word/document.xml"'
    b' Type="%sofficeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def text_file(paragraphs: Iterable[bytes]) -> bytes:
    """A DOCX file of these paragraphs (ECMA-376)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES % SPACE)
        archive.writestr("_rels/.rels", RELATIONSHIPS % (SPACE, SPACE))
        with archive.open("word/document.xml", "w") as text:
            text.write(b'<w:document xmlns:w="%swordprocessingml/2006/main"><w:body>' % SPACE)
            for paragraph in paragraphs:
                text.write(b"<w:p><w:r><w:t>%s</w:t></w:r></w:p>" % paragraph)
            text.write(b"</w:body></w:document>")
    return out.getvalue()


def blanks(mib: int) -> Iterator[bytes]:
    """Nothing that takes so many MiB, and a thousandth of it packed."""
    return itertools.repeat(b" " * (1 << 20), mib)


@needs_libreoffice
async def test_an_office_files_pages(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    for name, data in (("old.rtf", b"{\\rtf1 Hello}"), ("new.docx", text_file([b"Hello"]))):
        file = await previewed(world, page, name, data)
        assert (file["kind"], file["previews"], file["pages"]) == ("office", "ready", 1), name
        assert (await picture(page, file["links"]["medium"])).height == 960


@needs_libreoffice
async def test_an_office_file_that_is_a_bomb_has_no_preview(tmp_path: Path, seeded: Path) -> None:
    documents = DocumentsConfig(min_free_mib=0, preview_seconds=2)
    async with new_world(tmp_path / "w", seeded, documents=documents) as world:
        page = await world.signed_in(STUDENT_5)
        for name, data in (
            ("zeros.docx", text_file(blanks(400))),
            ("endless.docx", text_file(b"Hello %d" % number for number in range(300_000))),
        ):
            assert (await previewed(world, page, name, data))["previews"] == "none", name
        assert list(world.parts.storage.scratch.iterdir()) == []


def film(codec: str, name: str, **options: str) -> bytes:
    """Two seconds: white, then red."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=name) as container:
        stream: Any = container.add_stream(codec, rate=10, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = 320, 180, "yuv420p", Fraction(1, 10)
        for number in range(20):
            pixels = np.full((180, 320, 3), 255 if number < 1 else (255, 0, 0), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


async def test_a_video_has_a_picture_and_is_made_playable(world: World) -> None:
    import av

    page = await world.signed_in(STUDENT_5)
    played = await previewed(world, page, "a.mp4", film("libx264", "mp4"))
    assert (played["kind"], played["previews"], played["width"], played["height"]) == ("video", "ready", 320, 180)
    assert 1900 <= played["duration"] <= 2100
    assert played["links"]["video"] is None, "browsers play it as it is"
    middle = (await picture(page, played["links"]["poster"])).convert("RGB").getpixel((160, 90))
    assert isinstance(middle, tuple)
    assert middle[0] > 180
    assert middle[1] < 80, "not the white first frame"

    foreign = await previewed(world, page, "a.avi", film("mpeg4", "avi"))
    sent = await page.call("GET", foreign["links"]["video"], headers={"Range": "bytes=0-"})
    assert (sent.status, sent.headers["Content-Type"]) == (206, "video/mp4")
    with av.open(io.BytesIO(sent.body), mode="r") as container:
        assert container.streams.video[0].codec_context.name == "h264"
        frames = len(list(container.decode(video=0)))
    assert 19 <= frames <= 21


async def test_work_that_nobody_finished_is_done_after_a_start(tmp_path: Path, seeded: Path) -> None:
    nobody = DocumentsConfig(min_free_mib=0, preview_workers=1, soffice="")
    async with new_world(tmp_path / "w", seeded, documents=nobody) as world:
        page = await world.signed_in(STUDENT_5)
        file = await upload(page, "photo.jpg", photo(100, 100))
        await work_done(world, "preview")
        async with world.parts.db.write() as conn:
            # As it is when the process dies with the work in its hands.
            await conn.exec_driver_sql("DELETE FROM previews")
            await conn.exec_driver_sql("UPDATE contents SET previews = 'waiting'")
            await conn.exec_driver_sql(
                "INSERT INTO file_work (kind, subject_id, tries, created_at, not_before)"
                " SELECT 'preview', id, 1, 0, 9000000000000 FROM contents"
            )
        await world.workshop.stop()
        await world.workshop.start()
        await work_done(world, "preview")
        assert (await page.call("GET", f"/files/{file['id']}")).json["previews"] == "ready"
