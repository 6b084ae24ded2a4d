"""The media node: packet workers, the rooms placed on them, and what the workers report.

Protocol code: it reads no clock and no socket. `sfu.reactor` ties it to asyncio. One thread calls all of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from struct import Struct
from typing import Final, ParamSpec

from sfu import events
from sfu.dtls import Certificate
from sfu.errors import Refused
from sfu.link import WorkerLink
from sfu.metrics import Metrics
from sfu.participant import Participant, Track
from sfu.room import Room, RoomPolicy
from sfu.services import Services
from sfu.slots import Slot
from sfu.worker_api import WorkerApi, WorkerEvent

__all__ = ["MAX_ROOMS", "Node", "RoomPolicy", "WorkerApi"]

MAX_ROOMS = 1000
"""Rooms on one node; empty ones make place first."""

TOMBSTONE_SECONDS = 600.0
"""How long the node remembers that a room was ended, so that late tickets are told so."""

MAX_TOMBSTONES = 10_000

EMPTY_SECONDS = 1800.0
"""A room nobody is in ends by itself after this."""

P = ParamSpec("P")

_SPEAKER: Final = Struct("=ii")


class Node:
    """All rooms of this process. `participants_limit` is the most a room may be told to hold; `stopped` hears, once, of
    a worker whose loop does not turn any more."""

    def __init__(
        self,
        workers: Sequence[WorkerApi],
        ring_full: type[Exception],
        *,
        certificate: Certificate,
        announce: Sequence[str],
        announce_port: int = 0,
        metrics: Metrics,
        report: events.Reporter,
        defect: Callable[[str, Exception], None],
        now: float,
        unix: float,
        participants_limit: int = 50,
        resume_seconds: float = 30.0,
        udp_host: str = "0.0.0.0",
        stopped: Callable[[WorkerLink], None] = lambda _link: None,
    ) -> None:
        self.links = [
            WorkerLink(worker, ring_full, index, announce_port and announce_port + index)
            for index, worker in enumerate(workers)
        ]
        self.rooms: dict[str, Room] = {}
        self.draining = False
        self.metrics = metrics
        self.services = Services(
            certificate=certificate,
            announce=announce,
            metrics=metrics,
            report=report,
            defect=defect,
            unix_offset=unix - now,
            udp_host=udp_host,
            udp_ports=frozenset(worker.port for worker in workers),
        )
        self._participants_limit = participants_limit
        self._resume_seconds = resume_seconds
        self._stopped = stopped
        self._tombstones: OrderedDict[str, float] = OrderedDict()
        metrics.watch_workers(self._counters, self._live)

    # --- rooms ---

    @property
    def healthy(self) -> bool:
        """Whether every worker turns and takes its commands."""
        return not any(link.stuck for link in self.links)

    def open_room(self, id: str, title: str, policy: RoomPolicy, now: float) -> Room:
        """The room of that id, made when there is none. Raises `Refused` (`room_ended`, `node_full`, `draining`)."""
        room = self.rooms.get(id)
        if room is not None:
            return room
        if self.draining:
            raise Refused("draining", "this node takes no new rooms", fatal=True)
        if self._ended(id, now):
            raise Refused("room_ended", "this room has ended", fatal=True)
        if len(self.rooms) >= MAX_ROOMS and not self._make_place(now):
            raise Refused("node_full", "this node has no place for another room", fatal=True)
        link = self._least_loaded(now)
        room = Room(id, title, self._bounded(policy), link=link, services=self.services, now=now)
        link.load.promise(now)
        self.rooms[id] = room
        self.metrics.rooms.set(len(self.rooms))
        return room

    def configure_room(self, id: str, title: str, policy: RoomPolicy, now: float) -> Room:
        """Make the room, or give the one there is another title and policy."""
        room = self.open_room(id, title, policy, now)
        if (room.title, room.policy) != (title, self._bounded(policy)):
            room.set_policy(title, self._bounded(policy), now)
        return room

    def end_room(self, room: Room, now: float, reason: str = "ended") -> None:
        """End a room for all. After "ended" its tickets are dead; those of an empty or overloaded one are not."""
        if self.rooms.get(room.id) is not room:
            return
        room.close("overloaded" if reason == "overloaded" else "ended", now)
        self._forget(room)
        if reason == "ended":
            self._bury(room.id, now)
        room.report("room_ended", None, now, {"reason": reason})

    def end_room_id(self, room_id: str, now: float) -> None:
        """End the room of that id, also when it is not here (any more): its tickets are dead."""
        room = self.rooms.get(room_id)
        if room is not None:
            self.end_room(room, now)
        else:
            self._bury(room_id, now)

    def has_ended(self, id: str, now: float) -> bool:
        """Whether the room of that id was ended here, not long ago: it is not made again."""
        return id not in self.rooms and self._ended(id, now)

    def drain(self, now: float) -> None:
        """Send everybody away to another node and take nobody new."""
        self.draining = True
        for room in list(self.rooms.values()):
            room.close("draining", now)
            self._forget(room)

    def find(self, participant_id: str) -> tuple[Room, Participant] | None:
        """A participant and their room."""
        for room in self.rooms.values():
            participant = room.participants.get(participant_id)
            if participant is not None:
                return room, participant
        return None

    # --- time ---

    def handle_timer(self, now: float) -> None:
        """Everything that waits for time: handshakes, resumes, empty rooms, commands that found no place."""
        for link in self.links:
            link.flush()
            self._look_at(link, now)
            self.metrics.worker_waiting.labels(str(link.index)).set(link.waiting)
            for transport in list(link.handshaking):
                due = transport.timer()
                if due is None:
                    link.handshaking.discard(transport)
                elif due <= now:
                    self._guard("timers", transport.handle_timer, now)
        for room in list(self.rooms.values()):
            if room.lane.failed:
                self.metrics.rooms_overloaded.inc()
                self.end_room(room, now, "overloaded")
                continue
            self._guard("timers", room.leave_lost, self._resume_seconds, now)
            self._guard("timers", room.taps.handle_timer, now)
            if room.empty_since is not None and now - room.empty_since >= EMPTY_SECONDS:
                self.end_room(room, now, "empty")
        while self._tombstones and now - next(iter(self._tombstones.values())) >= TOMBSTONE_SECONDS:
            self._tombstones.popitem(last=False)

    # --- what workers report ---

    def dispatch(self, link: WorkerLink, seen: Iterable[WorkerEvent], now: float) -> None:
        """Carry out what a worker reported. Events of things that are gone by now are dropped."""
        fed: dict[str, tuple[Participant, dict[str, Slot]]] = {}
        for event in seen:
            try:
                slot = self._take(link, event, now)
            except Exception as error:  # one participant's trouble must not cost the others their events
                self.services.defect("worker_event", error)
                continue
            if slot is not None:
                fed.setdefault(slot.owner.id, (slot.owner, {}))[1][slot.id] = slot
        for owner, slots in fed.values():
            owner.tell(events.FeedsChanged(list(slots.values())))

    def _take(self, link: WorkerLink, event: WorkerEvent, now: float) -> Slot | None:
        """One worker event; gives the slot whose source has changed."""
        if event.kind == "fed":
            slot = link.slots.get(event.handle)
            track = link.uptracks.get(event.a)
            if slot is not None and (track is not slot.live or slot.paused):
                slot.live, slot.paused = track, False
                return slot
        elif event.kind == "paused":
            slot = link.slots.get(event.handle)
            if slot is not None and (track := link.uptracks.get(event.a)) is not None:
                slot.live, slot.paused = track, True
                self.metrics.paused.inc()
                return slot
        elif event.kind == "unused":
            if (track := link.uptracks.get(event.handle)) is not None:
                (track.unused.add if event.b else track.unused.discard)(event.a)
                track.participant.tell(events.LayersWanted(track))
        elif event.kind == "layer":
            if (track := link.uptracks.get(event.handle)) is not None:
                (track.active.add if event.b else track.active.discard)(event.a)
        elif event.kind == "speakers":
            room = link.rooms.get(event.handle)
            if room is not None:
                room.heard(_levels(link, event.data))
        elif (transport := link.transports.get(event.handle)) is not None:
            if event.kind == "dtls":
                transport.receive(event.data, now)
            elif event.kind == "selected":
                transport.selected = (event.data.decode("ascii", "replace"), event.a)
                transport.silent = False
            elif event.kind == "estimate":
                transport.estimate_kbps = event.a
                self.metrics.estimates.observe(event.a * 1000)
            elif event.kind == "silent":
                # The socket decides who is gone: a page that still has one asks for an ICE restart by itself.
                transport.silent = True
                self.metrics.silent.inc()
        return None

    # --- inside ---

    def _least_loaded(self, now: float) -> WorkerLink:
        return min(
            self.links,
            key=lambda link: (link.stuck, link.load.expected(now), link.participants, len(link.rooms), link.index),
        )

    def _look_at(self, link: WorkerLink, now: float) -> None:
        """How busy the worker is, and whether its loop turns. Neither stops it."""
        if link.load.due(now):
            link.load.sample(link.worker.cpu_ns(), now)
            self.metrics.worker_load.labels(str(link.index)).set(link.load.share)
        if not link.pulse.stopped and link.pulse.look(link.worker.last_turn(), now):
            self._stopped(link)

    def _guard(self, where: str, call: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            call(*args, **kwargs)
        except Exception as error:  # one room's trouble must not cost the others their time
            self.services.defect(where, error)

    def _bounded(self, policy: RoomPolicy) -> RoomPolicy:
        return RoomPolicy(policy.floor, min(policy.max, self._participants_limit), policy.lobby)

    def _bury(self, room_id: str, now: float) -> None:
        self._tombstones.pop(room_id, None)
        self._tombstones[room_id] = now
        while len(self._tombstones) > MAX_TOMBSTONES:
            self._tombstones.popitem(last=False)

    def _ended(self, id: str, now: float) -> bool:
        at = self._tombstones.get(id)
        return at is not None and now - at < TOMBSTONE_SECONDS

    def _make_place(self, now: float) -> bool:
        empty = [room for room in self.rooms.values() if room.empty_since is not None]
        if not empty:
            return False
        self.end_room(min(empty, key=lambda room: room.empty_since or 0.0), now, "empty")
        return True

    def _forget(self, room: Room) -> None:
        self.rooms.pop(room.id, None)
        self.metrics.rooms.set(len(self.rooms))

    def _live(self) -> list[tuple[str, dict[str, int]]]:
        return [(str(link.index), link.worker.live()) for link in self.links]

    def _counters(self) -> list[tuple[str, dict[str, int]]]:
        return [
            (str(link.index), {**link.worker.counters(), "drop_dtls_malformed": link.dtls_errors})
            for link in self.links
        ]


def _levels(link: WorkerLink, data: bytes) -> list[tuple[Track, int]]:
    """The worker's (uptrack, level) pairs, without tracks that are gone."""
    whole = len(data) - len(data) % _SPEAKER.size
    found = ((link.uptracks.get(handle), level) for handle, level in _SPEAKER.iter_unpack(data[:whole]))
    return [(track, level) for track, level in found if track is not None]
