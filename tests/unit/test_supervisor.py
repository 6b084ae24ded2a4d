"""The supervisor over real processes: they come back when they die, and nothing is left when it ends."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import structlog

from sfera import child, runfile
from sfera.config import Config, ConfigError, SupervisorConfig
from sfera.ports import choose
from sfera.runfile import RunState
from sfera.serve import own
from sfera.supervisor import Spec, Supervisor

SUPERVISED = Path(__file__).parent / "supervised.py"


def ports(count: int) -> list[int]:
    """Ports that are free now."""
    found: set[int] = set()
    while len(found) < count:
        chosen = choose(Config(supervisor=SupervisorConfig(port=0)))
        found.add(int(chosen["SFERA_SUPERVISOR__PORT"]))
    return sorted(found)


class Running:
    """A supervisor that runs, and what a person can see of it from outside."""

    def __init__(self, supervisor: Supervisor, task: asyncio.Task[int], folder: Path, port: int) -> None:
        self.supervisor = supervisor
        self.task = task
        self.run_file = folder / "run.json"
        self.url = f"http://127.0.0.1:{port}"

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as http, http.get(self.url + path) as answer:
            return answer.status, await answer.text()

    async def until(self, holds: Callable[[RunState], bool]) -> RunState:
        async with asyncio.timeout(30):
            return await self.supervisor.until(holds)

    async def ready(self) -> RunState:
        return await self.until(lambda state: state.ready)


@asynccontextmanager
async def supervising(folder: Path, monkeypatch: pytest.MonkeyPatch, *manners: str) -> AsyncIterator[Running]:
    """A supervisor over one process for each manner, named "a", "b"... in this order."""
    monkeypatch.chdir(folder)
    own_port, *rest = ports(len(manners) + 1)
    supervisor = Supervisor(
        [
            Spec(name, [sys.executable, str(SUPERVISED), str(port), manner], f"http://127.0.0.1:{port}/health")
            for name, port, manner in zip("abc", rest, manners, strict=False)
        ],
        environ=os.environ,
        run_file=folder / "run.json",
        addresses={"a": f"http://127.0.0.1:{rest[0]}"},
        host="127.0.0.1",
        port=own_port,
        stop_seconds=1.0 if "ignore" in manners else 10.0,
        log=structlog.stdlib.get_logger(),
    )
    task = asyncio.create_task(supervisor.run())
    try:
        yield Running(supervisor, task, folder, own_port)
    finally:
        supervisor.stop()
        await task


def pid_of(state: RunState, name: str) -> int:
    pid = state.processes[name].pid
    assert pid is not None
    return pid


def ended(pid: int, seconds: float = 30) -> bool:
    """Wait until a process that is not our child has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


async def test_it_starts_all_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with supervising(tmp_path, monkeypatch, "obey", "late") as running:
        state = await running.ready()
        assert runfile.read(running.run_file) == state
        assert state.pid == os.getpid()
        status, body = await running.get("/health")
        assert status == 200
        assert f'"pid":{pid_of(state, "b")}' in body
        async with aiohttp.ClientSession() as http, http.get(state.addresses["a"]) as answer:
            assert int(await answer.text()) == pid_of(state, "a")
    assert not running.run_file.exists()


async def test_one_that_is_killed_is_back_and_the_other_never_notices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with supervising(tmp_path, monkeypatch, "obey", "obey") as running:
        before = await running.ready()
        os.kill(pid_of(before, "b"), signal.SIGKILL)
        waiting = await running.until(lambda state: not state.ready)
        assert waiting.processes["b"].state == "waiting"
        assert (await running.get("/health"))[0] == 503
        assert 'sfera_supervisor_up{process="b"} 0.0' in (await running.get("/metrics"))[1]
        after = await running.ready()
        assert pid_of(after, "b") != pid_of(before, "b")
        assert pid_of(after, "a") == pid_of(before, "a")
        assert (after.processes["a"].restarts, after.processes["b"].restarts) == (0, 1)
        metrics = (await running.get("/metrics"))[1]
        assert 'sfera_supervisor_deaths_total{how="signal 9",process="b"} 1.0' in metrics
        assert 'sfera_supervisor_up{process="b"} 1.0' in metrics
        assert runfile.read(running.run_file) == after


