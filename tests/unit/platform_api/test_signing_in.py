"""Signing in by password: the second step, tokens for apps, sessions seen and ended, passwords changed and reset."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from platform_api import operators
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.people import totp
from platform_api.people.resets import make_link
from platform_api.sign_in.config import SignInConfig
from tests.unit.platform_api.registering import authenticator
from tests.unit.platform_api.world import ADMINISTRATOR, PASSWORD, STUDENT_5, TEACHER_5_7, Page, World, new_world

RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("at", "code"), RFC_6238)
def test_codes_are_those_of_the_rfc(at: int, code: str) -> None:
    """RFC 6238, appendix B; of its eight digits the last six."""
    assert totp.code_at(b"12345678901234567890", at // 30) == code[2:]


def test_a_code_counts_near_its_time_and_once() -> None:
    secret = totp.new_secret()
    code = totp.code_at(secret, 100)
    assert totp.step_of(code, secret, 100 * 30, None) == 100
    assert totp.step_of(code, secret, 101 * 30 + 29, None) == 100, "a slow clock"
    assert totp.step_of(code, secret, 99 * 30, None) == 100, "a fast one"
    assert totp.step_of(code, secret, 102 * 30, None) is None
    assert totp.step_of(code, secret, 98 * 30 + 29, None) is None
    assert totp.step_of(code, secret, 100 * 30, 100) is None, "not twice"
    assert totp.step_of("", secret, 100 * 30, None) is None
    assert totp.step_of("абвгде", secret, 100 * 30, None) is None


async def set_second_step(world: World, page: Page) -> tuple[str, list[str]]:
    """The authenticator's secret and the recovery codes."""
    begun = await page.call("POST", "/me/totp")
    assert begun.status == 201
    secret: str = begun.json["secret"]
    assert f"secret={secret}" in begun.json["uri"]
    wrong = await page.call("PUT", "/me/totp", {"code": "000000"})
    assert (wrong.status, wrong.json["code"]) == (401, "wrong_code")
    confirmed = await page.call("PUT", "/me/totp", {"code": authenticator(secret, world.clock.now().timestamp())})
    assert confirmed.status == 200
    return secret, confirmed.json["codes"]


async def test_an_administrator_signs_in_with_a_second_step(world: World) -> None:
    page = await world.signed_in(ADMINISTRATOR)
    assert (await page.call("GET", "/me")).json["second_step"] is False
    secret, recovery = await set_second_step(world, page)
    assert (await page.call("GET", "/me")).json["second_step"] is True
    assert (await page.call("POST", "/me/totp")).json["code"] == "totp_set"
    assert (await page.call("PUT", "/me/totp", {"code": "123456"})).json["code"] == "totp_set"

    async def sign_in(**code: str) -> tuple[int, str]:
        body = {"login": ADMINISTRATOR, "password": PASSWORD, **code}
        answer = await (await world.page()).call("POST", "/session", body)
        return answer.status, answer.json.get("code", "")

    used = authenticator(secret, world.clock.now().timestamp())
    assert await sign_in() == (401, "code_needed")
    assert await sign_in(code="000000") == (401, "wrong_code")
    assert await sign_in(code=used) == (401, "wrong_code"), "the code that confirmed it was taken"
    world.clock.advance(30)
    fresh = authenticator(secret, world.clock.now().timestamp())
    assert await sign_in(code=fresh) == (200, "")
    assert await sign_in(code=fresh) == (401, "wrong_code"), "nor this one"
    assert await sign_in(code=recovery[0].upper()) == (200, "")
    assert await sign_in(code=recovery[0]) == (401, "wrong_code"), "a recovery code is taken once as well"
    assert len(set(recovery)) == 10

    wrong_password = await (await world.page()).call(
        "POST", "/session", {"login": ADMINISTRATOR, "password": "x", "code": recovery[1]}
    )
    assert wrong_password.json["code"] == "wrong_credentials"
    assert await sign_in(code=recovery[1]) == (200, ""), "a wrong password uses no code up"


async def test_guessing_codes_is_slowed(world: World) -> None:
    secret, recovery = await set_second_step(world, await world.signed_in(ADMINISTRATOR))
    page = await world.page()
    body = {"login": ADMINISTRATOR, "password": PASSWORD}
    world.clock.advance(60)
    answers = [await page.call("POST", "/session", {**body, "code": f"{n:06}"}) for n in range(11)]
    assert [answer.json["code"] for answer in answers[:10]] == ["wrong_code"] * 10
    assert (answers[10].status, answers[10].json["code"]) == (429, "too_many_attempts")
    assert int(answers[10].headers["Retry-After"]) > 0
    right = {**body, "code": authenticator(secret, world.clock.now().timestamp())}
    assert (await page.call("POST", "/session", right)).status == 429, "the right one waits too"
    world.clock.advance(60)
    assert (await page.call("POST", "/session", {**body, "code": recovery[3]})).status == 200


