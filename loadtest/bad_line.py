"""One participant of a lesson on a bad line, and whether anybody else notices.

The line (`loadtest.link`) stands between that participant's receive path and the server: first it carries everything,
then 100 kb/s with a fifth of its packets lost, both ways. All the while somebody turns a page now and then, which asks
cameras for keyframes: so there is something that a bad line's requests could add to.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from loadtest import stretch
from loadtest.lesson import AUDIO_SLOTS, Lessons, Plan, described, kept_on, processors
from loadtest.link import Link
from loadtest.scenarios import read
from loadtest.target import OwnTarget

if TYPE_CHECKING:
    from loadtest.participant import Participant
    from signalling.messages import TransportInfo

HOST: Final = "127.0.0.1"
LINE: Final = "bad-one"
"""The scenario (`loadtest/data/links`)."""
BAD: Final = read(LINE).find("bad").down

ADAPT_SECONDS: Final = 8.0
"""After the line has become bad, until it is measured: what was chosen for the good one has to go first."""

TURN_SECONDS: Final = 1.0
"""Somebody turns a page so often."""


class BadLine(Lessons):
    """A lesson with one of its participants behind a link: one who only listens and looks."""

    link: Link | None = None

    def person(self, ticket: str, number: int, *, opened: bool) -> Participant:
        """As ever, but for that one."""
        is_bad = number == self.plan.cameras
        one = super().person(ticket, number, opened=opened or is_bad)
        if is_bad:
            one.detour = self._detour
        return one

    @property
    def bad_one(self) -> Participant:
        """Who it is."""
        return self.participants[self.plan.cameras]

    async def _detour(self, info: TransportInfo) -> TransportInfo:
        first = info.iceCandidates[0]
        self.link = await Link(LINE, to=(first.ip, first.port)).__aenter__()
        candidate = msgspec.structs.replace(first, ip=HOST, address=HOST, port=self.link.port)
        return msgspec.structs.replace(info, iceCandidates=[candidate])


class _Seen(NamedTuple):
    """A stretch: the others' bits a second, keyframes asked of all cameras for each page that was turned, the bad one's
    voices."""

    others_bps: float
    requests: float
    voice: float
    video_kbps: float


async def run(
    plan: Plan, seconds: float, *, show: Callable[[float], None], step: Callable[[str], None]
) -> dict[str, Any]:
    """`lesson --bad-link`, on a server of our own. Raises what `loadtest.lesson.run` does."""
    server_cpu, own_cpu = processors()
    async with OwnTarget(cpu=server_cpu) as target:
        with kept_on(own_cpu):
            async with BadLine.on(plan, target, cpu=own_cpu) as lesson:
                await lesson.begin(step)
                found = await measure(lesson, seconds, show)
    return {**described(plan, seconds), **found}


async def measure(lesson: BadLine, seconds: float, show: Callable[[float], None]) -> dict[str, Any]:
    """Half of the time the line is good, half of it bad. The keys of `lesson --bad-link`."""
    assert lesson.link is not None
    try:
        async with _turning(lesson) as pages:
            before = await _stretch(lesson, pages, seconds / 2, show)
            await lesson.link.phase("bad")
            await asyncio.sleep(ADAPT_SECONDS)
            during = await _stretch(lesson, pages, seconds / 2, lambda passed: show(seconds / 2 + passed))
    finally:
        await lesson.link.__aexit__()
    return {
        "others_shift": round(abs(during.others_bps / before.others_bps - 1), 4),
        "voice_delivered": round(during.voice, 4),
        "keyframe_requests_rise": round(during.requests / before.requests - 1, 4) if before.requests else 0.0,
        "others_mbps": [round(before.others_bps / 1e6, 3), round(during.others_bps / 1e6, 3)],
        "keyframe_requests_per_page": [round(before.requests, 3), round(during.requests, 3)],
        "bad_one": {
            "rate_kbps": BAD.rate_kbps,
            "loss": BAD.loss,
            "video_kbps": [round(before.video_kbps, 1), round(during.video_kbps, 1)],
            "voice_before": round(before.voice, 4),
        },
    }


class _Pages:
    """How many have been turned: it varies with the time that turning takes, so requests are counted for each."""

    turned = 0


async def _stretch(lesson: BadLine, pages: _Pages, seconds: float, show: Callable[[float], None]) -> _Seen:
    engine, bad, people = lesson.engine, lesson.bad_one, lesson.participants
    await stretch.begin(engine)
    turned = pages.turned
    await stretch.last(seconds, show)
    turned = pages.turned - turned
    seen = await stretch.end(engine, lesson.expectations())
    cameras = [stream.number for one in people for track in one.tracks.values() for stream in track.streams]
    others = [slot.number for one in people if one is not bad for slot in one.slots.values()]
    voices = [one.tracks["microphone"].streams[0].number for one in people if "microphone" in one.tracks]
    spoken = sum(engine.sent(number).packets for number in voices)
    spoken = spoken * min(AUDIO_SLOTS, len(voices)) // max(1, len(voices))
    heard = sum(engine.received(slot.number).packets for slot in bad.audio_slots)
    return _Seen(
        sum(engine.received(number).bytes for number in others) * 8 / seen.seconds,
        sum(engine.sent(number).keyframe_requests for number in cameras) / max(1, turned),
        min(1.0, heard / spoken) if spoken else 0.0,  # what was missed before the stretch may come in it
        sum(engine.received(slot.number).bytes for slot in bad.video_slots) * 8 / seen.seconds / 1000,
    )


@contextlib.asynccontextmanager
async def _turning(lesson: BadLine) -> AsyncIterator[_Pages]:
    """One after another of the others turns a page: every picture goes to the next slot."""
    pages = _Pages()

    async def turn() -> None:
        readers = [one for one in lesson.participants if one is not lesson.bad_one]
        for one in itertools.cycle(readers):
            await asyncio.sleep(TURN_SECONDS)
            shown = [one.room.feeds.get(slot.id) for slot in one.video_slots]
            moved = shown[1:] + shown[:1]
            if moved and all(moved):
                await one.view(dict(zip([slot.id for slot in one.video_slots], moved, strict=True)))
                pages.turned += 1

    task = asyncio.create_task(turn())
    try:
        yield pages
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
