"""The role table as SQL: conditions that say which memberships of a person reach a thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from platform_api.access.rules import CONTACTS, PEOPLE_SEEN, RULES, Action, Scope
from platform_api.people.rules import Role
from platform_api.schema import classes, memberships, parent_links

Condition = sa.ColumnElement[bool]


def own_open(held: Any, person_id: Any, school_id: Any) -> Condition:
    """The person's open memberships in a school."""
    return sa.and_(held.c.person_id == person_id, held.c.school_id == school_id, held.c.until.is_(None))


def reaches(action: Action, held: Any, class_id: Any) -> Condition:
    """Whether the membership `held` allows the action in a class of its school; without a class, in the school."""
    return by_scope(RULES[action], held, class_id)


def was_archived_with(held: Any) -> Condition:
    """Whether the membership ended because its class was archived: who was in it may still read it."""
    return sa.and_(
        held.c.ended_as == "archived",
        held.c.class_id == classes.c.id,
        classes.c.archived_at.is_not(None),
        held.c.until == classes.c.archived_at,
    )


def sees_member(person_id: str, seen: Any) -> Condition:
    """Whether the person sees somebody's membership `seen`: by their own memberships, as themselves, as family."""
    return sa.or_(_meets(PEOPLE_SEEN, person_id, seen), seen.c.person_id == person_id, _is_family(person_id, seen))


def is_contact(person_id: Any, seen: Any) -> Condition:
    """Whether the person may write to who holds the open membership `seen`. Nobody is their own contact."""
    return sa.and_(
        seen.c.person_id != person_id, sa.or_(_meets(CONTACTS, person_id, seen), _is_family(person_id, seen))
    )


def _meets(table: Mapping[Role, Mapping[Role, Scope]], person_id: Any, seen: Any) -> Condition:
    """Whether one of the person's memberships has `seen` in its row of the table."""
    held = memberships.alias("held")
    by_role = [
        sa.and_(seen.c.role == role, by_scope(scopes, held, seen.c.class_id)) for role, scopes in _turned(table).items()
    ]
    return sa.exists().where(own_open(held, person_id, seen.c.school_id), sa.or_(*by_role))


def _is_family(person_id: Any, seen: Any) -> Condition:
    kin = parent_links.alias("kin")
    return sa.exists().where(
        kin.c.until.is_(None),
        sa.or_(
            sa.and_(kin.c.parent_id == person_id, kin.c.child_id == seen.c.person_id),
            sa.and_(kin.c.child_id == person_id, kin.c.parent_id == seen.c.person_id),
        ),
    )


def _turned(table: Mapping[Role, Mapping[Role, Scope]]) -> dict[Role, dict[Role, Scope]]:
    """A table of who meets whom, turned round: for a role, by which roles it is met."""
    turned: dict[Role, dict[Role, Scope]] = {}
    for viewer_role, row in table.items():
        for role, scope in row.items():
            turned.setdefault(role, {})[viewer_role] = scope
    return turned


def by_scope(scopes: Mapping[Role, Scope], held: Any, class_id: Any) -> Condition:
    """Whether the membership `held` is of a role that reaches so far: a class of its school, or all of it."""
    everywhere = [role for role, scope in scopes.items() if scope is Scope.SCHOOL]
    in_class = [role for role, scope in scopes.items() if scope is Scope.CLASS]
    found: Condition = held.c.role.in_(everywhere) if everywhere else sa.false()
    if in_class and class_id is not None:
        found = sa.or_(found, sa.and_(held.c.role.in_(in_class), held.c.class_id == class_id))
    return found
