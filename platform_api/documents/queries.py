"""Files and folders as they are shown: with addresses of their bytes, in listings, and what they take up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.files import (
    VISIBLE_FILES,
    VISIBLE_FOLDERS,
    Editable,
    FileAccess,
    FolderAccess,
    access_files,
    file_access,
    folder_access,
)
from platform_api.access.places import PlaceAccess, reads_place
from platform_api.documents.config import MIB
from platform_api.documents.links import Links
from platform_api.documents.rules import (
    PAGES_LINKED,
    File,
    FileLinks,
    Folder,
    Listing,
    ListingQuery,
    Place,
    Readers,
    Usage,
)
from platform_api.names import fold_name
from platform_api.paging import after, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import contents, file_grants, files, folders, people, previews, uploads
from platform_api.services import Services

PICTURES_SHOWN = ("small", "medium", "large", "poster", "video")


async def describe(conn: AsyncConnection, links: Links, viewer: Viewer, found: Iterable[FileAccess]) -> list[File]:
    """Files as the person who met them is told of them, in the same order."""
    shown = list(found)
    made = await _previews(conn, [file.content_id for file in shown], PICTURES_SHOWN)
    return [_file(links, viewer, file, made.get(file.content_id, set())) for file in shown]


async def describe_one(conn: AsyncConnection, links: Links, viewer: Viewer, found: FileAccess) -> File:
    """One file."""
    return (await describe(conn, links, viewer, [found]))[0]


async def describe_files(parts: Services, conn: AsyncConnection, viewer: Viewer, ids: Iterable[str]) -> dict[str, File]:
    """Files that something names, by id: those the person may read. What is missing is gone, or not for them."""
    found = await access_files(conn, viewer, ids)
    return {file.id: file for file in await describe(conn, parts.links, viewer, found.values())}


async def page_links(conn: AsyncConnection, links: Links, viewer: Viewer, file: FileAccess) -> list[str]:
    """Addresses of the pictures of a document's first pages."""
    names = [f"page-{number}" for number in range(1, PAGES_LINKED + 1)]
    made = (await _previews(conn, [file.content_id], names)).get(file.content_id, set())
    return [links.make(viewer, file.id, name) for name in names if name in made]


async def list_place(
    conn: AsyncConnection, parts: Services, viewer: Viewer, place: PlaceAccess, query: ListingQuery, path: list[Named]
) -> Listing:
    """A page of what stands in a folder, or of what is called so, or of the trash."""
    key = None if query.cursor is None else read_cursor(query.cursor, tuple[str, str])
    rows = (await conn.execute(_files_of(place, query, key), {"viewer_id": viewer.id})).all()
    page, more = cut(rows, query.limit)
    found: Sequence[sa.Row[Any]] = []
    if key is None and query.section != "attachments":
        found = (await conn.execute(_folders_of(place, query), {"viewer_id": viewer.id})).all()
    last = page[-1] if page else None
    return Listing(
        place=_place_of(place),
        section=query.section,
        path=path,
        folders=[folder_for(folder_access(row)) for row in found],
        files=await describe(conn, parts.links, viewer, map(file_access, page)),
        next=write_cursor((last.name_folded, last.id)) if more and last is not None else None,
        may_post=place.may_post and not place.archived,
        storage=await usage(conn, parts, place) if place.may_post else None,
    )


async def path_to(conn: AsyncConnection, folder: FolderAccess) -> list[Named]:
    """The folders from the top down to this one."""
    path, parent_id = [Named(folder.id, folder.name)], folder.parent_id
    while parent_id is not None:
        row = (await conn.execute(sa.select(folders).where(folders.c.id == parent_id))).one()
        path.insert(0, Named(row.id, row.name))
        parent_id = row.parent_id
    return path


async def usage(conn: AsyncConnection, parts: Services, place: PlaceAccess) -> Usage:
    """What is kept in somebody's cloud, or in a school with its classes, and how much that may be."""
    limits = parts.config.documents
    of = _whole(place, files)
    kept = files.join(contents, contents.c.id == files.c.content_id)
    size = sa.func.coalesce(sa.func.sum(contents.c.size), 0)
    used = await conn.scalar(sa.select(size).select_from(kept).where(of))
    trash = await conn.scalar(sa.select(size).select_from(kept).where(of, files.c.trashed_at.is_not(None)))
    quota = limits.own_quota_mib if place.kind == "own" else limits.school_quota_mib
    return Usage(int(used or 0), int(trash or 0), quota * MIB, limits.max_file_mib * MIB)


async def coming(conn: AsyncConnection, place: PlaceAccess) -> int:
    """Bytes for which room is kept there: of uploads under way."""
    total = await conn.scalar(
        sa.select(sa.func.sum(uploads.c.size)).where(
            _whole(place, uploads), uploads.c.state.in_(("receiving", "received"))
        )
    )
    return int(total or 0)


