"""Entering a room: tickets, the lobby, coming back."""

from __future__ import annotations

import time

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from loadtest.peers.tickets import TicketMaker
from signalling import messages
from tests.unit.signalling.conftest import Media, Socket, private_pem


async def refused(socket: Socket, ticket: str) -> str:
    """The code a ticket is refused with; the socket must close after it."""
    number = await socket.send(type="join", protocol=1, ticket=ticket)
    error = await socket.read()
    assert isinstance(error, messages.Error) and error.re == number and error.fatal
    assert await socket.closed() == 1008
    return error.code


def lone_surrogate(ticket: str, media: Media) -> str:
    """The ticket, signed anew, with a name that is no Unicode text (RFC 8259, section 8.2)."""
    claims = jws.extract_compact(ticket.encode()).payload.replace(b'"name":"Vera"', b'"name":"\\ud800"')
    assert b"ud800" in claims
    key = OKPKey.import_key(private_pem(media.keys.api))
    return jws.serialize_compact({"alg": "EdDSA"}, claims, key, algorithms=["EdDSA"])


async def test_a_ticket_opens_the_room_and_everything_is_told_at_once(media: Media) -> None:
    _, vera = await media.join("Vera", "host", title="Algebra")
    assert (vera.room, vera.title, vera.role, vera.resumed) == ("lesson", "Algebra", "host", False)
    assert vera.send.iceParameters.iceLite and vera.send.iceCandidates[0].port == media.worker.port
    assert vera.send.id != vera.receive.id
    assert [codec.mimeType for codec in vera.rtp_capabilities.codecs][:2] == ["audio/opus", "video/VP8"]
    assert abs(vera.now - time.time()) < 5 and abs(vera.started_at - time.time()) < 5
    _, mila = await media.join("Mila", "member")
    assert [participant.name for participant in mila.participants] == ["Vera", "Mila"]
    assert mila.participants[0].id == vera.participant


async def test_a_ticket_works_once(media: Media) -> None:
    ticket = media.ticket()
    socket = await media.open()
    await socket.ask(messages.Joined, type="join", protocol=1, ticket=ticket)
    assert await refused(await media.open(), ticket) == "ticket_used"
    assert media.metric("tickets_refused_total", cause="ticket_used") == 1
    await socket.ask(messages.Pong, type="ping")


async def test_tickets_that_do_not_hold(media: Media) -> None:
    stranger = TicketMaker(private_pem(Ed25519PrivateKey.generate()))
    cases = {
        media.ticket(issued_at=int(time.time()) - 61): "ticket_expired",
        media.ticket(exp=int(time.time()) + 100_000): "ticket_invalid",
        media.ticket(aud="sfera-control"): "ticket_invalid",
        media.ticket(iss="somebody"): "ticket_invalid",
        media.ticket(role="administrator"): "ticket_invalid",
        media.ticket(room="x" * 65): "ticket_invalid",
        lone_surrogate(media.ticket(), media): "ticket_invalid",
        stranger.make("lesson", person="x", role="host"): "ticket_invalid",
        media.ticket()[:-4] + "AAAA": "ticket_invalid",
        "no.ticket.at-all": "ticket_invalid",
        "é": "ticket_invalid",
    }
    for ticket, code in cases.items():
        assert await refused(await media.open(), ticket) == code
    assert not media.server.node.rooms
    await media.join()


async def test_another_protocol_is_refused(media: Media) -> None:
    socket = await media.open()
    await socket.send(type="join", protocol=2, ticket=media.ticket())
    error = await socket.until(messages.Error)
    assert error.code == "unsupported_protocol" and error.fatal
    assert await socket.closed() == 1008


async def test_the_lobby_opens_on_the_same_socket(media: Media) -> None:
    mila = await media.open()
    number = await mila.send(type="join", protocol=1, ticket=media.ticket("Mila", "member", lobby=True))
    waiting = await mila.until(messages.Waiting)
    assert waiting.re == number
    await mila.ask(messages.Pong, type="ping")
    error = await mila.ask(messages.Error, type="raise_hand")
    assert error.code == "not_joined"
    vera, _ = await media.join("Vera", "host", lobby=True)
    joined = await mila.until(messages.Joined)
    assert joined.re == number
    came = await vera.until(messages.ParticipantJoined)
    assert came.participant.id == joined.participant


