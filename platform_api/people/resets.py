"""Links by which somebody sets a new password: made by an operator (`sfera admin reset`), good once and for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.people.queries import Credentials, credentials_of
from platform_api.people.rules import new_token, token_hash
from platform_api.schema import password_links

LASTS = timedelta(days=1)


async def make_link(conn: AsyncConnection, person_id: str, now: datetime) -> str:
    """A new link's token, for the address /reset/{token}; those made before count no more."""
    token = new_token()
    await conn.execute(
        sa.delete(password_links).where(
            sa.or_(password_links.c.person_id == person_id, password_links.c.expires_at <= now)
        )
    )
    await conn.execute(
        sa.insert(password_links).values(
            token_hash=token_hash(token), person_id=person_id, created_at=now, expires_at=now + LASTS
        )
    )
    return token


async def find_link(conn: AsyncConnection, token: str, now: datetime) -> Credentials:
    """The person a link is for. Raises LinkExpired."""
    person_id = (
        await conn.execute(
            sa.select(password_links.c.person_id).where(
                password_links.c.token_hash == token_hash(token), password_links.c.expires_at > now
            )
        )
    ).scalar_one_or_none()
    found = None if person_id is None else await credentials_of(conn, person_id)
    if found is None:
        raise errors.LinkExpired
    return found


async def use_link(conn: AsyncConnection, token: str, now: datetime) -> Credentials:
    """The same, and the link is gone. Raises LinkExpired."""
    found = await find_link(conn, token, now)
    await conn.execute(sa.delete(password_links).where(password_links.c.token_hash == token_hash(token)))
    return found
