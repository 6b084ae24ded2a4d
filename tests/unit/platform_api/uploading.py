"""Uploading as a page does it: tus, in one piece or in several."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from PIL import Image

from platform_api.documents.work import WorkKind
from platform_api.schema import file_work
from tests.unit.platform_api.world import Answer, Page, World

TUS = {"Tus-Resumable": "1.0.0"}


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(out, "PNG")
    return out.getvalue()


PNG_PIXEL = _png()


def metadata(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


async def begin(page: Page, size: int, **values: str) -> Answer:
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(**values)}
    return await page.call("POST", "/uploads", headers=headers)


async def piece(page: Page, where: str, offset: int, data: Any, **headers: str) -> Answer:
    told = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **headers}
    body = io.BytesIO(data) if isinstance(data, bytes) else data  # aiohttp warns of large bodies that are plain bytes
    return await page.call("PATCH", where, data=body, headers=told)


async def upload(page: Page, filename: str, data: bytes, *, state: str = "done", **values: str) -> dict[str, Any]:
    """The file; or the upload, where another state is waited for."""
    begun = await begin(page, len(data), filename=filename, **values)
    assert begun.status == 201, begun.json
    where = begun.headers["Location"]
    if data:
        sent = await piece(page, where, 0, data)
        assert sent.status == 204, sent.json
    found = (await page.call("GET", where)).json
    assert found["state"] == state, found
    result: dict[str, Any] = found["file"] if state == "done" else found
    return result


async def upload_to(
    page: Page, to: str, place_id: str, filename: str, data: bytes, *, state: str = "done", **values: str
) -> dict[str, Any]:
    return await upload(page, filename, data, state=state, to=to, id=place_id, **values)


async def work_done(world: World, *kinds: WorkKind) -> None:
    """Wait until nothing of these kinds is left to be done, by this task or the workshop's own."""
    while True:
        while await world.workshop.do_next(kinds):
            pass
        async with world.parts.db.read() as conn:
            if not await conn.scalar(sa.select(file_work.c.kind).where(file_work.c.kind.in_(kinds)).limit(1)):
                return
        await asyncio.sleep(0.01)


async def until(check: Callable[[], Awaitable[Any]]) -> None:
    """Ask again and again, for half a minute at most, until it is so."""
    for _ in range(6000):
        if await check():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to that")


async def receiving(world: World, *, now: bool = True) -> None:
    """Wait until a piece is being received, or none is any more."""

    async def check() -> bool:
        return world.parts.receiving.busy == now

    await until(check)
