"""Classes: seen by their people; made, edited, archived and restored by administrators."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from aiohttp import web
from msgspec import UNSET
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access import ClassAccess, LessonAccess, access_class, access_classes, access_running_lessons
from platform_api.access.classes import access_class_to
from platform_api.access.rules import Action
from platform_api.access.schools import access_school, access_year
from platform_api.chats.making import found_class_chats
from platform_api.clock import new_id
from platform_api.http import Answer, IfMatch, Later, etag_of, operation
from platform_api.lessons.rules import lesson_for
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.people.queries import Viewer
from platform_api.schema import classes, lessons, memberships, school_years
from platform_api.schools import queries
from platform_api.schools.archiving import archive_class, restore_class
from platform_api.schools.ending import end_lessons_of
from platform_api.schools.rules import (
    ClassQuery,
    EditClass,
    NewClass,
    Restored,
    SchoolClass,
    SchoolClasses,
    SchoolClassWithMembers,
    class_order,
    members_shown,
)
from platform_api.services import Services
from platform_api.texts import clean_line

IN_A_CLASS = (
    Action.MANAGE_CLASSES,
    Action.INVITE_STUDENTS,
    Action.INVITE_PARENTS,
    Action.DECIDE_REQUESTS,
    Action.ENTER_LESSONS,
    Action.LEAD_LESSONS,
    Action.START_BROADCASTS,
)
"""What can be done in a class, as a page is told."""
IN_AN_ARCHIVED_CLASS = (Action.MANAGE_CLASSES, Action.ENTER_LESSONS)
"""What is left to do with an archived class: to restore it, and to read what was in it."""
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/classes", query=ClassQuery, answers={200: SchoolClasses}, tag="classes")
async def list_classes(viewer: Viewer, conn: AsyncConnection, query: ClassQuery) -> SchoolClasses:
    """The classes the person may see, with the lessons going on in them: those that go on, or the archived ones."""
    found = await access_classes(conn, viewer, archived=query.archived)
    found = [access for access in found if query.school in (None, access.school.id)]
    counts = await queries.count_members(conn, [access.id for access in found])
    running = await access_running_lessons(conn, viewer)
    found.sort(key=lambda access: (access.school.name, access.school.id, class_order(access.name), access.id))
    return SchoolClasses([_describe(access, counts, running) for access in found])


@operation(routes, "GET", "/api/v1/classes/{class_id}", answers={200: SchoolClassWithMembers}, etag=True, tag="classes")
async def show_class(viewer: Viewer, conn: AsyncConnection, class_id: str) -> Answer:
    """One class and who is in it. A parent is shown teachers and their own children."""
    return await _show(conn, viewer, class_id)


@operation(
    routes,
    "POST",
    "/api/v1/schools/{school_id}/classes",
    body=NewClass,
    answers={201: SchoolClassWithMembers},
    problems=(errors.Forbidden, errors.ClassExists, errors.Archived),
    idempotent=True,
    tag="classes",
)
async def make_class(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: NewClass) -> Answer:
    """Add a class to a year of the school, by default the one that goes on."""
    await access_school(conn, viewer, school_id, Action.MANAGE_CLASSES)
    year_id = body.year_id
    if year_id is None:
        current = (await queries.current_years(conn, [school_id], parts.now().date())).get(school_id)
        year_id = None if current is None else current.id
    else:
        year = await access_year(conn, viewer, year_id)
        if year.of.id != school_id:
            raise errors.NotFound
        if year.archived_at is not None:
            raise errors.Archived
    class_id, name = new_id(), clean_line(body.name, "name")
    await _write(
        conn,
        sa.insert(classes).values(
            id=class_id,
            school_id=school_id,
            school_year_id=year_id,
            name=name,
            name_folded=fold_name(name),
            created_at=parts.now(),
        ),
    )
    change = Change(conn, viewer, parts.now())
    await found_class_chats(conn, school_id, class_id, parts.now())
    await change.note("class.made", class_id, school_id=school_id, class_id=class_id)
    return await _show(conn, viewer, class_id)


@operation(
    routes,
    "PATCH",
    "/api/v1/classes/{class_id}",
    body=EditClass,
    answers={200: SchoolClassWithMembers},
    problems=(errors.Forbidden, errors.ClassExists, errors.Archived),
    etag=True,
    tag="classes",
)
async def edit_class(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, body: EditClass, if_match: IfMatch
) -> Answer:
    """Edit a class."""
    klass = await access_class_to(conn, viewer, class_id, Action.MANAGE_CLASSES)
    if_match.check(etag_of(klass.version))
    changed: dict[str, Any] = {}
    if body.name is not UNSET:
        changed["name"] = clean_line(body.name, "name")
        changed["name_folded"] = fold_name(changed["name"])
    await _write(
        conn,
        sa.update(classes).where(classes.c.id == class_id).values(version=classes.c.version + 1, **changed),
    )
    await _note(conn, viewer, parts, "class.changed", klass)
    return await _show(conn, viewer, class_id)


@operation(
    routes,
    "DELETE",
    "/api/v1/classes/{class_id}",
    answers={204: None},
    problems=(errors.Forbidden, errors.ClassNotEmpty, errors.Archived),
    tag="classes",
)
async def delete_class(viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str) -> None:
    """Delete a class that was made by mistake: one in which nobody ever was and nothing took place."""
    klass = await access_class_to(conn, viewer, class_id, Action.MANAGE_CLASSES)
    for used in (memberships.c.class_id, lessons.c.class_id):
        if await conn.scalar(sa.select(used).where(used == class_id).limit(1)) is not None:
            raise errors.ClassNotEmpty
    await _note(conn, viewer, parts, "class.deleted", klass)
    await conn.execute(
        sa.update(classes).where(classes.c.id == class_id).values(deleted_at=parts.now(), version=classes.c.version + 1)
    )


@operation(
    routes,
    "POST",
    "/api/v1/classes/{class_id}/archive",
    answers={200: SchoolClassWithMembers},
    problems=(errors.Forbidden,),
    tag="classes",
)
async def archive(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, class_id: str
) -> Answer:
    """Archive one class: it can be read by those who were in it, and changed by nobody. Its lesson ends."""
    klass = await access_class(conn, viewer, class_id)
    _require_manager(klass)
    if not klass.archived:
        change = Change(conn, viewer, parts.now())
        await end_lessons_of(request, change, klass.school.id, [class_id], later)
        await archive_class(change, klass.school.id, class_id)
    return await _show(conn, viewer, class_id)


@operation(
    routes,
    "POST",
    "/api/v1/classes/{class_id}/restore",
    answers={200: Restored},
    problems=(errors.Forbidden, errors.Archived),
    tag="classes",
)
async def restore(viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str) -> Restored:
    """Bring an archived class back, and those of its people whom no other class has. Its year must not be archived."""
    klass = await access_class(conn, viewer, class_id)
    _require_manager(klass)
    if not klass.archived:
        return Restored(0, 0, 0)
    row = (
        await conn.execute(
            sa.select(classes, school_years.c.archived_at.label("year_archived_at"))
            .outerjoin(school_years, school_years.c.id == classes.c.school_year_id)
            .where(classes.c.id == class_id)
        )
    ).one()
    if row.year_archived_at is not None:
        raise errors.Archived
    back, missing = await restore_class(Change(conn, viewer, parts.now()), row)
    return Restored(classes=1, memberships=back, not_put_back=missing)


def _require_manager(klass: ClassAccess) -> None:
    if not klass.may(Action.MANAGE_CLASSES):
        raise errors.Forbidden


async def _note(conn: AsyncConnection, viewer: Viewer, parts: Services, kind: str, klass: ClassAccess) -> None:
    await Change(conn, viewer, parts.now()).note(kind, klass.id, school_id=klass.school.id, class_id=klass.id)


async def _show(conn: AsyncConnection, viewer: Viewer, class_id: str) -> Answer:
    access = await access_class(conn, viewer, class_id)
    counts = await queries.count_members(conn, [access.id])
    running = await access_running_lessons(conn, viewer)
    members = await queries.class_members(conn, access.id)
    children = () if access.may_join else await queries.children_of(conn, viewer.id)
    shown = SchoolClassWithMembers(
        **msgspec.structs.asdict(_describe(access, counts, running)),
        members=members_shown(members, access, children),
    )
    return Answer(shown, etag=etag_of(access.version))


def _describe(access: ClassAccess, counts: dict[tuple[str, str], int], running: dict[str, LessonAccess]) -> SchoolClass:
    lesson = running.get(access.id)
    return SchoolClass(
        id=access.id,
        name=access.name,
        school=access.school,
        students=counts.get((access.id, "student"), 0),
        teachers=counts.get((access.id, "teacher"), 0),
        may_start=access.may_start,
        lesson=None if lesson is None else lesson_for(lesson),
        year=access.year,
        archived=access.archived,
        may=[action for action in (IN_AN_ARCHIVED_CLASS if access.archived else IN_A_CLASS) if access.may(action)],
        version=access.version,
    )


async def _write(conn: AsyncConnection, statement: Any) -> None:
    try:
        async with conn.begin_nested():
            await conn.execute(statement)
    except IntegrityError as error:
        raise errors.ClassExists from error
