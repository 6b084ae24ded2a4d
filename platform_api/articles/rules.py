"""What the calls about articles carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from platform_api.articles.document import Block, Blocks
from platform_api.documents.rules import File, Place
from platform_api.messages.rules import ClientId
from platform_api.paging import PageQuery
from platform_api.people.rules import Named

MAX_COMMENTS = 10_000
"""Of one article, deleted ones among them."""

Title = Annotated[str, Meta(min_length=1, max_length=120)]


class Article(Struct, frozen=True):
    """An article in a list."""

    id: str
    title: str
    place: Place
    author: Named
    state: Literal["draft", "published"]
    created_at: datetime
    changed_at: datetime
    published_at: datetime | None
    minutes: int
    """To read it."""
    cover: File | None
    """Its first picture."""
    likes: int
    liked: bool
    """By who asks."""
    may_edit: bool
    version: int


class ArticleDetails(Article, frozen=True):
    """An article to be read, with the files its blocks name. A file that is not among them is gone."""

    blocks: list[Block]
    files: list[File]
    comments: int
    """How many there are; a draft has none."""


class Articles(Struct, frozen=True):
    """A page of articles, the newest first."""

    items: list[Article]
    next: str | None
    may_post: bool


class ArticlesQuery(PageQuery, forbid_unknown_fields=True, frozen=True):
    """Query of GET .../articles. `drafts`: those one may edit, in place of what is published."""

    drafts: bool = False


class NewArticle(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST .../articles: a draft."""

    title: Title
    blocks: Blocks = []


class EditArticle(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /articles/{id}."""

    title: Title | UnsetType = UNSET
    blocks: Blocks | UnsetType = UNSET


class Likes(Struct, frozen=True):
    """How many like it, and whether who asks does."""

    likes: int
    liked: bool


class NewComment(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /articles/{id}/comments. `client_id` is the page's own name for it: sent twice, it is one."""

    client_id: ClientId
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class Comment(Struct, frozen=True):
    """What somebody said about an article. They follow one another by `number`."""

    id: str
    number: int
    author: Named
    at: datetime
    text: str
    client_id: str
    flagged: bool
    """For those who moderate: it holds a word of the school's list. False for all others."""


class Comments(Struct, frozen=True):
    """A page of comments, the newest first, and what who asks may do with them all."""

    items: list[Comment]
    next: str | None
    count: int
    """Of all comments."""
    may_comment: bool
    """And delete one's own."""
    may_moderate: bool
    """Delete anybody's."""
