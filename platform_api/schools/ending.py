"""Lessons of classes that are archived end first."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from platform_api.http import Later
from platform_api.lessons.keeper import KEEPER
from platform_api.lessons.queries import end_lesson, running_lessons_of
from platform_api.memberships.change import Change


async def end_lessons_of(
    request: web.Request, change: Change, school_id: str, class_ids: list[str], later: Later
) -> None:
    """End what goes on in classes of a school; the rooms are ended once this is committed."""
    running = await running_lessons_of(change.conn, class_ids)
    for _, lesson_id in sorted(running.items()):
        if await end_lesson(change.conn, lesson_id, change.now):
            # The event log has it from `end_lesson`.
            await change.audit("lesson.ended", lesson_id, school_id=school_id)
            later(partial(request.config_dict[KEEPER].end_room, lesson_id))
