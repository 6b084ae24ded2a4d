"""Somebody who receives: behind a modelled line, in the test's own time, answering as a browser does."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

from loadtest.shaping import Direction, Shape
from sfu._arrivals import Arrivals
from tests.packets.harness import IDS


def transport_number(packet: bytes) -> int:
    """The transport-wide sequence number (RFC 8285 one-byte form)."""
    assert packet[12:14] == b"\xbe\xde"
    assert packet[16] == IDS["transport_cc"] << 4 | 1
    number: int = struct.unpack_from("!H", packet, 17)[0]
    return number


class Receiver:
    """What comes over the line, and the transport-wide feedback about it on the way back; `answers`: there is any."""

    def __init__(self, shape: Shape, *, back: Shape, feedback_us: int, answers: bool = True, seed: int = 0) -> None:
        self.line: Direction[bytes] = Direction(shape, f"a line {seed}")
        self._back: Direction[bytes] = Direction(back, f"and back {seed}")
        self._log = Arrivals() if answers else None
        self._feedback_us = feedback_us
        self._next_us = 0

    def carry(self, now_us: int, sent: Iterable[bytes], answer: Callable[[bytes], None]) -> list[bytes]:
        """Put what was sent on the line; gives what comes out of it now, and the server what has come back."""
        now = now_us / 1e6
        for data in sent:
            self.line.put(now, data, len(data))
        arrived = list(self.line.take(now))
        if self._log is not None:
            for data in arrived:
                self._log.add(transport_number(data), now_us)
            if now_us >= self._next_us:
                self._next_us = now_us + self._feedback_us
                while feedback := self._log.write():
                    self._back.put(now, feedback, len(feedback))
        for feedback in self._back.take(now):
            answer(feedback)
        return arrived