async def test_stopped_by_a_signal_it_stops_all_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with supervising(tmp_path, monkeypatch, "obey", "obey") as running:
        state = await running.ready()
        os.kill(os.getpid(), signal.SIGTERM)
        assert await running.task == 0
    assert len(list(tmp_path.glob("stopped.*"))) == 2
    assert ended(pid_of(state, "a"), 0)
    assert ended(pid_of(state, "b"), 0)


async def test_one_that_does_not_stop_is_killed_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with supervising(tmp_path, monkeypatch, "obey", "ignore") as running:
        state = await running.ready()
        (left,) = tmp_path.glob("left.*")
        started = int(left.read_text())
        running.supervisor.stop()
        assert await running.task == 0
    assert ended(pid_of(state, "b"), 0)
    assert ended(started)
    assert len(list(tmp_path.glob("stopped.*"))) == 1


async def test_what_a_dead_process_left_behind_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with supervising(tmp_path, monkeypatch, "ignore") as running:
        state = await running.ready()
        (left,) = tmp_path.glob("left.*")
        started = int(left.read_text())
        os.kill(pid_of(state, "a"), signal.SIGKILL)
        await running.until(lambda state: state.processes["a"].restarts == 1)
        assert await asyncio.to_thread(ended, started)


async def test_a_refused_configuration_ends_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with supervising(tmp_path, monkeypatch, "obey", "refuse") as running:
        async with asyncio.timeout(30):
            assert await running.task == child.CONFIG_EXIT
    assert not running.run_file.exists()


async def test_its_own_port_taken_is_an_error_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with supervising(tmp_path, monkeypatch, "obey") as running:
        await running.ready()
        second = Supervisor(
            [Spec("x", ["/bin/false"], "http://127.0.0.1:9/")],
            environ={},
            run_file=tmp_path / "second.json",
            addresses={},
            host="127.0.0.1",
            port=int(running.url.rpartition(":")[2]),
            stop_seconds=1.0,
            log=structlog.stdlib.get_logger(),
        )
        with pytest.raises(OSError, match="address already in use"):
            await second.run()
        assert not (tmp_path / "second.json").exists()


def test_processes_end_when_their_supervisor_is_killed(tmp_path: Path, checkout: Path) -> None:
    (port,) = ports(1)
    parent = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, {str(SUPERVISED)!r}, '{port}', 'obey',"
        " '--supervisor', str(os.getpid())], env={**os.environ, 'PYTHONPATH': sys.argv[1]})\n"
        "import urllib.request\n"
        "while True:\n"
        "    try:\n"
        f"        print(urllib.request.urlopen('http://127.0.0.1:{port}/').read().decode(), flush=True)\n"
        "        break\n"
        "    except OSError:\n"
        "        pass\n"
        "child.wait()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, str(checkout)], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        supervisor.kill()
    assert ended(pid)
    assert (tmp_path / f"stopped.{port}").exists()


def test_waits_double_while_it_dies_young_and_begin_anew_after_a_good_life() -> None:
    backoff = child.Backoff()
    assert [backoff.after(0.1) for _ in range(7)] == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])
    assert [backoff.after(10.0), backoff.after(9.9), backoff.after(0.0)] == pytest.approx([0.2, 0.4, 0.8])


def test_a_second_one_over_the_same_data_folder_is_refused(tmp_path: Path) -> None:
    with own(tmp_path / "data"):
        with pytest.raises(ConfigError, match="another Sfera runs over it"), own(tmp_path / "data"):
            pytest.fail("both own it")
    with own(tmp_path / "data"):
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_ports_that_are_left_open_are_chosen_and_differ() -> None:
    config = Config(supervisor=SupervisorConfig(port=0))
    assert set(choose(config)) == {"SFERA_SUPERVISOR__PORT"}
    assert choose(Config()) == {}
    with pytest.raises(ConfigError, match=r"supervisor\.host: 192\.0\.2\.1"):
        choose(Config(supervisor=SupervisorConfig(host="192.0.2.1", port=0)))
