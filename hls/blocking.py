"""Which playlist a request waits for (RFC 8216bis, 6.2.5.2; rules 4 to 6 of the origin). Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from hls.errors import RequestRefused
from hls.timing import Timing

_NUMBER = re.compile(rb"[0-9]{1,15}")


class Wanted(Struct, frozen=True):
    """The directives of a request: `_HLS_msn` and `_HLS_part`."""

    msn: int
    part: int | None = None


class Edge(Struct, frozen=True):
    """How far a playlist has come."""

    whole: int
    """Media sequence number of the last whole segment; one less than that of the first if there is none."""
    parts: int
    """Parts of the segment after that."""
    last_parts: int
    """Parts of the last whole segment."""


def directives(query: bytes) -> Wanted | None:
    """Reads a query. What does not begin with `_HLS_` is somebody else's, a viewer's token for example. Raises
    `RequestRefused`."""
    found: dict[bytes, int] = {}
    for item in query.split(b"&"):
        name, _, value = item.partition(b"=")
        name = unquote_to_bytes(name) if b"%" in name else name
        if name not in {b"_HLS_msn", b"_HLS_part"}:
            continue
        value = unquote_to_bytes(value) if b"%" in value else value
        if name in found or not _NUMBER.fullmatch(value):
            raise RequestRefused(400, "directive")
        found[name] = int(value)
    if b"_HLS_msn" not in found:
        if found:
            raise RequestRefused(400, "part_without_msn")
        return None
    return Wanted(found[b"_HLS_msn"], found.get(b"_HLS_part"))


def refuse_far(wanted: Wanted, edge: Edge, timing: Timing) -> None:
    """Raises `RequestRefused` for what is too far ahead (rule 5)."""
    if wanted.msn > edge.whole + 2:
        raise RequestRefused(400, "msn_far")
    if wanted.part is None or wanted.msn <= edge.whole:
        return
    ahead = wanted.part - (edge.parts - 1)
    if wanted.msn == edge.whole + 2:
        # The segment under way will have as many parts as usual, or as it has already.
        ahead += max(timing.parts_per_segment, edge.parts)
    if ahead > timing.advance_limit:
        raise RequestRefused(400, "part_far")


def reached(wanted: Wanted, edge: Edge) -> bool:
    """Whether the playlist holds what is wanted, or something later (rule 4)."""
    msn, part = wanted.msn, wanted.part
    if part is None:
        return msn <= edge.whole
    if msn == edge.whole and part >= edge.last_parts:
        # Past the last part of a whole segment: the first of the next.
        msn, part = msn + 1, 0
    return msn <= edge.whole or (msn == edge.whole + 1 and part < edge.parts)
