"""The demonstration: a region with its operator, a school with its people, parents of some children, a code to come in.

All of it is invented. One school of the region has not begun, as the roll-out shows.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.audit import OPERATOR as OPERATOR_OF_THE_SERVER
from platform_api.chats.making import found_class_chats
from platform_api.clock import new_id, utc_now
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.errors import AlreadyMember, Archived, InAnotherClass
from platform_api.invitations.codes import code_hash
from platform_api.memberships import family, moves
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.people.passwords import Passwords
from platform_api.people.queries import set_password_hash
from platform_api.people.rules import Role
from platform_api.schema import classes, invitations, people, region_operators, regions, school_years, schools
from platform_api.seed_people import (
    ABOUT,
    ADMINISTRATOR,
    CLASSES,
    CODE,
    CONTACTS,
    OPERATOR,
    PARENTS,
    QUIET_SCHOOL,
    REGION,
    SCHOOL,
    STUDENTS,
    TEACHERS,
)

DEMO_PASSWORD = "demo-sfera"  # noqa: S105  (said aloud on purpose: a demonstration's password is printed)


@dataclass(frozen=True, slots=True)
class SeededPerson:
    """Somebody of the demonstration school and how they sign in."""

    login: str
    name: str
    role: Role | Literal["region_operator"]
    classes: tuple[str, ...]
    """Names of the classes taught or attended, of a parent those of the children; none for the others."""
    password: str
    children: tuple[str, ...] = ()
    """Logins."""


def seed_demo(config: ApiConfig, password: str = DEMO_PASSWORD) -> list[SeededPerson]:
    """Make the demonstration school in the configured database, or complete it; nothing is made twice.

    Everybody of it has `password` afterwards. Blocks; call it where no event loop runs.
    """
    return asyncio.run(_seed(config, demo_people(password)))


def demo_people(password: str = DEMO_PASSWORD) -> list[SeededPerson]:
    """Who is in the demonstration: the administrator, the teachers, the students by class, parents, the operator."""
    found = [SeededPerson(*ADMINISTRATOR, "administrator", (), password)]
    found += [SeededPerson(login, name, "teacher", taught, password) for login, name, taught in TEACHERS]
    for klass in CLASSES:
        found += [SeededPerson(login, name, "student", (klass,), password) for login, name in STUDENTS[klass]]
    attended = {person.login: person.classes for person in found}
    for login, name, children in PARENTS:
        classes_of = tuple(dict.fromkeys(klass for child in children for klass in attended[child]))
        found.append(SeededPerson(login, name, "parent", classes_of, password, children))
    found.append(SeededPerson(*OPERATOR, "region_operator", (), password))
    return found


async def _seed(config: ApiConfig, wanted: list[SeededPerson]) -> list[SeededPerson]:
    db, passwords = Database(config.database_url), Passwords()
    try:
        await db.migrate()
        async with db.read() as conn:
            stored = {
                row.login: row.password_hash
                for row in await conn.execute(
                    sa.select(people.c.login, people.c.password_hash).where(
                        people.c.login.in_([person.login for person in wanted])
                    )
                )
            }
        # Hashing is slow on purpose: it is done before the database is locked for writing.
        hashes = dict(await asyncio.gather(*(_hash(passwords, person, stored.get(person.login)) for person in wanted)))
        async with db.write() as conn:
            await _write(conn, wanted, hashes, utc_now())
    finally:
        passwords.close()
        await db.close()
    return wanted


async def _hash(passwords: Passwords, person: SeededPerson, stored: str | None) -> tuple[str, str | None]:
    """The person's login and a new hash, or None where the stored one is good."""
    if stored is not None and await passwords.verify(stored, person.password):
        return person.login, None
    return person.login, await passwords.hash(person.password)


async def _write(
    conn: AsyncConnection, wanted: list[SeededPerson], hashes: dict[str, str | None], now: datetime
) -> None:
    change = Change(conn, OPERATOR_OF_THE_SERVER, now)
    region_id = await _region_id(conn, now)
    school_id = await _school_id(conn, SCHOOL, region_id, now, about=ABOUT, contacts=CONTACTS, activated_at=now)
    await _school_id(conn, QUIET_SCHOOL, region_id, now)
    year_id = await _year_id(conn, school_id, now)
    class_ids = {klass: await _class_id(conn, school_id, year_id, klass, now) for klass in CLASSES}
    person_ids: dict[str, str] = {}
    for person in wanted:
        person_id = person_ids[person.login] = await _person_id(conn, person, hashes[person.login], now)
        match person.role:
            case "region_operator":
                await _operate(conn, person_id, region_id, now)
            case "parent":
                for child in person.children:
                    with contextlib.suppress(AlreadyMember):
                        await family.link(change, person_id, person_ids[child])
            case role:
                for klass in person.classes or (None,):
                    # Somebody may have been moved, or the class archived, since the school was seeded first.
                    with contextlib.suppress(AlreadyMember, InAnotherClass, Archived):
                        class_id = None if klass is None else class_ids[klass]
                        await moves.join(change, person_id, school_id, role, class_id)
    await _invite(conn, school_id, class_ids[CODE[1]], now)


