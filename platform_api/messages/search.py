"""Messages by their words: only of chats one reads, and only from when on one reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.chats import ChatAccess
from platform_api.chats.titles import titles_of
from platform_api.dialects import is_sqlite
from platform_api.messages.rules import Found, FoundMessage, SearchQuery
from platform_api.messages.showing import MESSAGE_ROWS, show
from platform_api.messages.terms import MAX_WANTED, fts_query, stems, vector_query
from platform_api.paging import cut, read_cursor, write_cursor
from platform_api.schema import messages
from platform_api.tables.base import EPOCH, Moment

STRETCH, LEAST_STRETCH = 1000, 20
"""So many of the newest messages are looked at one by one, of all chats together and of each: as many as the index
would bring of a word that stands in every thirtieth message of a chat of 30,000."""

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
    if not is_sqlite(conn):
        ids = await _among_newest(conn, wanted, readable, before, most)
        if len(ids) == most:
            newest = MESSAGE_ROWS.where(messages.c.id.in_(ids)).order_by(messages.c.id.desc())
            rows: Sequence[sa.Row[Any]] = (await conn.execute(newest)).all()
            return rows
    return await _by_index(conn, wanted, readable, before, most)


async def _by_index(
    conn: AsyncConnection, wanted: Sequence[str], readable: Sequence[ChatAccess], before: int | None, most: int
) -> Sequence[sa.Row[Any]]:
    """All messages that the full-text index knows, sorted."""
    chat_ids = [access.id for access in readable]
    # The index has narrowed it to these chats by their terms; what decides is the chat's own column and the moment.
    # Put so that PostgreSQL does not list the chat's messages by another index besides, all 30,000 of them.
    theirs: sa.ColumnElement[bool] = (messages.c.chat_id + "").in_(chat_ids)
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
        found = MESSAGE_ROWS.where(_matches(vector_query(wanted, chat_ids)), theirs)
    if before is not None:
        found = found.where(place < before)
    rows: Sequence[sa.Row[Any]] = (await conn.execute(found.order_by(place.desc()).limit(most))).all()
    return rows


async def _among_newest(
    conn: AsyncConnection, wanted: Sequence[str], readable: Sequence[ChatAccess], before: int | None, most: int
) -> Sequence[int]:
    """The newest messages with these words, as far as they stand among the last ones of each chat, newest first.

    PostgreSQL's index gives no order: all that match are fetched to show thirty, and of a common word that is every
    tenth message. But a common word stands among the last thousand often enough, and those are read in their order.
    """
    stretch = max(STRETCH // len(readable), LEAST_STRETCH)
    ids, since = [access.id for access in readable], [access.since or EPOCH for access in readable]
    chat = (
        sa.func.unnest(sa.cast(ids, ARRAY(sa.Text)), sa.cast(since, ARRAY(Moment)))
        .table_valued(sa.column("id", sa.Text), sa.column("since", Moment), name="chat")
        .render_derived()
    )
    fits = sa.and_(_matches(vector_query(wanted)), messages.c.at >= chat.c.since)
    last = sa.select(messages.c.id, fits.label("fits")).where(messages.c.chat_id == chat.c.id)
    if before is not None:
        last = last.where(messages.c.id < before)
    # In a chat numbers rise as ids do, and by them PostgreSQL takes the chat's own index, not that of all messages.
    each = last.order_by(messages.c.number.desc()).limit(stretch).lateral("last")
    seen = sa.select(chat.c.id.label("chat_id"), each.c.id, each.c.fits).select_from(chat.join(each, sa.true())).cte()
    # Where a chat goes on behind its stretch, nothing is known of what is older than that, of no chat.
    ends = sa.select(sa.func.min(seen.c.id).label("id")).group_by(seen.c.chat_id).having(sa.func.count() == stretch)
    known_from = sa.select(sa.func.coalesce(sa.func.max(ends.subquery().c.id), 0)).scalar_subquery()
    found = sa.select(seen.c.id).where(seen.c.fits, seen.c.id >= known_from)
    return (await conn.scalars(found.order_by(seen.c.id.desc()).limit(most))).all()


def _matches(query: str) -> sa.ColumnElement[bool]:
    return messages.c.search.op("@@", is_comparison=True)(sa.cast(query, TSQUERY))
