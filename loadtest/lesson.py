"""Whole lessons on a server: everybody joins, some speak and show themselves, everybody hears and sees them.

Own cameras and voices are not received; there are at most three voices at once in a room, the loudest.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import aiohttp

from loadtest import machine, stretch
from loadtest._engine import Engine
from loadtest.figures import Frame
from loadtest.participant import Participant
from loadtest.peers.dtls import CM, GCM, Identity
from loadtest.stretch import Expectation, Stretch
from loadtest.target import Figures, OwnTarget, Target
from loadtest.traces import Trace
from signalling.messages import Source

OPENED_EVERY: Final = 10
"""One participant in so many is decrypted; the others are counted by their packets' headers."""

AUDIO_SLOTS: Final = 3

JOINING: Final = 16
"""Participants on their way in at once."""

STALL_MARGIN: Final = 0.3
"""Seconds that a stall lasts longer than it must, since the server looks at its loop every 250 ms; and so much before
its end the stretch in it is over."""

SETTLE_SECONDS: Final = 20.0
"""How long everybody may take to be sent what they look at."""

PROFILES: Final = {"gcm": (GCM,), "cm": (CM,)}

CAMERA: Final[Sequence[Frame]] = [Frame(us=45_455, size=6000)]
"""110 packets/s of 1200 bytes, in 22 frames."""

LOWER_LAYERS: Final[Sequence[Sequence[Frame]]] = [[Frame(us=66_667, size=900)], [Frame(us=45_455, size=2400)]]
"""What a browser sends beside its tallest picture, lowest first."""


VOICE_SIZE: Final = 80
"""Bytes of 20 ms of speech at 32 kb/s."""


class LessonError(Exception):
    """The lesson did not come about."""


