"""Messages older than a school keeps them are deleted: a bounded piece at a time, so that nobody waits for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import sqlalchemy as sa
import structlog
from aiohttp import web

from interprocess.tasks import end
from platform_api.clock import Clock
from platform_api.db import Database
from platform_api.messages.files import detach
from platform_api.schema import chat_policies, chats, messages

ROUND_SECONDS = 1800.0
AT_ONCE = 500
"""Messages deleted in one transaction: it holds up all other writers."""
PAUSE_SECONDS = 0.2
"""Between two of them."""

log = structlog.get_logger("sfera.api")


class Retention:
    """One round after another in a task of its own."""

    def __init__(self, db: Database, now: Clock) -> None:
        self._db = db
        self._now = now
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin the rounds."""
        self._task = asyncio.create_task(self._run(), name="messages-retention")

    async def stop(self) -> None:
        """End them."""
        await end(self._task)

    async def delete_old(self) -> int:
        """Delete what is older than its school keeps it; returns how many messages."""
        total = 0
        while deleted := await self._delete_some():
            total += deleted
            await asyncio.sleep(PAUSE_SECONDS)
        return total

    async def _delete_some(self) -> int:
        async with self._db.read(slow=True) as conn:
            kept = (
                await conn.execute(
                    sa.select(chat_policies.c.school_id, chat_policies.c.retention_days).where(
                        chat_policies.c.retention_days.is_not(None)
                    )
                )
            ).all()
            ids: list[int] = []
            for school_id, days in kept:
                old = (
                    sa.select(messages.c.id)
                    .join(chats, chats.c.id == messages.c.chat_id)
                    .where(chats.c.school_id == school_id, messages.c.at < self._now() - timedelta(days=days))
                    .limit(AT_ONCE - len(ids))
                )
                ids += (await conn.scalars(old)).all()
                if len(ids) >= AT_ONCE:
                    break
        if not ids:
            return 0
        async with self._db.write() as conn:
            await detach(conn, ids)
            await conn.execute(sa.delete(messages).where(messages.c.id.in_(ids)))
        return len(ids)

    async def _run(self) -> None:
        while True:
            try:
                if deleted := await self.delete_old():
                    log.info("old_messages_deleted", count=deleted)
            except Exception:
                log.exception("retention_failed")
            await asyncio.sleep(ROUND_SECONDS)


RETENTION: web.AppKey[Retention] = web.AppKey("retention", Retention)
"""Deletes what schools keep no longer."""
