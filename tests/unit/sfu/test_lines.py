"""Cache lines are asked for ahead in what was built, not only in what was written."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess

ASKED_FOR = 5
"""Places at least: a slot, its path and where that is, what was sent, the key."""


def test_the_compiler_leaves_the_prefetches_in() -> None:
    """GCC leaves out the calls of a function that does nothing but prefetch."""
    objdump, module = shutil.which("objdump"), importlib.util.find_spec("sfu._fanout")
    assert objdump is not None, "binutils come with every compiler that builds this"
    assert module is not None
    assert module.origin is not None
    built = subprocess.run([objdump, "--disassemble", module.origin], capture_output=True, text=True, check=True)
    assert built.stdout.count("\tprefetch") + built.stdout.count("\tprfm") >= ASKED_FOR, "as x86 and ARM name it"
