"""The same small lesson through Janus and through ours, at either end of a cable of our own.

Whether one of them is fast is no test's business: that everything arrives, under the names the JSON promises, is.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from loadtest.netns import SERVER, Cable

pytestmark = [
    pytest.mark.skipif(shutil.which("janus") is None, reason="Janus is not installed: deploy/packages.sh rivals"),
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root"),
]
LESSON = [
    sys.executable, "-m", "loadtest", "lesson", "--participants", "6", "--cameras", "2", "--voices", "2",
    "--duration", "2", "--against", "janus", "--json",
]  # fmt: skip


def links() -> str:
    return subprocess.run(["ip", "-brief", "link"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(("srtp", "sides"), [("gcm", {"janus", "janus_cm"}), ("cm", {"janus"})])
def test_everything_arrives_through_both(tmp_path: Path, srtp: str, sides: set[str]) -> None:
    before, page = links(), tmp_path / "page.html"
    done = subprocess.run(
        [*LESSON, "--srtp", srtp, "--report", str(page)], capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert {key for key in result if key.startswith("janus")} == sides
    for key in ("ours", *sides):
        side = result[key]
        # Two cameras of 110 packets a second and two voices of 50, to each of six but their own.
        assert side["expected"] == pytest.approx(2 * (2 * 110 * 5 + 2 * 50 * 5), rel=0.25)
        assert side["delivered"] == 1 and side["loss"] == 0 and side["corrupt"] == 0 and side["server_dropped"] == 0
        assert side["cpu_s_per_million"] > 0 and side["rss_mib"] > 10 and side["forward_p99_ms"] > 0
    # Rounded to four places there, as both figures are here.
    expected = result["ours"]["cpu_s_per_million"] / result["janus"]["cpu_s_per_million"]
    assert result["ratio"] == pytest.approx(expected, abs=1e-3)
    assert links() == before, "the machine's own network is as it was"
    HTMLParser().feed(page.read_text())
    assert "Sfera beside Janus" in page.read_text()


def test_nothing_is_left_when_it_is_killed() -> None:
    before = links()
    with subprocess.Popen(LESSON, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        janus = _wait_for_child(run.pid, "janus")
        run.send_signal(signal.SIGKILL)
        run.wait(10)
        _wait_until_gone(janus)
    assert links() == before


def test_the_server_s_end_is_elsewhere() -> None:
    before = links()
    with Cable() as cable:
        there = subprocess.run(cable.inside(["ip", "-brief", "address"]), capture_output=True, text=True, check=True)
        here = subprocess.run(["ip", "-brief", "address"], capture_output=True, text=True, check=True)
        assert SERVER in there.stdout and SERVER not in here.stdout
    assert links() == before


def _wait_for_child(root: int, name: str) -> int:
    from loadtest.processes import tree
    from tests.browser.running import wait_for

    def find() -> int | None:
        for pid in tree(root):
            command = Path(f"/proc/{pid}/cmdline")
            if command.exists() and command.read_bytes().split(b"\0")[0].endswith(name.encode()):
                return pid
        return None

    return wait_for(find, f"{name} runs", 90)


def _wait_until_gone(pid: int) -> None:
    from tests.browser.running import wait_for

    wait_for(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text(), "it has ended")
