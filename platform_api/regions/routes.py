"""Regions for those who operate them: the roll-out, as JSON and as a table."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.regions import access_region, access_regions
from platform_api.http import Raw, operation
from platform_api.imports.tables import write_csv
from platform_api.language import Language
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.regions.queries import find_roll_out
from platform_api.regions.rules import Regions, RollOut, RollOutRow
from platform_api.services import Services

HEADS: dict[Language, list[str]] = {
    "ru": ["Школа", "Город", "Состояние", "Участники", "Ученики", "Учителя", "Родители", "Уроки", "Эфиры"],
    "en": ["School", "City", "State", "People", "Students", "Teachers", "Parents", "Lessons", "Broadcasts"],
}
STATES: dict[Language, dict[str, str]] = {
    "ru": {"not_activated": "не подключена", "activated": "подключена", "active": "активна"},
    "en": {"not_activated": "not activated", "activated": "activated", "active": "active"},
}
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/regions", answers={200: Regions}, tag="regions")
async def list_regions(viewer: Viewer, conn: AsyncConnection) -> Regions:
    """The regions one operates."""
    return Regions([Named(region.id, region.name) for region in await access_regions(conn, viewer)])


@operation(routes, "GET", "/api/v1/regions/{region_id}/roll-out", answers={200: RollOut}, slow=True, tag="regions")
async def show_roll_out(viewer: Viewer, conn: AsyncConnection, parts: Services, region_id: str) -> RollOut:
    """How the schools of a region take Sfera up: counts, never names of people; those under five are not told."""
    region = await access_region(conn, viewer, region_id)
    return await find_roll_out(conn, Named(region.id, region.name), parts.now())


@operation(
    routes,
    "GET",
    "/api/v1/regions/{region_id}/roll-out.csv",
    answers={200: Raw(("text/csv",))},
    slow=True,
    tag="regions",
)
async def export_roll_out(viewer: Viewer, conn: AsyncConnection, parts: Services, region_id: str) -> web.Response:
    """The same as a table for spreadsheets: UTF-8, semicolons, a row for each school."""
    region = await access_region(conn, viewer, region_id)
    found = await find_roll_out(conn, Named(region.id, region.name), parts.now())
    language: Language = viewer.locale or "ru"
    content = write_csv([HEADS[language], *(_cells(row, language) for row in found.rows)])
    return web.Response(
        body=content,
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="roll-out.csv"', "Cache-Control": "no-store"},
    )


def _cells(row: RollOutRow, language: Language) -> list[str]:
    counts = (row.people, row.students, row.teachers, row.parents, row.lessons, row.broadcasts)
    return [
        row.school.name,
        row.city,
        STATES[language][row.state],
        *("<5" if count is None else str(count) for count in counts),
    ]
