"""Bad input over the wire: each is refused and counted, and the next good packet is served as before."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Self

import pytest
from aioice import stun
from aiortc.rtp import RtpPacket
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from loadtest.peers.dtls import DtlsClient, Identity
from loadtest.peers.media import AudioTrack
from loadtest.peers.participant import Participant
from loadtest.peers.signalling import SignallingError
from loadtest.peers.tickets import TicketMaker
from loadtest.peers.transport import Transport
from signalling.messages import Error, Ok, Ping, TransportInfo
from tests.interop.media import MediaProcess


def worker(name: str) -> str:
    return f'sfera_media_worker_{name}_total{{worker="0"}}'


@dataclass
class Lesson:
    """A host who speaks and a member who listens."""

    media: MediaProcess
    room: str
    host: Participant
    member: Participant
    microphone: AudioTrack

    @property
    def sending(self) -> Transport:
        return self.host.transports["send"]

    async def goes_on(self) -> None:
        """The next good packets are served as before."""
        heard = self.member.heard(1)
        await self.member.wait_for(lambda: self.member.heard(1) >= heard + 10)
        slots = self.member.audio_slots
        assert [(slot.bad, slot.duplicates, slot.lost) for slot in slots] == [(0, 0, 0)] * len(slots)


@pytest.fixture
async def lesson(shared_media_process: MediaProcess) -> AsyncIterator[Lesson]:
    media, room = shared_media_process, secrets.token_hex(8)
    async with (
        media.participant(room, 1, ticket={"role": "host"}) as host,
        media.participant(room, 2) as member,
    ):
        await host.join()
        await member.join()
        await member.add_slots(0)
        microphone = await host.publish_audio()
        lesson = Lesson(media, room, host, member, microphone)
        await lesson.goes_on()
        yield lesson


class Stranger:
    """A socket nobody knows."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect(("127.0.0.1", port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, datagram: bytes) -> None:
        self._socket.send(datagram)

    def answer(self) -> bytes | None:
        try:
            return self._socket.recv(4096)
        except BlockingIOError:
            return None


def binding_request(info: TransportInfo, *, password: str = "", ufrag: str = "") -> bytes:
    """What an ICE agent sends to a transport, with what is wrong about it."""
    message = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag or info.iceParameters.usernameFragment}:abcd"
    message.attributes["PRIORITY"] = 1853824767
    message.attributes["ICE-CONTROLLING"] = 1
    message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((password or info.iceParameters.password).encode())
    return bytes(message)


GARBAGE = {
    "nothing": (b"", "drop_malformed"),
    "one byte": (b"\x80", "drop_malformed"),
    "no protocol": (b"\xff" * 1200, "drop_malformed"),
    "ChannelData of TURN": (b"\x40\x00\x00\x04abcd", "drop_malformed"),
    "a STUN header alone": (b"\x00\x01\x00\x08\x21\x12\xa4\x42" + bytes(12), "drop_stun_malformed"),
    "random STUN": (b"\x00\x01" + os.urandom(70), "drop_stun_malformed"),
}


@pytest.mark.parametrize(("datagram", "counter"), GARBAGE.values(), ids=GARBAGE.keys())
async def test_a_garbage_datagram(lesson: Lesson, datagram: bytes, counter: str) -> None:
    before = (await lesson.media.metrics())[worker(counter)]
    with Stranger(lesson.media.udp_port) as stranger:
        stranger.send(datagram)
        if datagram:  # asyncio does not send empty datagrams
            lesson.sending.send_raw(datagram)
        await lesson.media.metric(worker(counter), before + (2 if datagram else 1))
        await lesson.goes_on()
        assert stranger.answer() is None


async def test_media_and_dtls_from_an_address_that_passed_no_check(lesson: Lesson) -> None:
    before = (await lesson.media.metrics())[worker("drop_unknown_address")]
    hello = DtlsClient(Identity.generate()).start(0.0)
    with Stranger(lesson.media.udp_port) as stranger:
        for datagram in [*hello, b"\x80\x6f" + os.urandom(100), b"\x80\xc8" + os.urandom(60)]:
            stranger.send(datagram)
        await lesson.media.metric(worker("drop_unknown_address"), before + len(hello) + 2)
        await lesson.goes_on()
        assert stranger.answer() is None


