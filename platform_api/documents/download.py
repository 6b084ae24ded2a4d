"""The bytes of files and of their pictures: by signed links, in parts, and never as something a browser runs."""

from __future__ import annotations

import urllib.parse
from collections.abc import AsyncIterator
from dataclasses import dataclass

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.files import FileAccess, access_file
from platform_api.documents.kinds import BYTES, INLINE
from platform_api.documents.links import Way
from platform_api.documents.ranges import Part, Unsatisfiable, asked_part, is_known
from platform_api.documents.rules import LinkQuery
from platform_api.http import Raw, operation
from platform_api.http.viewers import find_person
from platform_api.people.queries import Viewer
from platform_api.schema import previews
from platform_api.services import Services

ASKED_AGAIN_SECONDS = 0.5
"""In a long answer it is looked at again so often whether the person may still read the file."""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; frame-ancestors 'self'; sandbox"
)

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent."""

    file: FileAccess
    key: str
    size: int
    media_type: str
    etag: str
    inline: bool


@operation(routes, "GET", "/api/v1/files/{file_id}/content", query=LinkQuery, tag="files",
           answers={200: Raw(("*/*",)), 206: Raw(("*/*",)), 304: None},
           problems=(errors.LinkExpired, errors.RangeNotSatisfiable, errors.StorageUnavailable))  # fmt: skip
async def send_content(
    request: web.Request, viewer: Viewer, parts: Services, file_id: str, query: LinkQuery
) -> web.StreamResponse:
    """A file's bytes, by the address its `links` name; ranges, If-Range and If-None-Match are known.

    What a browser would run is sent to be saved, whatever is asked for.
    """
    way = parts.links.check(viewer, file_id, "content", query.link)
    async with parts.db.read() as conn:
        found = await access_file(conn, viewer, file_id, trashed=True)
    return await _send(request, parts, viewer, _content(found, way))


@operation(routes, "GET", "/api/v1/files/{file_id}/previews/{name}", query=LinkQuery, tag="files",
           answers={200: Raw(("image/webp", "video/mp4")), 206: Raw(("image/webp", "video/mp4")), 304: None},
           problems=(errors.LinkExpired, errors.RangeNotSatisfiable, errors.StorageUnavailable))  # fmt: skip
async def send_preview(
    request: web.Request, viewer: Viewer, parts: Services, file_id: str, name: str, query: LinkQuery
) -> web.StreamResponse:
    """A picture of a file, of one of its pages, or its rendition, likewise."""
    parts.links.check(viewer, file_id, name, query.link)
    async with parts.db.read() as conn:
        found = await access_file(conn, viewer, file_id, trashed=True)
        body = await _preview(conn, found, name)
    return await _send(request, parts, viewer, body)


def disposition(way: str, name: str) -> str:
    """Content-Disposition with the name in UTF-8 (RFC 6266, RFC 8187) and in what ASCII has of it."""
    plain = "".join(letter if 32 <= ord(letter) < 127 and letter not in '"\\%' else "_" for letter in name)
    encoded = urllib.parse.quote(name, safe="")
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def _content(found: FileAccess, way: Way) -> Body:
    inline = way == "show" and found.media_type in INLINE
    return Body(
        file=found,
        key=f"contents/{found.content_id}",
        size=found.size,
        # A type that something would run is not even named.
        media_type=found.media_type if found.media_type in INLINE or found.kind != "other" else BYTES,
        etag=f'"{found.sha256.hex()}"',
        inline=inline,
    )


async def _preview(conn: AsyncConnection, found: FileAccess, name: str) -> Body:
    row = (
        await conn.execute(
            sa.select(previews).where(previews.c.content_id == found.content_id, previews.c.name == name)
        )
    ).one_or_none()
    if row is None:
        raise errors.NotFound
    return Body(
        file=found,
        key=f"previews/{found.content_id}/{name}",
        size=row.size,
        media_type=row.media_type,
        etag=f'"{found.sha256.hex()[:32]}-{name}-{row.size}"',
        inline=True,
    )


async def _send(request: web.Request, parts: Services, viewer: Viewer, body: Body) -> web.StreamResponse:
    headers = {
        "ETag": body.etag,
        "Accept-Ranges": "bytes",
        # The browser keeps it and asks each time whether it may show it still.
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": disposition("inline" if body.inline else "attachment", body.file.name),
    }
    if is_known(request.headers.get("If-None-Match"), body.etag):
        return web.Response(status=304, headers=headers)
    try:
        part = asked_part(request.headers.get("Range"), request.headers.get("If-Range"), body.etag, body.size)
    except Unsatisfiable:
        raise errors.RangeNotSatisfiable(headers={"Content-Range": f"bytes */{body.size}"}) from None
    sent = part or Part(0, body.size)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{body.size}"
    headers["Content-Type"] = body.media_type + ("; charset=utf-8" if body.media_type == "text/plain" else "")
    headers["Content-Length"] = str(sent.end - sent.start)
    response = web.StreamResponse(status=200 if part is None else 206, headers=headers)
    if request.method == "HEAD" or sent.start == sent.end:
        await response.prepare(request)
        return response
    # The first piece before the header: what cannot be read is answered with a problem.
    chunks = parts.storage.stream(body.key, sent.start, sent.end if part is not None else None)
    first = await anext(chunks)
    await response.prepare(request)
    parts.metrics.downloads.inc()
    await _write(request, response, parts, viewer, body.file.id, first, chunks)
    return response


async def _write(
    request: web.Request,
    response: web.StreamResponse,
    parts: Services,
    viewer: Viewer,
    file_id: str,
    first: bytes,
    chunks: AsyncIterator[bytes],
) -> None:
    """Send the pieces. Who loses the right to read meanwhile gets no further."""
    asked = parts.monotonic()
    await response.write(first)
    async for chunk in chunks:
        if parts.monotonic() - asked >= ASKED_AGAIN_SECONDS:
            if not await _may_still(request, parts, viewer, file_id):
                parts.metrics.downloads_cut.inc()
                if request.transport is not None:
                    request.transport.abort()
                return
            asked = parts.monotonic()
        await response.write(chunk)
    await response.write_eof()


async def _may_still(request: web.Request, parts: Services, viewer: Viewer, file_id: str) -> bool:
    async with parts.db.read() as conn:
        present = await find_person(request, conn)
        if present is None or present.session_id != viewer.session_id:
            return False
        try:
            await access_file(conn, viewer, file_id, trashed=True)
        except errors.NotFound:
            return False
    return True
