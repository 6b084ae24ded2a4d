"""Bodies, queries and path ids into typed values, validated once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from interprocess import bodies
from platform_api import errors

MAX_BODY = 64 * 1024
"""Longest JSON body, bytes, unless an operation says otherwise."""
BODY_SECONDS = 60.0
"""How long a body may take to come; the longest are read on a slow line in less."""
MAX_QUERY = 8000
"""Longest query, characters as they are sent; a little less than the longest line aiohttp reads."""

_ID = re.compile(r"[A-Za-z0-9._~-]{1,64}")

T = TypeVar("T")

_REFUSALS = {
    "body_too_large": errors.BodyTooLarge, "broken_body": errors.BrokenBody, "slow_body": errors.SlowBody,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Raw:
    """A body or an answer that is not JSON."""

    types: tuple[str, ...]
    """Media types that are taken, or given."""
    max_bytes: int = MAX_BODY


@dataclass(frozen=True, slots=True)
class Streamed:
    """A body of any length that the handler reads by itself, piece by piece, from `request.content`."""

    types: tuple[str, ...]
    """Media types that are taken."""


async def read_raw(request: web.Request, raw: Raw) -> bytes:
    """The bytes of a body that is not JSON. Raises UnsupportedMediaType, BodyTooLarge, BrokenBody, SlowBody."""
    if request.content_type not in raw.types:
        raise errors.UnsupportedMediaType(f"Send the body as {' or '.join(raw.types)}.")
    return await read_bounded(request, raw.max_bytes)


async def read_bounded(request: web.Request, max_bytes: int) -> bytes:
    """The body, if it is no longer than this. Raises BodyTooLarge, BrokenBody, SlowBody."""
    try:
        return await bodies.read_bounded(request, max_bytes, BODY_SECONDS)
    except bodies.BodyRefused as refused:
        raise _REFUSALS[refused.code] from None


def decode(body: bytes, form: type[T]) -> T:
    """JSON as a struct. Raises MalformedJson, InvalidBody."""
    try:
        value = msgspec.json.decode(body, type=form)
        # PostgreSQL keeps no NUL in a text, and nobody has one in a name.
        if b"\\u0000" in body and _has_nul(msgspec.json.decode(body)):
            raise errors.InvalidBody("The character U+0000 is not allowed")
    except msgspec.ValidationError as error:
        raise errors.InvalidBody(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.MalformedJson from error
    return value


def read_query(request: web.Request, form: type[T] | None) -> T | None:
    """The query as a struct; with no form, there must be none. Raises InvalidQuery."""
    if len(request.rel_url.raw_query_string) > MAX_QUERY:
        raise errors.InvalidQuery(f"The query is longer than {MAX_QUERY} characters")
    query = request.rel_url.query
    if form is None:
        if query:
            raise errors.InvalidQuery(f"Object contains unknown field `{next(iter(query))[:64]}`")
        return None
    found: dict[str, Any] = {}
    for name in query:
        values = query.getall(name)
        if any("\0" in value for value in values) or not _encodable(values):
            raise errors.InvalidQuery(f"Characters that are not allowed - at `$.{name[:64]}`")
        if len(values) > 1:
            raise errors.InvalidQuery(f"Given more than once - at `$.{name[:64]}`")
        found[name] = values[0]
    try:
        return msgspec.convert(found, form, strict=False)
    except msgspec.ValidationError as error:
        raise errors.InvalidQuery(str(error)) from error


def path_id(request: web.Request, name: str) -> str:
    """An id of the address. What cannot be one names nothing. Raises NotFound."""
    value = request.match_info[name]
    if _ID.fullmatch(value) is None:
        raise errors.NotFound
    return value


def _encodable(values: list[str]) -> bool:
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_nul(value: Any) -> bool:
    match value:
        case str():
            return "\0" in value
        case list():
            return any(map(_has_nul, value))
        case dict():
            return any(_has_nul(key) or _has_nul(inner) for key, inner in value.items())
        case _:
            return False