async def test_garbage_dtls_from_a_participant(lesson: Lesson) -> None:
    """Bytes that are no records, and records cut short: the handshake is long over and stays so."""
    before = (await lesson.media.metrics())[worker("drop_dtls_malformed")]
    for kind in (20, 21, 22, 23):
        lesson.sending.send_raw(bytes([kind]) + os.urandom(50))
        lesson.sending.send_raw(bytes([kind]) + b"\xfe\xfd" + bytes(8) + b"\xff\xff" + os.urandom(50))
        # Whole records under keys that nobody has: OpenSSL drops them in silence (RFC 6347 section 4.1.2.7).
        lesson.sending.send_raw(bytes([kind]) + b"\xfe\xfd\x00\x01" + bytes(6) + b"\x00\x30" + os.urandom(48))
    await lesson.media.metric(worker("drop_dtls_malformed"), before + 8)
    await lesson.goes_on()


async def test_a_replayed_srtp_packet(lesson: Lesson) -> None:
    before = (await lesson.media.metrics())[worker("drop_srtp_replay")]
    lesson.sending.tamper = lambda datagram: [datagram, datagram, datagram]
    await lesson.media.metric(worker("drop_srtp_replay"), before + 2)
    await lesson.goes_on()
    assert (await lesson.media.metrics())[worker("drop_srtp_replay")] == before + 2


async def test_a_truncated_srtp_packet(lesson: Lesson) -> None:
    """Cut anywhere, and then whole: the whole one counts, so what was refused left no trace in the replay window."""
    before = await lesson.media.metrics()
    lesson.sending.tamper = lambda datagram: [datagram[:-1], datagram[:40], datagram[:20], datagram[:11], datagram]
    await lesson.media.metric(worker("drop_malformed"), before[worker("drop_malformed")] + 1)
    await lesson.goes_on()
    after = await lesson.media.metrics()
    assert after[worker("drop_srtp_auth")] + after[worker("drop_malformed")] == (
        before[worker("drop_srtp_auth")] + before[worker("drop_malformed")] + 4
    )


async def test_a_changed_srtp_packet(lesson: Lesson) -> None:
    def changed(datagram: bytes) -> list[bytes]:
        flips = [0, 1, 3, 12, 20, 40, len(datagram) - 1]
        return [bytes(byte ^ 0x20 if at == flip else byte for at, byte in enumerate(datagram)) for flip in flips] + [
            datagram
        ]

    before = (await lesson.media.metrics())[worker("drop_srtp_auth")]
    lesson.sending.tamper = changed
    await lesson.media.metric(worker("drop_srtp_auth"), before + 4)
    await lesson.goes_on()


async def test_stun_with_a_wrong_password(lesson: Lesson) -> None:
    state = lesson.host.state
    assert state is not None
    before = await lesson.media.metrics()
    with Stranger(lesson.media.udp_port) as stranger:
        stranger.send(binding_request(state.send, password="w" * 32))
        stranger.send(binding_request(state.send, ufrag="nobodyhere12"))
        await lesson.media.metric(worker("drop_stun_integrity"), before[worker("drop_stun_integrity")] + 1)
        await lesson.media.metric(worker("drop_unknown_ufrag"), before[worker("drop_unknown_ufrag")] + 1)
        await lesson.goes_on()
        assert stranger.answer() is None
        # The right password of another transport does not open this one either.
        stranger.send(binding_request(state.send, password=state.receive.iceParameters.password))
        await lesson.media.metric(worker("drop_stun_integrity"), before[worker("drop_stun_integrity")] + 2)
        assert stranger.answer() is None
    await lesson.goes_on()


async def test_a_certificate_that_was_not_announced(lesson: Lesson) -> None:
    before = await lesson.media.metrics()
    async with lesson.media.participant(lesson.room, 3) as doctored:
        await doctored.join(connect=False)
        await doctored.connect("send", fingerprint=Identity.generate().fingerprint)
        error = await doctored.wait_event(Error)
        assert error.code == "dtls_fingerprint"
        with pytest.raises(SignallingError) as refused:
            await doctored.publish_audio(level=1)
        assert refused.value.code == "transport_failed"
        # The page does not care and sends: nothing of it is taken.
        packet = RtpPacket(payload_type=111, ssrc=77, payload=b"\xfc" + bytes(80)).serialize()
        for _ in range(10):
            doctored.transports["send"].send_rtp(packet)
            packet = packet[:3] + bytes([packet[3] + 1]) + packet[4:]
        await lesson.media.metric(worker("drop_not_keyed"), before[worker("drop_not_keyed")] + 10)
        await lesson.goes_on()
        assert lesson.member.unclaimed == 0
    after = await lesson.media.metrics()
    counter = 'sfera_media_dtls_refused_total{cause="fingerprint"}'
    assert after[counter] == before.get(counter, 0) + 1
    async with lesson.media.participant(lesson.room, 3) as honest:
        await honest.join()
        await honest.add_slots(0)
        await honest.wait_for(lambda: honest.heard(1) >= 10)


