"""A lesson that never stands still: people come and go, speak and fall silent, turn pages, share screens.

What is looked at is what a page would feel: whether it had to negotiate anew, how long a slot takes from the request
to the first packet of another source (by the kernel's timestamps, on opened lines), and whether anything was missing in
between.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from loadtest import stretch
from loadtest.figures import Frame
from loadtest.lesson import Lessons, Room, result
from loadtest.participant import FAILURES, Participant, Slot

PAUSE_SECONDS: Final = (0.1, 0.3)
"""Between two things that happen in a room."""

SWITCH_SECONDS: Final = 5.0
"""A slot that has not changed its source after this never will."""

LOOK_SECONDS: Final = 0.01

SCREEN: Final = [Frame(us=100_000, size=9000)]

SILENT: Final = 127
LOUD: Final = 15

JOINED: Final = 3
"""Negotiations of coming in: two paths and the slots."""


class Churn:
    """What people do, and what came of it."""

    def __init__(self, lessons: Lessons) -> None:
        self.done: Counter[str] = Counter()
        self.switches: list[float] = []
        """Milliseconds."""
        self._lessons = lessons
        self._random = random.Random(lessons.plan.seed)
        self._next = lessons.plan.participants

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            for room in self._lessons.rooms:
                group.create_task(self._happen(room))

    async def _happen(self, room: Room) -> None:
        doings = [self._turn, self._turn, self._come_and_go, self._speak, self._share]
        while True:
            doing = self._random.choice(doings)
            self.done[await doing(room)] += 1
            await asyncio.sleep(self._random.uniform(*PAUSE_SECONDS))

    async def _turn(self, room: Room) -> str:
        """Somebody turns to a page with other cameras."""
        one = self._watcher(room)
        shown = {one.room.feeds.get(slot.id) for slot in one.video_slots}
        others = [other for other in room.seen_by(one) if other.tracks["camera"].id not in shown]
        self._random.shuffle(others)
        await self._watch(one, dict(zip([slot.id for slot in one.video_slots], others, strict=False)))
        return "pages turned"

    async def _watch(self, one: Participant, page: Mapping[str, Participant], source: Any = "camera") -> None:
        """Look at others' cameras, or at what else they show, and measure until it is there."""
        asked = time.time_ns()
        await one.view({slot: other.tracks[source].id for slot, other in page.items()})
        wanted = {slot: {stream.number for stream in other.tracks[source].streams} for slot, other in page.items()}
        give_up = time.monotonic() + SWITCH_SECONDS
        while wanted and time.monotonic() < give_up:
            await asyncio.sleep(LOOK_SECONDS)
            for slot in list(wanted):
                seen = one.engine.received(one.slots[slot].number)
                if seen.source in wanted[slot] and seen.source_ns > asked:
                    self.switches.append((seen.source_ns - asked) / 1e6)
                    del wanted[slot]
        self.done["never switched"] += len(wanted)

    async def _come_and_go(self, room: Room) -> str:
        """Somebody who only listens leaves, and somebody else comes."""
        listeners = [one for one in room.participants if not one.tracks and not one.opened]
        if not listeners:
            return "nobody to leave"
        gone = self._random.choice(listeners)
        await gone.leave()
        room.participants.remove(gone)
        (_, ticket) = await self._lessons.target.tickets(room.name, 2)
        self._next += 1
        one = self._lessons.person(ticket, self._next, opened=False)
        room.participants.append(one)
        await one.join(slots=len(gone.slots) - len(gone.audio_slots))
        return "left and came"

    async def _speak(self, room: Room) -> str:
        """One falls silent, another speaks up."""
        speakers = [one for one in room.participants if "microphone" in one.tracks]
        if not speakers:
            return "nobody to speak"
        first, last = self._random.choice(speakers), self._random.choice(speakers)
        self._set_level(first, SILENT)
        self._set_level(last, LOUD)
        return "voices changed"

    async def _share(self, room: Room) -> str:
        """Somebody shares a screen for a moment, and somebody looks at it."""
        one = self._watcher(room)
        sharer = self._random.choice([other for other in room.participants if other is not one])
        await sharer.publish_video([SCREEN], source="screen", height=1080)
        slot: Slot = one.video_slots[0]
        await self._watch(one, {slot.id: sharer}, "screen")
        await sharer.unpublish("screen")
        return "screens shared"

    def _watcher(self, room: Room) -> Participant:
        """Somebody whose packets are opened: there it is seen what comes."""
        return self._random.choice([one for one in room.participants if one.opened and one.video_slots])

    def _set_level(self, one: Participant, level: int) -> None:
        for stream in one.tracks["microphone"].streams:
            one.engine.set_level(stream.number, level)


async def measure_churn(lessons: Lessons, seconds: float, show: Callable[[float], None]) -> dict[str, Any]:
    """One stretch of it; the keys of its JSON. Raises one of `FAILURES`."""
    churn = Churn(lessons)
    await stretch.begin(lessons.engine)
    before = await lessons.target.figures()
    try:
        await stretch.last(seconds, show, churn.run())
    except* FAILURES as group:
        raise group.exceptions[0] from group
    used = (await lessons.target.figures()).since(before)
    found = result(await stretch.end(lessons.engine, []), used)
    sinks = [lessons.engine.received(slot.number) for one in lessons.participants for slot in one.slots.values()]
    packets, missing = sum(sink.packets for sink in sinks), sum(sink.missing for sink in sinks)
    for name in ("expected", "delivered", "cpu_s_per_million"):
        del found[name]  # what had to arrive depends on who looked at whom at each moment
    found["counted"]["opened"] = sum(sink.opened for sink in sinks)
    found["received_mbps"] = round(sum(sink.bytes for sink in sinks) * 8 / found["seconds"] / 1e6, 2)
    return {
        **found,
        "packets": packets,
        "missing": missing,
        "loss": round(missing / max(1, packets + missing), 6),
        "corrupt": sum(sink.corrupt for sink in sinks),
        "duplicates": sum(sink.duplicates for sink in sinks),
        "renegotiations": sum(one.negotiations - JOINED for one in lessons.participants),
        "unexpected": sum(lessons.engine.line(one.lines["receive"]).unexpected for one in lessons.participants),
        "slot_switches": len(churn.switches),
        "slot_switch_p50_ms": _quantile(churn.switches, 0.5),
        "slot_switch_p95_ms": _quantile(churn.switches, 0.95),
        "done": dict(churn.done),
    }


def _quantile(values: list[float], share: float) -> float | None:
    return round(float(np.quantile(values, share)), 2) if values else None
