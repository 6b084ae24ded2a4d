"""Broadcasts in the database. What was decided is written first; media and hls follow, see `studio`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.broadcasts.access import Audience
from platform_api.dialects import greatest
from platform_api.events import record
from platform_api.schema import broadcasts, lessons


class AlreadyOnAir(Exception):
    """The database refused a second open broadcast of one lesson."""


@dataclass(frozen=True, slots=True)
class OpenBroadcast:
    """One on air, and what feeds it."""

    id: str
    lesson_id: str
    title: str
    tapped_room: datetime | None
    """When the room began whose tap feeds it."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """One whose end or deletion media and hls have yet to be told."""

    id: str
    lesson_id: str
    deleted: bool


async def insert_broadcast(
    conn: AsyncConnection,
    broadcast_id: str,
    lesson_id: str,
    school_id: str,
    title: str,
    audience: Audience,
    person_id: str,
    now: datetime,
) -> None:
    """Open a broadcast. Raises AlreadyOnAir; the transaction can go on."""
    try:
        async with conn.begin_nested():
            await conn.execute(
                sa.insert(broadcasts).values(
                    id=broadcast_id,
                    lesson_id=lesson_id,
                    school_id=school_id,
                    title=title,
                    audience=audience,
                    started_by=person_id,
                    started_at=now,
                )
            )
    except IntegrityError as error:
        raise AlreadyOnAir from error
    await record(conn, "broadcast.started", broadcast_id, school_id=school_id)


async def open_broadcasts(conn: AsyncConnection) -> list[OpenBroadcast]:
    """All that are on air."""
    rows = await conn.execute(_open())
    return [OpenBroadcast(row.id, row.lesson_id, row.title, row.tapped_room) for row in rows]


async def open_broadcast(conn: AsyncConnection, broadcast_id: str) -> OpenBroadcast | None:
    """One of them, by id."""
    row = (await conn.execute(_open().where(broadcasts.c.id == broadcast_id))).one_or_none()
    return None if row is None else OpenBroadcast(row.id, row.lesson_id, row.title, row.tapped_room)


async def note_tap(conn: AsyncConnection, broadcast_id: str, room_began: datetime) -> None:
    """Remember which room feeds it."""
    await conn.execute(sa.update(broadcasts).where(broadcasts.c.id == broadcast_id).values(tapped_room=room_began))


async def end_broadcast(conn: AsyncConnection, broadcast_id: str, now: datetime) -> bool:
    """End one; False when it was over already."""
    return await _end(conn, broadcasts.c.id == broadcast_id, now)


async def end_broadcasts_of_lesson(conn: AsyncConnection, lesson_id: str, now: datetime) -> None:
    """End what a lesson is on air with: it ends with the lesson."""
    await _end(conn, broadcasts.c.lesson_id == lesson_id, now)


async def end_those_without_lesson(conn: AsyncConnection, now: datetime) -> None:
    """End broadcasts of lessons that are over, whatever became of the notice."""
    over = sa.select(lessons.c.id).where(lessons.c.ended_at.is_not(None))
    await _end(conn, broadcasts.c.lesson_id.in_(over), now)


async def delete_broadcast(conn: AsyncConnection, broadcast_id: str, now: datetime) -> None:
    """Delete one, ending it where it is on air."""
    await end_broadcast(conn, broadcast_id, now)
    deleted = await conn.execute(
        sa.update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.deleted_at.is_(None))
        .values(deleted_at=now, settled_at=None)
        .returning(broadcasts.c.school_id)
    )
    for school_id in deleted.scalars().all():
        await record(conn, "broadcast.deleted", broadcast_id, school_id=school_id)


async def rename_broadcast(conn: AsyncConnection, broadcast_id: str, title: str) -> None:
    """Give it another title."""
    renamed = await conn.execute(
        sa.update(broadcasts)
        .where(broadcasts.c.id == broadcast_id)
        .values(title=title)
        .returning(broadcasts.c.school_id)
    )
    for school_id in renamed.scalars().all():
        await record(conn, "broadcast.changed", broadcast_id, school_id=school_id)


async def unsettled_broadcasts(conn: AsyncConnection) -> list[Unsettled]:
    """Those ended or deleted of which media and hls have not been told."""
    rows = await conn.execute(
        sa.select(broadcasts.c.id, broadcasts.c.lesson_id, broadcasts.c.deleted_at)
        .where(broadcasts.c.ended_at.is_not(None), broadcasts.c.settled_at.is_(None))
        .order_by(broadcasts.c.ended_at)
    )
    return [Unsettled(row.id, row.lesson_id, row.deleted_at is not None) for row in rows]


async def note_settled(conn: AsyncConnection, told: Unsettled, now: datetime) -> None:
    """They were told; unless it was deleted meanwhile, of which they know nothing yet."""
    deleted = broadcasts.c.deleted_at.is_not(None) if told.deleted else broadcasts.c.deleted_at.is_(None)
    await conn.execute(sa.update(broadcasts).where(broadcasts.c.id == told.id, deleted).values(settled_at=now))


def _open() -> sa.Select[tuple[str, str, str, datetime | None]]:
    return sa.select(
        broadcasts.c.id, broadcasts.c.lesson_id, broadcasts.c.title, broadcasts.c.tapped_room
    ).where(broadcasts.c.ended_at.is_(None))  # fmt: skip


async def _end(conn: AsyncConnection, which: sa.ColumnElement[bool], now: datetime) -> bool:
    """End those of them that are on air; False when none was."""
    ended = await conn.execute(
        sa.update(broadcasts)
        .where(broadcasts.c.ended_at.is_(None), which)
        .values(ended_at=greatest(broadcasts.c.started_at, sa.literal(now, broadcasts.c.ended_at.type)))
        .returning(broadcasts.c.id, broadcasts.c.school_id)
    )
    rows = ended.all()
    for row in rows:
        await record(conn, "broadcast.ended", row.id, school_id=row.school_id)
    return bool(rows)
