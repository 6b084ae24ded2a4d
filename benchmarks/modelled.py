"""Flows in virtual time over a modelled line: media that follows the estimator, and a TCP Reno flow beside it.

Nothing here waits or looks at a clock: a heap of moments is gone through as fast as it can be. The line is
`loadtest.shaping`'s, feedback is written by the code that writes it to publishers, the estimator is the packet
worker's.
"""

from __future__ import annotations

import heapq
import itertools
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loadtest.shaping import Direction, Shape
from sfu._arrivals import Arrivals
from sfu._estimator import Estimator

if TYPE_CHECKING:
    from sfu._estimator import State

FRAMES_A_SECOND = 30
PACKET = 1200
RTP_OVERHEAD = 36
"""Header, extensions and SRTP tag of a media packet, bytes."""
VOICE_EVERY = 0.02
VOICE_BYTES = 100
PACING = 2.5
"""Publishers spread a frame's packets as if they had this much more than their rate (libwebrtc's pacer)."""
FEEDBACK_EVERY = 0.1
TICK = 0.1
PROBE_TICK = 0.002

SEGMENT = 1448
TCP_OVERHEAD = 24
"""TCP header with timestamps, less the UDP header that `shaping` counts, bytes."""
RTO = 1.0

Packet = tuple["Flow", int, int]
"""Whose it is, its number, its size."""


class World:
    """Virtual time and one line that all flows share."""

    def __init__(self, shape: Shape, *, back_ms: float, seed: str) -> None:
        self.now = 0.0
        self.random = random.Random(seed)
        self.line: Direction[Packet] = Direction(shape, f"{seed} line")
        self._back = back_ms / 1000
        self._moments: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._line_due: float | None = None

    @property
    def now_us(self) -> int:
        """The estimator's clock; it does not begin at zero."""
        return 1_000_000 + int(self.now * 1e6)

    def at(self, moment: float, what: Callable[[], None]) -> None:
        """Calls `what` then."""
        heapq.heappush(self._moments, (max(moment, self.now), next(self._order), what))

    def back(self, what: Callable[[], None]) -> None:
        """Calls `what` when a message from the far side has come, over a way that is never full."""
        self.at(self.now + self._back, what)

    def send(self, flow: Flow, number: int, size: int) -> None:
        """A packet enters the line."""
        self.line.put(self.now, (flow, number, size), size)
        self._watch()

    def reshape(self, shape: Shape) -> None:
        """The line is another from now on."""
        self.line.reshape(self.now, shape)
        self._watch()

    def run(self, until: float) -> None:
        """Lets time go on."""
        while self._moments and self._moments[0][0] <= until:
            self.now, _, what = heapq.heappop(self._moments)
            what()
        self.now = until

    def _watch(self) -> None:
        due = self.line.next_at()
        if due is not None and (self._line_due is None or due < self._line_due - 1e-9):
            self._line_due = due
            self.at(due, self._deliver)

    def _deliver(self) -> None:
        self._line_due = None
        for flow, number, size in self.line.take(self.now + 1e-9):
            flow.arrived(number, size)
        self._watch()


class Flow(ABC):
    """Something that sends over the line, and its far side."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.delivered: list[tuple[float, int]] = []
        """When, and how many bytes."""

    @abstractmethod
    def arrived(self, number: int, size: int) -> None:
        """A packet came out at the far side."""

    def kbps(self, since: float, until: float) -> float:
        """What came out at the far side, on average."""
        return sum(size for at, size in self.delivered if since <= at < until) * 8 / 1000 / (until - since)


@dataclass
class Trace:
    """What happened to a media flow, for figures and plots."""

    at: list[float] = field(default_factory=list)
    estimate_kbps: list[float] = field(default_factory=list)
    states: list[State] = field(default_factory=list)

    def mean(self, since: float, until: float) -> float:
        """The estimate on average, kb/s."""
        seen = [kbps for at, kbps in zip(self.at, self.estimate_kbps, strict=True) if since <= at < until]
        return sum(seen) / len(seen)

    def queue_ms(self, since: float, until: float) -> float:
        """What packets waited on average, as the receiver's feedback shows it."""
        seen = [state["queue_us"] for at, state in zip(self.at, self.states, strict=True) if since <= at < until]
        return sum(seen) / len(seen) / 1000

    def first(self, since: float, holds: Callable[[float], bool]) -> float | None:
        """How long after `since` the estimate first was such; None if it never was."""
        for at, kbps in zip(self.at, self.estimate_kbps, strict=True):
            if at >= since and holds(kbps):
                return at - since
        return None


