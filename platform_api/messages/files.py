"""Files of messages: attached when a message is sent, let go of when it is deleted.

A message keeps what its files were called, so that a page needs no other call to show it; whether one may be read, and
by whom, is decided where files are (`access.grants`), each time it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.files import access_file
from platform_api.documents.sharing import attach_file, detach_files
from platform_api.errors import InvalidBody, NotFound
from platform_api.messages.rules import Attachment
from platform_api.people.queries import Viewer
from platform_api.schema import messages

GRANT = "chat"
"""The kind of grant that opens a file to those who read a chat."""


async def describe_attached(conn: AsyncConnection, viewer: Viewer, file_ids: Sequence[str]) -> list[Attachment]:
    """Files that somebody wants to attach. Raises InvalidBody for one they may not read."""
    found: list[Attachment] = []
    for place, file_id in enumerate(file_ids):
        try:
            access = await access_file(conn, viewer, file_id)
        except NotFound:
            raise InvalidBody(f"There is no such file - at `$.attachments[{place}]`") from None
        found.append(Attachment(access.id, access.name, access.media_type, access.size))
    return found


async def attach(
    conn: AsyncConnection, viewer: Viewer, chat_id: str, number: int, attached: Sequence[Attachment], at: datetime
) -> None:
    """Open the files to the chat's readers, as far as they are the person's to share."""
    for one in attached:
        await attach_file(conn, viewer, one.file_id, GRANT, chat_id, _name(chat_id, number), at)


async def detach(conn: AsyncConnection, message_ids: Sequence[int]) -> None:
    """Take away what messages have opened."""
    rows = await conn.execute(
        sa.select(messages.c.chat_id, messages.c.number).where(
            messages.c.id.in_(message_ids), messages.c.files.is_not(None)
        )
    )
    names = [_name(row.chat_id, row.number) for row in rows]
    if names:
        await detach_files(conn, GRANT, names)


def _name(chat_id: str, number: int) -> str:
    """What a message is called among grants."""
    return f"{chat_id}:{number}"
