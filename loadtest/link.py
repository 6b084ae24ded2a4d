"""A bad line to put between anybody and a media node: a UDP relay in a process of its own.

Participants send to the relay, it sends on to the node from a socket of theirs, and what comes back goes back; on both
ways packets wait, are held up and are lost as a scenario says (`scenarios`, `shaping`). Each participant has a line of
their own, or all share one. The node sees participants at one address by different ports, as behind a router, or each
at an address of their own (127.1.x.y).

`serve` is the process; `Link` starts one, tells its port, changes its phase and brings its counts home:

    async with Link("thin", to=("127.0.0.1", 40000)) as link:
        ...                                     # packets to ("127.0.0.1", link.port) go through it
        await link.phase("dropped")
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from loadtest.scenarios import Phase, Scenario, ScenarioError, read
from loadtest.shaping import Direction, Tally

MAX_LINES: Final = 500
"""Participants at once; datagrams of more are dropped and counted."""
IDLE_SECONDS: Final = 60.0
"""A line nobody used for so long is given up."""
BATCH: Final = 64
"""Datagrams read of one socket before others are looked at."""
BUFFER: Final = 1 << 21
LONGEST_WAIT: Final = 0.5
START_SECONDS: Final = 20.0
STOP_SECONDS: Final = 5.0

Address = tuple[str, int]


class LinkError(Exception):
    """The relay did not start, or is gone."""


@dataclass(slots=True, eq=False)
class Line:
    """One participant's way: where they are, and the socket by which the node knows them."""

    address: Address
    upstream: socket.socket
    used: float


@dataclass(slots=True)
class Way:
    """Packets of one direction on their way: each with the line it is of."""

    direction: Direction[tuple[Line, bytes]]
    is_down: bool
    due: float = field(default=float("inf"))
    """The earliest moment at which it is looked at again, as `Relay` has noted."""


class Relay:
    """The relay's sockets and lines. `step` waits for what comes or is due; times are seconds of one clock."""

    def __init__(self, scenario: Scenario, *, listen: Address, to: Address, each: bool = False, now: float) -> None:
        self._scenario = scenario
        self._to = to
        self._each = each
        self._began = now
        self._phase = scenario.phase[0]
        self._coming = list(scenario.phase[1:])
        self._door = _bound(listen)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ)
        self._lines: dict[Address, Line] = {}
        self._ways: dict[Line | None, tuple[Way, Way]] = {}
        self._agenda: list[tuple[float, int, Way]] = []
        self._made = 0
        self._refused = 0
        self._past = {"down": Tally(), "up": Tally()}

    @property
    def port(self) -> int:
        """Where participants send to."""
        port: int = self._door.getsockname()[1]
        return port

    def watch(self, descriptor: int) -> None:
        """Let `step` return when something can be read here."""
        self._selector.register(descriptor, selectors.EVENT_READ)

    def step(self, now: float) -> list[int]:
        """Carry what is due, wait for what comes next, read it. Descriptors of others that can be read."""
        self._advance(now)
        ready: list[int] = []
        for key, _ in self._selector.select(self._patience(now)):
            now = time.monotonic()
            if key.fileobj is self._door:
                self._read_participants(now)
            elif isinstance(key.data, Line):
                self._read_node(key.data, now)
            else:
                ready.append(key.fd)
        self._deliver(time.monotonic())
        return ready

    def enter(self, phase: Phase, now: float) -> None:
        """From now on the line is so; phases that would have come by themselves do not."""
        self._coming.clear()
        self._change(phase, now)

    def counts(self) -> dict[str, Any]:
        """What became of the packets, both ways."""
        total = {name: Tally(**asdict(tally)) for name, tally in self._past.items()}
        for ways in self._ways.values():
            for name, way in zip(("down", "up"), ways, strict=True):
                _add(total[name], way.direction.tally)
        return {
            "phase": self._phase.name,
            "lines": self._made,
            "refused": self._refused,
            **{name: asdict(tally) for name, tally in total.items()},
        }

    def close(self) -> None:
        """Close every socket."""
        for line in self._lines.values():
            line.upstream.close()
        self._door.close()
        self._selector.close()

    # --- time ---

    def _advance(self, now: float) -> None:
        while self._coming and self._coming[0].at <= now - self._began:
            self._change(self._coming.pop(0), now)
        self._deliver(now)
        for line in [line for line in self._lines.values() if now - line.used > IDLE_SECONDS]:
            self._give_up(line)

    def _change(self, phase: Phase, now: float) -> None:
        self._phase = phase
        for down, up in self._ways.values():
            down.direction.reshape(now, phase.down)
            up.direction.reshape(now, phase.up)
            self._note(down)
            self._note(up)

    def _patience(self, now: float) -> float:
        until = self._agenda[0][0] if self._agenda else now + LONGEST_WAIT
        if self._coming:
            until = min(until, self._began + self._coming[0].at)
        return min(max(until - now, 0.0), LONGEST_WAIT)

    def _note(self, way: Way) -> None:
        """Look at a way when its next packet is due. What stands in the agenda for later is passed over then."""
        at = way.direction.next_at()
        if at is not None and at < way.due:
            way.due = at
            heapq.heappush(self._agenda, (at, id(way), way))

    def _deliver(self, now: float) -> None:
        while self._agenda and self._agenda[0][0] <= now:
            at, _, way = heapq.heappop(self._agenda)
            if at != way.due:
                continue
            way.due = float("inf")
            for line, datagram in way.direction.take(now):
                self._send(line, datagram, is_down=way.is_down)
            self._note(way)

    # --- sockets ---

    def _read_participants(self, now: float) -> None:
        for datagram, address in _datagrams(self._door):
            line = self._lines.get(address) or self._make_line(address, now)
            if line is not None:
                line.used = now
                self._put(self._ways_of(line)[1], line, datagram, now)

    def _read_node(self, line: Line, now: float) -> None:
        for datagram, _ in _datagrams(line.upstream):
            self._put(self._ways_of(line)[0], line, datagram, now)

    def _put(self, way: Way, line: Line, datagram: bytes, now: float) -> None:
        way.direction.put(now, (line, datagram), len(datagram))
        self._note(way)

    def _send(self, line: Line, datagram: bytes, *, is_down: bool) -> None:
        # Whoever has gone meanwhile, or has no room: UDP loses that too.
        with contextlib.suppress(OSError):
            if is_down:
                self._door.sendto(datagram, line.address)
            else:
                line.upstream.send(datagram)

    def _make_line(self, address: Address, now: float) -> Line | None:
        if len(self._lines) >= MAX_LINES:
            self._refused += 1
            return None
        host = f"127.1.{self._made // 250 % 250}.{self._made % 250 + 1}" if self._each else ""
        upstream = _bound((host, 0), like=self._to)
        upstream.connect(self._to)
        line = Line(address, upstream, now)
        self._made += 1
        self._lines[address] = line
        self._selector.register(upstream, selectors.EVENT_READ, line)
        return line

    def _ways_of(self, line: Line) -> tuple[Way, Way]:
        key = None if self._scenario.shared else line
        ways = self._ways.get(key)
        if ways is None:
            seed = f"{self._scenario.seed}:{self._made}"
            ways = self._ways[key] = (
                Way(Direction(self._phase.down, f"{seed}:down"), is_down=True),
                Way(Direction(self._phase.up, f"{seed}:up"), is_down=False),
            )
        return ways

    def _give_up(self, line: Line) -> None:
        del self._lines[line.address]
        self._selector.unregister(line.upstream)
        line.upstream.close()
        for name, way in zip(("down", "up"), self._ways.pop(line, ()), strict=False):
            _add(self._past[name], way.direction.tally)


