"""The server a load is put on, as the load tester sees it: where to connect, tickets, and what it costs."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, Protocol, Self

import aiohttp

from loadtest.node import Node, samples_of
from loadtest.peers.tickets import TicketMaker
from loadtest.processes import Used, socket_drops, used

WORKER: Final = "sfera_media_worker_"
NOT_FORWARDED: Final = ("send_dropped", "send_errors")
"""Counters of packets that were to leave and did not; every `drop_` counter is of packets that came in vain."""

LAG: Final = "sfera_media_loop_lag_seconds"

TICKET_SECONDS: Final = 60.0


class TargetError(Exception):
    """The server cannot be used: no tickets, no metrics."""


class Figures(NamedTuple):
    """What the server has used and lost since it began; None where it cannot be seen."""

    cpu_s: float | None = None
    rss_bytes: int | None = None
    dropped: int | None = None
    """Packets its workers dropped or could not send, and datagrams its socket had no room for."""
    causes: Mapping[str, int] = {}
    """The same by cause."""
    lag_s: float | None = None
    """The longest its event loop stood still, of the last minute."""

    def but(self, used: Used | None) -> Figures:
        """With what the kernel has counted, where it has."""
        return self if used is None else self._replace(cpu_s=used.cpu_s, rss_bytes=used.rss_bytes)

    def since(self, before: Figures) -> Figures:
        """What was added; memory and lag as they are now."""
        return Figures(
            None if self.cpu_s is None or before.cpu_s is None else self.cpu_s - before.cpu_s,
            self.rss_bytes,
            None if self.dropped is None or before.dropped is None else self.dropped - before.dropped,
            {cause: count - before.causes.get(cause, 0) for cause, count in self.causes.items()},
            self.lag_s,
        )


class Target(Protocol):
    """Use it as an async context manager."""

    @property
    def url(self) -> str:
        """Of the signalling socket."""

    async def tickets(self, room: str, count: int) -> list[str]:
        """So many tickets, the first one a host's. Raises `TargetError`."""

    def used(self) -> Used | None:
        """CPU and memory as the kernel counts them, at once; None: it is not on this machine."""

    async def figures(self) -> Figures:
        """As they stand; to ask costs the server some CPU. Raises `TargetError`."""

    async def __aenter__(self) -> Self:
        """Have it ready. Raises `TargetError`, `loadtest.node.NodeError`."""

    async def __aexit__(self, *_: object) -> None:
        """Be done with it."""


class OwnTarget:
    """A media process of one's own on this machine, kept on processor `cpu` (-1: any). `stall_seconds`: see `Node`."""

    def __init__(
        self,
        *,
        cpu: int = -1,
        stall_seconds: float = 0.0,
        inside: Callable[[list[str]], list[str]] = list,
        **media: object,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.node = Node(Path(self._folder.name), cpu=cpu, stall_seconds=stall_seconds, inside=inside, **media)

    @property
    def url(self) -> str:
        """Of the signalling socket."""
        return self.node.url

    async def tickets(self, room: str, count: int) -> list[str]:
        """Signed with the key it was started with."""
        return lesson_tickets(self.node.tickets, room, count)

    def used(self) -> Used:
        """Of its process tree."""
        return used(self.node.pid)

    async def figures(self) -> Figures:
        """By the kernel, and by its metrics."""
        samples = await self.node.metrics()
        causes = _causes(samples) | {"socket": socket_drops(self.node.pid)}
        now = self.used()
        return Figures(now.cpu_s, now.rss_bytes, sum(causes.values()), causes, samples.get(LAG))

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.node.__enter__)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.node.__exit__)
        self._folder.cleanup()


class RemoteTarget:
    """A server elsewhere. `ticket_command` is run by the shell once a room, with ROOM and COUNT in its environment, and
    prints that many tickets, one a line, the first one a host's. `metrics_url` is that of its /metrics, if it can be
    reached."""

    def __init__(self, url: str, ticket_command: str, metrics_url: str = "") -> None:
        self.url = url
        self._command, self._metrics = ticket_command, metrics_url

    async def tickets(self, room: str, count: int) -> list[str]:
        """What the command prints."""
        process = await asyncio.create_subprocess_shell(
            self._command,
            env={**os.environ, "ROOM": room, "COUNT": str(count)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(TICKET_SECONDS):
                said, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise TargetError(f"{shlex.quote(self._command)} took more than {TICKET_SECONDS:.0f} s") from None
        tickets = said.decode(errors="replace").split()
        if process.returncode != 0 or len(tickets) < count:
            raise TargetError(
                f"{shlex.quote(self._command)} ended with {process.returncode} and printed {len(tickets)} of {count}"
                " tickets"
            )
        return tickets[:count]

    def used(self) -> None:
        """Not seen from here."""

    async def figures(self) -> Figures:
        """By its metrics; nothing without them."""
        if not self._metrics:
            return Figures()
        try:
            async with aiohttp.ClientSession() as http, http.get(self._metrics) as answer:
                answer.raise_for_status()
                samples = samples_of(await answer.text())
        except (aiohttp.ClientError, ValueError) as error:
            raise TargetError(f"{self._metrics}: {error}") from error
        causes = _causes(samples)
        memory = samples.get("process_resident_memory_bytes")
        return Figures(
            samples.get("process_cpu_seconds_total"),
            None if memory is None else int(memory),
            sum(causes.values()) if causes else None,
            causes,
            samples.get(LAG),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


def lesson_tickets(maker: TicketMaker, room: str, count: int) -> list[str]:
    """Tickets of a lesson in which everybody holds the floor; the first one is the host's."""
    return [
        maker.make(room, person=f"person-{number}", role="host" if number == 0 else "member", floor="open")
        for number in range(count)
    ]


def _causes(samples: Mapping[str, float]) -> dict[str, int]:
    """Packets dropped by cause, of all workers."""
    causes: dict[str, int] = {}
    for name, value in samples.items():
        counter, _, _labels = name.removeprefix(WORKER).partition("_total{")
        if name.startswith(WORKER) and (counter in NOT_FORWARDED or counter.startswith("drop_")):
            causes[counter] = causes.get(counter, 0) + int(value)
    return causes
