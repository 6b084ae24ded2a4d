"""What a reader keeps of a chat, on all their devices alike: how far they have read, a draft, a mute."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.chats import ChatAccess
from platform_api.dialects import greatest, upsert
from platform_api.events import record
from platform_api.schema import chat_states


async def move_read(conn: AsyncConnection, access: ChatAccess, number: int, other_id: str | None) -> None:
    """Read up to a message, never backwards. The other one of a personal chat is told; of others nobody is.

    A position one has passed already changes nothing and tells nobody.
    """
    number = min(number, access.last_number)
    statement = upsert(conn, chat_states)
    changed = await conn.execute(
        statement.values(chat_id=access.id, person_id=access.person_id, read_number=number).on_conflict_do_update(
            index_elements=["chat_id", "person_id"],
            set_={"read_number": greatest(chat_states.c.read_number, number)},
            where=chat_states.c.read_number < number,
        )
    )
    if changed.rowcount:
        for person in [access.person_id, *([other_id] if other_id is not None else ())]:
            await record(conn, "chat.read", access.id, person_id=person)


async def set_state(conn: AsyncConnection, access: ChatAccess, **values: Any) -> None:
    """Keep something else of a chat; the person's other devices are told."""
    statement = upsert(conn, chat_states)
    await conn.execute(
        statement.values(chat_id=access.id, person_id=access.person_id, **values).on_conflict_do_update(
            index_elements=["chat_id", "person_id"], set_=values
        )
    )
    await record(conn, "chat.state", access.id, person_id=access.person_id)
