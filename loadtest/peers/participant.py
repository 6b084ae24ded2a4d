"""A whole participant: signalling, both transports, synthetic tracks and checked slots."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Self, TypeVar

import aiohttp
from aiortc.rtp import RtcpPacket, RtcpRrPacket, RtcpSrPacket, RtpPacket

from loadtest.peers.dtls import CM, GCM, Identity
from loadtest.peers.media import (
    OPUS,
    VP8,
    VP8_RTX,
    AudioTrack,
    OutStream,
    Track,
    VideoTrack,
    extensions_map,
)
from loadtest.peers.publishing import opus_parameters, vp8_parameters
from loadtest.peers.signalling import Signalling
from loadtest.peers.slots import Slot
from loadtest.peers.transport import Transport
from loadtest.peers.view import RoomView
from sfu.parameters import EXTENSION_IDS as SLOT_EXTENSION_IDS
from sfu.parameters import (
    DtlsFingerprint,
    DtlsParameters,
    RtpParameters,
)
from signalling.messages import (
    PROTOCOL,
    AddSlots,
    Closed,
    Connect,
    Error,
    IceRestarted,
    Join,
    Joined,
    Leave,
    Path,
    Publish,
    Published,
    Reply,
    Request,
    RestartIce,
    Resume,
    ServerMessage,
    SlotInfo,
    Slots,
    SlotView,
    Source,
    Unpublish,
    UpdateTrack,
    View,
)

REPORT_SECONDS: Final = 1.0
_SOURCES: Final[list[Source]] = ["microphone", "camera", "screen", "screen_audio"]

T = TypeVar("T")


class NotJoined(Exception):
    """There is no socket yet: `join` has not come that far."""


class Participant:
    """Join with `join`, leave with `close` (or use it as an async context manager).

    `number` marks the payloads sent. `events` are the server's messages without `re`, and errors; `room` is what they
    amount to.
    """

    def __init__(
        self,
        url: str,
        ticket: str,
        *,
        number: int = 0,
        profiles: tuple[str, ...] = (GCM, CM),
        identity: Identity | None = None,
        nack: bool = True,
        origin: str | None = None,
    ) -> None:
        self.url, self.ticket, self.number = url, ticket, number
        self.identity = identity or Identity.generate()
        self.events: deque[ServerMessage] = deque(maxlen=20_000)
        self.room = RoomView()
        self.state: Joined | None = None
        self.slots: dict[str, Slot] = {}
        self.tracks: dict[str, Track] = {}
        self.transports: dict[Path, Transport] = {}
        self.closed: str | None = None
        """Reason of the server's `closed`."""
        self.socket_code: int | None = None
        """Close code of the last socket, once it ended."""
        self.unclaimed = 0
        """Packets whose SSRC belongs to no slot."""
        self.on_packet: Callable[[Slot, RtpPacket], None] | None = None
        """Told of every packet that is new to its slot, decrypted and out of its repair stream."""
        self._profiles, self._nack, self._origin = profiles, nack, origin
        self._http: aiohttp.ClientSession | None = None
        self._signalling: Signalling | None = None
        self._by_ssrc: dict[int, Slot] = {}
        self._extensions = extensions_map(
            {name: SLOT_EXTENSION_IDS[name] for name in ("transport_cc", "audio_level", "mid")}
        )
        self._numbers = itertools.count(random.randrange(1 << 16))
        self._mids = itertools.count()
        self._waiters: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._reports: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- entry and return ---------------------------------------------------------------------------------------

    async def join(self, *, connect: bool = True) -> Joined:
        """Enter the room and, with `connect`, bring both transports up. Raises `SignallingError`."""
        await self._open()
        joined = await self.request(Join(protocol=PROTOCOL, ticket=self.ticket))
        assert isinstance(joined, Joined)
        if connect:
            await asyncio.gather(self.connect("send"), self.connect("receive"))
        self._reports = asyncio.create_task(self._report())
        return joined

    async def resume(self, token: str | None = None) -> Joined:
        """Come back on a new socket with the resume token; the transports go on as they were."""
        await self._close_socket()
        await self._open()
        token = token or (self.state.resume_token if self.state else "")
        joined = await self.request(Resume(protocol=PROTOCOL, token=token))
        assert isinstance(joined, Joined)
        return joined

    async def connect(self, path: Path, *, fingerprint: str | None = None) -> Transport:
        """Bring one transport up. `fingerprint` replaces the true one in what the server is told."""
        assert self.state is not None, "join first"
        info = self.state.send if path == "send" else self.state.receive
        transport = Transport(info, self.identity, self._profiles, self._on_rtp, self._rtcp_handler(path))
        self.transports[path] = transport
        named = DtlsFingerprint(algorithm="sha-256", value=fingerprint or self.identity.fingerprint)
        await self.request(Connect(transport=path, dtls_parameters=DtlsParameters(fingerprints=[named], role="client")))
        await transport.connect()
        self._changed()
        return transport

    async def restart_ice(self, path: Path) -> None:
        """Move a transport to a new socket under new ICE credentials."""
        answer = await self.request(RestartIce(transport=path))
        assert isinstance(answer, IceRestarted)
        await self.transports[path].restart(answer.iceParameters)

    def lose_socket(self) -> None:
        """Drop the signalling connection without a word."""
        assert self._signalling is not None
        self._signalling.abort()

    async def leave(self) -> None:
        """Leave for good, then close."""
        await self.request(Leave())
        await self.close()

    async def close(self) -> None:
        """Close everything; idempotent."""
        for track in list(self.tracks.values()):
            await track.stop()
        self.tracks.clear()
        if self._reports is not None:
            self._reports.cancel()
            await asyncio.wait([self._reports])
            self._reports = None
        for transport in self.transports.values():
            await transport.close()
        await self._close_socket()
        if self._http is not None:
            await self._http.close()
            self._http = None

    # --- requests and waiting -----------------------------------------------------------------------------------

    async def request(self, message: Request) -> Reply:
        """Send a request and wait for the answer. Raises `SignallingError`, `SocketClosedError`, `NotJoined`."""
        return await self.signalling.request(message)

    @property
    def signalling(self) -> Signalling:
        """The socket in use. Raises `NotJoined` before the first one is open."""
        if self._signalling is None:
            raise NotJoined
        return self._signalling

    async def wait_for(self, condition: Callable[[], T], timeout: float = 10.0) -> T:
        """Wait until `condition` is true, looking after every message and packet; what it returned."""
        if result := condition():
            return result
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        waiter = (condition, future)
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                return await future
        finally:
            self._waiters.remove(waiter)

    async def wait_event(self, kind: type[T], timeout: float = 10.0) -> T:
        """The newest event of a type, waiting for one if there is none yet."""

        def newest() -> T | None:
            return next((event for event in reversed(self.events) if isinstance(event, kind)), None)

        event = await self.wait_for(newest, timeout)
        assert event is not None
        return event

    # --- publishing ---------------------------------------------------------------------------------------------

    async def publish_audio(self, *, source: Source = "microphone", level: int = 20, on: bool = True) -> AudioTrack:
        """Publish a microphone and begin to send."""
        mid = str(next(self._mids))
        stream = self._stream(OPUS, -1, 48000, mid, "")
        track = AudioTrack(self.number, _SOURCES.index(source), [stream], level=level)
        await self._publish(track, source, opus_parameters(stream), on, (0, 0))
        return track

    async def publish_video(
        self,
        *,
        source: Source = "camera",
        layers: int = 3,
        fps: float = 15,
        size: tuple[int, int] = (1280, 720),
        packets: int = 2,
        on: bool = True,
    ) -> VideoTrack:
        """Publish a camera or screen in VP8 and begin to send: by rids when there are several layers."""
        mid = str(next(self._mids))
        rids = [f"r{index}" for index in range(layers)] if layers > 1 else [""]
        streams = [self._stream(VP8, VP8_RTX, 90000, mid, rid) for rid in rids]
        track = VideoTrack(self.number, _SOURCES.index(source), streams, fps=fps, packets=packets)
        await self._publish(track, source, vp8_parameters(streams), on, size)
        return track

    async def switch(self, track: Track, on: bool) -> None:
        """Switch an own track on or off, as a page does: it says so and stops sending."""
        track.sending = on
        await self.request(UpdateTrack(track=track.id, on=on))

    async def unpublish(self, track: Track) -> None:
        """Stop sending and take the track back."""
        await track.stop()
        self.tracks.pop(track.id, None)
        await self.request(Unpublish(track=track.id))

    # --- receiving ----------------------------------------------------------------------------------------------

    async def add_slots(self, video: int = 0) -> list[Slot]:
        """Have the audio slots and at least `video` video slots; all of them."""
        answer = await self.request(AddSlots(video=video))
        assert isinstance(answer, Slots)
        self._take_slots(answer.slots)
        return list(self.slots.values())

    async def view(self, *wanted: SlotView) -> None:
        """Say what is on the screen."""
        await self.request(View(slots=list(wanted)))

    @property
    def audio_slots(self) -> list[Slot]:
        """Slots for sound, oldest first."""
        return [slot for slot in self.slots.values() if slot.kind == "audio"]

    @property
    def video_slots(self) -> list[Slot]:
        """Slots for pictures, oldest first."""
        return [slot for slot in self.slots.values() if slot.kind == "video"]

    def heard(self, number: int) -> int:
        """Audio packets received, each byte checked, from the participant with this number."""
        return sum(slot.received[number] for slot in self.audio_slots)

    def seen(self, number: int) -> int:
        """Video packets received, each byte checked, from the participant with this number."""
        return sum(slot.received[number] for slot in self.video_slots)

    # --- inside -------------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        if self._http is None:
            self._http = aiohttp.ClientSession()
        self.socket_code = None
        self._signalling = await Signalling.open(
            self._http, self.url, self._on_message, self._on_socket_closed, origin=self._origin
        )

    async def _close_socket(self) -> None:
        if self._signalling is not None:
            await self._signalling.close()
            self._signalling = None

    def _stream(self, payload_type: int, rtx: int, clock_rate: int, mid: str, rid: str) -> OutStream:
        return OutStream(
            self._send_rtp,
            payload_type=payload_type,
            rtx_payload_type=rtx,
            clock_rate=clock_rate,
            mid=mid,
            rid=rid,
            cname=f"participant-{self.number}",
            transport_numbers=self._numbers,
        )

    async def _publish(
        self, track: Track, source: Source, parameters: RtpParameters, on: bool, size: tuple[int, int]
    ) -> None:
        answer = await self.request(
            Publish(source=source, rtp_parameters=parameters, width=size[0], height=size[1], on=on)
        )
        assert isinstance(answer, Published)
        track.id = answer.track
        track.sending = on
        self.tracks[track.id] = track
        track.start()

    def _take_slots(self, infos: list[SlotInfo]) -> None:
        for info in infos:
            if info.id not in self.slots:
                slot = Slot(info, self._send_feedback, nack=self._nack)
                self.slots[slot.id] = slot
                self._by_ssrc[slot.ssrc] = slot
                if slot.rtx_ssrc:
                    self._by_ssrc[slot.rtx_ssrc] = slot

    def _send_rtp(self, packet: bytes) -> None:
        if transport := self.transports.get("send"):
            transport.send_rtp(packet)

    def _send_feedback(self, packet: bytes) -> None:
        if transport := self.transports.get("receive"):
            transport.send_rtcp(packet)

    def _on_message(self, message: ServerMessage) -> None:
        self.room.take(message)
        if isinstance(message, Joined):
            self.state = message
            self._take_slots(message.slots)
        elif isinstance(message, Closed):
            self.closed = message.reason
        if not isinstance(message, Reply) or isinstance(message, Error) or message.re is None:
            self.events.append(message)
        self._changed()

    def _on_socket_closed(self, code: int | None) -> None:
        self.socket_code = code
        self._changed()

    def _on_rtp(self, packet: bytes) -> None:
        slot = self._by_ssrc.get(int.from_bytes(packet[8:12], "big"))
        if slot is None:
            self.unclaimed += 1
            return
        received = slot.receive(packet, self._extensions)
        if received is not None and self.on_packet is not None:
            self.on_packet(slot, received)
        self._changed()

    def _rtcp_handler(self, path: Path) -> Callable[[bytes], None]:
        def receive(data: bytes) -> None:
            for packet in RtcpPacket.parse(data):
                if path == "send":
                    for track in self.tracks.values():
                        track.on_rtcp(packet)
                elif isinstance(packet, RtcpSrPacket) and (slot := self._by_ssrc.get(packet.ssrc)):
                    slot.take_sender_report(packet.sender_info)
            self._changed()

        return receive

    async def _report(self) -> None:
        """Sender reports about own streams, receiver reports about slots."""
        own = random.randrange(1, 1 << 31)
        while True:
            await asyncio.sleep(REPORT_SECONDS * random.uniform(0.8, 1.2))
            sending, receiving = self.transports.get("send"), self.transports.get("receive")
            if sending is not None:
                for track in self.tracks.values():
                    for stream in track.streams:
                        if stream.packets:
                            sending.send_rtcp(stream.sender_report())
            if receiving is not None:
                blocks = [slot.report_block() for slot in self.slots.values() if slot.packets]
                for start in range(0, len(blocks), 31):
                    receiving.send_rtcp(bytes(RtcpRrPacket(ssrc=own, reports=blocks[start : start + 31])))

    def _changed(self) -> None:
        for condition, future in self._waiters:
            if future.done():
                continue
            try:
                result = condition()
            except Exception as error:
                future.set_exception(error)
                continue
            if result:
                future.set_result(result)
