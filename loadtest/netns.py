"""Two network namespaces with a cable between them: this process in one, a server under test in the other.

Some servers skip loopback interfaces, so whoever is compared with them is measured over the same cable. The namespaces
have no names: they are held by this process and what runs in them, and the kernel removes them and the cable with the
last of these, however it ends.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import Final, Self

CLIENTS: Final = "10.199.77.1"
"""Address on this process's end. Both exist inside the namespaces only, so they meet no network of the machine."""
SERVER: Final = "10.199.77.2"
"""Address on the server's end."""
UP_SECONDS: Final = 5.0

_CLONE_NEWNET: Final = 0x40000000
_libc: Final = ctypes.CDLL(None, use_errno=True)


class NamespaceError(Exception):
    """No namespaces can be made here; says what is missing."""


class Cable:
    """A context manager. While it is entered, sockets that the entering thread makes (and threads it starts meanwhile)
    are on `CLIENTS`; a command run through `inside` is on `SERVER`. Both have a loopback interface of their own.

    Enter it in the thread that runs everything, before others are started. Raises `NamespaceError`.
    """

    def __init__(self) -> None:
        self._before = -1
        self._server = -1

    def __enter__(self) -> Self:
        missing = [name for name in ("ip", "nsenter") if _find(name) is None]
        if missing:
            raise NamespaceError(f"{' and '.join(missing)} missing: install iproute2 and util-linux")
        self._before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._server = _new_namespace()
            _check(_libc.unshare(_CLONE_NEWNET), "a network namespace needs root (CAP_SYS_ADMIN and CAP_NET_ADMIN)")
            self._lay()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Back to where the thread was. The cable goes when the last process that uses it ends."""
        _libc.setns(self._before, _CLONE_NEWNET)
        for descriptor in (self._before, self._server):
            if descriptor >= 0:
                os.close(descriptor)
        self._before = self._server = -1

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command, to be run on the server's end. The process that is started becomes the command itself."""
        return [_find("nsenter") or "nsenter", f"--net={self._path}", "--", *command]

    @property
    def _path(self) -> str:
        return f"/proc/{os.getpid()}/fd/{self._server}"

    def _lay(self) -> None:
        ip = _find("ip") or "ip"
        # An index of its own: where both ends have the same number, the kernel takes a second to see that they are up.
        _run(
            [ip, "link", "add", "clients", "index", "77", "type", "veth", "peer", "name", "server", "netns", self._path]
        )
        ends = (("clients", CLIENTS, list), ("server", SERVER, self.inside))
        for end, address, wrap in ends:
            # No IPv6 of its own: for a second it would be an address that nobody can bind to.
            _run(wrap([ip, "link", "set", end, "addrgenmode", "none"]))
            _run(wrap([ip, "address", "add", f"{address}/24", "dev", end]))
            _run(wrap([ip, "link", "set", end, "up"]))
            _run(wrap([ip, "link", "set", "lo", "up"]))
        give_up = time.monotonic() + UP_SECONDS
        for end, _, wrap in ends:
            while "LOWER_UP" not in _run(wrap([ip, "-oneline", "link", "show", end, "up"])):
                if time.monotonic() > give_up:
                    raise NamespaceError("the cable does not come up")
                time.sleep(0.01)


def _new_namespace() -> int:
    """A descriptor of a new namespace that nobody is in, made by a thread of its own: this one stays where it is."""
    made: list[int | OSError] = []

    def make() -> None:
        if _libc.unshare(_CLONE_NEWNET):
            made.append(OSError(ctypes.get_errno(), "unshare"))
        else:
            made.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    descriptor = made[0]
    if isinstance(descriptor, OSError):
        raise NamespaceError("a network namespace needs root (CAP_SYS_ADMIN and CAP_NET_ADMIN)") from descriptor
    return descriptor


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NamespaceError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _find(name: str) -> str | None:
    """Debian keeps them out of the PATH of ordinary accounts."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin")


def _check(failed: int, message: str) -> None:
    if failed:
        raise NamespaceError(message) from OSError(ctypes.get_errno(), "unshare")
