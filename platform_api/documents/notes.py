"""What happens to files, folders, articles and albums, told to those who may see it."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.events import record
from platform_api.memberships.change import Change


class Placed(Protocol):
    """Something that stands in a place: as `access` meets it."""

    @property
    def school_id(self) -> str | None:
        """Nothing: somebody's own cloud."""

    @property
    def class_id(self) -> str | None:
        """Nothing: the school's sections."""


async def tell(conn: AsyncConnection, kind: str, subject: str, placed: Placed, owner_id: str) -> None:
    """Tell a change to those who may see it, and to nobody else."""
    person_id = owner_id if placed.school_id is None else None
    await record(conn, kind, subject, school_id=placed.school_id, class_id=placed.class_id, person_id=person_id)


async def note(change: Change, kind: str, subject: str, placed: Placed, owner_id: str) -> None:
    """Write a change down. What is in one's own cloud is one's own matter: told to its owner, and in no audit."""
    if placed.school_id is None:
        await tell(change.conn, kind, subject, placed, owner_id)
    else:
        await change.note(kind, subject, school_id=placed.school_id, class_id=placed.class_id)
