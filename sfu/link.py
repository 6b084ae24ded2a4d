"""The link to one packet worker: its commands in order, and what its handles mean.

A command that finds the worker's ring full waits here and goes before all later ones, so that the worker never sees
two of them in another order than they were decided. Each room has a lane of its own to the worker, so that what waits
is bounded, for a room and for all of them: a room whose commands find no place has failed, and is ended by the node.
What takes things down again is always kept: there is at most one such command for each thing that exists. Commands that
give back a handle cannot wait: they are refused with `overloaded`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, ParamSpec

from sfu.errors import Refused
from sfu.load import Load
from sfu.pulse import Pulse
from sfu.worker_api import WorkerApi

if TYPE_CHECKING:
    from sfu.participant import Track
    from sfu.room import Room
    from sfu.slots import Slot
    from sfu.transport import Transport

MAX_WAITING_COMMANDS: Final = 20_000
"""Commands of all rooms that may wait for one worker; its ring holds 16,384 more."""

MAX_ROOM_COMMANDS: Final = 4_000
"""Commands of one room among them: more than it takes to feed every slot of a full room once."""

P = ParamSpec("P")


class Waiting(NamedTuple):
    """A command that waits. `kept`: also when its room has failed."""

    lane: Lane
    call: Callable[[], object]
    kept: bool


class WorkerLink:
    """One worker, the commands it has not taken yet, and its transports, uptracks, slots and rooms by handle.

    `ring_full` is the exception its methods raise when nothing was queued (`sfu._fastpath.RingFull`).
    """

    def __init__(
        self, worker: WorkerApi, ring_full: type[Exception], index: int = 0, announced_port: int | None = None
    ) -> None:
        self.worker = worker
        self.index = index
        self.port = worker.port
        self.announced_port = announced_port or worker.port
        """The port participants reach it by."""
        self.overflowed = False
        """Commands found no place since the last time nothing waited."""
        self.participants = 0
        """Participants on this worker."""
        self.load = Load()
        self.pulse = Pulse()
        self.dtls_errors = 0
        """DTLS datagrams and records that were not what they should be; each was dropped, or ended a handshake."""
        self.transports: dict[int, Transport] = {}
        self.handshaking: set[Transport] = set()
        """Those whose handshake is under way: the only ones that wait for time."""
        self.uptracks: dict[int, Track] = {}
        self.slots: dict[int, Slot] = {}
        self.rooms: dict[int, Room] = {}
        self._ring_full = ring_full
        self._waiting: deque[Waiting] = deque()

    @property
    def waiting(self) -> int:
        """Commands the worker has not taken yet."""
        return len(self._waiting)

    @property
    def stuck(self) -> bool:
        """Whether it is so far behind, or so still, that nothing new should come here."""
        return self.overflowed or self.pulse.stopped

    def lane(self) -> Lane:
        """A new room's way to the worker."""
        return Lane(self)

    def post(self, lane: Lane, call: Callable[[], object], *, kept: bool) -> None:
        """Give the worker a command, now or as soon as its ring has room."""
        if self.flush():
            try:
                call()
                return
            except self._ring_full:
                pass
        if not kept and (len(self._waiting) >= MAX_WAITING_COMMANDS or lane.waiting >= MAX_ROOM_COMMANDS):
            self.overflowed = lane.failed = True
            return
        lane.waiting += 1
        self._waiting.append(Waiting(lane, call, kept))

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
            first = self._waiting[0]
            if first.kept or not first.lane.failed:
                try:
                    first.call()
                except self._ring_full:
                    return False
            self._waiting.popleft()
            first.lane.waiting -= 1
        self.overflowed = False
        return True


class Lane:
    """One room's commands to its worker. `failed`: some of them found no place; the room's state is not the worker's
    any more, and whoever sees that ends the room."""

    def __init__(self, link: WorkerLink) -> None:
        self.link = link
        self.waiting = 0
        self.failed = False

    def do(self, command: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Carry out `command` (a bound method of the worker), now or as soon as the ring has room."""
        if not self.failed:
            self.link.post(self, lambda: command(*args, **kwargs), kept=False)

    def release(self, command: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """The same for a command that takes something down for good: it is never given up."""
        self.link.post(self, lambda: command(*args, **kwargs), kept=True)

    def make(self, command: Callable[P, int], *args: P.args, **kwargs: P.kwargs) -> int:
        """Carry out a command that gives back a handle. Raises `Refused` (`overloaded`, `node_full`)."""
        if self.failed:
            raise Refused("overloaded", "this room's commands found no place; it ends, join again", fatal=True)
        return self.link.make(command, *args, **kwargs)
