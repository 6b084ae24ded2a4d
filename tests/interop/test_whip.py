"""WHIP as standard clients meet it (RFC 9725): statuses, trickle and restart, keys that end, encoders of others."""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

import aiohttp
import pytest
from aioice import Candidate, Connection

from signalling.messages import GiveFloor, MuteAll, Remove
from tests.interop.media import MediaProcess
from tests.interop.standard import FRAGMENT, SDP, WAIT, Standard, at, loopback, publishing, watching

__all__ = ["loopback"]
pytestmark = pytest.mark.usefixtures("loopback")
OFFERS = Path(__file__).resolve().parents[1] / "data" / "offers"
OBS = (OFFERS / "obs-30.sdp").read_text()


@pytest.fixture
async def standard(shared_media_process: MediaProcess) -> AsyncIterator[Standard]:
    async with at(shared_media_process) as standard:
        yield standard


async def until_gone(standard: Standard, room: str, person: str) -> None:
    """Until that participant has left the room."""
    async with asyncio.timeout(WAIT):
        while person in {p["person"] for p in await standard.participants(room)}:  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.05)


def problem(answer: aiohttp.ClientResponse, text: str, status: int, code: str) -> None:
    assert (answer.status, answer.content_type) == (status, "application/problem+json"), text
    assert f'"code":"{code}"' in text


# --- the resource -----------------------------------------------------------------------------------------------


async def test_a_stream_begins_and_ends(standard: Standard) -> None:
    room = await standard.open_room()
    async with publishing(standard, room, id="camera-1", name="Камера") as client:
        assert client.location.startswith(f"/whip/{room}/")
        present = await standard.participants(room)
        assert [(p["person"], p["name"], p["role"]) for p in present] == [("key:camera-1", "Камера", "member")]
        assert {track["source"]: track["allowed"] for track in present[0]["tracks"]} == {
            "microphone": True,
            "camera": True,
        }
        answer, _ = await standard.request("DELETE", client.location, key=client.key)
        assert answer.status == 200
        assert await standard.participants(room) == []
        answer, text = await standard.request("DELETE", client.location, key=client.key)
        problem(answer, text, 404, "not_found")


async def test_a_client_that_hangs_up_is_gone(standard: Standard) -> None:
    room = await standard.open_room()
    async with publishing(standard, room, id="camera-2"), watching(standard, room) as viewer:
        await viewer.decoded(video=5)
    await until_gone(standard, room, "key:camera-2")


async def test_the_same_key_replaces_its_earlier_stream(standard: Standard) -> None:
    room = await standard.open_room()
    key = standard.key(room, id="camera-3", source="screen")
    async with publishing(standard, room, key) as first, publishing(standard, room, key) as second:
        present = await standard.participants(room)
        assert [p["person"] for p in present] == ["key:camera-3"]
        assert {track["source"] for track in present[0]["tracks"]} == {"microphone", "screen"}
        answer, text = await standard.request("DELETE", first.location, key=key)
        problem(answer, text, 404, "not_found")
        async with watching(standard, room) as viewer:
            await viewer.decoded(audio=5, video=5)
        assert second.location != first.location


async def test_nobody_waits_in_a_lobby_for_a_key(standard: Standard) -> None:
    room = await standard.open_room(lobby=True)
    answer, text = await standard.post("whip", room, standard.key(room), OBS)
    assert answer.status == 201, text
    assert "a=setup:passive" in text
    assert (answer.content_type, answer.headers["Accept-Patch"]) == (SDP, FRAGMENT)
    assert answer.headers["ETag"].startswith('"')


@pytest.mark.parametrize("name", ["obs-simulcast.sdp", "ffmpeg-8.sdp", "chromium-simulcast.sdp"])
async def test_offers_of_others_are_taken(standard: Standard, name: str) -> None:
    room = await standard.open_room()
    answer, text = await standard.post("whip", room, standard.key(room), (OFFERS / name).read_text())
    assert answer.status == 201, text
    assert {t["source"] for t in (await standard.participants(room))[0]["tracks"]} == {"microphone", "camera"}


