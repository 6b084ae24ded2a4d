"""Files and folders as one person meets them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.grants import granted
from platform_api.access.places import PlaceKind, edits_in_place, reads_place
from platform_api.errors import Archived, Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import articles, classes, contents, files, folders, people, schools

MAX_ASKED = 500
"""Files that are asked for by their ids at once."""


@dataclass(frozen=True, slots=True)
class Editable:
    """What stands in a place, and whether the person may edit it."""

    id: str
    name: str
    place: PlaceKind
    school_id: str | None
    class_id: str | None
    place_name: str
    owner: Named
    section: str
    created_at: datetime
    trashed_at: datetime | None
    version: int
    may_edit: bool
    archived: bool

    def require_edit(self) -> None:
        """Raises Forbidden, Archived."""
        if not self.may_edit:
            raise Forbidden
        if self.archived:
            raise Archived


@dataclass(frozen=True, slots=True)
class FolderAccess(Editable):
    """A folder as one person meets it."""

    parent_id: str | None


@dataclass(frozen=True, slots=True)
class FileAccess(Editable):
    """A file as one person meets it, with what is known of its content."""

    folder_id: str | None
    album_id: str | None
    article_id: str | None
    caption: str
    position: int
    content_id: str
    size: int
    sha256: bytes
    media_type: str
    kind: str
    width: int | None
    height: int | None
    duration: int | None
    pages: int | None
    previews: str


_VIEWER = sa.bindparam("viewer_id", type_=sa.String)


def _seen(table: sa.Table, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    may_edit = edits_in_place(_VIEWER, table)
    return sa.select(
        table.c.id,
        table.c.name,
        table.c.school_id,
        table.c.class_id,
        sa.func.coalesce(classes.c.name, schools.c.name, "").label("place_name"),
        table.c.owner_id,
        people.c.name.label("owner_name"),
        table.c.section,
        table.c.created_at,
        table.c.trashed_at,
        table.c.version,
        may_edit.label("may_edit"),
        classes.c.archived_at,
        *columns,
    ).where(sa.or_(table.c.trashed_at.is_(None), may_edit))


def _placed(table: sa.Table) -> Any:
    return (
        table.join(people, people.c.id == table.c.owner_id)
        .outerjoin(schools, schools.c.id == table.c.school_id)
        .outerjoin(classes, classes.c.id == table.c.class_id)
    )


_article = articles.alias("article")
_in_article = (
    sa.exists()
    .where(
        _article.c.id == files.c.article_id,
        sa.or_(_article.c.published_at.is_not(None), edits_in_place(_VIEWER, _article)),
    )
    .correlate(files)
)
VISIBLE_FILES = (
    _seen(
        files,
        files.c.folder_id,
        files.c.album_id,
        files.c.article_id,
        files.c.caption,
        files.c.position,
        files.c.content_id,
        contents.c.size,
        contents.c.sha256,
        contents.c.media_type,
        contents.c.kind,
        contents.c.width,
        contents.c.height,
        contents.c.duration,
        contents.c.pages,
        contents.c.previews,
    )
    .select_from(_placed(files).join(contents, contents.c.id == files.c.content_id))
    .where(
        sa.or_(
            sa.and_(reads_place(_VIEWER, files), sa.or_(files.c.article_id.is_(None), _in_article)),
            granted(_VIEWER, files.c.id),
        )
    )
)
"""Every file the person `viewer_id` may read, with its content; of those in the trash what they may take out."""

VISIBLE_FOLDERS = _seen(folders, folders.c.parent_id).select_from(_placed(folders)).where(reads_place(_VIEWER, folders))
_ONE_FILE = VISIBLE_FILES.where(files.c.id == sa.bindparam("of_file"))
_ONE_FOLDER = VISIBLE_FOLDERS.where(folders.c.id == sa.bindparam("of_folder"))
_SOME_FILES = VISIBLE_FILES.where(files.c.id.in_(sa.bindparam("of_files", expanding=True)))


async def access_file(
    conn: AsyncConnection, viewer: Viewer, file_id: str, *, edit: bool = False, trashed: bool = False
) -> FileAccess:
    """One file, to read or to edit it; one in the trash only where `trashed`. Raises NotFound, Forbidden, Archived."""
    row = (await conn.execute(_ONE_FILE, {"viewer_id": viewer.id, "of_file": file_id})).one_or_none()
    if row is None or (row.trashed_at is not None and not trashed):
        raise NotFound
    found = file_access(row)
    if edit:
        found.require_edit()
    return found


async def access_files(conn: AsyncConnection, viewer: Viewer, ids: Iterable[str]) -> dict[str, FileAccess]:
    """Those of some files that the person may read and that are not in the trash, by id; at most MAX_ASKED."""
    asked = list(dict.fromkeys(ids))[:MAX_ASKED]
    if not asked:
        return {}
    rows = await conn.execute(_SOME_FILES, {"viewer_id": viewer.id, "of_files": asked})
    return {row.id: file_access(row) for row in rows if row.trashed_at is None}


async def access_folder(
    conn: AsyncConnection, viewer: Viewer, folder_id: str, *, edit: bool = False, trashed: bool = False
) -> FolderAccess:
    """One folder, likewise. Raises NotFound, Forbidden, Archived."""
    row = (await conn.execute(_ONE_FOLDER, {"viewer_id": viewer.id, "of_folder": folder_id})).one_or_none()
    if row is None or (row.trashed_at is not None and not trashed):
        raise NotFound
    found = folder_access(row)
    if edit:
        found.require_edit()
    return found


def file_access(row: sa.Row[Any]) -> FileAccess:
    """A row of VISIBLE_FILES."""
    return FileAccess(
        **_editable(row),
        folder_id=row.folder_id,
        album_id=row.album_id,
        article_id=row.article_id,
        caption=row.caption,
        position=row.position,
        content_id=row.content_id,
        size=row.size,
        sha256=row.sha256,
        media_type=row.media_type,
        kind=row.kind,
        width=row.width,
        height=row.height,
        duration=row.duration,
        pages=row.pages,
        previews=row.previews,
    )


def folder_access(row: sa.Row[Any]) -> FolderAccess:
    """A row of VISIBLE_FOLDERS."""
    return FolderAccess(**_editable(row), parent_id=row.parent_id)


def _editable(row: sa.Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "place": "own" if row.school_id is None else "school" if row.class_id is None else "class",
        "school_id": row.school_id,
        "class_id": row.class_id,
        "place_name": row.place_name,
        "owner": Named(row.owner_id, row.owner_name),
        "section": row.section,
        "created_at": row.created_at,
        "trashed_at": row.trashed_at,
        "version": row.version,
        "may_edit": bool(row.may_edit),
        "archived": row.archived_at is not None,
    }
