"""A lesson in the test's own time: a teacher whose cameras and voice have been on for a while, and a pupil who joins.

Between the pupil and the node is a modelled line that has a router's queue.
"""

from __future__ import annotations

from itertools import pairwise

from aiortc.rtp import RTCP_PSFB_PLI as PLI
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtpPacket

from loadtest.shaping import Shape
from tests.packets._still import Still
from tests.packets.harness import is_rtcp
from tests.packets.pictures import Encoder
from tests.packets.receiver import Receiver

IDS = {"mid": 1, "rid": 2, "transport_cc": 5, "audio_level": 10, "dependency": 12}
TEACHER_PORT, PUPIL_PORT = 42001, 42002
VOICE, VOICE_SLOT = 9000, 9100
VOICE_BYTES = 90
BYTES = (550, 2400, 8000)
"""Of a picture of each layer: 130, 580 and 1,900 kb/s. A keyframe has `KEY` times as many."""
KEY = 5
STEP_US, VOICE_US, PICTURE_US, FEEDBACK_US = 2000, 20_000, 33_333, 100_000
MOST_OF_A_PACKET = 1000
BACK = Shape(delay_ms=25)


class Lesson:
    """A teacher with cameras and a voice, and a pupil who joins; the pupil answers as a browser does, or not at all.

    `layers`: how many of the largest a camera has; `speaks`: whether the teacher's voice is heard; `back`: the pupil's
    line in the other direction; `seed`: what is lost by chance.
    """

    def __init__(
        self,
        shape: Shape,
        *,
        cameras: int = 1,
        layers: int = 3,
        speaks: bool = True,
        answers: bool = True,
        back: Shape = BACK,
        seed: int = 0,
    ) -> None:
        self.still = Still(thin_start=True)
        self.worker = self.still.worker
        self.room = self.worker.add_room()
        self.cameras = [
            [Encoder(i, "VP8", 1000 * (c + 1) + 10 * i, 1, 3) for i in range(layers)] for c in range(cameras)
        ]
        self.sizes = BYTES[-layers:]
        self.speaks = speaks
        self.tracks = [self._teacher(camera, TEACHER_PORT + 100 * c) for c, camera in enumerate(self.cameras)]
        self.keys = {encoder.ssrc for camera in self.cameras for encoder in camera}
        self.events: list[tuple[float, str, int, int]] = []
        self.voice: list[float] = []
        self.came: list[tuple[float, bytes]] = []
        self.receiver = Receiver(shape, back=back, feedback_us=FEEDBACK_US, answers=answers, seed=seed)
        self._voices = 0
        self._voice_due = self._picture_due = 0
        self.last(1.5)
        self.pupil = self.worker.add_transport(99, "pupil", "p" * 24, direction="receive")
        self.worker.set_plain(self.pupil, "127.0.0.1", PUPIL_PORT)
        self.worker.add_slot(self.pupil, self.room, kind="audio", ssrc=VOICE_SLOT, rtx_ssrc=0, cname="c")
        self.slots = [
            self.worker.add_slot(
                self.pupil, self.room, kind="video", ssrc=9200 + 10 * i, rtx_ssrc=9201 + 10 * i, cname="c"
            )
            for i in range(cameras)
        ]
        for slot, track in zip(self.slots, self.tracks, strict=True):
            self.worker.feed(slot, track, 2)
        self.joined = self.now

    @property
    def now(self) -> float:
        return self.still.now_us / 1e6

    def _teacher(self, camera: list[Encoder], port: int) -> int:
        sender = self.worker.add_transport(port, f"user{port}", "p" * 24, direction="send")
        self.worker.set_plain(sender, "127.0.0.1", port)
        if port == TEACHER_PORT:
            self.worker.add_uptrack(
                sender, self.room, kind="audio", codec="opus", payload_type=111, rtx_payload_type=-1, clock_rate=48000,
                extensions={},
                encodings=[("", VOICE, 0)], mid="0", allowed=True,
            )  # fmt: skip
        return self.worker.add_uptrack(
            sender, self.room, kind="video", codec="VP8", payload_type=96, rtx_payload_type=-1, clock_rate=90000,
            extensions=IDS,
            encodings=[("", encoder.ssrc, 0) for encoder in camera], mid="1", allowed=True,
        )  # fmt: skip

    def last(self, seconds: float) -> None:
        """So long."""
        for _ in range(round(seconds * 1e6 / STEP_US)):
            now = self.still.now_us
            if self.speaks and now >= self._voice_due:
                self._voice_due = now + VOICE_US
                self._speak()
            if now >= self._picture_due:
                self._picture_due = now + PICTURE_US
                self.show()
            self.still.run()
            self.still.pass_time(STEP_US)
            self._carry()
            self.events += [(self.now, event.kind, event.a, event.b) for event in self.worker.poll()]

    def _speak(self) -> None:
        self._voices += 1
        packet = RtpPacket(
            payload_type=111, sequence_number=self._voices & 0xFFFF, timestamp=960 * self._voices, ssrc=VOICE,
            payload=b"v" * VOICE_BYTES,
        )  # fmt: skip
        self.still.receive(TEACHER_PORT, packet.serialize())

    def show(self) -> None:
        """A picture of each camera."""
        for number, camera in enumerate(self.cameras):
            for encoder, ordinary in zip(camera, self.sizes, strict=True):
                key = encoder.ssrc in self.keys
                size = ordinary * KEY if key else ordinary
                parts = -(-size // MOST_OF_A_PACKET)
                for packet in encoder.picture_packets(key=key, parts=parts):
                    self.still.receive(TEACHER_PORT + 100 * number, packet + b"x" * max(0, size // parts - len(packet)))
                self.keys.discard(encoder.ssrc)

    def _carry(self) -> None:
        sent = []
        for port, data in self.still.sent():
            if port == PUPIL_PORT and not is_rtcp(data):
                sent.append(data)
            elif port != PUPIL_PORT:
                asked = [one for one in RtcpPacket.parse(data) if isinstance(one, RtcpPsfbPacket) and one.fmt == PLI]
                self.keys |= {one.media_ssrc for one in asked}
        for data in self.receiver.carry(self.still.now_us, sent, lambda data: self.still.receive(PUPIL_PORT, data)):
            self.came.append((self.now, data))
            if int.from_bytes(data[8:12], "big") == VOICE_SLOT:
                self.voice.append(self.now)

    # --- what came of it ---

    @property
    def longest_gap_ms(self) -> float:
        """Of the voice, from the moment of joining on."""
        moments = [self.joined, *self.voice, self.now]
        return 1000 * max(after - before for before, after in pairwise(moments))

    def kbps(self, since: float, until: float) -> float:
        """What came, in a time counted from the moment of joining."""
        size = sum(len(data) for at, data in self.came if since <= at - self.joined < until)
        return 8 * size / 1000 / (until - since)

    def told(self, kind: str) -> list[tuple[float, int, int]]:
        """When, counted from the moment of joining, and what of."""
        return [(at - self.joined, a, b) for at, one, a, b in self.events if one == kind and at > self.joined]
