"""What every described call does at the door: repeats, edits, limits, languages, forms."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from platform_api.errors import all_codes
from platform_api.http import operation
from platform_api.language import RUSSIAN, choose_language
from platform_api.limits import Buckets
from tests.unit.platform_api.world import STUDENT_5, TEACHER_5_7, World, new_world


async def test_a_repeated_call_is_done_once(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    body = {"class_id": await world.class_id("5А"), "title": "Алгебра"}
    key = {"Idempotency-Key": "f2a9-1"}
    first = await teacher.call("POST", "/lessons", body, headers=key)
    again = await teacher.call("POST", "/lessons", body, headers=key)
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers

    other_body = await teacher.call("POST", "/lessons", {**body, "title": "Физика"}, headers=key)
    assert (other_body.status, other_body.json["code"]) == (422, "idempotency_key_reused")
    without = await teacher.call("POST", "/lessons", body)
    assert (without.status, without.json["code"]) == (409, "lesson_running")
    someone_else = await world.signed_in(STUDENT_5)
    theirs = await someone_else.call("POST", "/lessons", body, headers=key)
    assert theirs.status == 403, "a key belongs to a person"

    world.clock.advance(24 * 3600 + 1)
    forgotten = await (await world.signed_in(TEACHER_5_7)).call("POST", "/lessons", body, headers=key)
    assert (forgotten.status, forgotten.json["code"]) == (409, "lesson_running"), "kept for a day"


async def test_refusals_are_not_kept(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    body = {"class_id": await world.class_id("5А")}
    running = await teacher.call("POST", "/lessons", body)
    key = {"Idempotency-Key": "k"}
    assert (await teacher.call("POST", "/lessons", body, headers=key)).status == 409
    await teacher.call("POST", f"/lessons/{running.json['id']}/end")
    assert (await teacher.call("POST", "/lessons", body, headers=key)).status == 201


async def test_the_same_call_at_once_is_done_once(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    body = {"class_id": await world.class_id("5А")}
    calls = [teacher.call("POST", "/lessons", body, headers={"Idempotency-Key": "k"}) for _ in range(8)]
    answers = await asyncio.gather(*calls)
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status == 201}) == 1
    assert {answer.json["code"] for answer in answers if answer.status == 409} <= {"request_under_way"}


async def test_keys_have_a_form(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    body = {"class_id": await world.class_id("5А")}
    for key in ("", " ", "k" * 129, "a b"):
        answer = await teacher.call("POST", "/lessons", body, headers={"Idempotency-Key": key})
        assert (answer.status, answer.json["code"]) == (422, "invalid_idempotency_key"), key


async def test_edits_name_what_they_edit(world: World) -> None:
    page, other = await world.signed_in(TEACHER_5_7), await world.signed_in(TEACHER_5_7)
    read = await page.call("GET", "/me")
    etag = read.headers["ETag"]
    blind = await page.call("PATCH", "/me", {"locale": "en"})
    assert (blind.status, blind.json["code"]) == (428, "precondition_required")
    edited = await page.call("PATCH", "/me", {"locale": "en"}, headers={"If-Match": etag})
    assert (edited.status, edited.json["locale"]) == (200, "en")
    assert edited.headers["ETag"] != etag
    late = await other.call("PATCH", "/me", {"locale": "ru"}, headers={"If-Match": etag})
    assert (late.status, late.json["code"]) == (412, "precondition_failed")
    assert late.headers["ETag"] == edited.headers["ETag"], "says what is there now"
    assert (await page.call("GET", "/me")).json["locale"] == "en"


async def test_addresses_are_validated_too(world: World) -> None:
    page = await world.signed_in(TEACHER_5_7)
    for path, status in (
        ("/me?x=1", 422),
        ("/me?x=1&x=2", 422),
        ("/me?" + "x" * 8100, 422),
        ("/classes/" + "x" * 65, 404),
        ("/classes/a%00b", 404),
        ("/classes/%D0%96", 404),
        ("/lessons/..%2F..", 404),
    ):
        assert (await page.call("GET", path)).status == status, path


async def test_head_is_get_without_the_body(world: World) -> None:
    page = await world.signed_in(TEACHER_5_7)
    read = await page.call("GET", "/me")
    async with page.session.head(f"{world.base}/api/v1/me") as asked:
        assert (asked.status, await asked.read()) == (200, b"")
        assert asked.headers["ETag"] == read.headers["ETag"]


async def test_nobody_has_a_nul_in_a_name(world: World) -> None:
    page = await world.signed_in(TEACHER_5_7)
    etag = (await page.call("GET", "/me")).headers["ETag"]
    headers = {"Content-Type": "application/json", "If-Match": etag}
    answer = await page.call("PATCH", "/me", data=rb'{"name": "Ve\u0000ra"}', headers=headers)
    assert (answer.status, answer.json["code"]) == (422, "invalid_body")
    markup = await page.call("PATCH", "/me", {"name": "<b>Vera</b>"}, headers={"If-Match": etag})
    assert markup.status == 422
    surrogate = await page.call("PATCH", "/me", data=rb'{"name": "\ud800"}', headers=headers)
    assert surrogate.status in (400, 422)


async def test_a_call_without_a_body_takes_none(world: World) -> None:
    page = await world.signed_in(TEACHER_5_7)
    answer = await page.call("DELETE", "/me/sessions", {"all": True})
    assert (answer.status, answer.json["code"]) == (422, "invalid_body")


async def test_a_refusal_is_told_in_the_persons_language(world: World) -> None:
    page = await world.signed_in(TEACHER_5_7)

    async def refused(**headers: str) -> tuple[str, str]:
        answer = await page.call("GET", "/lessons/none", headers=headers)
        return answer.headers["Content-Language"], answer.json["title"]

    russian, english = ("ru", RUSSIAN["not_found"]), ("en", "There is nothing here.")
    assert await refused() == russian, "the default of the server"
    assert await refused(**{"Accept-Language": "en-GB,ru;q=0.5"}) == english
    etag = (await page.call("GET", "/me")).headers["ETag"]
    await page.call("PATCH", "/me", {"locale": "en"}, headers={"If-Match": etag})
    assert await refused() == english, "the person's own"
    assert await refused(**{"Accept-Language": "ru"}) == russian, "what the request asks for goes first"
    assert await refused(**{"Accept-Language": "de, fr;q=0.9"}) == english


def test_every_code_has_its_russian_words() -> None:
    assert set(all_codes()) <= set(RUSSIAN), "language.RUSSIAN"


@pytest.mark.parametrize(
    ("accepted", "own", "chosen"),
    [
        ("", None, "ru"),
        ("en", "ru", "en"),
        ("RU-ru", None, "ru"),
        ("en;q=0.1, ru;q=0.2", None, "ru"),
        ("en;q=0, ru;q=0", "en", "en"),
        ("en;q=x", None, "ru"),
        ("*", "en", "en"),
        (",;,=;q", None, "ru"),
    ],
)
def test_choice_of_the_language(accepted: str, own: str | None, chosen: str) -> None:
    assert choose_language(accepted, own) == chosen


async def test_limits_of_a_person_and_of_an_address(tmp_path: Path, seeded: Path) -> None:
    limits = {"person_calls_per_minute": 6, "address_calls_per_minute": 20}
    async with new_world(tmp_path / "limited", seeded, **limits) as world:
        one, other = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
        assert [(await one.call("GET", "/me")).status for _ in range(7)] == [200] * 6 + [429]
        refused = await one.call("GET", "/classes")
        assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
        assert refused.headers["Retry-After"] == "10"
        assert (await other.call("GET", "/me")).status == 200, "others behind the address are not slowed"
        world.clock.advance(10)
        assert (await one.call("GET", "/me")).status == 200

        stranger = await world.page()
        statuses = [(await stranger.call("GET", "/config")).status for _ in range(20)]
        assert statuses[-1] == 429
        assert (await stranger.call("GET", "/health")).status == 200, "who watches the process is no caller of the API"


def test_buckets_fill_again_and_are_bounded() -> None:
    buckets = Buckets(60, max_entries=10)
    assert [buckets.take("a", 0.0) for _ in range(60)] == [0.0] * 60
    assert buckets.take("a", 0.0) == pytest.approx(1.0)
    assert buckets.take("a", 1.0) == 0.0
    assert buckets.take("a", 1.5) == pytest.approx(0.5)
    for number in range(100):
        buckets.take(str(number), 2.0)
    assert len(buckets) == 10
    assert Buckets(0).take("a", 0.0) == 0.0


def test_handlers_that_cannot_be_served_are_refused_at_once() -> None:
    routes = web.RouteTableDef()

    async def wants_a_coffee(coffee: object) -> None: ...
    async def edits_blindly() -> None: ...
    async def repeats_outside() -> None: ...

    with pytest.raises(TypeError, match="coffee"):
        operation(routes, "GET", "/x", answers={204: None})(wants_a_coffee)
    with pytest.raises(TypeError, match="if_match"):
        operation(routes, "PATCH", "/x", answers={204: None}, etag=True)(edits_blindly)
    with pytest.raises(TypeError, match="conn"):
        operation(routes, "POST", "/x", answers={204: None}, idempotent=True)(repeats_outside)
