"""People in the database: who signs in, who is asking, what they are members of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.db import Database
from platform_api.language import LANGUAGES, Language
from platform_api.names import fold_name
from platform_api.people.rules import Me, Membership, Named
from platform_api.prepared import Prepared
from platform_api.schema import (
    classes,
    identities,
    memberships,
    people,
    region_operators,
    regions,
    schools,
    sessions,
    totp,
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person on whose behalf a call is made."""

    id: str
    name: str
    login: str
    locale: Language | None = None
    session_id: str = ""
    """Of the session the call came by; empty where there is none (operators' commands, tests)."""
    kind: str = "cookie"
    """`cookie` of a page, or `bearer` of an app."""
    seen_at: datetime | None = None
    """When the session was used before, to `http.viewers.SEEN_EVERY`."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A person and what they show to sign in."""

    id: str
    login: str
    password_hash: str | None
    birth_date: date | None
    inactive: str | None
    """Why the account is not active, where a parent's consent is what it lacks."""


CONSENT_REASONS = ("no_consent", "consent_withdrawn")


async def find_credentials(conn: AsyncConnection, login: str) -> Credentials | None:
    """The person of a folded login. Who was deactivated is nobody, unless they wait for a parent's consent."""
    return await _credentials(conn, people.c.login == login)


async def credentials_of(conn: AsyncConnection, person_id: str) -> Credentials | None:
    """The same by the person's id."""
    return await _credentials(conn, people.c.id == person_id)


_VIEWER = Prepared(
    sa.select(
        people.c.id,
        people.c.name,
        people.c.login,
        people.c.locale,
        sessions.c.id.label("session_id"),
        sessions.c.kind,
        sessions.c.seen_at,
    )
    .join(sessions, sessions.c.person_id == people.c.id)
    .where(
        sessions.c.token_hash == sa.bindparam("token_hash"),
        sessions.c.expires_at > sa.bindparam("now"),
        sessions.c.revoked_at.is_(None),
        people.c.deactivated_at.is_(None),
    )
)
"""Made once: every call of the API asks it."""


async def find_viewer(reading: AsyncConnection | Database, token_hash: bytes, now: datetime) -> Viewer | None:
    """The active person of a session that has not ended: within a transaction, or by itself."""
    if isinstance(reading, Database):
        row = await reading.one_or_none(_VIEWER, token_hash=token_hash, now=now)
    else:
        row = (await reading.execute(_VIEWER.statement, {"token_hash": token_hash, "now": now})).one_or_none()
    if row is None:
        return None
    locale = LANGUAGES.get(row.locale or "")
    return Viewer(row.id, row.name, row.login or "", locale, row.session_id, row.kind, row.seen_at)


async def set_password_hash(conn: AsyncConnection, person_id: str, password_hash: str) -> None:
    """Replace a person's stored hash."""
    await conn.execute(sa.update(people).where(people.c.id == person_id).values(password_hash=password_hash))


async def insert_person(
    conn: AsyncConnection,
    person_id: str,
    *,
    name: str,
    login: str | None,
    password_hash: str | None,
    birth_date: date | None,
    locale: Language | None,
    inactive: bool,
    now: datetime,
) -> None:
    """Add a person; inactive ones wait for a parent's consent. Raises LoginTaken."""
    try:
        async with conn.begin_nested():
            await conn.execute(
                sa.insert(people).values(
                    id=person_id,
                    login=login,
                    name=name,
                    name_folded=fold_name(name),
                    password_hash=password_hash,
                    birth_date=birth_date,
                    locale=locale,
                    created_at=now,
                    deactivated_at=now if inactive else None,
                    deactivated_reason="no_consent" if inactive else None,
                )
            )
    except IntegrityError as error:
        raise errors.LoginTaken from error


async def claim_person(
    conn: AsyncConnection,
    person_id: str,
    *,
    name: str,
    login: str | None,
    password_hash: str | None,
    birth_date: date | None,
    locale: Language | None,
    inactive: bool,
    now: datetime,
) -> None:
    """Give an account that was made from a list to its person; the name stays the school's.

    Raises InvitationNotYours when somebody has it already, LoginTaken.
    """
    row = (
        await conn.execute(
            sa.select(people.c.login, people.c.password_hash, people.c.birth_date, people.c.deactivated_at).where(
                people.c.id == person_id,
                people.c.erased_at.is_(None),
                ~sa.exists().where(identities.c.person_id == people.c.id),
            )
        )
    ).one_or_none()
    if row is None or row.password_hash is not None or (row.deactivated_at is not None and not inactive):
        raise errors.InvitationNotYours
    await change_person(
        conn,
        person_id,
        login=login,
        password_hash=password_hash,
        birth_date=row.birth_date or birth_date,
        locale=locale,
        deactivated_at=now if inactive else None,
        deactivated_reason="no_consent" if inactive else None,
    )


async def change_person(conn: AsyncConnection, person_id: str, **values: Any) -> None:
    """Change columns of a person and count the version. Raises LoginTaken."""
    if "name" in values:
        values["name_folded"] = fold_name(values["name"])
    try:
        async with conn.begin_nested():
            await conn.execute(
                sa.update(people).where(people.c.id == person_id).values(version=people.c.version + 1, **values)
            )
    except IntegrityError as error:
        raise errors.LoginTaken from error


async def person_version(conn: AsyncConnection, person_id: str) -> int:
    """The version of a person's row, for ETags."""
    found: int = (await conn.execute(sa.select(people.c.version).where(people.c.id == person_id))).scalar_one()
    return found


async def describe_me(conn: AsyncConnection, person_id: str) -> Me:
    """Everything a person is told of themselves at once."""
    row = (
        await conn.execute(
            sa.select(
                people.c.id,
                people.c.name,
                people.c.login,
                people.c.locale,
                people.c.birth_date,
                people.c.password_hash.is_not(None).label("has_password"),
                totp.c.confirmed_at.is_not(None).label("second_step"),
            )
            .outerjoin(totp, totp.c.person_id == people.c.id)
            .where(people.c.id == person_id)
        )
    ).one()
    followed = await conn.execute(
        sa.select(regions.c.id, regions.c.name)
        .join(region_operators, region_operators.c.region_id == regions.c.id)
        .where(region_operators.c.person_id == person_id, region_operators.c.until.is_(None))
        .order_by(regions.c.name_folded)
    )
    return Me(
        id=row.id,
        name=row.name,
        login=row.login or "",
        memberships=await open_memberships(conn, person_id),
        locale=LANGUAGES.get(row.locale or ""),
        birth_date=row.birth_date,
        has_password=bool(row.has_password),
        second_step=bool(row.second_step),
        regions=[Named(region.id, region.name) for region in followed],
    )


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


async def _credentials(conn: AsyncConnection, which: sa.ColumnElement[bool]) -> Credentials | None:
    row = (
        await conn.execute(
            sa.select(
                people.c.id,
                people.c.login,
                people.c.password_hash,
                people.c.birth_date,
                people.c.deactivated_at,
                people.c.deactivated_reason,
            ).where(
                which,
                sa.or_(people.c.deactivated_at.is_(None), people.c.deactivated_reason.in_(CONSENT_REASONS)),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    inactive = None if row.deactivated_at is None else row.deactivated_reason
    return Credentials(row.id, row.login or "", row.password_hash, row.birth_date, inactive)