def _whole(place: PlaceAccess, table: Any) -> sa.ColumnElement[bool]:
    """What counts together: somebody's cloud, or a school with its classes."""
    found: sa.ColumnElement[bool] = place.holds(table) if place.kind == "own" else table.c.school_id == place.school_id
    return found


async def readers_of(conn: AsyncConnection, file: FileAccess) -> Readers:
    """Who can see a file."""
    row = sa.select(files).where(files.c.id == file.id).subquery()
    count = await conn.scalar(
        sa.select(sa.func.count())
        .select_from(people)
        .where(
            people.c.deactivated_at.is_(None),
            sa.exists().select_from(row).where(reads_place(people.c.id, row)).correlate(people),
        )
    )
    chats = await conn.scalar(
        sa.select(sa.func.count(sa.distinct(file_grants.c.subject_id))).where(file_grants.c.file_id == file.id)
    )
    return Readers(place_for(file), int(count or 0), int(chats or 0))


def folder_for(found: FolderAccess) -> Folder:
    """A folder as the person who met it is told of it."""
    return Folder(
        id=found.id,
        name=found.name,
        parent_id=found.parent_id,
        place=place_for(found),
        section=found.section,  # type: ignore[arg-type]
        owner=found.owner,
        created_at=found.created_at,
        trashed_at=found.trashed_at,
        may_edit=found.may_edit and not found.archived,
        version=found.version,
    )


def place_for(found: Editable) -> Place:
    """Where something stands."""
    return Place(found.place, found.class_id or found.school_id, found.place_name)


def _place_of(place: PlaceAccess) -> Place:
    return Place(place.kind, place.class_id or place.school_id, place.name)


def _files_of(place: PlaceAccess, query: ListingQuery, key: tuple[str, str] | None) -> sa.Select[Any]:
    found = VISIBLE_FILES.add_columns(files.c.name_folded).where(place.holds(files))
    if query.trash:
        # Of a folder in the trash only itself is shown there.
        found = found.where(files.c.trashed_at.is_not(None), files.c.trashed_with.is_(None))
    else:
        found = found.where(files.c.trashed_at.is_(None), files.c.section == query.section)
        if query.q:
            found = found.where(files.c.name_folded.contains(fold_name(query.q), autoescape=True))
        else:
            found = found.where(_in_folder(files.c.folder_id, query.folder_id))
    order = (files.c.name_folded, files.c.id)
    if key is not None:
        found = found.where(after(order, key))
    return found.order_by(*order).limit(query.limit + 1)


def _folders_of(place: PlaceAccess, query: ListingQuery) -> sa.Select[Any]:
    found = VISIBLE_FOLDERS.where(place.holds(folders))
    if query.trash:
        found = found.where(folders.c.trashed_at.is_not(None), folders.c.trashed_with.is_(None))
    else:
        found = found.where(folders.c.trashed_at.is_(None), folders.c.section == query.section)
        if query.q:
            found = found.where(folders.c.name_folded.contains(fold_name(query.q), autoescape=True))
        else:
            found = found.where(_in_folder(folders.c.parent_id, query.folder_id))
    return found.order_by(folders.c.name_folded, folders.c.id).limit(500)


def _in_folder(column: Any, folder_id: str | None) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = column.is_(None) if folder_id is None else column == folder_id
    return found


async def _previews(conn: AsyncConnection, content_ids: list[str], names: Iterable[str]) -> dict[str, set[str]]:
    if not content_ids:
        return {}
    rows = await conn.execute(
        sa.select(previews.c.content_id, previews.c.name).where(
            previews.c.content_id.in_(content_ids), previews.c.name.in_(list(names))
        )
    )
    made: dict[str, set[str]] = {}
    for row in rows:
        made.setdefault(row.content_id, set()).add(row.name)
    return made


def _file(links: Links, viewer: Viewer, found: FileAccess, made: set[str]) -> File:
    pictures = {name: links.make(viewer, found.id, name) for name in PICTURES_SHOWN if name in made}
    return File(
        id=found.id,
        name=found.name,
        media_type=found.media_type,
        kind=found.kind,  # type: ignore[arg-type]
        size=found.size,
        place=place_for(found),
        section=found.section,  # type: ignore[arg-type]
        folder_id=found.folder_id,
        owner=found.owner,
        created_at=found.created_at,
        trashed_at=found.trashed_at,
        caption=found.caption,
        width=found.width,
        height=found.height,
        duration=found.duration,
        pages=found.pages,
        previews=found.previews,  # type: ignore[arg-type]
        links=FileLinks(
            content=links.make(viewer, found.id),
            download=links.make(viewer, found.id, way="save"),
            **pictures,
        ),
        may_edit=found.may_edit and not found.archived,
        version=found.version,
    )
