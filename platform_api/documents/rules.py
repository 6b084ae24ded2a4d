"""What the calls about files and folders carry, and what they may be called."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from platform_api.access.places import PlaceKind
from platform_api.documents.kinds import Kind
from platform_api.errors import InvalidBody
from platform_api.paging import PageQuery
from platform_api.people.rules import Named
from platform_api.texts import clean_line

Section = Literal["documents", "videos", "albums", "articles", "attachments"]
Shelf = Literal["documents", "videos"]
"""Sections with folders."""
PreviewState = Literal["waiting", "ready", "none"]
FileName = Annotated[str, Meta(min_length=1, max_length=200)]
FolderName = Annotated[str, Meta(min_length=1, max_length=120)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Caption = Annotated[str, Meta(max_length=500)]

MAX_DEPTH = 8
"""Folders in one another."""
MAX_FOLDERS = 500
"""Folders in one folder."""
PAGES_LINKED = 50


class Place(Struct, frozen=True):
    """Where something stands. `id` is the school's or the class's; one's own cloud has none."""

    kind: PlaceKind
    id: str | None
    name: str


class FileLinks(Struct, frozen=True):
    """Addresses of a file's bytes and pictures, for this session and some minutes; ask again for new ones."""

    content: str
    """Shown in the page where it is harmless, else saved."""
    download: str
    small: str | None = None
    """320 px on the longer side."""
    medium: str | None = None
    """960 px."""
    large: str | None = None
    """1920 px."""
    poster: str | None = None
    """A picture of a video."""
    video: str | None = None
    """The video as every browser plays it."""


class File(Struct, frozen=True):
    """A file as one person sees it."""

    id: str
    name: str
    media_type: str
    """By what it holds."""
    kind: Kind
    size: int
    """Bytes."""
    place: Place
    section: Section
    folder_id: str | None
    owner: Named
    created_at: datetime
    trashed_at: datetime | None
    caption: str
    width: int | None
    height: int | None
    duration: int | None
    """Milliseconds."""
    pages: int | None
    previews: PreviewState
    """`none`: there are none and will be none; the file can be saved."""
    links: FileLinks
    may_edit: bool
    version: int


class Readers(Struct, frozen=True):
    """Who can see a file: so many people by its place, and the readers of so many chats."""

    place: Place
    people: int
    chats: int


class FileDetails(File, frozen=True):
    """A file with a picture of each page, the first 50, and who can see it."""

    page_links: list[str]
    readers: Readers


class Folder(Struct, frozen=True):
    """A folder as one person sees it."""

    id: str
    name: str
    parent_id: str | None
    place: Place
    section: Section
    owner: Named
    created_at: datetime
    trashed_at: datetime | None
    may_edit: bool
    version: int


class Usage(Struct, frozen=True):
    """How much is kept, bytes: of one's own cloud, or of a school with its classes."""

    used: int
    """With what is in the trash."""
    trash: int
    quota: int
    max_file: int


class Listing(Struct, frozen=True):
    """A folder's content, a page of it."""

    place: Place
    section: Section
    path: list[Named]
    """The folders from the top down to the one that is shown."""
    folders: list[Folder]
    """On the first page only."""
    files: list[File]
    next: str | None
    may_post: bool
    storage: Usage | None
    """For those who may put something there. What a school keeps is told as of now; no event says that it changed."""


class ListingQuery(PageQuery, forbid_unknown_fields=True, frozen=True):
    """Query of GET .../files. With `q` everything of the section is searched by name."""

    section: Literal["documents", "videos", "attachments"] = "documents"
    folder_id: Id | None = None
    q: Annotated[str, Meta(max_length=100)] = ""
    trash: bool = False


class FilesQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of GET /files: ids with commas between them, fifty at most."""

    ids: Annotated[str, Meta(min_length=1, max_length=50 * 65, pattern=r"^[A-Za-z0-9._~,-]+$")]


class Files(Struct, frozen=True):
    """Those of the files asked for that one may read, in that order; the others are gone, or not for oneself."""

    items: list[File]


class NewFolder(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST .../folders."""

    name: FolderName
    section: Shelf = "documents"
    parent_id: Id | None = None


class EditFolder(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /folders/{id}; `parent_id` null moves it to the top."""

    name: FolderName | UnsetType = UNSET
    parent_id: Id | UnsetType | None = UNSET


class EditFile(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /files/{id}; `folder_id` null moves it to the top."""

    name: FileName | UnsetType = UNSET
    folder_id: Id | UnsetType | None = UNSET
    caption: Caption | UnsetType = UNSET


class NewCopy(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /files/{id}/copies: where to. `id` is the school's or the class's."""

    to: PlaceKind
    id: Id | None = None
    section: Shelf = "documents"
    folder_id: Id | None = None


class LinkQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of the addresses in `FileLinks`."""

    link: Annotated[str, Meta(min_length=1, max_length=100)]


def clean_name(name: str, field: str) -> str:
    """A file's or folder's name as it is kept: one line that is a name on every system. Raises InvalidBody."""
    cleaned = clean_line(name, field)
    if "/" in cleaned or "\\" in cleaned or cleaned in {".", ".."}:
        raise InvalidBody(f"No slashes, and not only dots - at `$.{field}`")
    return cleaned


def tame_name(name: str) -> str:
    """A name as some other system has it, made into one that `clean_name` takes; without a letter left, `file`."""
    line = "".join(letter if _fits(letter) else "_" for letter in unicodedata.normalize("NFC", name)[-200:])
    cleaned = " ".join(line.split())
    return cleaned if cleaned.strip("._ ") else "file"


def numbered(name: str, number: int, longest: int = 200) -> str:
    """`name (2).ext`: what a file is called whose name is taken."""
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > 16:
        stem, dot, extension = name, "", ""
    end = f" ({number}){dot}{extension}"
    return stem[: longest - len(end)] + end


def _fits(letter: str) -> bool:
    return letter not in "/\\<>" and unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
