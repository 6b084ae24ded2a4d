"""What the media process does about its garbage, as Python's collector sees it."""

from __future__ import annotations

import subprocess
import sys

SETTLED = """
from collections import deque
from sfu import memory

class Connection:
    there = 0
    def __init__(self):
        Connection.there += 1
        self.me = self
    def __del__(self):
        Connection.there -= 1

program = [[] for _ in range(500_000)]
memory.settle()
open_ones = deque(maxlen=10_000)  # they live long enough to be thought old
most = 0
for _ in range(300_000):
    open_ones.append(Connection())
    most = max(most, Connection.there)
print(most)
"""


def test_garbage_does_not_wait_for_a_quarter_of_the_program() -> None:
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < 40_000, "of which 10,000 are alive"
