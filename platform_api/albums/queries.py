"""Albums: made, edited, shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.files import VISIBLE_FILES, FileAccess, file_access
from platform_api.access.places import PlaceAccess
from platform_api.access.posts import VISIBLE_ALBUMS, AlbumAccess, album_access
from platform_api.albums.rules import Album, AlbumDetails, Albums, EditAlbum
from platform_api.articles.queries import place_of
from platform_api.clock import new_id
from platform_api.documents.filing import delete_files
from platform_api.documents.notes import note
from platform_api.documents.queries import describe, describe_files
from platform_api.documents.rules import File
from platform_api.memberships.change import Change
from platform_api.paging import PageQuery, after, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.schema import Moment, albums, files, likes
from platform_api.services import Services
from platform_api.texts import clean_line, clean_text

_moments = Moment()


async def make_album(change: Change, place: PlaceAccess, title: str, about: str) -> str:
    """Make an album with nothing in it; its id. Raises Forbidden, Archived."""
    place.require_post()
    album_id = new_id()
    await change.conn.execute(
        sa.insert(albums).values(
            id=album_id,
            **place.columns,
            title=clean_line(title, "title"),
            about=clean_text(about, "about"),
            created_at=change.now,
        )
    )
    await note(change, "album.added", album_id, place, place.owner_id)
    return album_id


async def edit_album(change: Change, album: AlbumAccess, body: EditAlbum) -> None:
    """Title, text and order. Raises InvalidBody."""
    values: dict[str, Any] = {}
    if body.title is not UNSET:
        values["title"] = clean_line(body.title, "title")
    if body.about is not UNSET:
        values["about"] = clean_text(body.about, "about")
    if body.order is not UNSET:
        await _set_order(change.conn, album.id, body.order)
    await change.conn.execute(
        sa.update(albums).where(albums.c.id == album.id).values(version=albums.c.version + 1, **values)
    )
    await note(change, "album.changed", album.id, album, album.owner.id)


async def delete_album(change: Change, album: AlbumAccess) -> None:
    """Delete an album with all that is in it."""
    await delete_files(change, files.c.album_id == album.id)
    await change.conn.execute(sa.delete(likes).where(likes.c.kind == "album", likes.c.subject_id == album.id))
    await change.conn.execute(sa.delete(albums).where(albums.c.id == album.id))
    await note(change, "album.deleted", album.id, album, album.owner.id)


async def list_albums(
    conn: AsyncConnection, parts: Services, viewer: Viewer, place: PlaceAccess, query: PageQuery
) -> Albums:
    """A page of a place's albums, the newest first."""
    order = (albums.c.created_at, albums.c.id)
    found = VISIBLE_ALBUMS.where(place.holds(albums))
    if query.cursor is not None:
        moment, album_id = read_cursor(query.cursor, tuple[int, str])
        found = found.where(after(order, (_moments.process_result_value(moment, None), album_id), descending=True))
    rows = (
        await conn.execute(
            found.order_by(*(column.desc() for column in order)).limit(query.limit + 1), {"viewer_id": viewer.id}
        )
    ).all()
    page, more = cut(rows, query.limit)
    shown = [album_access(row) for row in page]
    last = shown[-1] if shown else None
    return Albums(
        items=await describe_albums(conn, parts, viewer, shown),
        next=write_cursor((_moments.process_bind_param(last.created_at, None), last.id)) if more and last else None,
        may_post=place.may_post and not place.archived,
    )


async def describe_albums(
    conn: AsyncConnection, parts: Services, viewer: Viewer, found: Sequence[AlbumAccess]
) -> list[Album]:
    """Albums as lists show them: with the number of what is in them, and the first."""
    rows = (
        await conn.execute(
            sa.select(files.c.album_id, files.c.id)
            .where(files.c.album_id.in_([album.id for album in found]))
            .order_by(files.c.position, files.c.id)
        )
    ).all()
    inside: dict[str, list[str]] = {}
    for row in rows:
        inside.setdefault(row.album_id, []).append(row.id)
    covers = await describe_files(parts, conn, viewer, [ids[0] for ids in inside.values()])
    return [
        Album(**_fields(album, len(inside.get(album.id, ())), covers.get(inside.get(album.id, [""])[0])))
        for album in found
    ]


async def describe_album(conn: AsyncConnection, parts: Services, viewer: Viewer, album: AlbumAccess) -> AlbumDetails:
    """An album with all that is in it."""
    shown = await describe(conn, parts.links, viewer, await files_of(conn, viewer, album.id))
    return AlbumDetails(**_fields(album, len(shown), shown[0] if shown else None), files=shown)


async def files_of(conn: AsyncConnection, viewer: Viewer, album_id: str) -> list[FileAccess]:
    """What is in an album, in order."""
    rows = await conn.execute(
        VISIBLE_FILES.where(files.c.album_id == album_id).order_by(files.c.position, files.c.id),
        {"viewer_id": viewer.id},
    )
    return [file_access(row) for row in rows]


async def _set_order(conn: AsyncConnection, album_id: str, order: Sequence[str]) -> None:
    present = (
        await conn.scalars(
            sa.select(files.c.id).where(files.c.album_id == album_id).order_by(files.c.position, files.c.id)
        )
    ).all()
    named = [file_id for file_id in dict.fromkeys(order) if file_id in set(present)]
    rest = [file_id for file_id in present if file_id not in set(named)]
    for position, file_id in enumerate([*named, *rest], start=1):
        await conn.execute(sa.update(files).where(files.c.id == file_id).values(position=position))


def _fields(album: AlbumAccess, count: int, cover: File | None) -> dict[str, Any]:
    return {
        "id": album.id,
        "title": album.title,
        "about": album.about,
        "place": place_of(album),
        "author": album.owner,
        "created_at": album.created_at,
        "items": count,
        "cover": cover,
        "likes": album.likes,
        "liked": album.liked,
        "may_edit": album.may_edit and not album.archived,
        "version": album.version,
    }