async def test_the_second_step_is_removed_by_a_code(world: World) -> None:
    page = await world.signed_in(ADMINISTRATOR)
    missing = await page.call("DELETE", "/me/totp", {"code": "123456"})
    assert (missing.status, missing.json["code"]) == (409, "totp_not_set")
    assert (await page.call("PUT", "/me/totp", {"code": "123456"})).json["code"] == "totp_not_set"
    _, recovery = await set_second_step(world, page)
    assert (await page.call("DELETE", "/me/totp", {"code": "000000"})).json["code"] == "wrong_code"
    assert (await page.call("DELETE", "/me/totp", {"code": recovery[0]})).status == 204
    assert (await (await world.page()).sign_in(ADMINISTRATOR)).status == 200


async def test_an_app_has_a_token(world: World) -> None:
    app = await world.page()
    made = await app.call("POST", "/tokens", {"login": TEACHER_5_7, "password": PASSWORD, "device": "Планшет"})
    assert made.status == 201
    assert "Set-Cookie" not in made.headers
    assert made.json["me"]["login"] == TEACHER_5_7
    bearer = {"Authorization": f"Bearer {made.json['token']}"}

    async def call(method: str, path: str, headers: dict[str, str]) -> int:
        url = f"{world.base}/api/v1{path}"
        async with app.session.request(method, url, headers=headers) as response:
            return response.status

    assert await call("GET", "/me", bearer) == 200
    assert await call("DELETE", "/me/sessions", bearer) == 204, "no header against other sites is needed"
    assert await call("GET", "/me", {"Authorization": "Bearer x"}) == 401
    assert await call("GET", "/me", {"Authorization": "Basic x"}) == 401
    page = await world.signed_in(STUDENT_5)
    mixed = await page.call("GET", "/me", headers=bearer)
    assert mixed.json["login"] == TEACHER_5_7, "the header goes before the cookie"
    assert await call("DELETE", "/session", bearer) == 204
    assert await call("GET", "/me", bearer) == 401
    wrong = await app.call("POST", "/tokens", {"login": TEACHER_5_7, "password": "x", "device": "d"})
    assert (wrong.status, wrong.json["code"]) == (401, "wrong_credentials")


async def test_sessions_are_listed_and_ended(world: World) -> None:
    page = await world.page()
    await page.call("POST", "/session", {"login": TEACHER_5_7, "password": PASSWORD}, headers={"User-Agent": "Лиса/1"})
    world.clock.advance(60)
    phone = await world.page()
    await phone.call("POST", "/tokens", {"login": TEACHER_5_7, "password": PASSWORD, "device": "Телефон"})
    other = await world.signed_in(TEACHER_5_7)
    stranger = await world.signed_in(STUDENT_5)

    listed = (await page.call("GET", "/me/sessions")).json["items"]
    assert [(each["kind"], each["current"]) for each in listed] in (
        [("app", False), ("page", False), ("page", True)],
        [("page", False), ("app", False), ("page", True)],
    )
    assert {each["name"] for each in listed if each["kind"] == "app"} == {"Телефон"}
    assert listed[2]["address"] == "127.0.0.1"
    mine = next(each["id"] for each in listed if each["current"])
    theirs = next(each["id"] for each in listed if each["kind"] == "page" and not each["current"])
    assert (await page.call("DELETE", f"/me/sessions/{mine}")).json["code"] == "current_session"
    assert (await stranger.call("DELETE", f"/me/sessions/{theirs}")).status == 404, "of somebody else"
    assert (await page.call("DELETE", f"/me/sessions/{theirs}")).status == 204
    assert (await page.call("DELETE", f"/me/sessions/{theirs}")).status == 404
    assert (await other.call("GET", "/me")).status == 401, "at once"
    assert (await page.call("DELETE", "/me/sessions")).status == 204
    assert [each["id"] for each in (await page.call("GET", "/me/sessions")).json["items"]] == [mine]
    assert (await stranger.call("GET", "/me")).status == 200


async def test_signing_out_elsewhere_leaves_the_calls(world: World) -> None:
    page, lesson = await world.lesson_of("5А")
    await page.call("POST", f"/lessons/{lesson}/ticket", {"device": "d"})
    person = (await page.call("GET", "/me")).json["id"]
    assert (await page.call("DELETE", "/me/sessions")).status == 204
    assert world.media.removed == [], "there was no other"
    await world.signed_in(TEACHER_5_7)
    assert (await page.call("DELETE", "/me/sessions")).status == 204
    assert world.media.removed == [(lesson, person)]
    again = await page.call("POST", f"/lessons/{lesson}/ticket", {"device": "d"})
    assert again.status == 200, "who stays signed in comes back"


async def test_when_a_session_was_used_is_known(world: World) -> None:
    page = await world.signed_in(TEACHER_5_7)
    signed_in = (await page.call("GET", "/me/sessions")).json["items"][0]["seen_at"]
    world.clock.advance(3600)
    await page.call("GET", "/me")
    assert (await page.call("GET", "/me/sessions")).json["items"][0]["seen_at"] > signed_in


