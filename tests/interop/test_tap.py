"""A tap over the wire: plain RTP on a socket of this machine, read with aiortc, of a room full of real participants."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import msgspec
import pytest
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpSrPacket, RtpPacket
from joserfc.jwk import OKPKey

from loadtest.peers.media import AudioTrack, Stamp, VideoTrack, read_vp8
from loadtest.peers.participant import Participant
from platform_api.signing import CONTROL_AUDIENCE, sign_call
from sfu.tap import TapDescription, TapSlot
from signalling.messages import GiveFloor
from tests.interop.media import MediaProcess

NTP_UNITS = 1 << 32
CAMERA, SCREEN = 1, 2
"""Tracks as the payloads' stamps name them."""


class Reader(asyncio.DatagramProtocol):
    """Reads a tap as the hls process does, and checks every byte and every sequence number."""

    def __init__(self) -> None:
        self.slots: dict[int, TapSlot] = {}
        self.stamps: Counter[tuple[int, int]] = Counter()
        """Packets by (participant's number, track)."""
        self.last: dict[int, RtpPacket] = {}
        self.reports: dict[int, list[tuple[int, int]]] = {}
        """By SSRC: NTP and RTP time of each sender report."""
        self.shown: tuple[int, int] | None = None
        """Whose picture came last."""
        self.changes: list[str] = []
        """Everything that must not happen."""
        self.started_with_key: bool | None = None
        self.layer = -1
        self.transport: asyncio.DatagramTransport | None = None
        self._waiters: list[tuple[Callable[[], Any], asyncio.Future[None]]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if 64 <= data[1] & 0x7F < 96:  # RFC 5761, section 4
            for packet in RtcpPacket.parse(data):
                if isinstance(packet, RtcpSrPacket):
                    info = packet.sender_info
                    self.reports.setdefault(packet.ssrc, []).append((info.ntp_timestamp, info.rtp_timestamp))
        else:
            self._take(RtpPacket.parse(data))
        for condition, future in list(self._waiters):
            if not future.done() and condition():
                future.set_result(None)

    def _take(self, packet: RtpPacket) -> None:
        slot = self.slots.get(packet.ssrc)
        if slot is None or packet.payload_type not in slot.payload_types.values():
            self.changes.append(f"a packet nobody announced: {packet}")
            return
        before = self.last.get(packet.ssrc)
        if before is not None and (packet.sequence_number - before.sequence_number) & 0xFFFF != 1:
            self.changes.append(f"{slot.kind}: {before.sequence_number} -> {packet.sequence_number}")
        self.last[packet.ssrc] = packet
        if slot.kind == "audio":
            stamp = Stamp.read(packet.payload[1:])
        else:
            stamp, _, key = read_vp8(packet.payload)
            if stamp is not None and (stamp.number, stamp.track) != self.shown:
                self.shown = (stamp.number, stamp.track)
                self.started_with_key = key
        if stamp is None:
            self.changes.append("a byte is not as it was sent")
            return
        if slot.kind == "video":
            self.layer = stamp.layer
        self.stamps[stamp.number, stamp.track] += 1

    async def until(self, condition: Callable[[], Any], timeout: float = 20.0) -> None:
        """Wait until it is so, looking after every packet."""
        if condition():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((condition, future))
        async with asyncio.timeout(timeout):
            await future

    async def more(self, number: int, track: int, packets: int = 10) -> None:
        """Wait for more packets of somebody's track."""
        before = self.stamps[number, track]
        await self.until(lambda: self.stamps[number, track] >= before + packets)


@dataclass
class Lesson:
    """A teacher (1) and a student with the floor (2), both with camera and microphone, and a tap."""

    media: MediaProcess
    room: str
    teacher: Participant
    student: Participant
    reader: Reader
    tap: TapDescription
    voices: list[AudioTrack] = field(default_factory=list)
    cameras: list[VideoTrack] = field(default_factory=list)


async def control(media: MediaProcess, method: str, path: str, body: Any = None) -> Any:
    """A signed control call."""
    content = b"" if body is None else msgspec.json.encode(body)
    key = OKPKey.import_key(media.api_key)
    signature = sign_call(key, CONTROL_AUDIENCE, method, path, content, time.time())
    async with aiohttp.ClientSession() as http:
        async with http.request(
            method, media.control + path, data=content, headers={"Authorization": signature}
        ) as answer:
            text = await answer.read()
            assert answer.status < 300, text
            return msgspec.json.decode(text) if text else None


@pytest.fixture
async def lesson(shared_media_process: MediaProcess) -> AsyncIterator[Lesson]:
    media, room = shared_media_process, secrets.token_hex(8)
    async with (
        media.participant(room, 1, ticket={"role": "host"}) as teacher,
        media.participant(room, 2) as student,
    ):
        for participant in (teacher, student):
            await participant.join()
        loop = asyncio.get_running_loop()
        transport, reader = await loop.create_datagram_endpoint(Reader, local_addr=("127.0.0.1", 0))
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        port = transport.get_extra_info("sockname")[1]
        answer = await control(
            media, "POST", f"/control/v1/rooms/{room}/taps", {"id": "tap", "host": "127.0.0.1", "port": port}
        )
        tap = msgspec.convert(answer, TapDescription)
        reader.slots = {slot.ssrc: slot for slot in tap.slots}
        assert student.state is not None
        await teacher.request(GiveFloor(participant=student.state.participant))
        voices = [await teacher.publish_audio(level=60), await student.publish_audio(level=60, on=False)]
        cameras = [await teacher.publish_video(fps=30), await student.publish_video(fps=30)]
        yield Lesson(media, room, teacher, student, reader, tap, voices, cameras)
        transport.close()


async def test_voices_and_the_stage_come_in_clear_on_one_clock(lesson: Lesson) -> None:
    reader, tap = lesson.reader, lesson.tap
    await reader.more(1, 0, 50)
    await reader.more(1, CAMERA)
    assert reader.started_with_key, "the first packet begins a keyframe"
    await reader.until(lambda: reader.layer == 2)  # 720 lines, the highest of three
    audio = next(ssrc for ssrc in reader.last if reader.slots[ssrc].kind == "audio")
    video = next(slot.ssrc for slot in tap.slots if slot.kind == "video")
    await reader.until(lambda: all(len(reader.reports.get(ssrc, [])) >= 2 for ssrc in (audio, video)))
    for ssrc in (audio, video):
        (ntp, rtp), (later, rtp_later) = reader.reports[ssrc][0], reader.reports[ssrc][-1]
        seconds = (later - ntp) / NTP_UNITS
        assert abs(((rtp_later - rtp) & 0xFFFFFFFF) / reader.slots[ssrc].clock_rate - seconds) < 0.05
        assert abs(later / NTP_UNITS - 2208988800 - time.time()) < 5, "the clock is the wall's"
    assert lesson.teacher.room.participants.keys() == lesson.student.room.participants.keys()
    assert len(lesson.teacher.room.participants) == 2, "a tap is nobody"
    assert not reader.changes


async def test_a_reader_asks_for_a_keyframe(lesson: Lesson) -> None:
    reader, tap = lesson.reader, lesson.tap
    await reader.more(1, CAMERA)
    asked = lesson.cameras[0].keyframe_requests
    video = next(slot.ssrc for slot in tap.slots if slot.kind == "video")
    assert reader.transport is not None
    pli = bytes(RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=video))
    reader.transport.sendto(pli, (tap.media_host, tap.media_port))
    await lesson.teacher.wait_for(lambda: lesson.cameras[0].keyframe_requests > asked, timeout=20)