@dataclass(frozen=True)
class Plan:
    """A lesson in each of `rooms`: the first `cameras` participants have a camera, the last `voices` a microphone."""

    rooms: int = 1
    participants: int = 50
    cameras: int = 9
    voices: int = 3
    srtp: str = "gcm"
    layers: int = 1
    """Simulcast layers of each camera; everybody asks for the tallest."""
    camera: Sequence[Frame] = tuple(CAMERA)
    page: int = 0
    """Video slots of each participant; 0: as many as there are cameras of others."""
    seed: int = 1
    recorded: Trace | None = None
    """Cameras send what the pictures of a lesson that took place were, in turn, and voices its voices; what stands
    above of layers and the camera does not count then."""

    def traces(self, number: int) -> list[Sequence[Frame]]:
        """Of the layers of a participant's camera, lowest first."""
        shown = self.recorded.pictures if self.recorded is not None else []
        if shown:
            return [layer.frames() for layer in shown[number % len(shown)].layers]
        return [*LOWER_LAYERS[-(self.layers - 1) :], self.camera] if self.layers > 1 else [self.camera]

    def shows(self, number: int) -> bool:
        """Whether this participant has a camera."""
        return number < self.cameras

    def voice_size(self, number: int) -> int:
        """Bytes of each packet of a participant's voice."""
        spoken = self.recorded.of("microphone") if self.recorded is not None else []
        if not spoken:
            return VOICE_SIZE
        sizes = spoken[number % len(spoken)].layers[0].bytes
        return max(VOICE_SIZE // 2, sum(sizes) // len(sizes))

    def opens(self, number: int) -> bool:
        """Whether what this participant receives is decrypted: from the end, so that the last ones a server sends to
        are among them."""
        return (self.participants - 1 - number) % OPENED_EVERY == 0

    def slots(self, number: int) -> int:
        """Video slots of this participant."""
        others = self.cameras - self.shows(number)
        return min(self.page, others) if self.page else others

    def speaks(self, number: int) -> bool:
        """Whether this participant has a microphone."""
        return number >= self.participants - self.voices


class Room:
    """One lesson: its participants, in the order of their numbers."""

    def __init__(self, name: str, plan: Plan, participants: list[Participant]) -> None:
        self.name, self.plan, self.participants = name, plan, participants

    async def begin(self, joining: asyncio.Semaphore) -> None:
        """Everybody comes in, publishes, and looks at every camera."""

        async def come(one: Participant) -> None:
            async with joining:
                await self.enter(one)

        await asyncio.gather(*(come(one) for one in self.participants))
        await asyncio.gather(*(self.look(one) for one in self.participants))

    async def enter(self, one: Participant) -> None:
        """Somebody comes in and publishes what is theirs."""
        await one.join(slots=self.plan.slots(one.number))
        if self.plan.shows(one.number):
            await one.publish_video(self.plan.traces(one.number))
        if self.plan.speaks(one.number):
            await one.publish_voice(level=20 + one.number % 5, size=self.plan.voice_size(one.number))

    async def look(self, one: Participant) -> None:
        """Each slot shows a camera of its own."""
        slots = one.video_slots
        cameras = [other.tracks["camera"].id for other in self.seen_by(one)]
        await one.view(dict(zip([slot.id for slot in slots], cameras, strict=False)))
        await one.wait_for(lambda: all(one.room.feeds.get(slot.id) for slot in slots), timeout=SETTLE_SECONDS)

    def seen_by(self, one: Participant) -> list[Participant]:
        """The others who have a camera."""
        return [other for other in self.participants if "camera" in other.tracks and other is not one]

    def _published(self, source: Source) -> list[tuple[Participant, int]]:
        """Who has one, and the engine's number of its tallest layer."""
        return [(one, one.tracks[source].streams[-1].number) for one in self.participants if source in one.tracks]

    def expectations(self) -> list[Expectation]:
        """What each participant must get: every other camera's tallest layer, and the voices."""
        cameras, voices = self._published("camera"), self._published("microphone")
        found = []
        for one in self.participants:
            line = one.lines["receive"]
            video = tuple(slot.number for slot in one.video_slots)
            audio = tuple(slot.number for slot in one.audio_slots)
            found.append(Expectation(line, video, tuple(number for owner, number in cameras if owner is not one)))
            found.append(
                Expectation(line, audio, tuple(number for owner, number in voices if owner is not one), AUDIO_SLOTS)
            )
        return found


class Lessons:
    """All rooms of one run, on one engine."""

    def __init__(self, plan: Plan, target: Target, engine: Engine, http: aiohttp.ClientSession) -> None:
        self.plan, self.target, self.engine, self.http = plan, target, engine, http
        self.rooms: list[Room] = []
        self._identities = [Identity.generate() for _ in range(4)]

    @classmethod
    @contextlib.asynccontextmanager
    async def on(cls, plan: Plan, target: Target, *, cpu: int) -> AsyncIterator[Self]:
        """On a target that is there, with an engine on processor `cpu`; nobody has come yet."""
        engine = Engine(cpu=cpu, seed=plan.seed)
        engine.start()
        try:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, ssl=False)) as http:
                lessons = cls(plan, target, engine, http)
                try:
                    yield lessons
                finally:
                    await lessons.end()
        finally:
            engine.stop()

    @property
    def participants(self) -> list[Participant]:
        """Of all rooms."""
        return [one for room in self.rooms for one in room.participants]

    async def begin(self, show: Callable[[str], None]) -> None:
        """Bring all rooms about. Raises `LessonError` with what went wrong first."""
        joining = asyncio.Semaphore(JOINING)
        try:
            for index in range(self.plan.rooms):
                show(f"room {index + 1} of {self.plan.rooms} joins")
                room = await self.room(f"load-{index}")
                await room.begin(joining)
        except TimeoutError as error:
            raise LessonError("not everybody was sent what they look at in time") from error
        if not self.plan.page:
            show("settling")
            await stretch.settle(self.engine, self.expectations())

    async def room(self, name: str, *, opened: bool = False) -> Room:
        """People with tickets who have not joined yet. With `opened` all of them are decrypted."""
        tickets = await self.target.tickets(name, self.plan.participants)
        room = Room(
            name,
            self.plan,
            [self.person(ticket, n, opened=opened or self.plan.opens(n)) for n, ticket in enumerate(tickets)],
        )
        self.rooms.append(room)
        return room

    def person(self, ticket: str, number: int, *, opened: bool) -> Participant:
        """Somebody who has not joined yet."""
        return Participant(
            self.engine,
            self.http,
            self.target.url,
            ticket,
            number,
            opened=opened,
            profiles=PROFILES[self.plan.srtp],
            identity=self._identities[number % len(self._identities)],
        )

    async def end(self) -> None:
        """Everybody is gone, without ceremony."""
        await asyncio.gather(*(one.close() for one in self.participants))
        self.rooms.clear()

    def expectations(self) -> list[Expectation]:
        """Of all rooms."""
        return [expectation for room in self.rooms for expectation in room.expectations()]


