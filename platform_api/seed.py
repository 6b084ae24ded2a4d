"""The demonstration school: an administrator, two teachers, sixty students, three classes. All of it is invented."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.clock import new_id, utc_now
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.people.passwords import Passwords
from platform_api.people.queries import set_password_hash
from platform_api.people.rules import Role
from platform_api.schema import classes, memberships, people, school_years, schools
from platform_api.seed_people import ADMINISTRATOR, CLASSES, SCHOOL, STUDENTS, TEACHERS

DEMO_PASSWORD = "demo-sfera"  # noqa: S105  (said aloud on purpose: a demonstration's password is printed)


@dataclass(frozen=True, slots=True)
class SeededPerson:
    """Somebody of the demonstration school and how they sign in."""

    login: str
    name: str
    role: Role
    classes: tuple[str, ...]
    """Names of the classes taught or attended; none for the administrator."""
    password: str


def seed_demo(config: ApiConfig, password: str = DEMO_PASSWORD) -> list[SeededPerson]:
    """Make the demonstration school in the configured database, or complete it; nothing is made twice.

    Everybody of it has `password` afterwards. Blocks; call it where no event loop runs.
    """
    return asyncio.run(_seed(config, demo_people(password)))


def demo_people(password: str = DEMO_PASSWORD) -> list[SeededPerson]:
    """Who is in the demonstration school: the administrator, the teachers, the students by class."""
    found = [SeededPerson(*ADMINISTRATOR, "administrator", (), password)]
    found += [SeededPerson(login, name, "teacher", taught, password) for login, name, taught in TEACHERS]
    for klass in CLASSES:
        found += [SeededPerson(login, name, "student", (klass,), password) for login, name in STUDENTS[klass]]
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
    name, city = SCHOOL
    school_id = await conn.scalar(
        sa.select(schools.c.id).where(schools.c.name == name, schools.c.city == city).order_by(schools.c.id)
    )
    if school_id is None:
        school_id = new_id()
        await conn.execute(
            sa.insert(schools).values(id=school_id, name=name, city=city, created_at=now, activated_at=now)
        )
    year_id = await _year_id(conn, school_id, now)
    class_ids = {klass: await _class_id(conn, school_id, year_id, klass, now) for klass in CLASSES}
    for person in wanted:
        person_id = await _person_id(conn, person, hashes[person.login], now)
        in_classes: list[str | None] = [class_ids[klass] for klass in person.classes]
        for class_id in in_classes or [None]:
            await _join(conn, person_id, school_id, person.role, class_id, now)


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


async def _join(
    conn: AsyncConnection, person_id: str, school_id: str, role: Role, class_id: str | None, now: datetime
) -> None:
    """Open the membership unless it is open, or the person (a student who was moved) has another class meanwhile."""
    same = sa.and_(
        memberships.c.person_id == person_id,
        memberships.c.school_id == school_id,
        memberships.c.role == role,
        memberships.c.until.is_(None),
    )
    if role != "student":
        same = sa.and_(
            same, memberships.c.class_id.is_(None) if class_id is None else memberships.c.class_id == class_id
        )
    if await conn.scalar(sa.select(memberships.c.id).where(same).limit(1)) is None:
        await conn.execute(
            sa.insert(memberships).values(
                id=new_id(), person_id=person_id, school_id=school_id, role=role, class_id=class_id, since=now
            )
        )
