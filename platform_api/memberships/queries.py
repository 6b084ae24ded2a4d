"""Members of a school in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.people import visible_memberships
from platform_api.access.rules import Action
from platform_api.access.schools import SchoolAccess
from platform_api.memberships.rules import Held, Member, MemberQuery, State
from platform_api.names import fold_name
from platform_api.paging import after, read_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import classes, identities, memberships, parent_links, people

ROLE_ORDER = ("administrator", "teacher", "student", "parent")
NO_CLASS = "none"


async def find_page(conn: AsyncConnection, viewer: Viewer, school_id: str, query: MemberQuery) -> Sequence[Any]:
    """Ids and folded names of one person more than the page takes, by name."""
    found = visible_memberships(viewer).where(memberships.c.school_id == school_id)
    if query.role is not None:
        found = found.where(memberships.c.role == query.role)
    if query.class_id == NO_CLASS:
        found = found.where(memberships.c.class_id.is_(None))
    elif query.class_id is not None:
        found = found.where(memberships.c.class_id == query.class_id)
    if query.q and (part := fold_name(query.q)):
        found = found.where(people.c.name_folded.contains(part, autoescape=True))
    if query.cursor:
        key = read_cursor(query.cursor, tuple[str, str])
        found = found.where(after((people.c.name_folded, people.c.id), key))
    return (
        await conn.execute(
            found.with_only_columns(people.c.id, people.c.name_folded)
            .distinct()
            .order_by(people.c.name_folded, people.c.id)
            .limit(query.limit + 1)
        )
    ).all()


async def describe_members(
    conn: AsyncConnection, viewer: Viewer, school: SchoolAccess, person_ids: Sequence[str]
) -> list[Member]:
    """People of a school in the given order, as far as the person sees them."""
    rows = (
        await conn.execute(
            visible_memberships(viewer)
            .add_columns(people.c.login, people.c.version.label("person_version"), _unclaimed().label("unclaimed"))
            .where(memberships.c.school_id == school.id, memberships.c.person_id.in_(person_ids))
            .order_by(memberships.c.since, classes.c.name_folded, memberships.c.id)
        )
    ).all()
    held: dict[str, list[Held]] = {}
    first: dict[str, sa.Row[Any]] = {}
    for row in rows:
        first.setdefault(row.person_id, row)
        klass = None if row.class_id is None else Named(row.class_id, row.class_name)
        held.setdefault(row.person_id, []).append(Held(row.id, row.role, klass, row.since, row.version))
    parents, children = await _families(conn, viewer, first)
    manages = school.may(Action.MANAGE_MEMBERS)
    return [
        Member(
            id=person_id,
            name=first[person_id].person_name,
            memberships=sorted(held[person_id], key=lambda one: ROLE_ORDER.index(one.role)),
            parents=parents.get(person_id, []),
            children=children.get(person_id, []),
            state=_state(first[person_id]) if manages or _concerns(school, held[person_id]) else None,
            login=first[person_id].login if manages else None,
            version=first[person_id].person_version,
        )
        for person_id in person_ids
        if person_id in first
    ]


async def _families(
    conn: AsyncConnection, viewer: Viewer, person_ids: Iterable[str]
) -> tuple[dict[str, list[Named]], dict[str, list[Named]]]:
    """Parents and children of people, those whom the person sees as well, by the people's ids."""
    ids = list(person_ids)
    parent, child = people.alias("parent"), people.alias("child")
    seen = visible_memberships(viewer).with_only_columns(memberships.c.person_id)
    rows = await conn.execute(
        sa.select(
            parent.c.id.label("parent_id"),
            parent.c.name.label("parent_name"),
            child.c.id.label("child_id"),
            child.c.name.label("child_name"),
        )
        .select_from(
            parent_links.join(parent, parent.c.id == parent_links.c.parent_id).join(
                child, child.c.id == parent_links.c.child_id
            )
        )
        .where(
            parent_links.c.until.is_(None),
            sa.or_(
                sa.and_(parent.c.id.in_(ids), child.c.id.in_(seen)),
                sa.and_(child.c.id.in_(ids), parent.c.id.in_(seen)),
            ),
        )
        .order_by(parent.c.name_folded, child.c.name_folded)
    )
    parents: dict[str, list[Named]] = {}
    children: dict[str, list[Named]] = {}
    for row in rows:
        parents.setdefault(row.child_id, []).append(Named(row.parent_id, row.parent_name))
        children.setdefault(row.parent_id, []).append(Named(row.child_id, row.child_name))
    return parents, children


def _unclaimed() -> sa.ColumnElement[bool]:
    """Whether an account has no way to sign in yet."""
    return sa.and_(
        people.c.login.is_(None),
        people.c.password_hash.is_(None),
        ~sa.exists().where(identities.c.person_id == people.c.id),
    )


def _concerns(school: SchoolAccess, held: Iterable[Held]) -> bool:
    """Whether the account's state concerns the person: who lets students into a class."""
    return any(one.klass is not None and school.may(Action.INVITE_STUDENTS, one.klass.id) for one in held)


def _state(row: Any) -> State:
    if not row.deactivated:
        return "waiting" if row.unclaimed else "active"
    if row.deactivated_reason in ("no_consent", "consent_withdrawn"):
        return row.deactivated_reason  # type: ignore[no-any-return]
    return "deactivated"
