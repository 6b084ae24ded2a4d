"""People who may no longer be in a lesson leave its room at once, whatever tickets they hold."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access import people_of_lesson
from platform_api.db import Database
from platform_api.lessons import queries
from platform_api.lessons.media import MediaControl

log = structlog.get_logger("sfera.api")


async def remove_strangers(db: Database, media: MediaControl, lesson_id: str, present: Iterable[str]) -> int:
    """Take those out of a lesson's room who may not be in it; returns how many. Raises MediaUnavailable.

    `present` are ids of people as the media node knows them; guests and programs, who are no people here, stay.
    """
    async with db.read() as conn:
        strangers = await _strangers(conn, lesson_id, set(present))
    for person_id in sorted(strangers):
        log.info("removed_from_lesson", lesson=lesson_id, person=person_id)
        await media.remove_person(lesson_id, person_id)
    return len(strangers)


async def lessons_of_classes(db: Database, class_ids: Iterable[str]) -> dict[str, str]:
    """The lessons going on in some classes, by class."""
    async with db.read() as conn:
        return await queries.running_lessons_of(conn, class_ids)


async def _strangers(conn: AsyncConnection, lesson_id: str, present: set[str]) -> set[str]:
    known = await queries.known_people(conn, present)
    return known - await people_of_lesson(conn, lesson_id) if known else set()
