"""Everybody comes to a lesson within a second, as when the bell rings: how long until each sees a picture.

All publish and look as in any lesson, the first ones with cameras; nobody is there before. A participant's clock runs
from opening the signalling socket to the first whole keyframe (RFC 7741) in any slot, by the kernel's timestamps; all
lines are decrypted for that. The room chooses who is shown, as on a page that has just opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from loadtest.lesson import Lessons, Plan, Room, kept_on, processors
from loadtest.participant import FAILURES, Participant
from loadtest.processes import main_thread_cpu_seconds
from loadtest.target import OwnTarget, Target

PATIENCE_SECONDS: Final = 20.0
"""How long after the last one has begun pictures are waited for."""

LOOK_SECONDS: Final = 0.05


async def run(plan: Plan, *, within: float, target: Target | None, step: Callable[[str], None]) -> dict[str, Any]:
    """`join-storm`: one room of `plan`, everybody at even distances within `within` seconds. Raises `TargetError`,
    `NodeError`."""
    server_cpu, own_cpu = processors() if target is None else (-1, -1)
    own = None
    if target is None:
        target = own = OwnTarget(cpu=server_cpu)
    async with target as there:
        with kept_on(own_cpu):
            async with Lessons.on(plan, there, cpu=own_cpu) as lessons:
                return await _storm(lessons, own, within, step)


async def _storm(lessons: Lessons, own: OwnTarget | None, within: float, step: Callable[[str], None]) -> dict[str, Any]:
    plan = lessons.plan
    room = await lessons.room("storm", opened=True)
    before = await lessons.target.figures()
    main_before = main_thread_cpu_seconds(own.node.pid) if own else 0.0
    step(f"{plan.participants} join within {within:g} s")
    came = await asyncio.gather(
        *(_come(room, one, within * number / plan.participants) for number, one in enumerate(room.participants))
    )
    joined = [one for one in room.participants if came[one.number] is None]
    main = main_thread_cpu_seconds(own.node.pid) - main_before if own else None
    step("waiting for pictures")
    firsts, alls = await _pictures(joined)
    used = (await lessons.target.figures()).since(before)
    failures = [f"{type(failure).__name__}: {failure}" for failure in came if failure is not None]
    return {
        "participants": plan.participants,
        "cameras": plan.cameras,
        "within_s": within,
        "srtp": plan.srtp,
        "joined": len(joined),
        "failures": failures[:10],
        "joined_p50_s": _quantile([one.times.joined - one.times.began for one in joined], 0.5),
        "joined_p95_s": _quantile([one.times.joined - one.times.began for one in joined], 0.95),
        "connected_p95_s": _quantile([one.times.connected - one.times.began for one in joined], 0.95),
        "first_frame": len(firsts),
        "first_frame_p50_s": _quantile(firsts, 0.5),
        "first_frame_p95_s": _quantile(firsts, 0.95),
        "first_frame_max_s": _quantile(firsts, 1.0),
        "every_slot_p95_s": _quantile(alls, 0.95),
        "join_cpu_ms": round(1000 * main / len(joined), 2) if main is not None and joined else None,
        "server_cpu_s": round(used.cpu_s, 3) if used.cpu_s is not None else None,
        "server_dropped": used.dropped,
        "rss_mib": round(used.rss_bytes / 2**20, 1) if used.rss_bytes is not None else None,
        "engine_limited": lessons.engine.turns().own_drops > 0,
    }


async def _come(room: Room, one: Participant, after: float) -> BaseException | None:
    """Come in after so many seconds; what went wrong."""
    await asyncio.sleep(after)
    try:
        await room.enter(one)
    except FAILURES as failure:
        return failure
    return None


async def _pictures(joined: list[Participant]) -> tuple[list[float], list[float]]:
    """Seconds from the beginning to the first picture in any slot, and to one in every slot, of those who had it."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + PATIENCE_SECONDS
    while True:
        moments = [_moments(one) for one in joined]
        if all(all(found) for found in moments) or loop.time() > give_up:
            break
        await asyncio.sleep(LOOK_SECONDS)
    began = [one.times.began_wall_ns for one in joined]
    firsts = [(min(filter(None, found)) - at) / 1e9 for found, at in zip(moments, began, strict=True) if any(found)]
    alls = [(max(found) - at) / 1e9 for found, at in zip(moments, began, strict=True) if found and all(found)]
    return firsts, alls


def _moments(one: Participant) -> list[int]:
    """When each video slot had its first whole keyframe (wall clock, ns); 0: not yet."""
    return [one.engine.received(slot.number).first_frame_ns for slot in one.video_slots]


def _quantile(values: list[float], share: float) -> float | None:
    return round(float(np.quantile(values, share)), 3) if values else None
