"""Calls about comments on articles."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.comments import access_comment, access_commented
from platform_api.articles import comments
from platform_api.articles.rules import Comment, Comments, NewComment
from platform_api.http import Answer, operation
from platform_api.paging import PageQuery
from platform_api.people.queries import Viewer
from platform_api.services import Services
from platform_api.texts import clean_text

COMMENTS = "/api/v1/articles/{article_id}/comments"
ONE = COMMENTS + "/{comment_id}"
SENDING = (
    errors.Archived,
    errors.ClientIdReused,
    errors.MessageDeleted,
    errors.RestrictedWord,
    errors.TooMany,
)

routes = web.RouteTableDef()


@operation(routes, "GET", COMMENTS, query=PageQuery, answers={200: Comments}, tag="articles")
async def list_comments(viewer: Viewer, conn: AsyncConnection, article_id: str, query: PageQuery) -> Comments:
    """What was said about a published article, the newest first; a draft has no comments."""
    return await comments.list_comments(conn, await access_commented(conn, viewer, article_id), query)


@operation(routes, "POST", COMMENTS, body=NewComment, answers={201: Comment, 200: Comment}, problems=SENDING,
           tag="articles")  # fmt: skip
async def add_comment(
    viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str, body: NewComment
) -> Answer:
    """Comment on a published article; the same `client_id` never makes two of it (200)."""
    article = await access_commented(conn, viewer, article_id)
    text = clean_text(body.text, "text")
    if not text:
        raise errors.InvalidBody("Must not be blank - at `$.text`")
    added = await comments.add_comment(conn, viewer, article, body.client_id, text, parts.now())
    return Answer(added.comment, status=201 if added.new else 200)


@operation(routes, "DELETE", ONE, answers={204: None}, problems=(errors.Forbidden, errors.Archived), tag="articles")
async def delete_comment(
    viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str, comment_id: str
) -> None:
    """Delete a comment, for good: one's own, anybody's as who may edit the article."""
    found = await access_comment(conn, viewer, article_id, comment_id)
    await comments.delete_comment(conn, viewer, found, parts.now())
