"""Which part of a file is asked for (RFC 9110, section 14). No I/O."""

from __future__ import annotations

import re
from typing import NamedTuple

_RANGE = re.compile(r"bytes=[ \t]*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))[ \t]*", re.ASCII | re.IGNORECASE)


class Part(NamedTuple):
    """Bytes from `start` to before `end`."""

    start: int
    end: int


class Unsatisfiable(Exception):
    """There is nothing in the file where the range begins."""


def asked_part(header: str | None, if_range: str | None, etag: str, size: int) -> Part | None:
    """The part that is asked for, or None for the whole.

    One range is served; several at once, other units and what is no range are answered with the whole, as section 14.2
    allows. `If-Range` is compared with the strong entity tag; a date never fits. Raises Unsatisfiable.
    """
    if header is None or (if_range is not None and if_range.strip() != etag):
        return None
    match = _RANGE.fullmatch(header)
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        length = min(int(suffix), size)
        if length == 0:
            raise Unsatisfiable
        return Part(size - length, size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Part(start, min(int(last) + 1, size) if last else size)


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether who asks holds this version already (If-None-Match, compared weakly, section 13.1.2)."""
    if if_none_match is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in tags or etag in tags
