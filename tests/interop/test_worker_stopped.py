"""A packet worker's thread that stops for good: the kernel holds it by ptrace, as a bug of ours would. The rest of the
process goes on, notices, and ends; the supervisor starts it again."""

from __future__ import annotations

import asyncio
import ctypes
import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
import structlog

from sfera.supervisor import Spec, Supervisor
from signalling.server import WORKER_STOPPED_EXIT
from tests.interop.media import MediaProcess
from tests.unit.test_supervisor import ports

PTRACE_SEIZE, PTRACE_INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long


def worker_thread(pid: int) -> int:
    """The thread of the process's packet worker."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().startswith("packets-"):
            return int(task.name)
    raise AssertionError("no packet worker runs")


def trace(request: int, thread: int) -> None:
    if LIBC.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def held(thread: int) -> Iterator[None]:
    """That one thread does not run any more. The tracer is a thread too, and lives as long as it holds."""
    stopped: queue.Queue[OSError | None] = queue.Queue()

    def hold() -> None:
        try:
            trace(PTRACE_SEIZE, thread)
            trace(PTRACE_INTERRUPT, thread)
            os.waitpid(thread, WALL)
        except OSError as error:
            stopped.put(error)
            return
        stopped.put(None)
        os.waitpid(thread, WALL)  # its end is told to the tracer first

    tracer = threading.Thread(target=hold, daemon=True)
    tracer.start()
    failed = stopped.get()
    if failed is not None:
        pytest.skip(f"threads of other processes may not be held here: {failed}")
    yield
    tracer.join(20)


async def test_the_media_process_ends_and_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own_port, control_port = ports(2)
    media = MediaProcess(tmp_path / "data", control_port=control_port)
    supervisor = Supervisor(
        [
            Spec(
                "media",
                ["/bin/sh", "-c", f"exec {sys.executable} -m sfera media 2>log.$$"],
                f"http://127.0.0.1:{control_port}/health",
            )
        ],
        environ=media._environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        run_file=tmp_path / "run.json",
        addresses={},
        host="127.0.0.1",
        port=own_port,
        stop_seconds=10.0,
        log=structlog.stdlib.get_logger(),
    )
    task = asyncio.create_task(supervisor.run())
    try:
        async with asyncio.timeout(60):
            before = await supervisor.until(lambda state: state.ready)
            pid = before.processes["media"].pid
            assert pid is not None
            with held(worker_thread(pid)):
                since = time.monotonic()
                await supervisor.until(lambda state: state.processes["media"].pid != pid)
                lasted = time.monotonic() - since
            after = await supervisor.until(lambda state: state.ready and state.processes["media"].pid != pid)
            assert after.processes["media"].restarts == 1
            assert worker_thread(after.processes["media"].pid or 0)
        told = (tmp_path / f"log.{pid}").read_text()
        assert "packet worker stopped" in told
        assert f'how="code {WORKER_STOPPED_EXIT}"' in await ends(own_port)
        assert lasted < 10, "it takes under two seconds; the machine may be busy"
    finally:
        supervisor.stop()
        assert await task == 0


async def ends(port: int) -> str:
    """What the supervisor has counted."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return await answer.text()
