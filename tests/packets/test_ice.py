"""STUN checks at the worker's door (RFC 8445, ICE-lite), judged by aioice's messages; what they open and what they
do not."""

from __future__ import annotations

import socket

import pytest
from aioice import stun

from tests.packets.harness import PASSWORD, House, house, readable

OTHER = "q" * 24


def request(username: str, password: str, *, use_candidate: bool = True) -> bytes:
    """A binding request as a controlling agent sends it."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = username
    message.attributes["PRIORITY"] = 1845501695
    message.attributes["ICE-CONTROLLING"] = 1
    if use_candidate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    message.add_fingerprint()
    return bytes(message)


def door(h: House) -> socket.socket:
    """A socket that nobody knows."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.connect(("127.0.0.1", h.worker.port))
    return made


def answer(sock: socket.socket, password: str) -> stun.Message:
    assert readable(sock.fileno(), 5)
    message = stun.parse_message(sock.recv(2048))
    assert message.check_message_integrity(password.encode())
    return message


def test_a_check_is_answered_and_selects_the_address() -> None:
    with house() as h, door(h) as sock:
        transport = h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        question = request("ufrag123:theirs", PASSWORD)
        sock.send(question)
        reply = answer(sock, PASSWORD)
        assert reply.message_class == stun.Class.RESPONSE
        assert reply.transaction_id == stun.parse_message(question).transaction_id
        assert reply.attributes["XOR-MAPPED-ADDRESS"] == sock.getsockname()
        assert len(bytes(reply)) <= len(question)
        selected = h.wait_event("selected")
        assert (selected.handle, selected.data.decode(), selected.a) == (transport, *sock.getsockname())


def test_refused_checks_get_no_answer_and_open_nothing() -> None:
    with house() as h, door(h) as sock:
        h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        sock.send(request("ufrag123:theirs", OTHER))
        h.wait_counter("drop_stun_integrity", 1)
        sock.send(request("nobody00:theirs", PASSWORD))
        h.wait_counter("drop_unknown_ufrag", 1)
        sock.send(request("ufrag123:theirs", PASSWORD)[:-9])
        h.wait_counter("drop_stun_malformed", 1)
        sock.send(b"\x16\xfe\xfd" + bytes(60))  # DTLS from an address that has shown nothing
        h.wait_counter("drop_unknown_address", 1)
        assert not readable(sock.fileno(), 0)
        assert h.worker.poll() == []


def test_dtls_goes_to_python_and_back_after_a_check() -> None:
    with house() as h, door(h) as sock:
        transport = h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        sock.send(request("ufrag123:theirs", PASSWORD))
        answer(sock, PASSWORD)
        sock.send(b"\x16\xfe\xfdhello")
        assert h.wait_event("dtls").data == b"\x16\xfe\xfdhello"
        h.worker.send_dtls(transport, b"\x16\xfe\xfdserver")
        assert readable(sock.fileno(), 5) and sock.recv(100) == b"\x16\xfe\xfdserver"


def test_ice_restart_moves_the_transport_to_another_address() -> None:
    with house() as h, door(h) as old, door(h) as new:
        transport = h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        old.send(request("ufrag123:theirs", PASSWORD))
        answer(old, PASSWORD)
        h.wait_event("selected")
        h.worker.restart_ice(transport, "ufrag456", OTHER)
        old.send(request("ufrag123:theirs", PASSWORD))
        assert answer(old, PASSWORD), "the old credentials answer until the new ones are used"
        new.send(request("ufrag456:theirs", OTHER))
        answer(new, OTHER)
        assert h.wait_event("selected").a == new.getsockname()[1]
        old.send(request("ufrag123:theirs", PASSWORD))
        h.wait_counter("drop_unknown_ufrag", 1)


def test_removing_frees_the_handle_and_the_door() -> None:
    with house() as h, door(h) as sock:
        transport = h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        sock.send(request("ufrag123:theirs", PASSWORD))
        answer(sock, PASSWORD)
        h.worker.remove_transport(transport)
        sock.send(request("ufrag123:theirs", PASSWORD))
        h.wait_counter("drop_unknown_ufrag", 1)
        sock.send(b"\x16\xfe\xfdhello")
        h.wait_counter("drop_unknown_address", 1)


def test_nothing_bad_stops_the_worker() -> None:
    with house() as h, door(h) as sock:
        h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        good = request("ufrag123:theirs", PASSWORD)
        for cut in range(1, len(good)):
            sock.send(good[:cut])
        for first in range(256):
            sock.send(bytes([first]) + bytes(19))
        sock.send(good)
        assert answer(sock, PASSWORD).message_class == stun.Class.RESPONSE


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_answers_leave_from_the_address_that_was_asked(host: str) -> None:
    with house(host=host) as h, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)
        transport = h.worker.add_transport(1, "ufrag123", PASSWORD, direction="receive")
        sock.sendto(request("ufrag123:theirs", PASSWORD), ("127.0.0.7", h.worker.port))
        assert sock.recvfrom(2048)[1] == ("127.0.0.7", h.worker.port)
        h.worker.send_dtls(transport, b"\x16\xfe\xfdserver")
        assert sock.recvfrom(2048) == (b"\x16\xfe\xfdserver", ("127.0.0.7", h.worker.port))
