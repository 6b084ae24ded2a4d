"""What an operator of the server does by `sfera admin`: regions, schools, administrators; resets; personal data.

Every function is one transaction by the actor `operator`, in the audit like everybody else's doing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.audit import OPERATOR
from platform_api.clock import new_id, utc_now
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.errors import AlreadyMember, ApiError
from platform_api.imports.logins import new_password
from platform_api.memberships import moves
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.people import second_step
from platform_api.people.passwords import Passwords
from platform_api.people.queries import insert_person
from platform_api.people.resets import make_link
from platform_api.people.rules import fold_login, new_login
from platform_api.privacy.erasure import erase
from platform_api.privacy.export import gather
from platform_api.schema import consents, memberships, people, region_operators, regions, school_grants, schools
from platform_api.texts import clean_line


class Refused(Exception):
    """What was asked for cannot be done; the text says why."""


@asynccontextmanager
async def operating(config: ApiConfig) -> AsyncIterator[Change]:
    """A change by the operator. Raises Refused where the platform refuses it."""
    db = Database(config.database_url)
    try:
        await db.migrate()
        async with db.write() as conn:
            yield Change(conn, OPERATOR, utc_now())
    except ApiError as refusal:
        raise Refused(refusal.text) from refusal
    finally:
        await db.close()


async def create_region(config: ApiConfig, name: str) -> Mapping[str, Any]:
    """A new region."""
    async with operating(config) as change:
        region_id = new_id()
        try:
            await change.conn.execute(
                sa.insert(regions).values(id=region_id, name=clean_line(name, "name"), created_at=change.now)
            )
        except IntegrityError:
            raise Refused("There is a region of that name already.") from None
        await change.audit("region.made", region_id, region_id=region_id)
    return {"region": region_id, "name": name}


async def create_school(config: ApiConfig, name: str, city: str, region: str | None) -> Mapping[str, Any]:
    """A new school without anybody in it."""
    async with operating(config) as change:
        school_id = new_id()
        await change.conn.execute(
            sa.insert(schools).values(
                id=school_id,
                name=clean_line(name, "name"),
                city=clean_line(city, "city"),
                region_id=None if region is None else await _region_id(change.conn, region),
                created_at=change.now,
            )
        )
        await change.audit("school.made", school_id, school_id=school_id)
    return {"school": school_id, "name": name, "city": city}


async def create_administrator(
    config: ApiConfig, login: str, name: str, school: str | None, region: str | None
) -> Mapping[str, Any]:
    """An administrator of a school, or, without one, somebody who may set one school up in the pages.

    Somebody with that login is taken as they are; a new person gets a first password, told this once.
    """
    made = await _new_password()
    async with operating(config) as change:
        person_id, password = await _person(change, login, name, made)
        if school is not None:
            try:
                await moves.join(change, person_id, school, "administrator", None)
            except AlreadyMember:
                raise Refused("This person is a member of that school already.") from None
        else:
            grant_id = new_id()
            await change.conn.execute(
                sa.insert(school_grants).values(
                    id=grant_id,
                    person_id=person_id,
                    region_id=None if region is None else await _region_id(change.conn, region),
                    created_at=change.now,
                )
            )
            await change.audit("school_grant.made", grant_id, person_id=person_id)
    return {"person": person_id, "login": fold_login(login), "password": password, "school": school}


async def create_operator(config: ApiConfig, login: str, name: str, region: str) -> Mapping[str, Any]:
    """A region operator: sees the roll-out of a region, in counts."""
    made = await _new_password()
    async with operating(config) as change:
        region_id = await _region_id(change.conn, region)
        person_id, password = await _person(change, login, name, made)
        try:
            await change.conn.execute(
                sa.insert(region_operators).values(
                    id=new_id(), person_id=person_id, region_id=region_id, since=change.now
                )
            )
        except IntegrityError:
            raise Refused("This person operates that region already.") from None
        await change.audit("region_operator.made", person_id, person_id=person_id, region_id=region_id)
    return {"person": person_id, "login": fold_login(login), "password": password, "region": region_id}


async def reset_password(config: ApiConfig, login: str, *, lost_phone: bool = False) -> Mapping[str, Any]:
    """A link by which somebody sets a new password, good once and for a day.

    With `lost_phone` the second step is taken away too; the person sets it anew.
    """
    async with operating(config) as change:
        person_id = await _find_person(change.conn, login)
        token = await make_link(change.conn, person_id, change.now)
        await change.audit("password_link.made", person_id, person_id=person_id)
        if lost_phone and await second_step.remove(change.conn, person_id):
            await change.audit("second_step.removed", person_id, person_id=person_id)
    return {"person": person_id, "link": f"{config.public_url.rstrip('/')}/reset/{token}"}


async def export_person(config: ApiConfig, login: str) -> bytes:
    """All personal data of somebody, as JSON."""
    async with operating(config) as change:
        person_id = await _find_person(change.conn, login)
        await change.audit("export.made", person_id, person_id=person_id)
        return await gather(change.conn, person_id, change.now)


async def erase_person(config: ApiConfig, login: str) -> Mapping[str, Any]:
    """Erase somebody at once; returns the act."""
    async with operating(config) as change:
        return await erase(change, await _find_person(change.conn, login), "operator of the server")


async def list_schools(config: ApiConfig) -> list[Mapping[str, Any]]:
    """All schools with their regions."""
    async with operating(config) as change:
        rows = await change.conn.execute(
            sa.select(schools.c.id, schools.c.name, schools.c.city, regions.c.name.label("region"))
            .outerjoin(regions, regions.c.id == schools.c.region_id)
            .order_by(schools.c.name_folded, schools.c.id)
        )
        return [{"school": row.id, "name": row.name, "city": row.city, "region": row.region} for row in rows]


async def list_consents(config: ApiConfig, school: str) -> list[Mapping[str, Any]]:
    """The register of consents about the members of a school, the oldest first."""
    async with operating(config) as change:
        giver = people.alias("giver")
        here = sa.select(memberships.c.person_id).where(
            memberships.c.school_id == school, memberships.c.until.is_(None)
        )
        rows = await change.conn.execute(
            sa.select(
                people.c.name.label("person"),
                giver.c.name.label("given_by"),
                consents.c.kind,
                consents.c.text_version,
                consents.c.given_at,
                consents.c.withdrawn_at,
            )
            .join(people, people.c.id == consents.c.person_id)
            .join(giver, giver.c.id == consents.c.given_by)
            .where(consents.c.person_id.in_(here))
            .order_by(consents.c.given_at, consents.c.id)
        )
        return [msgspec.to_builtins(dict(row)) for row in rows.mappings()]


async def _new_password() -> tuple[str, str]:
    """A password and its hash, made before the database is locked for writing."""
    password, passwords = new_password(), Passwords()
    try:
        return password, await passwords.hash(password)
    finally:
        passwords.close()


async def _person(change: Change, login: str, name: str, made: tuple[str, str]) -> tuple[str, str | None]:
    """The person of a login, or a new one with a password."""
    found: str | None = await change.conn.scalar(sa.select(people.c.id).where(people.c.login == fold_login(login)))
    if found is not None:
        return found, None
    person_id = new_id()
    await insert_person(
        change.conn,
        person_id,
        name=clean_line(name, "name"),
        login=new_login(login),
        password_hash=made[1],
        birth_date=None,
        locale=None,
        inactive=False,
        now=change.now,
    )
    await change.audit("person.made", person_id, person_id=person_id)
    return person_id, made[0]


async def _find_person(conn: AsyncConnection, login: str) -> str:
    """The person of a login, or of an id. Raises Refused."""
    found: str | None = await conn.scalar(
        sa.select(people.c.id).where(
            sa.or_(people.c.login == fold_login(login), people.c.id == login), people.c.erased_at.is_(None)
        )
    )
    if found is None:
        raise Refused(f"Nobody has the login {login}.")
    return found


async def _region_id(conn: AsyncConnection, name: str) -> str:
    found: str | None = await conn.scalar(
        sa.select(regions.c.id).where(sa.or_(regions.c.name_folded == fold_name(name), regions.c.id == name))
    )
    if found is None:
        raise Refused(f"There is no region called {name}.")
    return found
