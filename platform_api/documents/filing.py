"""Files: put somewhere, copied, renamed, moved, into the trash and out of it, deleted for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.files import FileAccess
from platform_api.clock import new_id
from platform_api.documents.folders import living, require_folder
from platform_api.documents.notes import Placed, note
from platform_api.documents.rules import numbered
from platform_api.documents.work import enqueue
from platform_api.errors import NotFound
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.people.queries import Viewer
from platform_api.schema import contents, files, folders

NUMBERED = 40
"""Files of one name that are told apart by a number; nothing breaks where two are called the same."""
AT_ONCE = 500
"""Files deleted in one transaction: it holds up all other writers."""


async def put_file(
    change: Change,
    placed: Placed,
    owner_id: str,
    content_id: str,
    name: str,
    section: str,
    *,
    folder_id: str | None = None,
    **values: Any,
) -> str:
    """Put a content somewhere under a name, with a number where that is taken; the file's id.

    `values` are further columns: `album_id`, `article_id`, `caption`, `position`.
    """
    file_id = new_id()
    name = await _free_name(change.conn, placed, owner_id, section, folder_id, name)
    await change.conn.execute(
        sa.insert(files).values(
            id=file_id,
            content_id=content_id,
            owner_id=owner_id,
            school_id=placed.school_id,
            class_id=placed.class_id,
            section=section,
            folder_id=folder_id,
            name=name,
            created_at=change.now,
            **values,
        )
    )
    if section != "articles":  # those change with their article
        await note(change, "file.added", file_id, placed, owner_id)
    return file_id


async def rename_file(change: Change, file: FileAccess, name: str) -> None:
    """Give a file another name."""
    if name != file.name:
        name = await _free_name(change.conn, file, file.owner.id, file.section, file.folder_id, name, but=file.id)
    await _change(change, file, "file.changed", name=name, name_folded=fold_name(name))


async def move_file(change: Change, viewer: Viewer, file: FileAccess, folder_id: str | None) -> None:
    """Put a file into another folder of its place. Raises NotFound."""
    await require_folder(change.conn, viewer, file, file.section, folder_id)
    name = await _free_name(change.conn, file, file.owner.id, file.section, folder_id, file.name, but=file.id)
    await _change(change, file, "file.changed", folder_id=folder_id, name=name, name_folded=fold_name(name))


async def caption_file(change: Change, file: FileAccess, caption: str) -> None:
    """Say what a picture of an album shows."""
    await _change(change, file, "file.changed", caption=caption)


async def trash_file(change: Change, file: FileAccess) -> None:
    """Put a file into the trash. One of an album or an article has no folder to come back to: it is deleted."""
    if file.album_id is not None or file.article_id is not None:
        await delete_files(change, files.c.id == file.id)
        await note(change, "file.deleted", file.id, file, file.owner.id)
        return
    await _change(change, file, "file.trashed", trashed_at=change.now, trashed_with=None)


async def restore_file(change: Change, file: FileAccess) -> None:
    """Take a file out of the trash: to where it was, or to the top where that is gone."""
    if file.trashed_at is None:
        return
    folder_id = await living(change.conn, file.folder_id)
    name = await _free_name(change.conn, file, file.owner.id, file.section, folder_id, file.name, but=file.id)
    await _change(
        change,
        file,
        "file.restored",
        folder_id=folder_id,
        name=name,
        name_folded=fold_name(name),
        trashed_at=None,
        trashed_with=None,
    )


async def empty_trash(change: Change, in_place_files: Any, in_place_folders: Any) -> int:
    """Delete for good what is in the trash of a place; how many files that were."""
    count = await delete_files(change, sa.and_(in_place_files, files.c.trashed_at.is_not(None)))
    await _delete_folders(change.conn, sa.and_(in_place_folders, folders.c.trashed_at.is_not(None)))
    return count


async def purge_trash(change: Change, before: datetime) -> int:
    """Delete for good what was put into the trash before a moment, at most AT_ONCE; how many files that were."""
    old = (
        await change.conn.scalars(
            sa.select(files.c.id).where(files.c.trashed_at < before).order_by(files.c.trashed_at).limit(AT_ONCE)
        )
    ).all()
    count = await delete_files(change, files.c.id.in_(old))
    if count < AT_ONCE:
        await _delete_folders(change.conn, folders.c.trashed_at < before)
    return count


async def delete_files(change: Change, which: Any) -> int:
    """Delete files, and the contents that no file has any more; how many files. Their bytes go once it is committed."""
    conn = change.conn
    rows = (await conn.execute(sa.select(files.c.id, files.c.content_id).where(which))).all()
    if not rows:
        return 0
    await conn.execute(sa.delete(files).where(files.c.id.in_([row.id for row in rows])))
    held = sorted({row.content_id for row in rows})
    orphans = (
        await conn.scalars(
            sa.select(contents.c.id).where(
                contents.c.id.in_(held), ~sa.exists().where(files.c.content_id == contents.c.id)
            )
        )
    ).all()
    await conn.execute(sa.delete(contents).where(contents.c.id.in_(orphans)))
    await enqueue(conn, "drop", orphans, change.now)
    return len(rows)


async def _delete_folders(conn: AsyncConnection, which: Any) -> None:
    """Delete folders in the trash in which nothing stands any more, from the innermost out."""
    inner = folders.alias("inner")
    empty = sa.and_(
        ~sa.exists().where(files.c.folder_id == folders.c.id), ~sa.exists().where(inner.c.parent_id == folders.c.id)
    )
    while (await conn.execute(sa.delete(folders).where(which, empty))).rowcount:
        pass


async def _change(change: Change, file: FileAccess, kind: str, **values: Any) -> None:
    changed = await change.conn.execute(
        sa.update(files).where(files.c.id == file.id).values(version=files.c.version + 1, **values)
    )
    if changed.rowcount == 0:
        raise NotFound
    await note(change, kind, file.id, file, file.owner.id)


async def _free_name(
    conn: AsyncConnection,
    placed: Placed,
    owner_id: str,
    section: str,
    folder_id: str | None,
    name: str,
    *,
    but: str = "",
) -> str:
    """The name, or the first numbered one that no other file there has. Names in albums and articles may repeat."""
    if section not in ("documents", "videos"):
        return name
    beside = [
        files.c.section == section,
        files.c.trashed_at.is_(None),
        files.c.id != but,
        files.c.folder_id.is_(None) if folder_id is None else files.c.folder_id == folder_id,
        files.c.school_id.is_(None) if placed.school_id is None else files.c.school_id == placed.school_id,
        files.c.class_id.is_(None) if placed.class_id is None else files.c.class_id == placed.class_id,
    ]
    if placed.school_id is None:
        beside.append(files.c.owner_id == owner_id)
    free = name
    for number in range(2, NUMBERED):
        if not await conn.scalar(sa.select(files.c.id).where(*beside, files.c.name_folded == fold_name(free)).limit(1)):
            break
        free = numbered(name, number)
    return free
