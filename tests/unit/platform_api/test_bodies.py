"""Bodies that end before their end, over real sockets: no failure of ours, and a clear answer where one is read."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from platform_api.http import bodies
from tests.unit.platform_api.world import STUDENT_5, Page, World

REFUSALS = "sfera_api_refusals_total"


async def begin(page: Page, *headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A call that marks a chat as read, up to its body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(page.base.rpartition(":")[2]))
    cookie = next(iter(page.session.cookie_jar))
    lines = (
        "PUT /api/v1/chats/x/read HTTP/1.1",
        "Host: x",
        "X-Sfera: 1",
        f"Cookie: {cookie.key}={cookie.value}",
        "Content-Type: application/json",
        *headers,
    )
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    return reader, writer


async def test_a_sender_who_leaves_in_the_midst_is_no_failure(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    with capture_logs() as logs:
        reader, writer = await begin(page, "Content-Length: 100", "Expect: 100-continue")
        assert b" 100 " in await reader.readuntil(b"\r\n\r\n"), "it waits for the body"
        writer.transport.abort()
        async with asyncio.timeout(10):
            while not world.count(REFUSALS, code="broken_body"):
                await page.call("GET", "/me")
    assert [line for line in logs if line["log_level"] == "error"] == []


async def test_a_body_whose_framing_is_broken_is_refused(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    reader, writer = await begin(page, "Transfer-Encoding: chunked")
    writer.write(b'7\r\n{"seq":\r\n')
    await writer.drain()
    writer.write(b"not a length\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert b" 400 " in head.partition(b"\r\n")[0]


async def test_a_body_that_does_not_come_is_not_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await world.signed_in(STUDENT_5)
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.05)
    reader, writer = await begin(page, "Content-Length: 100")
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert b" 408 " in head.partition(b"\r\n")[0]
    assert world.count(REFUSALS, code="slow_body") == 1
