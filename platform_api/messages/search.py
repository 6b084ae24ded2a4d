"""Messages by their words: only of chats one reads, and only from when on one reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.chats import ChatAccess
from platform_api.chats.titles import titles_of
from platform_api.dialects import is_sqlite
from platform_api.messages.rules import Found, FoundMessage, SearchQuery
from platform_api.messages.showing import MESSAGE_ROWS, show
from platform_api.messages.terms import MAX_WANTED, fts_query, stems, vector_query
from platform_api.paging import cut, read_cursor, write_cursor
from platform_api.schema import messages

_INDEX = sa.table("message_search", sa.column("rowid"))
_MATCH = sa.literal_column("message_search").op("MATCH")


async def search(
    conn: AsyncConnection, viewer_id: str, readable: Sequence[ChatAccess], query: SearchQuery, now: datetime
) -> Found:
    """The newest messages in which all words of the query stand, in some form."""
    wanted = stems(query.q, MAX_WANTED)
    by_id = {access.id: access for access in readable}
    if not wanted or not by_id:
        return Found([], None)
    before = read_cursor(query.cursor, tuple[int])[0] if query.cursor else None
    rows, more = cut(await _find(conn, wanted, list(by_id.values()), before, query.limit + 1), query.limit)
    moderated = [access.id for access in readable if access.may_moderate]
    shown = await show(conn, rows, viewer_id, now=now, moderates=moderated)
    titles = await titles_of(conn, [by_id[chat] for chat in dict.fromkeys(row.chat_id for row in rows)])
    items = [FoundMessage(titles[one.chat_id], by_id[one.chat_id].kind, one) for one in shown]
    return Found(items, write_cursor((rows[-1].id,)) if more else None)


async def _find(
    conn: AsyncConnection, wanted: Sequence[str], readable: Sequence[ChatAccess], before: int | None, most: int
) -> Sequence[sa.Row[Any]]:
    chat_ids = [access.id for access in readable]
    # The index has narrowed it to these chats by their terms; what decides is the chat's own column and the moment.
    theirs: sa.ColumnElement[bool] = messages.c.chat_id.in_(chat_ids)
    for access in readable:
        if access.since is not None:
            theirs = sa.and_(theirs, sa.or_(messages.c.chat_id != access.id, messages.c.at >= access.since))
    if is_sqlite(conn):
        place: Any = _INDEX.c.rowid
        found = MESSAGE_ROWS.join(_INDEX, _INDEX.c.rowid == messages.c.id).where(
            _MATCH(fts_query(wanted, chat_ids)), theirs
        )
    else:
        place = messages.c.id
        terms = sa.cast(vector_query(wanted, chat_ids), TSQUERY)
        found = MESSAGE_ROWS.where(messages.c.search.op("@@")(terms), theirs)
    if before is not None:
        found = found.where(place < before)
    rows: Sequence[sa.Row[Any]] = (await conn.execute(found.order_by(place.desc()).limit(most))).all()
    return rows
