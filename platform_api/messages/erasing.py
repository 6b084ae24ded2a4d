"""Messages of somebody who is erased: their places stay, and nothing in them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.messages.changing import empty
from platform_api.schema import chat_people, chats, message_reports, messages

AT_ONCE = 500


async def erase_messages(conn: AsyncConnection, person_id: str, now: datetime) -> int:
    """Empty all messages of a person, wherever they stand; how many that were.

    What reports kept of them goes as well, and they are named in no group any more.
    """
    mine = sa.select(messages.c.id).where(messages.c.author_id == person_id)
    await conn.execute(sa.update(message_reports).where(message_reports.c.message_id.in_(mine)).values(text=""))
    await conn.execute(sa.update(message_reports).where(message_reports.c.reporter_id == person_id).values(note=""))
    await conn.execute(
        sa.update(messages)
        .where(messages.c.forwarded_from == person_id, messages.c.deleted_at.is_(None))
        .values(text="", search=None, deleted_at=now)
    )
    groups = sa.select(chats.c.id).where(chats.c.kind == "group")
    await conn.execute(
        sa.update(chat_people)
        .where(chat_people.c.person_id == person_id, chat_people.c.until.is_(None), chat_people.c.chat_id.in_(groups))
        .values(until=now)
    )
    total = 0
    while ids := (await conn.scalars(mine.where(messages.c.deleted_at.is_(None)).limit(AT_ONCE))).all():
        await empty(conn, ids, now, None)
        total += len(ids)
    return total
