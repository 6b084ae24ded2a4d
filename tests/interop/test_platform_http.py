"""The platform's contract over real HTTP: who may see, start, enter and end what."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    STUDENT_5,
    STUDENT_9,
    TEACHER_5_7,
    TEACHER_7_9,
    World,
    new_world,
    seed_template,
)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seed_template(tmp_path_factory.mktemp("seeded"))


@pytest_asyncio.fixture
async def world(tmp_path: Path, seeded: Path) -> AsyncIterator[World]:
    async with new_world(tmp_path / "world", seeded) as running:
        yield running


async def test_a_person_signs_in_and_out(world: World) -> None:
    page = await world.page()
    assert (await page.call("GET", "/me")).json["code"] == "not_signed_in"
    signed_in = await page.sign_in("  Vera.Berestova ")
    assert signed_in.status == 200
    cookie = signed_in.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    me = (await page.call("GET", "/me")).json
    assert me == signed_in.json
    assert me["login"] == TEACHER_5_7
    assert [(m["role"], m["school"]["name"], m["class"]["name"]) for m in me["memberships"]] == [
        ("teacher", "Школа № 0", "5А"),
        ("teacher", "Школа № 0", "7Б"),
    ]
    assert (await page.call("DELETE", "/session")).status == 204
    assert (await page.call("GET", "/me")).status == 401
    assert (await page.call("DELETE", "/session")).status == 204


async def test_signing_out_ends_the_session_itself(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    token = next(cookie.value for cookie in page.session.cookie_jar)
    await page.call("DELETE", "/session")
    thief = await world.page()
    answer = await thief.call("GET", "/me", headers={"Cookie": f"sfera_session={token}"})
    assert answer.status == 401


async def test_a_session_ends_by_itself(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    world.clock.advance(14 * 86400 - 1)
    assert (await page.call("GET", "/me")).status == 200
    world.clock.advance(2)
    assert (await page.call("GET", "/me")).status == 401


async def test_wrong_password_and_unknown_login_look_the_same(world: World) -> None:
    page = await world.page()
    wrong = await page.sign_in(TEACHER_5_7, "not this one")
    unknown = await page.sign_in("nobody.known", "not this one")
    assert wrong.status == unknown.status == 401
    assert wrong.headers["Content-Type"].startswith("application/problem+json")
    assert wrong.json == unknown.json
    assert wrong.json["code"] == "wrong_credentials"
    assert world.count("sfera_api_sign_ins_total", result="wrong_credentials") == 2


async def test_ten_wrong_passwords_slow_the_eleventh_for_that_login_only(world: World) -> None:
    page = await world.page()
    tries = await asyncio.gather(*(page.sign_in(STUDENT_5, f"guess {n}") for n in range(14)))
    assert sorted(answer.status for answer in tries) == [401] * 10 + [429] * 4
    refused = await page.sign_in(STUDENT_5)
    assert refused.json["code"] == "too_many_attempts"
    wait = int(refused.headers["Retry-After"])
    assert wait > 0
    assert (await page.sign_in(STUDENT_9)).status == 200, "another pupil of the same school signs in"
    world.clock.advance(wait)
    assert (await page.sign_in(STUDENT_5)).status == 200
    assert world.count("sfera_api_refusals_total", code="too_many_attempts") == 5


async def test_everybody_sees_their_own_classes(world: World) -> None:
    seen = {}
    for login in (ADMINISTRATOR, TEACHER_5_7, STUDENT_9):
        page = await world.signed_in(login)
        seen[login] = (await page.call("GET", "/classes")).json["classes"]
    assert [(k["name"], k["may_start"]) for k in seen[ADMINISTRATOR]] == [("5А", True), ("7Б", True), ("9В", True)]
    assert [(k["name"], k["may_start"]) for k in seen[TEACHER_5_7]] == [("5А", True), ("7Б", True)]
    assert [(k["name"], k["may_start"]) for k in seen[STUDENT_9]] == [("9В", False)]
    assert {(k["name"], k["students"], k["teachers"]) for k in seen[ADMINISTRATOR]} == {
        ("5А", 20, 1),
        ("7Б", 20, 2),
        ("9В", 20, 1),
    }


async def test_a_class_page_names_its_members(world: World) -> None:
    page = await world.signed_in(STUDENT_9)
    shown = (await page.call("GET", f"/classes/{await world.class_id('9В')}")).json
    assert shown["name"] == "9В"
    assert shown["lesson"] is None
    assert [member["role"] for member in shown["members"]] == ["teacher"] + ["student"] * 20
    assert shown["members"][0]["name"] == "Андрей Ильич Тетрадкин"


async def test_another_class_does_not_exist(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    stranger = await world.signed_in(STUDENT_9)
    other_teacher = await world.signed_in(TEACHER_7_9)
    class_id = await world.class_id("5А")
    missing = (await stranger.call("GET", "/classes/there-is-none")).json
    for page in (stranger, other_teacher):
        for method, path, body in (
            ("GET", f"/classes/{class_id}", None),
            ("POST", "/lessons", {"class_id": class_id}),
            ("GET", f"/lessons/{lesson}", None),
            ("POST", f"/lessons/{lesson}/ticket", {"device": "d1"}),
            ("POST", f"/lessons/{lesson}/end", None),
        ):
            answer = await page.call(method, path, body)
            assert (answer.status, answer.json) == (404, missing), f"{method} {path}"
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is None


async def test_a_student_sees_the_class_but_may_not_start_or_end(world: World) -> None:
    student = await world.signed_in(STUDENT_5)
    refused = await student.call("POST", "/lessons", {"class_id": await world.class_id("5А")})
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    _, lesson = await world.lesson_of("5А")
    refused = await student.call("POST", f"/lessons/{lesson}/end")
    assert (refused.status, refused.json["code"]) == (403, "forbidden")


async def test_a_lesson_from_start_to_end(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    class_id = await world.class_id("5А")
    started = await teacher.call("POST", "/lessons", {"class_id": class_id, "title": "  Алгебра "})
    assert started.status == 201
    lesson = started.json
    assert lesson["title"] == "Алгебра"
    assert lesson["class"] == {"id": class_id, "name": "5А"}
    assert lesson["host"]["name"] == "Вера Павловна Берестова"
    assert lesson["may_host"] is True
    assert lesson["started_at"].endswith("Z")

    student = await world.signed_in(STUDENT_5)
    seen = (await student.call("GET", "/classes")).json["classes"][0]["lesson"]
    assert seen == {**lesson, "may_host": False}

    again = await teacher.call("POST", "/lessons", {"class_id": class_id})
    assert (again.status, again.json["code"]) == (409, "lesson_running")
    assert again.json["lesson"] == lesson

    assert (await teacher.call("POST", f"/lessons/{lesson['id']}/end")).status == 204
    assert (await teacher.call("POST", f"/lessons/{lesson['id']}/end")).status == 204
    ended = (await student.call("GET", f"/lessons/{lesson['id']}")).json
    assert ended["ended_at"] is not None
    late = await student.call("POST", f"/lessons/{lesson['id']}/ticket", {"device": "d1"})
    assert (late.status, late.json["code"]) == (409, "lesson_ended")
    assert (await teacher.call("POST", "/lessons", {"class_id": class_id})).status == 201


async def test_two_teachers_start_at_once_and_one_lesson_runs(world: World) -> None:
    pages = [await world.signed_in(login) for login in (TEACHER_5_7, TEACHER_7_9, ADMINISTRATOR)]
    class_id = await world.class_id("7Б")
    answers = await asyncio.gather(*(page.call("POST", "/lessons", {"class_id": class_id}) for page in pages))
    assert sorted(answer.status for answer in answers) == [201, 409, 409]
    running = {answer.json.get("lesson", answer.json)["id"] for answer in answers}
    assert len(running) == 1


@pytest.mark.parametrize(
    ("login", "role"), [(TEACHER_5_7, "host"), (ADMINISTRATOR, "host"), (STUDENT_5, "member")], ids=str
)
async def test_a_ticket_says_who_may_what(world: World, login: str, role: str) -> None:
    _, lesson = await world.lesson_of("5А")
    page = await world.signed_in(login)
    answer = await page.call("POST", f"/lessons/{lesson}/ticket", {"device": "tab-1"})
    assert answer.status == 200
    assert world.media.rooms[lesson] == {"title": "5А", "floor": "hand", "max": 50, "lobby": True}
    assert answer.json["url"] == "ws://127.0.0.1:7801/signal"
    # The signature is checked without the library that made it.
    head, claims_part, signature = answer.json["ticket"].split(".")
    key = load_pem_public_key(world.api_public)
    key.verify(_unpad(signature), f"{head}.{claims_part}".encode())  # type: ignore[union-attr, call-arg]
    assert json.loads(_unpad(head))["alg"] == "EdDSA"
    claims = json.loads(_unpad(claims_part))
    now = int(world.clock.now().timestamp())
    assert len(_unpad(claims.pop("jti"))) == 16
    me = (await page.call("GET", "/me")).json
    assert claims == {
        "iss": "sfera",
        "aud": "sfera-media",
        "iat": now,
        "exp": now + 60,
        "room": lesson,
        "title": "5А",
        "person": me["id"],
        "name": me["name"],
        "role": role,
        "device": "tab-1",
        "policy": {"floor": "hand", "max": 50, "lobby": True},
    }


async def test_without_the_media_node_a_page_is_told_to_ask_again(tmp_path: Path, seeded: Path) -> None:
    async with new_world(tmp_path / "alone", seeded, media_control_url="http://127.0.0.1:9") as world:
        teacher, lesson = await world.lesson_of("5А")
        answer = await teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": "d1"})
        assert (answer.status, answer.json["code"]) == (503, "media_unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
        assert (await teacher.call("POST", f"/lessons/{lesson}/end")).status == 204
        assert (await teacher.call("GET", "/me")).status == 200
        assert (await teacher.call("GET", "/health")).status == 200
        assert world.count("sfera_api_media_calls_total", call="put_room", result="no_answer") == 1


async def test_the_51st_person_is_told_the_lesson_is_full(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    teacher_id = (await teacher.call("GET", "/me")).json["id"]
    inside = [{"id": f"p{n}", "person": teacher_id if n == 0 else f"somebody-{n}"} for n in range(50)]
    world.media.participants[lesson] = inside
    student = await world.signed_in(STUDENT_5)
    full = await student.call("POST", f"/lessons/{lesson}/ticket", {"device": "d1"})
    assert (full.status, full.json["code"]) == (409, "call_full")
    again = await teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": "d2"})
    assert again.status == 200, "who is in it already comes back"


def _unpad(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
