"""School years: made, edited, archived with all their classes, and restored."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from msgspec import UNSET
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.rules import Action
from platform_api.access.schools import YearAccess, access_school, access_year
from platform_api.clock import new_id
from platform_api.http import Answer, IfMatch, Later, etag_of, operation
from platform_api.memberships.change import Change
from platform_api.people.queries import Viewer
from platform_api.schema import classes, school_years
from platform_api.schools import queries
from platform_api.schools.archiving import archive_year, restore_year
from platform_api.schools.ending import end_lessons_of
from platform_api.schools.rules import EditYear, NewYear, Restored, Year, Years
from platform_api.services import Services
from platform_api.texts import clean_line

LONGEST_YEAR = timedelta(days=500)
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/schools/{school_id}/years", answers={200: Years}, tag="years")
async def list_years(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str) -> Years:
    """A school's years, the newest first."""
    await access_school(conn, viewer, school_id)
    rows = await conn.execute(
        sa.select(school_years)
        .where(school_years.c.school_id == school_id)
        .order_by(school_years.c.starts_on.desc(), school_years.c.id)
    )
    current = (await queries.current_years(conn, [school_id], parts.now().date())).get(school_id)
    return Years([_describe(row, current is not None and row.id == current.id) for row in rows])


@operation(
    routes,
    "POST",
    "/api/v1/schools/{school_id}/years",
    body=NewYear,
    answers={201: Year},
    problems=(errors.Forbidden, errors.YearExists),
    idempotent=True,
    tag="years",
)
async def make_year(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: NewYear) -> Answer:
    """Add a school year."""
    await access_school(conn, viewer, school_id, Action.MANAGE_YEARS)
    _check_days(body.starts_on, body.ends_on)
    year_id = new_id()
    await _write(
        conn,
        sa.insert(school_years).values(
            id=year_id,
            school_id=school_id,
            name=clean_line(body.name, "name"),
            starts_on=body.starts_on,
            ends_on=body.ends_on,
            created_at=parts.now(),
        ),
    )
    await Change(conn, viewer, parts.now()).note("year.made", year_id, school_id=school_id)
    return await _show(conn, viewer, parts, year_id)


@operation(
    routes,
    "PATCH",
    "/api/v1/years/{year_id}",
    body=EditYear,
    answers={200: Year},
    problems=(errors.Forbidden, errors.YearExists, errors.Archived),
    etag=True,
    tag="years",
)
async def edit_year(
    viewer: Viewer, conn: AsyncConnection, parts: Services, year_id: str, body: EditYear, if_match: IfMatch
) -> Answer:
    """Edit a school year's name and days."""
    year = await access_year(conn, viewer, year_id, Action.MANAGE_YEARS)
    if_match.check(etag_of(year.version))
    _require_open(year)
    starts_on = year.starts_on if body.starts_on is UNSET else body.starts_on
    ends_on = year.ends_on if body.ends_on is UNSET else body.ends_on
    _check_days(starts_on, ends_on)
    await _write(
        conn,
        sa.update(school_years)
        .where(school_years.c.id == year_id)
        .values(
            name=year.name if body.name is UNSET else clean_line(body.name, "name"),
            starts_on=starts_on,
            ends_on=ends_on,
            version=school_years.c.version + 1,
        ),
    )
    await Change(conn, viewer, parts.now()).note("year.changed", year_id, school_id=year.of.id)
    return await _show(conn, viewer, parts, year_id)


@operation(
    routes,
    "POST",
    "/api/v1/years/{year_id}/archive",
    answers={200: Year},
    problems=(errors.Forbidden,),
    tag="years",
)
async def archive(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services, later: Later, year_id: str
) -> Answer:
    """Archive a year: its classes can be read by those who were in them, and changed by nobody. Lessons end."""
    year = await access_year(conn, viewer, year_id, Action.MANAGE_YEARS)
    if year.archived_at is None:
        change = Change(conn, viewer, parts.now())
        going_on = await conn.scalars(sa.select(classes.c.id).where(classes.c.school_year_id == year_id))
        await end_lessons_of(request, change, year.of.id, list(going_on), later)
        await archive_year(change, year.of.id, year_id)
    return await _show(conn, viewer, parts, year_id)


@operation(
    routes,
    "POST",
    "/api/v1/years/{year_id}/restore",
    answers={200: Restored},
    problems=(errors.Forbidden,),
    tag="years",
)
async def restore(viewer: Viewer, conn: AsyncConnection, parts: Services, year_id: str) -> Restored:
    """Bring an archived year back with the classes that were archived with it, and their people."""
    year = await access_year(conn, viewer, year_id, Action.MANAGE_YEARS)
    if year.archived_at is None:
        return Restored(0, 0, 0)
    return await restore_year(Change(conn, viewer, parts.now()), year.of.id, year_id, year.archived_at)


def _describe(row: Any, current: bool) -> Year:
    return Year(row.id, row.name, row.starts_on, row.ends_on, row.archived_at, current, row.version)


async def _show(conn: AsyncConnection, viewer: Viewer, parts: Services, year_id: str) -> Answer:
    year = await access_year(conn, viewer, year_id)
    current = (await queries.current_years(conn, [year.of.id], parts.now().date())).get(year.of.id)
    return Answer(_describe(year, current is not None and current.id == year_id), etag=etag_of(year.version))


def _require_open(year: YearAccess) -> None:
    if year.archived_at is not None:
        raise errors.Archived


def _check_days(starts_on: date, ends_on: date) -> None:
    if not timedelta(0) < ends_on - starts_on <= LONGEST_YEAR:
        raise errors.InvalidBody("A year ends after it begins, within 500 days - at `$.ends_on`")


async def _write(conn: AsyncConnection, statement: Any) -> None:
    try:
        async with conn.begin_nested():
            await conn.execute(statement)
    except IntegrityError as error:
        raise errors.YearExists from error