async def test_the_stage_follows_who_speaks_and_who_shares(lesson: Lesson) -> None:
    reader, teacher, student = lesson.reader, lesson.teacher, lesson.student
    await reader.until(lambda: reader.shown == (1, CAMERA))
    lesson.voices[1].level = 5
    await student.switch(lesson.voices[1], True)
    await reader.until(lambda: reader.shown == (2, CAMERA))
    assert reader.started_with_key
    screen = await teacher.publish_video(source="screen", layers=1, fps=10)
    await reader.until(lambda: reader.shown == (1, SCREEN))
    assert reader.started_with_key
    await reader.more(2, 0)
    await teacher.unpublish(screen)
    await reader.until(lambda: reader.shown == (2, CAMERA))
    await student.leave()
    await reader.until(lambda: reader.shown == (1, CAMERA))
    assert reader.stamps[1, 0] > 50, "who is softer is heard as well"
    assert not reader.changes, "sequence numbers go on through every change of source"


async def test_a_reader_that_reads_nothing_harms_nobody(lesson: Lesson) -> None:
    deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.bind(("127.0.0.1", 0))
    body = {"id": "deaf", "host": "127.0.0.1", "port": deaf.getsockname()[1]}
    await control(lesson.media, "POST", f"/control/v1/rooms/{lesson.room}/taps", body)
    watcher = lesson.media.participant(lesson.room, 3)
    async with watcher:
        await watcher.join()
        await watcher.add_slots(1)
        await watcher.wait_for(lambda: watcher.seen(1) + watcher.seen(2) >= 200 and watcher.heard(1) >= 50, timeout=20)
        assert sum(slot.lost for slot in watcher.slots.values()) == 0
        assert sum(slot.bad for slot in watcher.slots.values()) == 0
    await lesson.reader.more(1, CAMERA, 50)
    assert not lesson.reader.changes
    deaf.close()  # from here on the kernel refuses its packets
    await lesson.reader.more(1, CAMERA, 50)
    assert not lesson.reader.changes


async def test_a_tap_that_ended_is_silent(lesson: Lesson) -> None:
    reader = lesson.reader
    await reader.more(1, CAMERA)
    await control(lesson.media, "DELETE", f"/control/v1/rooms/{lesson.room}/taps/tap")
    sent = lesson.voices[0].streams[0].packets
    await lesson.teacher.wait_for(lambda: lesson.voices[0].streams[0].packets > sent + 10)
    got = sum(reader.stamps.values())
    sent = lesson.voices[0].streams[0].packets
    await lesson.teacher.wait_for(lambda: lesson.voices[0].streams[0].packets > sent + 50)
    assert sum(reader.stamps.values()) == got
    room = await control(lesson.media, "GET", f"/control/v1/rooms/{lesson.room}")
    assert room["taps"] == [] and len(room["participants"]) == 2
