"""Opening, closing and moving memberships. Each function keeps what must hold afterwards, in one transaction.

- A student has one open membership: in a class, or in the school while they wait for one. The database holds it too.
- A parent's memberships are those of their children: a class for each class a linked child is in, the school for a
  child who waits. They are never opened or closed on their own.
- A school keeps an administrator, and nobody is both a student and a teacher or administrator of one school.
- Nobody comes into an archived class.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from platform_api.access.rules import RULES, Action, EndReason
from platform_api.clock import new_id
from platform_api.errors import AlreadyMember, Archived, InAnotherClass, LastAdministrator, NotFound
from platform_api.memberships.change import Change
from platform_api.people.rules import Role
from platform_api.schema import classes, memberships, parent_links, people, schools

Place = tuple[str, str | None]
"""A school, and a class of it or none."""


async def join(change: Change, person_id: str, school_id: str, role: Role, class_id: str | None) -> str:
    """Open a membership of an administrator, teacher or student; returns its id.

    Raises AlreadyMember, InAnotherClass, Archived, NotFound (no such class in the school).
    """
    if role == "parent":
        raise ValueError("parents come in by their children: see family.link")
    await require_school(change, school_id)
    await require_open_class(change, school_id, class_id)
    await require_one_side(change, person_id, school_id, role)
    held = await open_rows(change, person_id, role=role)
    if role == "student":
        for row in held:
            if row.school_id == school_id and (class_id is None or row.class_id == class_id):
                raise AlreadyMember
            if row.school_id != school_id or row.class_id is not None:
                raise InAnotherClass
            await close_row(change, row, "placed")
    elif any(row.school_id == school_id and row.class_id == class_id for row in held):
        raise AlreadyMember
    opened = await open_row(change, person_id, school_id, role, class_id)
    await follow_children(change, person_id)
    return opened


async def require_one_side(change: Change, person_id: str, school_id: str, role: Role) -> None:
    """Raises AlreadyMember: nobody is both taught and teaching in one school, whatever code they found."""
    teaching = ("administrator", "teacher")
    other = ("student",) if role in teaching else teaching if role == "student" else ()
    held = await open_rows(change, person_id)
    if any(row.school_id == school_id and row.role in other for row in held):
        raise AlreadyMember


async def transfer(change: Change, membership_id: str, class_id: str) -> str:
    """Move a student to another class of the school; returns the id of the new membership.

    The old class is closed and the new one opened in this transaction; parents follow. Raises AlreadyMember, Archived,
    NotFound (no such open membership of a student, no such class in the school).
    """
    row = await open_row_by_id(change, membership_id)
    if row.role != "student":
        raise NotFound
    await require_open_class(change, row.school_id, class_id)
    if row.class_id == class_id:
        raise AlreadyMember
    await close_row(change, row, "placed" if row.class_id is None else "transferred")
    opened = await open_row(change, row.person_id, row.school_id, "student", class_id)
    await follow_children(change, row.person_id)
    return opened


async def change_role(change: Change, membership_id: str, role: Role) -> str:
    """Appoint a teacher administrator, or the other way round; returns the id of the new membership.

    An appointed teacher goes on teaching their classes. Raises AlreadyMember, LastAdministrator, NotFound.
    """
    row = await open_row_by_id(change, membership_id)
    if row.role == role:
        raise AlreadyMember
    await require_school(change, row.school_id)
    held = [other for other in await open_rows(change, row.person_id, role=role) if other.school_id == row.school_id]
    if row.role == "administrator":
        await _close_administrator(change, row, "role")
    elif row.class_id is None:
        await close_row(change, row, "role")
    if in_school := [other for other in held if other.class_id is None]:
        return str(in_school[0].id)
    if role == "teacher" and held:
        return str(held[0].id)
    return await open_row(change, row.person_id, row.school_id, role, None)


async def leave_class(change: Change, membership_id: str, reason: EndReason) -> None:
    """Close one membership. Who was in a class stays in the school, as a student without a class, as a teacher.

    A membership of the school as such is left with `leave_school`'s rules. Raises LastAdministrator, NotFound.
    """
    row = await open_row_by_id(change, membership_id)
    await require_school(change, row.school_id)
    if row.role == "administrator":
        await _close_administrator(change, row, reason)
    else:
        await close_row(change, row, reason)
    if row.class_id is not None:
        await stay_in_school(change, row.person_id, row.school_id, row.role)
    await follow_children(change, row.person_id)


async def leave_school(change: Change, person_id: str, school_id: str, reason: EndReason) -> int:
    """Close all that somebody is in a school; returns how many memberships that were. Raises LastAdministrator."""
    await require_school(change, school_id)
    rows = [row for row in await open_rows(change, person_id) if row.school_id == school_id]
    for row in rows:
        if row.role == "administrator":
            await _close_administrator(change, row, reason)
        else:
            await close_row(change, row, reason)
    await follow_children(change, person_id)
    return len(rows)


async def stay_in_school(change: Change, person_id: str, school_id: str, role: Role) -> None:
    """Keep a teacher or student in the school when their last class there is gone. Children keep their parents in."""
    if role in ("teacher", "student"):
        held = await open_rows(change, person_id, role=role)
        if not any(row.school_id == school_id or role == "student" for row in held):
            await open_row(change, person_id, school_id, role, None)


async def follow_children(change: Change, child_id: str) -> None:
    """Bring the memberships of a child's parents in line with where their children are now."""
    parents = await change.conn.scalars(
        sa.select(parent_links.c.parent_id).where(parent_links.c.child_id == child_id, parent_links.c.until.is_(None))
    )
    for parent_id in sorted(set(parents)):
        await align_parent(change, parent_id, "transferred")


