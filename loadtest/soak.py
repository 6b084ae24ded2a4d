"""People who come and go for half an hour: does the media process keep what it should have let go?

Several lessons run side by side on a real media process. Their people join, publish, look at one another, switch
cameras off and on, raise hands, are given the floor and lose it, lose their sockets and come back, change networks,
leave or just vanish; lessons end and others begin. What is watched is what an operator would see: memory, open files,
and the worker's own count of what lives on it. At the end everybody has left, and all of that must be as it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import aiohttp
from rich.console import Console
from rich.live import Live
from rich.table import Table

from loadtest.node import Node
from loadtest.peers.dtls import CM, GCM, DtlsError, Identity
from loadtest.peers.participant import NotJoined, Participant
from loadtest.peers.signalling import SignallingError, SocketClosedError
from signalling.messages import GiveFloor, LowerHand, RaiseHand, SlotView, TakeFloor

FIRST: Final = 60.0
"""Seconds after which memory is looked at for the first time."""
LOOK: Final = 10.0
"""Seconds over which memory is looked at; the median counts."""
LESSON_SECONDS: Final = (15.0, 45.0)
RESUME_SECONDS: Final = 3
GROWTH: Final = 0.05
"""Memory may grow by this part of itself."""

EXPECTED: Final = (
    SignallingError,
    SocketClosedError,
    NotJoined,
    DtlsError,
    ConnectionError,
    TimeoutError,
    aiohttp.ClientError,
)
"""What happens to people who act at random: the lesson has ended, the other has left, the socket was lost before."""

TURNED_AWAY_PART: Final = 0.5
"""When more than this part of those who come is turned away, it is no soak any more."""


class Soak:
    """The node, its lessons, and what was counted."""

    def __init__(self, node: Node, *, lessons: int, people: int, seed: int) -> None:
        self.node = node
        self.done: Counter[str] = Counter()
        self.memory: list[tuple[float, int]] = []
        self.stopping = False
        self.bad = 0
        self._lessons = lessons
        self._people = people
        self._random = random.Random(seed)
        self._rooms = 0
        self._number = 0
        self._identities = [Identity.generate() for _ in range(4)]
        self._started = time.monotonic()

    @property
    def lasted(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    async def run(self, seconds: float, show: Callable[[], None]) -> None:
        """Lessons, one after the other in each place, until the time is over and everybody has left."""
        self._started = time.monotonic()
        places = [asyncio.create_task(self._place()) for _ in range(self._lessons)]
        while self.lasted < seconds:
            for place in places:
                if place.done():
                    place.result()
            self.memory.append((self.lasted, self.node.rss()))
            show()
            await asyncio.sleep(min(1.0, max(0.05, seconds - self.lasted)))
        self.stopping = True
        await asyncio.gather(*places)

    def median_memory(self, begin: float, end: float) -> int:
        """Bytes, median of what was seen between two moments."""
        seen = [size for at, size in self.memory if begin <= at <= end] or [size for _, size in self.memory]
        return int(statistics.median(seen))

    async def _place(self) -> None:
        while not self.stopping:
            self._rooms += 1
            await self._lesson(f"soak-{self._rooms}")
            self.done["lessons"] += 1

    async def _lesson(self, room: str) -> None:
        ends = time.monotonic() + self._random.uniform(*LESSON_SECONDS)
        host = await self._arrive(room, "host")
        if host is None:
            return
        over = asyncio.Event()
        members = [asyncio.create_task(self._member(room, host, over)) for _ in range(self._people - 1)]
        await self._act(host, host, ends)
        over.set()
        if self._random.random() < 0.5:
            await self.node.end_room(room)
            self.done["ended for all"] += 1
        await asyncio.gather(*members)
        await self._depart(host)
        await self.node.end_room(room)

    async def _member(self, room: str, host: Participant, over: asyncio.Event) -> None:
        """A seat: somebody comes, stays a while, goes; then the next."""
        while not over.is_set() and not self.stopping:
            person = await self._arrive(room, "member")
            if person is None:
                return
            await self._act(person, host, time.monotonic() + self._random.uniform(3.0, 15.0), over)
            await self._depart(person)

    async def _arrive(self, room: str, role: str) -> Participant | None:
        self._number = self._number % 60_000 + 1
        person = self.node.participant(
            room,
            self._number,
            role=role,
            identity=self._random.choice(self._identities),
            profiles=self._random.choice([(GCM, CM), (CM,)]),
        )
        try:
            await person.join()
            await person.add_slots(self._random.randint(1, 4))
            await person.publish_audio(level=self._random.randint(5, 60))
            await person.publish_video(layers=self._random.choice([1, 3]), fps=5, packets=1)
        except EXPECTED:
            self.done["turned away"] += 1
            await self._quietly(person.close())
            return None
        self.done["joins"] += 1
        return person

    async def _act(
        self, person: Participant, host: Participant, until: float, over: asyncio.Event | None = None
    ) -> None:
        while time.monotonic() < until and not self.stopping and not (over and over.is_set()):
            action = self._random.choice([self._look, self._look, self._switch, self._floor, self._lose, self._move])
            try:
                self.done[await action(person, host)] += 1
            except EXPECTED:
                self.done["refused"] += 1
                if person.closed is not None:
                    return
            await asyncio.sleep(self._random.uniform(0.2, 1.0))

    async def _look(self, person: Participant, _host: Participant) -> str:
        seen = [track.id for track in person.room.tracks.values() if track.source in ("camera", "screen")]
        tracks = [None, *seen]
        await person.view(
            *(
                SlotView(
                    slot=slot.id,
                    max_height=self._random.choice([0, 180, 360, 720]),
                    track=self._random.choice(tracks),
                )
                for slot in person.video_slots
            )
        )
        return "views"

    async def _switch(self, person: Participant, _host: Participant) -> str:
        track = self._random.choice(list(person.tracks.values()))
        if self._random.random() < 0.2:
            await person.unpublish(track)
            if track.kind == "audio":
                await person.publish_audio()
            else:
                await person.publish_video(layers=1, fps=5, packets=1)
            return "published again"
        await person.switch(track, not track.sending)
        return "switches"

    async def _floor(self, person: Participant, host: Participant) -> str:
        if person is host or person.state is None or host.closed is not None:
            return "nothing"
        if person.state.participant in host.room.floor:
            await host.request(TakeFloor(participant=person.state.participant))
            return "floor taken"
        await person.request(RaiseHand())
        if self._random.random() < 0.2:
            await person.request(LowerHand())
            return "hands lowered"
        await host.request(GiveFloor(participant=person.state.participant))
        return "floor given"

    async def _lose(self, person: Participant, host: Participant) -> str:
        if person is host and self._random.random() < 0.7:
            return "nothing"
        person.lose_socket()
        await asyncio.sleep(self._random.uniform(0.0, 0.5))
        await person.resume()
        return "returns"

    async def _move(self, person: Participant, _host: Participant) -> str:
        await person.restart_ice(self._random.choice(["send", "receive"]))
        return "networks changed"

    async def _depart(self, person: Participant) -> None:
        self.bad += sum(slot.bad for slot in person.slots.values())
        if self._random.random() < 0.7:
            await self._quietly(person.leave())
        else:
            with contextlib.suppress(AssertionError):
                person.lose_socket()
        await self._quietly(person.close())
        self.done["departures"] += 1

    async def _quietly(self, what: Awaitable[None]) -> None:
        with contextlib.suppress(*EXPECTED):
            await what


async def measure(
    *, minutes: float, lessons: int, people: int, workers: int, seed: int, console: Console
) -> dict[str, Any]:
    """The whole of it; `ok` when nothing was kept."""
    seconds = 60 * minutes
    with (
        tempfile.TemporaryDirectory() as folder,
        Node(Path(folder), resume_seconds=RESUME_SECONDS, workers=workers) as node,
    ):
        await node.live()
        before = {**await node.live(), "descriptors": node.descriptors()}
        soak = Soak(node, lessons=lessons, people=people, seed=seed)
        with Live(console=console, auto_refresh=False, transient=True) as screen:

            def show() -> None:
                screen.update(table(soak, seconds), refresh=console.is_terminal)
                if not console.is_terminal and int(soak.lasted) % 30 == 0:
                    console.print(f"{soak.lasted:.0f} s: {node.rss() >> 20} MiB, {dict(soak.done)}")

            await soak.run(seconds, show)
        left = await node.until_empty(RESUME_SECONDS + 20.0)
        left["descriptors"] = node.descriptors()
        give_up = time.monotonic() + 10.0
        while left["descriptors"] > before["descriptors"] and time.monotonic() < give_up:
            await asyncio.sleep(0.2)
            left["descriptors"] = node.descriptors()
        at_first = min(FIRST, seconds / 2)
        first = soak.median_memory(at_first, at_first + LOOK)
        last = soak.median_memory(seconds - LOOK, seconds)
        leaked = {kind: left[kind] - before[kind] for kind in left if left[kind] > before[kind]}
        counters = await node.counters()
        defects = len(node.defects)
    return {
        "minutes": round(soak.lasted / 60, 2),
        "rss_first_mib": round(first / 2**20, 2),
        "rss_last_mib": round(last / 2**20, 2),
        "rss_growth": round(last / first - 1, 4),
        "handles_left": sum(leaked.values()),
        "left": leaked,
        "bad_packets": soak.bad,
        "defects": defects,
        "events_lost": counters["events_lost"],
        "packets_out": counters["packets_out"],
        "done": dict(soak.done),
        "ok": last / first - 1 <= GROWTH
        and not leaked
        and not soak.bad
        and not defects
        and soak.done["turned away"] <= TURNED_AWAY_PART * soak.done["joins"],
    }


def table(soak: Soak, seconds: float) -> Table:
    """What is going on."""
    shown = Table(title=f"soak: {soak.lasted:.0f} of {seconds:.0f} s", show_header=False)
    shown.add_row("memory", f"{soak.memory[-1][1] / 2**20:.1f} MiB")
    shown.add_row("open files", str(soak.node.descriptors()))
    for name, count in sorted(soak.done.items()):
        shown.add_row(name, str(count))
    return shown
