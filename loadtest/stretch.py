"""One measured stretch on an engine: what had to arrive, what did, how fast, and whether the engine was the limit.

A stretch begins and ends with a pause of the senders in which everything under way arrives, so that what was sent and
what came can be compared exactly. It knows no server: the same is measured for ours and for others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple

from loadtest._engine import Engine
from loadtest.figures import Turns
from loadtest.processes import Used
from loadtest.timeline import Timeline

SEGMENTS: Final = 64
"""Packets that one message of a socket may hold: so many may be missing for each message it dropped."""

SETTLE_SECONDS: Final = 20.0
"""How long a server may take until everybody is sent everything."""

LATE_SHARE: Final = 0.001
"""When more of the frames left late, the engine was the limit."""

BUSY_SHARE: Final = 0.97
"""When its thread needed more of a processor."""


class Expectation(NamedTuple):
    """What one receiver must get: every packet of `sources`, in any of `sinks` (which are on `line`). Of equal sources
    beyond `most` (voices, when there are more of them than audio slots) only so many."""

    line: int
    sinks: tuple[int, ...]
    sources: tuple[int, ...]
    most: int = 1_000_000


class Stretch(NamedTuple):
    """What was measured. Shares are of `expected`; milliseconds are from kernel to kernel."""

    seconds: float
    """In which it was sent: that a slow line goes on delivering in the pause at the end makes nobody's rate smaller."""
    expected: int
    delivered: int
    own_drops: int
    """Packets that this machine's own sockets dropped, as far as that explains what is missing."""
    recovered: int
    reordered: int
    duplicates: int
    corrupt: int
    missing: int
    """Sequence numbers that were passed over: what was lost on the way, not what the server chose not to send."""
    bytes: int
    opened: int
    latency: list[tuple[float, int]]
    turns: Turns
    cpu_s: float
    """Of the server, when it can be seen."""

    @property
    def delivered_share(self) -> float:
        """Packets that arrived, repaired ones among them."""
        return self.delivered / self.expected if self.expected else 0.0

    @property
    def loss(self) -> float:
        """What did not arrive, less what the own sockets dropped."""
        return max(0, self.expected - self.delivered - self.own_drops) / self.expected if self.expected else 0.0

    @property
    def engine_limited(self) -> bool:
        """Whether the load tester itself was the limit: it sent late, dropped, or had no time left."""
        turns = self.turns
        return (
            turns.own_drops > 0
            or turns.refused > 0
            or turns.late > LATE_SHARE * max(1, turns.frames)
            or turns.cpu_s > BUSY_SHARE * turns.seconds
        )

    def percentile(self, share: float) -> float | None:
        """Milliseconds within which this share of the opened packets was forwarded; None: none was opened."""
        return percentile(self.latency, share)

    def as_dict(self) -> dict[str, Any]:
        """The keys every lesson reports, whatever server carried it."""
        return {
            "seconds": round(self.seconds, 3),
            "expected": self.expected,
            "packets": self.delivered,
            "delivered": round(self.delivered_share, 6),
            "loss": round(self.loss, 6),
            "reordered": self.reordered,
            "recovered": self.recovered,
            "duplicates": self.duplicates,
            "corrupt": self.corrupt,
            "missing": self.missing,
            "received_mbps": round(self.bytes * 8 / self.seconds / 1e6, 2),
            "forward_p50_ms": self.percentile(0.5),
            "forward_p95_ms": self.percentile(0.95),
            "forward_p99_ms": self.percentile(0.99),
            "latency": [[round(bound, 4), count] for bound, count in merged(self.latency)],
            "engine_limited": self.engine_limited,
            "engine": {
                "cpu_share": round(self.turns.cpu_s / max(1e-9, self.turns.seconds), 3),
                "longest_turn_ms": round(self.turns.longest_turn_ms, 2),
                "frames": self.turns.frames,
                "late": self.turns.late,
                "latest_ms": round(self.turns.latest_ms, 2),
                "own_drops": self.turns.own_drops,
                "refused": self.turns.refused,
            },
            "counted": {
                "packets": "all, by RTP header and sequence number",
                "latency": "opened packets, by the mark inside and SO_TIMESTAMPNS",
                "opened": self.opened,
            },
        }


