"""GET and PUT /me/guide."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.dialects import upsert
from platform_api.errors import InvalidBody
from platform_api.events import record
from platform_api.guides.queries import find_guides
from platform_api.guides.rules import STEPS, EditGuide, Guides
from platform_api.http import operation
from platform_api.people.queries import Viewer
from platform_api.schema import guides
from platform_api.services import Services

routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/me/guide", answers={200: Guides}, tag="me")
async def show_guide(viewer: Viewer, conn: AsyncConnection) -> Guides:
    """First steps for each role one has, and which of them are done."""
    return Guides(await find_guides(conn, viewer))


@operation(routes, "PUT", "/api/v1/me/guide", body=EditGuide, answers={200: Guides}, tag="me")
async def edit_guide(viewer: Viewer, conn: AsyncConnection, parts: Services, body: EditGuide) -> Guides:
    """Put a guide away, find it again, or say which steps were done."""
    changed: dict[str, Any] = {}
    if body.put_away is not UNSET:
        changed["put_away_at"] = parts.now() if body.put_away else None
    if body.done is not UNSET:
        if unknown := set(body.done) - set(STEPS[body.role]):
            raise InvalidBody(f"No step of this guide: {min(unknown)} - at `$.done`")
        changed["done"] = sorted(set(body.done))
    if changed:
        await conn.execute(
            upsert(conn, guides)
            .values(person_id=viewer.id, role=body.role, **changed)
            .on_conflict_do_update(index_elements=[guides.c.person_id, guides.c.role], set_=changed)
        )
        await record(conn, "guide.changed", viewer.id, person_id=viewer.id)
    return Guides(await find_guides(conn, viewer))
