"""What a tree of processes costs, as the kernel counts it (proc(5))."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final, NamedTuple

PROC: Final = Path("/proc")
TICKS: Final = os.sysconf("SC_CLK_TCK")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def tree(root: int) -> list[int]:
    """A process and everything it has started that still runs."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes, with those of their children that have ended and were waited for."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += sum(int(ticks) for ticks in _stat(pid)[11:15])
    return total / TICKS


def main_thread_cpu_seconds(pid: int) -> float:
    """User and system time of the thread that runs a process's `main`: where Python's event loop is."""
    fields = (PROC / str(pid) / "task" / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_bytes(pids: list[int]) -> int:
    """Memory these processes hold; what they share counts in each."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE
    return total


class Used(NamedTuple):
    """What a process tree has used since it began."""

    cpu_s: float
    rss_bytes: int


def used(root: int) -> Used:
    """Of the process and everything it has started that still runs."""
    pids = tree(root)
    return Used(cpu_seconds(pids), rss_bytes(pids))


def socket_drops(pid: int) -> int:
    """Datagrams the UDP sockets of a process had no room for (the last column of /proc/net/udp of its network)."""
    total = 0
    mine = _sockets(pid)
    for name in ("udp", "udp6"):
        with contextlib.suppress(OSError):
            for line in (PROC / str(pid) / "net" / name).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[9] in mine:
                    total += int(fields[-1])
    return total


def _sockets(pid: int) -> set[str]:
    """Inodes of a process's sockets."""
    found = set()
    with contextlib.suppress(OSError):
        for link in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    return found


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat behind the name, which may hold spaces and brackets: state, parent, ..."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