class Media(Flow):
    """A camera and a voice that send what the estimator allows, up to `wanted_kbps`; probes are padding."""

    def __init__(self, world: World, *, start: float = 0.0, wanted_kbps: float = 5000) -> None:
        super().__init__(world)
        self.estimator = Estimator()
        self.trace = Trace()
        self.wanted_kbps = wanted_kbps
        self._sizes: dict[int, int] = {}
        self._arrivals = Arrivals()
        self._probing = False
        world.at(start, self._frame)
        world.at(start + 0.007, self._voice)
        world.at(start + 0.05, self._feedback)
        world.at(start + 0.011, self._tick)

    def arrived(self, number: int, size: int) -> None:
        """At the receiver."""
        self.delivered.append((self.world.now, size))
        self._arrivals.add(number, self.world.now_us)

    def _send(self, size: int) -> None:
        self.world.send(self, self.estimator.sent(self.world.now_us, size), size)

    def _frame(self) -> None:
        world = self.world
        voice_kbps = VOICE_BYTES * 8 / VOICE_EVERY / 1000
        kbps = min((self.estimator.bps or 300_000) / 1000, self.wanted_kbps)
        size = max(kbps - voice_kbps, 0) * 1000 / 8 / FRAMES_A_SECOND * world.random.uniform(0.7, 1.3)
        packets = -(-int(size) // PACKET)
        spread = 1 / FRAMES_A_SECOND / PACING
        for i in range(packets):
            part = int(size / packets)
            world.at(world.now + i * spread / packets, lambda part=part: self._send(max(part, RTP_OVERHEAD)))  # type: ignore[misc]
        world.at(world.now + 1 / FRAMES_A_SECOND, self._frame)

    def _voice(self) -> None:
        self._send(VOICE_BYTES)
        self.world.at(self.world.now + VOICE_EVERY, self._voice)

    def _feedback(self) -> None:
        world = self.world
        while packet := self._arrivals.write():
            world.back(lambda packet=packet: self._heard(packet))  # type: ignore[misc]
        world.at(world.now + FEEDBACK_EVERY, self._feedback)

    def _heard(self, packet: bytes) -> None:
        if not self.estimator.feedback(self.world.now_us, packet):
            raise ValueError(f"feedback is malformed: {packet.hex()}")
        self._note()

    def _note(self) -> None:
        self.trace.at.append(self.world.now)
        self.trace.estimate_kbps.append(self.estimator.bps / 1000)
        self.trace.states.append(self.estimator.state())

    def _tick(self) -> None:
        if self.estimator.tick(self.world.now_us, int(self.wanted_kbps * 1000)):
            self._probe()
        self._note()
        self.world.at(self.world.now + TICK, self._tick)

    def _probe(self) -> None:
        due = self.estimator.due(self.world.now_us)
        if due is None:
            return
        left, size = due
        while left > 0:
            self._send(size + RTP_OVERHEAD)
            left -= size + RTP_OVERHEAD
        self.world.at(self.world.now + PROBE_TICK, self._probe)


class Reno(Flow):
    """A download that never ends: slow start, congestion avoidance, fast retransmit, recovery (RFC 5681, RFC 6582)."""

    def __init__(self, world: World, *, start: float = 0.0) -> None:
        super().__init__(world)
        self._window = 10.0
        self._threshold = float("inf")
        self._next = 0
        self._acked = 0  # everything below has come, as the sender knows
        self._repeated = 0  # acknowledgements that told nothing new
        self._recover = -1  # recovery ends when this is acknowledged
        self._timer = 0
        self._came: set[int] = set()
        self._expected = 0
        world.at(start, self._fill)

    def arrived(self, number: int, size: int) -> None:
        """At the receiver, which acknowledges every segment."""
        self.delivered.append((self.world.now, size))
        self._came.add(number)
        while self._expected in self._came:
            self._came.discard(self._expected)
            self._expected += 1
        upto = self._expected
        self.world.back(lambda: self._acknowledged(upto))

    def _transmit(self, number: int) -> None:
        self.world.send(self, number, SEGMENT + TCP_OVERHEAD)

    def _fill(self) -> None:
        while self._next - self._acked < int(self._window):
            self._transmit(self._next)
            self._next += 1
        self._arm()

    def _arm(self) -> None:
        self._timer += 1
        armed = self._timer
        self.world.at(self.world.now + RTO, lambda: self._expired(armed))

    def _expired(self, armed: int) -> None:
        if armed != self._timer or self._next == self._acked:
            return
        self._threshold = max((self._next - self._acked) / 2, 2)
        self._window = 1.0
        self._repeated = 0
        self._recover = -1
        self._next = self._acked
        self._fill()

    def _acknowledged(self, upto: int) -> None:
        if upto > self._acked:
            self._advance(upto)
        elif self._next > self._acked:
            self._repeated += 1
            if self._recover >= 0:
                self._window += 1
            elif self._repeated == 3:
                self._threshold = max((self._next - self._acked) / 2, 2)
                self._window = self._threshold + 3
                self._recover = self._next
                self._transmit(self._acked)
        self._fill_if_open()

    def _advance(self, upto: int) -> None:
        fresh = upto - self._acked
        self._acked = upto
        self._next = max(self._next, upto)
        self._repeated = 0
        if self._recover >= 0 and upto < self._recover:
            self._window = max(self._window - fresh + 1, 1.0)
            self._transmit(self._acked)  # the next hole
        elif self._recover >= 0:
            self._window = self._threshold
            self._recover = -1
        elif self._window < self._threshold:
            self._window += fresh
        else:
            self._window += fresh / self._window

    def _fill_if_open(self) -> None:
        if self._next - self._acked < int(self._window):
            self._fill()
        else:
            self._arm()
