"""Whatever two publishers and the network do, a slot's stream stays one that a decoder and SRTP accept.

The oracle is pylibsrtp on the receiving side: a packet index used twice, or one that goes back too far, it
refuses. Payloads say where they come from, so that order, numbering, timestamps and picture ids can be held
against what the publisher sent.
"""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass, field

from aiortc.rtp import RtcpRtpfbPacket, RtpPacket, unwrap_rtx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.packets.harness import House, Path, house, vp8

SOURCES = st.integers(0, 1)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["send", "send", "send", "key", "lose", "hold", "release", "pad", "again"]), SOURCES),
        st.tuples(st.just("switch"), SOURCES),
        st.tuples(st.just("nack"), st.integers(0, 30)),
    ),
    min_size=20,
    max_size=120,
)
STARTS = st.sampled_from([0, 1, 40000, 65500, 65535])


@dataclass
class Publisher:
    """One side of the script: what it numbers, what is held back by the network, what it sent before."""

    index: int
    path: Path
    sequence: int
    picture: int
    timestamp: int
    rtx: int = 7
    held: list[bytes] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    lost: int = 0
    count: int = 0

    @property
    def ssrc(self) -> int:
        return 5000 + 100 * self.index

    def next(self, *, key: bool = False) -> bytes:
        """The next frame, one packet long; its body names it."""
        body = struct.pack("!BIIH", self.index, self.count, self.timestamp & 0xFFFFFFFF, self.picture & 0x7FFF)
        packet = vp8(
            self.sequence,
            self.timestamp,
            ssrc=self.ssrc,
            picture=self.picture & 0x7FFF,
            key=key,
            body=body,
            tl0=self.count,
        )
        self.count += 1
        self.sequence += 1
        self.picture += 1
        self.timestamp += 3000
        return packet

    def padding(self) -> bytes:
        """A packet of nothing but padding, as bandwidth probes send them."""
        packet = RtpPacket(
            payload_type=96,
            sequence_number=self.sequence & 0xFFFF,
            timestamp=self.timestamp & 0xFFFFFFFF,
            ssrc=self.ssrc,
        )
        packet.padding_size = 50
        self.sequence += 1
        return packet.serialize()

    def send(self, packet: bytes) -> None:
        """Let it through."""
        self.path.send_rtp(packet)
        self.sent.append(packet)

    def repair(self) -> None:
        """Send the last one again over RTX, although it came."""
        if self.sent:
            packet = RtpPacket.parse(self.sent[-1])
            self.rtx += 1
            self.path.send_rtp(
                RtpPacket(
                    payload_type=97,
                    marker=1,
                    sequence_number=self.rtx,
                    timestamp=packet.timestamp,
                    ssrc=self.ssrc + 1,
                    payload=struct.pack("!H", packet.sequence_number) + packet.payload,
                ).serialize()
            )


def play(
    h: House, publishers: list[Publisher], sink: Path, slot: int, tracks: list[int], actions: list[tuple[str, int]]
) -> list[RtpPacket]:
    """Carry the script out; gives everything that arrived."""
    found: list[RtpPacket] = []
    for action, value in actions:
        if action == "switch":
            h.worker.feed(slot, tracks[value], 0)
        elif action == "nack":
            found += [RtpPacket.parse(data) for data in sink.read()]
            if found:
                lost = [(found[-1].sequence_number - value) & 0xFFFF]
                sink.send_rtcp(bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=7000, lost=lost)))
        else:
            act(publishers[value], action)
    for publisher in publishers:
        for packet in publisher.held:
            publisher.send(packet)
        before = h.worker.counters()["packets_in"]
        publisher.send(publisher.next(key=True))  # everything before has been handled when this has
        h.wait_counter("packets_in", before + 1)
    found += read_rest(h, publishers[-1], sink, slot, tracks[-1])
    return found


def act(publisher: Publisher, action: str) -> None:
    if action in ("send", "key"):
        publisher.send(publisher.next(key=action == "key"))
    elif action == "lose":
        publisher.next()
        publisher.lost += 1
    elif action == "hold":
        publisher.held.append(publisher.next())
    elif action == "release" and publisher.held:
        publisher.send(publisher.held.pop())
    elif action == "pad":
        publisher.send(publisher.padding())
    elif action == "again":
        publisher.repair()


