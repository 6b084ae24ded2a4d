"""Who may no longer be here at all leaves every call at once."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.errors import MediaUnavailable
from platform_api.lessons.departures import lessons_of_classes, remove_strangers
from platform_api.schema import classes, memberships
from platform_api.services import Services


async def leave_all_calls(parts: Services, person_id: str) -> None:
    """Take a person who was deactivated out of the rooms of all lessons; once that is committed.

    A media node that does not answer keeps nobody in: the keeper compares people with rooms each minute.
    """
    async with parts.db.read() as conn:
        found = await conn.scalars(
            sa.select(classes.c.id)
            .join(
                memberships,
                sa.and_(
                    memberships.c.school_id == classes.c.school_id,
                    sa.or_(memberships.c.class_id == classes.c.id, memberships.c.class_id.is_(None)),
                ),
            )
            .where(memberships.c.person_id == person_id)
            .distinct()
        )
        class_ids = list(found)
    for lesson_id in (await lessons_of_classes(parts.db, class_ids)).values():
        try:
            await remove_strangers(parts.db, parts.media, lesson_id, {person_id})
        except MediaUnavailable:
            return
