"""Uploading in pieces that resume: tus 1.0 (see `tus`), and what came of an upload."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Literal

import structlog
from aiohttp import web
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.files import access_file
from platform_api.access.places import PlaceAccess, access_own_place
from platform_api.access.posts import access_album
from platform_api.documents import tus, uploads
from platform_api.documents.config import MIB
from platform_api.documents.folders import require_folder
from platform_api.documents.queries import describe_one
from platform_api.documents.routes import place_named, require_room
from platform_api.documents.rules import File, tame_name
from platform_api.documents.uploads import PIECE, Target, UploadRow
from platform_api.documents.workshop import WORKSHOP
from platform_api.http import Answer, Streamed, operation
from platform_api.people.queries import Viewer
from platform_api.services import Services

SILENT_SECONDS = 60.0
"""How long the server waits for the next bytes of a piece."""
WAIT_SECONDS = 10.0
"""How long the answer to the last piece waits for the file."""

UploadState = Literal["receiving", "received", "done", "refused"]

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


class Upload(Struct, frozen=True):
    """An upload. `received`: all is here, the file is being put together. `refusal` is a problem's code."""

    id: str
    name: str
    size: int
    received: int
    state: UploadState
    refusal: str | None
    file: File | None
    """Once it is done, while one may read it."""
    expires_at: datetime


@operation(routes, "OPTIONS", "/api/v1/uploads", answers={204: None}, tag="uploads", open=True)
async def tell_tus(parts: Services) -> Answer:
    """Which parts of tus 1.0 are spoken here, and how large a file may be."""
    limit = parts.config.documents.max_file_mib * MIB
    return Answer(
        headers={
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(limit),
            "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
        }
    )


@operation(
    routes,
    "POST",
    "/api/v1/uploads",
    answers={201: None},
    problems=(
        errors.Forbidden,
        errors.Archived,
        errors.NotFound,
        errors.TusVersion,
        errors.InvalidUpload,
        errors.FileTooLarge,
        errors.QuotaExceeded,
        errors.TooManyUploads,
        errors.StorageFull,
    ),
    idempotent=True,
    tag="uploads",
)
async def begin_upload(request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services) -> Answer:
    """Begin an upload: Upload-Length, Upload-Metadata (`filename`, `to`, `id`, `section`, `folder_id`, `caption`).

    `to` is `own`, `attachment` (for a message), `school`, `class` or `album`; `id` which of them. The answer's Location
    is where pieces go.
    """
    tus.require_version(request.headers)
    size = tus.read_number(request.headers, "Upload-Length")
    metadata = tus.read_metadata(request.headers)
    limit = parts.config.documents.max_file_mib * MIB
    if size > limit:
        parts.metrics.uploads.labels("file_too_large").inc()
        raise errors.FileTooLarge(extra={"limit": limit})
    if not metadata.get("filename"):
        raise errors.InvalidUpload("Upload-Metadata must say filename")
    place, target = await _target(conn, viewer, metadata)
    place.require_post()
    await require_room(conn, parts, place, size)
    parts.storage.require_space(size)
    upload_id = await uploads.begin_upload(conn, parts, place, target, tame_name(metadata["filename"]), size)
    parts.metrics.uploads.labels("begun").inc()
    return Answer(
        status=201,
        headers={
            "Location": f"/api/v1/uploads/{upload_id}",
            "Upload-Expires": tus.http_date(uploads.expiry(parts, parts.now())),
        },
    )


@operation(routes, "GET", "/api/v1/uploads/{upload_id}", answers={200: Upload}, tag="uploads")
async def show_upload(viewer: Viewer, conn: AsyncConnection, parts: Services, upload_id: str) -> Answer:
    """How far an upload of one's own is, and the file that came of it. HEAD is how tus asks (Upload-Offset)."""
    found = await uploads.find_upload(conn, viewer, upload_id)
    return Answer(await _upload(conn, parts, viewer, found), headers=_headers(found))


@operation(
    routes,
    "PATCH",
    "/api/v1/uploads/{upload_id}",
    body=Streamed((tus.PIECE_TYPE,)),
    answers={204: None},
    problems=(
        errors.TusVersion,
        errors.InvalidUpload,
        errors.UploadOffsetMismatch,
        errors.UploadLocked,
        errors.UploadOver,
        errors.UploadsBusy,
        errors.ChecksumMismatch,
        errors.TooManyPieces,
        errors.StorageFull,
        errors.StorageUnavailable,
    ),
    tag="uploads",
)
async def receive_piece(request: web.Request, viewer: Viewer, parts: Services, upload_id: str) -> Answer:
    """Send bytes from Upload-Offset on. What has come is kept, however the connection ends.

    With Upload-Checksum (sha1, sha256) a piece has at most 4 MiB, and is kept when it fits.
    """
    tus.require_version(request.headers)
    start = tus.read_number(request.headers, "Upload-Offset")
    checksum = tus.read_checksum(request.headers)
    with parts.receiving.alone(upload_id):
        async with parts.db.read() as conn:
            found = await uploads.find_upload(conn, viewer, upload_id)
        if found.state != "receiving":
            raise errors.UploadOver
        if found.received != start:
            raise errors.UploadOffsetMismatch(extra={"received": found.received})
        limit = found.size - start
        pieces = _whole(request, limit, checksum) if checksum is not None else _pieces(request, limit)
        received = await uploads.receive(parts, found, start, pieces)
        parts.metrics.upload_bytes.inc(received - start)
    if received == found.size:
        workshop = request.config_dict[WORKSHOP]
        workshop.wake()
        await workshop.wait_for(upload_id, WAIT_SECONDS)
    async with parts.db.read() as conn:
        present = await uploads.find_upload(conn, viewer, upload_id)
    return Answer(headers=_headers(present))


