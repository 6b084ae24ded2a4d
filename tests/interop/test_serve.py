"""`sfera serve` as an operator meets it: health and metrics of every process, refusals, an end that leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sfera import runfile
from sfera.child import CONFIG_EXIT
from tests.browser.running import Serve, wait_for

FREE_PORTS = {
    "SFERA_API__PORT": "0",
    "SFERA_MEDIA__PORT": "0",
    "SFERA_MEDIA__CONTROL_PORT": "0",
    "SFERA_HLS__PORT": "0",
    "SFERA_HLS__CONTROL_PORT": "0",
    "SFERA_SUPERVISOR__PORT": "0",
}


def sfera(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `sfera` to its end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SFERA_")}
    return subprocess.run(
        [sys.executable, "-m", "sfera", *arguments],
        env={**clean, **environ}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def state_of(folder: Path) -> runfile.RunState:
    state = runfile.read(folder / "run.json")
    assert state is not None
    return state


def alive(pid: int | None) -> bool:
    """Whether this process still runs (one that only waits to be collected does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of one that runs while all tests that leave it alone do."""
    serve = Serve(tmp_path_factory.mktemp("serve"))
    serve.start()
    yield serve.data_dir
    assert serve.stop() == 0


@pytest.fixture
def serving(tmp_path: Path) -> Serve:
    """One that the test ends itself."""
    serve = Serve(tmp_path)
    serve.start()
    return serve


async def test_every_process_tells_its_health_and_metrics(shared: Path) -> None:
    addresses = state_of(shared).addresses
    async with aiohttp.ClientSession() as http:
        for name, kind in (("api", "api"), ("control", "media"), ("hls_control", "hls"), ("supervisor", "supervisor")):
            async with http.get(f"{addresses[name]}/health") as answer:
                assert answer.status == 200
            async with http.get(f"{addresses[name]}/metrics") as answer:
                assert answer.status == 200
                families = {family.name for family in text_string_to_metric_families(await answer.text())}
            assert any(name.startswith(f"sfera_{kind}_") for name in families)


def test_told_to_stop_it_leaves_no_process_and_no_run_file(serving: Serve, tmp_path: Path) -> None:
    before = state_of(tmp_path)
    assert all(alive(process.pid) for process in before.processes.values())
    assert serving.stop() == 0
    assert not any(alive(process.pid) for process in before.processes.values())
    assert not (tmp_path / "run.json").exists()


def test_killed_itself_it_takes_the_processes_along(serving: Serve, tmp_path: Path) -> None:
    before = state_of(tmp_path)
    os.kill(before.pid, signal.SIGKILL)
    assert serving.stop() == -signal.SIGKILL
    for process in before.processes.values():
        wait_for(lambda pid=process.pid: not alive(pid), f"process {process.pid} ends")  # type: ignore[misc]


def test_a_second_one_over_the_same_data_is_refused(shared: Path) -> None:
    second = sfera("serve", SFERA_DATA_DIR=str(shared), **FREE_PORTS)
    assert second.returncode == CONFIG_EXIT
    assert f"another Sfera (process {state_of(shared).pid}) runs over it" in second.stderr


@pytest.mark.parametrize("command", ["serve", "api", "media", "hls", "seed-demo", "keys", "config"])
def test_every_command_refuses_an_unknown_key_by_name(command: str, tmp_path: Path) -> None:
    done = sfera(command, SFERA_DATA_DIR=str(tmp_path), SFERA_MEDIA__ANOUNCE="10.0.0.1")
    assert done.returncode == CONFIG_EXIT
    assert "SFERA_MEDIA__ANOUNCE: unknown key (did you mean announce?)" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["api", "media", "hls"])
def test_a_process_alone_says_which_key_it_misses(command: str, tmp_path: Path) -> None:
    done = sfera(command, SFERA_DATA_DIR=str(tmp_path), **FREE_PORTS)
    assert done.returncode == CONFIG_EXIT
    assert str(tmp_path / "keys" / "api.p") in done.stderr
    assert "Traceback" not in done.stderr


def test_without_av_everything_but_broadcasts_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text('import sys\nsys.modules["av"] = None\n')
    alone = sfera("hls", SFERA_DATA_DIR=str(tmp_path / "data"), PYTHONPATH=str(tmp_path), **FREE_PORTS)
    assert alone.returncode == CONFIG_EXIT
    assert alone.stderr == "sfera: broadcasts need av: pip install 'sfera[hls]'\n"
    assert sfera("seed-demo", SFERA_DATA_DIR=str(tmp_path / "seeded"), PYTHONPATH=str(tmp_path)).returncode == 0
    serve = Serve(tmp_path / "data", PYTHONPATH=str(tmp_path))
    serve.start()
    state = state_of(tmp_path / "data")
    assert state.ready and set(state.processes) == {"api", "media"} and "hls" not in state.addresses
    assert any(line.get("event") == "no broadcasts" and "sfera[hls]" in line["reason"] for line in serve.log_lines())
    assert serve.stop() == 0


def test_a_taken_port_is_said_in_one_line(shared: Path, tmp_path: Path) -> None:
    taken = state_of(shared).addresses["supervisor"].rpartition(":")[2]
    done = sfera("serve", SFERA_DATA_DIR=str(tmp_path), **{**FREE_PORTS, "SFERA_SUPERVISOR__PORT": taken})
    assert done.returncode == 1
    assert "address already in use" in done.stderr
    assert "Traceback" not in done.stderr
