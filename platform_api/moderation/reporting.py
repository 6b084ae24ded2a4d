"""Bringing a message or a comment before a school's administrators, by a person or by a word of the school's list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.clock import new_id
from platform_api.dialects import upsert
from platform_api.events import record
from platform_api.schema import message_reports


async def file_report(
    conn: AsyncConnection,
    school_id: str,
    now: datetime,
    *,
    reason: str,
    note: str,
    text: str,
    message_id: int | None = None,
    comment_id: str | None = None,
    reporter_id: str | None = None,
) -> None:
    """Write down a report of one message or one comment, as its text is now; the same person's second one is none.

    Without a reporter a word did it: `note` is that word.
    """
    filed = (
        upsert(conn, message_reports)
        .values(
            id=new_id(),
            school_id=school_id,
            message_id=message_id,
            comment_id=comment_id,
            reporter_id=reporter_id,
            reason=reason,
            note=note,
            text=text,
            at=now,
        )
        .on_conflict_do_nothing()
        .returning(message_reports.c.id)
    )
    report_id = await conn.scalar(filed)
    if report_id is not None:
        await record(conn, "report.created", report_id, school_id=school_id)
