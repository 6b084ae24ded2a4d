"""Packets of one stream back into their order. Bounded; no I/O; takes the time as an argument.

What is in order passes at once. Behind a hole packets wait for what is missing, for a stated time; then the hole is a
loss. A sequence that goes on somewhere else altogether is followed once two packets in a row say so (RFC 3550, A.1).
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from hls.rtp import RtpPacket, extend

CAPACITY = 1024
"""Packets that wait at most."""
FAR = 3000
"""A step in sequence numbers that is not taken for loss or lateness."""


class Arrived(Struct, frozen=True, gc=False):
    """A packet whose turn has come."""

    packet: RtpPacket
    at: float
    """When it came in, seconds."""
    lost: int
    """Packets that are missing right before it; -1 where the numbering began anew."""


class JitterBuffer:
    """One stream.

    Args:
        wait: how long a hole may stay, seconds.
        counts: takes `late`, `duplicate`, `lost` and `restart`.
    """

    def __init__(self, wait: float, counts: Counter[str]) -> None:
        self._wait = wait
        self._counts = counts
        self._held: dict[int, tuple[RtpPacket, float]] = {}
        self._next: int | None = None
        self._highest = 0
        self._restart: int | None = None

    def push(self, packet: RtpPacket, now: float) -> list[Arrived]:
        """Takes a packet; those whose turn has come with it."""
        if self._next is None:
            self._next = self._highest = packet.sequence + (1 << 16)
        number = extend(packet.sequence, self._highest, 16)
        if abs(number - self._highest) > FAR:
            return self._far(packet, now)
        self._restart = None
        if number == self._next and not self._held:
            self._next = number + 1
            self._highest = max(self._highest, number)
            return [Arrived(packet, now, 0)]
        if number < self._next:
            # Given up, or seen: in either case of no use any more.
            self._counts["late"] += 1
            return []
        if number in self._held:
            self._counts["duplicate"] += 1
            return []
        self._held[number] = (packet, now)
        self._highest = max(self._highest, number)
        ready = self._in_order(0)
        while len(self._held) > CAPACITY:
            ready += self._skip()
        return ready

    def expire(self, now: float) -> list[Arrived]:
        """Those who have waited long enough for others."""
        ready: list[Arrived] = []
        while self._held and now - min(at for _, at in self._held.values()) >= self._wait:
            ready += self._skip()
        return ready

    def _far(self, packet: RtpPacket, now: float) -> list[Arrived]:
        """A number that belongs to another sequence."""
        if self._restart is None or packet.sequence != self._restart:
            self._restart = (packet.sequence + 1) & 0xFFFF
            self._counts["stray"] += 1
            return []
        ready: list[Arrived] = []
        while self._held:
            ready += self._skip()
        self._counts["restart"] += 1
        self._restart = None
        self._highest = packet.sequence + (1 << 16)
        self._next = self._highest + 1
        ready.append(Arrived(packet, now, -1))
        return ready

    def _skip(self) -> list[Arrived]:
        """The hole in front is a loss."""
        assert self._next is not None
        first = min(self._held)
        lost, self._next = first - self._next, first
        self._counts["lost"] += lost
        return self._in_order(lost)

    def _in_order(self, lost: int) -> list[Arrived]:
        assert self._next is not None
        ready = []
        while (item := self._held.pop(self._next, None)) is not None:
            ready.append(Arrived(item[0], item[1], lost))
            lost = 0
            self._next += 1
        return ready
