"""The same lesson through two servers, one after the other: same processor, same cable, same packets, same engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import msgspec

from loadtest import stretch
from loadtest._engine import Engine
from loadtest.lesson import Lessons, Plan, described, kept_on, measure, processors, result
from loadtest.netns import SERVER, Cable
from loadtest.processes import Used, socket_drops, used
from loadtest.rivals.janus import Janus
from loadtest.rivals.lines import Server
from loadtest.rivals.whip import Addresses, WhipServer
from loadtest.target import Figures, OwnTarget, Target

METHOD: Final = [
    "One server after the other, each alone on one processor; the load tester is on another one.",
    "Everybody has one path to publish and one to receive, as in a browser, with reports, transport-wide feedback, "
    "NACK and PLI. Cameras send one layer.",
    "CPU is utime and stime of the server's whole process tree, for a packet that arrived. What the kernel does for "
    "receivers' sockets on this machine is partly in it, for both alike.",
    "A server that sends fewer packets for the same lesson (ours sends the three loudest voices of a room, most others "
    "send all) has less work besides; `ratio` leaves that out.",
]
"""How servers are compared, for the page."""
JANUS_METHOD: Final = [
    "Both servers are at the far end of a veth pair between two network namespaces: Janus skips loopback interfaces.",
    "Janus is Debian's, with its VideoRoom plugin as it is installed; ICE-lite is on.",
]

Show = Callable[[float], None]
Step = Callable[[str], None]


async def against_janus(plan: Plan, seconds: float, *, show: Show, step: Step) -> dict[str, Any]:
    """`ours`, and `janus` with the same SRTP profile; where that is AES-GCM, `janus_cm` too, which is Janus's default.
    Raises `NamespaceError`, `JanusMissing`, and what keeps one of them from the lesson."""
    plan = one_layer(plan)
    server_cpu, engine_cpu = processors()
    with Cable() as cable, kept_on(engine_cpu):
        own = OwnTarget(
            cpu=server_cpu,
            inside=cable.inside,
            host=SERVER,
            control_host=SERVER,
            udp_host=SERVER,
            announce=[SERVER],
        )
        sides = {"ours": await through_ours(own, plan, seconds, cpu=engine_cpu, show=show, step=step)}
        others = {"janus": plan.srtp} | ({"janus_cm": "cm"} if plan.srtp != "cm" else {})
        for key, srtp in others.items():
            janus = Janus(cable, cpu=server_cpu)
            sides[key] = await through(janus, replace(plan, srtp=srtp), seconds, cpu=engine_cpu, show=show, step=step)
    return {**described(plan, seconds), "method": METHOD + JANUS_METHOD, **sides, **_ratios(sides)}


async def against_whip(
    plan: Plan, seconds: float, addresses: Addresses, *, pid: int | None, show: Show, step: Step
) -> dict[str, Any]:
    """`ours` on this machine, and `whip`: the server at these addresses. `pid`: of its process, when it runs here."""
    plan = one_layer(plan)
    server_cpu, engine_cpu = processors()
    with kept_on(engine_cpu):
        own = OwnTarget(cpu=server_cpu)
        other = WhipServer(addresses, pid=pid)
        sides = {
            "ours": await through_ours(own, plan, seconds, cpu=engine_cpu, show=show, step=step),
            "whip": await through(other, plan, seconds, cpu=engine_cpu, show=show, step=step),
        }
    return {**described(plan, seconds), "method": METHOD, **sides, **_ratios(sides)}


def one_layer(plan: Plan) -> Plan:
    """The plan with the tallest layer of every picture alone: not every server takes simulcast."""
    recorded = plan.recorded
    if recorded is not None:
        tracks = [msgspec.structs.replace(track, layers=track.layers[-1:]) for track in recorded.tracks]
        recorded = msgspec.structs.replace(recorded, tracks=tracks)
    return replace(plan, layers=1, recorded=recorded)


def _ratios(sides: dict[str, Any]) -> dict[str, float | None]:
    """CPU for a delivered packet, ours by theirs: `ratio` of the first of them, `ratio_…` of others. None: not seen."""
    ours = sides["ours"]["cpu_s_per_million"]
    found: dict[str, float | None] = {}
    for key in list(sides)[1:]:
        theirs = sides[key]["cpu_s_per_million"]
        name = f"ratio_{key.partition('_')[2]}" if found else "ratio"
        found[name] = round(ours / theirs, 4) if ours is not None and theirs else None
    return found


async def through_ours(
    target: Target, plan: Plan, seconds: float, *, cpu: int, show: Show, step: Step
) -> dict[str, Any]:
    """Figures of a media process of ours."""
    step("our own server")
    async with target as there, Lessons.on(plan, there, cpu=cpu) as lessons:
        await lessons.begin(step)
        return await measure(lessons, seconds, show)


async def through(server: Server, plan: Plan, seconds: float, *, cpu: int, show: Show, step: Step) -> dict[str, Any]:
    """Another server's figures for the same lesson."""

    def use() -> Used | None:
        return None if server.pid is None else used(server.pid)

    def drops() -> int | None:
        return None if server.pid is None else socket_drops(server.pid)

    engine = Engine(cpu=cpu, seed=plan.seed)
    engine.start()
    try:
        step(server.name)
        await server.start()
        lines = await server.set_up(plan, engine)
        await stretch.settle(engine, lines.expectations)
        before = drops()
        taken = await stretch.take(engine, lines.expectations, seconds, used=use, show=show)
        dropped = Figures(dropped=drops()).since(Figures(dropped=before))
        return {**result(taken.stretch, dropped.but(taken.used)), "timeline": taken.timeline}
    finally:
        await server.stop()
        engine.stop()
