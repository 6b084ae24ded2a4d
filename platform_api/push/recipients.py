"""Whom a message is pushed to: who reads the chat, wants to hear of it at this hour, and is signed in there still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.chats import people_of_chat
from platform_api.chats.queries import is_muted, is_own
from platform_api.push.rules import is_quiet
from platform_api.schema import chat_states, notifications, push_subscriptions, sessions


@dataclass(frozen=True, slots=True)
class Recipient:
    """One browser of somebody."""

    subscription_id: str
    endpoint: str
    p256dh: str
    auth: str
    show_text: bool


async def find_recipients(conn: AsyncConnection, chat_id: str, author_id: str, now: datetime) -> list[Recipient]:
    """The browsers to which a message of a chat is pushed."""
    readers = await people_of_chat(conn, chat_id)
    readers.pop(author_id, None)
    ids = list(readers)
    subscribed = (
        await conn.execute(
            sa.select(push_subscriptions)
            .join(sessions, sessions.c.id == push_subscriptions.c.session_id)
            .where(
                push_subscriptions.c.person_id.in_(ids),
                sessions.c.revoked_at.is_(None),
                sessions.c.expires_at > now,
            )
        )
    ).all()
    if not subscribed:
        return []
    wanted = sorted({row.person_id for row in subscribed})
    states = {
        row.person_id: row
        for row in await conn.execute(
            sa.select(chat_states).where(chat_states.c.chat_id == chat_id, chat_states.c.person_id.in_(wanted))
        )
    }
    settings = {
        row.person_id: row
        for row in await conn.execute(sa.select(notifications).where(notifications.c.person_id.in_(wanted)))
    }
    told = {
        person_id
        for person_id in wanted
        if is_own(readers[person_id], states.get(person_id))
        and not is_muted(states.get(person_id), now)
        and not is_quiet(settings.get(person_id), now)
    }
    return [
        Recipient(
            row.id,
            row.endpoint,
            row.p256dh,
            row.auth,
            row.person_id in settings and settings[row.person_id].show_text,
        )
        for row in subscribed
        if row.person_id in told
    ]
