"""What the process that looks into one file allows itself, before it opens it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource

import msgspec

PR_SET_PDEATHSIG, SIGKILL = 1, 9
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


class Limits(msgspec.Struct, frozen=True):
    """What the process allows itself."""

    memory: int
    """Bytes of address space."""
    cpu: int
    """Seconds."""
    written: int
    """Bytes of one file."""
    soffice: str = ""


class NoPreview(Exception):
    """There is nothing to be shown of this file."""


def limit(limits: Limits) -> None:
    """From here on more is refused by the kernel. It ends with its parent, and gives way to everybody else."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
    # Office files name pictures of other servers, which nobody here shall fetch for a stranger. Root may leave the
    # network, others may in a user namespace, where the system allows these; elsewhere LibreOffice keeps it.
    if libc.unshare(CLONE_NEWNET) != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    os.nice(10)
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.written),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError):  # the limit of whoever started us is lower still
            resource.setrlimit(kind, (most, most))
