"""The control API: how the platform steers a media node. Every call is signed (see `interprocess.calls`).

PUT /control/v1/rooms/{id}, GET and DELETE of it, GET /control/v1/rooms, POST .../{id}/remove, PUT .../{id}/revoked,
POST .../{id}/taps and DELETE .../{id}/taps/{tap}, POST /control/v1/drain.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, Literal

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from interprocess.calls import CallRefused, CallVerifier
from interprocess.problems import problem
from sfu.errors import Refused
from sfu.floor import FloorPolicy
from sfu.node import Node
from sfu.participant import Source
from sfu.room import Room, RoomPolicy
from sfu.tap import UdpPort
from signalling.stream_keys import MAX_REVOKED, KeyId
from signalling.streams import Streams

MAX_BODY: Final = 64 * 1024

STATUS_OF: Final = {
    "room_ended": 409,
    "too_many_taps": 409,
    "node_full": 503,
    "overloaded": 503,
    "draining": 503,
}
"""HTTP status of a refusal; others are 400."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RoomSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of PUT rooms/{id}."""

    title: Annotated[str, Meta(max_length=256)] = ""
    floor: FloorPolicy = "hand"
    max: Annotated[int, Meta(ge=1, le=10_000)] = 50
    lobby: bool = True


class RemoveRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST rooms/{id}/remove."""

    person: Annotated[str, Meta(min_length=1, max_length=64)]


class TapRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST rooms/{id}/taps: where a reader of plain RTP waits, on this machine."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    host: Annotated[str, Meta(min_length=1, max_length=64)]
    port: UdpPort


class RevokedKeys(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of PUT rooms/{id}/revoked."""

    keys: Annotated[list[KeyId], Meta(max_length=MAX_REVOKED)]


class PublishedInfo(Struct, frozen=True):
    """A track in a room's state. `layers` are those that arrive now, by index, lowest first."""

    id: str
    source: Source
    on: bool
    allowed: bool
    layers: list[int]


class PresentInfo(Struct, frozen=True):
    """A participant in a room's state; `joined_at` is Unix time."""

    id: str
    person: str
    name: str
    role: Literal["host", "member", "guest"]
    joined_at: float
    tracks: list[PublishedInfo]
    estimate_kbps: int = 0
    """What the line to them carries; 0: not known."""


class TapInfo(Struct, frozen=True):
    """A tap in a room's state; `stage` is the track it shows."""

    id: str
    host: str
    port: int
    stage: str | None


class RoomState(Struct, frozen=True):
    """A room as the platform sees it; `started_at` is Unix time."""

    id: str
    title: str
    participants: list[PresentInfo]
    waiting: int
    started_at: float
    taps: list[TapInfo]


