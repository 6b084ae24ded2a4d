"""What handlers give back, and what goes over the wire for it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from platform_api import errors

Later = Callable[[Callable[[], Awaitable[None] | None]], None]
"""Registers what is to be done once the call's transaction is committed; not done when it is undone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that says more than its value: another status, an entity tag, headers of its own."""

    value: Any = None
    status: int | None = None
    """None: the operation's own first status."""
    etag: str = ""
    """The version of what is answered, as `etag_of` makes it."""
    headers: Mapping[str, str] = field(default_factory=dict)


class IfMatch:
    """The version somebody has edited, from the header If-Match (RFC 9110, section 13.1.1)."""

    __slots__ = ("_tags", "checked")

    def __init__(self, header: str) -> None:
        self._tags = {tag.strip() for tag in header.split(",")}
        self.checked = False

    def check(self, etag: str) -> None:
        """Compare with the present version, inside the transaction of the change. Raises PreconditionFailed."""
        self.checked = True
        if "*" not in self._tags and etag not in self._tags:
            raise errors.PreconditionFailed(headers={"ETag": etag})


def etag_of(value: Any) -> str:
    """A strong entity tag: a version number as it is, anything else by a hash of its JSON."""
    if isinstance(value, int):
        return f'"{value}"'
    return f'"{hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:32]}"'


def answer(value: Any, *, status: int = 200) -> web.Response:
    """A struct as JSON; what a person sees is theirs alone and is kept by no cache."""
    response = web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def nothing() -> web.Response:
    """204: done, nothing to say."""
    response = web.Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response
