"""A chat's messages by place: the newest, before and after one, around one, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.chats import ChatAccess
from platform_api.errors import InvalidQuery, NotFound
from platform_api.messages.rules import History, HistoryQuery, Message
from platform_api.messages.showing import MESSAGE_ROWS, show
from platform_api.schema import messages

_VISIBLE = MESSAGE_ROWS.where(messages.c.chat_id == sa.bindparam("of_chat"), messages.c.at >= sa.bindparam("since"))
_BACKWARDS = (
    _VISIBLE.where(messages.c.number < sa.bindparam("place"))
    .order_by(messages.c.number.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_FORWARDS = (
    _VISIBLE.where(messages.c.number > sa.bindparam("place"))
    .order_by(messages.c.number)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_SOME = _VISIBLE.where(messages.c.number.in_(sa.bindparam("numbers", expanding=True)))
_PINNED = _VISIBLE.where(messages.c.pinned_at.is_not(None)).order_by(messages.c.pinned_at.desc())
_FROM = (
    sa.select(messages.c.number)
    .where(messages.c.chat_id == sa.bindparam("of_chat"), messages.c.at >= sa.bindparam("moment"))
    .order_by(messages.c.at, messages.c.number)
    .limit(1)
)
END = 2**31 - 1
"""Behind every message."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Reading:
    """One reader's look into a chat."""

    def __init__(self, conn: AsyncConnection, access: ChatAccess, now: datetime) -> None:
        self._conn = conn
        self._access = access
        self._now = now
        self._since = access.since or BEGINNING
        self._where = {"of_chat": access.id, "since": self._since}

    async def page(self, query: HistoryQuery) -> History:
        """A stretch of the chat. Raises InvalidQuery, NotFound (`around` a message that is not there)."""
        places = [one for one in (query.before, query.after, query.around, query.date) if one is not None]
        if len(places) > 1:
            raise InvalidQuery("One of before, after, around and date - at `$`")
        if query.after is not None:
            return await self._around(query.after, 0, query.limit)
        if query.around is not None:
            await self.row(query.around)
            half = query.limit // 2
            return await self._around(query.around, half + 1, query.limit - half, include=True)
        if query.date is not None:
            first = await self._first_from(_moment(query.date))
            if first is not None:
                return await self._around(first - 1, 0, query.limit)
        return await self._around(query.before or END, query.limit, 0)

    async def row(self, number: int) -> sa.Row[Any]:
        """One message's row. Raises NotFound."""
        found = await self._conn.execute(_SOME, {**self._where, "numbers": [number]})
        row: sa.Row[Any] | None = found.one_or_none()
        if row is None:
            raise NotFound
        return row

    async def one(self, number: int) -> Message:
        """One message. Raises NotFound."""
        return (await self.show([await self.row(number)]))[0]

    async def pins(self) -> History:
        """What is pinned, the newest pin first."""
        rows = (await self._conn.execute(_PINNED, self._where)).all()
        return await self._history(rows, before=None, after=None)

    async def show(self, rows: Sequence[sa.Row[Any]]) -> list[Message]:
        """Rows as the reader sees them."""
        moderated = (self._access.id,) if self._access.may_moderate else ()
        return await show(self._conn, rows, self._access.person_id, now=self._now, moderates=moderated)

    async def _around(self, place: int, before: int, after: int, *, include: bool = False) -> History:
        """So many messages before a place (and it, with `include`) and so many after it."""
        earlier: list[sa.Row[Any]] = []
        later: list[sa.Row[Any]] = []
        more_before, more_after = place > 1 and not before, False
        if before:
            start = place + 1 if include else place
            found = await self._conn.execute(_BACKWARDS, {**self._where, "place": start, "most": before + 1})
            rows = list(found.all())
            more_before = len(rows) > before
            earlier = rows[before - 1 :: -1] if more_before else rows[::-1]
        if after:
            found = await self._conn.execute(_FORWARDS, {**self._where, "place": place, "most": after + 1})
            rows = list(found.all())
            more_after = len(rows) > after
            later = rows[:after]
        elif place < self._access.last_number:
            more_after = True
        items = earlier + later
        if not items:
            return History([], [], None, None)
        if not before:
            more_before = await self._has_before(items[0].number)
        return await self._history(
            items,
            before=items[0].number if more_before else None,
            after=items[-1].number if more_after else None,
        )

    async def _has_before(self, number: int) -> bool:
        found = await self._conn.execute(_BACKWARDS, {**self._where, "place": number, "most": 1})
        return found.first() is not None

    async def _first_from(self, moment: datetime) -> int | None:
        found: int | None = await self._conn.scalar(
            _FROM, {"of_chat": self._access.id, "moment": max(moment, self._since)}
        )
        return found

    async def _history(self, rows: Sequence[sa.Row[Any]], *, before: int | None, after: int | None) -> History:
        here = {row.number for row in rows}
        wanted = sorted({row.reply_to for row in rows if row.reply_to is not None and row.deleted_at is None} - here)
        quoted: Sequence[sa.Row[Any]] = []
        if wanted:
            quoted = (await self._conn.execute(_SOME, {**self._where, "numbers": wanted})).all()
        shown = await self.show([*rows, *quoted])
        return History(shown[: len(rows)], shown[len(rows) :], before, after)


def _moment(text: str) -> datetime:
    """A day (its beginning in UTC) or a moment. Raises InvalidQuery."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidQuery("Neither a day nor a moment - at `$.date`") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