async def _region_id(conn: AsyncConnection, now: datetime) -> str:
    found: str | None = await conn.scalar(sa.select(regions.c.id).where(regions.c.name_folded == fold_name(REGION)))
    if found is None:
        found = new_id()
        await conn.execute(sa.insert(regions).values(id=found, name=REGION, created_at=now))
    return found


async def _school_id(
    conn: AsyncConnection, school: tuple[str, str], region_id: str, now: datetime, **values: Any
) -> str:
    name, city = school
    found: str | None = await conn.scalar(
        sa.select(schools.c.id).where(schools.c.name == name, schools.c.city == city).order_by(schools.c.id)
    )
    if found is None:
        found = new_id()
        await conn.execute(
            sa.insert(schools).values(id=found, name=name, city=city, region_id=region_id, created_at=now, **values)
        )
    else:
        # One that was seeded before there were regions.
        await conn.execute(
            sa.update(schools).where(schools.c.id == found, schools.c.region_id.is_(None)).values(region_id=region_id)
        )
    return found


async def _operate(conn: AsyncConnection, person_id: str, region_id: str, now: datetime) -> None:
    held = sa.select(region_operators.c.id).where(
        region_operators.c.person_id == person_id,
        region_operators.c.region_id == region_id,
        region_operators.c.until.is_(None),
    )
    if await conn.scalar(held) is None:
        await conn.execute(
            sa.insert(region_operators).values(id=new_id(), person_id=person_id, region_id=region_id, since=now)
        )


async def _invite(conn: AsyncConnection, school_id: str, class_id: str, now: datetime) -> None:
    """The demonstration's code, good for another quarter of a year."""
    expires_at = now + timedelta(days=90)
    hashed = code_hash(CODE[0])
    renewed = await conn.execute(
        sa.update(invitations).where(invitations.c.code_hash == hashed).values(expires_at=expires_at)
    )
    if renewed.rowcount == 0:
        await conn.execute(
            sa.insert(invitations).values(
                id=new_id(),
                school_id=school_id,
                class_id=class_id,
                role="student",
                kind="code",
                code_hash=hashed,
                created_at=now,
                expires_at=expires_at,
            )
        )


async def _year_id(conn: AsyncConnection, school_id: str, now: datetime) -> str:
    """The newest year of the school; a first one begins on the first of September of the present school year."""
    found: str | None = await conn.scalar(
        sa.select(school_years.c.id)
        .where(school_years.c.school_id == school_id)
        .order_by(school_years.c.starts_on.desc())
        .limit(1)
    )
    if found is None:
        found, first = new_id(), now.year if now.month >= 7 else now.year - 1
        await conn.execute(
            sa.insert(school_years).values(
                id=found,
                school_id=school_id,
                name=f"{first}/{first + 1}",
                starts_on=date(first, 9, 1),
                ends_on=date(first + 1, 8, 31),
                created_at=now,
            )
        )
    return found


async def _class_id(conn: AsyncConnection, school_id: str, year_id: str, name: str, now: datetime) -> str:
    found: str | None = await conn.scalar(
        sa.select(classes.c.id).where(
            classes.c.school_id == school_id, classes.c.name == name, classes.c.deleted_at.is_(None)
        )
    )
    if found is None:
        found = new_id()
        await conn.execute(
            sa.insert(classes).values(id=found, school_id=school_id, school_year_id=year_id, name=name, created_at=now)
        )
        await found_class_chats(conn, school_id, found, now)
    return found


async def _person_id(conn: AsyncConnection, person: SeededPerson, password_hash: str | None, now: datetime) -> str:
    found: str | None = await conn.scalar(sa.select(people.c.id).where(people.c.login == person.login))
    if found is None:
        if password_hash is None:
            raise RuntimeError(f"{person.login} was deleted while the school was seeded; run it again")
        found = new_id()
        await conn.execute(
            sa.insert(people).values(
                id=found, login=person.login, name=person.name, password_hash=password_hash, created_at=now
            )
        )
    elif password_hash is not None:
        await set_password_hash(conn, found, password_hash)
    return found
