"""Web Push against a real endpoint: what arrives is decrypted as a browser does, by http_ece."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from platform_api.push.endpoints import Endpoints
from platform_api.push.pusher import PUSHER
from platform_api.push.rules import is_quiet
from tests.unit.platform_api.test_chats import chat_of, send
from tests.unit.platform_api.world import STUDENT_5, STUDENT_9, TEACHER_5_7, World, listen, new_world

SECONDS = 20


class Browser:
    """A browser and the push service behind it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.got: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.answers: list[int] = []
        self.authorization = ""
        self.app = web.Application()
        self.app.router.add_post("/push/{id}", self._push)
        self.base = ""

    @property
    def subscription(self) -> dict[str, Any]:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"endpoint": f"{self.base}/push/1", "keys": {"p256dh": _text(point), "auth": _text(self.secret)}}

    async def _push(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 201
        if status == 201:
            assert request.headers["Content-Encoding"] == "aes128gcm"
            self.authorization = request.headers["Authorization"]
            body = await request.read()
            plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
            await self.got.put(json.loads(plain))
        return web.Response(status=status)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS):
            return await self.got.get()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@asynccontextmanager
async def platform(tmp_path: Path, seeded: Path) -> AsyncIterator[tuple[World, Browser]]:
    async with AsyncExitStack() as stack:
        browser = Browser()
        browser.base = await listen(stack, browser.app)
        settings = {"push_key": str(tmp_path / "push.pem"), "push_services": [browser.base]}
        world = await stack.enter_async_context(new_world(tmp_path / "world", seeded, **settings))
        yield world, browser


async def test_a_push_says_where_and_only_on_wish_what(tmp_path: Path, seeded: Path) -> None:
    async with platform(tmp_path, seeded) as (world, browser):
        student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_5_7)
        chat = (await chat_of(student, "class", "5А"))["id"]
        offered = (await student.call("GET", "/me/push")).json
        settings = {"quiet_from": None, "quiet_until": None, "time_zone": "Europe/Moscow"}
        await student.call("PUT", "/me/notifications", settings)
        made = await student.call("POST", "/me/push", browser.subscription)
        assert made.status == 201, made.json
        await send(teacher, chat, "секретный текст")
        assert await browser.next() == {"chat_id": chat, "number": 1, "kind": "class"}
        assert Vapid02.verify(browser.authorization)
        assert browser.authorization.endswith(f"k={offered['public_key']}")
        await student.call("PUT", "/me/notifications", {**settings, "show_text": True})
        await send(teacher, chat, "а теперь с текстом")
        said = await browser.next()
        assert (said["title"], said["body"].endswith(": а теперь с текстом")) == ("5А", True)
        await student.call("PUT", f"/chats/{chat}/mute", {})
        await send(teacher, chat, "не услышит")
        await send(student, chat, "своё")
        await student.call("DELETE", f"/chats/{chat}/mute")
        await send(teacher, chat, "опять")
        assert (await browser.next())["number"] == 5, "nothing muted, nothing of one's own"


async def test_what_fails_is_tried_again_and_what_is_gone_is_forgotten(tmp_path: Path, seeded: Path) -> None:
    async with platform(tmp_path, seeded) as (world, browser):
        student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_5_7)
        chat = (await chat_of(student, "class", "5А"))["id"]
        await student.call("PUT", "/me/notifications", {"quiet_from": None, "quiet_until": None})
        await student.call("POST", "/me/push", browser.subscription)
        browser.answers = [503]
        await send(teacher, chat, "раз")
        assert (await browser.next())["number"] == 1
        browser.answers = [410]
        await send(teacher, chat, "два")
        async with asyncio.timeout(SECONDS):
            await world.app[PUSHER].settle()
        assert (await student.call("GET", "/me/push")).json["subscriptions"] == []
        assert world.count("sfera_api_pushes_total", result="gone") == 1


async def test_who_signed_out_or_reads_the_chat_no_more_is_told_nothing(tmp_path: Path, seeded: Path) -> None:
    async with platform(tmp_path, seeded) as (world, browser):
        student, teacher, stranger = [await world.signed_in(who) for who in (STUDENT_5, TEACHER_5_7, STUDENT_9)]
        chat = (await chat_of(student, "class", "5А"))["id"]
        for page in (student, stranger):
            await page.call("PUT", "/me/notifications", {"quiet_from": None, "quiet_until": None})
        await stranger.call("POST", "/me/push", browser.subscription)
        await send(teacher, chat, "не для 9В")
        await student.call("POST", "/me/push", browser.subscription)
        await student.call("DELETE", "/session")
        await send(teacher, chat, "никому")
        async with asyncio.timeout(SECONDS):
            await world.app[PUSHER].settle()
        assert browser.got.empty()


def test_endpoints_of_ones_own_network_are_not_called() -> None:
    endpoints = Endpoints(["http://127.0.0.1:9"])
    assert endpoints.allows("https://fcm.googleapis.com/fcm/send/abc")
    assert endpoints.allows("http://127.0.0.1:9/push")
    for url in (
        "http://fcm.googleapis.com/a",
        "https://127.0.0.1/a",
        "https://10.0.0.1/a",
        "https://[::1]/a",
        "https://localhost/a",
        "https://user@push.example.org/a",
        "file:///etc/passwd",
        "nonsense",
    ):
        assert not endpoints.allows(url), url


def test_quiet_hours_are_those_of_the_person() -> None:
    class Row:
        quiet_from, quiet_until, time_zone = 13 * 60, 14 * 60, "Asia/Vladivostok"

    night, noon = datetime(2026, 11, 1, 20, 0, tzinfo=UTC), datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    assert is_quiet(None, night), "23:00 in Moscow"
    assert not is_quiet(None, noon)
    assert is_quiet(Row, datetime(2026, 11, 1, 3, 30, tzinfo=UTC)), "13:30 in Vladivostok"
    assert not is_quiet(Row, night)
