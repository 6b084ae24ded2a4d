"""What a socket may and may not do. Nothing closes it without a reason."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json

import aiohttp
import pytest
from aiohttp import web

from sfu import events
from sfu.participant import Participant
from signalling import messages
from signalling import session as session_module
from tests.unit.signalling.conftest import Media


async def test_what_cannot_be_read_gets_an_error_and_the_socket_stays(media: Media) -> None:
    socket, _ = await media.join()
    bad = [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"type":"fly"}',
        '{"type":"ping","speed":9}',
        '{"type":"joined"}',
        '{"type":"add_slots","video":51}',
        '{"type":"add_slots","video":-1}',
        '{"type":"add_slots","video":"9"}',
        '{"type":"view","slots":[{"slot":"","max_height":1}]}',
        '{"type":"ping","id":-1}',
        "\x00",
        '{"type":"ping"',
    ]
    for text in bad:
        await socket.raw.send_str(text)
        error = await socket.until(messages.Error)
        assert error.code == "bad_message" and not error.fatal, text
    await socket.raw.send_bytes(b'{"type":"ping"}')
    assert (await socket.until(messages.Error)).code == "bad_message"
    await socket.ask(messages.Pong, type="ping")
    assert media.metric("refused_total", cause="bad_message") == len(bad) + 1


async def test_an_error_names_the_request_it_answers(media: Media) -> None:
    socket, _ = await media.join()
    await socket.raw.send_str('{"id": 77, "type": "add_slots", "video": "nine"}')
    error = await socket.until(messages.Error)
    assert error.re == 77 and error.code == "bad_message"


async def test_more_than_twenty_unreadable_messages_end_it(media: Media) -> None:
    socket, _ = await media.join()
    for _ in range(21):
        await socket.raw.send_str("?")
    codes = [(await socket.until(messages.Error)).code for _ in range(21)]
    assert codes == ["bad_message"] * 20 + ["too_many_bad_messages"]
    assert await socket.closed() == 1008


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024])
async def test_a_message_that_is_too_large(media: Media, size: int) -> None:
    socket, joined = await media.join()
    await socket.raw.send_str('{"type":"ping","id":1}'.ljust(size))
    error = await socket.until(messages.Error)
    assert error.code == "message_too_large" and error.fatal
    assert await socket.closed() == 1009
    assert media.metric("refused_total", cause="message_too_large") == 1
    back = await media.open()
    await back.ask(messages.Joined, type="resume", protocol=1, token=joined.resume_token)


async def test_the_largest_message_is_read(media: Media) -> None:
    socket, _ = await media.join()
    await socket.raw.send_str('{"type":"ping","id":1}'.ljust(64 * 1024))
    assert isinstance(await socket.read(), messages.Pong)


async def test_a_frame_past_what_is_read_at_all_closes_the_socket(media: Media) -> None:
    socket, _ = await media.join()
    other, _ = await media.join("Mila", "member")
    with contextlib.suppress(ConnectionError):
        await socket.raw.send_str(" " * (8 * 1024 * 1024))
    await socket.closed()
    await other.ask(messages.Pong, type="ping")


async def test_too_many_messages_are_refused_and_later_ones_served(media: Media) -> None:
    socket, _ = await media.join()
    for number in range(250):
        await socket.raw.send_str(json.dumps({"type": "ping", "id": number}))
    answers = [await socket.read() for _ in range(250)]
    refused = [answer for answer in answers if isinstance(answer, messages.Error)]
    assert refused and all(error.code == "rate_limited" and error.re is not None for error in refused)
    assert len(answers) - len(refused) >= 199
    await asyncio.sleep(0.1)
    await socket.ask(messages.Pong, type="ping")


async def test_a_socket_that_asks_for_nothing_is_closed(media: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "JOIN_SECONDS", 0.1)
    socket = await media.open()
    assert (await socket.until(messages.Error)).code == "join_timeout"
    assert await socket.closed() == 1008


async def test_requests_before_join(media: Media) -> None:
    socket = await media.open()
    for request in ({"type": "add_slots", "video": 1}, {"type": "leave"}, {"type": "end_room"}):
        assert (await socket.ask(messages.Error, **request)).code == "not_joined"
    await socket.ask(messages.Pong, type="ping")
    await socket.ask(messages.Joined, type="join", protocol=1, ticket=media.ticket())
    assert (await socket.ask(messages.Error, type="join", protocol=1, ticket=media.ticket())).code == "already_joined"
    await socket.ask(messages.Pong, type="ping")


@pytest.mark.parametrize("options", [{"allowed_origins": ["https://school.example"]}])
async def test_pages_of_other_origins_stay_outside(media: Media) -> None:
    for origin in (None, "https://evil.example", "null"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await media.open(origin=origin)
        assert caught.value.status == 403
    await media.open(origin="https://school.example")
    assert media.metric("sockets_refused_total", cause="origin") == 3


async def test_a_page_that_does_not_read_is_closed_and_the_others_are_served(
    media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "MAX_QUEUED", 50)
    vera, _ = await media.join("Vera", "host")
    mila, joined = await media.join("Mila", "member")
    mila.raw._response.connection.transport.pause_reading()  # type: ignore[union-attr]
    room = media.server.node.rooms["lesson"]
    participant = room.participants[joined.participant]
    news = events.HandsChanged([(f"p{number}", 0.0) for number in range(2000)])

    def more() -> bool:
        participant.tell(news)
        return media.metric("sockets_closed_total", cause="too_slow") == 1

    await media.until(more)
    await media.until(lambda: media.metric("sockets") == 1)
    await vera.ask(messages.Pong, type="ping")
    assert joined.participant in room.participants, "who is too slow may resume"
    back = await media.open()
    await back.ask(messages.Joined, type="resume", protocol=1, token=joined.resume_token)


async def test_leaving(media: Media) -> None:
    vera, _ = await media.join("Vera", "host")
    mila, joined = await media.join("Mila", "member")
    await mila.ask(messages.Ok, type="leave")
    assert (await mila.until(messages.Closed)).reason == "left"
    assert await mila.closed() == 1000
    left = await vera.until(messages.ParticipantLeft)
    assert left.participant == joined.participant and left.reason == "left"


async def test_a_participant_is_freed_with_their_socket_however_that_was_lost(media: Media) -> None:
    await media.join("Vera", "host")
    gc.collect()
    gc.disable()
    try:
        leaves, _ = await media.join("Mila", "member")
        await leaves.ask(messages.Ok, type="leave")
        assert await leaves.closed() == 1000
        vanishes, joined = await media.join("Timur", "member")
        vanishes.abort()
        await media.until(lambda: media.metric("participants_suspended") == 1)
        back = await media.open()
        await back.ask(messages.Joined, type="resume", protocol=1, token=joined.resume_token)
        await back.ask(messages.Ok, type="leave")
        assert await back.closed() == 1000
        await media.until(lambda: sum(isinstance(thing, Participant) for thing in gc.get_objects()) == 1)
    finally:
        gc.enable()


async def test_a_defect_costs_one_answer(media: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    socket, _ = await media.join()
    room = media.server.node.rooms["lesson"]
    monkeypatch.setattr(room.feeding, "add_slots", None)
    error = await socket.ask(messages.Error, type="add_slots", video=1)
    assert error.code == "internal" and not error.fatal
    assert media.metric("errors_total", where="signalling") == 1
    await socket.ask(messages.Pong, type="ping")


async def test_a_page_that_hangs_up_before_the_answer_is_no_defect(
    media: Media, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begin = web.WebSocketResponse.prepare

    async def hang_up(response: web.WebSocketResponse, request: web.Request) -> object:
        assert request.transport is not None
        request.transport.close()
        return await begin(response, request)

    with monkeypatch.context() as patch:
        patch.setattr(web.WebSocketResponse, "prepare", hang_up)
        with pytest.raises(aiohttp.ClientError):
            await media.open()
    await media.until(lambda: media.metric("sockets") == 0)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    await (await media.open()).ask(messages.Pong, type="ping")
