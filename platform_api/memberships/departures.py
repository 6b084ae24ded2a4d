"""What happens outside of the database when memberships have ended: the person leaves the calls of the class."""

from __future__ import annotations

from platform_api.errors import MediaUnavailable
from platform_api.lessons.departures import lessons_of_classes, remove_strangers
from platform_api.memberships.change import Change
from platform_api.services import Services


async def say_goodbye(parts: Services, change: Change) -> None:
    """Take people out of the rooms of classes they are no longer in. To be called once the change is committed.

    A media node that does not answer keeps nobody in: the keeper compares people with rooms each minute.
    """
    if not change.gone:
        return
    running = await lessons_of_classes(parts.db, {class_id for _, class_id in change.gone})
    for class_id, lesson_id in running.items():
        present = {person_id for person_id, left in change.gone if left == class_id}
        try:
            await remove_strangers(parts.db, parts.media, lesson_id, present)
        except MediaUnavailable:
            return
