"""What the process that makes previews says it has made: `result.json` in its folder."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

PreviewName = Annotated[str, Meta(pattern=r"^(?:small|medium|large|poster|video|page-[1-9][0-9]{0,2})$")]
MediaType = Literal["image/webp", "video/mp4"]
Side = Annotated[int, Meta(ge=1, le=100_000)]
SIZES = {"small": 320, "medium": 960, "large": 1920}
"""Longer side of a picture, pixels."""
PAGE_SIDE = 1400
PAGES = 50
"""Pages of a document that are drawn."""


class Made(Struct, frozen=True):
    """A file of the folder, called by its name."""

    name: PreviewName
    media_type: MediaType
    width: Side
    height: Side


class Result(Struct, frozen=True):
    """What was learnt about the file and what was made of it."""

    made: Annotated[list[Made], Meta(max_length=PAGES + 8)]
    width: Side | None = None
    height: Side | None = None
    duration: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    """Milliseconds."""
    pages: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    playable: bool = True
    """Of a video: every browser plays it as it is."""
