"""Comments on articles as one person meets them.

Whoever reads a published article reads its comments and may add one; a draft has none. Who wrote one, and who may edit
the article, may delete it. In an archived class they are read and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.posts import ArticleAccess, access_article
from platform_api.errors import Archived, Forbidden, NotFound
from platform_api.people.queries import Viewer
from platform_api.schema import comments


@dataclass(frozen=True, slots=True)
class CommentAccess:
    """A comment as one person meets it."""

    id: str
    article: ArticleAccess
    text: str
    may_delete: bool

    def require_delete(self) -> None:
        """Raises Forbidden, Archived."""
        if not self.may_delete:
            raise Forbidden
        require_comment(self.article)


def require_comment(article: ArticleAccess) -> None:
    """Raises Archived where nothing is said any more."""
    if article.archived:
        raise Archived


async def access_commented(conn: AsyncConnection, viewer: Viewer, article_id: str) -> ArticleAccess:
    """An article whose comments one reads. Raises NotFound, for a draft too."""
    article = await access_article(conn, viewer, article_id)
    if article.published_at is None:
        raise NotFound
    return article


async def access_comment(conn: AsyncConnection, viewer: Viewer, article_id: str, comment_id: str) -> CommentAccess:
    """One comment of an article. Raises NotFound."""
    article = await access_commented(conn, viewer, article_id)
    found = sa.select(comments.c.author_id, comments.c.text).where(
        comments.c.id == comment_id, comments.c.article_id == article.id, comments.c.deleted_at.is_(None)
    )
    row = (await conn.execute(found)).one_or_none()
    if row is None:
        raise NotFound
    return CommentAccess(comment_id, article, row.text, article.may_edit or row.author_id == viewer.id)
