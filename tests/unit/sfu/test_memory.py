"""What the media process does about its memory, as the kernel and Python's collector see it."""

from __future__ import annotations

import subprocess
import sys

BLOCKS = """
import ctypes
from sfu import memory

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = libc.free.argtypes = [ctypes.c_size_t]
libc.memset.argtypes = [ctypes.c_size_t, ctypes.c_int, ctypes.c_size_t]

def written(size):
    block = libc.malloc(size)
    libc.memset(block, 1, size)
    return block

def pages():
    return int(open("/proc/self/statm").read().split()[1])

assert memory.give_back_large_blocks()
libc.free(written(1 << 18))  # from here on the allocator would take such blocks from its heap
before = pages()
held = []
for _ in range(2):
    blocks = []
    for _ in range(100):
        blocks.append(written(1 << 18))
        held.append(written(1000))  # what lives longer, and keeps a heap from shrinking
    for block in blocks:
        libc.free(block)
print((pages() - before) * 4)
"""

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


def run(program: str) -> list[str]:
    """What a Python of its own prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


def test_pages_of_large_blocks_go_back_when_they_are_freed() -> None:
    (kib,) = run(BLOCKS)
    assert int(kib) < 2000, "of 25,600 that were written twice"


def test_garbage_does_not_wait_for_a_quarter_of_the_program() -> None:
    (most,) = run(SETTLED)
    assert int(most) < 40_000, "of which 10,000 are alive"
