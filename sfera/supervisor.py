"""The supervisor: starts the processes, starts again the one that dies, and ends them all.

It knows nothing of what they do. A process is ready when its `/health` answers 200; it is stopped by SIGTERM, and
killed with all it started when it does not stop in time. When the supervisor itself is killed, the kernel tells the
processes to stop (`child.die_with`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from structlog.stdlib import BoundLogger

from interprocess.tasks import end
from sfera import child, runfile
from sfera.child import CONFIG_EXIT, Backoff, State
from sfera.metrics import SupervisorMetrics
from sfera.status import StatusServer

HEALTH_EVERY = 0.05
"""Seconds between two looks at a process that is starting; somebody may be waiting for it to be back."""
HEALTH_TIMEOUT = 2.0


@dataclass(frozen=True)
class Spec:
    """A process to run."""

    name: str
    arguments: Sequence[str]
    health_url: str


@dataclass
class Supervised:
    """A process of which at most one incarnation lives."""

    spec: Spec
    backoff: Backoff
    state: State = State.STARTING
    restarts: int = 0
    process: asyncio.subprocess.Process | None = None
    stopping: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when waiting to start again has no more purpose."""


class Supervisor:
    """Runs processes until it is told to stop.

    Args:
        specs: the processes, in the order they are started; they are stopped in the reverse order.
        environ: the environment they get.
        run_file: where the state is written (`runfile`).
        addresses: written there too.
        host: address `/health` and `/metrics` listen on.
        port: their TCP port.
        stop_seconds: what all processes together get to stop cleanly.
        log: where starts and ends are told.
    """

    def __init__(
        self,
        specs: Sequence[Spec],
        *,
        environ: Mapping[str, str],
        run_file: Path,
        addresses: Mapping[str, str],
        host: str,
        port: int,
        stop_seconds: float,
        log: BoundLogger,
    ) -> None:
        self._processes = [Supervised(spec, Backoff()) for spec in specs]
        self._environ = environ
        self._run_file = run_file
        self._addresses = dict(addresses)
        self._stop_seconds = stop_seconds
        self._log = log
        self._metrics = SupervisorMetrics([spec.name for spec in specs])
        self._status = StatusServer(host, port, self._metrics, self.run_state)
        self._stop = asyncio.Event()
        self._changed = asyncio.Event()
        self._exit_code = 0

    async def run(self) -> int:
        """Run until a signal or `stop`; returns the exit code: 0, or that of a process whose configuration cannot be
        used.

        Raises:
            OSError: `/health` cannot listen where it should.
        """
        await self._status.start()
        loop = asyncio.get_running_loop()
        signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        for number in signals:
            loop.add_signal_handler(number, self._on_signal, number)
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HEALTH_TIMEOUT)) as http:
                keepers = [asyncio.create_task(self._keep(item, http), name=item.spec.name) for item in self._processes]
                stopped = asyncio.create_task(self._stop.wait())
                # A keeper ends before it is told to only by a defect of ours: do not run on half supervised.
                await asyncio.wait([stopped, *keepers], return_when=asyncio.FIRST_COMPLETED)
                self._stop.set()
                await stopped
                await self._stop_all(keepers)
                for keeper in keepers:
                    keeper.result()
        finally:
            for number in signals:
                loop.remove_signal_handler(number)
            for item in self._processes:
                if item.process is not None:
                    child.kill_group(item.process)
            await self._status.stop()
            self._run_file.unlink(missing_ok=True)
        return self._exit_code

    def stop(self) -> None:
        """Begin to stop; `run` returns when all has ended."""
        self._stop.set()

    async def until(self, holds: Callable[[runfile.RunState], bool]) -> runfile.RunState:
        """Wait until this holds of what runs; returns the state of which it held."""
        while not holds(state := self.run_state()):
            await self._changed.wait()
        return state

    def run_state(self) -> runfile.RunState:
        """What runs now."""
        return runfile.RunState(
            pid=os.getpid(),
            ready=all(item.state is State.READY for item in self._processes),
            addresses=self._addresses,
            processes={
                item.spec.name: runfile.ProcessState(
                    pid=item.process.pid if item.process is not None else None,
                    state=item.state.value,
                    restarts=item.restarts,
                )
                for item in self._processes
            },
        )

    def _on_signal(self, number: signal.Signals) -> None:
        if self._stop.is_set():
            self._log.warning("killing", reason=f"second {number.name}")
            for item in self._processes:
                if item.process is not None:
                    child.kill_group(item.process)
            return
        self._log.info("stopping", reason=number.name)
        self._stop.set()

    def _enter(self, item: Supervised, state: State) -> None:
        item.state = state
        self._metrics.up(item.spec.name, state is State.READY)
        runfile.write(self._run_file, self.run_state())
        self._changed.set()
        self._changed = asyncio.Event()

    async def _keep(self, item: Supervised, http: aiohttp.ClientSession) -> None:
        """Have one incarnation of the process live at a time, until it is to stop."""
        loop = asyncio.get_running_loop()
        name = item.spec.name
        while not item.stopping:
            born = loop.time()
            process = item.process = await child.start(item.spec.arguments, self._environ)
            self._log.info("started", name=name, pid=process.pid, restarts=item.restarts)
            self._enter(item, State.STARTING)
            watch = asyncio.create_task(self._watch_start(item, http))
            if item.stopping:
                child.send(process, signal.SIGTERM)
            code = await process.wait()
            await end(watch)
            child.kill_group(process)
            item.process = None
            if item.stopping:
                break
            self._metrics.ended(name, code)
            if code == CONFIG_EXIT:
                self._log.error("configuration refused", name=name)
                self._exit_code = code
                self._stop.set()
                break
            wait = item.backoff.after(loop.time() - born)
            self._log.error("died", name=name, pid=process.pid, code=code, again_in=wait)
            self._enter(item, State.WAITING)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await item.wake.wait()
            item.restarts += 1
        self._enter(item, State.STOPPED)

    async def _watch_start(self, item: Supervised, http: aiohttp.ClientSession) -> None:
        """Look at the process's health until it is ready."""
        while True:
            # Only a look whether it serves: nothing is sent, and its certificate names another host than loopback.
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(item.spec.health_url, ssl=False) as answer:
                    if answer.status == 200:
                        break
            await asyncio.sleep(HEALTH_EVERY)
        self._log.info("ready", name=item.spec.name)
        self._enter(item, State.READY)

    async def _stop_all(self, keepers: Sequence[asyncio.Task[None]]) -> None:
        """Stop the processes, last started first: what the media process still has to tell finds the api there.

        Each may take an equal part of the time that is left.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._stop_seconds
        left = len(keepers)
        for item, keeper in reversed(list(zip(self._processes, keepers, strict=True))):
            item.stopping = True
            item.wake.set()
            if item.process is not None:
                child.send(item.process, signal.SIGTERM)
            await asyncio.wait([keeper], timeout=max(0.0, deadline - loop.time()) / left)
            left -= 1
            if item.process is not None:
                self._log.warning("killing", name=item.spec.name, reason="did not stop in time")
                child.kill_group(item.process)
        await asyncio.wait(keepers)
