"""Folders: made, renamed, moved, into the trash and out of it, with all that stands in them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.files import FolderAccess, access_folder
from platform_api.access.places import PlaceAccess
from platform_api.clock import new_id
from platform_api.documents.notes import Placed, note
from platform_api.documents.rules import MAX_DEPTH, MAX_FOLDERS, Shelf
from platform_api.errors import FolderInsideItself, FolderTooDeep, NameTaken, NotFound, TooManyFolders
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.people.queries import Viewer
from platform_api.schema import files, folders


async def require_folder(
    conn: AsyncConnection, viewer: Viewer, placed: Placed, section: str, folder_id: str | None
) -> FolderAccess | None:
    """The folder something is put into, which stands in the same place and section. Raises NotFound."""
    if folder_id is None:
        return None
    found = await access_folder(conn, viewer, folder_id)
    if (found.school_id, found.class_id, found.section) != (placed.school_id, placed.class_id, section):
        raise NotFound
    return found


async def make_folder(
    change: Change, viewer: Viewer, place: PlaceAccess, section: Shelf, parent_id: str | None, name: str
) -> str:
    """Make a folder. Raises Forbidden, Archived, NotFound, NameTaken, FolderTooDeep, TooManyFolders."""
    place.require_post()
    parent = await require_folder(change.conn, viewer, place, section, parent_id)
    if parent is not None and await _depth(change.conn, parent.id) >= MAX_DEPTH:
        raise FolderTooDeep
    await _require_room(change.conn, place.holds(folders), section, parent_id, name)
    folder_id = new_id()
    await change.conn.execute(
        sa.insert(folders).values(
            id=folder_id, **place.columns, section=section, parent_id=parent_id, name=name, created_at=change.now
        )
    )
    await note(change, "folder.added", folder_id, place, place.owner_id)
    return folder_id


async def rename_folder(change: Change, folder: FolderAccess, name: str) -> None:
    """Give a folder another name. Raises NameTaken."""
    await _require_room(change.conn, _beside(folder), folder.section, folder.parent_id, name, but=folder.id)
    await _change(change, folder, "folder.changed", name=name, name_folded=fold_name(name))


async def move_folder(change: Change, viewer: Viewer, folder: FolderAccess, parent_id: str | None) -> None:
    """Put a folder into another one of its place. Raises NotFound, NameTaken, FolderInsideItself, FolderTooDeep."""
    parent = await require_folder(change.conn, viewer, folder, folder.section, parent_id)
    inside = await _tree(change.conn, folder.id)
    if parent is not None:
        if parent.id in {folder_id for level in inside for folder_id in level}:
            raise FolderInsideItself
        if await _depth(change.conn, parent.id) + len(inside) > MAX_DEPTH:
            raise FolderTooDeep
    await _require_room(change.conn, _beside(folder), folder.section, parent_id, folder.name, but=folder.id)
    await _change(change, folder, "folder.changed", parent_id=parent_id)


async def trash_folder(change: Change, folder: FolderAccess) -> None:
    """Put a folder into the trash with all that stands in it and is not there yet."""
    conn = change.conn
    everything = [folder_id for level in await _tree(conn, folder.id) for folder_id in level]
    gone: dict[str, Any] = {"trashed_at": change.now, "trashed_with": folder.id}
    await conn.execute(
        sa.update(files).where(files.c.folder_id.in_(everything), files.c.trashed_at.is_(None)).values(**gone)
    )
    await conn.execute(
        sa.update(folders)
        .where(folders.c.id.in_(everything), folders.c.id != folder.id, folders.c.trashed_at.is_(None))
        .values(**gone)
    )
    await _change(change, folder, "folder.trashed", trashed_at=change.now, trashed_with=None)


async def restore_folder(change: Change, folder: FolderAccess) -> None:
    """Take a folder out of the trash with what went there together with it.

    It comes back where it stood, or to the top where that is gone; a name that is taken meanwhile is NameTaken.
    """
    conn = change.conn
    if folder.trashed_at is None:
        return
    parent_id = await living(conn, folder.parent_id)
    await _require_room(conn, _beside(folder), folder.section, parent_id, folder.name, but=folder.id)
    back: dict[str, Any] = {"trashed_at": None, "trashed_with": None}
    for table in (files, folders):
        await conn.execute(sa.update(table).where(table.c.trashed_with == folder.id).values(**back))
    await _change(change, folder, "folder.restored", parent_id=parent_id, **back)


async def living(conn: AsyncConnection, folder_id: str | None) -> str | None:
    """The folder, if it is not in the trash; else the top."""
    return await conn.scalar(sa.select(folders.c.id).where(folders.c.id == folder_id, folders.c.trashed_at.is_(None)))


async def _change(change: Change, folder: FolderAccess, kind: str, **values: Any) -> None:
    await change.conn.execute(
        sa.update(folders).where(folders.c.id == folder.id).values(version=folders.c.version + 1, **values)
    )
    await note(change, kind, folder.id, folder, folder.owner.id)


def _beside(folder: FolderAccess) -> sa.ColumnElement[bool]:
    """Folders of the same place."""
    if folder.school_id is None:
        return sa.and_(folders.c.school_id.is_(None), folders.c.owner_id == folder.owner.id)
    in_class = folders.c.class_id.is_(None) if folder.class_id is None else folders.c.class_id == folder.class_id
    return sa.and_(folders.c.school_id == folder.school_id, in_class)


async def _require_room(
    conn: AsyncConnection,
    beside: sa.ColumnElement[bool],
    section: str,
    parent_id: str | None,
    name: str,
    *,
    but: str | None = None,
) -> None:
    """Raises NameTaken, TooManyFolders."""
    at = folders.c.parent_id.is_(None) if parent_id is None else folders.c.parent_id == parent_id
    others = sa.and_(
        beside, at, folders.c.section == section, folders.c.trashed_at.is_(None), folders.c.id != (but or "")
    )
    if await conn.scalar(sa.select(folders.c.id).where(others, folders.c.name_folded == fold_name(name)).limit(1)):
        raise NameTaken
    count = await conn.scalar(sa.select(sa.func.count()).select_from(folders).where(others))
    if (count or 0) >= MAX_FOLDERS:
        raise TooManyFolders


async def _depth(conn: AsyncConnection, folder_id: str | None) -> int:
    """How many folders one goes through to be in this one."""
    depth = 0
    while folder_id is not None:
        depth += 1
        folder_id = await conn.scalar(sa.select(folders.c.parent_id).where(folders.c.id == folder_id))
    return depth


async def _tree(conn: AsyncConnection, folder_id: str) -> list[list[str]]:
    """The folder and all below it, level by level."""
    levels = [[folder_id]]
    while below := (await conn.scalars(sa.select(folders.c.id).where(folders.c.parent_id.in_(levels[-1])))).all():
        levels.append(list(below))
    return levels
