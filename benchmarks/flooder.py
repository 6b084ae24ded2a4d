"""Strangers who send what nobody asked for: `python -m benchmarks.flooder PORT SECONDS GARBAGE STUN HELLOS`, the last
three in datagrams a second, to a UDP port of 127.0.0.1. Prints one JSON object with what was sent.

It never sends more than it is told, however late it is: what a busy machine did not let it send in time is left out.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import socket
import struct
import sys
import time
from typing import Final

from aioice import stun

SOCKETS: Final = 64
TICK: Final = 0.005
KINDS: Final = 512
LATE_TICKS: Final = 4
MOST: Final = 50_000
"""Datagrams a second that are sent at most, whatever is asked for."""


def garbage(rng: random.Random) -> bytes:
    """Any bytes at all, of any size a datagram may have; a part of them begins as STUN, DTLS, RTP or RTCP would."""
    data = bytearray(rng.randbytes(rng.randint(1, 1400)))
    start = rng.choice([b"", b"\x00\x01", b"\x01\x01", b"\x14\xfe\xfd", b"\x80\x60", b"\x81\xc9", b"\xb2\xfc"])
    data[: len(start)] = start
    return bytes(data)


def check(rng: random.Random) -> bytes:
    """An ICE check, whole and right, for a transport that is not there."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{secrets.token_hex(6)}:{secrets.token_hex(2)}"
    message.attributes["PRIORITY"] = rng.randrange(1 << 31)
    message.attributes["ICE-CONTROLLING"] = rng.randrange(1 << 63)
    message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(secrets.token_bytes(24))
    message.add_fingerprint()
    return bytes(message)


def hello(rng: random.Random) -> bytes:
    """The outside of a DTLS ClientHello (RFC 6347 section 4.2.2): record, handshake header, random body."""
    body = b"\xfe\xfd" + rng.randbytes(rng.randint(120, 400))
    message = b"\x01" + struct.pack("!I", len(body))[1:] + bytes(5) + struct.pack("!I", len(body))[1:] + body
    return b"\x16\xfe\xff" + bytes(8) + struct.pack("!H", len(message)) + message


def flood(port: int, seconds: float, rates: list[int]) -> dict[str, float]:
    """Sends, and says how much of each kind, and how much came back."""
    rng = random.Random(1)
    stock = [[make(rng) for _ in range(KINDS)] for make in (garbage, check, hello)]
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(SOCKETS)]
    for sock in sockets:
        sock.connect(("127.0.0.1", port))
        sock.setblocking(False)
    sent, owed = [0, 0, 0], [0.0, 0.0, 0.0]
    turn = 0
    started = due = time.monotonic()
    while due < started + seconds:
        for kind, rate in enumerate(rates):
            owed[kind] += rate * TICK
            for _ in range(int(owed[kind])):
                turn += 1
                try:
                    sockets[turn % SOCKETS].send(stock[kind][turn % KINDS])
                except OSError:
                    continue  # nobody listens there any more, or the kernel has no place
                sent[kind] += 1
            owed[kind] %= 1
        due += TICK
        late = time.monotonic() - due
        if late > LATE_TICKS * TICK:
            due = time.monotonic()
        elif late < 0:
            time.sleep(-late)
    lasted = time.monotonic() - started
    answers = 0
    for sock in sockets:
        try:
            while sock.recv(2048):
                answers += 1
        except OSError:
            pass
        sock.close()
    return {
        "seconds": lasted,
        "garbage_per_s": sent[0] / lasted,
        "stun_per_s": sent[1] / lasted,
        "hellos_per_s": sent[2] / lasted,
        "answers": answers,
    }


def main() -> None:
    """The command line."""
    port, seconds, *rates = sys.argv[1:]
    chosen = [int(rate) for rate in rates]
    if sum(chosen) > MOST:
        raise SystemExit(f"more than {MOST} datagrams a second are not sent")
    os.nice(1)
    print(json.dumps(flood(int(port), float(seconds), chosen)), flush=True)


if __name__ == "__main__":
    main()
