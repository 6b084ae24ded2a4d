"""Regions as their operators meet them: counts, never names of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.errors import NotFound
from platform_api.people.queries import Viewer
from platform_api.schema import region_operators, regions


@dataclass(frozen=True, slots=True)
class RegionAccess:
    """A region one operates."""

    id: str
    name: str


async def access_regions(conn: AsyncConnection, viewer: Viewer) -> list[RegionAccess]:
    """The regions the person operates."""
    rows = await conn.execute(_operated(viewer).order_by(regions.c.name_folded))
    return [RegionAccess(row.id, row.name) for row in rows]


async def access_region(conn: AsyncConnection, viewer: Viewer, region_id: str) -> RegionAccess:
    """One region. Raises NotFound."""
    row = (await conn.execute(_operated(viewer).where(regions.c.id == region_id))).one_or_none()
    if row is None:
        raise NotFound
    return RegionAccess(row.id, row.name)


def _operated(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(regions.c.id, regions.c.name)
        .join(region_operators, region_operators.c.region_id == regions.c.id)
        .where(region_operators.c.person_id == viewer.id, region_operators.c.until.is_(None))
    )
