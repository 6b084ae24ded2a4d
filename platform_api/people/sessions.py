"""Sessions in the database: opened by signing in, seen, ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.clock import new_id
from platform_api.dialects import texts
from platform_api.events import record
from platform_api.people.rules import MAX_SESSIONS, Session, new_token, token_hash
from platform_api.proxies import address_of
from platform_api.schema import people, sessions
from platform_api.services import Services


async def open_session(
    conn: AsyncConnection,
    parts: Services,
    request: web.Request,
    person_id: str,
    *,
    kind: Literal["cookie", "bearer"] = "cookie",
    method: str = "password",
    device: str | None = None,
    verified: bool = False,
) -> tuple[str, datetime]:
    """Add a session; take away the person's ended ones, and the oldest where there are too many.

    Returns its token and when it ends.
    """
    token, now = new_token(), parts.now()
    expires_at = now + timedelta(days=parts.config.session_days)
    hashed = token_hash(token)
    await conn.execute(
        sa.insert(sessions).values(
            id=new_id(),
            token_hash=hashed,
            person_id=person_id,
            kind=kind,
            method=method,
            device=device,
            user_agent=_printable(request.headers.get("User-Agent", ""))[:300],
            address=address_of(request, parts.proxies)[:64],
            created_at=now,
            seen_at=now,
            verified_at=now if verified else None,
            expires_at=expires_at,
        )
    )
    await conn.execute(sa.update(people).where(people.c.id == person_id).values(seen_at=now))
    kept = (
        sa.select(sessions.c.id)
        .where(sessions.c.person_id == person_id, sessions.c.expires_at > now, sessions.c.revoked_at.is_(None))
        .order_by(sessions.c.created_at.desc(), (sessions.c.token_hash == hashed).desc())
        .limit(MAX_SESSIONS)
    )
    ids = (await conn.execute(kept)).scalars().all()
    await _end(conn, person_id, sa.and_(sessions.c.person_id == person_id, sessions.c.id.not_in(ids)))
    return token, expires_at


async def list_sessions(conn: AsyncConnection, person_id: str, current: str, now: datetime) -> list[Session]:
    """Where the person is signed in, the newest first."""
    rows = await conn.execute(
        sa.select(sessions)
        .where(sessions.c.person_id == person_id, sessions.c.expires_at > now, sessions.c.revoked_at.is_(None))
        .order_by(sessions.c.created_at.desc(), sessions.c.id)
    )
    return [
        Session(
            id=row.id,
            kind="app" if row.kind == "bearer" else "page",
            name=row.device or row.user_agent or "",
            method=row.method,
            created_at=row.created_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
            current=row.id == current,
            address=row.address or "",
        )
        for row in rows
    ]


async def close_session(conn: AsyncConnection, hashed: bytes) -> None:
    """End the session of a token; nothing happens when there is none."""
    await _end(conn, None, sessions.c.token_hash == hashed)


async def close_session_of(conn: AsyncConnection, person_id: str, session_id: str) -> bool:
    """End one of a person's sessions; False when there is none."""
    return bool(await _end(conn, person_id, sa.and_(sessions.c.person_id == person_id, sessions.c.id == session_id)))


async def close_sessions(conn: AsyncConnection, person_id: str, but: Iterable[str] = ()) -> int:
    """End all sessions of a person, except some; returns how many were."""
    return len(await _end(conn, person_id, sa.and_(sessions.c.person_id == person_id, sessions.c.id.not_in(list(but)))))


async def find_over(conn: AsyncConnection, ids: Sequence[str], now: datetime) -> set[str]:
    """Those of some sessions that have ended, or whose person was deactivated."""
    asked = texts(conn, ids)
    lasts = (
        sa.exists()
        .where(sessions.c.id == asked.c.value, sessions.c.revoked_at.is_(None), sessions.c.expires_at > now)
        .where(people.c.id == sessions.c.person_id, people.c.deactivated_at.is_(None))
    )
    return set(await conn.scalars(sa.select(asked.c.value).where(~lasts)))


async def drop_ended_sessions(conn: AsyncConnection, now: datetime) -> None:
    """Delete the sessions whose time is over."""
    await conn.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))


async def _end(conn: AsyncConnection, person_id: str | None, which: sa.ColumnElement[Any]) -> list[str]:
    """Delete sessions; whoever holds a socket open for one hears of it and closes it."""
    ended = (await conn.execute(sa.select(sessions.c.id, sessions.c.person_id).where(which))).all()
    if not ended:
        return []
    await conn.execute(sa.delete(sessions).where(sessions.c.id.in_([row.id for row in ended])))
    for row in ended:
        await record(conn, "session.closed", row.id, person_id=row.person_id)
    return [row.id for row in ended]


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())
