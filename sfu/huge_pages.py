"""Huge pages for what the packet worker keeps of its receivers.

A lesson's receivers lie apart, each in pages of its own. With some thousands of them the processor's table of pages
(TLB) is too small: every packet waits until the pages of its receiver are looked up, on a virtual machine in two
tables. glibc asks the kernel for pages of 2 MiB when it is told so before the process starts (GLIBC_TUNABLES, glibc
2.35 and newer; transparent huge pages must not be `never`). Elsewhere nothing changes.
"""

from __future__ import annotations

import os
import sys
from typing import Final

VARIABLE: Final = "GLIBC_TUNABLES"
TUNABLE: Final = "glibc.malloc.hugetlb"


def told(tunables: str) -> str | None:
    """The variable's value with huge pages asked for; None when it says something about them already."""
    if any(one.partition("=")[0] == TUNABLE for one in tunables.split(":")):
        return None
    return ":".join(filter(None, (tunables, f"{TUNABLE}=1")))


def ask_for_huge_pages() -> None:
    """Begin this process anew, with the same id and arguments, where malloc was not told yet. To be called before
    anything is opened or started."""
    wanted = told(os.environ.get(VARIABLE, ""))
    if wanted is not None and sys.platform == "linux":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, VARIABLE: wanted})  # noqa: S606
