"""What a chat is called by one of its readers."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.chats import ChatAccess
from platform_api.people.rules import Named
from platform_api.schema import chat_people, people


async def titles_of(conn: AsyncConnection, found: Iterable[ChatAccess]) -> dict[str, Named]:
    """Chats by id, with the title their reader sees: of a personal one the name of the other."""
    accesses = list(found)
    personal = [access.id for access in accesses if access.kind == "personal"]
    others: dict[tuple[str, str], str] = {}
    if personal:
        rows = await conn.execute(
            sa.select(chat_people.c.chat_id, people.c.id, people.c.name)
            .join(people, people.c.id == chat_people.c.person_id)
            .where(chat_people.c.chat_id.in_(personal))
        )
        others = {(row.chat_id, row.id): row.name for row in rows}
    return {access.id: Named(access.id, _title(access, others)) for access in accesses}


def _title(access: ChatAccess, others: dict[tuple[str, str], str]) -> str:
    if access.kind == "personal":
        return next(
            (name for (chat, person), name in others.items() if chat == access.id and person != access.person_id), ""
        )
    return title(access)


def title(access: ChatAccess) -> str:
    """The title of a chat that everybody calls the same: a class's first ones are called after the class."""
    return access.klass.name if not access.title and access.klass is not None else access.title