def serve(scenario: Scenario, *, listen: Address, to: Address, each: bool = False) -> dict[str, Any]:
    """Be the relay until SIGTERM, SIGINT or the end of standard input; what became of the packets.

    Standard output: a line `{"port": …}` when it listens. Standard input, when it is no terminal: a line with the name
    of a phase begins it; a line with the counts answers each.
    """
    relay = Relay(scenario, listen=listen, to=to, each=each, now=time.monotonic())
    stopped, wakes = False, socket.socketpair()
    for end in wakes:
        end.setblocking(False)
    signal.set_wakeup_fd(wakes[1].fileno())

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    relay.watch(wakes[0].fileno())
    commands = b""
    if not sys.stdin.isatty():
        with contextlib.suppress(OSError):  # an empty /dev/null cannot be waited for, and says nothing
            relay.watch(sys.stdin.fileno())
    print(json.dumps({"port": relay.port}), flush=True)
    try:
        while not stopped:
            if sys.stdin.fileno() in relay.step(time.monotonic()):
                said = os.read(sys.stdin.fileno(), 1024)
                if not said:
                    break
                *lines, commands = (commands + said).split(b"\n")
                for line in lines:
                    _obey(relay, scenario, line.decode(errors="replace").strip())
        return relay.counts()
    finally:
        relay.close()


def _obey(relay: Relay, scenario: Scenario, name: str) -> None:
    try:
        if name:
            relay.enter(scenario.find(name), time.monotonic())
        print(json.dumps(relay.counts()), flush=True)
    except ScenarioError as error:
        print(json.dumps({"error": str(error)}), flush=True)


class Link:
    """A relay that runs beside, as an asynchronous context manager."""

    def __init__(
        self, scenario: str | Path, *, to: Address, listen: Address = ("127.0.0.1", 0), each: bool = False
    ) -> None:
        read(scenario)  # a mistake is told here, not by a process that has gone
        self.port = 0
        """Where participants send to, once it runs."""
        self._command = [
            *(sys.executable, "-m", "loadtest", "link", str(scenario)),
            *("--to", f"{to[0]}:{to[1]}", "--listen", f"{listen[0]}:{listen[1]}"),
            *(["--each"] if each else []),
        ]
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Raises `LinkError` when it does not start."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
        self.port = (await self._answer(START_SECONDS))["port"]
        return self

    async def __aexit__(self, *_: object) -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def phase(self, name: str) -> None:
        """From now on the line is as the scenario's phase of this name. Raises `LinkError`."""
        found = await self._ask(name)
        if "error" in found:
            raise LinkError(found["error"])

    async def counts(self) -> dict[str, Any]:
        """What became of the packets so far."""
        return await self._ask("")

    async def _ask(self, line: str) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        return await self._answer(STOP_SECONDS)

    async def _answer(self, seconds: float) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(seconds):
            line = await self._process.stdout.readline()
        if not line:
            raise LinkError("the relay has ended")
        found: dict[str, Any] = json.loads(line)
        return found


def _bound(address: Address, like: Address | None = None) -> socket.socket:
    host = address[0] or (like or address)[0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.setblocking(False)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        made.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    made.bind(address)
    return made


def _datagrams(door: socket.socket) -> Iterator[tuple[bytes, Address]]:
    for _ in range(BATCH):
        try:
            datagram, address = door.recvfrom(65536)
        except BlockingIOError:
            return
        except ConnectionRefusedError:  # nobody is at the other end any more, says an ICMP message
            continue
        yield datagram, address[:2]


def _add(total: Tally, more: Tally) -> None:
    for name, value in asdict(more).items():
        setattr(total, name, getattr(total, name) + value)
