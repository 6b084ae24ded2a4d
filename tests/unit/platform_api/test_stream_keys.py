"""Stream keys: who makes, sees and revokes them, what they say, and what the media node is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from tests.unit.platform_api.world import ADMINISTRATOR, STUDENT_5, STUDENT_9, TEACHER_7_9, Page, World, until

PUBLISH = {"kind": "publish", "name": "Document camera"}


async def issued(world: World, **wishes: Any) -> tuple[Page, str, dict[str, Any]]:
    """A teacher's page, the lesson it started, and a key of it."""
    teacher, lesson = await world.lesson_of("5А")
    answer = await teacher.call("POST", f"/lessons/{lesson}/stream-keys", {**PUBLISH, **wishes})
    assert answer.status == 201, answer.json
    return teacher, lesson, answer.json


def claims_of(world: World, key: str) -> dict[str, Any]:
    own = OKPKey.import_key(world.parts.signing_key.as_dict(private=False))
    return dict(jwt.decode(key, own, algorithms=["EdDSA"]).claims)


async def test_a_key_to_publish(world: World) -> None:
    _, lesson, key = await issued(world, days=2, source="screen")
    assert key["whip_url"] == f"http://127.0.0.1:7801/whip/{lesson}"
    assert key["whep_url"] is None
    claims = claims_of(world, key["key"])
    now = int(world.clock.now().timestamp())
    assert claims == {
        "iss": "sfera", "aud": "sfera-stream", "sub": key["id"], "iat": now, "exp": now + 2 * 86400, "room": lesson,
        "title": "5А", "kind": "publish", "name": "Document camera", "role": "member", "floor": True,
        "source": "screen",
    }  # fmt: skip
    assert datetime.fromisoformat(key["expires_at"]).timestamp() == claims["exp"]
    # The media node has the room and knows that nothing is revoked: an encoder may knock.
    assert world.media.rooms[lesson]["title"] == "5А"
    assert world.media.revoked[lesson] == []


async def test_a_key_to_watch(world: World) -> None:
    _, lesson, key = await issued(world, kind="play", name="  Большой   зал ")
    assert (key["whip_url"], key["whep_url"]) == (None, f"http://127.0.0.1:7801/whep/{lesson}")
    claims = claims_of(world, key["key"])
    assert (claims["kind"], claims["name"], claims["role"], claims["floor"]) == ("play", "Большой зал", "guest", False)


async def test_what_is_listed_opens_nothing(world: World) -> None:
    teacher, lesson, key = await issued(world)
    listed = (await teacher.call("GET", f"/lessons/{lesson}/stream-keys")).json
    assert listed["next"] is None
    assert listed["items"] == [
        {
            "id": key["id"], "kind": "publish", "name": "Document camera", "created_at": key["created_at"],
            "expires_at": key["expires_at"], "revoked_at": None,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("login", "status", "code"),
    [(STUDENT_5, 403, "forbidden"), (STUDENT_9, 404, "not_found"), (TEACHER_7_9, 404, "not_found"),
     (ADMINISTRATOR, 201, "")],
)  # fmt: skip
async def test_keys_are_for_those_who_lead(world: World, login: str, status: int, code: str) -> None:
    _, lesson, key = await issued(world)
    page = await world.signed_in(login)
    answer = await page.call("POST", f"/lessons/{lesson}/stream-keys", PUBLISH)
    assert (answer.status, answer.json.get("code", "")) == (status, code)
    listed = await page.call("GET", f"/lessons/{lesson}/stream-keys")
    assert listed.status == (200 if status == 201 else status)
    revoked = await page.call("DELETE", f"/stream-keys/{key['id']}")
    assert revoked.status == (204 if status == 201 else status)


async def test_a_revoked_key_is_told_at_once(world: World) -> None:
    teacher, lesson, key = await issued(world)
    for _ in range(2):
        assert (await teacher.call("DELETE", f"/stream-keys/{key['id']}")).status == 204
        assert world.media.revoked[lesson] == [key["id"]]
    (listed,) = (await teacher.call("GET", f"/lessons/{lesson}/stream-keys")).json["items"]
    assert listed["revoked_at"] is not None
    assert (await teacher.call("DELETE", "/stream-keys/nothing")).json["code"] == "not_found"


async def test_a_node_that_is_away_is_told_later(world: World) -> None:
    teacher, lesson, key = await issued(world)
    world.media.fail_with = 500
    assert (await teacher.call("DELETE", f"/stream-keys/{key['id']}")).status == 204
    assert world.media.revoked[lesson] == []
    world.media.fail_with = None
    await until(lambda: world.media.revoked[lesson] == [key["id"]])


async def test_a_key_is_made_while_the_node_is_away(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    world.media.fail_with = 500
    assert (await teacher.call("POST", f"/lessons/{lesson}/stream-keys", PUBLISH)).status == 201
    world.media.fail_with = None
    await until(lambda: world.media.revoked.get(lesson) == [])


@pytest.mark.parametrize("event", ["room_wanted", "room_started"])
async def test_a_node_that_was_restarted_is_told_again(world: World, event: str) -> None:
    teacher, lesson, key = await issued(world)
    await teacher.call("DELETE", f"/stream-keys/{key['id']}")
    world.media.restart()
    assert (await world.hook({"event": event, "room": lesson})).status == 204
    await until(lambda: world.media.revoked.get(lesson) == [key["id"]])


async def test_a_room_of_a_lesson_that_is_over_is_not_opened(world: World) -> None:
    teacher, lesson, _ = await issued(world)
    await teacher.call("POST", f"/lessons/{lesson}/end")
    world.media.restart()
    world.media.calls.clear()
    await world.hook({"event": "room_wanted", "room": lesson})
    await until(lambda: ("DELETE", f"/control/v1/rooms/{lesson}") in world.media.calls)
    assert lesson not in world.media.rooms
    again = await teacher.call("POST", f"/lessons/{lesson}/stream-keys", PUBLISH)
    assert (again.status, again.json["code"]) == (409, "lesson_ended")


async def test_a_stream_that_a_host_removed_does_not_come_back(world: World) -> None:
    teacher, lesson, key = await issued(world)
    left = {"room": lesson, "participant": "p1", "person": f"key:{key['id']}", "role": "member"}
    for reason in ("lost", "removed"):
        event = {"event": "participant_left", **left, "data": {"reason": reason}}
        assert (await world.hook(event)).status == 204
        (listed,) = (await teacher.call("GET", f"/lessons/{lesson}/stream-keys")).json["items"]
        assert (listed["revoked_at"] is not None) == (reason == "removed")


async def test_expired_keys_are_not_told(world: World) -> None:
    teacher, lesson, key = await issued(world, days=1)
    await teacher.call("DELETE", f"/stream-keys/{key['id']}")
    world.clock.advance(timedelta(days=2).total_seconds())
    other = await teacher.call("POST", f"/lessons/{lesson}/stream-keys", PUBLISH)
    assert other.status == 201
    assert world.media.revoked[lesson] == []


@pytest.mark.parametrize(
    "wrong", [{"kind": "both"}, {"name": " "}, {"name": "x" * 121}, {"days": 0}, {"days": 400}, {"source": "window"}]
)
async def test_wishes_that_are_none(world: World, wrong: dict[str, Any]) -> None:
    teacher, lesson = await world.lesson_of("5А")
    answer = await teacher.call("POST", f"/lessons/{lesson}/stream-keys", {**PUBLISH, **wrong})
    assert (answer.status, answer.json["code"]) == (422, "invalid_body")