def other_key() -> TicketMaker:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return TicketMaker(pem)


BAD_TICKETS: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"issued_at": int(time.time()) - 3600}, "ticket_expired"),
    "from the future": ({"issued_at": int(time.time()) + 36000}, "ticket_invalid"),
    "for somebody else": ({"aud": "sfera-control"}, "ticket_invalid"),
    "by somebody else": ({"iss": "another"}, "ticket_invalid"),
    "valid for a year": ({"exp": int(time.time()) + 31_536_000}, "ticket_invalid"),
    "of no known role": ({"role": "administrator"}, "ticket_invalid"),
    "without a room": ({"room": ""}, "ticket_invalid"),
}


@pytest.mark.parametrize(("claims", "code"), BAD_TICKETS.values(), ids=BAD_TICKETS.keys())
async def test_a_ticket_that_is(lesson: Lesson, claims: dict[str, Any], code: str) -> None:
    await refuse(lesson, lesson.media.tickets.make(**{"room": lesson.room, "person": "p", **claims}), code)


async def test_a_ticket_signed_by_another_key(lesson: Lesson) -> None:
    await refuse(lesson, other_key().make(lesson.room, person="p"), "ticket_invalid")


async def test_a_ticket_that_is_none(lesson: Lesson) -> None:
    good = lesson.media.tickets.make(lesson.room, person="p")
    header, claims, signature = good.split(".")
    for ticket in (
        "no ticket",
        f"{header}.{claims}.",
        f"eyJhbGciOiJub25lIn0.{claims}.",
        f"{header}.{claims}.{signature[::-1]}",
    ):
        await refuse(lesson, ticket, "ticket_invalid")


async def test_a_ticket_used_twice(lesson: Lesson) -> None:
    ticket = lesson.media.tickets.make(lesson.room, person="p")
    async with Participant(lesson.media.url, ticket) as first:
        await first.join()
        await refuse(lesson, ticket, "ticket_used")
        await refuse(lesson, ticket, "ticket_used")
        await first.add_slots(0)
        await first.wait_for(lambda: first.heard(1) >= 10)


async def refuse(lesson: Lesson, ticket: str, code: str) -> None:
    """The ticket is refused with the code, counted, its socket closed; a good one works after it."""
    name = f'sfera_media_tickets_refused_total{{cause="{code}"}}'
    before = (await lesson.media.metrics()).get(name, 0)
    async with Participant(lesson.media.url, ticket) as bad:
        with pytest.raises(SignallingError) as refused:
            await bad.join()
        assert (refused.value.code, refused.value.fatal) == (code, True)
        await bad.wait_for(lambda: bad.socket_code is not None)
    assert (await lesson.media.metrics())[name] == before + 1
    async with lesson.media.participant(lesson.room, 4) as good:
        await good.join(connect=False)
    await lesson.goes_on()


async def test_a_signalling_message_of_1_mib(lesson: Lesson) -> None:
    name = 'sfera_media_refused_total{cause="message_too_large"}'
    before = (await lesson.media.metrics()).get(name, 0)
    member = lesson.member
    await member.signalling.send_raw('{"type":"ping","id":1,"x":"' + "x" * (1 << 20) + '"}')
    error = await member.wait_event(Error)
    assert (error.code, error.fatal) == ("message_too_large", True)
    await member.wait_for(lambda: member.socket_code is not None)
    assert member.socket_code == 1009
    assert (await lesson.media.metrics())[name] == before + 1
    # Media never stopped, and the place in the room is kept.
    await lesson.goes_on()
    joined = await member.resume()
    assert joined.resumed
    await lesson.goes_on()


UNREADABLE = [
    "",
    "{",
    "[]",
    "null",
    '"ping"',
    '{"type":"dance"}',
    '{"type":"ping","id":-1}',
    '{"type":"ping","extra":1}',
    "\ud7ff" * 9,
]


@pytest.mark.parametrize("text", UNREADABLE)
async def test_a_message_that_cannot_be_read(lesson: Lesson, text: str) -> None:
    await lesson.member.signalling.send_raw(text)
    error = await lesson.member.wait_event(Error)
    assert (error.code, error.fatal) == ("bad_message", False)
    answer = await lesson.member.request(Ping())
    assert answer.re is not None and not isinstance(answer, Ok)
    await lesson.goes_on()


async def test_a_binary_frame(lesson: Lesson) -> None:
    await lesson.member.signalling.send_bytes(b"\x00" * 100)
    error = await lesson.member.wait_event(Error)
    assert error.code == "bad_message"
    await lesson.goes_on()