@operation(routes, "DELETE", "/api/v1/uploads/{upload_id}", answers={204: None}, tag="uploads",
           problems=(errors.UploadLocked,))  # fmt: skip
async def cancel_upload(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services, upload_id: str
) -> None:
    """Give an upload up, or forget one that is over; a file that came of it stays."""
    with parts.receiving.alone(upload_id):
        found = await uploads.find_upload(conn, viewer, upload_id)
        if found.state == "received":
            raise errors.UploadLocked
        await uploads.drop_upload(conn, found.id, parts.now())
    if found.state == "receiving":
        parts.metrics.uploads.labels("cancelled").inc()


async def add_tus_header(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer about uploads says which tus it is (signal `on_response_prepare`)."""
    if request.path.startswith("/api/v1/uploads"):
        response.headers["Tus-Resumable"] = tus.VERSION


async def _target(conn: AsyncConnection, viewer: Viewer, metadata: dict[str, str]) -> tuple[PlaceAccess, Target]:
    """Where the file is to stand. Raises NotFound, Forbidden, Archived, InvalidUpload."""
    to, place_id = metadata.get("to", "own"), metadata.get("id") or None
    section, folder_id = metadata.get("section", "documents"), metadata.get("folder_id") or None
    caption = metadata.get("caption", "")[:500]
    if to == "attachment":
        return await access_own_place(conn, viewer), Target("attachments", None, None, "")
    if to == "album":
        album = await access_album(conn, viewer, place_id or "", edit=True)
        place = PlaceAccess(album.place, viewer.id, album.school_id, album.class_id, "", may_post=True)
        return place, Target("albums", None, album.id, caption)
    if to not in ("own", "school", "class") or section not in ("documents", "videos"):
        raise errors.InvalidUpload("Upload-Metadata: `to` or `section` names nothing there is")
    if (to == "own") != (place_id is None):
        raise errors.InvalidUpload("Upload-Metadata: `id` names a school, a class or an album")
    place = await place_named(conn, viewer, to, place_id)
    await require_folder(conn, viewer, place, section, folder_id)
    return place, Target(section, folder_id, None, "")


async def _pieces(request: web.Request, limit: int) -> AsyncIterator[bytes]:
    """The body in pieces of PIECE bytes; what came before a connection broke is a piece, too.

    Raises InvalidUpload when more comes than the upload has left.
    """
    buffer = bytearray()
    total = 0
    with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, web.RequestPayloadError):
        while chunk := await _read(request):
            total += len(chunk)
            if total > limit:
                raise errors.InvalidUpload("More bytes than Upload-Length said")
            buffer += chunk
            while len(buffer) >= PIECE:
                yield bytes(buffer[:PIECE])
                del buffer[:PIECE]
    if buffer:
        yield bytes(buffer)


async def _whole(request: web.Request, limit: int, checksum: tus.Checksum) -> AsyncIterator[bytes]:
    """The body as one piece whose checksum fits. Raises ChecksumMismatch, InvalidUpload."""
    buffer = bytearray()
    try:
        while chunk := await _read(request):
            buffer += chunk
            if len(buffer) > min(limit, PIECE):
                raise errors.InvalidUpload(
                    f"With a checksum a piece has at most {PIECE} bytes, and no more than is left"
                )
    except (ConnectionError, TimeoutError, web.RequestPayloadError):
        raise errors.ChecksumMismatch from None
    checksum.running.update(buffer)
    if not checksum.fits():
        raise errors.ChecksumMismatch
    if buffer:
        yield bytes(buffer)


async def _read(request: web.Request) -> bytes:
    async with asyncio.timeout(SILENT_SECONDS):
        return await request.content.readany()


def _headers(found: UploadRow) -> dict[str, str]:
    return {
        "Upload-Offset": str(found.received),
        "Upload-Length": str(found.size),
        "Upload-Expires": tus.http_date(found.expires_at),
    }


async def _upload(conn: AsyncConnection, parts: Services, viewer: Viewer, found: UploadRow) -> Upload:
    file: File | None = None
    if found.file_id is not None:
        with contextlib.suppress(errors.NotFound):
            file = await describe_one(conn, parts.links, viewer, await access_file(conn, viewer, found.file_id))
    return Upload(
        id=found.id,
        name=found.name,
        size=found.size,
        received=found.received,
        state=found.state,  # type: ignore[arg-type]
        refusal=found.refusal,
        file=file,
        expires_at=found.expires_at,
    )
