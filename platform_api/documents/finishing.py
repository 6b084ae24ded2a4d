"""What was uploaded becomes a file: its pieces put together, hashed, recognised, scanned; or it is refused.

One pass over the bytes with a few hundred kilobytes in memory. Done twice, because the process died in between, it
ends in the same: the content has the upload's id.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.files import access_folder
from platform_api.access.places import access_class_place, access_own_place, access_school_place
from platform_api.access.posts import access_album
from platform_api.documents.clamd import Clamd
from platform_api.documents.filing import put_file
from platform_api.documents.kinds import HEAD, Found, recognise
from platform_api.documents.routes import require_kind
from platform_api.documents.uploads import UploadRow, piece_keys, read_upload
from platform_api.documents.work import enqueue
from platform_api.events import record
from platform_api.memberships.change import Change
from platform_api.people.queries import Viewer
from platform_api.schema import contents, files, people, upload_pieces, uploads
from platform_api.services import Services

TOLD_FOR = timedelta(hours=1)
"""How long an upload that is over can be asked what came of it."""
MAX_IN_ALBUM = 300
PREVIEWED = frozenset({"picture", "pdf", "office", "video"})

log = structlog.get_logger("sfera.api")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one pass over the bytes tells."""

    size: int
    sha256: bytes
    found: Found


async def finish_upload(parts: Services, clamd: Clamd | None, upload_id: str) -> None:
    """Make a file of an upload, or refuse it. Raises StorageUnavailable, ScannerUnavailable: to be tried again."""
    async with parts.db.read() as conn:
        upload = await read_upload(conn, upload_id)
        keys = await piece_keys(conn, upload_id)
    if upload is None or upload.state != "received":
        return
    try:
        seen = await _put_together(parts, clamd, upload, keys)
        async with parts.db.write() as conn:
            await _file(conn, parts, upload, seen)
        result = "done"
    except errors.StorageUnavailable:
        raise
    except errors.ApiError as refusal:
        log.info("upload_refused", upload=upload.id, person=upload.owner_id, code=refusal.code)
        async with parts.db.write() as conn:
            await _refuse(conn, parts, upload, refusal.code)
        result = refusal.code
    parts.metrics.uploads.labels(result).inc()
    await parts.storage.delete(keys)


async def give_up(parts: Services, upload_id: str, code: str) -> None:
    """What could not be put together however often it was tried is refused."""
    async with parts.db.write() as conn:
        upload = await read_upload(conn, upload_id)
        if upload is not None and upload.state == "received":
            await _refuse(conn, parts, upload, code)
    parts.metrics.uploads.labels(code).inc()


async def _put_together(parts: Services, clamd: Clamd | None, upload: UploadRow, keys: list[str]) -> Seen:
    """The content as one object. Raises Infected, ScanFailed, StorageFull, StorageUnavailable, ScannerUnavailable."""
    target = f"contents/{upload.id}"
    digest, head, size = hashlib.sha256(), bytearray(), 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal size
        for key in keys:
            async for chunk in parts.storage.stream(key):
                digest.update(chunk)
                size += len(chunk)
                if len(head) < HEAD:
                    head.extend(chunk[: HEAD - len(head)])
                yield chunk

    if clamd is not None:
        verdict = await clamd.scan(chunks())
        if not verdict.clean:
            log.warning("upload_infected", upload=upload.id, person=upload.owner_id, found=verdict.found)
            raise errors.Infected if verdict.scanned else errors.ScanFailed
        digest, size = hashlib.sha256(), 0
        head.clear()
    parts.storage.require_space(upload.size)
    await parts.storage.put_stream(target, chunks())
    if size != upload.size:
        raise errors.StorageUnavailable
    return Seen(size, digest.digest(), recognise(bytes(head)))


async def _file(conn: AsyncConnection, parts: Services, upload: UploadRow, seen: Seen) -> None:
    """Write the file down, where its owner may still put it. Raises what says that they may not."""
    present = await read_upload(conn, upload.id)
    if present is None or present.state != "received":
        return  # another process was faster
    viewer, now = await _owner(conn, upload.owner_id), parts.now()
    require_kind(seen.found.kind, upload.section)
    position = await _require_place(conn, viewer, upload)
    previewed = seen.found.kind in PREVIEWED and parts.config.documents.preview_workers > 0
    await conn.execute(
        sa.insert(contents).values(
            id=upload.id,
            size=seen.size,
            sha256=seen.sha256,
            media_type=seen.found.media_type,
            kind=seen.found.kind,
            previews="waiting" if previewed else "none",
            created_at=now,
        )
    )
    file_id = await put_file(
        Change(conn, viewer, now),
        upload,
        upload.owner_id,
        upload.id,
        upload.name,
        upload.section,
        folder_id=upload.folder_id,
        album_id=upload.album_id,
        caption=upload.caption,
        position=position,
    )
    if previewed:
        await enqueue(conn, "preview", [upload.id], now)
    await _close(conn, parts, upload, state="done", file_id=file_id)
    await record(conn, "upload.done", upload.id, person_id=upload.owner_id)


async def _owner(conn: AsyncConnection, person_id: str) -> Viewer:
    """The person an upload is of, if they still are. Raises NotFound."""
    row = (
        await conn.execute(
            sa.select(people.c.name, people.c.login).where(people.c.id == person_id, people.c.deactivated_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        raise errors.NotFound
    return Viewer(person_id, row.name, row.login or "")


async def _require_place(conn: AsyncConnection, viewer: Viewer, upload: UploadRow) -> int:
    """That the person may still put the file there; its position in an album. Raises NotFound, Forbidden, Archived."""
    if upload.album_id is not None:
        await access_album(conn, viewer, upload.album_id, edit=True)
        return await next_position(conn, upload.album_id)
    if upload.class_id is not None:
        place = await access_class_place(conn, viewer, upload.class_id)
    elif upload.school_id is not None:
        place = await access_school_place(conn, viewer, upload.school_id)
    else:
        place = await access_own_place(conn, viewer)
    place.require_post()
    if upload.folder_id is not None:
        await access_folder(conn, viewer, upload.folder_id)
    return 0


async def next_position(conn: AsyncConnection, album_id: str) -> int:
    """Where the next file of an album stands. Raises AlbumFull."""
    count, last = (
        await conn.execute(
            sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(files.c.position), 0)).where(
                files.c.album_id == album_id
            )
        )
    ).one()
    if count >= MAX_IN_ALBUM:
        raise errors.AlbumFull
    return int(last) + 1


async def _refuse(conn: AsyncConnection, parts: Services, upload: UploadRow, code: str) -> None:
    await _close(conn, parts, upload, state="refused", refusal=code)
    await record(conn, "upload.refused", upload.id, person_id=upload.owner_id)
    # What was put together before the refusal goes, and all pieces.
    await enqueue(conn, "drop", [upload.id], parts.now())


async def _close(conn: AsyncConnection, parts: Services, upload: UploadRow, **values: str) -> None:
    await conn.execute(sa.delete(upload_pieces).where(upload_pieces.c.upload_id == upload.id))
    await conn.execute(
        sa.update(uploads)
        .where(uploads.c.id == upload.id, uploads.c.state == "received")
        .values(expires_at=parts.now() + TOLD_FOR, **values)
    )
