"""What each receiver gets of what comes, as far as its line goes; and that nobody else notices a bad one.

Everything runs in the test's own time: a second of pictures and voices is one for the worker, however fast it goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpRtpfbPacket, RtpPacket

from sfu._fastpath import Event
from tests.packets._still import Still
from tests.packets.pictures import Encoder

PICTURE_US = 33_333
FIRST_PORT = 41000
IDS = {"mid": 1, "rid": 2, "transport_cc": 5, "audio_level": 10, "dependency": 12}
VOICE_SIZE = 80
TRANSPORT_CC = 5


@dataclass
class Camera:
    """A publisher's picture: its layers, and how many bytes each of their pictures has, lowest first."""

    port: int
    track: int
    transport: int
    encoders: list[Encoder]
    sizes: list[int]
    keys: set[int] = field(default_factory=set)
    sending: set[int] = field(default_factory=set)
    asked: int = 0

    def picture(self) -> Iterator[bytes]:
        """The next one of every layer, filled up to its size; a keyframe where one was asked for."""
        for index, (encoder, size) in enumerate(zip(self.encoders, self.sizes, strict=True)):
            if index not in self.sending:
                continue
            parts = max(1, size // 1000)
            for packet in encoder.picture_packets(key=index in self.keys, parts=parts):
                yield packet + b"x" * max(0, size // parts - len(packet))
        self.keys.clear()


@dataclass
class Seat:
    """A receiver."""

    port: int
    transport: int
    slots: list[int]
    audio: int
    bits: int = 0
    packets: list[RtpPacket] = field(default_factory=list)


class Class:
    """A room on a worker that stands still, with the publishers and receivers a test puts there."""

    def __init__(self) -> None:
        self.still = Still()
        self.worker = self.still.worker
        self.room = self.worker.add_room()
        self.cameras: list[Camera] = []
        self.seats: list[Seat] = []
        self.voices: list[tuple[int, int]] = []
        self.events: list[Event] = []
        self.next = 0

    def path(self, direction: str) -> tuple[int, int]:
        self.next += 1
        handle = self.worker.add_transport(self.next, f"user{self.next}", "p" * 24, direction=direction)
        self.worker.set_plain(handle, "127.0.0.1", FIRST_PORT + self.next)
        return FIRST_PORT + self.next, handle

    def camera(self, sizes: list[int], *, codec: str = "VP8", spatial: int = 1, temporal: int = 3) -> Camera:
        port, handle = self.path("send")
        base = 1000 * self.next
        encoders = [Encoder(i, codec, base + 10 * i, spatial, temporal) for i in range(len(sizes))]
        track = self.worker.add_uptrack(
            handle, self.room, kind="video", codec=codec, payload_type=96, rtx_payload_type=-1, clock_rate=90000,
            mid="0", encodings=[("", e.ssrc, 0) for e in encoders], extensions=IDS, allowed=True,
        )  # fmt: skip
        made = Camera(port, track, handle, encoders, sizes, set(range(len(sizes))), set(range(len(sizes))))
        self.cameras.append(made)
        return made

    def voice(self) -> None:
        port, handle = self.path("send")
        self.voices.append((port, 9000 + self.next))
        self.worker.add_uptrack(
            handle, self.room, kind="audio", codec="opus", payload_type=111, rtx_payload_type=-1, clock_rate=48000,
            mid="0", encodings=[("", 9000 + self.next, 0)], extensions={}, allowed=True,
        )  # fmt: skip

    def seat(self, slots: int) -> Seat:
        port, handle = self.path("receive")
        ssrc = 100_000 * self.next
        audio = self.worker.add_slot(handle, self.room, kind="audio", ssrc=ssrc, rtx_ssrc=0, cname="c")
        made = [
            self.worker.add_slot(
                handle, self.room, kind="video", ssrc=ssrc + 10 * i, rtx_ssrc=ssrc + 10 * i + 1, cname="c"
            )
            for i in range(1, slots + 1)
        ]
        self.seats.append(Seat(port, handle, made, audio))
        return self.seats[-1]

    def last(self, seconds: float) -> None:
        """Let time go by with everybody sending; what each seat got stands in `bits` and `packets`."""
        for seat in self.seats:
            seat.bits, seat.packets = 0, []
        for _ in range(round(seconds * 1e6 / PICTURE_US)):
            for camera in self.cameras:
                for packet in camera.picture():
                    self.still.receive(camera.port, packet)
            for port, ssrc in self.voices:
                self.speak(port, ssrc)
            self.still.run()
            self.still.pass_time(PICTURE_US)
            self.deliver()
            self.events += self.worker.poll()

    def speak(self, port: int, ssrc: int) -> None:
        self.next_voice = getattr(self, "next_voice", 0) + 1
        packet = RtpPacket(
            payload_type=111, sequence_number=self.next_voice & 0xFFFF, timestamp=self.next_voice * 1600, ssrc=ssrc,
            payload=b"v" * VOICE_SIZE,
        )  # fmt: skip
        self.still.receive(port, packet.serialize())

    def deliver(self) -> None:
        seats = {seat.port: seat for seat in self.seats}
        cameras = {camera.port: camera for camera in self.cameras}
        for port, data in self.still.sent():
            if 192 <= data[1] <= 223:
                if port in cameras:
                    self.ask(cameras[port], data)
            elif port in seats:
                seats[port].bits += 8 * len(data)
                seats[port].packets.append(RtpPacket.parse(data))

    def ask(self, camera: Camera, data: bytes) -> None:
        for packet in RtcpPacket.parse(data):
            if isinstance(packet, RtcpPsfbPacket) and packet.fmt == 1:
                camera.asked += 1
                camera.keys |= {i for i, e in enumerate(camera.encoders) if e.ssrc == packet.media_ssrc}

    def refuse(self, seat: Seat, slot: int) -> None:
        """The seat's decoder asks for a keyframe in its slot of that number."""
        ssrc = 100_000 * (seat.port - FIRST_PORT) + 10 * (slot + 1)
        self.still.receive(seat.port, bytes(RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=ssrc)))

    def told(self, kind: str) -> list[Event]:
        """Events of a kind so far; they are forgotten."""
        found = [event for event in self.events if event.kind == kind]
        self.events = [event for event in self.events if event.kind != kind]
        return found


@pytest.fixture
def lesson() -> Iterator[Class]:
    made = Class()
    yield made
    made.still.close()


def test_a_lone_picture_outlasts_a_dip_of_the_estimate_and_no_thin_line(lesson: Class) -> None:
    camera = lesson.camera([3000], temporal=1)
    seat = lesson.seat(1)
    lesson.worker.feed(seat.slots[0], camera.track, 0)
    lesson.last(6)
    bps = sum(lesson.still.rates(camera.track, 0))
    lesson.told("paused")
    lesson.still.estimate(seat.transport, int(0.85 * bps))
    lesson.last(2)
    assert seat.bits / 2 == pytest.approx(bps, rel=0.1)
    assert not lesson.told("paused")
    lesson.still.estimate(seat.transport, int(0.7 * bps))
    lesson.last(2)
    assert lesson.told("paused")


def test_layers_are_weighed_as_they_come(lesson: Class) -> None:
    camera = lesson.camera([500, 3000])
    seat = lesson.seat(1)
    lesson.worker.feed(seat.slots[0], camera.track, 1)
    lesson.last(8)
    low, high = lesson.still.rates(camera.track, 0), lesson.still.rates(camera.track, 1)
    assert sum(low) == pytest.approx(30 * 8 * (500 + 32), rel=0.1)
    assert sum(high) == pytest.approx(30 * 8 * (3000 + 3 * 32), rel=0.1)
    assert high[0] == pytest.approx(sum(high) / 4, rel=0.1), "a quarter of the pictures is in the base layer"
    assert high[2] == pytest.approx(sum(high) / 2, rel=0.1)
    wanted, allocated = lesson.still.line(seat.transport)
    assert wanted == allocated == pytest.approx(sum(high), rel=0.1), "nothing limits it, and the tallest is shown"


def test_a_thin_line_carries_what_it_can_and_no_more(lesson: Class) -> None:
    camera = lesson.camera([500, 1500, 3500])
    lesson.voice()
    seat, other = lesson.seat(1), lesson.seat(1)
    for slot in (*seat.slots, *other.slots):
        lesson.worker.feed(slot, camera.track, 2)
    lesson.last(3)
    whole = other.bits / 3
    for bps in (700_000, 400_000, 200_000, 90_000):
        lesson.still.estimate(seat.transport, bps)
        lesson.last(1)
        lesson.last(5)
        assert 0.4 * bps < seat.bits / 5 < 1.1 * bps
        assert other.bits / 5 == pytest.approx(whole, rel=0.03), "nobody else notices"
        assert lesson.still.line(seat.transport)[1] <= bps
    lesson.still.estimate(seat.transport, 5_000_000)
    lesson.last(3)
    assert seat.bits / 3 < 0.5 * whole, "what stepped down stays there for a while"
    lesson.last(12)
    lesson.last(3)
    assert seat.bits == pytest.approx(other.bits, rel=0.03)


def test_voices_first_then_the_screen_then_who_is_on_stage(lesson: Class) -> None:
    screen = lesson.camera([2500])
    faces = [lesson.camera([400, 1500]) for _ in range(4)]
    lesson.voice()
    seat = lesson.seat(5)
    lesson.worker.feed(seat.slots[0], screen.track, 0, rank=4, keeps_size=True)
    for index, face in enumerate(faces):
        lesson.worker.feed(seat.slots[1 + index], face.track, 1, rank=2 if index == 2 else 0)
    lesson.last(2)
    lesson.worker.limit(seat.transport, 1_500_000)
    lesson.last(3)
    granted = [lesson.still.granted(slot) for slot in seat.slots]
    assert granted[0] == (0, 11), "all of the screen"
    assert granted[3] == (1, 11), "who is on stage is seen large"
    assert all(granted[i] < (1, 11) for i in (1, 2, 4))
    lesson.worker.limit(seat.transport, 400_000)
    lesson.last(3)
    granted = [lesson.still.granted(slot) for slot in seat.slots]
    assert granted[0][0] == 0 and granted[0][1] < 11, "the screen keeps its size and shows fewer pictures a second"
    lesson.worker.limit(seat.transport, 40_000)
    lesson.last(1)
    assert [lesson.still.granted(slot)[0] for slot in seat.slots] == [-1] * 5
    paused = {(event.handle, event.a) for event in lesson.told("paused")}
    assert (seat.slots[0], screen.track) in paused and len(paused) == 5
    lesson.last(1)
    assert len([p for p in seat.packets if p.payload_type == 100]) >= 29, "the voice has no gap"
    assert all(p.payload_type == 100 for p in seat.packets)


def test_what_was_paused_goes_on(lesson: Class) -> None:
    camera = lesson.camera([500])
    seat = lesson.seat(1)
    lesson.worker.feed(seat.slots[0], camera.track, 0)
    lesson.last(2)
    lesson.worker.limit(seat.transport, 10_000)
    lesson.last(1)
    assert lesson.told("paused")
    lesson.told("fed")
    lesson.worker.limit(seat.transport, 1_000_000)
    lesson.last(12)
    assert [event.a for event in lesson.told("fed")] == [camera.track]
    lesson.worker.limit(seat.transport, 10_000)
    lesson.last(1)
    lesson.worker.feed(seat.slots[0], -1, 0)
    lesson.last(0.1)
    assert [event.a for event in lesson.told("fed")] == [-1], "what is not wanted any more is not paused either"


def test_a_layer_nobody_receives_need_not_be_sent(lesson: Class) -> None:
    camera = lesson.camera([500, 1500, 3000])
    seat = lesson.seat(1)
    lesson.worker.feed(seat.slots[0], camera.track, 0)
    lesson.last(4)
    assert lesson.told("unused") == []
    lesson.last(3)
    assert {(e.a, e.b) for e in lesson.told("unused")} == {(1, 1), (2, 1)}
    camera.sending = {0}
    lesson.last(3)
    lesson.worker.feed(seat.slots[0], camera.track, 2)
    lesson.last(0.2)
    assert [(e.a, e.b) for e in lesson.told("unused")] == [(2, 0)]
    camera.sending = {0, 2}
    camera.keys = {2}
    lesson.last(1)
    assert {p.payload[-1:] for p in seat.packets[-5:]} == {b"x"} and seat.bits > 600_000, "back within a keyframe"


def test_spatial_layers_of_one_stream(lesson: Class) -> None:
    camera = lesson.camera([900], codec="VP9", spatial=3)
    seat = lesson.seat(1)
    lesson.worker.feed(seat.slots[0], camera.track, 0)
    lesson.last(3)
    whole = seat.bits / 3
    lesson.worker.limit(seat.transport, int(whole * 0.5))
    lesson.last(1)
    lesson.last(4)
    assert 0.3 * whole < seat.bits / 4 < 0.55 * whole
    timestamps = {p.timestamp for p in seat.packets}
    assert len({p.timestamp for p in seat.packets if p.marker}) == len(timestamps), "every picture has its end"


def test_a_decoder_in_trouble_costs_the_others_nothing(lesson: Class) -> None:
    camera = lesson.camera([500, 1500])
    bad, good = lesson.seat(1), lesson.seat(1)
    for slot in (*bad.slots, *good.slots):
        lesson.worker.feed(slot, camera.track, 1)
    lesson.worker.limit(bad.transport, 3_000_000)
    lesson.last(3)
    before = camera.asked
    for _ in range(60):
        for _ in range(5):
            lesson.refuse(bad, 0)
            lesson.last(0.2)
    assert camera.asked - before <= 12, "300 requests, and a handful reached the publisher"
    assert lesson.still.granted(bad.slots[0])[0] == 0, "the slot stepped down"
    before = camera.asked
    lesson.refuse(good, 0)
    lesson.last(0.2)
    assert camera.asked == before + 1, "who asks once is heard"


def test_a_voice_is_sent_again_as_it_was(lesson: Class) -> None:
    lesson.voice()
    seat = lesson.seat(0)
    lesson.last(1)
    ssrc = 100_000 * (seat.port - FIRST_PORT)

    def before(back: int) -> int:
        return (seat.packets[-1].sequence_number - back) & 0xFFFF

    def again(lost: int) -> list[bytes]:
        lesson.still.receive(seat.port, bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=ssrc, lost=[lost])))
        return [data for port, data in lesson.still.sent() if port == seat.port and not 192 <= data[1] <= 223]

    assert again(before(3)) == [], "nothing is kept for who misses nothing"
    lesson.last(1)
    missed = before(3)
    (once,) = again(missed)
    assert RtpPacket.parse(once).payload == seat.packets[-4].payload
    assert RtpPacket.parse(once).sequence_number == seat.packets[-4].sequence_number
    assert again(missed) == [], "it is still under way"
    lesson.last(0.2)
    assert again(missed) == [once], "to the byte: nothing is sealed twice"
    assert again(before(40)) == [], "too old to be heard"


