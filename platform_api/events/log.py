"""Entries of the event log: written in the transaction of a change, read in the order of commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.clock import utc_now
from platform_api.db import CLOCK, RECORDED
from platform_api.dialects import is_sqlite
from platform_api.schema import events, memberships, parent_links

_NOTHING = {"school_id": None, "class_id": None, "person_id": None, "data": None}
_SQLITE_ENTRIES = sa.insert(events).values(tx=0)
_POSTGRESQL_ENTRIES = sa.insert(events).values(tx=sa.text("pg_current_xact_id()::text::bigint"))


async def record(
    conn: AsyncConnection,
    kind: str,
    subject: str,
    *,
    school_id: str | None = None,
    class_id: str | None = None,
    person_id: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry; pages hear of it once the transaction is committed.

    `kind` is `<thing>.<what happened>` (`class.changed`, `membership.closed`), `subject` the thing's id. `school_id`
    and `class_id` say where it stands and with that who may see the entry (`events.audience`); `person_id` is whom it
    is about: they always see it. `data` is small, JSON, and may be read by the whole audience.
    """
    if kind.startswith("membership.") and (data is None or "role" not in data):
        # Who may see it depends on the role, as with the membership itself.
        role = await conn.scalar(sa.select(memberships.c.role).where(memberships.c.id == subject))
        data = {**(data or {}), "role": role}
    info: dict[Any, Any] = conn.info
    tx: Any = 0 if is_sqlite(conn) else sa.text("pg_current_xact_id()::text::bigint")
    await conn.execute(
        sa.insert(events).values(
            tx=tx,
            at=info.get(CLOCK, utc_now)(),
            kind=kind,
            subject=subject,
            school_id=school_id,
            class_id=class_id,
            person_id=person_id,
            data=None if data is None else dict(data),
        )
    )
    info[RECORDED] = True


async def record_all(conn: AsyncConnection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write several entries at once, each as the arguments of `record`; none of them about memberships."""
    if not entries:
        return
    info: dict[Any, Any] = conn.info
    at = info.get(CLOCK, utc_now)()
    rows = [{**_NOTHING, "at": at, **entry} for entry in entries]
    await conn.execute(_SQLITE_ENTRIES if is_sqlite(conn) else _POSTGRESQL_ENTRIES, rows)
    info[RECORDED] = True


async def record_person(
    conn: AsyncConnection, kind: str, person_id: str, *, data: Mapping[str, Any] | None = None
) -> None:
    """Write what changed about a person (`person.changed`) for them and for all who have them in school or class."""
    kin = await conn.scalars(
        sa.select(parent_links.c.child_id)
        .where(parent_links.c.parent_id == person_id, parent_links.c.until.is_(None))
        .union(
            sa.select(parent_links.c.parent_id).where(
                parent_links.c.child_id == person_id, parent_links.c.until.is_(None)
            )
        )
    )
    for reader in [person_id, *sorted(kin)]:
        await record(conn, kind, person_id, person_id=reader, data=data)
    places = await conn.execute(
        sa.select(memberships.c.school_id, memberships.c.class_id, memberships.c.role)
        .where(
            memberships.c.person_id == person_id,
            # An archived class still shows who was in it.
            sa.or_(memberships.c.until.is_(None), memberships.c.ended_as == "archived"),
        )
        .distinct()
    )
    for place in places.all():
        told = {**(data or {}), "role": place.role}
        await record(conn, kind, person_id, school_id=place.school_id, class_id=place.class_id, data=told)
