"""Somebody has come from a provider, and it is not settled yet which person here that is.

Either nobody here is linked with their account (they sign in with a password and link it, or register by an
invitation), or somebody is who has a second step. Kept for the browser that came, for some minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.schema import sign_in_states as states
from platform_api.sign_in.provider import Identity
from platform_api.sign_in.states import browser_of, hashed


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who has come."""

    provider: str
    identity: Identity
    person_id: str | None
    """Who that is, where only a code of their second step is missing."""
    return_to: str


async def keep_arrival(
    conn: AsyncConnection,
    browser: str,
    provider_id: str,
    identity: Identity,
    *,
    person_id: str | None,
    return_to: str,
    now: datetime,
    lasts: timedelta,
) -> None:
    """Remember it, in place of who came before in this browser."""
    await conn.execute(sa.delete(states).where(states.c.state_hash == _key(browser)))
    born = identity.birth_date
    await conn.execute(
        sa.insert(states).values(
            state_hash=_key(browser),
            browser_hash=hashed(browser),
            provider=provider_id,
            person_id=person_id,
            return_to=return_to,
            data={
                "subject": identity.subject,
                "name": identity.name,
                "birth_date": None if born is None else born.isoformat(),
            },
            created_at=now,
            expires_at=now + lasts,
        )
    )


async def find_arrival(conn: AsyncConnection, request: web.Request, now: datetime) -> Arrival:
    """Who has come in this browser. Raises NoArrival."""
    browser = browser_of(request)
    query = sa.select(states).where(states.c.state_hash == _key(browser), states.c.expires_at > now)
    row = (await conn.execute(query)).one_or_none() if browser else None
    if row is None:
        raise errors.NoArrival
    born = row.data["birth_date"]
    identity = Identity(row.data["subject"], row.data["name"], None if born is None else date.fromisoformat(born))
    return Arrival(row.provider, identity, row.person_id, row.return_to or "/")


async def take_arrival(conn: AsyncConnection, request: web.Request, now: datetime) -> Arrival:
    """The same, once. Raises NoArrival."""
    found = await find_arrival(conn, request, now)
    await conn.execute(sa.delete(states).where(states.c.state_hash == _key(browser_of(request))))
    return found


def _key(browser: str) -> bytes:
    """A key of its own: no state that a provider was given is an arrival's."""
    return hashed(f"arrival {browser}")