def merged(latency: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Buckets of equal bounds put together, in rising order."""
    counts: dict[float, int] = {}
    for bound, count in latency:
        counts[bound] = counts.get(bound, 0) + count
    return sorted(counts.items())


def percentile(latency: list[tuple[float, int]], share: float) -> float | None:
    """The upper end of the bucket that holds it, in milliseconds."""
    wanted = share * sum(count for _, count in latency)
    seen = 0
    for bound, count in latency:
        seen += count
        if seen >= wanted:
            return round(bound, 3)
    return None


async def begin(engine: Engine) -> None:
    """Begin a stretch: everything that was under way has arrived, all figures are 0."""
    await asyncio.to_thread(engine.pause)
    engine.reset()
    engine.resume()


async def end(engine: Engine, expectations: Sequence[Expectation], cpu_s: float = 0.0) -> Stretch:
    """End a stretch and say what it was; media goes on."""
    await asyncio.to_thread(engine.pause)
    try:
        return read(engine, expectations, cpu_s)
    finally:
        engine.resume()


def read(engine: Engine, expectations: Sequence[Expectation], cpu_s: float = 0.0) -> Stretch:
    """The figures as they stand."""
    sent = {number: engine.sent(number).packets for expectation in expectations for number in expectation.sources}
    missing: dict[int, int] = {}
    totals = dict.fromkeys(
        ("expected", "delivered", "recovered", "reordered", "duplicates", "corrupt", "missing", "bytes"), 0
    )
    opened = 0
    for expectation in expectations:
        received = [engine.received(number) for number in expectation.sinks]
        due = sum(sent[number] for number in expectation.sources)
        count = len(expectation.sources)
        if count > expectation.most:
            due = due * expectation.most // count
        came = sum(one.packets for one in received)
        missing[expectation.line] = missing.get(expectation.line, 0) + max(0, due - came)
        totals["expected"] += due
        totals["delivered"] += came
        for one in received:
            totals["recovered"] += one.recovered
            totals["reordered"] += one.reordered
            totals["duplicates"] += one.duplicates
            totals["corrupt"] += one.corrupt
            totals["missing"] += one.missing
            totals["bytes"] += one.bytes
            opened += one.opened
    own = sum(min(lost, SEGMENTS * engine.line(line).own_drops) for line, lost in missing.items() if lost)
    turns = engine.turns()
    latency = sorted(engine.latency("audio") + engine.latency("video"))
    return Stretch(
        seconds=turns.sending_s, own_drops=own, opened=opened, latency=latency, turns=turns, cpu_s=cpu_s, **totals
    )


class Taken(NamedTuple):
    """A stretch of some seconds, with what the server used meanwhile (None: not seen) and figures of each second."""

    stretch: Stretch
    used: Used | None
    timeline: dict[str, list[Any]]


async def take(
    engine: Engine,
    expectations: Sequence[Expectation],
    seconds: float,
    *,
    used: Callable[[], Used | None],
    show: Callable[[float], None],
) -> Taken:
    """Measure for so many seconds. CPU is that of the stretch, memory as it is at its end."""
    await begin(engine)
    before, timeline = used(), Timeline(engine, used)

    def look(passed: float) -> None:
        timeline.look(passed)
        show(passed)

    await last(seconds, look)
    after = used()
    found = await end(engine, expectations)
    cost = None if before is None or after is None else Used(after.cpu_s - before.cpu_s, after.rss_bytes)
    return Taken(found, cost, timeline.columns())


async def settle(engine: Engine, expectations: Sequence[Expectation]) -> None:
    """Until a second brings everything that is expected, or `SETTLE_SECONDS` are over: a server may begin with the
    lowest layer and find out what a participant can receive."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + SETTLE_SECONDS
    while loop.time() < give_up:
        await begin(engine)
        await asyncio.sleep(1.0)
        seen = await end(engine, expectations)
        if abs(seen.delivered_share - 1) < 0.001:
            return


async def last(seconds: float, show: Callable[[float], None], meanwhile: Awaitable[None] | None = None) -> None:
    """Let `seconds` pass, showing how far they are; `meanwhile` goes on beside, and its failure ends it all."""
    task = None if meanwhile is None else asyncio.ensure_future(meanwhile)
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        show(seconds - left)
        await asyncio.sleep(min(0.25, left))
        if task is not None and task.done():
            task.result()
            task = None
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
