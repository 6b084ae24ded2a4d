"""Articles as they are shown, and who likes what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.places import PlaceAccess
from platform_api.access.posts import VISIBLE_ARTICLES, ArticleAccess, Post, article_access
from platform_api.articles.comments import count_comments
from platform_api.articles.document import Block, Picture, files_in, minutes_to_read
from platform_api.articles.rules import Article, ArticleDetails, Articles, ArticlesQuery, Likes
from platform_api.dialects import upsert
from platform_api.documents.queries import describe_files
from platform_api.documents.rules import File, Place
from platform_api.errors import Archived
from platform_api.paging import after, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.schema import Moment, articles, likes
from platform_api.services import Services

_moments = Moment()


async def list_articles(
    conn: AsyncConnection, parts: Services, viewer: Viewer, place: PlaceAccess, query: ArticlesQuery
) -> Articles:
    """A page of what is published in a place, or of the drafts there that the person may edit."""
    column = articles.c.changed_at if query.drafts else articles.c.published_at
    state = articles.c.published_at.is_(None) if query.drafts else articles.c.published_at.is_not(None)
    found = VISIBLE_ARTICLES.where(place.holds(articles), state)
    if query.cursor is not None:
        moment, article_id = read_cursor(query.cursor, tuple[int, str])
        at = _moments.process_result_value(moment, None)
        found = found.where(after((column, articles.c.id), (at, article_id), descending=True))
    rows = (
        await conn.execute(
            found.order_by(column.desc(), articles.c.id.desc()).limit(query.limit + 1), {"viewer_id": viewer.id}
        )
    ).all()
    page, more = cut(rows, query.limit)
    shown = [article_access(row) for row in page]
    last = shown[-1] if shown else None
    return Articles(
        items=await describe_articles(conn, parts, viewer, shown),
        next=None if not more or last is None else write_cursor((_milliseconds(last, drafts=query.drafts), last.id)),
        may_post=place.may_post and not place.archived,
    )


async def describe_articles(
    conn: AsyncConnection, parts: Services, viewer: Viewer, found: Sequence[ArticleAccess]
) -> list[Article]:
    """Articles as lists show them."""
    covers = {article.id: _cover(blocks_of(article)) for article in found}
    files = await describe_files(parts, conn, viewer, [cover for cover in covers.values() if cover is not None])
    return [Article(**_fields(article, files.get(covers[article.id] or ""))) for article in found]


async def describe_article(
    conn: AsyncConnection, parts: Services, viewer: Viewer, found: ArticleAccess
) -> ArticleDetails:
    """An article to be read."""
    blocks = blocks_of(found)
    files = await describe_files(parts, conn, viewer, files_in(blocks))
    return ArticleDetails(
        **_fields(found, files.get(_cover(blocks) or "")),
        blocks=blocks,
        files=list(files.values()),
        comments=0 if found.published_at is None else await count_comments(conn, found.id),
    )


def blocks_of(article: ArticleAccess) -> list[Block]:
    """The blocks as they were checked when they were written."""
    return msgspec.convert(article.blocks, list[Block])


def place_of(post: Post) -> Place:
    """Where an article or album stands."""
    return Place(post.place, post.class_id or post.school_id, post.place_name)


async def like(conn: AsyncConnection, viewer: Viewer, kind: str, post: Post, now: Any, *, liked: bool) -> Likes:
    """Like an article or album, or no more; twice is once. Raises Archived."""
    if post.archived:
        raise Archived
    of_this = sa.and_(likes.c.kind == kind, likes.c.subject_id == post.id)
    if liked:
        await conn.execute(
            upsert(conn, likes)
            .values(kind=kind, subject_id=post.id, person_id=viewer.id, at=now)
            .on_conflict_do_nothing()
        )
    else:
        await conn.execute(sa.delete(likes).where(of_this, likes.c.person_id == viewer.id))
    count = await conn.scalar(sa.select(sa.func.count()).select_from(likes).where(of_this))
    return Likes(int(count or 0), liked)


def _cover(blocks: Sequence[Block]) -> str | None:
    return next((block.file_id for block in blocks if isinstance(block, Picture)), None)


def _milliseconds(article: ArticleAccess, *, drafts: bool) -> int:
    moment = article.changed_at if drafts else article.published_at
    return _moments.process_bind_param(moment, None) or 0


def _fields(article: ArticleAccess, cover: File | None) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "place": place_of(article),
        "author": article.owner,
        "state": "draft" if article.published_at is None else "published",
        "created_at": article.created_at,
        "changed_at": article.changed_at,
        "published_at": article.published_at,
        "minutes": minutes_to_read(article.words),
        "cover": cover,
        "likes": article.likes,
        "liked": article.liked,
        "may_edit": article.may_edit and not article.archived,
        "version": article.version,
    }
