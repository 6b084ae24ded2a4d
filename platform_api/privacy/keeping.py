"""What time brings: erasures whose day has come, copies and previews that nobody needs any more."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.errors import ApiError
from platform_api.memberships.change import Change
from platform_api.privacy.erasure import due_erasures, erase
from platform_api.schema import exports, imports

log = structlog.get_logger("sfera.api")


async def keep_promises(conn: AsyncConnection, now: datetime) -> int:
    """Carry out the erasures that are due and drop what has expired; returns how many people were erased."""
    await conn.execute(sa.delete(exports).where(exports.c.expires_at <= now))
    await conn.execute(sa.delete(imports).where(imports.c.expires_at <= now))
    done = 0
    for person_id in await due_erasures(Change(conn, None, now)):
        try:
            async with conn.begin_nested():
                await erase(Change(conn, None, now), person_id, "own request")
        except ApiError as refusal:
            log.warning("erasure_refused", person=person_id, code=refusal.code)
            continue
        log.info("person_erased", person=person_id)
        done += 1
    return done
