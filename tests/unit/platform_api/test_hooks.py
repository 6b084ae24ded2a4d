"""Webhooks: taken once, only from the media node, and what they leave behind."""

from __future__ import annotations

import base64
import hmac
import secrets
from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc.jwk import OKPKey

from tests.unit.platform_api.world import STUDENT_5, World, make_keys


async def presences(world: World) -> list[Any]:
    async with world.parts.db.read() as conn:
        found = await conn.exec_driver_sql(
            "SELECT participant, p.login, role, joined_at, left_at FROM presences"
            " LEFT JOIN people p ON p.id = person_id ORDER BY joined_at, participant"
        )
        return [tuple(row) for row in found]


def milliseconds(world: World) -> int:
    return int(world.clock.now().timestamp() * 1000)


async def test_the_log_of_a_lesson(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    student = (await (await world.signed_in(STUDENT_5)).call("GET", "/me")).json["id"]
    world.clock.advance(10)
    came = milliseconds(world)
    who = {"room": lesson, "participant": "p1", "person": student, "role": "member"}
    for event in (
        {"event": "room_started", "room": lesson},
        {"event": "participant_joined", **who},
        {"event": "hand_raised", **who},
        {"event": "participant_joined", "room": lesson, "participant": "p2", "person": "a-guest", "role": "guest"},
    ):
        assert (await world.hook(event)).status == 204
    world.clock.advance(60)
    assert (await world.hook({"event": "participant_left", **who})).status == 204
    went = milliseconds(world)
    world.clock.advance(60)
    assert (await world.hook({"event": "room_ended", "room": lesson})).status == 204
    assert await presences(world) == [
        ("p1", STUDENT_5, "member", came, went),
        ("p2", None, "guest", came, milliseconds(world)),
    ]
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is not None
    assert world.count("sfera_api_lessons_ended_total", by="room") == 1
    assert world.count("sfera_api_webhooks_total", result="taken") == 6


async def test_an_event_is_taken_once_however_often_it_is_sent(world: World) -> None:
    _, lesson = await world.lesson_of("5А")
    event = {"id": "e1", "event": "participant_joined", "room": lesson, "participant": "p1", "role": "member"}
    left = {"id": "e2", "event": "participant_left", "room": lesson, "participant": "p1", "role": "member"}
    for sent in (event, left, event, event):
        assert (await world.hook(sent)).status == 204
        world.clock.advance(1)
    assert len(await presences(world)) == 1
    assert (await presences(world))[0][4] is not None, "the repeated arrival does not bring them back"
    assert world.count("sfera_api_webhooks_total", result="repeated") == 2


async def test_a_lost_arrival_is_made_up_by_the_leaving(world: World) -> None:
    _, lesson = await world.lesson_of("5А")
    assert (await world.hook({"event": "participant_left", "room": lesson, "participant": "p9"})).status == 204
    assert [row[0] for row in await presences(world)] == ["p9"]


async def test_who_came_just_before_the_end_has_left(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    joined = {"event": "participant_joined", "room": lesson, "participant": "p1", "at": world.clock.now().timestamp()}
    world.clock.advance(1)
    assert (await teacher.call("POST", f"/lessons/{lesson}/end")).status == 204
    ended = milliseconds(world)
    world.clock.advance(5)
    assert (await world.hook(joined)).status == 204
    assert await presences(world) == [("p1", None, "member", ended - 1000, ended)]


async def test_rooms_and_events_nobody_knows_are_not_sent_again(world: World) -> None:
    _, lesson = await world.lesson_of("5А")
    assert (await world.hook({"event": "room_ended", "room": "somewhere-else"})).status == 204
    assert (await world.hook({"event": "tea_served", "room": lesson})).status == 204
    assert world.count("sfera_api_webhooks_total", result="unknown_room") == 1
    assert world.count("sfera_api_webhooks_total", result="unknown_event") == 1


async def test_a_node_that_gives_up_an_empty_room_ends_no_lesson(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    event = {"event": "room_ended", "room": lesson, "node": "media-1"}
    assert (await world.hook({**event, "data": {"reason": "empty"}})).status == 204
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is None
    assert (await world.hook({**event, "data": {"reason": "ended"}})).status == 204
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is not None


async def test_the_same_token_twice_is_a_replay(world: World) -> None:
    _, lesson = await world.lesson_of("5А")
    body = msgspec.json.encode({"id": "e1", "at": 1.0, "event": "room_started", "room": lesson})
    token = world.hook_token(body)
    assert (await world.post_hook(body, token)).status == 204
    replayed = await world.post_hook(body, token)
    assert (replayed.status, replayed.json["code"]) == (401, "signature_invalid")
    assert world.count("sfera_api_webhook_refusals_total", reason="replayed") == 1
    assert (await world.post_hook(body, world.hook_token(body))).status == 204


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"aud": "sfera-control"}, "audience"),
        ({"p": "/hooks/other"}, "other_call"),
        ({"m": "PUT"}, "other_call"),
        ({"b": "0" * 43}, "other_call"),
        ({"exp": 1_000, "iat": 980}, "expired"),
        ({"exp": 9_999_999_999}, "expired"),
        ({"iat": 9_999_999_000, "exp": 9_999_999_030}, "early"),
        ({"jti": None}, "claims"),
    ],
    ids=str,
)
async def test_tokens_that_do_not_hold(world: World, changed: dict[str, Any], reason: str) -> None:
    _, lesson = await world.lesson_of("5А")
    refused = await world.hook({"event": "room_ended", "room": lesson}, **changed)
    assert (refused.status, refused.json["code"]) == (401, "signature_invalid")
    assert world.count("sfera_api_webhook_refusals_total", reason=reason) == 1
    assert world.count("sfera_api_lessons_ended_total", by="room") == 0


