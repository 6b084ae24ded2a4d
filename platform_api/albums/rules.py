"""What the calls about albums and the feed carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from platform_api.articles.rules import Article
from platform_api.documents.rules import Caption, File, Id, Place
from platform_api.people.rules import Named

Title = Annotated[str, Meta(min_length=1, max_length=120)]
About = Annotated[str, Meta(max_length=5000)]


class Album(Struct, frozen=True):
    """A photo or video report in a list."""

    id: str
    title: str
    about: str
    place: Place
    author: Named
    created_at: datetime
    items: int
    """Pictures and videos in it."""
    cover: File | None
    likes: int
    liked: bool
    """By who asks."""
    may_edit: bool
    version: int


class AlbumDetails(Album, frozen=True):
    """An album with what is in it, in order."""

    files: list[File]


class Albums(Struct, frozen=True):
    """A page of albums, the newest first."""

    items: list[Album]
    next: str | None
    may_post: bool


class NewAlbum(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST .../albums."""

    title: Title
    about: About = ""


class EditAlbum(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /albums/{id}. `order`: the ids of its files as they are to stand; those not named come behind."""

    title: Title | UnsetType = UNSET
    about: About | UnsetType = UNSET
    order: Annotated[list[Id], Meta(max_length=300)] | UnsetType = UNSET


class NewAlbumFile(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /albums/{id}/files: a file of one's own."""

    file_id: Id
    caption: Caption = ""


class FeedItem(Struct, frozen=True):
    """Something that was posted; one of the three is there."""

    kind: Literal["article", "album", "file", "video"]
    at: datetime
    article: Article | None = None
    album: Album | None = None
    file: File | None = None


class Feed(Struct, frozen=True):
    """A page of what was posted, the newest first."""

    items: list[FeedItem]
    next: str | None
    may_post: bool