async def measure(lessons: Lessons, seconds: float, show: Callable[[float], None]) -> dict[str, Any]:
    """One stretch of all lessons; the keys of a lesson's JSON."""
    expectations = lessons.expectations()
    target = lessons.target
    # To ask for metrics costs CPU, so that is done before and after. What the kernel counts is of the stretch alone.
    before = await target.figures()
    taken = await stretch.take(lessons.engine, expectations, seconds, used=target.used, show=show)
    server = (await target.figures()).since(before).but(taken.used)
    return {**result(taken.stretch, server), "timeline": taken.timeline}


async def measure_stall(
    lessons: Lessons, target: OwnTarget, stall: float, seconds: float, show: Callable[[float], None]
) -> dict[str, Any]:
    """A stretch as ever, then one in which the server's Python stands still from beginning to end.

    The second stretch ends a little before Python goes on: what it is asked, it answers only then."""
    ordinary = await measure(lessons, seconds - stall, show)
    expectations = lessons.expectations()
    before = await target.figures()
    await stretch.begin(lessons.engine)
    target.node.stall()
    await stretch.last(stall - STALL_MARGIN, lambda passed: show(seconds - stall + passed))
    found = await stretch.end(lessons.engine, expectations)
    after = await target.figures()
    return {
        **ordinary,
        "stall_seen_s": round(after.lag_s or 0.0, 3),
        "before": ordinary,
        "during": result(found, after.since(before)),
    }


def result(found: Stretch, server: Figures) -> dict[str, Any]:
    """The keys of a lesson's JSON that come of one stretch."""
    millions = found.delivered / 1e6
    return {
        **found.as_dict(),
        "server_dropped": server.dropped,
        "server_drops": {cause: count for cause, count in server.causes.items() if count},
        "cpu_s_per_million": round(server.cpu_s / millions, 4) if server.cpu_s is not None and millions else None,
        "server_cpu_share": round(server.cpu_s / found.seconds, 3) if server.cpu_s is not None else None,
        "rss_mib": round(server.rss_bytes / 2**20, 1) if server.rss_bytes is not None else None,
    }


@contextlib.contextmanager
def kept_on(cpu: int) -> Iterator[None]:
    """Keep this process on a processor meanwhile, so that it takes nothing from the server's."""
    before = os.sched_getaffinity(0)
    if cpu in before:
        os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processors() -> tuple[int, int]:
    """(the server's, the engine's): two different ones, or -1 and -1 where there is only one."""
    there = sorted(os.sched_getaffinity(0))
    return (there[0], there[1]) if len(there) > 1 else (-1, -1)


async def run(
    plan: Plan,
    seconds: float,
    *,
    stall: float = 0.0,
    churn: bool = False,
    target: Target | None = None,
    show: Callable[[float], None],
    step: Callable[[str], None],
) -> dict[str, Any]:
    """`lesson`: on the target, or on a server of our own beside the engine. Raises `LessonError`, `TargetError`,
    `NodeError` and `participant.FAILURES`."""
    server_cpu, own_cpu = processors() if target is None else (-1, -1)
    own = None
    if target is None:
        target = own = OwnTarget(cpu=server_cpu, stall_seconds=stall + STALL_MARGIN if stall else 0.0)
    async with target as there:
        with kept_on(own_cpu):
            async with Lessons.on(plan, there, cpu=own_cpu) as lessons:
                await lessons.begin(step)
                if churn:
                    from loadtest.churn import measure_churn

                    found = await measure_churn(lessons, seconds, show)
                elif own is not None and stall:
                    found = await measure_stall(lessons, own, stall, seconds, show)
                else:
                    found = await measure(lessons, seconds, show)
    return {**described(plan, seconds), **found}


def described(plan: Plan, seconds: float) -> dict[str, Any]:
    """What was asked for."""
    return {
        "rooms": plan.rooms,
        "participants": plan.participants,
        "cameras": plan.cameras,
        "voices": plan.voices,
        "layers": plan.layers,
        "srtp": plan.srtp,
        "duration": seconds,
        "trace": plan.recorded.about if plan.recorded is not None else None,
        "machine": machine.describe(),
        "taken_at": machine.moment(),
    }
