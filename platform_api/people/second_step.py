"""The second step of signing in, in the database: the authenticator's secret and the recovery codes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.people import totp as algorithm
from platform_api.schema import memberships, totp, totp_recovery_codes


async def has_second_step(conn: AsyncConnection, person_id: str) -> bool:
    """Whether signing in asks the person for a code."""
    found = sa.select(totp.c.person_id).where(totp.c.person_id == person_id, totp.c.confirmed_at.is_not(None))
    return (await conn.execute(found)).first() is not None


async def owes_second_step(conn: AsyncConnection, person_id: str) -> bool:
    """Whether this is an administrator of a school who has no second step."""
    administers = sa.exists().where(
        memberships.c.person_id == person_id, memberships.c.role == "administrator", memberships.c.until.is_(None)
    )
    has_one = sa.exists().where(totp.c.person_id == person_id, totp.c.confirmed_at.is_not(None))
    return bool(await conn.scalar(sa.select(sa.and_(administers, ~has_one))))


async def begin(conn: AsyncConnection, person_id: str, now: datetime) -> bytes:
    """A new secret that waits for its first code; one that waited already is forgotten. Raises TotpSet."""
    if await has_second_step(conn, person_id):
        raise errors.TotpSet
    secret = algorithm.new_secret()
    await conn.execute(sa.delete(totp).where(totp.c.person_id == person_id))
    await conn.execute(sa.insert(totp).values(person_id=person_id, secret=secret, created_at=now))
    return secret


async def confirm(conn: AsyncConnection, person_id: str, code: str, now: datetime) -> list[str]:
    """Put the secret into force by its first code; returns new recovery codes.

    Raises TotpNotSet, TotpSet, WrongCode.
    """
    row = (await conn.execute(sa.select(totp).where(totp.c.person_id == person_id))).one_or_none()
    if row is None:
        raise errors.TotpNotSet
    if row.confirmed_at is not None:
        raise errors.TotpSet
    step = algorithm.step_of(code, row.secret, now.timestamp(), None)
    if step is None:
        raise errors.WrongCode
    await conn.execute(sa.update(totp).where(totp.c.person_id == person_id).values(confirmed_at=now, last_step=step))
    codes = algorithm.new_recovery_codes()
    await conn.execute(sa.delete(totp_recovery_codes).where(totp_recovery_codes.c.person_id == person_id))
    await conn.execute(
        sa.insert(totp_recovery_codes),
        [{"person_id": person_id, "code_hash": algorithm.recovery_hash(each)} for each in codes],
    )
    return codes


async def take_code(conn: AsyncConnection, person_id: str, code: str, now: datetime) -> bool:
    """Use a code, once; False when it is wrong or was used. In a writing transaction: no code is taken twice."""
    row = (
        await conn.execute(sa.select(totp).where(totp.c.person_id == person_id, totp.c.confirmed_at.is_not(None)))
    ).one_or_none()
    if row is None:
        return False
    step = algorithm.step_of(code.strip(), row.secret, now.timestamp(), row.last_step)
    if step is not None:
        await conn.execute(sa.update(totp).where(totp.c.person_id == person_id).values(last_step=step))
        return True
    used = await conn.execute(
        sa.update(totp_recovery_codes)
        .where(
            totp_recovery_codes.c.person_id == person_id,
            totp_recovery_codes.c.code_hash == algorithm.recovery_hash(code),
            totp_recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return used.rowcount == 1


async def remove(conn: AsyncConnection, person_id: str) -> bool:
    """Take the second step away; False when there was none."""
    await conn.execute(sa.delete(totp_recovery_codes).where(totp_recovery_codes.c.person_id == person_id))
    return (await conn.execute(sa.delete(totp).where(totp.c.person_id == person_id))).rowcount > 0
