"""What one participant may ask of the worker, what strangers may (nothing), and what Python hears of either."""

from __future__ import annotations

import os
import socket
import time

from sfu._fastpath import GCM, RingFull
from tests.packets.harness import PASSWORD, House, Path, house, opus, readable, vp8
from tests.packets.test_ice import answer, door, request

HELLO = b"\x16\xfe\xff" + bytes(8) + b"\x00\xc8" + bytes(200)
RATE = 100


def camera(h: House, number: int) -> Path:
    """A participant who publishes a camera with SSRC 1000 * number, seen by one receiver."""
    sender, receiver = h.path("send", participant=number), h.path("receive", participant=100 + number)
    track = h.video(sender, 1000 * number)
    h.worker.feed(h.slot(receiver, 5000 + 10 * number), track, 0)
    sender.send_rtp(vp8(1, 0, ssrc=1000 * number, picture=1, key=True))
    receiver.read_count(1)
    return sender


def received(h: House) -> int:
    """Datagrams the worker has looked at."""
    return h.worker.counters()["packets_in"]


def settle(h: House, count: int) -> None:
    """Until the worker has looked at so many datagrams in all."""
    h.wait_counter("packets_in", count)


def checked_door(h: House, sock: socket.socket) -> int:
    """A transport whose address this socket is."""
    transport = h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
    sock.send(request("ufrag123:theirs", PASSWORD))
    answer(sock, PASSWORD)
    h.wait_event("selected")
    return transport


def test_who_sends_too_many_packets_loses_them_and_nobody_else_does() -> None:
    with house(packet_rate=RATE) as h:
        loud, quiet = camera(h, 1), camera(h, 2)
        other = h.paths[3]
        started = time.monotonic()
        for number in range(400):
            loud.send_rtp(vp8(2 + number, 3000, ssrc=1000, picture=2))
        for number in range(50):
            quiet.send_rtp(vp8(2 + number, 3000, ssrc=2000, picture=2))
        other.read_count(50)
        settle(h, 452)
        passed = 401 - h.worker.counters()["drop_over_rate"]
        assert RATE <= passed <= RATE + 1 + RATE * (time.monotonic() - started)


def test_who_sends_too_many_bits_loses_them() -> None:
    with house(bit_rate=800_000) as h:
        loud = camera(h, 1)
        started = time.monotonic()
        for number in range(200):
            loud.send_rtp(vp8(2 + number, 3000, ssrc=1000, picture=2, body=bytes(1000)))
        settle(h, 201)
        dropped = h.worker.counters()["drop_over_rate"]
        assert 200 - 101 - 100 * (time.monotonic() - started) <= dropped <= 200 - 90


def test_rtcp_is_counted_too() -> None:
    with house(packet_rate=RATE) as h:
        receiver = h.path("receive", participant=1)
        for _ in range(400):
            receiver.send_rtcp(b"\x80\xc9\x00\x01\x00\x00\x00\x07")
        settle(h, 400)
        counters = h.worker.counters()
        assert counters["rtcp_in"] + counters["drop_over_rate"] == 400
        assert counters["drop_over_rate"] >= 200


def test_forged_packets_do_not_use_up_anybodys_share() -> None:
    with house(packet_rate=RATE) as h:
        sender = camera(h, 1)
        for number in range(1000):
            sender.socket.send(vp8(2 + number, 3000, ssrc=1000, picture=2) + bytes(16))
        h.wait_counter("drop_srtp_auth", 1000)
        for number in range(90):
            sender.send_rtp(vp8(2 + number, 3000, ssrc=1000, picture=2))
        h.paths[1].read_count(90)
        assert h.worker.counters()["drop_over_rate"] == 0


def test_without_rates_everything_is_taken() -> None:
    with house() as h:
        sender = camera(h, 1)
        for number in range(3000):
            sender.send_rtp(vp8(2 + number, 3000, ssrc=1000, picture=2))
        settle(h, 3001)
        assert h.worker.counters()["drop_over_rate"] == 0


def test_checks_of_one_participant_are_answered_at_a_bounded_rate() -> None:
    with house() as h, door(h) as sock:
        h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        question = request("ufrag123:theirs", PASSWORD)
        started = time.monotonic()
        for _ in range(2000):
            sock.send(question)
        settle(h, 2000)
        counters = h.worker.counters()
        assert counters["stun_answered"] + counters["drop_stun_rate"] == 2000
        assert 400 <= counters["stun_answered"] <= 401 + 200 * (time.monotonic() - started)
        answer(sock, PASSWORD)


def test_one_participants_dtls_reaches_python_at_a_bounded_rate() -> None:
    with house() as h, door(h) as sock:
        checked_door(h, sock)
        started = time.monotonic()
        for _ in range(3000):
            sock.send(HELLO)
        settle(h, 3001)
        h.wait_event("dtls")
        heard = 1 + len([event for event in h.events + h.worker.poll(20_000) if event.kind == "dtls"])
        counters = h.worker.counters()
        lasted = time.monotonic() - started
        assert heard + counters["drop_dtls_flood"] == 3000
        assert heard <= 101 + 50 * lasted
        assert counters["wakes"] <= 23 + 100 * lasted


