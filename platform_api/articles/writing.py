"""Articles written down: with files of their own, so that what an article shows is there as long as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from platform_api.access.files import FileAccess, access_files
from platform_api.access.places import PlaceAccess
from platform_api.access.posts import ArticleAccess
from platform_api.articles.document import (
    Block,
    count_words,
    files_in,
    kinds_wanted,
    require_sound,
    with_files,
)
from platform_api.clock import new_id
from platform_api.documents.filing import delete_files, put_file
from platform_api.documents.notes import Placed, note, tell
from platform_api.errors import InvalidBody
from platform_api.memberships.change import Change
from platform_api.people.queries import Viewer
from platform_api.schema import articles, files, likes


async def begin_article(change: Change, viewer: Viewer, place: PlaceAccess, title: str, blocks: Sequence[Block]) -> str:
    """Make a draft; its id. Raises Forbidden, Archived, InvalidBody."""
    place.require_post()
    require_sound(blocks)
    article_id = new_id()
    await change.conn.execute(
        sa.insert(articles).values(
            id=article_id,
            **place.columns,
            title=title,
            blocks=[],
            words=0,
            created_at=change.now,
            changed_at=change.now,
        )
    )
    own = await _own_files(change, viewer, article_id, place, place.owner_id, blocks)
    await _write(change, article_id, title, own)
    await change.conn.execute(sa.update(articles).where(articles.c.id == article_id).values(version=1))
    await _note(change, "article.added", article_id, place, place.owner_id, published=False)
    return article_id


async def edit_article(
    change: Change, viewer: Viewer, article: ArticleAccess, title: str, blocks: Sequence[Block]
) -> None:
    """Write an article anew. Raises InvalidBody."""
    require_sound(blocks)
    own = await _own_files(change, viewer, article.id, article, article.owner.id, blocks)
    await delete_files(change, sa.and_(files.c.article_id == article.id, files.c.id.not_in(files_in(own))))
    await _write(change, article.id, title, own)
    await _note(
        change, "article.changed", article.id, article, article.owner.id, published=article.published_at is not None
    )


async def publish_article(change: Change, article: ArticleAccess, *, published: bool) -> None:
    """Let everybody of the place read it, or nobody but its editors."""
    if (article.published_at is not None) == published:
        return
    await change.conn.execute(
        sa.update(articles)
        .where(articles.c.id == article.id)
        .values(published_at=change.now if published else None, version=articles.c.version + 1)
    )
    kind = "article.published" if published else "article.withdrawn"
    await _note(change, kind, article.id, article, article.owner.id, published=True)


async def delete_article(change: Change, article: ArticleAccess) -> None:
    """Delete an article with its files."""
    await delete_files(change, files.c.article_id == article.id)
    await change.conn.execute(sa.delete(likes).where(likes.c.kind == "article", likes.c.subject_id == article.id))
    await change.conn.execute(sa.delete(articles).where(articles.c.id == article.id))
    await _note(
        change, "article.deleted", article.id, article, article.owner.id, published=article.published_at is not None
    )


async def drop_drafts(change: Change, person_id: str) -> int:
    """Delete a person's articles that nobody else was to read yet; how many."""
    conn = change.conn
    drafts = (
        await conn.scalars(
            sa.select(articles.c.id).where(articles.c.owner_id == person_id, articles.c.published_at.is_(None))
        )
    ).all()
    await delete_files(change, files.c.article_id.in_(drafts))
    # One that was withdrawn may have been liked.
    await conn.execute(sa.delete(likes).where(likes.c.kind == "article", likes.c.subject_id.in_(drafts)))
    await conn.execute(sa.delete(articles).where(articles.c.id.in_(drafts)))
    return len(drafts)


async def _own_files(
    change: Change, viewer: Viewer, article_id: str, placed: Placed, owner_id: str, blocks: Sequence[Block]
) -> list[Block]:
    """The blocks with files of the article in place of others, which are copied into it.

    Whoever reads the article reads these; so somebody else's file that one only reads cannot be among them. Raises
    InvalidBody.
    """
    found = await access_files(change.conn, viewer, files_in(blocks))
    wanted = kinds_wanted(blocks)
    copies: dict[str, str] = {}
    for number, file_id in enumerate(files_in(blocks)):
        file = found.get(file_id)
        if file is None or not (file.may_edit or file.article_id == article_id):
            raise InvalidBody(f"No such file of yours: {file_id} - at `$.blocks`")
        if wanted.get(file_id, file.kind) != file.kind:
            raise InvalidBody(f"{file_id} is no {wanted[file_id]} - at `$.blocks`")
        if file.article_id != article_id:
            copies[file_id] = await _copy(change, article_id, placed, owner_id, file, number)
    return with_files(blocks, copies)


async def _copy(change: Change, article_id: str, placed: Placed, owner_id: str, file: FileAccess, position: int) -> str:
    return await put_file(
        change,
        placed,
        owner_id,
        file.content_id,
        file.name,
        "articles",
        article_id=article_id,
        position=position,
    )


async def _write(change: Change, article_id: str, title: str, blocks: Sequence[Block]) -> None:
    values: dict[str, Any] = {
        "title": title,
        "blocks": msgspec.to_builtins(blocks),
        "words": count_words(title, blocks),
        "changed_at": change.now,
        "version": articles.c.version + 1,
    }
    await change.conn.execute(sa.update(articles).where(articles.c.id == article_id).values(**values))


async def _note(change: Change, kind: str, article_id: str, placed: Placed, owner_id: str, *, published: bool) -> None:
    """A draft is its author's matter: it is told to nobody else, but the audit knows."""
    if published:
        await note(change, kind, article_id, placed, owner_id)
        return
    await tell(change.conn, kind, article_id, _NOWHERE, owner_id)
    await change.audit(kind, article_id, school_id=placed.school_id)


class _Nowhere:
    school_id = None
    class_id = None


_NOWHERE = _Nowhere()
