"""The three commands of docs/loadtest.md, against a node that the load tester has not started."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.media import MediaProcess

LOADTEST = [sys.executable, "-m", "loadtest"]


def run(*arguments: str) -> str:
    done = subprocess.run([*LOADTEST, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_node_is_measured_and_planned_from_in_three_commands(media_process: MediaProcess, tmp_path: Path) -> None:
    tickets = f"{sys.executable} -m loadtest tickets {tmp_path}/keys/api.pem"
    page, result = tmp_path / "lesson.html", tmp_path / "lesson.json"
    result.write_text(
        run(
            "lesson", "--url", media_process.url, "--ticket-command", tickets, "--metrics-url",
            f"{media_process.control}/metrics", "--participants", "5", "--cameras", "2", "--voices", "1",
            "--duration", "1.5", "--json", "--report", str(page),
        )
    )  # fmt: skip
    measured = json.loads(result.read_text())
    assert measured["delivered"] == 1 and measured["server_dropped"] == 0 and measured["cpu_s_per_million"] > 0
    assert "A lesson under load" in page.read_text()
    needed = json.loads(run("plan", str(result), "--lessons", "20", "--viewers", "3000", "--json"))
    assert needed["participants"] == 100 and needed["cores"] >= 1
    assert needed["viewer_gbps"] == pytest.approx(7.5)
    again = tmp_path / "again.html"
    run("report", str(result), str(again))
    assert again.read_text() == page.read_text()
