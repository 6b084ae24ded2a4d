"""The role table as SQL: conditions that say which memberships of a person reach a thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from platform_api.access.rules import PEOPLE_SEEN, RULES, Action, Scope
from platform_api.people.rules import Role
from platform_api.schema import classes, memberships, parent_links

Condition = sa.ColumnElement[bool]


def own_open(held: Any, person_id: str, school_id: Any) -> Condition:
    """The person's open memberships in a school."""
    return sa.and_(held.c.person_id == person_id, held.c.school_id == school_id, held.c.until.is_(None))


def reaches(action: Action, held: Any, class_id: Any) -> Condition:
    """Whether the membership `held` allows the action in a class of its school; without a class, in the school."""
    return _by_scope(RULES[action], held, class_id)


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
    held = memberships.alias("held")
    by_role = [
        sa.and_(seen.c.role == role, _by_scope(scopes, held, seen.c.class_id)) for role, scopes in _seen_by().items()
    ]
    by_membership = sa.exists().where(own_open(held, person_id, seen.c.school_id), sa.or_(*by_role))
    kin = parent_links.alias("kin")
    as_family = sa.exists().where(
        kin.c.until.is_(None),
        sa.or_(
            sa.and_(kin.c.parent_id == person_id, kin.c.child_id == seen.c.person_id),
            sa.and_(kin.c.child_id == person_id, kin.c.parent_id == seen.c.person_id),
        ),
    )
    return sa.or_(by_membership, seen.c.person_id == person_id, as_family)


def _seen_by() -> dict[Role, dict[Role, Scope]]:
    """The table of who sees whom, turned round: for a role, by which roles it is seen."""
    turned: dict[Role, dict[Role, Scope]] = {}
    for viewer_role, row in PEOPLE_SEEN.items():
        for role, scope in row.items():
            turned.setdefault(role, {})[viewer_role] = scope
    return turned


def _by_scope(scopes: Mapping[Role, Scope], held: Any, class_id: Any) -> Condition:
    everywhere = [role for role, scope in scopes.items() if scope is Scope.SCHOOL]
    in_class = [role for role, scope in scopes.items() if scope is Scope.CLASS]
    found: Condition = held.c.role.in_(everywhere)
    if in_class and class_id is not None:
        found = sa.or_(found, sa.and_(held.c.role.in_(in_class), held.c.class_id == class_id))
    return found
