"""Comments on articles: written, shown by pages, deleted.

They stand on their article in the order of their numbers. One that was deleted keeps its row, without a word in it, so
that the same send does not make it anew and what was decided about it can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.comments import CommentAccess, require_comment
from platform_api.access.posts import ArticleAccess
from platform_api.articles.rules import MAX_COMMENTS, Comment, Comments
from platform_api.clock import new_id
from platform_api.events import record
from platform_api.messages.rules import Number
from platform_api.messages.words import judge
from platform_api.moderation.reporting import file_report
from platform_api.paging import PageQuery, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import articles, comments, message_reports, people

COMMENT_ROWS: sa.Select[Any] = sa.select(comments, people.c.name.label("author_name")).join(
    people, people.c.id == comments.c.author_id
)
_PAGE = (
    COMMENT_ROWS.where(
        comments.c.article_id == sa.bindparam("of_article"),
        comments.c.number < sa.bindparam("before"),
        comments.c.deleted_at.is_(None),
    )
    .order_by(comments.c.number.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_BEHIND_ALL = 2**31 - 1


class Added(NamedTuple):
    """What came of a send."""

    comment: Comment
    new: bool
    """False: the comment was there under its client id."""


def show_comment(row: Any, *, moderates: bool) -> Comment:
    """A row of COMMENT_ROWS; who moderates is told what was flagged."""
    return Comment(
        id=row.id,
        number=row.number,
        author=Named(row.author_id, row.author_name),
        at=row.at,
        text=row.text,
        client_id=row.client_id,
        flagged=row.flagged and moderates,
    )


async def list_comments(conn: AsyncConnection, article: ArticleAccess, query: PageQuery) -> Comments:
    """A page of an article's comments, the newest first. Raises InvalidQuery."""
    before = _BEHIND_ALL if query.cursor is None else read_cursor(query.cursor, tuple[Number])[0]
    asked = {"of_article": article.id, "before": before, "most": query.limit + 1}
    rows, more = cut((await conn.execute(_PAGE, asked)).all(), query.limit)
    return Comments(
        items=[show_comment(row, moderates=article.may_edit) for row in rows],
        next=write_cursor((rows[-1].number,)) if more else None,
        count=await count_comments(conn, article.id),
        may_comment=not article.archived,
        may_moderate=article.may_edit and not article.archived,
    )


async def count_comments(conn: AsyncConnection, article_id: str) -> int:
    """How many comments an article has."""
    count = await conn.scalar(
        sa.select(sa.func.count()).where(comments.c.article_id == article_id, comments.c.deleted_at.is_(None))
    )
    return int(count or 0)


async def add_comment(
    conn: AsyncConnection, viewer: Viewer, article: ArticleAccess, client_id: str, text: str, now: datetime
) -> Added:
    """Write a comment, its text cleaned, or find the one that was sent under its client id.

    Raises ClientIdReused, MessageDeleted, Archived, TooMany, RestrictedWord.
    """
    named = COMMENT_ROWS.where(comments.c.author_id == viewer.id, comments.c.client_id == client_id)
    there = (await conn.execute(named)).one_or_none()
    if there is not None:
        if there.article_id != article.id:
            raise errors.ClientIdReused
        if there.deleted_at is not None:
            raise errors.MessageDeleted
        return Added(show_comment(there, moderates=article.may_edit), new=False)
    require_comment(article)
    last = await conn.scalar(sa.select(sa.func.max(comments.c.number)).where(comments.c.article_id == article.id)) or 0
    if last >= MAX_COMMENTS:
        raise errors.TooMany(extra={"limit": MAX_COMMENTS})
    word = await judge(conn, article.school_id, text)
    comment_id = new_id()
    await conn.execute(
        sa.insert(comments).values(
            id=comment_id,
            article_id=article.id,
            number=last + 1,
            author_id=viewer.id,
            client_id=client_id,
            at=now,
            text=text,
            flagged=word is not None,
        )
    )
    await _tell(conn, "comment.added", article, comment_id)
    if word is not None:
        await file_report(conn, article.school_id, now, comment_id=comment_id, reason="word", note=word, text=text)
    row = (await conn.execute(named)).one()
    return Added(show_comment(row, moderates=article.may_edit), new=True)


async def delete_comment(conn: AsyncConnection, viewer: Viewer, comment: CommentAccess, now: datetime) -> None:
    """Delete a comment for everybody. Raises Forbidden, Archived."""
    comment.require_delete()
    await empty(conn, comments.c.id == comment.id, now, viewer.id)
    await _tell(conn, "comment.deleted", comment.article, comment.id)


async def delete_reported(conn: AsyncConnection, viewer: Viewer, comment_id: str, now: datetime) -> None:
    """Delete a comment as who decides about a report of it, on whatever article it stands, if it stands still."""
    row = (
        await conn.execute(
            sa.select(
                comments.c.deleted_at,
                articles.c.id,
                articles.c.school_id,
                articles.c.class_id,
                articles.c.published_at,
            )
            .join(articles, articles.c.id == comments.c.article_id)
            .where(comments.c.id == comment_id)
        )
    ).one()
    if row.deleted_at is not None:
        return
    await empty(conn, comments.c.id == comment_id, now, viewer.id)
    if row.published_at is not None:  # on a draft nobody was shown it
        await _tell(conn, "comment.deleted", row, comment_id)


async def empty(conn: AsyncConnection, which: sa.ColumnElement[bool], now: datetime, by: str | None) -> int:
    """Take the text out of comments that stand; from here on nobody is shown them. How many that were."""
    emptied = await conn.execute(
        sa.update(comments).where(which, comments.c.deleted_at.is_(None)).values(text="", deleted_at=now, deleted_by=by)
    )
    return emptied.rowcount


async def erase_comments(conn: AsyncConnection, person_id: str, now: datetime) -> int:
    """Empty all comments of a person and what reports kept of them; how many that were."""
    mine = sa.select(comments.c.id).where(comments.c.author_id == person_id)
    await conn.execute(sa.update(message_reports).where(message_reports.c.comment_id.in_(mine)).values(text=""))
    return await empty(conn, comments.c.author_id == person_id, now, None)


async def show_comments(conn: AsyncConnection, ids: list[str]) -> Mapping[str, Comment]:
    """Comments by their ids, deleted ones too, as who moderates is shown them."""
    if not ids:
        return {}
    rows = await conn.execute(COMMENT_ROWS.where(comments.c.id.in_(ids)))
    return {row.id: show_comment(row, moderates=True) for row in rows}


async def _tell(conn: AsyncConnection, kind: str, article: Any, comment_id: str) -> None:
    """Told to those who read where the article stands; the article is what they read again."""
    await record(
        conn,
        kind,
        article.id,
        school_id=article.school_id,
        class_id=article.class_id,
        data={"comment": comment_id},
    )
