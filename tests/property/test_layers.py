"""Whatever is taken of a track's layers, and whatever is lost on the way to us, a decoder sees one stream go on.

A worker whose thread never began carries out random scripts: pictures come, layers are granted and taken away, packets
are lost or come late, sources change. Every packet says in its body which frames it needs, so a decoder is followed
without one; aiortc reads the VP8 descriptors.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtp import RtcpRtpfbPacket, RtpPacket, unwrap_rtx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.packets._still import Still
from tests.packets.pictures import Encoder, Frame, unpack

SENDER, RECEIVER = 40001, 40002
SLOT_SSRC = 7000
EXTENSIONS = {"transport_cc": 5, "dependency": 12}
EVERYTHING = 11
EPOCHS = 7
CHANGES = {"target": 1, "key": EPOCHS}
"""After so many changes a packet that comes late may be of no current source."""

TARGETS = st.integers(0, EVERYTHING)
CODECS = st.sampled_from(
    [("VP8", 1, 3), ("VP8", 1, 2), ("VP8", 1, 1), ("VP9", 3, 3), ("VP9", 2, 2), ("AV1", 3, 3), ("AV1", 1, 3)]
)
WHOLE = st.one_of(
    st.tuples(st.just("picture"), st.integers(1, 3)),
    st.tuples(st.just("picture"), st.integers(1, 3)),
    st.tuples(st.just("key"), st.integers(1, 3)),
    st.tuples(st.just("target"), TARGETS),
    st.tuples(st.just("source"), st.integers(0, 1)),
    st.tuples(st.just("nack"), st.integers(1, 40)),
)
BROKEN = st.one_of(
    WHOLE,
    st.tuples(st.just("lose"), st.integers(0, 5)),
    st.tuples(st.just("late"), st.integers(0, 5)),
    st.tuples(st.just("release"), st.integers(0, 3)),
)


@dataclass
class Play:
    """Two encodings of one track, one slot, and what it got."""

    still: Still
    encoders: list[Encoder]
    slot: int
    layer: int = 0
    target: int = EVERYTHING
    losing: dict[int, str] = field(default_factory=dict)
    held: list[tuple[bytes, int]] = field(default_factory=list)
    changes: int = 0
    lost: int = 0
    got: list[RtpPacket] = field(default_factory=list)
    repeats: list[RtpPacket] = field(default_factory=list)
    made: set[Frame] = field(default_factory=set)

    def send(self, packets: list[bytes]) -> None:
        for index, packet in enumerate(packets):
            self.made.add(unpack(RtpPacket.parse(packet).payload))
            fate = self.losing.get(index)
            if fate == "late":
                self.held.append((packet, self.changes))
            elif fate == "lose":
                self.lost += 1
            else:
                self.receive(packet)
        self.losing = {}

    def receive(self, packet: bytes) -> None:
        self.still.receive(SENDER, packet)
        self.take()

    def take(self) -> None:
        for port, data in self.still.sent():
            if port != RECEIVER or 192 <= data[1] <= 223:
                continue
            packet = RtpPacket.parse(data)
            if packet.ssrc == SLOT_SSRC:
                self.got.append(packet)
            else:
                self.repeats.append(packet)

    def step(self, action: str, value: int) -> None:
        self.act(action, value)
        self.changes += CHANGES.get(action, 0)

    def act(self, action: str, value: int) -> None:
        if action in ("picture", "key"):
            for encoder in self.encoders:
                self.send(encoder.picture_packets(key=action == "key", parts=value))
        elif action == "target":
            self.target = value
            self.still.grant(self.slot, self.layer, value)
        elif action == "source":
            self.layer = value
            self.still.grant(self.slot, value, self.target)
        elif action == "nack" and self.got:
            lost = [(self.got[-1].sequence_number - value) & 0xFFFF]
            self.still.receive(RECEIVER, bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=SLOT_SSRC, lost=lost)))
            self.take()
        elif action in ("lose", "late"):
            self.losing[value] = action
        elif action == "release" and self.held:
            packet, changes = self.held.pop(value % len(self.held))
            self.lost += self.changes - changes >= EPOCHS  # a source of the past: only repair still knows it
            self.receive(packet)


def play(script: list[tuple[str, int]], codec: tuple[str, int, int], starts: tuple[int, int]) -> Play:
    still = Still()
    try:
        name, spatial, temporal = codec
        worker = still.worker
        room = worker.add_room()
        sender = worker.add_transport(1, "user1", "p" * 24, direction="send")
        receiver = worker.add_transport(2, "user2", "p" * 24, direction="receive")
        worker.set_plain(sender, "127.0.0.1", SENDER)
        worker.set_plain(receiver, "127.0.0.1", RECEIVER)
        track = worker.add_uptrack(
            sender, room, kind="video", codec=name, payload_type=96, rtx_payload_type=97, clock_rate=90000, mid="",
            encodings=[("", 5000, 0), ("", 5100, 0)], extensions=EXTENSIONS, allowed=True,
        )  # fmt: skip
        slot = worker.add_slot(receiver, room, kind="video", ssrc=SLOT_SSRC, rtx_ssrc=SLOT_SSRC + 1, cname="c")
        worker.feed(slot, track, 1)
        still.run()
        encoders = [
            Encoder(
                i, name, 5000 + 100 * i, spatial, temporal, start, start * 7, start & 0x7FFF, start & 0xFF, number=start
            )
            for i, start in enumerate(starts)
        ]
        played = Play(still, encoders, slot)
        still.grant(slot, 0, EVERYTHING)
        played.step("key", 1)
        still.grant(slot, 0, EVERYTHING)
        played.step("key", 1)
        for action, value in script:
            played.step(action, value)
        return played
    finally:
        still.close()


def unrolled(packets: list[RtpPacket]) -> list[tuple[int, RtpPacket]]:
    """With extended sequence numbers, in their order."""
    near = packets[0].sequence_number + 65536
    found = []
    for packet in packets:
        near += (packet.sequence_number - near + 32768) % 65536 - 32768
        found.append((near, packet))
    return sorted(found, key=lambda item: item[0])


def frames_of(packets: list[RtpPacket]) -> list[tuple[Frame, list[RtpPacket]]]:
    """Whole frames, in the order of their first packets."""
    parts: dict[tuple[int, int], list[RtpPacket]] = defaultdict(list)
    kinds: dict[tuple[int, int], Frame] = {}
    for packet in packets:
        frame = unpack(packet.payload)
        parts[frame.source, frame.number].append(packet)
        kinds[frame.source, frame.number] = frame
    return [(kinds[key], found) for key, found in parts.items() if len(found) == kinds[key].parts]


def check_decodable(frames: list[tuple[Frame, list[RtpPacket]]]) -> None:
    known: set[tuple[int, int]] = set()
    for frame, _ in frames:
        for need in frame.needs:
            assert (frame.source, need) in known, f"{frame} came without {need}"
        known.add((frame.source, frame.number))


def check_numbers(played: Play) -> list[RtpPacket]:
    """No number twice, none missing but for what never came to us; gives the packets with pictures in them."""
    numbered = unrolled(played.got)
    numbers = [n for n, _ in numbered]
    assert len(set(numbers)) == len(numbers), "a number was used twice"
    missing = numbers[-1] - numbers[0] + 1 - len(numbers)
    assert missing <= played.lost + len(played.held)
    return [packet for _, packet in numbered if packet.payload]


def check_repeats(played: Play) -> None:
    by_number = {p.sequence_number: p for p in played.got}
    for repeat in played.repeats:
        original = unwrap_rtx(repeat, payload_type=96, ssrc=SLOT_SSRC)
        known = by_number.get(original.sequence_number)
        if known is None:
            assert played.lost, "what came too late to be sent is the only thing that repair alone knows"
            assert unpack(original.payload) in played.made
        else:
            assert (original.timestamp, original.payload) == (known.timestamp, known.payload)


def check_pictures(codec: str, frames: list[tuple[Frame, list[RtpPacket]]], sent: dict[int, int]) -> None:
    """Picture ids as the codec wants them: VP8's in a row, VP9's as far apart as they were."""
    ids = []
    for frame, packets in frames:
        found = (
            {(p.payload[2] & 0x7F) << 8 | p.payload[3] for p in packets}
            if codec == "VP8"
            else {(p.payload[1] & 0x7F) << 8 | p.payload[2] for p in packets}
        )
        assert len(found) == 1
        ids.append((frame, found.pop()))
    for (before, one), (after, other) in itertools.pairwise(ids):
        step = (other - one) & 0x7FFF
        if codec == "VP8" or before.source != after.source:
            assert step == 1 or (step == 0 and before.source == after.source and codec == "VP9")
        else:
            apart = after.number // sent[after.source] - before.number // sent[before.source]
            assert step == apart


@pytest.mark.filterwarnings("error")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WHOLE, min_size=10, max_size=90), CODECS, st.tuples(st.integers(0, 65535), st.integers(0, 65535)))
def test_nothing_is_missing_in_what_is_taken(
    script: list[tuple[str, int]], codec: tuple[str, int, int], starts: tuple[int, int]
) -> None:
    name, spatial, _ = codec
    starts = (starts[0] // spatial * spatial, starts[1] // spatial * spatial)
    played = play(script, codec, starts)
    packets = check_numbers(played)
    assert len(packets) == len(played.got), "nothing was padded, since nothing came late"
    assert [p.sequence_number for p in packets] == [p.sequence_number for p in played.got], "in order"
    frames = frames_of(packets)
    assert sum(frame.parts for frame, _ in frames) == len(packets), "whole frames"
    check_decodable(frames)
    check_repeats(played)
    if name != "AV1":
        check_pictures(name, frames, {0: spatial, 1: spatial})
    if name == "VP8":
        levels = [VpxPayloadDescriptor.parse(p[0].payload)[0] for _, p in frames]
        for before, after in itertools.pairwise(levels):
            assert ((after.tl0picidx or 0) - (before.tl0picidx or 0)) & 0xFF == (
                1 if after.tid and after.tid[0] == 0 else 0
            )
    for _, same in itertools.groupby(packets, key=lambda p: p.timestamp):
        markers = [p.marker for p in same]
        assert markers[-1] == 1 and sum(markers) == 1, "one end of each picture"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(BROKEN, min_size=10, max_size=90), CODECS, st.tuples(st.integers(0, 65535), st.integers(0, 65535)))
def test_losses_before_us_leave_nothing_open_behind_us(
    script: list[tuple[str, int]], codec: tuple[str, int, int], starts: tuple[int, int]
) -> None:
    played = play(script, codec, starts)
    check_numbers(played)
    check_repeats(played)
