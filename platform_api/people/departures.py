"""Who may no longer be here, or signs out elsewhere, leaves the calls at once."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.errors import MediaUnavailable
from platform_api.schema import lessons, memberships, presences
from platform_api.services import Services


async def hang_up(parts: Services, person_id: str) -> None:
    """Take a person out of the rooms of all lessons, with every device; to be called once the change is committed.

    A room knows no sessions: who only signed out elsewhere comes back with a new ticket. A media node that does not
    answer keeps nobody in who was deactivated: the keeper compares people with rooms each minute.
    """
    present = sa.exists().where(
        presences.c.lesson_id == lessons.c.id, presences.c.person_id == person_id, presences.c.left_at.is_(None)
    )
    # Who waits in a lobby has not been told of by the media node.
    waits = sa.exists().where(
        memberships.c.class_id == lessons.c.class_id,
        memberships.c.person_id == person_id,
        memberships.c.until.is_(None),
    )
    async with parts.db.read() as conn:
        found = await conn.scalars(
            sa.select(lessons.c.id).where(lessons.c.ended_at.is_(None), sa.or_(present, waits)).order_by(lessons.c.id)
        )
        lesson_ids = list(found)
    for lesson_id in lesson_ids:
        try:
            await parts.media.remove_person(lesson_id, person_id)
        except MediaUnavailable:
            return
