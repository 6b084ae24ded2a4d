"""Huge pages are asked for: the kernel says which memory they were asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sfu.huge_pages import VARIABLE, told

ADVISED = "hg"
"""The flag of a mapping that madvise(MADV_HUGEPAGE) was called for (proc_pid_smaps(5))."""
HEAP = """
import os, sys
began = os.getpid()
from sfu.huge_pages import ask_for_huge_pages
ask_for_huge_pages()
kept = [bytes(100_000) for _ in range(200)]
heap = open("/proc/self/smaps").read().partition("[heap]")[2].partition("VmFlags:")[2].partition("\\n")[0]
print(os.getpid(), sys.argv[1:], heap)
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "glibc.malloc.hugetlb=1"),
        ("glibc.malloc.arena_max=2", "glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1"),
        ("glibc.malloc.hugetlb=0", None),
        ("glibc.malloc.arena_max=2:glibc.malloc.hugetlb=2", None),
    ],
)
def test_what_an_operator_has_said_stays(before: str, after: str | None) -> None:
    assert told(before) == after


@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""), reason="the sanitizer has a malloc of its own")
@pytest.mark.skipif(
    tuple(int(n) for n in (os.confstr("CS_GNU_LIBC_VERSION") or "glibc 0").split()[-1].split(".")) < (2, 35)
    or "[never]" in Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text(),
    reason="this machine has no huge pages for malloc",
)
def test_the_process_begins_anew_as_it_was_with_huge_pages() -> None:
    command = [sys.executable, "-c", HEAP, "one", "two words"]
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert said.startswith(f"{process.pid} ['one', 'two words'] "), "the same process, the same arguments"
    assert ADVISED in said.split("]")[1].split()
