"""A participant of our room protocol whose media an engine carries: what a page does, without a page.

Signalling is here, in Python; after the handshakes both paths belong to the engine. `loadtest.peers.participant` is the
other kind: all of it in Python, every byte looked at, for tests of single things.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import aiohttp

from loadtest._engine import Engine
from loadtest.figures import Frame
from loadtest.paths import Path as OpenPath
from loadtest.paths import PathError, connect
from loadtest.peers.dtls import CM, GCM, Identity
from loadtest.peers.media import EXTENSION_IDS, OPUS, VP8, VP8_RTX
from loadtest.peers.publishing import opus_parameters, vp8_parameters
from loadtest.peers.signalling import Signalling, SignallingError, SocketClosedError
from loadtest.peers.view import RoomView
from sfu.parameters import EXTENSION_URIS, DtlsFingerprint, DtlsParameters
from signalling.messages import (
    PROTOCOL,
    AddSlots,
    Connect,
    Feeds,
    Join,
    Joined,
    Layers,
    Leave,
    Path,
    Publish,
    Published,
    Reply,
    Request,
    RestartIce,
    ServerMessage,
    SlotInfo,
    Slots,
    SlotView,
    Source,
    TransportInfo,
    Unpublish,
    UpdateTrack,
    View,
)

FAILURES: Final = (SignallingError, SocketClosedError, PathError, OSError, TimeoutError, aiohttp.ClientError)
"""What keeps somebody from getting in or staying, through no fault of the load tester."""

T = TypeVar("T")


@dataclass(frozen=True)
class OwnStream:
    """One stream of an own track (one simulcast layer), and its number in the engine."""

    ssrc: int
    rtx_ssrc: int
    mid: str
    rid: str
    cname: str
    number: int = -1


@dataclass
class OwnTrack:
    """A track this participant publishes; `streams` lowest layer first."""

    id: str
    source: Source
    streams: list[OwnStream]
    wanted: list[bool]
    """Whether anybody receives a stream, in the same order: a page does not send the others."""


@dataclass
class Slot:
    """A slot of this participant, and its number in the engine."""

    id: str
    kind: str
    number: int
    fed_at: float = 0.0
    """When the server last said that it carries something else (monotonic)."""


@dataclass
class Times:
    """Moments of coming in (monotonic)."""

    began: float = 0.0
    joined: float = 0.0
    connected: float = 0.0
    began_wall_ns: int = 0


@dataclass
class Participant:
    """Call `join`, then publish and look. `opened`: the engine decrypts what comes, see `_engine.pyi`."""

    engine: Engine
    http: aiohttp.ClientSession
    url: str
    ticket: str
    number: int
    opened: bool = True
    profiles: tuple[str, ...] = (GCM, CM)
    identity: Identity = field(default_factory=Identity.generate)
    room: RoomView = field(default_factory=RoomView)
    tracks: dict[Source, OwnTrack] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
    state: Joined | None = None
    detour: Callable[[TransportInfo], Awaitable[TransportInfo]] | None = None
    """Leads the receive path elsewhere: over a modelled line."""

    def __post_init__(self) -> None:
        self._signalling: Signalling | None = None
        self._paths: dict[Path, OpenPath] = {}
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._mids = iter(range(1000))
        self._cname = f"participant-{self.number}"
        self.negotiations = 0
        """Requests after which a page has to negotiate what it receives anew."""

    @property
    def id(self) -> str:
        """The server's name for this presence."""
        assert self.state is not None, "join first"
        return self.state.participant

    # --- in and out ---

    async def join(self, *, slots: int = 0) -> Joined:
        """Come in, have `slots` video slots (and those for sound), bring both paths up. Raises one of `FAILURES`."""
        self.times.began, self.times.began_wall_ns = time.monotonic(), time.time_ns()
        self._signalling = await Signalling.open(self.http, self.url, self._take, self._lost)
        joined = await self.request(Join(protocol=PROTOCOL, ticket=self.ticket))
        assert isinstance(joined, Joined)
        self.state = joined
        self.times.joined = time.monotonic()
        # As a page does: everything is asked for at once, and packets may come before the slots are known.
        _, _, answer = await asyncio.gather(
            self._connect("send", joined.send),
            self._connect("receive", await self.detour(joined.receive) if self.detour else joined.receive),
            self.request(AddSlots(video=slots)),
        )
        assert isinstance(answer, Slots)
        self._take_slots(answer.slots)
        self.times.connected = time.monotonic()
        return joined

    async def leave(self) -> None:
        """Say goodbye and be gone."""
        try:
            await self.request(Leave())
        except (SignallingError, SocketClosedError):
            pass  # the room has ended, or the socket
        await self.close()

    async def close(self) -> None:
        """Be gone; idempotent."""
        for line in self.lines.values():
            self.engine.remove_line(line)
        self.lines.clear()
        for path in self._paths.values():
            path.close()
        self._paths.clear()
        if self._signalling is not None:
            signalling, self._signalling = self._signalling, None
            await signalling.close()

    async def request(self, message: Request) -> Reply:
        """Ask and wait for the answer. Raises `SignallingError`, `SocketClosedError`."""
        if self._signalling is None:
            raise SocketClosedError(None)
        self.negotiations += isinstance(message, AddSlots | Connect | RestartIce)
        return await self._signalling.request(message)

    async def wait_for(self, condition: Callable[[], T], timeout: float = 15.0) -> T:
        """Wait until `condition` is true, looking after every message of the server. Raises `TimeoutError`."""
        if result := condition():
            return result
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((condition, future))
        try:
            async with asyncio.timeout(timeout):
                return await future
        finally:
            self._waiting.remove((condition, future))

    # --- publishing ---

    async def publish_voice(self, *, level: int = 20, size: int = 80, source: Source = "microphone") -> OwnTrack:
        """Publish a voice and begin to send it."""
        stream = self._new_stream(str(next(self._mids)), "", repaired=False)
        track = await self._publish(source, [stream], opus_parameters(stream), 0)
        number = self.engine.send_audio(
            self.lines["send"], ssrc=stream.ssrc, payload_type=OPUS, extensions=EXTENSION_IDS, mid=stream.mid,
            level=level, size=size,
        )  # fmt: skip
        track.streams = [_numbered(stream, number)]
        return track

    async def publish_video(
        self,
        layers: Sequence[Sequence[Frame]],
        *,
        source: Source = "camera",
        height: int = 720,
        packet_size: int = 1200,
    ) -> OwnTrack:
        """Publish a camera or screen and begin to send: one trace a layer, lowest first. `height` is the tallest's."""
        mid = str(next(self._mids))
        rids = [f"r{index}" for index in range(len(layers))] if len(layers) > 1 else [""]
        streams = [self._new_stream(mid, rid, repaired=True) for rid in rids]
        track = await self._publish(source, streams, vp8_parameters(streams), height)
        numbers = [
            self.engine.send_video(
                self.lines["send"], trace, ssrc=stream.ssrc, payload_type=VP8, rtx_ssrc=stream.rtx_ssrc,
                rtx_payload_type=VP8_RTX, extensions=EXTENSION_IDS, mid=mid, rid=stream.rid, packet_size=packet_size,
                sending=wanted,
            )
            for stream, trace, wanted in zip(streams, layers, track.wanted, strict=True)
        ]  # fmt: skip
        track.streams = [_numbered(stream, number) for stream, number in zip(streams, numbers, strict=True)]
        return track

    async def unpublish(self, source: Source) -> None:
        """Stop sending a track and take it back."""
        track = self.tracks.pop(source)
        for stream in track.streams:
            self.engine.set_sending(stream.number, False)
        await self.request(Unpublish(track=track.id))

    async def switch(self, source: Source, on: bool) -> None:
        """Switch a track on or off."""
        track = self.tracks[source]
        for stream, wanted in zip(track.streams, track.wanted, strict=True):
            self.engine.set_sending(stream.number, on and wanted)
        await self.request(UpdateTrack(track=track.id, on=on))

    # --- looking ---

    @property
    def video_slots(self) -> list[Slot]:
        """Slots for pictures, oldest first."""
        return [slot for slot in self.slots.values() if slot.kind == "video"]

    @property
    def audio_slots(self) -> list[Slot]:
        """Slots for sound, oldest first."""
        return [slot for slot in self.slots.values() if slot.kind == "audio"]

    async def view(self, wanted: dict[str, str | None], *, height: int = 720) -> None:
        """Slot id -> track id on the screen, or None for a slot that is not shown."""
        views = [SlotView(slot=slot, max_height=height if track else 0, track=track) for slot, track in wanted.items()]
        await self.request(View(slots=views))

    # --- inside ---

    async def _connect(self, path: Path, info: TransportInfo) -> None:
        named = DtlsFingerprint(algorithm="sha-256", value=self.identity.fingerprint)
        told = Connect(transport=path, dtls_parameters=DtlsParameters(fingerprints=[named], role="client"))
        # The handshake waits for no answer: what it needs is on its way before it.
        opened, _ = await asyncio.gather(connect(info, self.identity, self.profiles), self.request(told))
        self._paths[path] = opened
        self.lines[path] = self.engine.add_line(
            opened.sock,
            ice=opened.ice,
            keys=opened.keys,
            opened=self.opened,
            transport_cc=self._transport_cc() if path == "receive" else 0,
            cname=self._cname,
        )

    def _transport_cc(self) -> int:
        """The id the server gives transport-wide numbers towards us."""
        assert self.state is not None
        uri = EXTENSION_URIS["transport_cc"]
        return next((e.preferredId for e in self.state.rtp_capabilities.headerExtensions if e.uri == uri), 0)

    def _new_stream(self, mid: str, rid: str, *, repaired: bool) -> OwnStream:
        ssrc, rtx = secrets.randbits(31) + 1000, secrets.randbits(31) + 1000 if repaired else 0
        return OwnStream(ssrc, rtx, mid, rid, self._cname)

    async def _publish(self, source: Source, streams: list[OwnStream], parameters: Any, height: int) -> OwnTrack:
        width = height * 16 // 9
        answer = await self.request(Publish(source=source, rtp_parameters=parameters, width=width, height=height))
        assert isinstance(answer, Published)
        track = self.tracks[source] = OwnTrack(answer.track, source, streams, [True] * len(streams))
        return track

    def _take_slots(self, infos: list[SlotInfo]) -> None:
        for info in infos:
            if info.id not in self.slots:
                encoding = info.rtp_parameters.encodings[0]
                number = self.engine.expect(
                    self.lines["receive"],
                    info.kind,
                    ssrc=encoding.ssrc or 0,
                    rtx_ssrc=encoding.rtx.ssrc if encoding.rtx else 0,
                    nack=any(f.type == "nack" for f in info.rtp_parameters.codecs[0].rtcpFeedback),
                )
                self.slots[info.id] = Slot(info.id, info.kind, number)

    def _take(self, message: ServerMessage) -> None:
        self.room.take(message)
        if isinstance(message, Feeds):
            now = time.monotonic()
            for feed in message.feeds:
                if feed.slot in self.slots:
                    self.slots[feed.slot].fed_at = now
        elif isinstance(message, Layers):
            self._take_layers(message)
        for condition, future in self._waiting:
            if not future.done() and (result := condition()):
                future.set_result(result)

    def _take_layers(self, message: Layers) -> None:
        """Stop sending what nobody receives, and begin again what somebody does."""
        track = next((track for track in self.tracks.values() if track.id == message.track), None)
        if track is None:
            return
        track.wanted = message.wanted
        for stream, wanted in zip(track.streams, message.wanted, strict=False):
            if stream.number >= 0:
                self.engine.set_sending(stream.number, wanted)

    def _lost(self, _code: int | None) -> None:
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(SocketClosedError(_code))


def _numbered(stream: OwnStream, number: int) -> OwnStream:
    return OwnStream(stream.ssrc, stream.rtx_ssrc, stream.mid, stream.rid, stream.cname, number)
