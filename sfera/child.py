"""A process the supervisor runs: how it is started, how long to wait before it is started again, how it ends."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

CONFIG_EXIT = 78
"""Exit code of a process whose configuration cannot be used (EX_CONFIG of sysexits.h): starting it again would not
help."""

PR_SET_PDEATHSIG = 1


class State(Enum):
    """Where a process is in its life."""

    STARTING = "starting"
    READY = "ready"
    WAITING = "waiting"
    STOPPED = "stopped"


@dataclass
class Backoff:
    """Seconds to wait before a process that died is started again: short at first, doubling while it keeps dying
    young."""

    first: float = 0.2
    longest: float = 5.0
    good_life: float = 10.0
    """Seconds of life after which an end counts as the first again."""
    _next: float = 0.0

    def after(self, lived: float) -> float:
        """The wait after a life of this many seconds."""
        wait = self.first if lived >= self.good_life or not self._next else self._next
        self._next = min(wait * 2, self.longest)
        return wait


def command(name: str, config_path: str | None) -> list[str]:
    """The command line of one process: this Python, this package."""
    options = [] if config_path is None else ["--config", config_path]
    return [sys.executable, "-m", "sfera", name, *options, "--supervisor", str(os.getpid())]


async def start(arguments: Sequence[str], environ: Mapping[str, str]) -> asyncio.subprocess.Process:
    """Start a process in a session of its own, so that a terminal's Ctrl-C reaches it only through the supervisor, and
    so that it and all it started can be ended together."""
    return await asyncio.create_subprocess_exec(
        *arguments, env=dict(environ), stdin=asyncio.subprocess.DEVNULL, start_new_session=True
    )


def send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Send a signal to the process, if it still lives."""
    if process.returncode is None:
        process.send_signal(number)


def kill_group(process: asyncio.subprocess.Process) -> None:
    """End the process and whatever it left behind, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def die_with(supervisor: int) -> None:
    """Called in a child: be told to stop (SIGTERM) when the supervisor is gone, however it went.

    Raises:
        SystemExit: it is gone already.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != supervisor:
        raise SystemExit(0)