async def test_somebody_elses_signature(world: World, tmp_path: Path) -> None:
    teacher, lesson = await world.lesson_of("5А")
    private, _, _ = make_keys(tmp_path, "forger")
    forged = await world.hook(
        {"event": "room_ended", "room": lesson}, key=OKPKey.import_key(Path(private).read_bytes())
    )
    assert (forged.status, forged.json["code"]) == (401, "signature_invalid")
    body = msgspec.json.encode({"id": "e", "at": 1.0, "event": "room_ended", "room": lesson})
    good = world.hook_token(body)
    head, claims, signature = good.split(".")
    confused = _with_secret(claims, Path(world.config.webhook_key).read_bytes())
    unsigned = f"eyJhbGciOiJub25lIn0.{claims}."
    cut = f"{head}.{claims[:-2]}.{signature}"
    for token in ("", "x", "..", f"{head}.{claims}.", unsigned, cut, confused):
        assert (await world.post_hook(body, token)).status == 401, token
    assert world.count("sfera_api_webhooks_total", result="refused") == 8
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is None
    assert (await world.post_hook(body, good)).status == 204, "the good one is taken after all of them"


def _with_secret(claims: str, secret: bytes) -> str:
    """The classic confusion: the public key used as the secret of a symmetric signature."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    signature = hmac.digest(secret, f"{head}.{claims}".encode(), "sha256")
    return f"{head}.{claims}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize(
    "body",
    [
        {"event": "room_ended"},
        {"event": "room_ended", "room": "r", "colour": "blue"},
        {"event": "room_ended", "room": "r", "at": "yesterday"},
        {"event": "room_ended", "room": "r" * 65},
        {"event": "participant_joined", "room": None},
    ],
)
async def test_signed_but_not_of_the_form(world: World, body: dict[str, Any]) -> None:
    refused = await world.hook(body)
    assert (refused.status, refused.json["code"]) == (422, "invalid_body")


async def test_an_event_that_is_too_large(world: World) -> None:
    body = b'{"id": "' + secrets.token_hex(40_000).encode() + b'"}'
    assert (await world.post_hook(body, world.hook_token(body))).status == 413


async def test_arrivals_without_participant_are_not_remembered_as_taken(world: World) -> None:
    _, lesson = await world.lesson_of("5А")
    assert (await world.hook({"id": "e1", "event": "participant_joined", "room": lesson})).status == 422
    good = {"id": "e1", "event": "participant_joined", "room": lesson, "participant": "p1"}
    assert (await world.hook(good)).status == 204
    assert len(await presences(world)) == 1


async def test_moments_come_as_seconds_or_as_text(world: World) -> None:
    _, lesson = await world.lesson_of("5А")
    text = world.clock.now().isoformat()
    joined = {"event": "participant_joined", "room": lesson, "participant": "p1", "at": text}
    assert (await world.hook(joined)).status == 204
    assert (await presences(world))[0][3] == milliseconds(world)
    ahead = {"event": "participant_joined", "room": lesson, "participant": "p2", "at": 9_999_999_999.0}
    assert (await world.hook(ahead)).status == 204
    assert (await presences(world))[1][3] == milliseconds(world), "a clock that runs ahead is brought back"
