"""Calls about photo and video reports."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.files import access_file
from platform_api.access.places import PlaceAccess, access_class_place, access_school_place
from platform_api.access.posts import access_album
from platform_api.albums import queries
from platform_api.albums.rules import AlbumDetails, Albums, EditAlbum, NewAlbum, NewAlbumFile
from platform_api.articles.queries import like
from platform_api.articles.rules import Likes
from platform_api.documents.filing import put_file
from platform_api.documents.finishing import next_position
from platform_api.documents.queries import describe_one
from platform_api.documents.routes import require_kind, require_room
from platform_api.documents.rules import File
from platform_api.http import Answer, operation
from platform_api.memberships.change import Change
from platform_api.paging import PageQuery
from platform_api.people.queries import Viewer
from platform_api.services import Services

REFUSED = (errors.Forbidden, errors.Archived)
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/schools/{school_id}/albums", query=PageQuery, answers={200: Albums}, tag="albums")
async def list_school_albums(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, query: PageQuery
) -> Albums:
    """Photo and video reports of a school, the newest first."""
    return await queries.list_albums(conn, parts, viewer, await access_school_place(conn, viewer, school_id), query)


@operation(routes, "GET", "/api/v1/classes/{class_id}/albums", query=PageQuery, answers={200: Albums}, tag="albums")
async def list_class_albums(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, query: PageQuery
) -> Albums:
    """Photo and video reports of a class."""
    return await queries.list_albums(conn, parts, viewer, await access_class_place(conn, viewer, class_id), query)


@operation(routes, "POST", "/api/v1/schools/{school_id}/albums", body=NewAlbum, answers={201: AlbumDetails},
           problems=REFUSED, idempotent=True, tag="albums")  # fmt: skip
async def make_school_album(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: NewAlbum
) -> Answer:
    """Make an album of a school. What it holds is uploaded into it, or put there from one's own files."""
    return await _make(viewer, conn, parts, await access_school_place(conn, viewer, school_id), body)


@operation(routes, "POST", "/api/v1/classes/{class_id}/albums", body=NewAlbum, answers={201: AlbumDetails},
           problems=REFUSED, idempotent=True, tag="albums")  # fmt: skip
async def make_class_album(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, body: NewAlbum
) -> Answer:
    """Make an album of a class, likewise."""
    return await _make(viewer, conn, parts, await access_class_place(conn, viewer, class_id), body)


@operation(routes, "GET", "/api/v1/albums/{album_id}", answers={200: AlbumDetails}, tag="albums")
async def show_album(viewer: Viewer, conn: AsyncConnection, parts: Services, album_id: str) -> AlbumDetails:
    """One album with all that is in it."""
    return await queries.describe_album(conn, parts, viewer, await access_album(conn, viewer, album_id))


@operation(routes, "PATCH", "/api/v1/albums/{album_id}", body=EditAlbum, answers={200: AlbumDetails},
           problems=REFUSED, tag="albums")  # fmt: skip
async def edit_album(
    viewer: Viewer, conn: AsyncConnection, parts: Services, album_id: str, body: EditAlbum
) -> AlbumDetails:
    """Edit an album's title and text, and the order of what is in it."""
    found = await access_album(conn, viewer, album_id, edit=True)
    await queries.edit_album(Change(conn, viewer, parts.now()), found, body)
    return await queries.describe_album(conn, parts, viewer, await access_album(conn, viewer, album_id))


@operation(routes, "DELETE", "/api/v1/albums/{album_id}", answers={204: None}, problems=REFUSED, tag="albums")
async def delete_album(viewer: Viewer, conn: AsyncConnection, parts: Services, album_id: str) -> None:
    """Delete an album with all that is in it, for good."""
    found = await access_album(conn, viewer, album_id, edit=True)
    await queries.delete_album(Change(conn, viewer, parts.now()), found)


@operation(routes, "POST", "/api/v1/albums/{album_id}/files", body=NewAlbumFile, answers={201: File},
           problems=(*REFUSED, errors.NotAPicture, errors.AlbumFull, errors.QuotaExceeded), idempotent=True,
           tag="albums")  # fmt: skip
async def put_into_album(
    viewer: Viewer, conn: AsyncConnection, parts: Services, album_id: str, body: NewAlbumFile
) -> Answer:
    """Put a picture or video of one's own into an album, behind what is there. It is a copy; no bytes are moved."""
    album = await access_album(conn, viewer, album_id, edit=True)
    file = await access_file(conn, viewer, body.file_id)
    if not file.may_edit:
        raise errors.Forbidden
    require_kind(file.kind, "albums")
    place = PlaceAccess(album.place, viewer.id, album.school_id, album.class_id, "", may_post=True)
    await require_room(conn, parts, place, file.size)
    copied = await put_file(
        Change(conn, viewer, parts.now()),
        album,
        viewer.id,
        file.content_id,
        file.name,
        "albums",
        album_id=album.id,
        caption=body.caption,
        position=await next_position(conn, album.id),
    )
    return Answer(await describe_one(conn, parts.links, viewer, await access_file(conn, viewer, copied)))


@operation(routes, "PUT", "/api/v1/albums/{album_id}/like", answers={200: Likes}, problems=(errors.Archived,),
           tag="albums")  # fmt: skip
async def like_album(viewer: Viewer, conn: AsyncConnection, parts: Services, album_id: str) -> Likes:
    """Like an album."""
    return await like(conn, viewer, "album", await access_album(conn, viewer, album_id), parts.now(), liked=True)


@operation(routes, "DELETE", "/api/v1/albums/{album_id}/like", answers={200: Likes}, problems=(errors.Archived,),
           tag="albums")  # fmt: skip
async def unlike_album(viewer: Viewer, conn: AsyncConnection, parts: Services, album_id: str) -> Likes:
    """Like it no more."""
    return await like(conn, viewer, "album", await access_album(conn, viewer, album_id), parts.now(), liked=False)


async def _make(viewer: Viewer, conn: AsyncConnection, parts: Services, place: PlaceAccess, body: NewAlbum) -> Answer:
    change = Change(conn, viewer, parts.now())
    album_id = await queries.make_album(change, place, body.title, body.about)
    return Answer(await queries.describe_album(conn, parts, viewer, await access_album(conn, viewer, album_id)))
