"""Writing the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.clock import utc_now
from platform_api.db import CLOCK
from platform_api.people.queries import Viewer
from platform_api.schema import audit as entries

Operator = Literal["operator"]
Actor = Viewer | Operator | None
"""A person; the operator of the server, through `sfera admin`; None: the platform by itself, when a time has come."""

OPERATOR: Final = "operator"


async def audit(
    conn: AsyncConnection,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: str,
    *,
    person_id: str | None = None,
    school_id: str | None = None,
    region_id: str | None = None,
    address: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write that somebody did something.

    Args:
        conn: the transaction of the change itself.
        actor: who did it.
        action: what, in the past: `class_created`, `membership_closed`.
        object_kind: kind of the thing it was done with: `class`, `membership`.
        object_id: its id.
        person_id: the person it was done to.
        school_id: the school whose administrators may read it.
        region_id: the region it concerns.
        address: where the call came from.
        data: more of it. Ids and the program's own words, no names: the audit outlives an erasure.
    """
    kind = "system" if actor is None else "operator" if isinstance(actor, str) else "person"
    await conn.execute(
        sa.insert(entries).values(
            at=conn.info.get(CLOCK, utc_now)(),
            actor_kind=kind,
            actor_id=actor.id if isinstance(actor, Viewer) else None,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            person_id=person_id,
            school_id=school_id,
            region_id=region_id,
            address=address,
            data=dict(data) if data else None,
        )
    )
