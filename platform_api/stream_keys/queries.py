"""Stream keys in the database. A key is kept by its id: what opens the room is shown once and never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.lessons import LessonAccess
from platform_api.audit import Actor, audit
from platform_api.events import record
from platform_api.schema import classes, lessons, stream_keys
from platform_api.stream_keys.rules import Kind, StreamKey


@dataclass(frozen=True, slots=True)
class Told:
    """What the media node has to know of a lesson: its room, and which of its keys are revoked."""

    title: str
    running: bool
    keys: int
    revoked: list[str]


async def insert_key(
    conn: AsyncConnection,
    key_id: str,
    lesson: LessonAccess,
    kind: Kind,
    name: str,
    actor: Actor,
    person_id: str,
    now: datetime,
    until: datetime,
) -> None:
    """Write down a key that is being issued."""
    await conn.execute(
        sa.insert(stream_keys).values(
            id=key_id,
            lesson_id=lesson.id,
            kind=kind,
            name=name,
            created_by=person_id,
            created_at=now,
            expires_at=until,
        )
    )
    await _tell(conn, "created", key_id, lesson, actor, {"kind": kind})


async def revoke_key(conn: AsyncConnection, key_id: str, lesson: LessonAccess, actor: Actor, now: datetime) -> bool:
    """Revoke a key; False when it was revoked before."""
    if not await _revoke(conn, key_id, lesson.id, now):
        return False
    await _tell(conn, "revoked", key_id, lesson, actor, {})
    return True


async def revoke_removed(conn: AsyncConnection, key_id: str, lesson_id: str, now: datetime) -> bool:
    """A host removed the stream of this key from the room: it opens nothing any more."""
    if not await _revoke(conn, key_id, lesson_id, now):
        return False
    where = (
        await conn.execute(
            sa.select(classes.c.id, classes.c.school_id)
            .join(lessons, lessons.c.class_id == classes.c.id)
            .where(lessons.c.id == lesson_id)
        )
    ).one()
    await record(conn, "stream_key.revoked", key_id, school_id=where.school_id, class_id=where.id)
    await audit(conn, None, "stream_key_revoked", "stream_key", key_id, school_id=where.school_id)
    return True


async def keys_of(conn: AsyncConnection, lesson_id: str) -> list[StreamKey]:
    """All keys of a lesson, newest first."""
    rows = await conn.execute(
        sa.select(stream_keys)
        .where(stream_keys.c.lesson_id == lesson_id)
        .order_by(stream_keys.c.created_at.desc(), stream_keys.c.id)
    )
    return [StreamKey(row.id, row.kind, row.name, row.created_at, row.expires_at, row.revoked_at) for row in rows.all()]


async def lesson_of_key(conn: AsyncConnection, key_id: str) -> str | None:
    """The lesson a key is for."""
    found: str | None = await conn.scalar(sa.select(stream_keys.c.lesson_id).where(stream_keys.c.id == key_id))
    return found


async def live_keys(conn: AsyncConnection, lesson_id: str, now: datetime) -> int:
    """How many keys of a lesson have not expired."""
    found = await conn.scalar(
        sa.select(sa.func.count())
        .select_from(stream_keys)
        .where(stream_keys.c.lesson_id == lesson_id, stream_keys.c.expires_at > now)
    )
    return int(found or 0)


async def what_to_tell(conn: AsyncConnection, lesson_id: str, now: datetime) -> Told | None:
    """What the media node has to know of a lesson; None when there is no such lesson."""
    lesson = (
        await conn.execute(
            sa.select(lessons.c.title, lessons.c.ended_at, classes.c.name)
            .join(classes, classes.c.id == lessons.c.class_id)
            .where(lessons.c.id == lesson_id)
        )
    ).one_or_none()
    if lesson is None:
        return None
    keys = (
        await conn.execute(
            sa.select(stream_keys.c.id, stream_keys.c.revoked_at).where(
                stream_keys.c.lesson_id == lesson_id, stream_keys.c.expires_at > now
            )
        )
    ).all()
    revoked = sorted(key.id for key in keys if key.revoked_at is not None)
    return Told(lesson.title or lesson.name, lesson.ended_at is None, len(keys), revoked)


async def lessons_with_revoked_keys(conn: AsyncConnection, now: datetime) -> list[str]:
    """Lessons going on of which the media node has to know revoked keys."""
    return list(
        await conn.scalars(
            sa.select(stream_keys.c.lesson_id)
            .distinct()
            .join(lessons, lessons.c.id == stream_keys.c.lesson_id)
            .where(lessons.c.ended_at.is_(None), stream_keys.c.revoked_at.is_not(None), stream_keys.c.expires_at > now)
        )
    )


async def _revoke(conn: AsyncConnection, key_id: str, lesson_id: str, now: datetime) -> bool:
    revoked = await conn.execute(
        sa.update(stream_keys)
        .where(stream_keys.c.id == key_id, stream_keys.c.lesson_id == lesson_id, stream_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return revoked.rowcount == 1


async def _tell(
    conn: AsyncConnection, what: str, key_id: str, lesson: LessonAccess, actor: Actor, data: dict[str, str]
) -> None:
    school_id = lesson.of.school.id
    await record(conn, f"stream_key.{what}", key_id, school_id=school_id, class_id=lesson.of.id)
    await audit(
        conn, actor, f"stream_key_{what}", "stream_key", key_id, school_id=school_id,
        data={"lesson": lesson.id, **data},
    )  # fmt: skip
