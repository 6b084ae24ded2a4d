"""Uploads under way: what is received is written down piece by piece, so that one goes on where it was after anything.

A piece's bytes are in the storage before the database says that they were received. What the process was at when it
died is an object no row names; it goes with the upload.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.places import PlaceAccess
from platform_api.clock import new_id
from platform_api.documents.config import MIB
from platform_api.documents.work import enqueue
from platform_api.people.queries import Viewer
from platform_api.schema import upload_pieces, uploads
from platform_api.services import Services

PIECE = 4 * MIB
"""Bytes of one object."""
MAX_PIECES = 20_000
"""Objects of one upload."""
MAX_OPEN = 20
"""Unfinished uploads of one person."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file is to stand."""

    section: str
    folder_id: str | None
    album_id: str | None
    caption: str


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload of one's own."""

    id: str
    owner_id: str
    school_id: str | None
    class_id: str | None
    section: str
    folder_id: str | None
    album_id: str | None
    name: str
    caption: str
    size: int
    received: int
    state: str
    refusal: str | None
    file_id: str | None
    expires_at: datetime


async def find_upload(conn: AsyncConnection, viewer: Viewer, upload_id: str) -> UploadRow:
    """One's own upload. Raises NotFound."""
    found = await read_upload(conn, upload_id)
    if found is None or found.owner_id != viewer.id:
        raise errors.NotFound
    return found


async def read_upload(conn: AsyncConnection, upload_id: str) -> UploadRow | None:
    """An upload, whosever."""
    columns = [uploads.c[name] for name in UploadRow.__dataclass_fields__]
    row = (await conn.execute(sa.select(*columns).where(uploads.c.id == upload_id))).one_or_none()
    return None if row is None else UploadRow(*row)


async def begin_upload(
    conn: AsyncConnection, parts: Services, place: PlaceAccess, target: Target, name: str, size: int
) -> str:
    """Make room for a file that will come. Raises TooManyUploads."""
    unfinished = await conn.scalar(
        sa.select(sa.func.count())
        .select_from(uploads)
        .where(uploads.c.owner_id == place.owner_id, uploads.c.state == "receiving")
    )
    if (unfinished or 0) >= MAX_OPEN:
        raise errors.TooManyUploads
    upload_id, now = new_id(), parts.now()
    await conn.execute(
        sa.insert(uploads).values(
            id=upload_id,
            **place.columns,
            section=target.section,
            folder_id=target.folder_id,
            album_id=target.album_id,
            caption=target.caption,
            name=name,
            size=size,
            state="receiving" if size else "received",
            created_at=now,
            expires_at=expiry(parts, now),
        )
    )
    if not size:
        await enqueue(conn, "finish", [upload_id], now)
    return upload_id


def expiry(parts: Services, now: datetime) -> datetime:
    """Until when an upload that received something now is waited for."""
    return now + timedelta(hours=parts.config.documents.upload_hours)


async def receive(parts: Services, upload: UploadRow, start: int, pieces: AsyncIterator[bytes]) -> int:
    """Write down pieces that follow one another from `start` on; returns what is received then.

    Raises StorageFull, StorageUnavailable, UploadOffsetMismatch, TooManyPieces. What came before the refusal is kept.
    """
    received = start
    async for data in pieces:
        parts.storage.require_space(len(data))
        key = f"uploads/{upload.id}/{received}-{secrets.token_hex(4)}"
        await parts.storage.put(key, data)
        try:
            received = await _append(parts, upload, received, len(data), key)
        except errors.ApiError:
            await parts.storage.delete([key])
            raise
    return received


async def _append(parts: Services, upload: UploadRow, start: int, size: int, key: str) -> int:
    now, received = parts.now(), start + size
    complete = received == upload.size
    async with parts.db.write() as conn:
        changed = await conn.execute(
            sa.update(uploads)
            .where(uploads.c.id == upload.id, uploads.c.received == start, uploads.c.state == "receiving")
            .values(received=received, expires_at=expiry(parts, now), state="received" if complete else "receiving")
        )
        if changed.rowcount == 0:
            # Another process has received this piece, or the upload was cancelled.
            raise errors.UploadOffsetMismatch
        count = await conn.scalar(
            sa.select(sa.func.count()).select_from(upload_pieces).where(upload_pieces.c.upload_id == upload.id)
        )
        if (count or 0) >= MAX_PIECES:
            raise errors.TooManyPieces
        await conn.execute(sa.insert(upload_pieces).values(upload_id=upload.id, start=start, size=size, key=key))
        if complete:
            await enqueue(conn, "finish", [upload.id], now)
    return received


async def piece_keys(conn: AsyncConnection, upload_id: str) -> list[str]:
    """The names of an upload's pieces, in order."""
    found = await conn.scalars(
        sa.select(upload_pieces.c.key).where(upload_pieces.c.upload_id == upload_id).order_by(upload_pieces.c.start)
    )
    return list(found)


async def drop_upload(conn: AsyncConnection, upload_id: str, now: datetime) -> None:
    """Forget an upload; its objects go once it is committed."""
    await conn.execute(sa.delete(uploads).where(uploads.c.id == upload_id))
    await enqueue(conn, "drop", [upload_id], now)


async def expired_uploads(conn: AsyncConnection, now: datetime) -> list[str]:
    """Uploads that nobody goes on with, and those whose end need not be told any more; at most 200."""
    found = await conn.scalars(
        sa.select(uploads.c.id)
        .where(uploads.c.expires_at <= now, uploads.c.state != "received")
        .order_by(uploads.c.expires_at)
        .limit(200)
    )
    return list(found)