class ControlApi:
    """The handlers, over one node. `drain` ends signalling on this node."""

    def __init__(self, node: Node, verifier: CallVerifier, streams: Streams) -> None:
        self._node = node
        self._verifier = verifier
        self._streams = streams

    def routes(self) -> list[web.RouteDef]:
        """What to put on the control listener."""
        return [
            web.get("/control/v1/rooms", self._signed(self._list)),
            web.put("/control/v1/rooms/{room}", self._signed(self._put)),
            web.get("/control/v1/rooms/{room}", self._signed(self._get)),
            web.delete("/control/v1/rooms/{room}", self._signed(self._end)),
            web.post("/control/v1/rooms/{room}/remove", self._signed(self._remove)),
            web.put("/control/v1/rooms/{room}/revoked", self._signed(self._revoke)),
            web.post("/control/v1/rooms/{room}/taps", self._signed(self._tap)),
            web.delete("/control/v1/rooms/{room}/taps/{tap}", self._signed(self._untap)),
            web.post("/control/v1/drain", self._signed(self._drain)),
        ]

    def _signed(self, handler: Handler) -> Handler:
        """Let only signed calls through, and turn refusals into problem documents."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            metrics = self._node.metrics
            body = await request.read()
            authorization = request.headers.get("Authorization", "")
            try:
                self._verifier.verify(authorization, request.method, request.path, body, time.time())
            except CallRefused as refused:
                metrics.calls_refused.labels(refused.cause).inc()
                return problem(401, "not_authorised", "the call is not signed as it must be")
            try:
                return await handler(request)
            except Refused as refused:
                metrics.calls_refused.labels(refused.code).inc()
                return problem(STATUS_OF.get(refused.code, 400), refused.code, refused.message)
            except ValueError as error:  # msgspec's, of a body that does not validate
                metrics.calls_refused.labels("bad_request").inc()
                return problem(400, "bad_request", str(error))

        return guarded

    async def _put(self, request: web.Request) -> web.StreamResponse:
        room_id = request.match_info["room"]
        if not 1 <= len(room_id) <= 64:
            raise Refused("bad_request", "a room's id has 1 to 64 characters")
        settings = msgspec.json.decode(await request.read() or b"{}", type=RoomSettings)
        policy = RoomPolicy(floor=settings.floor, max=settings.max, lobby=settings.lobby)
        return _json(_state(self._node.configure_room(room_id, settings.title, policy, time.monotonic())))

    async def _list(self, _request: web.Request) -> web.StreamResponse:
        return _json({"rooms": [_state(room) for room in self._node.rooms.values()]})

    async def _get(self, request: web.Request) -> web.StreamResponse:
        room = self._node.rooms.get(request.match_info["room"])
        return _no_room() if room is None else _json(_state(room))

    async def _end(self, request: web.Request) -> web.StreamResponse:
        """Ends the room for all; a room that is not here is remembered as ended just the same."""
        self._node.end_room_id(request.match_info["room"], time.monotonic())
        self._streams.wake(request.match_info["room"])
        return web.Response(status=204)

    async def _remove(self, request: web.Request) -> web.StreamResponse:
        wish = msgspec.json.decode(await request.read(), type=RemoveRequest)
        room = self._node.rooms.get(request.match_info["room"])
        if room is None:
            return _no_room()
        room.remove_person(wish.person, time.monotonic())
        return web.Response(status=204)

    async def _tap(self, request: web.Request) -> web.StreamResponse:
        wish = msgspec.json.decode(await request.read(), type=TapRequest)
        room = self._node.rooms.get(request.match_info["room"])
        if room is None:
            return _no_room()
        return _json(room.taps.open(wish.id, wish.host, wish.port, time.monotonic()))

    async def _untap(self, request: web.Request) -> web.StreamResponse:
        """Ends a tap; one that is gone already is no mistake."""
        room = self._node.rooms.get(request.match_info["room"])
        if room is not None:
            room.taps.close(request.match_info["tap"])
        return web.Response(status=204)

    async def _revoke(self, request: web.Request) -> web.StreamResponse:
        """The whole list of the room's revoked stream keys; what they hold ends at once."""
        wish = msgspec.json.decode(await request.read(), type=RevokedKeys)
        room = self._node.rooms.get(request.match_info["room"])
        if room is None:
            return _no_room()
        self._streams.revoke(room, frozenset(wish.keys), time.monotonic())
        return web.Response(status=204)

    async def _drain(self, _request: web.Request) -> web.StreamResponse:
        self._node.drain(time.monotonic())
        return web.Response(status=204)


def _state(room: Room) -> RoomState:
    return RoomState(
        id=room.id,
        title=room.title,
        participants=[
            PresentInfo(
                id=p.id,
                person=p.person,
                name=p.name,
                role=p.role,
                joined_at=p.joined_at,
                estimate_kbps=p.receive.estimate_kbps,
                tracks=[
                    PublishedInfo(id=t.id, source=t.source, on=t.on, allowed=t.allowed, layers=sorted(t.active))
                    for t in p.tracks.values()
                ],
            )
            for p in room.participants.values()
        ],
        waiting=len(room.visitors),
        started_at=room.started_at,
        taps=[
            TapInfo(
                tap.description.id,
                tap.description.host,
                tap.description.port,
                tap.stage.shown.id if tap.stage.shown else None,
            )
            for tap in room.taps.all
        ],
    )


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


def _no_room() -> web.Response:
    return problem(404, "not_found", "there is no such room on this node")
