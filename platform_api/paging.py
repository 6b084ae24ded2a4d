"""Lists by pages: an opaque cursor holds where the last page ended, so that nothing is shown twice or left out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

import msgspec
import sqlalchemy as sa
from msgspec import Meta, Struct

from platform_api.errors import InvalidQuery

Cursor = Annotated[str, Meta(max_length=400)]
Limit = Annotated[int, Meta(ge=1, le=200)]
Key = tuple[str | int | None, ...]
T = TypeVar("T")


class PageQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of a call that answers with a page: `cursor` is `next` of the page before."""

    cursor: Cursor | None = None
    limit: Limit = 50


def write_cursor(key: Key) -> str:
    """A cursor for the last row's sorting key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read_cursor(cursor: str, form: type[T]) -> T:
    """The sorting key of a cursor that this call has given. Raises InvalidQuery."""
    try:
        content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(content, type=form)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise InvalidQuery("Not a cursor of this call - at `$.cursor`") from error


def after(columns: Sequence[sa.ColumnElement[Any]], key: Sequence[Any], *, descending: bool = False) -> Any:
    """The condition that a row stands after `key` in the order of `columns`, all in one direction."""
    condition: Any = sa.false()
    for column, value in reversed(list(zip(columns, key, strict=True))):
        further = column < value if descending else column > value
        condition = sa.or_(further, sa.and_(column == value, condition))
    return condition


def cut(rows: Sequence[T], limit: int) -> tuple[list[T], bool]:
    """The page out of `limit + 1` rows that were fetched, and whether more follow."""
    return list(rows[:limit]), len(rows) > limit
