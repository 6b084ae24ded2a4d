"""The flood's sender keeps to what it was told, sends what it says, and a lesson beside a small one loses nothing."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys

from aioice import stun

from benchmarks import flooder
from benchmarks.sinks import receiver_socket
from sfu.dtls import Certificate, DtlsServer


def test_what_it_sends_is_what_it_claims_to_be() -> None:
    rng = random.Random(7)
    server = DtlsServer(Certificate.generate())
    for _ in range(20):
        message = stun.parse_message(flooder.check(rng))
        assert message.message_class is stun.Class.REQUEST and "USERNAME" in message.attributes
        assert 1 <= len(flooder.garbage(rng)) <= 1400
        server.receive(flooder.hello(rng), 0.0)
    assert server.errors <= 1, "OpenSSL reads the hellos as handshake records"


def test_it_sends_no_more_than_it_was_told() -> None:
    with receiver_socket(gro=False) as sink:
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        sent = flooder.flood(sink.getsockname()[1], 0.5, [400, 200, 0])
        sink.setblocking(False)
        came = [0, 0]
        try:
            while True:
                came[sink.recv(2048)[:2] == b"\x00\x01"] += 1
        except BlockingIOError:
            pass
    assert 0 < sent["garbage_per_s"] <= 404 and 0 < sent["stun_per_s"] <= 202
    assert sum(came) == round(sent["seconds"] * (sent["garbage_per_s"] + sent["stun_per_s"]))
    assert sent["answers"] == 0


def test_a_flood_does_not_reach_python_and_costs_the_lesson_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "flood", "--json", "--seconds", "0.5", "--participants", "3"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["lesson_packets"] > 100 and result["lesson_dropped"] == 0
    assert result["python_wakeups_per_s"] <= result["python_wakeups_idle_per_s"] + 50
    assert result["refused"]["drop_unknown_ufrag"] > 500 and result["refused"]["drop_unknown_address"] > 1000
    assert result["answers_to_strangers"] == 0