async def test_leaving_the_lobby(media: Media) -> None:
    mila = await media.open()
    await mila.send(type="join", protocol=1, ticket=media.ticket("Mila", "member", lobby=True))
    await mila.until(messages.Waiting)
    await mila.ask(messages.Ok, type="leave")
    assert (await mila.until(messages.Closed)).reason == "left"
    assert await mila.closed() == 1000
    assert media.metric("waiting") == 0


async def test_coming_back_by_the_resume_token_once(media: Media) -> None:
    socket, first = await media.join("Vera", "host")
    slots = await socket.ask(messages.Slots, type="add_slots", video=2)
    watcher, _ = await media.join("Mila", "member")
    socket.abort()
    await media.until(lambda: media.metric("participants_suspended") == 1)
    back = await media.open()
    again = await back.ask(messages.Joined, type="resume", protocol=1, token=first.resume_token)
    assert again.resumed and again.participant == first.participant
    assert again.send == first.send and again.receive == first.receive
    assert again.slots == slots.slots
    assert again.resume_token != first.resume_token
    assert len(media.worker.told("add_transport")) == 4, "media is the old one"
    late = await media.open()
    error = await late.ask(messages.Error, type="resume", protocol=1, token=first.resume_token)
    assert error.code == "resume_unknown" and error.fatal
    await back.ask(messages.Pong, type="ping")
    await watcher.send(type="ping")
    assert isinstance(await watcher.read(), messages.Pong), "nobody noticed anything"


async def test_a_resume_takes_over_a_socket_that_is_still_there(media: Media) -> None:
    socket, first = await media.join()
    back = await media.open()
    await back.ask(messages.Joined, type="resume", protocol=1, token=first.resume_token)
    assert (await socket.until(messages.Closed)).reason == "replaced"
    assert await socket.closed() == 1000
    await back.ask(messages.Pong, type="ping")
    assert media.metric("participants") == 1 and media.metric("participants_suspended") == 0


@pytest.mark.parametrize("options", [{"resume_seconds": 1}])
async def test_who_does_not_come_back_in_time_has_left(media: Media) -> None:
    watcher, _ = await media.join("Mila", "member")
    socket, joined = await media.join("Vera", "host")
    socket.abort()
    left = await watcher.until(messages.ParticipantLeft)
    assert left.participant == joined.participant and left.reason == "lost"
    late = await media.open()
    error = await late.ask(messages.Error, type="resume", protocol=1, token=joined.resume_token)
    assert error.code == "resume_unknown"


async def test_tokens_that_were_never_given(media: Media) -> None:
    _, joined = await media.join()
    for token in ("x", ".", f"{joined.participant}.", f"{joined.participant}.wrong", "p.q.r"):
        socket = await media.open()
        error = await socket.ask(messages.Error, type="resume", protocol=1, token=token)
        assert error.code == "resume_unknown"
    socket = await media.open()
    await socket.ask(messages.Joined, type="resume", protocol=1, token=joined.resume_token)


async def test_a_removed_participants_token_is_dead(media: Media) -> None:
    vera, _ = await media.join("Vera", "host")
    mila, joined = await media.join("Mila", "member")
    await vera.ask(messages.Ok, type="remove", participant=joined.participant)
    assert (await mila.until(messages.Closed)).reason == "removed"
    assert await mila.closed() == 1000
    late = await media.open()
    error = await late.ask(messages.Error, type="resume", protocol=1, token=joined.resume_token)
    assert error.code == "resume_unknown"


async def test_a_full_room(media: Media) -> None:
    await media.join("Vera", "host", limit=2)
    await media.join("Mila", "member", limit=2)
    assert await refused(await media.open(), media.ticket("Timur", "member")) == "call_full"


async def test_an_ended_room(media: Media) -> None:
    vera, _ = await media.join("Vera", "host")
    mila, _ = await media.join("Mila", "member")
    await vera.ask(messages.Ok, type="end_room")
    for socket in (vera, mila):
        assert (await socket.until(messages.Closed)).reason == "ended"
        assert await socket.closed() == 1000
    assert await refused(await media.open(), media.ticket()) == "room_ended"


async def test_claims_of_later_platforms_are_no_hindrance(media: Media) -> None:
    await media.join(grants=["record"])


async def test_messages_go_out_as_they_are_documented(media: Media) -> None:
    socket, _ = await media.join()
    await socket.raw.send_str('{"type":"ping","id":7}')
    assert msgspec.json.decode(await socket.raw.receive_str()) == {"type": "pong", "re": 7}
