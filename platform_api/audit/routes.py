"""The audit of a school, for its administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.rules import Action
from platform_api.access.schools import access_school
from platform_api.http import operation
from platform_api.paging import PageQuery, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import audit, people

routes = web.RouteTableDef()


class AuditQuery(PageQuery, forbid_unknown_fields=True, frozen=True):
    """Query of GET /schools/{id}/audit: by whom it was done or to whom, by what was done (`membership.closed`)."""

    person_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    action: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class AuditEntry(Struct, frozen=True):
    """Who did what to whom. Names are as they are now; who was erased has none."""

    id: int
    at: datetime
    by: Literal["person", "operator", "system"]
    actor: Named | None
    action: str
    object_kind: str
    object_id: str
    person: Named | None
    data: dict[str, Any]


class Audit(Struct, frozen=True):
    """A page of the audit, the newest first."""

    items: list[AuditEntry]
    next: str | None


@operation(
    routes,
    "GET",
    "/api/v1/schools/{school_id}/audit",
    query=AuditQuery,
    answers={200: Audit},
    problems=(errors.Forbidden,),
    tag="audit",
)
async def read_audit(viewer: Viewer, conn: AsyncConnection, school_id: str, query: AuditQuery) -> Audit:
    """Who did what to whom in a school, the newest first. Nothing of it can be changed or deleted."""
    await access_school(conn, viewer, school_id, Action.READ_AUDIT)
    actors, persons = people.alias("actors"), people.alias("persons")
    found = (
        sa.select(audit, actors.c.name.label("actor_name"), persons.c.name.label("person_name"))
        .outerjoin(actors, actors.c.id == audit.c.actor_id)
        .outerjoin(persons, persons.c.id == audit.c.person_id)
        .where(audit.c.school_id == school_id)
    )
    if query.person_id is not None:
        found = found.where(sa.or_(audit.c.actor_id == query.person_id, audit.c.person_id == query.person_id))
    if query.action is not None:
        found = found.where(audit.c.action == query.action)
    if query.cursor:
        found = found.where(audit.c.id < read_cursor(query.cursor, tuple[int])[0])
    rows, more = cut((await conn.execute(found.order_by(audit.c.id.desc()).limit(query.limit + 1))).all(), query.limit)
    return Audit([_describe(row) for row in rows], write_cursor((rows[-1].id,)) if more else None)


def _describe(row: Any) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        by=row.actor_kind,
        actor=None if row.actor_name is None else Named(row.actor_id, row.actor_name),
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        person=None if row.person_name is None else Named(row.person_id, row.person_name),
        data=row.data or {},
    )
