"""A few seconds of the soak: it acts, it looks at what it says it looks at, and nothing is left."""

from __future__ import annotations

import json
import subprocess
import sys


def test_a_few_seconds_of_coming_and_going_leave_nothing_behind() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "loadtest", "soak", "--minutes", "0.06", "--lessons", "1", "--people", "3", "--json"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    result = json.loads(done.stdout)
    assert result["done"]["joins"] >= 2 and result["done"]["departures"] >= 2, done.stderr
    assert result["packets_out"] > 50
    assert (result["handles_left"], result["left"]) == (0, {})
    assert (result["bad_packets"], result["defects"], result["events_lost"]) == (0, 0, 0)
