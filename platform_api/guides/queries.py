"""Which steps of the guides are done, read from what there is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.guides.rules import STEPS, Guide, GuideRole, Step
from platform_api.people.queries import Viewer
from platform_api.schema import (
    broadcasts,
    classes,
    guides,
    invitations,
    lessons,
    memberships,
    parent_links,
    people,
    presences,
    region_operators,
    school_grants,
    school_pictures,
    schools,
    totp,
)

ORDER: tuple[GuideRole, ...] = ("administrator", "teacher", "student", "parent", "region_operator")


async def find_guides(conn: AsyncConnection, viewer: Viewer) -> list[Guide]:
    """The guides of all roles the person has."""
    kept = {row.role: row for row in await conn.execute(sa.select(guides).where(guides.c.person_id == viewer.id))}
    found = []
    for role in ORDER:
        done = await _done(conn, viewer, role)
        if done is None:
            continue
        said = set((kept[role].done or []) if role in kept else [])
        steps = [Step(name, done.get(name, False) or name in said) for name in STEPS[role]]
        put_away = role in kept and kept[role].put_away_at is not None
        found.append(Guide(role, steps, done=all(step.done for step in steps), put_away=put_away))
    return found


async def _done(conn: AsyncConnection, viewer: Viewer, role: GuideRole) -> dict[str, bool] | None:
    """Steps of a role by name; None where the person does not have it."""
    match role:
        case "administrator":
            return await _administrator(conn, viewer)
        case "teacher":
            return await _teacher(conn, viewer)
        case "student":
            return await _student(conn, viewer)
        case "parent":
            return await _parent(conn, viewer)
        case "region_operator":
            operates = sa.select(region_operators.c.id).where(
                region_operators.c.person_id == viewer.id, region_operators.c.until.is_(None)
            )
            return {} if await _any(conn, operates) else None


async def _administrator(conn: AsyncConnection, viewer: Viewer) -> dict[str, bool] | None:
    here = _held(viewer, "administrator")
    administers = await _any(conn, here)
    granted = sa.select(school_grants.c.id).where(
        school_grants.c.person_id == viewer.id, school_grants.c.used_at.is_(None)
    )
    if not administers and not await _any(conn, granted):
        return None
    invited = sa.select(invitations.c.id).where(invitations.c.school_id.in_(here))
    held = sa.select(memberships.c.id).where(memberships.c.school_id.in_(here), memberships.c.until.is_(None))
    page = sa.select(schools.c.id).where(schools.c.id.in_(here), schools.c.about != "")
    picture = sa.select(school_pictures.c.school_id).where(school_pictures.c.school_id.in_(here))
    return {
        "create_school": administers,
        "fill_page": await _any(conn, page) or await _any(conn, picture),
        "make_class": await _any(
            conn, sa.select(classes.c.id).where(classes.c.school_id.in_(here), classes.c.deleted_at.is_(None))
        ),
        "invite_teachers": await _any(conn, invited.where(invitations.c.role == "teacher"))
        or await _any(conn, held.where(memberships.c.role == "teacher")),
        "invite_students": await _any(conn, invited.where(invitations.c.role == "student"))
        or await _any(conn, held.where(memberships.c.role == "student")),
        "second_step": await _any(
            conn, sa.select(totp.c.person_id).where(totp.c.person_id == viewer.id, totp.c.confirmed_at.is_not(None))
        ),
    }


async def _teacher(conn: AsyncConnection, viewer: Viewer) -> dict[str, bool] | None:
    if not await _any(conn, _held(viewer, "teacher")):
        return None
    taught = _classes(viewer, "teacher")
    students = sa.select(memberships.c.id).where(
        memberships.c.class_id.in_(taught), memberships.c.role == "student", memberships.c.until.is_(None)
    )
    invited = sa.select(invitations.c.id).where(invitations.c.created_by == viewer.id, invitations.c.role == "student")
    return {
        "get_class": await _any(conn, taught),
        "invite_students": await _any(conn, students) or await _any(conn, invited),
        "start_lesson": await _any(conn, sa.select(lessons.c.id).where(lessons.c.host_id == viewer.id)),
        "start_broadcast": await _any(conn, sa.select(broadcasts.c.id).where(broadcasts.c.started_by == viewer.id)),
    }


async def _student(conn: AsyncConnection, viewer: Viewer) -> dict[str, bool] | None:
    if not await _any(conn, _held(viewer, "student")):
        return None
    linked = sa.select(parent_links.c.id).where(parent_links.c.child_id == viewer.id, parent_links.c.until.is_(None))
    invited = sa.select(invitations.c.id).where(invitations.c.child_id == viewer.id)
    return {
        "get_class": await _any(conn, _classes(viewer, "student")),
        "join_lesson": await _any(conn, sa.select(presences.c.lesson_id).where(presences.c.person_id == viewer.id)),
        "invite_parents": await _any(conn, linked) or await _any(conn, invited),
    }


async def _parent(conn: AsyncConnection, viewer: Viewer) -> dict[str, bool] | None:
    children = sa.select(parent_links.c.child_id).where(
        parent_links.c.parent_id == viewer.id, parent_links.c.until.is_(None)
    )
    if not await _any(conn, _held(viewer, "parent")) and not await _any(conn, children):
        return None
    waiting = sa.select(people.c.id).where(
        people.c.id.in_(children), people.c.deactivated_reason.in_(["no_consent", "consent_withdrawn"])
    )
    return {
        "give_consent": not await _any(conn, waiting),
        "see_class": await _any(conn, _classes(viewer, "parent")),
    }


def _held(viewer: Viewer, role: str) -> sa.Select[Any]:
    """Schools in which the person has a role."""
    return sa.select(memberships.c.school_id).where(
        memberships.c.person_id == viewer.id, memberships.c.role == role, memberships.c.until.is_(None)
    )


def _classes(viewer: Viewer, role: str) -> sa.Select[Any]:
    """Classes in which the person has a role."""
    return sa.select(memberships.c.class_id).where(
        memberships.c.person_id == viewer.id,
        memberships.c.role == role,
        memberships.c.class_id.is_not(None),
        memberships.c.until.is_(None),
    )


async def _any(conn: AsyncConnection, query: sa.Select[Any]) -> bool:
    return (await conn.execute(query.limit(1))).first() is not None