async def test_ice_servers_and_origins_as_configured(tmp_path: Path) -> None:
    servers = [
        {"urls": "stun:stun.example.org"},
        {"urls": ["turn:turn.example.org?transport=udp"], "username": 'a"b', "credential": "secret"},
    ]
    process = MediaProcess(tmp_path, ice_servers=servers, allowed_origins=["https://school.example"])
    process.start()
    try:
        async with at(process) as standard:
            room = await standard.open_room()
            answer, _ = await standard.post("whip", room, standard.key(room), OBS)
            assert answer.headers.getall("Link") == [
                '<stun:stun.example.org>; rel="ice-server"',
                '<turn:turn.example.org?transport=udp>; rel="ice-server"; username="a\\"b"; credential="secret"; '
                'credential-type="password"',
            ]
            answer, _ = await standard.request("OPTIONS", f"/whip/{room}", Origin="https://school.example")
            assert answer.headers["Access-Control-Allow-Origin"] == "https://school.example"
            assert answer.headers["Vary"] == "Origin"
            answer, text = await standard.request("OPTIONS", f"/whip/{room}", Origin="https://elsewhere.example")
            problem(answer, text, 403, "origin_not_allowed")
            assert "Access-Control-Allow-Origin" not in answer.headers
    finally:
        process.stop()


# --- PATCH ------------------------------------------------------------------------------------------------------


def fragment(ufrag: str, password: str) -> str:
    return (
        f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
        "a=candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host\r\na=end-of-candidates\r\n"
    )


