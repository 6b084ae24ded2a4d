"""The same lesson through two servers, one after the other: same processor, same cable, same packets, same engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from loadtest import stretch
from loadtest._engine import Engine
from loadtest.lesson import Plan, kept_on, measure, processors, result, running
from loadtest.netns import SERVER, Cable
from loadtest.processes import Used, socket_drops, used
from loadtest.rivals.janus import Janus
from loadtest.rivals.lines import Server
from loadtest.rivals.whip import Addresses, WhipServer
from loadtest.target import Figures, OwnTarget, Target

Show = Callable[[float], None]
Step = Callable[[str], None]


async def against_janus(plan: Plan, seconds: float, *, show: Show, step: Step) -> dict[str, Any]:
    """`ours`, and `janus` with the same SRTP profile; where that is AES-GCM, `janus_cm` too, which is Janus's default.
    Raises `NamespaceError`, `JanusMissing`, and what keeps one of them from the lesson."""
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
    return sides


async def against_whip(
    plan: Plan, seconds: float, addresses: Addresses, *, pid: int | None, show: Show, step: Step
) -> dict[str, Any]:
    """`ours` on this machine, and `whip`: the server at these addresses. `pid`: of its process, when it runs here."""
    server_cpu, engine_cpu = processors()
    with kept_on(engine_cpu):
        own = OwnTarget(cpu=server_cpu)
        other = WhipServer(addresses, pid=pid)
        return {
            "ours": await through_ours(own, plan, seconds, cpu=engine_cpu, show=show, step=step),
            "whip": await through(other, plan, seconds, cpu=engine_cpu, show=show, step=step),
        }


async def through_ours(
    target: Target, plan: Plan, seconds: float, *, cpu: int, show: Show, step: Step
) -> dict[str, Any]:
    """Figures of a media process of ours."""
    step("our own server")
    async with target as there, running(plan, there, cpu=cpu, show=step) as lessons:
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