async def align_parent(change: Change, parent_id: str, reason: EndReason) -> None:
    """Open and close a parent's memberships until they are those of their children."""
    wanted: set[Place] = {
        (row.school_id, row.class_id)
        for row in await change.conn.execute(
            sa.select(memberships.c.school_id, memberships.c.class_id)
            .join(parent_links, parent_links.c.child_id == memberships.c.person_id)
            .where(
                parent_links.c.parent_id == parent_id,
                parent_links.c.until.is_(None),
                memberships.c.role == "student",
                memberships.c.until.is_(None),
            )
        )
    }
    held = {(row.school_id, row.class_id): row for row in await open_rows(change, parent_id, role="parent")}
    for place in sorted(held.keys() - wanted, key=str):
        await close_row(change, held[place], reason)
    for school_id, class_id in sorted(wanted - held.keys(), key=str):
        await open_row(change, parent_id, school_id, "parent", class_id)


async def open_row(change: Change, person_id: str, school_id: str, role: Role, class_id: str | None) -> str:
    """Insert an open membership, and say so. Raises AlreadyMember where the database holds such a one."""
    membership_id = new_id()
    try:
        async with change.conn.begin_nested():
            await change.conn.execute(
                sa.insert(memberships).values(
                    id=membership_id,
                    person_id=person_id,
                    school_id=school_id,
                    role=role,
                    class_id=class_id,
                    since=change.now,
                    created_by=change.actor_id,
                )
            )
    except IntegrityError as error:
        raise AlreadyMember from error
    if class_id is not None:
        change.gone.discard((person_id, class_id))
    await change.note(
        "membership.opened",
        membership_id,
        school_id=school_id,
        class_id=class_id,
        person_id=person_id,
        role=role,
        data={"role": role, "class": class_id},
    )
    return membership_id


async def close_row(change: Change, row: Any, reason: EndReason, *, at: datetime | None = None) -> None:
    """End a membership, and say so: the entry still stands where the person was."""
    end = max(at or change.now, row.since)
    await change.note(
        "membership.closed",
        row.id,
        school_id=row.school_id,
        class_id=row.class_id,
        person_id=row.person_id,
        role=row.role,
        data={"role": row.role, "class": row.class_id, "reason": reason},
    )
    await change.conn.execute(
        sa.update(memberships)
        .where(memberships.c.id == row.id)
        .values(
            until=end,
            ended_as=reason,
            version=memberships.c.version + 1,
        )
    )
    if row.class_id is not None and row.role in RULES[Action.ENTER_LESSONS]:
        change.gone.add((row.person_id, row.class_id))
    elif row.role == "administrator":
        in_school = await change.conn.scalars(sa.select(classes.c.id).where(classes.c.school_id == row.school_id))
        change.gone.update((row.person_id, class_id) for class_id in in_school)


async def open_rows(change: Change, person_id: str, role: Role | None = None) -> list[sa.Row[Any]]:
    """A person's open memberships everywhere, oldest first."""
    query = sa.select(memberships).where(memberships.c.person_id == person_id, memberships.c.until.is_(None))
    if role is not None:
        query = query.where(memberships.c.role == role)
    return list((await change.conn.execute(query.order_by(memberships.c.since, memberships.c.id))).all())


async def open_row_by_id(change: Change, membership_id: str) -> sa.Row[Any]:
    """One open membership. Raises NotFound."""
    row = (
        await change.conn.execute(
            sa.select(memberships).where(memberships.c.id == membership_id, memberships.c.until.is_(None))
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


async def require_open_class(change: Change, school_id: str, class_id: str | None) -> None:
    """Raises NotFound for no class of the school, Archived for one that nobody joins any more."""
    if class_id is None:
        return
    row = (
        await change.conn.execute(
            sa.select(classes.c.archived_at).where(
                classes.c.id == class_id, classes.c.school_id == school_id, classes.c.deleted_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.archived_at is not None:
        raise Archived


async def require_school(change: Change, school_id: str) -> None:
    """Raises NotFound where there is no such school."""
    found = await change.conn.scalar(sa.select(schools.c.id).where(schools.c.id == school_id))
    if found is None:
        raise NotFound


async def require_active(change: Change, person_ids: Iterable[str]) -> None:
    """Raises NotFound where one of the people is not there any more."""
    wanted = set(person_ids)
    found = await change.conn.scalars(
        sa.select(people.c.id).where(people.c.id.in_(wanted), people.c.erased_at.is_(None))
    )
    if set(found) != wanted:
        raise NotFound


async def _close_administrator(change: Change, row: Any, reason: EndReason) -> None:
    """End an administrator's membership unless it is the school's last. Raises LastAdministrator."""
    others = await change.conn.scalar(
        sa.select(sa.func.count())
        .select_from(memberships.join(people, people.c.id == memberships.c.person_id))
        .where(
            memberships.c.school_id == row.school_id,
            memberships.c.role == "administrator",
            memberships.c.until.is_(None),
            memberships.c.id != row.id,
            people.c.deactivated_at.is_(None),
        )
    )
    if not others:
        raise LastAdministrator
    await close_row(change, row, reason)
