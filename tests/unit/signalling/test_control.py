"""The control API as the platform calls it: signed with the platform's own code, over real HTTP."""

from __future__ import annotations

import base64
import time
from typing import Any

import aiohttp
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from platform_api.signing import sign_call as platform_sign
from sfu.tap import TapDescription
from signalling import messages
from tests.unit.signalling.conftest import Media, private_pem


async def call(
    media: Media,
    method: str,
    path: str,
    body: Any = None,
    *,
    key: Ed25519PrivateKey | None = None,
    audience: str = "sfera-control",
    signed: tuple[str, str, bytes] | None = None,
    at: float | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    """One call; `signed` (method, path, body) puts another call's signature on it."""
    content = b"" if body is None else msgspec.json.encode(body)
    signing = OKPKey.import_key(private_pem(key or media.keys.api))
    what = signed or (method, path, content)
    authorization = platform_sign(signing, audience, *what, time.time() if at is None else at)
    sent = {"Authorization": authorization} if headers is None else headers
    async with media.http.request(method, media.control + path, data=content, headers=sent) as answer:
        text = await answer.read()
        return answer.status, msgspec.json.decode(text) if text else None


async def test_a_room_is_made_seen_and_ended(media: Media) -> None:
    settings = {"title": "Algebra", "floor": "hand", "max": 50, "lobby": False}
    status, room = await call(media, "PUT", "/control/v1/rooms/lesson", settings)
    assert status == 200 and room["title"] == "Algebra" and room["participants"] == []
    assert (await call(media, "PUT", "/control/v1/rooms/lesson", settings))[0] == 200
    mila, joined = await media.join("Mila", "member", lobby=True)
    assert joined.title == "Algebra", "the platform's settings stand, and there is no lobby"
    status, room = await call(media, "GET", "/control/v1/rooms/lesson")
    assert [(p["name"], p["person"], p["role"]) for p in room["participants"]] == [("Mila", "person-Mila", "member")]
    status, rooms = await call(media, "GET", "/control/v1/rooms")
    assert [room["id"] for room in rooms["rooms"]] == ["lesson"]
    assert (await call(media, "DELETE", "/control/v1/rooms/lesson")) == (204, None)
    assert (await mila.until(messages.Closed)).reason == "ended"
    status, problem = await call(media, "PUT", "/control/v1/rooms/lesson", settings)
    assert (status, problem["code"]) == (409, "room_ended")
    status, problem = await call(media, "GET", "/control/v1/rooms/lesson")
    assert (status, problem["code"]) == (404, "not_found")


async def test_ending_a_room_this_node_has_lost_kills_its_tickets(media: Media) -> None:
    assert (await call(media, "DELETE", "/control/v1/rooms/lesson"))[0] == 204
    socket = await media.open()
    error = await socket.ask(messages.Error, type="join", protocol=1, ticket=media.ticket())
    assert error.code == "room_ended"


async def test_a_person_is_removed(media: Media) -> None:
    mila, _ = await media.join("Mila", "member")
    status, _ = await call(media, "POST", "/control/v1/rooms/lesson/remove", {"person": "person-Mila"})
    assert status == 204
    assert (await mila.until(messages.Closed)).reason == "removed"
    status, problem = await call(media, "POST", "/control/v1/rooms/other/remove", {"person": "person-Mila"})
    assert (status, problem["code"]) == (404, "not_found")


async def test_draining(media: Media) -> None:
    mila, _ = await media.join("Mila", "member")
    assert (await call(media, "POST", "/control/v1/drain"))[0] == 204
    assert (await mila.until(messages.Closed)).reason == "draining"
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await media.open()
    assert caught.value.status == 503
    async with media.http.get(f"{media.control}/health") as answer:
        assert answer.status == 503 and (await answer.json())["status"] == "draining"


async def test_calls_that_are_not_signed_as_they_must_be(media: Media) -> None:
    await media.join("Mila", "member")
    path = "/control/v1/rooms/lesson"
    forged: list[dict[str, Any]] = [
        {"headers": {}},
        {"headers": {"Authorization": "Bearer x"}},
        {"headers": {"Authorization": "Basic " + base64.b64encode(b"a:b").decode()}},
        {"key": Ed25519PrivateKey.generate()},
        {"key": media.keys.media},
        {"audience": "sfera-webhook"},
        {"at": time.time() - 120},
        {"at": time.time() + 120},
        {"signed": ("GET", path, b"")},
        {"signed": ("DELETE", "/control/v1/rooms/other", b"")},
        {"signed": ("DELETE", path, b"{}")},
        {"headers": {"Authorization": f"Bearer {media.ticket()}"}},
    ]
    for options in forged:
        status, problem = await call(media, "DELETE", path, **options)
        assert (status, problem["code"]) == (401, "not_authorised"), options
    assert "lesson" in media.server.node.rooms
    signing = OKPKey.import_key(private_pem(media.keys.api))
    once = {"Authorization": platform_sign(signing, "sfera-control", "GET", path, b"", time.time())}
    assert (await call(media, "GET", path, headers=once))[0] == 200
    assert (await call(media, "GET", path, headers=once))[0] == 401, "a call works once"
    assert media.metric("control_refused_total", cause="replayed") == 1


async def test_bodies_that_do_not_validate(media: Media) -> None:
    path = "/control/v1/rooms/lesson"
    bodies: list[Any] = [{"floor": "loud"}, {"max": 0}, {"speed": 1}, [], {"title": "x" * 300}]
    for body in bodies:
        status, problem = await call(media, "PUT", path, body)
        assert (status, problem["code"]) == (400, "bad_request"), body
    status, problem = await call(media, "PUT", "/control/v1/rooms/" + "x" * 65, {})
    assert (status, problem["code"]) == (400, "bad_request")
    assert not media.server.node.rooms


async def test_metrics_and_health(media: Media) -> None:
    await media.join()
    async with media.http.get(f"{media.control}/metrics") as answer:
        text = await answer.text()
    assert "sfera_media_participants 1.0" in text
    assert 'sfera_media_worker_packets_received_total{worker="0"} 7.0' in text
    async with media.http.get(f"{media.control}/health") as answer:
        assert answer.status == 200 and (await answer.json())["status"] == "ok"
    async with media.http.get(f"http://127.0.0.1:{media.server.port}/metrics") as answer:
        assert answer.status == 404, "not on the public listener"


async def test_a_tap_is_made_seen_and_ended(media: Media) -> None:
    socket, _ = await media.join("Vera")
    path = "/control/v1/rooms/lesson/taps"
    wish = {"id": "broadcast", "host": "127.0.0.1", "port": 5004}
    status, tap = await call(media, "POST", path, wish)
    assert status == 200
    assert msgspec.convert(tap, TapDescription).media_port == media.worker.port
    assert await call(media, "POST", path, wish) == (200, tap)
    _, room = await call(media, "GET", "/control/v1/rooms/lesson")
    assert room["taps"] == [{**wish, "stage": None}]
    assert [p["name"] for p in room["participants"]] == ["Vera"]
    await socket.ask(messages.Pong, type="ping")
    for _ in range(2):
        assert await call(media, "DELETE", f"{path}/broadcast") == (204, None)
    _, room = await call(media, "GET", "/control/v1/rooms/lesson")
    assert room["taps"] == [] and media.metric("taps") == 0


async def test_taps_that_cannot_be(media: Media) -> None:
    await media.join("Vera")
    path, wish = "/control/v1/rooms/lesson/taps", {"id": "tap", "host": "127.0.0.1", "port": 5004}
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"host": "192.0.2.1"}, "bad_address"),
        ({"host": "localhost"}, "bad_address"),
        ({"host": ""}, "bad_request"),
        ({"port": 0}, "bad_request"),
        ({"port": 65536}, "bad_request"),
        ({"port": "5004"}, "bad_request"),
        ({"port": media.worker.port}, "bad_address"),
        ({"id": ""}, "bad_request"),
        ({"id": "x" * 65}, "bad_request"),
        ({"codec": "VP9"}, "bad_request"),
    ]
    for change, code in refusals:
        status, problem = await call(media, "POST", path, {**wish, **change})
        assert (status, problem["code"]) == (400, code), change
        assert media.metric("control_refused_total", cause=code) > 0
    status, problem = await call(media, "POST", "/control/v1/rooms/none/taps", wish)
    assert (status, problem["code"]) == (404, "not_found")
    for index in range(5):
        status, problem = await call(media, "POST", path, {**wish, "id": f"tap-{index}", "port": 5004 + index})
    assert (status, problem["code"]) == (409, "too_many_taps")
    assert (await call(media, "POST", path, wish, headers={}))[0] == 401


async def test_revoked_keys_are_told(media: Media) -> None:
    place = "/control/v1/rooms/lesson/revoked"
    status, problem = await call(media, "PUT", place, {"keys": []})
    assert (status, problem["code"]) == (404, "not_found")
    await call(media, "PUT", "/control/v1/rooms/lesson", {"title": "Algebra"})
    as_many_as_it_takes = [f"{n:022}" for n in range(2000)]
    assert await call(media, "PUT", place, {"keys": as_many_as_it_takes}) == (204, None)
    assert await call(media, "PUT", place, {"keys": []}) == (204, None)
    for wrong in ({"keys": [*as_many_as_it_takes, "one"]}, {"keys": [""]}, {"keys": ["x" * 61]}, {}):
        status, problem = await call(media, "PUT", place, wrong)
        assert (status, problem["code"]) == (400, "bad_request")
