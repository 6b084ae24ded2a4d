"""Articles and albums as one person meets them: what is posted in a school or a class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.places import PlaceKind, edits_in_place, reads_place
from platform_api.errors import Archived, Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import albums, articles, classes, likes, people, schools


@dataclass(frozen=True, slots=True)
class Post:
    """An article or an album, as far as they are alike."""

    id: str
    title: str
    place: PlaceKind
    school_id: str
    class_id: str | None
    place_name: str
    owner: Named
    created_at: datetime
    version: int
    likes: int
    liked: bool
    may_edit: bool
    archived: bool

    def require_edit(self) -> None:
        """Raises Forbidden, Archived."""
        if not self.may_edit:
            raise Forbidden
        if self.archived:
            raise Archived


@dataclass(frozen=True, slots=True)
class AlbumAccess(Post):
    """An album as one person meets it."""

    about: str


@dataclass(frozen=True, slots=True)
class ArticleAccess(Post):
    """An article as one person meets it."""

    blocks: list[dict[str, Any]]
    words: int
    changed_at: datetime
    published_at: datetime | None


_VIEWER = sa.bindparam("viewer_id", type_=sa.String)


def _seen(table: sa.Table, kind: str, *columns: Any) -> sa.Select[Any]:
    of_this = sa.and_(likes.c.kind == kind, likes.c.subject_id == table.c.id)
    return (
        sa.select(
            table.c.id,
            table.c.title,
            table.c.school_id,
            table.c.class_id,
            sa.func.coalesce(classes.c.name, schools.c.name).label("place_name"),
            table.c.owner_id,
            people.c.name.label("owner_name"),
            table.c.created_at,
            table.c.version,
            sa.select(sa.func.count()).select_from(likes).where(of_this).scalar_subquery().label("likes"),
            sa.exists().where(of_this, likes.c.person_id == _VIEWER).label("liked"),
            edits_in_place(_VIEWER, table).label("may_edit"),
            classes.c.archived_at,
            *columns,
        )
        .select_from(
            table.join(people, people.c.id == table.c.owner_id)
            .join(schools, schools.c.id == table.c.school_id)
            .outerjoin(classes, classes.c.id == table.c.class_id)
        )
        .where(reads_place(_VIEWER, table))
    )


VISIBLE_ALBUMS = _seen(albums, "album", albums.c.about)
VISIBLE_ARTICLES = _seen(
    articles, "article", articles.c.blocks, articles.c.words, articles.c.changed_at, articles.c.published_at
).where(sa.or_(articles.c.published_at.is_not(None), edits_in_place(_VIEWER, articles)))
"""A draft is there for those who may edit it."""
_ONE_ALBUM = VISIBLE_ALBUMS.where(albums.c.id == sa.bindparam("of_album"))
_ONE_ARTICLE = VISIBLE_ARTICLES.where(articles.c.id == sa.bindparam("of_article"))


async def access_album(conn: AsyncConnection, viewer: Viewer, album_id: str, *, edit: bool = False) -> AlbumAccess:
    """One album, to see or to edit it. Raises NotFound, Forbidden, Archived."""
    row = (await conn.execute(_ONE_ALBUM, {"viewer_id": viewer.id, "of_album": album_id})).one_or_none()
    if row is None:
        raise NotFound
    found = album_access(row)
    if edit:
        found.require_edit()
    return found


async def access_article(
    conn: AsyncConnection, viewer: Viewer, article_id: str, *, edit: bool = False
) -> ArticleAccess:
    """One article, to read or to edit it. Raises NotFound, Forbidden, Archived."""
    row = (await conn.execute(_ONE_ARTICLE, {"viewer_id": viewer.id, "of_article": article_id})).one_or_none()
    if row is None:
        raise NotFound
    found = article_access(row)
    if edit:
        found.require_edit()
    return found


def album_access(row: sa.Row[Any]) -> AlbumAccess:
    """A row of VISIBLE_ALBUMS."""
    return AlbumAccess(**_post(row), about=row.about)


def article_access(row: sa.Row[Any]) -> ArticleAccess:
    """A row of VISIBLE_ARTICLES."""
    return ArticleAccess(
        **_post(row),
        blocks=row.blocks,
        words=row.words,
        changed_at=row.changed_at,
        published_at=row.published_at,
    )


def _post(row: sa.Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "place": "school" if row.class_id is None else "class",
        "school_id": row.school_id,
        "class_id": row.class_id,
        "place_name": row.place_name,
        "owner": Named(row.owner_id, row.owner_name),
        "created_at": row.created_at,
        "version": row.version,
        "likes": row.likes,
        "liked": bool(row.liked),
        "may_edit": bool(row.may_edit),
        "archived": row.archived_at is not None,
    }
