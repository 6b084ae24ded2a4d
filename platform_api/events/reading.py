"""The event log as it is read: entries in the order of commits, and cursors, which are positions in it.

SQLite has one writer, so ids are given in the order of commits. In PostgreSQL a transaction may commit after another
that took a later id, and a reader who went by ids would never see it. There entries stand in the order of (transaction,
id), and a reader stops at the oldest transaction still open: nothing can come to stand before that point any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.dialects import is_sqlite
from platform_api.schema import event_log, events


class Position(NamedTuple):
    """Where an entry stands: the transaction that wrote it (0 in SQLite), and its id."""

    tx: int
    id: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log."""

    position: Position
    at: datetime
    kind: str
    subject: str
    school_id: str | None
    class_id: str | None
    person_id: str | None
    data: dict[str, Any] | None

    @property
    def thing(self) -> str:
        """What changed: the kind up to the point."""
        return self.kind.partition(".")[0]


class Cursor(NamedTuple):
    """How far somebody has read, in which log: what a client keeps, opaque to it."""

    epoch: str
    position: Position

    def encode(self) -> str:
        """The cursor as text."""
        return f"{self.epoch}.{self.position.tx:x}.{self.position.id:x}"

    @classmethod
    def decode(cls, text: str) -> Cursor | None:
        """The cursor of a text; None where it is none of ours."""
        epoch, _, position = text.partition(".")
        tx, _, entry = position.partition(".")
        try:
            numbers = Position(int(tx, 16), int(entry, 16))
        except ValueError:
            return None
        if not epoch or min(numbers) < 0 or max(numbers) >= 2**63:
            return None
        return cls(epoch, numbers)


@dataclass(frozen=True, slots=True)
class Extent:
    """From where to where the log can be read."""

    epoch: str
    forgotten: Position
    head: Position
    pending: bool
    """Entries stand behind the head that cannot be read yet, because an older transaction is still open."""

    def holds(self, cursor: Cursor) -> bool:
        """Whether everything after the cursor is still there. Else its owner must read all things anew."""
        return cursor.epoch == self.epoch and self.forgotten <= cursor.position <= self.head


_WHERE = sa.tuple_(events.c.tx, events.c.id)


# Statements that are asked after every commit are made once: making one takes longer than answering it.
_SETTLED = events.c.tx < sa.text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_LOG = sa.select(event_log)
_NEWEST = sa.select(events.c.tx, events.c.id).order_by(events.c.tx.desc(), events.c.id.desc()).limit(1)
_NEWEST_SETTLED, _NEWEST_PENDING = _NEWEST.where(_SETTLED), _NEWEST.where(sa.not_(_SETTLED))
_AFTER = (
    sa.select(events)
    .where(sa.tuple_(sa.bindparam("tx", type_=sa.BigInteger), sa.bindparam("id", type_=sa.BigInteger)) < _WHERE)
    .order_by(events.c.tx, events.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_AFTER_SETTLED = _AFTER.where(_SETTLED)
_NEWEST_ENTRIES = (
    sa.select(events).order_by(events.c.tx.desc(), events.c.id.desc()).limit(sa.bindparam("most", type_=sa.Integer))
)
_NEWEST_ENTRIES_SETTLED = _NEWEST_ENTRIES.where(_SETTLED)


async def extent(conn: AsyncConnection) -> Extent:
    """The log's bounds as of this transaction."""
    state = (await conn.execute(_LOG)).one()
    forgotten = Position(state.forgotten_tx, state.forgotten_id)
    last = (await conn.execute(_NEWEST if is_sqlite(conn) else _NEWEST_SETTLED)).one_or_none()
    pending = False
    if not is_sqlite(conn):
        pending = (await conn.execute(_NEWEST_PENDING)).one_or_none() is not None
    return Extent(state.epoch, forgotten, forgotten if last is None else Position(*last), pending)


async def read_newest(conn: AsyncConnection, limit: int) -> list[Entry]:
    """The newest entries, in their order."""
    newest = _NEWEST_ENTRIES if is_sqlite(conn) else _NEWEST_ENTRIES_SETTLED
    rows = (await conn.execute(newest, {"most": limit})).all()
    return [_entry(row) for row in reversed(rows)]


async def read_after(conn: AsyncConnection, position: Position, limit: int) -> list[Entry]:
    """The next entries behind a position, in their order."""
    rows = await conn.execute(
        _AFTER if is_sqlite(conn) else _AFTER_SETTLED, {"tx": position.tx, "id": position.id, "most": limit}
    )
    return [_entry(row) for row in rows]


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        Position(row.tx, row.id),
        row.at,
        row.kind,
        row.subject,
        row.school_id,
        row.class_id,
        row.person_id,
        row.data,
    )


async def forget(conn: AsyncConnection, before: datetime, keep: int, limit: int) -> int:
    """Delete entries written before a moment, and those beyond the newest `keep`; at most `limit`. Returns how many.

    Who read no further than that is told to read all things anew.
    """
    places = sa.select(events.c.tx, events.c.id).where(_readable(conn))
    backwards = places.order_by(events.c.tx.desc(), events.c.id.desc())
    ends = [
        (await conn.execute(backwards.where(events.c.at < before).limit(1))).one_or_none(),
        (await conn.execute(backwards.offset(keep).limit(1))).one_or_none(),
    ]
    found = [Position(*end) for end in ends if end is not None]
    if not found:
        return 0
    end = max(found)
    upto = sa.tuple_(end.tx, end.id) >= _WHERE
    first = (
        await conn.execute(places.where(upto).order_by(events.c.tx, events.c.id).offset(limit - 1).limit(1))
    ).one_or_none()
    if first is not None:
        end = Position(*first)
    deleted = await conn.execute(sa.delete(events).where(sa.tuple_(end.tx, end.id) >= _WHERE))
    await conn.execute(sa.update(event_log).values(forgotten_tx=end.tx, forgotten_id=end.id))
    return deleted.rowcount


def _readable(conn: AsyncConnection) -> sa.ColumnElement[bool]:
    if is_sqlite(conn):
        return sa.true()
    return _SETTLED
