"""One direction of a line, modelled: a rate with a queue before it, then delay, jitter and loss. Does no I/O.

The model is a router's: packets wait in a queue that is served at the line's rate and drops at its tail; what was
served travels for a while and may be lost. Losses come alone or in bursts (Gilbert). What comes out keeps its order.
Times are seconds of any clock, given by the caller; with the same seed and the same packets the same thing happens.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

OVERHEAD = 28
"""Bytes of IP and UDP headers that a datagram costs on the line beside its own."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a direction is like for a while."""

    rate_kbps: float = 0.0
    """What it carries; 0: everything, at once."""
    queue_ms: float = 300.0
    """How long a packet may wait; the next one is dropped. Unused without a rate."""
    queue_bytes: int = 0
    """The same in bytes; 0: `queue_ms` counts alone."""
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    """Up to so much is added to the delay, evenly distributed."""
    loss: float = 0.0
    """Share of packets lost on the way."""
    burst: float = 1.0
    """How many are lost in a row, on average; 1: each by itself."""

    def __post_init__(self) -> None:
        """Raises `ValueError` for a line that cannot be."""
        for name in ("rate_kbps", "queue_ms", "queue_bytes", "delay_ms", "jitter_ms"):
            if not 0 <= getattr(self, name) < 1e9:
                raise ValueError(f"{name} is {getattr(self, name)}: it cannot be negative or without bound")
        if not 0 <= self.loss < 1 or self.burst < 1:
            raise ValueError(f"loss is a share below 1 and burst at least 1, not {self.loss} and {self.burst}")


@dataclass(slots=True)
class Tally:
    """What became of the packets."""

    packets: int = 0
    bytes: int = 0
    delivered: int = 0
    dropped: int = 0
    """At the queue's tail."""
    lost: int = 0
    """On the way."""


class Direction(Generic[T]):
    """A line in one direction; carries things of any kind that have a size."""

    def __init__(self, shape: Shape, seed: str | int) -> None:
        self.shape = shape
        self.tally = Tally()
        self._random = random.Random(seed)
        self._queue: deque[tuple[T, float]] = deque()
        self._queued = 0.0  # bits waiting, what is left of the first one included
        self._head = 0.0  # bits left of the first one
        self._served = 0.0  # the queue stands as of then
        self._flying: deque[tuple[float, T]] = deque()
        self._last_exit = 0.0
        self._losing = False

    def reshape(self, now: float, shape: Shape) -> None:
        """From `now` on the line is another; what waits is served at the new rate."""
        self._serve(now)
        self.shape = shape

    def put(self, now: float, thing: T, size: int) -> bool:
        """A datagram of `size` bytes enters; False when it was dropped at once."""
        self._serve(now)
        self.tally.packets += 1
        self.tally.bytes += size
        bits = (size + OVERHEAD) * 8.0
        if self._overflows(bits):
            self.tally.dropped += 1
            return False
        if not self._queue:
            self._head = bits
        self._queue.append((thing, bits))
        self._queued += bits
        self._serve(now)
        return True

    def take(self, now: float) -> list[T]:
        """What comes out by `now`, in order."""
        self._serve(now)
        out: list[T] = []
        while self._flying and self._flying[0][0] <= now:
            out.append(self._flying.popleft()[1])
        self.tally.delivered += len(out)
        return out

    def next_at(self) -> float | None:
        """When `take` may have something; None while nothing is on its way."""
        if self._flying:
            return self._flying[0][0]
        if self._queue and self.shape.rate_kbps:
            return self._served + self._head / (self.shape.rate_kbps * 1000)
        return None

    @property
    def waiting_ms(self) -> float:
        """How long a packet that entered now would wait."""
        return self._queued / self.shape.rate_kbps if self.shape.rate_kbps else 0.0

    def _overflows(self, bits: float) -> bool:
        if not self.shape.rate_kbps or not self._queue:
            return False
        if self.shape.queue_bytes and self._queued + bits > self.shape.queue_bytes * 8:
            return True
        return self.waiting_ms > self.shape.queue_ms

    def _serve(self, now: float) -> None:
        """Lets the queue go on until `now`."""
        rate = self.shape.rate_kbps * 1000
        at = self._served
        while self._queue:
            done = at + self._head / rate if rate else max(at, now)
            if done > now:
                left = self._head - (now - at) * rate
                self._queued -= self._head - left
                self._head = left
                break
            thing, _ = self._queue.popleft()
            self._queued -= self._head
            at = done
            self._head = self._queue[0][1] if self._queue else 0.0
            self._fly(at, thing)
        self._served = now

    def _fly(self, at: float, thing: T) -> None:
        if self._is_lost():
            self.tally.lost += 1
            return
        extra = self._random.random() * self.shape.jitter_ms if self.shape.jitter_ms else 0.0
        self._last_exit = max(self._last_exit, at + (self.shape.delay_ms + extra) / 1000)
        self._flying.append((self._last_exit, thing))

    def _is_lost(self) -> bool:
        """Gilbert's two states: a good one in which nothing is lost, a bad one in which everything is."""
        loss, burst = self.shape.loss, self.shape.burst
        if not loss:
            self._losing = False
            return False
        leave = 1 / burst
        enter = loss * leave / (1 - loss)
        if burst == 1.0:
            return self._random.random() < loss
        self._losing = self._random.random() >= leave if self._losing else self._random.random() < enter
        return self._losing
