"""`python -m loadtest.stallable media ...`: `sfera media`, in a process whose Python can be held still from outside.

On SIGUSR2 a C call keeps the GIL for LOADTEST_STALL_SECONDS, as a library that forgets to let go of it would. The hook
is in this launcher of the load tester and nowhere in the server: a process that was started otherwise has none.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
from typing import Final

SECONDS: Final = "LOADTEST_STALL_SECONDS"
"""The variable that says how long."""

SIGNAL: Final = signal.SIGUSR2


def main() -> None:
    """Take the signal, then be the program."""
    microseconds = round(float(os.environ[SECONDS]) * 1e6)
    libc = ctypes.PyDLL(None)  # its calls do not let go of the GIL
    signal.signal(SIGNAL, lambda *_: libc.usleep(ctypes.c_uint(microseconds)))
    sys.argv[0] = "sfera"
    runpy.run_module("sfera", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