async def test_trickle(standard: Standard) -> None:
    room = await standard.open_room()
    key = standard.key(room)
    answer, _ = await standard.post("whip", room, key, OBS)
    place, etag = answer.headers["Location"], answer.headers["ETag"]
    own = fragment("QXhT", "6bQ8o7Qm2SCsWNCWGlHZ+O")

    async def patch(body: str = own, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
        return await standard.request("PATCH", place, key=key, body=body, **{"Content_Type": FRAGMENT, **headers})

    answer, _ = await patch(If_Match=etag)
    assert answer.status == 204
    problem(*await patch(), 428, "precondition_required")
    problem(*await patch(If_Match='"other"'), 412, "precondition_failed")
    answer, text = await patch(If_Match=etag, Content_Type=SDP)
    problem(answer, text, 415, "wrong_content_type")
    assert answer.headers["Accept-Patch"] == FRAGMENT
    problem(*await patch("nonsense", If_Match=etag), 400, "bad_fragment")
    problem(*await patch("a=ice-ufrag:other1\r\n", If_Match="*"), 400, "bad_fragment")
    answer, text = await patch(fragment("fresh", "x" * 24), If_Match="*")
    assert (answer.status, answer.content_type) == (200, FRAGMENT)
    assert answer.headers["ETag"] != etag
    assert "a=ice-ufrag:" in text and "a=candidate:" in text
    problem(*await patch(If_Match=etag), 412, "precondition_failed")


async def test_ice_restart_under_media(standard: Standard) -> None:
    room = await standard.open_room()
    async with publishing(standard, room) as client, watching(standard, room) as viewer:
        await viewer.decoded(audio=10, video=10)
        transport = client.connection.getSenders()[0].transport.transport
        old = transport._connection
        # aiortc has no ICE restart: another agent of aioice sends from here on, as after a change of network.
        fresh = Connection(ice_controlling=True)
        await fresh.gather_candidates()
        answer, text = await standard.request(
            "PATCH",
            client.location,
            key=client.key,
            body=fragment(fresh.local_username, fresh.local_password),
            Content_Type=FRAGMENT,
            If_Match="*",
        )
        assert answer.status == 200, text
        told = dict(line[2:].split(":", 1) for line in text.splitlines() if ":" in line)
        fresh.remote_is_lite = True
        fresh.remote_username, fresh.remote_password = told["ice-ufrag"], told["ice-pwd"]
        assert fresh.remote_username != old.remote_username
        await fresh.add_remote_candidate(Candidate.from_sdp(told["candidate"]))
        await fresh.add_remote_candidate(None)
        await fresh.connect()
        transport._connection = fresh
        try:
            await viewer.decoded(audio=20, video=20)
        finally:
            await old.close()


# --- keys -------------------------------------------------------------------------------------------------------


async def test_a_revoked_key_ends_its_stream_and_opens_nothing(standard: Standard) -> None:
    room = await standard.open_room()
    async with publishing(standard, room, id="bad") as client, publishing(standard, room, id="good") as other:
        async with watching(standard, room, video=2) as viewer:
            await viewer.decoded(audio=10, video=10)
            await standard.revoke(room, "bad")
            assert [p["person"] for p in await standard.participants(room) if p["tracks"]] == ["key:good"]
            answer, text = await standard.request("DELETE", client.location, key=client.key)
            problem(answer, text, 404, "not_found")
            answer, text = await standard.post("whip", room, client.key, OBS)
            problem(answer, text, 401, "key_revoked")
            assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
            await viewer.decoded(video=10)
        assert other.connection.connectionState == "connected"


async def test_keys_that_do_not_fit(standard: Standard) -> None:
    room, other = await standard.open_room(), await standard.open_room()

    async def refused(key: str | None, status: int, code: str) -> aiohttp.ClientResponse:
        answer, text = await standard.request("POST", f"/whip/{room}", key=key, body=OBS, Content_Type=SDP)
        problem(answer, text, status, code)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return answer

    answer = await refused(None, 401, "key_missing")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="sfera"'
    await refused("nonsense", 401, "key_invalid")
    await refused(standard.key(room, aud="sfera-media"), 401, "key_invalid")
    await refused(standard.key(room, life=-1), 401, "key_expired")
    await refused(standard.key(room, life=500 * 86400), 401, "key_invalid")
    await refused(standard.key(room)[:-4] + "AAAA", 401, "key_invalid")
    answer = await refused(standard.key(other), 403, "key_of_another_room")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    await refused(standard.key(room, "play"), 403, "key_of_another_kind")
    assert await standard.participants(room) == []
    answer, _ = await standard.post("whip", room, standard.key(room), OBS)
    answer, text = await standard.request("DELETE", answer.headers["Location"], key=standard.key(room))
    problem(answer, text, 403, "key_of_another_stream")


async def test_a_key_that_expires_may_end_what_it_began(standard: Standard) -> None:
    room = await standard.open_room()
    answer, _ = await standard.post("whip", room, standard.key(room, id="old"), OBS)
    expired = standard.key(room, id="old", life=-1)
    answer, _ = await standard.request("DELETE", answer.headers["Location"], key=expired)
    assert answer.status == 200


# --- requests of any kind ---------------------------------------------------------------------------------------


async def test_preflight_and_methods(standard: Standard) -> None:
    answer, _ = await standard.request(
        "OPTIONS", "/whip/some-room", Origin="https://elsewhere.example", Access_Control_Request_Method="POST"
    )
    assert answer.status == 204
    assert answer.headers["Accept-Post"] == SDP
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert {"Location", "ETag", "Link"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    answer, _ = await standard.request("OPTIONS", "/whip/some-room/some-stream")
    assert (answer.headers["Accept-Patch"], answer.headers["Allow"]) == (FRAGMENT, "PATCH, DELETE, OPTIONS")
    for method, place in (("GET", "/whip/r"), ("PUT", "/whep/r"), ("GET", "/whip/r/s"), ("POST", "/whep/r/s")):
        answer, text = await standard.request(method, place)
        problem(answer, text, 405, "method_not_allowed")
        assert "OPTIONS" in answer.headers["Allow"]
    assert (await standard.request("HEAD", "/whip/r"))[0].status == 405


async def test_bodies_that_are_no_offer(standard: Standard) -> None:
    room = await standard.open_room()
    key = standard.key(room)

    async def refused(body: str | bytes | IO[bytes], status: int, code: str, content: str = SDP) -> None:
        answer, text = await standard.request("POST", f"/whip/{room}", key=key, body=body, Content_Type=content)
        problem(answer, text, status, code)

    await refused(OBS, 415, "wrong_content_type", "application/json")
    await refused(io.BytesIO(b"v=0\r\n" + b"a=x\r\n" * (1 << 18)), 413, "body_too_large")
    await refused(b"v=0\r\n\xff\xfe", 400, "bad_sdp")
    await refused("hello", 400, "bad_sdp")
    await refused(OBS.replace("a=ice-ufrag:QXhT\n", ""), 422, "no_ice")
    await refused(OBS.replace("a=fingerprint", "a=x-fingerprint"), 422, "no_fingerprint")
    await refused(OBS.replace("sha-256 8B:E1", "sha-1 8B:E1"), 422, "no_fingerprint")
    await refused(OBS.replace("H264", "H265"), 406, "codec_not_supported")
    assert await standard.participants(room) == []


async def test_a_body_that_breaks_off(standard: Standard) -> None:
    room = await standard.open_room()
    host, _, port = standard.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /whip/{room} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {standard.key(room)}\r\n"
    writer.write(f"{head}Content-Type: {SDP}\r\nContent-Length: 500\r\n\r\nv=0".encode())
    await writer.drain()
    writer.write_eof()
    async with asyncio.timeout(WAIT):
        await reader.read()
    writer.close()
    assert await standard.participants(room) == []  # and the log has no defect: the fixture looks


async def test_a_bad_offer_leaves_the_earlier_stream_alone(standard: Standard) -> None:
    room = await standard.open_room()
    key = standard.key(room)
    first, _ = await standard.post("whip", room, key, OBS)
    answer, _ = await standard.post("whip", room, key, OBS.replace("H264", "H265"))
    assert answer.status == 406
    answer, _ = await standard.post("whip", room, key, OBS.replace("sha-256 8B:E1", "sha-1 8B:E1"))
    assert answer.status == 422
    answer, _ = await standard.request("DELETE", first.headers["Location"], key=key)
    assert answer.status == 200


async def test_a_room_that_is_full_or_over(standard: Standard) -> None:
    room = await standard.open_room(max=2)
    for _ in range(2):
        answer, _ = await standard.post("whip", room, standard.key(room), OBS)
        assert answer.status == 201
    answer, text = await standard.post("whip", room, standard.key(room), OBS)
    problem(answer, text, 503, "call_full")
    assert int(answer.headers["Retry-After"]) > 0
    await standard.control("DELETE", f"/rooms/{room}")
    answer, text = await standard.post("whip", room, standard.key(room), OBS)
    problem(answer, text, 409, "room_ended")


async def test_a_room_is_waited_for(standard: Standard) -> None:
    room = secrets.token_hex(8)
    knocking = asyncio.create_task(standard.post("whip", room, standard.key(room, id="gone"), OBS))
    other = asyncio.create_task(standard.post("whip", room, standard.key(room), OBS))
    await standard.media.metric("sfera_media_streams_waiting", 2)
    await standard.open_room(room, revoked=("gone",))
    answer, text = await knocking
    problem(answer, text, 401, "key_revoked")
    assert (await other)[0].status == 201


async def test_a_key_asks_for_no_more_than_anybody_needs(standard: Standard) -> None:
    key = standard.key("some-room")
    answers = [await standard.post("whip", "some-room", key, "hello") for _ in range(80)]
    assert {answer.status for answer, _ in answers} == {400, 429}
    problem(*answers[-1], 429, "too_many_requests")
    assert answers[-1][0].headers["Retry-After"] == "2"
    assert (await standard.post("whip", "some-room", standard.key("some-room"), "hello"))[0].status == 400


# --- in the room ------------------------------------------------------------------------------------------------


async def test_a_host_rules_over_a_stream(standard: Standard) -> None:
    room = await standard.open_room()
    key = standard.key(room, id="projector")
    async with (
        standard.media.participant(room, 1, ticket={"role": "host"}) as teacher,
        publishing(standard, room, key),
    ):
        await teacher.join()
        await teacher.add_slots(1)
        (streamer,) = [p["id"] for p in await standard.participants(room) if p["person"] == "key:projector"]
        await teacher.wait_for(lambda: teacher.room.floor == [streamer])

        async def heard() -> None:
            before = sum(slot.packets for slot in teacher.audio_slots)
            await teacher.wait_for(lambda: sum(slot.packets for slot in teacher.audio_slots) >= before + 20)

        await heard()
        await teacher.request(MuteAll())
        await teacher.wait_for(lambda: teacher.room.floor == [])
        await teacher.request(GiveFloor(participant=streamer))
        await heard()  # there is nobody to press a button: the floor unmutes
        await teacher.request(Remove(participant=streamer))
        answer, text = await standard.post("whip", room, key, OBS)
        problem(answer, text, 401, "key_revoked")


def own_address() -> str | None:
    """The address this machine would be reached at; None when it has no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # sends nothing
        except OSError:
            return None
        return str(probe.getsockname()[0])


@pytest.mark.parametrize("codec", ["vp8", "h264"])
async def test_gstreamer_publishes(tmp_path: Path, codec: str) -> None:
    # libnice pairs no address of its own with the loopback one: the media process is reached at the machine's.
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    process = MediaProcess(tmp_path, udp_host="0.0.0.0", announce=["127.0.0.1", address])
    process.start()
    try:
        async with at(process) as standard:
            room = await standard.open_room()
            script = Path(__file__).with_name("gstreamer_whip.py")
            encoder = await asyncio.create_subprocess_exec(
                "/usr/bin/python3", script, f"{standard.base}/whip/{room}", standard.key(room, id="gst"), codec,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": ""},
            )  # fmt: skip
            assert encoder.stdin is not None and encoder.stdout is not None
            async with asyncio.timeout(WAIT):
                assert await encoder.stdout.readline() == b"published 201\n"
            async with watching(standard, room) as viewer:
                await viewer.decoded(audio=20, video=15)
                assert viewer.sizes == {(160, 120)}
            encoder.stdin.close()
            async with asyncio.timeout(WAIT):
                assert await encoder.stdout.read() == b"deleted 200\n"
            await encoder.wait()
            await until_gone(standard, room, "key:gst")
    finally:
        assert process.stop() == 0
    assert process.defects == []
