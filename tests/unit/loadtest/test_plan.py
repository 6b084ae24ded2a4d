"""What N lessons and M viewers need, from one measured run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loadtest.plan import PlanError, need, read

RUN = {
    "rooms": 2, "participants": 50, "seconds": 20.0, "packets": 2_280_000, "received_mbps": 1000.0,
    "cpu_s_per_million": 1.5, "rss_mib": 150.0, "delivered": 1.0, "engine_limited": False,
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(RUN))
    return path


def test_lessons_cost_what_was_measured_at_the_business_that_is_wanted(run: Path) -> None:
    # 57,000 packets a second a lesson, 1.5 us each: 85.5 ms of CPU a second; at half business twice that.
    needed = need(read(run), lessons=10, viewers=0, busy=0.5)
    assert needed.lesson_cores == pytest.approx(10 * 57_000 * 1.5e-6 / 0.5)
    assert needed.cores == 2
    # 500 Mb/s of RTP a lesson, and 46 bytes around each of its packets.
    assert needed.gbps == pytest.approx(10 * (0.5 + 57_000 * 46 * 8 / 1e9))
    # 150 MiB for every two lessons.
    assert needed.memory_gib == pytest.approx(5 * 150 / 1024)
    assert needed.participants == 500


def test_viewers_come_on_top(run: Path) -> None:
    measured = read(run)
    alone, watched = need(measured, lessons=10, viewers=0), need(measured, lessons=10, viewers=10_000)
    assert watched.viewer_gbps == pytest.approx(25.0)
    assert watched.lesson_cores == alone.lesson_cores and watched.cores > alone.cores
    assert any("viewer" in line for line in watched.assumptions)


def test_one_lesson_less_than_was_measured_needs_the_process_all_the_same(run: Path) -> None:
    assert need(read(run), lessons=1, viewers=0).memory_gib == pytest.approx(150 / 1024)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"rooms": 0, "seconds": 1}', json.dumps(RUN | {"cpu_s_per_million": None})]
)
def test_what_is_no_run_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(PlanError, match=r"run\.json"):
        read(path)


def test_the_command_prints_json_and_a_table(run: Path) -> None:
    command = [sys.executable, "-m", "loadtest", "plan", str(run), "--lessons", "4", "--viewers", "1000"]
    as_json = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(as_json.stdout)["lessons"] == 4
    as_table = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Gb/s out" in as_table.stdout and "a viewer loads" in as_table.stdout
