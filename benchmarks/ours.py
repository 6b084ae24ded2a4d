"""Our side of the forwarding benchmark: the packet worker as the node runs it, one camera or voice a room, everything
switched on."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from typing import TypeVar

from benchmarks import opus, vp8
from benchmarks._aead import Aead, backends
from benchmarks._source import Source
from benchmarks.keys import new_master, session_keys
from benchmarks.shape import Run, Shape
from benchmarks.sinks import Drain, Receiver, outbound, receiver_socket
from sfu._fastpath import CM, GCM, RingFull, Worker

T = TypeVar("T")

PAYLOAD_TYPE = 96
RTX_PAYLOAD_TYPE = 97
TRANSPORT_CC = 3
AUDIO_LEVEL = 10
CAMERA_SSRC = 0x1000000
SLOT_SSRC = 0x2000000
RTX = 0x4000000
FIRST_SEQUENCE = 3000
SETTLE = 0.15
PATIENCE = 10.0
REPORT_EVERY = 1.0
FEEDBACK_EVERY = 0.05
FEEDBACK_PACKETS = 1100
"""Of one feedback packet: it fits one datagram."""


class NotForwarded(Exception):
    """The worker does not do its work: nothing, or not everything, arrives."""


class OurSide:
    """A `Worker` on `cpu`, its cameras and its sinks on `sinks_cpu`."""

    def __init__(
        self, crypto: str, shape: Shape, *, cpu: int, sinks_cpu: int, estimates: bool = True, feedback: bool = False
    ) -> None:
        self._shape = shape
        frames = shape.frames()
        aead, level_id = Aead(backends()[0]), AUDIO_LEVEL if shape.voice else 0
        self._source = Source(aead, frames, PAYLOAD_TYPE, TRANSPORT_CC, shape.receivers, level_id)
        self._worker = Worker("127.0.0.1", 0, cpu=cpu, crypto=crypto, estimates=estimates)
        self._feedback = feedback
        self._told = [0] * shape.sinks
        self._told_at = time.monotonic()
        self._worker.start()
        self._cameras: list[tuple[socket.socket, bytes, int]] = []
        self._inbound: list[bytes] = []
        receivers: list[Receiver] = []
        for room in range(shape.rooms):
            receivers += self._add_room(room)
        self._reports = [outbound(master) for master in self._inbound]
        self._camera_reports = [outbound(master) for _, master, _ in self._cameras]
        self._drain = Drain(receivers, frames, cpu=sinks_cpu, source=self._source, video=not shape.voice)
        self._drain.start()
        self._next_report = 0.0
        self._warm_up()

    @property
    def crypto(self) -> str:
        """The worker's backend for sending."""
        return self._worker.crypto

    @property
    def checked(self) -> int:
        """Packets opened by libsrtp and found right."""
        return self._drain.checked

    def counters(self) -> dict[str, int]:
        """The worker's own."""
        return self._worker.counters()

    def run(self, seconds: float, window: int) -> Run:
        """One stretch with `window` frames under way; what arrives is checked meanwhile, and RTCP flows. Raises
        `Mismatch`, `NotForwarded`."""
        drain, source = self._drain, self._source
        sent_before, arrived_before = source.counts(), drain.sinks.counts()
        source.go(window)
        self._attend(SETTLE)
        counters, arrived = self._worker.counters(), drain.sinks.counts()
        started, cpu = time.monotonic(), self._worker.cpu_ns()
        self._attend(seconds)
        while drain.sinks.packets == arrived["packets"] and time.monotonic() < started + PATIENCE:
            self._attend(seconds)  # somebody else has the processors
        cpu, ended = self._worker.cpu_ns() - cpu, time.monotonic()
        now, arrived_now = self._worker.counters(), drain.sinks.counts()
        source.pause()
        self._attend(0.01)
        sent = source.counts()
        expected = sent["packets"] - sent_before["packets"]
        drain.settle(arrived_before["packets"] + expected)
        packets = arrived_now["packets"] - arrived["packets"]
        if not packets:
            raise NotForwarded(f"nothing arrived; the worker counts {self._worker.counters()}")
        datagrams = now["datagrams_out"] - counters["datagrams_out"]
        return Run(
            ns_per_packet=cpu / packets,
            packets=packets,
            seconds=ended - started,
            busy=cpu / 1e9 / (ended - started),
            gso_run=(now["packets_out"] - counters["packets_out"]) / max(1, datagrams),
            delivered=(drain.sinks.packets - arrived_before["packets"]) / expected,
        )

    def close(self) -> None:
        """Ends the worker and the sinks."""
        self._source.pause()
        self._drain.close()
        self._worker.stop()
        for sock, _, _ in self._cameras:
            sock.close()

    def _add_room(self, number: int) -> list[Receiver]:
        """One room: its camera, and its receivers, which are returned."""
        worker, shape = self._worker, self._shape
        room = patiently(worker.add_room)
        camera_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        camera_socket.bind(("127.0.0.1", 0))
        camera_socket.connect(("127.0.0.1", worker.port))
        camera_socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        master, ssrc = new_master(), CAMERA_SSRC + number
        self._cameras.append((camera_socket, master, ssrc))
        self._source.add_camera(camera_socket, *session_keys(master), ssrc, FIRST_SEQUENCE)
        participant = 1 + number * (shape.receivers + 1)
        transport = self._add_transport(participant, "send", new_master(), master, camera_socket.getsockname()[1])
        uptrack = patiently(lambda: self._add_uptrack(transport, room, ssrc))
        receivers = []
        for i in range(shape.receivers):
            slot_ssrc = SLOT_SSRC + number * shape.receivers + i
            receiver = Receiver(receiver_socket(gro=shape.gro), new_master(cm=shape.cm), slot_ssrc)
            theirs = new_master(cm=shape.cm)
            self._inbound.append(theirs)
            to = self._add_transport(participant + 1 + i, "receive", receiver.master, theirs, receiver.port)
            slot = patiently(lambda to=to, ssrc=slot_ssrc: self._add_slot(to, room, ssrc))  # type: ignore[misc]
            if not shape.voice:  # voices find their slots by loudness
                patiently(lambda slot=slot: worker.feed(slot, uptrack, 0))  # type: ignore[misc]
            receivers.append(receiver)
        return receivers

    def _add_uptrack(self, transport: int, room: int, ssrc: int) -> int:
        voice = self._shape.voice
        return self._worker.add_uptrack(
            transport,
            room,
            kind="audio" if voice else "video",
            codec="opus" if voice else "VP8",
            payload_type=PAYLOAD_TYPE,
            rtx_payload_type=-1 if voice else RTX_PAYLOAD_TYPE,
            clock_rate=opus.CLOCK if voice else vp8.CLOCK,
            mid="0",
            encodings=[("", ssrc, 0 if voice else ssrc + RTX)],
            extensions={"transport_cc": TRANSPORT_CC} | ({"audio_level": AUDIO_LEVEL} if voice else {}),
            allowed=True,
        )

    def _add_slot(self, transport: int, room: int, ssrc: int) -> int:
        kind, rtx = ("audio", 0) if self._shape.voice else ("video", ssrc + RTX)
        return self._worker.add_slot(transport, room, kind=kind, ssrc=ssrc, rtx_ssrc=rtx, cname="benchmark")

    def _add_transport(self, participant: int, direction: str, local: bytes, remote: bytes, port: int) -> int:
        worker = self._worker
        ufrag = f"bench{participant:05d}"
        transport = patiently(lambda: worker.add_transport(participant, ufrag, "p" * 22, direction=direction))
        patiently(lambda: worker.set_keys(transport, GCM if len(local) == 28 else CM, local, remote))
        patiently(lambda: worker.set_remote(transport, "127.0.0.1", port))
        return transport

    def _warm_up(self) -> None:
        """Keyframes until every sink has had some."""
        self._source.go(1, keyframes=True)
        give_up = time.monotonic() + 5
        sinks = self._drain.sinks
        while any(sinks.packets_of(i) == 0 for i in range(self._shape.sinks)):
            if time.monotonic() > give_up:
                raise NotForwarded(f"not all sinks were reached; the worker counts {self._worker.counters()}")
            self._attend(0.02)
        self._source.pause()
        self._attend(0.3)
        for receiver in self._drain.receivers:
            receiver.forget_order()

    def _attend(self, seconds: float) -> None:
        """What goes on beside the media for `seconds`: samples are checked, events taken, reports sent."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            self._drain.check_samples()
            while self._worker.poll():
                pass
            if self._feedback and now >= self._told_at + FEEDBACK_EVERY:
                self._send_feedback(now)
            if now >= self._next_report:
                self._next_report = now + REPORT_EVERY
                self._send_reports(now)
            time.sleep(min(0.02, max(0.0, end - time.monotonic())))

    def _send_feedback(self, now: float) -> None:
        """What arrived at every sink since the last time, as evenly as it came (transport-wide feedback). Numbers begin
        at 1 and none is lost, so that what was counted says which came."""
        address = ("127.0.0.1", self._worker.port)
        reference = int(self._told_at / 0.064)
        ticks = int((now - self._told_at) / 0.00025)
        for i, (receiver, session) in enumerate(zip(self._drain.receivers, self._reports, strict=True)):
            arrived = self._drain.sinks.packets_of(i)
            while (count := min(arrived - self._told[i], FEEDBACK_PACKETS)) > 0:
                first = self._told[i] + 1
                steps = bytes(min((n + 1) * ticks // count - n * ticks // count, 255) for n in range(count))
                body = struct.pack(
                    "!IIHHIH", 1, receiver.ssrc, first & 0xFFFF, count, (reference & 0xFFFFFF) << 8, 0x2000 | count
                )
                body += steps
                body += bytes(-len(body) % 4)
                head = struct.pack("!BBH", 0x8F, 205, len(body) // 4)
                receiver.sock.sendto(session.protect_rtcp(head + body), address)
                self._told[i] += count
        self._told_at = now

    def _send_reports(self, now: float) -> None:
        """A receiver report from every sink, a sender report from every camera (RFC 3550 section 6.4)."""
        address = ("127.0.0.1", self._worker.port)
        for receiver, session in zip(self._drain.receivers, self._reports, strict=True):
            report = struct.pack("!BBHIIIIIII", 0x81, 201, 7, receiver.ssrc ^ 0x7F000000, receiver.ssrc, 0, 0, 0, 0, 0)
            receiver.sock.sendto(session.protect_rtcp(report), address)
        seconds = int(now)
        for (sock, _, ssrc), session in zip(self._cameras, self._camera_reports, strict=True):
            report = struct.pack("!BBHIIIIII", 0x80, 200, 6, ssrc, seconds, 0, int(now * vp8.CLOCK) & 0xFFFFFFFF, 0, 0)
            sock.send(session.protect_rtcp(report))


def patiently(command: Callable[[], T]) -> T:
    """Gives the worker a command; waits for room in its ring."""
    give_up = time.monotonic() + 2
    while True:
        try:
            return command()
        except RingFull:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.001)
