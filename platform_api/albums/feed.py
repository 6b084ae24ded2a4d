"""What was posted in a school or a class, the newest first: articles, albums, documents, videos."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.files import VISIBLE_FILES, file_access
from platform_api.access.places import PlaceAccess, access_class_place, access_school_place
from platform_api.access.posts import VISIBLE_ALBUMS, VISIBLE_ARTICLES, album_access, article_access
from platform_api.albums.queries import describe_albums
from platform_api.albums.rules import Feed, FeedItem
from platform_api.articles.queries import describe_articles
from platform_api.documents.queries import describe
from platform_api.http import operation
from platform_api.paging import PageQuery, after, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.schema import Moment, albums, articles, files
from platform_api.services import Services

_moments = Moment()
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/schools/{school_id}/feed", query=PageQuery, answers={200: Feed}, tag="feed")
async def show_school_feed(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, query: PageQuery
) -> Feed:
    """What was posted for the whole school."""
    return await _feed(conn, parts, viewer, await access_school_place(conn, viewer, school_id), query)


@operation(routes, "GET", "/api/v1/classes/{class_id}/feed", query=PageQuery, answers={200: Feed}, tag="feed")
async def show_class_feed(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, query: PageQuery
) -> Feed:
    """What was posted for a class."""
    return await _feed(conn, parts, viewer, await access_class_place(conn, viewer, class_id), query)


async def _feed(conn: AsyncConnection, parts: Services, viewer: Viewer, place: PlaceAccess, query: PageQuery) -> Feed:
    """First which things and when, of all kinds together; then each kind by the rules of its own."""
    of_files = sa.and_(files.c.section.in_(("documents", "videos")), files.c.trashed_at.is_(None))
    union = sa.union_all(
        _dated("article", articles, articles.c.published_at, place, articles.c.published_at.is_not(None)),
        _dated("album", albums, albums.c.created_at, place, sa.true()),
        _dated("file", files, files.c.created_at, place, of_files),
    ).subquery()
    order = (union.c.at, union.c.id)
    found = sa.select(union)
    if query.cursor is not None:
        moment, thing_id = read_cursor(query.cursor, tuple[int, str])
        found = found.where(after(order, (_moments.process_result_value(moment, None), thing_id), descending=True))
    rows = (await conn.execute(found.order_by(union.c.at.desc(), union.c.id.desc()).limit(query.limit + 1))).all()
    page, more = cut(rows, query.limit)
    items = await _items(conn, parts, viewer, {row.id: row.at for row in page})
    last = page[-1] if page else None
    return Feed(
        items=[items[row.id] for row in page if row.id in items],
        next=write_cursor((_moments.process_bind_param(last.at, None), last.id)) if more and last else None,
        may_post=place.may_post and not place.archived,
    )


def _dated(kind: str, table: sa.Table, at: Any, place: PlaceAccess, which: Any) -> sa.Select[Any]:
    return sa.select(sa.literal(kind).label("kind"), table.c.id.label("id"), at.label("at")).where(
        place.holds(table), which
    )


async def _items(
    conn: AsyncConnection, parts: Services, viewer: Viewer, dated: dict[str, datetime]
) -> dict[str, FeedItem]:
    """The things as the person may see them, by id."""
    given = {"viewer_id": viewer.id}
    ids = list(dated)
    found: dict[str, FeedItem] = {}
    rows = await conn.execute(VISIBLE_ARTICLES.where(articles.c.id.in_(ids)), given)
    for article in await describe_articles(conn, parts, viewer, [article_access(row) for row in rows]):
        found[article.id] = FeedItem("article", dated[article.id], article=article)
    rows = await conn.execute(VISIBLE_ALBUMS.where(albums.c.id.in_(ids)), given)
    for album in await describe_albums(conn, parts, viewer, [album_access(row) for row in rows]):
        found[album.id] = FeedItem("album", dated[album.id], album=album)
    rows = await conn.execute(VISIBLE_FILES.where(files.c.id.in_(ids)), given)
    for file in await describe(conn, parts.links, viewer, [file_access(row) for row in rows]):
        found[file.id] = FeedItem("video" if file.section == "videos" else "file", dated[file.id], file=file)
    return found
