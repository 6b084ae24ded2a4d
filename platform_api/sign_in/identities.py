"""Accounts elsewhere that are linked with people here."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.audit import audit
from platform_api.clock import new_id
from platform_api.events import record
from platform_api.people.queries import Viewer
from platform_api.schema import identities, people
from platform_api.sign_in.provider import Identity


class LinkedAccount(Struct, frozen=True):
    """An account elsewhere by which the person can sign in."""

    id: str
    provider: str
    name: str
    """What the provider called the person when it was linked."""
    linked_at: datetime
    used_at: datetime | None


class LinkedAccounts(Struct, frozen=True):
    """Answer of GET /me/identities."""

    items: list[LinkedAccount]


async def linked_accounts(conn: AsyncConnection, person_id: str) -> list[LinkedAccount]:
    """A person's accounts elsewhere, the oldest link first."""
    rows = await conn.execute(
        sa.select(identities).where(identities.c.person_id == person_id).order_by(identities.c.linked_at)
    )
    return [LinkedAccount(row.id, row.provider, row.name or "", row.linked_at, row.used_at) for row in rows]


async def find_linked(conn: AsyncConnection, provider_id: str, subject: str) -> str | None:
    """The id of the person an account is linked with."""
    found: str | None = await conn.scalar(
        sa.select(identities.c.person_id).where(identities.c.provider == provider_id, identities.c.subject == subject)
    )
    return found


async def note_used(conn: AsyncConnection, provider_id: str, subject: str, now: datetime) -> None:
    """Somebody signs in by it."""
    await conn.execute(
        sa.update(identities)
        .where(identities.c.provider == provider_id, identities.c.subject == subject)
        .values(used_at=now)
    )


async def link_identity(
    conn: AsyncConnection, viewer: Viewer, provider_id: str, identity: Identity, now: datetime
) -> None:
    """Link an account with a person; again is no error. Raises IdentityInUse."""
    if await find_linked(conn, provider_id, identity.subject) == viewer.id:
        return
    linked = new_id()
    try:
        async with conn.begin_nested():
            await conn.execute(
                sa.insert(identities).values(
                    id=linked,
                    person_id=viewer.id,
                    provider=provider_id,
                    subject=identity.subject,
                    name=identity.name,
                    linked_at=now,
                )
            )
    except IntegrityError as error:
        raise errors.IdentityInUse from error
    await record(conn, "identity.linked", linked, person_id=viewer.id)
    await audit(
        conn, viewer, "identity.linked", "identity", linked, person_id=viewer.id, data={"provider": provider_id}
    )


async def unlink_identity(conn: AsyncConnection, viewer: Viewer, identity_id: str) -> None:
    """Take a link away. Raises NotFound, LastWayIn."""
    mine = await linked_accounts(conn, viewer.id)
    gone = next((each for each in mine if each.id == identity_id), None)
    if gone is None:
        raise errors.NotFound
    has_password = await conn.scalar(sa.select(people.c.password_hash.is_not(None)).where(people.c.id == viewer.id))
    if len(mine) == 1 and not has_password:
        raise errors.LastWayIn
    await conn.execute(sa.delete(identities).where(identities.c.id == identity_id))
    await record(conn, "identity.unlinked", identity_id, person_id=viewer.id)
    await audit(
        conn,
        viewer,
        "identity.unlinked",
        "identity",
        identity_id,
        person_id=viewer.id,
        data={"provider": gone.provider},
    )