def test_python_hears_nothing_of_strangers() -> None:
    with house() as h, door(h) as sock:
        h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        unknown, forged = request("nobody00:theirs", PASSWORD), request("ufrag123:theirs", "q" * 24)
        for number in range(1500):
            sock.send(os.urandom(1 + number % 1200))
            sock.send(unknown)
            sock.send(forged)
            sock.send(HELLO)
            sock.send(vp8(number, 0, ssrc=7, picture=1))
        settle(h, 7500)
        assert h.worker.poll() == [] and not readable(h.worker.event_fd, 0)
        assert h.worker.counters()["wakes"] == 0
        assert not readable(sock.fileno(), 0), "and they hear nothing of it"


def test_before_the_keys_no_more_than_three_times_what_came() -> None:
    with house() as h, door(h) as sock:
        transport = h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        asked = request("ufrag123:theirs", PASSWORD)
        sock.send(asked)
        answer(sock, PASSWORD)
        flight = b"\x16\xfe\xfd" + bytes(len(asked) - 3)
        for _ in range(10):
            h.worker.send_dtls(transport, flight)
        h.wait_counter("drop_unproven", 7)
        assert [len(sock.recv(2048)) for _ in range(3)] == [len(asked)] * 3
        assert not readable(sock.fileno(), 0)
        # Whoever goes on asking is answered further: a lost flight is sent again.
        sock.send(asked)
        answer(sock, PASSWORD)
        h.worker.send_dtls(transport, flight)
        assert readable(sock.fileno(), 5) and sock.recv(2048) == flight
        # The keys are there: somebody has read what was sent.
        h.worker.set_keys(transport, GCM, os.urandom(28), os.urandom(28))
        for _ in range(20):
            h.worker.send_dtls(transport, flight)
            assert readable(sock.fileno(), 5) and sock.recv(2048) == flight
        assert h.worker.counters()["drop_unproven"] == 7


def test_an_address_that_jumps_about_is_told_at_a_bounded_rate_and_the_last_one_surely() -> None:
    with house() as h, door(h) as first, door(h) as second:
        h.worker.add_transport(1, "ufrag123", PASSWORD, direction="send")
        question = request("ufrag123:theirs", PASSWORD)
        started = time.monotonic()
        for _ in range(150):
            for sock in (first, second):
                sock.send(question)
                answer(sock, PASSWORD)
        port = second.getsockname()[1]
        told = [h.wait_event("selected")]
        while told[-1].a != port or h.worker.counters()["stun_answered"] < 300:
            told.append(h.wait_event("selected"))
        assert readable(h.worker.event_fd, 0.3) or told[-1].a == port
        told += [event for event in h.events + h.worker.poll() if event.kind == "selected"]
        assert told[-1].a == port
        assert len(told) <= 6 + 12 * (time.monotonic() - started)


def test_no_handle_is_lost_when_python_does_not_look_for_a_while() -> None:
    """More things end than there are places in the ring of events."""
    with house() as h:
        transports = [
            h.worker.add_transport(number, f"user{number:04}", PASSWORD, direction="receive") for number in range(300)
        ]
        for transport in transports:
            for number in range(64):
                while True:
                    try:
                        h.worker.add_slot(
                            transport, h.room, kind="video", ssrc=1 + transport * 64 + number, rtx_ssrc=0, cname="c"
                        )
                        break
                    except RingFull:
                        time.sleep(0.001)
        slots = 64 * len(transports)
        assert slots > 16_384
        before = h.worker.live()["handles"]
        assert before == slots + len(transports) + 1
        for transport in transports:
            h.worker.remove_transport(transport)
        h.wait_counter("commands", slots + 2 * len(transports) + 1)
        deadline = time.monotonic() + 20
        while h.worker.live()["handles"] > 1 and time.monotonic() < deadline:
            readable(h.worker.event_fd, 1)
            h.worker.poll(100_000)
        assert h.worker.live()["handles"] == 1
        assert h.worker.counters()["events_lost"] == 0


def test_nothing_lives_on_when_everybody_has_left() -> None:
    with house() as h:
        empty = h.worker.live()["caches"]
        for number in range(1, 4):
            camera(h, number)
        sender = h.path("send", participant=9)
        h.uptrack(sender, "audio", "opus", [("", 77, 0)], mid="1")
        sender.send_rtp(opus(1, 0, ssrc=77))
        settle(h, 4)
        live = h.worker.live()
        assert (live["transports"], live["uptracks"], live["slots"], live["caches"] - empty) == (7, 4, 3, 4)
        assert (live["keys"], live["addresses"], live["ufrags"], live["rooms"]) == (7, 7, 7, 1)
        for path in h.paths:
            h.worker.remove_transport(path.handle)
        h.worker.remove_room(h.room)
        deadline = time.monotonic() + 20
        while h.worker.live()["handles"] and time.monotonic() < deadline:
            readable(h.worker.event_fd, 1)
            h.worker.poll()
        assert {kind: count for kind, count in h.worker.live().items() if count} == ({"caches": empty} if empty else {})


def test_the_loop_shows_that_it_turns_even_when_nobody_is_there() -> None:
    with house() as h:
        started = last = time.monotonic()
        while (turn := h.worker.last_turn()) < started + 1:
            assert time.monotonic() - max(turn, started) < 20
            time.sleep(0.05)
            last = time.monotonic()
        assert turn <= last