def test_a_thin_line_has_the_loudest_voice_and_no_other(lesson: Class) -> None:
    for _ in range(3):
        lesson.voice()
    seat = lesson.seat(0)
    ssrc = 100_000 * (seat.port - FIRST_PORT)
    for more in (1, 2):
        lesson.worker.add_slot(seat.transport, lesson.room, kind="audio", ssrc=ssrc + more, rtx_ssrc=0, cname="c")
    lesson.last(1)
    lesson.last(1)
    assert len({p.ssrc for p in seat.packets}) == 3
    lesson.worker.limit(seat.transport, 70_000)
    lesson.last(1)
    lesson.last(1)
    assert len({p.ssrc for p in seat.packets}) == 1 and len(seat.packets) >= 29


def test_losses_before_us_are_no_losses_behind_us(lesson: Class) -> None:
    camera = lesson.camera([3000])
    seat = lesson.seat(1)
    lesson.worker.feed(seat.slots[0], camera.track, 0)
    lesson.last(1)
    numbers: list[int] = []
    for turn in range(90):
        for index, packet in enumerate(camera.picture()):
            if (turn + index) % 5:
                lesson.still.receive(camera.port, packet)
        lesson.still.pass_time(PICTURE_US)
        for port, data in lesson.still.sent():
            if port == seat.port and not 192 <= data[1] <= 223:
                assert data[12:14] == b"\xbe\xde" and data[16] >> 4 == TRANSPORT_CC
                numbers.append(int.from_bytes(data[17:19], "big"))
    assert len(numbers) > 150
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "what the estimate goes by has no gap"
