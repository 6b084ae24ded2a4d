"""The link to one packet worker: its commands in order, and what its handles mean.

A command that finds the worker's ring full waits here and goes before all later ones, so that the worker never sees
two of them in another order than they were decided. Only commands that give back a handle cannot wait: they are
refused with `overloaded`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

from sfu.errors import Refused
from sfu.worker_api import WorkerApi

if TYPE_CHECKING:
    from sfu.participant import Track
    from sfu.room import Room
    from sfu.slots import Slot
    from sfu.transport import Transport

MAX_WAITING_COMMANDS = 20_000
"""More than this many commands waiting means that the worker's thread is dead or hung."""

P = ParamSpec("P")


class WorkerLink:
    """One worker, the commands it has not taken yet, and its transports, uptracks, slots and rooms by handle.

    `ring_full` is the exception its methods raise when nothing was queued (`sfu._fastpath.RingFull`).
    """

    def __init__(self, worker: WorkerApi, ring_full: type[Exception], index: int = 0) -> None:
        self.worker = worker
        self.index = index
        self.port = worker.port
        self.stuck = False
        self.participants = 0
        """Participants on this worker: what placing goes by."""
        self.dtls_errors = 0
        """DTLS datagrams and records that were not what they should be; each was dropped, or ended a handshake."""
        self.transports: dict[int, Transport] = {}
        self.uptracks: dict[int, Track] = {}
        self.slots: dict[int, Slot] = {}
        self.rooms: dict[int, Room] = {}
        self._ring_full = ring_full
        self._waiting: deque[Callable[[], object]] = deque()

    @property
    def waiting(self) -> int:
        """Commands the worker has not taken yet."""
        return len(self._waiting)

    def do(self, command: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Carry out `command` (a bound method of the worker), now or as soon as the ring has room."""
        if self.flush():
            try:
                command(*args, **kwargs)
                return
            except self._ring_full:
                pass
        if len(self._waiting) >= MAX_WAITING_COMMANDS:
            self.stuck = True
            return
        self._waiting.append(lambda: command(*args, **kwargs))

    def make(self, command: Callable[P, int], *args: P.args, **kwargs: P.kwargs) -> int:
        """Carry out a command that gives back a handle. Raises `Refused` (`overloaded`, `node_full`)."""
        if not self.flush():
            raise Refused("overloaded", "the packet worker has fallen behind")
        try:
            return command(*args, **kwargs)
        except self._ring_full:
            raise Refused("overloaded", "the packet worker has fallen behind") from None
        except LookupError:
            raise Refused("node_full", "the packet worker has no place left") from None

    def flush(self) -> bool:
        """Give the worker what waits. Tells whether all of it went."""
        while self._waiting:
            try:
                self._waiting[0]()
            except self._ring_full:
                return False
            self._waiting.popleft()
        return True
