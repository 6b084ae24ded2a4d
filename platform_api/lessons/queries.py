"""Lessons, who was in them, and webhooks already taken, in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.broadcasts.queries import end_broadcasts_of_lesson
from platform_api.dialects import greatest, least, upsert
from platform_api.events import record
from platform_api.schema import classes, lessons, people, presences, webhook_events


class AlreadyRunning(Exception):
    """The database refused a second running lesson of one class."""


async def insert_lesson(
    conn: AsyncConnection, lesson_id: str, class_id: str, title: str, host_id: str, now: datetime
) -> None:
    """Start a lesson. Raises AlreadyRunning; the transaction can go on."""
    try:
        async with conn.begin_nested():
            await conn.execute(
                sa.insert(lessons).values(id=lesson_id, class_id=class_id, title=title, host_id=host_id, started_at=now)
            )
    except IntegrityError as error:
        raise AlreadyRunning from error
    await _tell(conn, "lesson.started", lesson_id)


async def running_lesson_id(conn: AsyncConnection, class_id: str) -> str | None:
    """The lesson going on in a class."""
    found: str | None = await conn.scalar(
        sa.select(lessons.c.id).where(lessons.c.class_id == class_id, lessons.c.ended_at.is_(None))
    )
    return found


async def running_lessons_of(conn: AsyncConnection, class_ids: Iterable[str]) -> dict[str, str]:
    """The lessons going on in some classes, by class."""
    rows = await conn.execute(
        sa.select(lessons.c.class_id, lessons.c.id).where(
            lessons.c.class_id.in_(list(class_ids)), lessons.c.ended_at.is_(None)
        )
    )
    return {row.class_id: row.id for row in rows}


async def known_people(conn: AsyncConnection, ids: Iterable[str]) -> set[str]:
    """Which of the ids are people's."""
    return set(await conn.scalars(sa.select(people.c.id).where(people.c.id.in_(list(ids)))))


async def running_lessons(conn: AsyncConnection) -> dict[str, datetime]:
    """All lessons going on: when each was started, by id."""
    rows = await conn.execute(sa.select(lessons.c.id, lessons.c.started_at).where(lessons.c.ended_at.is_(None)))
    return {row.id: row.started_at for row in rows}


async def is_running(conn: AsyncConnection, lesson_id: str) -> bool:
    """Whether the lesson exists and goes on."""
    return (
        await conn.scalar(sa.select(lessons.c.id).where(lessons.c.id == lesson_id, lessons.c.ended_at.is_(None)))
    ) is not None


async def lesson_exists(conn: AsyncConnection, lesson_id: str) -> bool:
    """Whether there is or was such a lesson."""
    return (await conn.scalar(sa.select(lessons.c.id).where(lessons.c.id == lesson_id))) is not None


async def end_lesson(conn: AsyncConnection, lesson_id: str, now: datetime) -> bool:
    """End a lesson, let everybody out of its log and take it off air; False when it was over already."""
    ended = await conn.execute(
        sa.update(lessons)
        .where(lessons.c.id == lesson_id, lessons.c.ended_at.is_(None))
        .values(ended_at=greatest(lessons.c.started_at, sa.literal(now, lessons.c.ended_at.type)))
    )
    if ended.rowcount == 0:
        return False
    await conn.execute(
        sa.update(presences)
        .where(presences.c.lesson_id == lesson_id, presences.c.left_at.is_(None))
        .values(left_at=greatest(presences.c.joined_at, sa.literal(now, presences.c.left_at.type)))
    )
    await end_broadcasts_of_lesson(conn, lesson_id, now)
    await _tell(conn, "lesson.ended", lesson_id)
    return True


async def take_event(conn: AsyncConnection, event_id: str, event: str, now: datetime) -> bool:
    """Remember a webhook by its id; False when it had been taken before."""
    taken = await conn.execute(
        upsert(conn, webhook_events).values(id=event_id, event=event, received_at=now).on_conflict_do_nothing()
    )
    return taken.rowcount == 1


async def forget_events(conn: AsyncConnection, before: datetime) -> None:
    """Forget webhooks taken long ago: they are not sent any more."""
    await conn.execute(sa.delete(webhook_events).where(webhook_events.c.received_at < before))


async def log_joined(
    conn: AsyncConnection, lesson_id: str, participant: str, person_id: str | None, role: str, at: datetime
) -> None:
    """Somebody came. A second notice of the same presence changes nothing but who it is.

    The notice may come when the lesson was ended meanwhile, from this side: then they have left already.
    """
    ended = sa.select(greatest(lessons.c.ended_at, sa.literal(at, presences.c.left_at.type))).where(
        lessons.c.id == lesson_id, lessons.c.ended_at.is_not(None)
    )
    statement = upsert(conn, presences).values(
        lesson_id=lesson_id,
        participant=participant,
        person_id=_known_person(person_id),
        role=role,
        joined_at=at,
        left_at=ended.scalar_subquery(),
    )
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[presences.c.lesson_id, presences.c.participant],
            set_={
                "person_id": statement.excluded.person_id,
                "role": statement.excluded.role,
                "joined_at": least(presences.c.joined_at, statement.excluded.joined_at),
            },
        )
    )


async def log_left(
    conn: AsyncConnection, lesson_id: str, participant: str, person_id: str | None, role: str, at: datetime
) -> None:
    """Somebody went; also when the notice of their coming was lost."""
    statement = upsert(conn, presences).values(
        lesson_id=lesson_id,
        participant=participant,
        person_id=_known_person(person_id),
        role=role,
        joined_at=at,
        left_at=at,
    )
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[presences.c.lesson_id, presences.c.participant],
            set_={"left_at": greatest(presences.c.joined_at, statement.excluded.left_at)},
        )
    )


async def _tell(conn: AsyncConnection, kind: str, lesson_id: str) -> None:
    """Write into the event log what happened to a lesson."""
    where = (
        await conn.execute(
            sa.select(classes.c.id, classes.c.school_id)
            .join(lessons, lessons.c.class_id == classes.c.id)
            .where(lessons.c.id == lesson_id)
        )
    ).one()
    await record(conn, kind, lesson_id, school_id=where.school_id, class_id=where.id)


def _known_person(person_id: str | None) -> sa.ScalarSelect[str] | None:
    """The person's id where there is such a person: guests have none, and a webhook may name somebody else's."""
    return None if person_id is None else sa.select(people.c.id).where(people.c.id == person_id).scalar_subquery()
