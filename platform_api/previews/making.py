"""Previews of a content: made by a process of its own, stored, told to everybody who has the file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.documents.config import MIB
from platform_api.documents.notes import tell
from platform_api.documents.work import enqueue
from platform_api.errors import NotFound
from platform_api.previews.limits import Limits
from platform_api.previews.results import Made, Result
from platform_api.previews.worker import NOTHING
from platform_api.schema import contents, files, previews
from platform_api.services import Services

WRITTEN = 64 * MIB
"""Largest picture a process may write, bytes."""
OFFICE_MEMORY = 2048 * MIB
"""LibreOffice maps more than it uses: 460 MiB for a page, 1.1 GiB for a text of thousands."""
CHUNK = 256 * 1024

log = structlog.get_logger("sfera.api")


async def make_previews(parts: Services, content_id: str) -> bool:
    """Make the pictures of a content; whether a rendition of it is wanted besides.

    That there are none is no error: then the file can be saved, and that is told. Raises StorageUnavailable.
    """
    async with parts.db.read() as conn:
        kind = await conn.scalar(sa.select(contents.c.kind).where(contents.c.id == content_id))
    if kind is None:
        return False
    limits = parts.config.documents
    memory = limits.preview_memory_mib * MIB
    allowed = Limits(
        memory=max(memory, OFFICE_MEMORY) if kind == "office" else memory,
        cpu=limits.preview_seconds,
        written=WRITTEN,
        soffice=limits.soffice,
    )
    async with _made(parts, kind, content_id, allowed) as (result, folder):
        sizes: dict[str, int] = {}
        if result is not None:
            sizes = await _store(parts, content_id, result, folder)
        wanted = kind == "video" and result is not None and not result.playable
        async with parts.db.write() as conn:
            await _write_down(conn, parts, content_id, result, sizes)
            if wanted:
                await enqueue(conn, "video", [content_id], parts.now())
    parts.metrics.previews.labels("none" if result is None else "made").inc()
    return wanted


async def make_rendition(parts: Services, content_id: str) -> None:
    """Make a video playable everywhere. Raises StorageUnavailable."""
    limits = parts.config.documents
    memory = 2 * limits.preview_memory_mib * MIB
    allowed = Limits(memory=memory, cpu=limits.video_seconds, written=limits.max_file_mib * MIB)
    async with _made(parts, "rendition", content_id, allowed) as (result, folder):
        if result is not None:
            sizes = await _store(parts, content_id, result, folder)
            async with parts.db.write() as conn:
                await _write_down(conn, parts, content_id, result, sizes)
    parts.metrics.previews.labels("none" if result is None else "made").inc()


async def give_up_previews(parts: Services, content_id: str) -> None:
    """However often it was tried, nothing came of it."""
    async with parts.db.write() as conn:
        await _write_down(conn, parts, content_id, None, {})


@asynccontextmanager
async def _made(
    parts: Services, kind: str, content_id: str, limits: Limits
) -> AsyncIterator[tuple[Result | None, Path]]:
    """Run the process; its result, or None where it made nothing, and the folder of what it made."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="preview-", dir=parts.storage.scratch))
    try:
        result: Result | None = None
        with contextlib.suppress(NotFound):  # deleted meanwhile
            async with parts.storage.as_file(f"contents/{content_id}") as source:
                result = await _run(kind, source, folder, limits)
        yield result, folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, True)


async def _run(kind: str, source: Path, folder: Path, limits: Limits) -> Result | None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "platform_api.previews.worker",
        kind,
        str(source),
        str(folder),
        msgspec.json.encode(limits).decode(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        # Nothing of ours that a stranger's file could look for.
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "TMPDIR": str(folder)},
    )
    try:
        async with asyncio.timeout(2 * limits.cpu):
            said = await _end_of(process)
    except TimeoutError:
        said = b"took too long"
    finally:
        # Whatever it has started goes with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if process.returncode == 0:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode((folder / "result.json").read_bytes(), type=Result)
    log.info("no_preview", kind=kind, nothing=process.returncode == NOTHING, code=process.returncode, said=_text(said))
    return None


async def _end_of(process: asyncio.subprocess.Process) -> bytes:
    """The last of what it says, when it has ended."""
    said = b""
    while process.stderr is not None and (chunk := await process.stderr.read(CHUNK)):
        said = (said + chunk)[-2000:]
    await process.wait()
    return said


async def _store(parts: Services, content_id: str, result: Result, folder: Path) -> dict[str, int]:
    """Put what was made into the storage; sizes by name, bytes."""
    for made in result.made:
        await parts.storage.put_stream(f"previews/{content_id}/{made.name}", _read(folder / made.name))
    return {made.name: (folder / made.name).stat().st_size for made in result.made}


async def _read(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


async def _write_down(
    conn: AsyncConnection, parts: Services, content_id: str, result: Result | None, sizes: dict[str, int]
) -> None:
    """What was made, and the event for everybody who has a file of it."""
    rows = (await conn.execute(sa.select(files).where(files.c.content_id == content_id).limit(100))).all()
    if not rows:
        await enqueue(conn, "drop", [content_id], parts.now())
        return
    known: dict[str, Any] = {"previews": "none" if result is None else "ready"}
    if result is not None:
        names = [made.name for made in result.made]
        await conn.execute(sa.delete(previews).where(previews.c.content_id == content_id, previews.c.name.in_(names)))
        await conn.execute(sa.insert(previews), [_row(content_id, made, sizes) for made in result.made])
        for name in ("width", "height", "duration", "pages"):
            if (value := getattr(result, name)) is not None:
                known[name] = value
    await conn.execute(sa.update(contents).where(contents.c.id == content_id).values(**known))
    for row in rows:
        await tell(conn, "file.changed", row.id, row, row.owner_id)


def _row(content_id: str, made: Made, sizes: dict[str, int]) -> dict[str, Any]:
    return {
        "content_id": content_id,
        "name": made.name,
        "media_type": made.media_type,
        "size": sizes[made.name],
        "width": made.width,
        "height": made.height,
    }


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace").strip().rpartition("\n")[2][:300]