async def test_changing_the_password_ends_the_other_sessions(world: World) -> None:
    page, other = await world.signed_in(TEACHER_5_7), await world.signed_in(TEACHER_5_7)
    fresh = "новый длинный пароль"
    for body, status in (
        ({"password": fresh}, 401),
        ({"password": fresh, "old": "wrong"}, 401),
        ({"password": "short", "old": PASSWORD}, 422),
        ({"password": "aaaaaaaaaaaa", "old": PASSWORD}, 422),
        ({"password": TEACHER_5_7.upper(), "old": PASSWORD}, 422),
        ({"password": fresh, "old": PASSWORD, "login": "other"}, 422),
        ({"password": fresh, "old": PASSWORD}, 204),
    ):
        assert (await page.call("PUT", "/me/password", body)).status == status, body
    assert (await page.call("GET", "/me")).status == 200
    assert (await other.call("GET", "/me")).status == 401
    assert (await other.sign_in(TEACHER_5_7)).status == 401
    assert (await other.sign_in(TEACHER_5_7, fresh)).status == 200


async def test_a_link_sets_a_new_password_once(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    person = (await page.call("GET", "/me")).json["id"]
    teacher = (await (await world.signed_in(TEACHER_5_7)).call("GET", "/me")).json["id"]
    async with world.parts.db.write() as conn:
        replaced = await make_link(conn, person, world.clock.now())
        token = await make_link(conn, person, world.clock.now())
        late = await make_link(conn, teacher, world.clock.now())
    stranger = await world.page()

    async def reset(token: str, password: str = "another-long-one") -> tuple[int, str]:
        answer = await stranger.call("POST", "/password-resets", {"token": token, "password": password})
        return answer.status, "" if answer.json is None else answer.json["code"]

    assert await reset(replaced) == (409, "link_expired")
    assert await reset("x" * 43) == (409, "link_expired")
    assert await reset(token, "11111111") == (422, "invalid_body")
    assert await reset(token) == (204, "")
    assert await reset(token) == (409, "link_expired")
    assert (await page.call("GET", "/me")).status == 401, "every session is ended"
    assert (await stranger.sign_in(STUDENT_5, "another-long-one")).status == 200
    world.clock.advance(24 * 3600 + 1)
    assert await reset(late) == (409, "link_expired")


async def test_a_student_does_not_rename_themselves(world: World) -> None:
    student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_5_7)
    for page, status in ((student, 403), (teacher, 200)):
        etag = (await page.call("GET", "/me")).headers["ETag"]
        answer = await page.call("PATCH", "/me", {"name": "Вера  Иная"}, headers={"If-Match": etag})
        assert answer.status == status
    assert (await teacher.call("GET", "/me")).json["name"] == "Вера Иная"


async def test_ten_wrong_passwords_slow_the_eleventh_and_nobody_else(world: World) -> None:
    page = await world.page()
    answers = [await page.sign_in(STUDENT_5, f"wrong {n}") for n in range(11)]
    assert [answer.status for answer in answers] == [401] * 10 + [429]
    assert int(answers[10].headers["Retry-After"]) == 30
    assert (await (await world.page()).sign_in(TEACHER_5_7)).status == 200, "the rest of the school"
    world.clock.advance(31)
    assert (await page.sign_in(STUDENT_5)).status == 200


async def test_administrators_may_have_to_set_a_second_step(tmp_path: Path, seeded: Path) -> None:
    sign_in = SignInConfig(second_step_for_administrators=True)
    async with new_world(tmp_path / "world", seeded, sign_in=sign_in) as world:
        page, teacher = await world.signed_in(ADMINISTRATOR), await world.signed_in(TEACHER_5_7)
        refused = await page.call("GET", "/classes")
        assert (refused.status, refused.json["code"]) == (403, "second_step_required")
        started = await page.call("POST", "/lessons", {"class_id": "x"})
        assert started.json["code"] == "second_step_required", "before anything else is looked at"
        assert (await teacher.call("GET", "/classes")).status == 200
        await set_second_step(world, page)
        assert (await page.call("GET", "/classes")).status == 200


def test_an_operator_helps_who_has_lost_the_phone(tmp_path: Path, seeded: Path) -> None:
    database = tmp_path / "sfera.db"
    shutil.copy(seeded, database)
    config = ApiConfig(database_url=f"sqlite+aiosqlite:///{database}")

    async def set_one() -> None:
        db = Database(config.database_url)
        async with db.write() as conn:
            await conn.exec_driver_sql(
                "INSERT INTO totp (person_id, secret, created_at, confirmed_at)"
                f" SELECT id, x'00', 0, 0 FROM people WHERE login = '{ADMINISTRATOR}'"
            )
        await db.close()

    asyncio.run(set_one())
    told = asyncio.run(operators.reset_password(config, ADMINISTRATOR, lost_phone=True))
    assert "/reset/" in told["link"]
    with closing(sqlite3.connect(database)) as plain:
        assert plain.execute("SELECT count(*) FROM totp").fetchone() == (0,)
