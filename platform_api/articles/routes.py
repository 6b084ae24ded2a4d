"""Calls about articles."""

from __future__ import annotations

from aiohttp import web
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.places import PlaceAccess, access_class_place, access_school_place
from platform_api.access.posts import access_article
from platform_api.articles import queries, writing
from platform_api.articles.document import MAX_BYTES
from platform_api.articles.rules import ArticleDetails, Articles, ArticlesQuery, EditArticle, Likes, NewArticle
from platform_api.http import Answer, IfMatch, etag_of, operation
from platform_api.memberships.change import Change
from platform_api.people.queries import Viewer
from platform_api.services import Services
from platform_api.texts import clean_line

REFUSED = (errors.Forbidden, errors.Archived)
MAX_BODY = MAX_BYTES + 16 * 1024
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/schools/{school_id}/articles", query=ArticlesQuery, answers={200: Articles},
           tag="articles")  # fmt: skip
async def list_school_articles(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, query: ArticlesQuery
) -> Articles:
    """Articles of a school, the newest first."""
    return await queries.list_articles(conn, parts, viewer, await access_school_place(conn, viewer, school_id), query)


@operation(routes, "GET", "/api/v1/classes/{class_id}/articles", query=ArticlesQuery, answers={200: Articles},
           tag="articles")  # fmt: skip
async def list_class_articles(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, query: ArticlesQuery
) -> Articles:
    """Articles of a class."""
    return await queries.list_articles(conn, parts, viewer, await access_class_place(conn, viewer, class_id), query)


@operation(routes, "POST", "/api/v1/schools/{school_id}/articles", body=NewArticle, answers={201: ArticleDetails},
           problems=REFUSED, idempotent=True, max_body=MAX_BODY, tag="articles")  # fmt: skip
async def begin_school_article(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: NewArticle
) -> Answer:
    """Begin an article of a school: a draft, which only its editors see.

    Files that blocks name (one's own, or of a place one may edit) are copied into the article: the blocks of the answer
    name the copies.
    """
    return await _begin(viewer, conn, parts, await access_school_place(conn, viewer, school_id), body)


@operation(routes, "POST", "/api/v1/classes/{class_id}/articles", body=NewArticle, answers={201: ArticleDetails},
           problems=REFUSED, idempotent=True, max_body=MAX_BODY, tag="articles")  # fmt: skip
async def begin_class_article(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, body: NewArticle
) -> Answer:
    """Begin an article of a class, likewise."""
    return await _begin(viewer, conn, parts, await access_class_place(conn, viewer, class_id), body)


@operation(routes, "GET", "/api/v1/articles/{article_id}", answers={200: ArticleDetails}, etag=True, tag="articles")
async def show_article(viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str) -> Answer:
    """One article."""
    return await _shown(viewer, conn, parts, article_id)


@operation(routes, "PATCH", "/api/v1/articles/{article_id}", body=EditArticle, answers={200: ArticleDetails},
           problems=REFUSED, etag=True, max_body=MAX_BODY, tag="articles")  # fmt: skip
async def edit_article(
    viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str, body: EditArticle, if_match: IfMatch
) -> Answer:
    """Edit an article; of a published one everybody sees it at once. 412 when somebody else has edited it meanwhile."""
    found = await access_article(conn, viewer, article_id, edit=True)
    if_match.check(etag_of(found.version))
    title = found.title if body.title is UNSET else clean_line(body.title, "title")
    blocks = queries.blocks_of(found) if body.blocks is UNSET else body.blocks
    await writing.edit_article(Change(conn, viewer, parts.now()), viewer, found, title, blocks)
    return await _shown(viewer, conn, parts, article_id)


@operation(routes, "POST", "/api/v1/articles/{article_id}/publish", answers={200: ArticleDetails}, problems=REFUSED,
           tag="articles")  # fmt: skip
async def publish_article(viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str) -> Answer:
    """Let everybody of its school or class read an article; that they do already is no error."""
    found = await access_article(conn, viewer, article_id, edit=True)
    await writing.publish_article(Change(conn, viewer, parts.now()), found, published=True)
    return await _shown(viewer, conn, parts, article_id)


@operation(routes, "POST", "/api/v1/articles/{article_id}/withdraw", answers={200: ArticleDetails}, problems=REFUSED,
           tag="articles")  # fmt: skip
async def withdraw_article(viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str) -> Answer:
    """Make a draft of an article again."""
    found = await access_article(conn, viewer, article_id, edit=True)
    await writing.publish_article(Change(conn, viewer, parts.now()), found, published=False)
    return await _shown(viewer, conn, parts, article_id)


@operation(routes, "DELETE", "/api/v1/articles/{article_id}", answers={204: None}, problems=REFUSED, tag="articles")
async def delete_article(viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str) -> None:
    """Delete an article with its files, for good."""
    found = await access_article(conn, viewer, article_id, edit=True)
    await writing.delete_article(Change(conn, viewer, parts.now()), found)


@operation(routes, "PUT", "/api/v1/articles/{article_id}/like", answers={200: Likes}, problems=(errors.Archived,),
           tag="articles")  # fmt: skip
async def like_article(viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str) -> Likes:
    """Like an article."""
    found = await access_article(conn, viewer, article_id)
    return await queries.like(conn, viewer, "article", found, parts.now(), liked=True)


@operation(routes, "DELETE", "/api/v1/articles/{article_id}/like", answers={200: Likes}, problems=(errors.Archived,),
           tag="articles")  # fmt: skip
async def unlike_article(viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str) -> Likes:
    """Like it no more."""
    found = await access_article(conn, viewer, article_id)
    return await queries.like(conn, viewer, "article", found, parts.now(), liked=False)


async def _begin(
    viewer: Viewer, conn: AsyncConnection, parts: Services, place: PlaceAccess, body: NewArticle
) -> Answer:
    change = Change(conn, viewer, parts.now())
    title = clean_line(body.title, "title")
    article_id = await writing.begin_article(change, viewer, place, title, body.blocks)
    return await _shown(viewer, conn, parts, article_id)


async def _shown(viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str) -> Answer:
    found = await access_article(conn, viewer, article_id)
    return Answer(await queries.describe_article(conn, parts, viewer, found), etag=etag_of(found.version))
