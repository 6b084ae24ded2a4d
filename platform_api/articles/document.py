"""An article's text as typed blocks. There is no HTML in it and none is made of it here: pages draw the blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from platform_api.errors import InvalidBody
from platform_api.texts import clean_text

MAX_BLOCKS = 300
MAX_BYTES = 256 * 1024
"""Of the whole document as JSON."""
WORDS_A_MINUTE = 150
"""Reading time: a pupil's pace, and Russian words are long."""

Text = Annotated[str, Meta(max_length=20_000)]
Line = Annotated[str, Meta(min_length=1, max_length=300)]
Note = Annotated[str, Meta(max_length=500)]
FileId = Annotated[str, Meta(min_length=1, max_length=64)]
_WORD = re.compile(r"\w+")


class Span(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """A stretch of text in one style. `href` begins with https:, http:, mailto:, or with / for a page of Sfera."""

    text: Text
    bold: bool = False
    italic: bool = False
    href: Annotated[str, Meta(max_length=2000)] | None = None


Spans = Annotated[list[Span], Meta(max_length=500)]


class Heading(Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="heading"):
    """A heading; the title is the first, so these are the second and third."""

    text: Line
    level: Literal[2, 3] = 2


class Paragraph(Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="text"):
    """A paragraph."""

    text: Spans


class Quote(Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="quote"):
    """What somebody said."""

    text: Spans


class Items(Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="list"):
    """A list, numbered or not."""

    items: Annotated[list[Spans], Meta(min_length=1, max_length=200)]
    ordered: bool = False


class Picture(Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="picture"):
    """A picture. `alt` says what is on it to those who do not see it."""

    file_id: FileId
    caption: Note = ""
    alt: Note = ""


class Video(Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="video"):
    """A video."""

    file_id: FileId
    caption: Note = ""


class Attachment(Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="file"):
    """A file to be saved."""

    file_id: FileId


Block = Heading | Paragraph | Quote | Items | Picture | Video | Attachment
Blocks = Annotated[list[Block], Meta(max_length=MAX_BLOCKS)]
_WITH_FILE = (Picture, Video, Attachment)


def require_sound(blocks: Sequence[Block]) -> None:
    """What the types do not say. Raises InvalidBody, naming the place."""
    for number, block in enumerate(blocks):
        place = f"blocks[{number}]"
        match block:
            case Heading():
                clean_text(block.text, place)
            case Paragraph() | Quote():
                _require_spans(block.text, place)
            case Items():
                for item in block.items:
                    _require_spans(item, place)
            case Picture():
                clean_text(block.caption + block.alt, place)
            case Video():
                clean_text(block.caption, place)
            case Attachment():
                pass
    if len(msgspec.json.encode(blocks)) > MAX_BYTES:
        raise InvalidBody(f"An article has at most {MAX_BYTES} bytes - at `$.blocks`")


def files_in(blocks: Sequence[Block]) -> list[str]:
    """The ids of all files that blocks name, each once, in order."""
    return list(dict.fromkeys(block.file_id for block in blocks if isinstance(block, _WITH_FILE)))


def with_files(blocks: Sequence[Block], others: Mapping[str, str]) -> list[Block]:
    """The blocks with other file ids in place of those that `others` names."""
    return [
        msgspec.structs.replace(block, file_id=others.get(block.file_id, block.file_id))
        if isinstance(block, _WITH_FILE)
        else block
        for block in blocks
    ]


def kinds_wanted(blocks: Sequence[Block]) -> dict[str, str]:
    """What a file has to be where a block shows it, by its id."""
    found: dict[str, str] = {}
    for block in blocks:
        if isinstance(block, Picture):
            found[block.file_id] = "picture"
        elif isinstance(block, Video):
            found[block.file_id] = "video"
    return found


def count_words(title: str, blocks: Sequence[Block]) -> int:
    """Words in an article, captions among them."""
    texts = [title]
    for block in blocks:
        match block:
            case Heading():
                texts.append(block.text)
            case Paragraph() | Quote():
                texts += [span.text for span in block.text]
            case Items():
                texts += [span.text for item in block.items for span in item]
            case Picture() | Video():
                texts.append(block.caption)
            case Attachment():
                pass
    return sum(len(_WORD.findall(text)) for text in texts)


def minutes_to_read(words: int) -> int:
    """Whole minutes, one at least."""
    return max(1, round(words / WORDS_A_MINUTE))


def _require_spans(spans: Sequence[Span], place: str) -> None:
    for span in spans:
        clean_text(span.text, place)
        if span.href is not None and not _is_link(span.href):
            raise InvalidBody(f"A link begins with https:, http:, mailto: or / - at `$.{place}`")


def _is_link(href: str) -> bool:
    """No script hides in it: control characters and blanks, which browsers leave out, are not there."""
    if not href.isprintable() or any(letter.isspace() for letter in href) or "\\" in href:
        return False
    if href.startswith("/"):
        return not href.startswith("//")
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    return parts.scheme in {"https", "http"} and bool(parts.netloc)
