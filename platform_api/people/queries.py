"""People and sessions in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.people.rules import MAX_SESSIONS, Membership, Named
from platform_api.schema import classes, memberships, people, schools, sessions


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person on whose behalf a call is made."""

    id: str
    name: str
    login: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """A person and the hash of their password."""

    id: str
    password_hash: str


async def find_credentials(conn: AsyncConnection, login: str) -> Credentials | None:
    """The active person of a folded login."""
    row = (
        await conn.execute(
            sa.select(people.c.id, people.c.password_hash).where(
                people.c.login == login, people.c.deactivated_at.is_(None)
            )
        )
    ).one_or_none()
    return None if row is None else Credentials(row.id, row.password_hash)


async def find_viewer(conn: AsyncConnection, token_hash: bytes, now: datetime) -> Viewer | None:
    """The active person of a session that has not ended."""
    row = (
        await conn.execute(
            sa.select(people.c.id, people.c.name, people.c.login)
            .join(sessions, sessions.c.person_id == people.c.id)
            .where(
                sessions.c.token_hash == token_hash,
                sessions.c.expires_at > now,
                people.c.deactivated_at.is_(None),
            )
        )
    ).one_or_none()
    return None if row is None else Viewer(row.id, row.name, row.login)


async def open_session(
    conn: AsyncConnection, person_id: str, token_hash: bytes, now: datetime, expires_at: datetime
) -> None:
    """Add a session; take away the person's ended ones, and the oldest where there are too many."""
    await conn.execute(
        sa.insert(sessions).values(token_hash=token_hash, person_id=person_id, created_at=now, expires_at=expires_at)
    )
    kept = (
        sa.select(sessions.c.token_hash)
        .where(sessions.c.person_id == person_id, sessions.c.expires_at > now)
        .order_by(sessions.c.created_at.desc(), (sessions.c.token_hash == token_hash).desc())
        .limit(MAX_SESSIONS)
    )
    await conn.execute(sa.delete(sessions).where(sessions.c.person_id == person_id, sessions.c.token_hash.not_in(kept)))


async def close_session(conn: AsyncConnection, token_hash: bytes) -> None:
    """End one session; nothing happens when there is none."""
    await conn.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))


async def drop_ended_sessions(conn: AsyncConnection, now: datetime) -> None:
    """Delete the sessions whose time is over."""
    await conn.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))


async def set_password_hash(conn: AsyncConnection, person_id: str, password_hash: str) -> None:
    """Replace a person's stored hash."""
    await conn.execute(sa.update(people).where(people.c.id == person_id).values(password_hash=password_hash))


async def open_memberships(conn: AsyncConnection, person_id: str) -> list[Membership]:
    """All open memberships of a person, oldest first."""
    rows = await conn.execute(
        sa.select(
            memberships.c.role,
            schools.c.id.label("school_id"),
            schools.c.name.label("school_name"),
            classes.c.id.label("class_id"),
            classes.c.name.label("class_name"),
        )
        .join(schools, schools.c.id == memberships.c.school_id)
        .outerjoin(classes, classes.c.id == memberships.c.class_id)
        .where(memberships.c.person_id == person_id, memberships.c.until.is_(None))
        .order_by(memberships.c.since, classes.c.name, memberships.c.id)
    )
    return [
        Membership(
            school=Named(row.school_id, row.school_name),
            role=row.role,
            klass=None if row.class_id is None else Named(row.class_id, row.class_name),
        )
        for row in rows
    ]
