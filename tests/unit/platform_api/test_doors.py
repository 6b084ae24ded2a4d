"""What does not validate, comes from elsewhere or is too large is refused by name, counted, and harms nothing."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import msgspec
import pytest

from platform_api.app import make_app
from platform_api.config import ConfigError
from tests.unit.platform_api.world import ADMINISTRATOR, STUDENT_5, TEACHER_5_7, World, make_keys


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"login": "a", "password": "b", "admin": true}', 422, "invalid_body"),
        ('{"login": "a"}', 422, "invalid_body"),
        ('{"login": "", "password": "b"}', 422, "invalid_body"),
        ('{"login": 1, "password": "b"}', 422, "invalid_body"),
        ('{"login": "a", "password": "' + "b" * 257 + '"}', 422, "invalid_body"),
        ('["a", "b"]', 422, "invalid_body"),
        ('{"login": "a", "password": ', 400, "malformed_json"),
        ("\x00", 400, "malformed_json"),
        ("[" * 20000, 422, "invalid_body"),
        (b'{"login": "\xff\xfe", "password": "b"}', 400, "malformed_json"),
        ('{"login": "' + "a" * 70_000 + '", "password": "b"}', 413, "body_too_large"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_bodies_that_are_not_of_the_form(world: World, body: str | bytes, status: int, code: str) -> None:
    page = await world.page()
    data = body.encode() if isinstance(body, str) else body
    answer = await page.call("POST", "/session", data=data, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["status"] == status
    assert world.count("sfera_api_refusals_total", code=code) == 1
    assert (await page.sign_in(STUDENT_5)).status == 200, "the next good call is served"


async def test_a_body_of_unknown_length_is_cut_off(world: World) -> None:
    async def endless() -> object:
        for _ in range(100):
            yield b'{"login": "' + b"a" * 4096

    page = await world.page()
    answer = await page.call("POST", "/session", data=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status, answer.json["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_forms_of_other_sites_are_refused(world: World, kind: str) -> None:
    page = await world.page()
    answer = await page.call("POST", "/session", data=b"{}", headers={"Content-Type": kind})
    assert (answer.status, answer.json["code"]) == (415, "unsupported_media_type")


async def test_a_changing_call_without_body_needs_a_header_no_form_can_send(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    async with teacher.session.post(f"{world.base}/api/v1/lessons/{lesson}/end") as response:
        assert response.status == 403
        assert (await response.json(content_type=None))["code"] == "cross_site"
    refused = await teacher.call("POST", f"/lessons/{lesson}/end", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status == 403
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is None


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("PATCH", "/session", 405, "method_not_allowed"),
        ("GET", "/lessons", 405, "method_not_allowed"),
        ("PUT", "/me", 405, "method_not_allowed"),
        ("GET", "/classes", 401, "not_signed_in"),
    ],
)
async def test_addresses_and_methods(world: World, method: str, path: str, status: int, code: str) -> None:
    answer = await (await world.page()).call(method, path)
    assert (answer.status, answer.json["code"]) == (status, code)


@pytest.mark.parametrize("cookie", ["", "x", "Ж" * 20, "a" * 4000])
async def test_a_made_up_cookie_is_nobody(world: World, cookie: str) -> None:
    page = await world.page()
    answer = await page.call("GET", "/me", headers={"Cookie": f"sfera_session={cookie}"})
    assert (answer.status, answer.json["code"]) == (401, "not_signed_in")


async def test_titles_and_devices_have_limits(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    class_id = await world.class_id("7Б")
    for title in ("x" * 121, "two\nlines", "bell\x07"):
        answer = await teacher.call("POST", "/lessons", {"class_id": class_id, "title": title})
        assert (answer.status, answer.json["code"]) == (422, "invalid_body")
    for device in ("", "d" * 65, "a b", "../x"):
        answer = await teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": device})
        assert (answer.status, answer.json["code"]) == (422, "invalid_body")
    unknown = await teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": "d", "role": "host"})
    assert unknown.status == 422
    assert "role" in unknown.json["detail"]


async def test_garbage_instead_of_http(world: World) -> None:
    host, port = world.base.removeprefix("http://").split(":")
    for garbage in (b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"):
        with socket.create_connection((host, int(port))) as connection:
            connection.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(connection, garbage + b"\r\n\r\n")
            assert b" 400 " in (await loop.sock_recv(connection, 4096)).split(b"\r\n")[0]
    assert (await (await world.page()).call("GET", "/health")).status == 200


async def test_a_person_who_was_deactivated_is_out_at_once(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    async with world.parts.db.write() as conn:
        await conn.exec_driver_sql(f"UPDATE people SET deactivated_at = 1 WHERE login = '{STUDENT_5}'")
    assert (await page.call("GET", "/me")).status == 401
    assert (await page.sign_in(STUDENT_5)).json["code"] == "wrong_credentials"


async def test_one_person_keeps_twenty_sessions(world: World) -> None:
    pages = []
    for _ in range(21):
        world.clock.advance(1)
        pages.append(await world.signed_in(TEACHER_5_7))
    assert [(await page.call("GET", "/me")).status for page in pages] == [401] + [200] * 20


async def test_metrics_are_shown_to_those_who_may_read_them(world: World) -> None:
    page = await world.signed_in(ADMINISTRATOR)
    shown = await page.call("GET", "/metrics")
    assert shown.status == 200
    assert b"sfera_api_requests_total" in shown.body
    assert b'sfera_api_refusals_total{code="call_full"} 0.0' in shown.body
    forwarded = await page.call("GET", "/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert forwarded.status == 404, "who came through a proxy did not come from this machine"


async def test_a_failing_database_is_an_illness(world: World) -> None:
    page = await world.page()
    assert (await page.call("GET", "/health")).json == {"status": "ok", "database": "ok"}
    async with world.parts.db.write() as conn:
        await conn.exec_driver_sql("ALTER TABLE lessons RENAME TO mislaid")
    teacher = await world.signed_in(TEACHER_5_7)
    answer = await teacher.call("GET", "/classes")
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert "lessons" not in answer.json["detail"], "nothing of the inside is told"


async def test_keys_of_the_wrong_kind_are_named(world: World, tmp_path: Path) -> None:
    private, public, _ = make_keys(tmp_path, "other")
    with pytest.raises(ConfigError, match=r"api\.signing_key: .* private key"):
        make_app(msgspec.structs.replace(world.config, signing_key=public))
    with pytest.raises(ConfigError, match=r"api\.webhook_key: .* public key"):
        make_app(msgspec.structs.replace(world.config, webhook_key=private))
    with pytest.raises(ConfigError, match=r"api\.signing_key"):
        make_app(msgspec.structs.replace(world.config, signing_key=str(tmp_path)))
    with pytest.raises(ConfigError, match=r"api\.database_url"):
        make_app(msgspec.structs.replace(world.config, database_url="mysql://x/y"))