def read_rest(h: House, publisher: Publisher, sink: Path, slot: int, track: int) -> list[RtpPacket]:
    """Switch to `publisher` and read until its very last frame has come."""
    h.worker.feed(slot, track, 0)
    h.wait_counter("commands", h.worker.counters()["commands"])
    last = publisher.count
    publisher.send(publisher.next(key=True))
    mark = struct.pack("!BI", publisher.index, last)
    # a feed command and a packet race; another keyframe ends the wait in any case
    found: list[bytes] = []
    while not any(data[12:].find(mark) >= 0 for data in found):
        found += sink.read(0.02)
        if not found or mark not in found[-1]:
            last = publisher.count
            mark = struct.pack("!BI", publisher.index, last)
            publisher.send(publisher.next(key=True))
    return [RtpPacket.parse(data) for data in found]


def origin(packet: RtpPacket) -> tuple[int, int, int, int]:
    """Publisher, frame number, its timestamp, its picture id."""
    return struct.unpack("!BIIH", packet.payload[7:18])


def picture(packet: RtpPacket) -> int:
    return (packet.payload[2] & 0x7F) << 8 | packet.payload[3]


def unrolled(packets: list[RtpPacket]) -> list[tuple[int, RtpPacket]]:
    """With extended sequence numbers, in their order."""
    near = packets[0].sequence_number + 65536
    out = []
    for packet in packets:
        delta = (packet.sequence_number - near) & 0xFFFF
        near += delta - 65536 if delta > 32767 else delta
        out.append((near, packet))
    return sorted(out, key=lambda item: item[0])


def check_stream(packets: list[RtpPacket]) -> None:
    """Order, timestamps and picture ids of the slot's stream."""
    stream = unrolled(packets)
    numbers = [n for n, _ in stream]
    assert len(set(numbers)) == len(numbers), "a sequence number was used twice"
    media = [(n, p) for n, p in stream if p.payload]
    frames = [origin(p)[:2] for _, p in media]
    assert len(set(frames)) == len(frames), "a frame came twice"
    for (n, before), (m, after) in itertools.pairwise(media):
        ours, theirs = origin(before), origin(after)
        step = (after.timestamp - before.timestamp) & 0xFFFFFFFF
        assert 0 < step < 2**31, "time went back"
        if ours[0] == theirs[0] and step == (theirs[2] - ours[2]) & 0xFFFFFFFF:
            assert ours[1] < theirs[1]
            assert m - n <= (theirs[1] - ours[1]) + 64
            assert (picture(after) - picture(before)) & 0x7FFF in ((theirs[3] - ours[3]) & 0x7FFF, 1)
        elif ours[0] != theirs[0]:
            assert (picture(after) - picture(before)) & 0x7FFF == 1 or m - n > 1


def check_repeats(packets: list[RtpPacket], repeats: list[RtpPacket]) -> None:
    """What came over RTX is what had been sent, to the byte, under numbers of its own."""
    by_number = {p.sequence_number: p for p in packets}
    assert len({p.sequence_number for p in repeats}) == len(repeats)
    for repeat in repeats:
        original = unwrap_rtx(repeat, payload_type=96, ssrc=7000)
        known = by_number.get(original.sequence_number)
        if known is not None:
            assert (original.timestamp, original.payload) == (known.timestamp, known.payload)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTIONS, STARTS, STARTS)
def test_any_script_gives_one_valid_stream(actions: list[tuple[str, int]], first: int, second: int) -> None:
    with house() as h:
        publishers, tracks = [], []
        for i, start in enumerate((first, second)):
            path = h.path("send", participant=i)
            publishers.append(Publisher(i, path, start, start & 0x7FFF, (start * 70000) & 0xFFFFFFFF))
            tracks.append(h.video(path, 5000 + 100 * i))
        sink = h.path("receive", participant=9)
        slot = h.slot(sink, 7000)
        h.worker.feed(slot, tracks[0], 0)
        publishers[0].send(publishers[0].next(key=True))
        found = play(h, publishers, sink, slot, tracks, actions)
        check_stream([p for p in found if p.ssrc == 7000])
        check_repeats([p for p in found if p.ssrc == 7000], [p for p in found if p.ssrc == 7001])
        counted = h.worker.counters()
        assert counted["drop_nonce"] == 0 and counted["send_dropped"] == 0 and counted["send_errors"] == 0
