"""Work that waits: uploads to be put together, previews to be made, objects to be deleted.

A row is written in the transaction that makes the work necessary and goes when it is done, so none is lost with the
process. Who takes one moves its time into the future, again and again while they are at it; if they die, it comes up
again soon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.dialects import upsert
from platform_api.schema import file_work

WorkKind = Literal["finish", "preview", "video", "drop"]
MAX_TRIES = 4
AGAIN_AFTER = timedelta(seconds=20)
"""Time to the second try; doubled each time."""


class Work(NamedTuple):
    """Something to be done."""

    kind: WorkKind
    subject_id: str
    tries: int
    """This one counted."""


async def enqueue(conn: AsyncConnection, kind: WorkKind, subject_ids: Iterable[str], now: datetime) -> None:
    """Have something done once the transaction is committed."""
    rows = [
        {"kind": kind, "subject_id": subject_id, "tries": 0, "created_at": now, "not_before": now}
        for subject_id in subject_ids
    ]
    if rows:
        await conn.execute(upsert(conn, file_work).on_conflict_do_nothing(), rows)


async def is_due(conn: AsyncConnection, kinds: Sequence[WorkKind], now: datetime) -> bool:
    """Whether any work of these kinds can be taken."""
    found = sa.select(file_work.c.kind).where(file_work.c.kind.in_(kinds), file_work.c.not_before <= now).limit(1)
    return await conn.scalar(found) is not None


async def claim(conn: AsyncConnection, kinds: Sequence[WorkKind], now: datetime, lease: timedelta) -> Work | None:
    """The work of these kinds that waits longest, taken for `lease`."""
    row = (
        await conn.execute(
            sa.select(file_work)
            .where(file_work.c.kind.in_(kinds), file_work.c.not_before <= now)
            .order_by(file_work.c.not_before, file_work.c.kind, file_work.c.subject_id)
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    await conn.execute(
        sa.update(file_work)
        .where(file_work.c.kind == row.kind, file_work.c.subject_id == row.subject_id)
        .values(tries=row.tries + 1, not_before=now + lease)
    )
    return Work(row.kind, row.subject_id, row.tries + 1)


async def renew(conn: AsyncConnection, work: Work, now: datetime, lease: timedelta) -> None:
    """Whoever took it is still at it."""
    await conn.execute(
        sa.update(file_work)
        .where(file_work.c.kind == work.kind, file_work.c.subject_id == work.subject_id)
        .values(not_before=now + lease)
    )


async def release_all(conn: AsyncConnection, now: datetime) -> None:
    """Nobody is at anything: the only process has just started."""
    await conn.execute(sa.update(file_work).where(file_work.c.not_before > now).values(not_before=now))


async def finish(conn: AsyncConnection, work: Work) -> None:
    """It is done, or given up."""
    await conn.execute(
        sa.delete(file_work).where(file_work.c.kind == work.kind, file_work.c.subject_id == work.subject_id)
    )


async def postpone(conn: AsyncConnection, work: Work, now: datetime) -> None:
    """It failed; it comes up again later."""
    await conn.execute(
        sa.update(file_work)
        .where(file_work.c.kind == work.kind, file_work.c.subject_id == work.subject_id)
        .values(not_before=now + AGAIN_AFTER * 2 ** (work.tries - 1))
    )


async def waiting(conn: AsyncConnection) -> dict[str, int]:
    """How much of each kind waits."""
    rows = await conn.execute(sa.select(file_work.c.kind, sa.func.count()).group_by(file_work.c.kind))
    return dict(tuple(row) for row in rows)
