"""What one turn of the loop has for a receiver leaves as one message, if the kernel can cut it into packets again."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiortc.rtp import RtpPacket

from tests.packets._still import Still
from tests.packets.harness import PASSWORD, WAIT, Path, house, opus, readable, vp8

RECEIVERS = (40100, 40200)
CAMERAS, VOICE = (40001, 40002), 40003
SLOTS = 7000
FRAME = 3

UDP_GRO = 104
"""linux/udp.h"""
LISTENERS, FLOOD = 30, 1000
"""While the worker gives one packet to so many, more come than one call reads."""
READ_AT_ONCE = 32
"""Messages of one recvmmsg."""


class Together:
    """Two cameras and a voice, two receivers of all three; what is sent waits until it is looked at."""

    def __init__(self, still: Still) -> None:
        self.still, worker = still, still.worker
        room = worker.add_room()
        senders = [worker.add_transport(n, f"send{n}", PASSWORD, direction="send") for n in (1, 2, 3)]
        for sender, port in zip(senders, (*CAMERAS, VOICE), strict=True):
            worker.set_plain(sender, "127.0.0.1", port)
        tracks = [
            worker.add_uptrack(
                sender, room, kind="video", codec="VP8", payload_type=96, rtx_payload_type=97, clock_rate=90000, mid="",
                encodings=[("", 5000 + i, 0)], extensions={}, allowed=True,
            )
            for i, sender in enumerate(senders[:2])
        ]  # fmt: skip
        worker.add_uptrack(
            senders[2], room, kind="audio", codec="opus", payload_type=111, rtx_payload_type=-1, clock_rate=48000,
            mid="", encodings=[("", 6000, 0)], extensions={}, allowed=True,
        )  # fmt: skip
        for k, port in enumerate(RECEIVERS):
            receiver = worker.add_transport(10 + k, f"receive{k}", PASSWORD, direction="receive")
            worker.set_plain(receiver, "127.0.0.1", port)
            for i, track in enumerate(tracks):
                slot = worker.add_slot(receiver, room, kind="video", ssrc=SLOTS + i, rtx_ssrc=SLOTS + 10 + i, cname="c")
                worker.feed(slot, track, 0)
            worker.add_slot(receiver, room, kind="audio", ssrc=SLOTS + 20, rtx_ssrc=0, cname="c")
        still.run()
        for n in (1, 2):  # everything has begun, and the voice is among the loudest
            still.receive_together([*self.frames(n, 200, key=True), self.word(n)])
            still.pass_time(400_000)
            still.sent()

    def frames(self, number: int, size: int, *, key: bool = False) -> list[tuple[int, bytes]]:
        """A frame of each camera, as they come in one turn."""
        return [
            (port, vp8(FRAME * number + k, 3000 * number, ssrc=5000 + i, picture=number, key=key and k == 0,
                       marker=k == FRAME - 1, body=bytes(size)))
            for i, port in enumerate(CAMERAS)
            for k in range(FRAME)
        ]  # fmt: skip

    def word(self, number: int) -> tuple[int, bytes]:
        """A packet of the voice."""
        return VOICE, opus(number, 960 * number, ssrc=6000)


@contextmanager
def together() -> Iterator[Together]:
    still = Still()
    try:
        yield Together(still)
    finally:
        still.close()


def check(t: Together, numbers: range) -> None:
    """Each receiver has everything of these turns, of each stream in its order and the next number each."""
    sent = t.still.sent()
    for port in RECEIVERS:
        got = [RtpPacket.parse(data) for to, data in sent if to == port]
        for ssrc, each in ((SLOTS, FRAME), (SLOTS + 1, FRAME), (SLOTS + 20, 1)):
            stream = [packet.sequence_number for packet in got if packet.ssrc == ssrc]
            assert stream == [(stream[0] + k) & 0xFFFF for k in range(each * len(numbers))]


def test_frames_of_two_cameras_and_a_voice_are_one_message_for_each_receiver() -> None:
    with together() as t:
        t.still.receive_together([*t.frames(3, 200), t.word(3)])
        assert t.still.messages() == [2 * FRAME + 1] * len(RECEIVERS)
        check(t, range(3, 4))


def test_nothing_follows_a_shorter_packet_in_its_message() -> None:
    with together() as t:
        t.still.receive_together([t.word(3), *t.frames(3, 200)])
        t.still.receive_together([t.word(4), *t.frames(4, 300)])
        assert max(t.still.messages()) <= 2 * FRAME + 1
        check(t, range(3, 5))


def test_all_that_a_turn_reads_leaves_together() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        track = h.video(source, 5000)
        sinks = [h.path("receive", participant=2 + i) for i in range(LISTENERS)]
        for i, sink in enumerate(sinks):
            h.worker.feed(h.slot(sink, SLOTS + 2 * i), track, 0)
        sinks[0].socket.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
        sealed = [
            source.outbound.protect(vp8(n, 3000 * n, ssrc=5000, picture=n, key=n == 0, body=bytes(900)))
            for n in range(FLOOD)
        ]
        for datagram in sealed:
            source.socket.send(datagram)
        assert any(packets > READ_AT_ONCE for packets in messages(sinks[0]))


def messages(sink: Path) -> Iterator[int]:
    """How many packets stand in each message that comes, for `WAIT` seconds."""
    deadline = time.monotonic() + WAIT
    while readable(sink.socket.fileno(), max(0.0, deadline - time.monotonic())):
        data, control, _, _ = sink.socket.recvmsg(1 << 16, socket.CMSG_SPACE(4))
        sizes = [int.from_bytes(size, sys.byteorder) for _, kind, size in control if kind == UDP_GRO]
        yield -(-len(data) // sizes[0]) if sizes else 1
