"""Files attached to something: who reads that may read them, for as long as they are attached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.files import FileAccess, access_file
from platform_api.dialects import upsert
from platform_api.people.queries import Viewer
from platform_api.schema import file_grants


async def attach_file(
    conn: AsyncConnection, viewer: Viewer, file_id: str, kind: str, subject_id: str, by_id: str, now: datetime
) -> FileAccess:
    """Attach a file that the person may read. Raises NotFound.

    Whoever reads the subject may read the file from then on, if it is the person's to share (own cloud, or a place
    where they may edit it). Somebody else's is attached without opening it to anybody: those see it who see it anyway.

    Args:
        conn: the transaction in which the message (or what it is attached to) is written.
        viewer: who attaches it.
        file_id: which file.
        kind: what it is attached to, one of `access.grants.GRANTS`.
        subject_id: whose readers may read it: a chat.
        by_id: what holds it: a message. `detach_files` takes it away by this.
        now: the moment of the change.
    """
    found = await access_file(conn, viewer, file_id)
    if found.may_edit:
        await conn.execute(
            upsert(conn, file_grants)
            .values(
                file_id=found.id,
                kind=kind,
                subject_id=subject_id,
                by_id=by_id,
                granted_by=viewer.id,
                granted_at=now,
            )
            .on_conflict_do_nothing()
        )
    return found


async def detach_files(conn: AsyncConnection, kind: str, by_ids: Iterable[str]) -> None:
    """Take away what some messages gave: their files are read by whoever may read them otherwise."""
    await conn.execute(sa.delete(file_grants).where(file_grants.c.kind == kind, file_grants.c.by_id.in_(list(by_ids))))
