"""Class lists from tables: read and shown, then applied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.classes import access_class
from platform_api.access.people import access_import
from platform_api.access.rules import Action
from platform_api.access.schools import access_school
from platform_api.clock import new_id
from platform_api.http import Later, Raw, operation
from platform_api.imports.applying import (
    FirstPassword,
    as_lines,
    checked_again,
    find_setting,
    make_passwords,
    take_over,
)
from platform_api.imports.limits import MAX_FILE
from platform_api.imports.lines import has_faults, understand, without_birth_date
from platform_api.imports.rules import Applied, ApplyImport, Import, ImportQuery, Line
from platform_api.imports.tables import read_table
from platform_api.memberships.change import Change
from platform_api.memberships.departures import say_goodbye
from platform_api.pages import page_url
from platform_api.people.queries import Viewer
from platform_api.schema import imports
from platform_api.schools.queries import current_years
from platform_api.services import Services

TABLES = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/octet-stream",
)
"""What browsers call such files; what they are is read from their bytes."""
KEPT = timedelta(days=1)
routes = web.RouteTableDef()


@operation(
    routes,
    "POST",
    "/api/v1/schools/{school_id}/imports",
    body=Raw(TABLES, MAX_FILE),
    query=ImportQuery,
    answers={201: Import},
    problems=(errors.Forbidden, errors.Archived, errors.InvalidTable),
    tag="imports",
)
async def read_import(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: bytes, query: ImportQuery
) -> Import:
    """Read a table (CSV or XLSX, at most 512 KiB and 1,000 lines) and show it line by line with what is wrong.

    The first line names the columns, in Russian or English: full name, or first and last names; class, role, birth
    date. Nothing is done yet.
    """
    await access_school(conn, viewer, school_id, Action.IMPORT_PEOPLE)
    if query.class_id is not None:
        klass = await access_class(conn, viewer, query.class_id)
        if klass.school.id != school_id:
            raise errors.NotFound
        klass.require(Action.IMPORT_PEOPLE)
    rows = read_table(query.file_name, body)
    current = (await current_years(conn, [school_id], parts.now().date())).get(school_id)
    year_id = None if current is None else current.id
    setting = await find_setting(conn, school_id, year_id, query.class_id, query.role, parts.now())
    found = understand(rows, setting)
    import_id, now = new_id(), parts.now()
    await conn.execute(
        sa.insert(imports).values(
            id=import_id,
            school_id=school_id,
            class_id=query.class_id,
            school_year_id=year_id,
            created_by=viewer.id,
            file_name=query.file_name[:200],
            preview={"items": msgspec.to_builtins(found.lines), "ignored": found.ignored},
            lines=len(found.lines),
            errors=has_faults(found.lines),
            created_at=now,
            expires_at=now + KEPT,
        )
    )
    await Change(conn, viewer, now).note(
        "import.read", import_id, school_id=school_id, person_id=viewer.id, data={"lines": len(found.lines)}
    )
    return _describe(await access_import(conn, viewer, import_id))


@operation(routes, "GET", "/api/v1/imports/{import_id}", answers={200: Import}, tag="imports")
async def show_import(viewer: Viewer, conn: AsyncConnection, import_id: str) -> Import:
    """A table that was read. It is kept for a day."""
    return _describe(await access_import(conn, viewer, import_id))


async def _prepare(viewer: Viewer, parts: Services, body: ApplyImport, import_id: str) -> list[FirstPassword]:
    """Passwords are hashed before the transaction begins, and only for who may apply the table."""
    if body.way == "codes":
        return []
    async with parts.db.read() as conn:
        row = await access_import(conn, viewer, import_id)
    if row.applied_at is not None:
        raise errors.ImportApplied
    return await make_passwords(parts.passwords, row.lines)


@operation(
    routes,
    "POST",
    "/api/v1/imports/{import_id}/apply",
    body=ApplyImport,
    answers={200: Applied},
    problems=(
        errors.ImportApplied,
        errors.ImportHasErrors,
        errors.InvalidTable,
        errors.AlreadyMember,
        errors.InAnotherClass,
        errors.Archived,
        errors.BadHost,
    ),
    # Not idempotent: kept answers would hold passwords. A second call answers 409 import_applied.
    tag="imports",
    prepare=_prepare,
)
async def apply_import(
    request: web.Request,
    viewer: Viewer,
    conn: AsyncConnection,
    parts: Services,
    later: Later,
    import_id: str,
    body: ApplyImport,
    prepared: list[FirstPassword],
) -> Applied:
    """Take a table over, all of it or nothing: 409 tells the lines with what is wrong as member `items`."""
    row = await access_import(conn, viewer, import_id)
    if row.applied_at is not None:
        raise errors.ImportApplied
    setting = await find_setting(conn, row.school_id, row.school_year_id, row.class_id, "student", parts.now())
    lines = checked_again(as_lines(row.preview), setting)
    if body.way == "accounts":
        lines = without_birth_date(lines)
    if has_faults(lines):
        raise errors.ImportHasErrors(extra={"items": [line for line in lines if line.faults]})
    change = Change(conn, viewer, parts.now())
    taken = await take_over(change, row.school_id, lines, body.way, prepared)
    # The people are in; their names need not be kept a second time.
    await conn.execute(
        sa.update(imports)
        .where(imports.c.id == import_id)
        .values(applied_at=parts.now(), preview={"items": [], "ignored": []})
    )
    await change.note(
        "import.applied",
        import_id,
        school_id=row.school_id,
        person_id=viewer.id,
        data={"lines": len(lines), "way": body.way},
    )
    later(lambda: say_goodbye(parts, change))
    return Applied(
        [
            one if one.code is None else msgspec.structs.replace(one, link=page_url(request, f"/join/{one.code}"))
            for one in taken
        ]
    )


def _describe(row: Any) -> Import:
    lines: list[Line] = as_lines(row.preview)
    return Import(
        id=row.id,
        file_name=row.file_name,
        lines=row.lines,
        errors=row.errors,
        ignored=row.preview["ignored"],
        items=lines,
        created_at=row.created_at,
        expires_at=row.expires_at,
        applied_at=row.applied_at,
    )
