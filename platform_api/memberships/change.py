"""What every change of memberships is made in: the transaction, who makes it, when, and who has to go from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.audit import Actor, audit
from platform_api.events import record
from platform_api.people.queries import Viewer
from platform_api.schema import schools


@dataclass(slots=True)
class Change:
    """One transaction's worth of changes by one actor at one moment."""

    conn: AsyncConnection
    actor: Actor
    now: datetime
    gone: set[tuple[str, str]] = field(default_factory=set)
    """(person, class) where a membership ended: these people leave the class's calls once this is committed."""

    @property
    def actor_id(self) -> str | None:
        """The person who makes it, if it is one."""
        return self.actor.id if isinstance(self.actor, Viewer) else None

    async def note(
        self,
        kind: str,
        subject: str,
        *,
        school_id: str | None = None,
        class_id: str | None = None,
        person_id: str | None = None,
        role: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a change into both books: the event log, for those who see the thing, and the audit.

        `kind` is `<thing>.<what happened>`. `role` is the role somebody changed in, which decides who sees that;
        `data` goes into the audit only: readers of the event log read the thing itself.
        """
        told = None if role is None else {"role": role}
        await record(self.conn, kind, subject, school_id=school_id, class_id=class_id, person_id=person_id, data=told)
        await self.audit(kind, subject, school_id=school_id, person_id=person_id, data=data)
        if school_id is not None and self.actor_id is not None:
            await self._activate(school_id)

    async def audit(
        self,
        kind: str,
        subject: str,
        *,
        school_id: str | None = None,
        person_id: str | None = None,
        region_id: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Write into the audit only what changes nothing that a page shows."""
        await audit(
            self.conn,
            self.actor,
            kind,
            kind.partition(".")[0],
            subject,
            person_id=person_id,
            school_id=school_id,
            region_id=region_id,
            data=data,
        )

    async def _activate(self, school_id: str) -> None:
        """A school is activated when somebody of it, not an operator of the server, does something there."""
        await self.conn.execute(
            sa.update(schools)
            .where(schools.c.id == school_id, schools.c.activated_at.is_(None))
            .values(activated_at=self.now)
        )
