"""GET /classes, GET /classes/{id}."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access import ClassAccess, LessonAccess, access_class, access_classes, access_running_lessons
from platform_api.http import operation
from platform_api.lessons.rules import lesson_for
from platform_api.people.queries import Viewer
from platform_api.schools import queries
from platform_api.schools.rules import SchoolClass, SchoolClasses, SchoolClassWithMembers, class_order, members_shown

routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/classes", answers={200: SchoolClasses}, tag="classes")
async def list_classes(viewer: Viewer, conn: AsyncConnection) -> SchoolClasses:
    """The classes the person may see, with the lessons going on in them."""
    found = await access_classes(conn, viewer)
    counts = await queries.count_members(conn, [access.id for access in found])
    running = await access_running_lessons(conn, viewer)
    found.sort(key=lambda access: (access.school.name, access.school.id, class_order(access.name)))
    return SchoolClasses([_describe(access, counts, running) for access in found])


@operation(routes, "GET", "/api/v1/classes/{class_id}", answers={200: SchoolClassWithMembers}, tag="classes")
async def show_class(viewer: Viewer, conn: AsyncConnection, class_id: str) -> SchoolClassWithMembers:
    """One class and who is in it."""
    access = await access_class(conn, viewer, class_id)
    counts = await queries.count_members(conn, [access.id])
    running = await access_running_lessons(conn, viewer)
    members = await queries.class_members(conn, access.id)
    described = _describe(access, counts, running)
    return SchoolClassWithMembers(
        **{name: getattr(described, name) for name in described.__struct_fields__},
        members=members_shown(members, access),
    )


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
    )
