"""Archiving classes and years, and undoing it.

An archived class is read by those who were in it to the end, and changed by nobody. Its memberships end with it;
teachers and students stay in the school, without a class. Restoring brings back whom nothing else has claimed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from platform_api.errors import AlreadyMember
from platform_api.memberships import moves
from platform_api.memberships.change import Change
from platform_api.schema import classes, memberships, school_years
from platform_api.schools.rules import Restored


async def archive_class(change: Change, school_id: str, class_id: str) -> None:
    """Archive a class that goes on."""
    rows = (
        await change.conn.execute(
            sa.select(memberships)
            .where(memberships.c.class_id == class_id, memberships.c.until.is_(None))
            # Children last: their parents, whose memberships are theirs, are archived with them and not moved.
            .order_by(sa.case((memberships.c.role == "student", 1), else_=0), memberships.c.id)
        )
    ).all()
    await change.note("class.archived", class_id, school_id=school_id, class_id=class_id)
    # A moment at which a membership began cannot be told from its end: what is archived ends with the class.
    moment = max([change.now, *(row.since for row in rows)])
    for row in rows:
        await moves.close_row(change, row, "archived", at=moment)
    await change.conn.execute(
        sa.update(classes).where(classes.c.id == class_id).values(archived_at=moment, version=classes.c.version + 1)
    )
    for row in rows:
        await moves.stay_in_school(change, row.person_id, school_id, row.role)
    for row in rows:
        if row.role == "student":
            await moves.follow_children(change, row.person_id)


async def restore_class(change: Change, row: Any) -> tuple[int, int]:
    """Bring an archived class back; returns how many memberships were opened again, and how many were not."""
    ended = (
        await change.conn.execute(
            sa.select(memberships)
            .where(
                memberships.c.class_id == row.id,
                memberships.c.ended_as == "archived",
                memberships.c.until == row.archived_at,
                memberships.c.role != "parent",
            )
            .order_by(memberships.c.id)
        )
    ).all()
    await change.conn.execute(
        sa.update(classes).where(classes.c.id == row.id).values(archived_at=None, version=classes.c.version + 1)
    )
    await change.note("class.restored", row.id, school_id=row.school_id, class_id=row.id)
    back = 0
    for membership in ended:
        back += await _put_back(change, membership)
    return back, len(ended) - back


async def archive_year(change: Change, school_id: str, year_id: str) -> None:
    """Archive a year and its classes that go on."""
    going_on = await change.conn.scalars(
        sa.select(classes.c.id)
        .where(classes.c.school_year_id == year_id, classes.c.archived_at.is_(None), classes.c.deleted_at.is_(None))
        .order_by(classes.c.id)
    )
    for class_id in going_on.all():
        await archive_class(change, school_id, class_id)
    await _set_year(change, year_id, change.now)
    await change.note("year.archived", year_id, school_id=school_id)


async def restore_year(change: Change, school_id: str, year_id: str, archived_at: datetime) -> Restored:
    """Bring a year back, with the classes that were archived with it."""
    rows = (
        await change.conn.execute(
            sa.select(classes)
            .where(
                classes.c.school_year_id == year_id,
                classes.c.archived_at >= archived_at,
                classes.c.deleted_at.is_(None),
            )
            .order_by(classes.c.id)
        )
    ).all()
    await _set_year(change, year_id, None)
    await change.note("year.restored", year_id, school_id=school_id)
    back = missing = 0
    for row in rows:
        found = await restore_class(change, row)
        back, missing = back + found[0], missing + found[1]
    return Restored(classes=len(rows), memberships=back, not_put_back=missing)


async def _put_back(change: Change, membership: Any) -> bool:
    """Open a membership again if the person is in the school still, and in no other class as its student."""
    held = await moves.open_rows(change, membership.person_id, role=membership.role)
    here = [row for row in held if row.school_id == membership.school_id]
    if not here or (membership.role == "student" and here[0].class_id is not None):
        return False
    if membership.role == "student":
        await moves.close_row(change, here[0], "placed")
    try:
        await moves.open_row(change, membership.person_id, membership.school_id, membership.role, membership.class_id)
    except AlreadyMember:
        return False
    await moves.follow_children(change, membership.person_id)
    return True


async def _set_year(change: Change, year_id: str, archived_at: datetime | None) -> None:
    await change.conn.execute(
        sa.update(school_years)
        .where(school_years.c.id == year_id)
        .values(archived_at=archived_at, version=school_years.c.version + 1)
    )
