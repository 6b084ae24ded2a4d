"""Parents and their children."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.rules import EndReason
from platform_api.clock import new_id
from platform_api.errors import AlreadyMember, InvitationNotYours, NotFound
from platform_api.events import record, record_person
from platform_api.memberships.change import Change
from platform_api.memberships.moves import align_parent, open_rows, require_active
from platform_api.schema import memberships, parent_links


async def link(change: Change, parent_id: str, child_id: str) -> str:
    """Make somebody a child's parent; returns the link's id. The parent is in the child's class from here on.

    Raises AlreadyMember, InvitationNotYours (a student is nobody's parent, least of all their own), NotFound.
    """
    if parent_id == child_id:
        raise InvitationNotYours
    await require_active(change, (parent_id, child_id))
    if await open_rows(change, parent_id, role="student"):
        raise InvitationNotYours
    link_id = new_id()
    try:
        async with change.conn.begin_nested():
            await change.conn.execute(
                sa.insert(parent_links).values(
                    id=link_id,
                    parent_id=parent_id,
                    child_id=child_id,
                    since=change.now,
                    created_by=change.actor_id,
                )
            )
    except IntegrityError as error:
        raise AlreadyMember from error
    await _note(change, "parent_link.opened", link_id, parent_id, child_id)
    await align_parent(change, parent_id, "transferred")
    return link_id


async def unlink(change: Change, parent_id: str, child_id: str, reason: EndReason) -> None:
    """End a link. Raises NotFound."""
    row = (await change.conn.execute(_open_link(parent_id, child_id))).one_or_none()
    if row is None:
        raise NotFound
    await change.conn.execute(
        sa.update(parent_links).where(parent_links.c.id == row.id).values(until=max(change.now, row.since))
    )
    await _note(change, "parent_link.closed", row.id, parent_id, child_id)
    await align_parent(change, parent_id, reason)


async def children_in(conn: AsyncConnection, parent_id: str, school_id: str) -> list[str]:
    """A parent's children who are students of a school."""
    found = await conn.scalars(
        sa.select(parent_links.c.child_id)
        .join(memberships, memberships.c.person_id == parent_links.c.child_id)
        .where(
            parent_links.c.parent_id == parent_id,
            parent_links.c.until.is_(None),
            memberships.c.school_id == school_id,
            memberships.c.role == "student",
            memberships.c.until.is_(None),
        )
        .order_by(parent_links.c.child_id)
    )
    return list(found)


async def school_of(conn: AsyncConnection, child_id: str) -> str | None:
    """The school where somebody is a student."""
    found: str | None = await conn.scalar(
        sa.select(memberships.c.school_id).where(
            memberships.c.person_id == child_id, memberships.c.role == "student", memberships.c.until.is_(None)
        )
    )
    return found


def _open_link(parent_id: str, child_id: str) -> sa.Select[tuple[str]]:
    return sa.select(parent_links.c.id, parent_links.c.since).where(
        parent_links.c.parent_id == parent_id, parent_links.c.child_id == child_id, parent_links.c.until.is_(None)
    )


async def _note(change: Change, kind: str, link_id: str, parent_id: str, child_id: str) -> None:
    """Both of them see it; the school of the child has it in its audit."""
    school_id = await school_of(change.conn, child_id)
    for person_id in (parent_id, child_id):
        await record(change.conn, kind, link_id, person_id=person_id)
        # Who sees one of them in a list of members sees the other beside them.
        await record_person(change.conn, "person.changed", person_id)
    await change.audit(kind, link_id, school_id=school_id, person_id=parent_id, data={"child": child_id})
