"""What Chromium and aiortc really sent (`tests/data/packets`), read by the packet worker's parsers."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtp import RtpPacket

from sfu._dependency import Reader
from sfu._estimator import Estimator
from sfu._rtcp import parse_compound
from sfu._twcc import read_feedback
from sfu.parameters import EXTENSION_URIS
from tests.packets._still import Still
from tests.property.feedback import read_feedback as plain
from tests.recorded import Case, extension, items, payload_at, read

DEPENDENCY = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
SENDER, RECEIVER = 40001, 40002
RTPFB, PSFB = 205, 206
TRANSPORT_CC, NACK, PLI = 15, 1, 1


def kinds(case: Case) -> set[tuple[int, int]]:
    """RTCP packet types with their formats, as far as feedback has any."""
    return {
        (item[1], item[0] & 31 if item[1] >= RTPFB else 0) for _, compound in case.packets for item in items(compound)
    }


def unpadded(item: bytes) -> bytes:
    """Chromium fills up with RTCP padding (RFC 3550 section 6.4.1), which is read as zeros here."""
    filled = item[-1] if item[0] & 0x20 else 0
    return bytes([item[0] & ~0x20]) + item[1 : len(item) - filled] + bytes(filled)


def layers(case: Case) -> list[list[bytes]]:
    """RTP of each layer, in the order of its sequence numbers."""
    found = defaultdict(list)
    for _, packet in case.packets:
        found[packet[8:12]].append(packet)
    for packets in found.values():
        first = int.from_bytes(packets[0][2:4], "big")
        packets.sort(key=lambda packet: (int.from_bytes(packet[2:4], "big") - first + 0x8000) & 0xFFFF)
    return list(found.values())


def pictures(packets: list[bytes]) -> list[list[bytes]]:
    """Packets of one timestamp each."""
    return [list(group) for _, group in itertools.groupby(packets, key=lambda packet: packet[4:8])]


# --- receivers --------------------------------------------------------------------------------------------------


def test_chromiums_feedback_accounts_for_every_packet() -> None:
    case = read("chromium-receiver")
    told: dict[int, bool] = {}
    for _, compound in case.packets:
        for base, _, _, arrivals in read_feedback(compound):
            for number, at in enumerate(arrivals, base):
                told[number & 0xFFFF] = told.get(number & 0xFFFF, False) or at is not None
    assert {packet.number: told.get(packet.number) for packet in case.sent} == {
        packet.number: packet.arrived for packet in case.sent
    }
    assert not all(packet.arrived for packet in case.sent), "the line lost some"


def test_a_plain_reader_finds_the_same_arrivals() -> None:
    count = 0
    for _, compound in read("chromium-receiver").packets:
        feedback = [item for item in items(compound) if (item[1], item[0] & 31) == (RTPFB, TRANSPORT_CC)]
        for item, (base, number, _, arrivals) in zip(feedback, read_feedback(compound), strict=True):
            expected = plain(unpadded(item))
            assert [(base + n & 0xFFFF, at) for n, at in enumerate(arrivals)] == expected.arrivals
            assert number == count % 256, "feedback packets are numbered in turn"
            count += 1
    assert count > 50


def test_an_estimate_follows_from_chromiums_feedback() -> None:
    case = read("chromium-receiver")
    estimator = Estimator()
    for _ in range(case.sent[0].number):
        estimator.sent(case.sent[0].at, 100)
    sent = iter(case.sent)
    upcoming = next(sent, None)
    for at, compound in case.packets:
        while upcoming is not None and upcoming.at <= at:
            assert estimator.sent(upcoming.at, upcoming.size) == upcoming.number
            upcoming = next(sent, None)
        for item in items(compound):
            assert estimator.feedback(at, item) == (item[1] == RTPFB and item[0] & 31 == TRANSPORT_CC)
    state = estimator.state()
    assert 5_000 < state["rtt_us"] < 1_000_000
    assert 0 < state["loss"] < 0.1
    assert state["acked"] > 0
    assert estimator.bps > 200_000


@pytest.mark.parametrize("name", ["chromium-receiver", "aiortc-receiver"])
def test_what_receivers_send_is_read(name: str) -> None:
    case = read(name)
    for _, compound in case.packets:
        assert parse_compound(compound)
    expected = {(201, 0), (RTPFB, NACK)}
    expected |= {(RTPFB, TRANSPORT_CC), (PSFB, PLI)} if name == "chromium-receiver" else {(PSFB, 15)}
    assert expected <= kinds(case)


# --- layers -----------------------------------------------------------------------------------------------------


def test_chromiums_simulcast_has_three_layers_of_three_temporal_ones() -> None:
    streams = layers(read("chromium-vp8"))
    assert len(streams) == 3
    for packets in streams:
        check_vp8(packets)


def check_vp8(packets: list[bytes]) -> None:
    """Temporal layers in their turn, which a keyframe begins anew."""
    temporal: list[int] = []
    keyframes = 0
    for picture in pictures(packets):
        found = [VpxPayloadDescriptor.parse(packet[payload_at(packet) :]) for packet in picture]
        assert len({(d.picture_id, d.tid, d.tl0picidx) for d, _ in found}) == 1, "one picture, one layer"
        (first, body), tid = found[0], found[0][0].tid
        assert tid is not None
        if first.partition_start and first.partition_id == 0 and not body[0] & 1:
            temporal = []
            keyframes += 1
        temporal.append(tid[0])
        assert temporal[-1] == (0, 2, 1, 2)[(len(temporal) - 1) % 4]
    assert keyframes >= 1


@pytest.mark.parametrize(
    ("name", "codec", "carried"),
    [
        ("chromium-vp8", "VP8", {0, 1, 2}),
        ("chromium-vp9", "VP9", {0, 1, 2, 4, 5, 6}),
        ("chromium-av1", "AV1", {0, 1, 2}),
        ("aiortc-vp8", "VP8", {0}),
    ],
)
def test_a_worker_finds_what_is_inside_and_passes_all_of_it_on(name: str, codec: str, carried: set[int]) -> None:
    case = read(name)
    for packets in layers(case):
        came, rates = replayed(case, packets, codec)
        assert {place for place, rate in enumerate(rates) if rate > 0} == carried, "4 x spatial + temporal"
        assert [packet.marker for packet in came] == [packet[1] >> 7 for packet in packets]
        first = came[0].sequence_number
        assert [packet.sequence_number - first & 0xFFFF for packet in came] == list(range(len(packets)))
        if codec == "VP8":
            check_same_vp8(came, packets)


def replayed(case: Case, packets: list[bytes], codec: str) -> tuple[list[RtpPacket], list[float]]:
    """One layer through a worker: what a receiver of everything gets, and what the worker has counted of each layer
    inside."""
    still = Still()
    try:
        worker = still.worker
        ids = {name: case.extensions[uri] for name, uri in EXTENSION_URIS.items() if uri in case.extensions}
        room = worker.add_room()
        sender = worker.add_transport(1, "user1", "p" * 24, direction="send")
        receiver = worker.add_transport(2, "user2", "p" * 24, direction="receive")
        worker.set_plain(sender, "127.0.0.1", SENDER)
        worker.set_plain(receiver, "127.0.0.1", RECEIVER)
        ssrc = int.from_bytes(packets[0][8:12], "big")
        track = worker.add_uptrack(
            sender, room, kind="video", codec=codec, payload_type=packets[0][1] & 0x7F, rtx_payload_type=-1,
            clock_rate=90000, mid="", encodings=[("", ssrc, 0)], extensions=ids, allowed=True,
        )  # fmt: skip
        slot = worker.add_slot(receiver, room, kind="video", ssrc=7000, rtx_ssrc=7001, cname="c")
        worker.feed(slot, track, 0)
        still.run()
        for packet in packets:
            still.receive(SENDER, packet)
        came = [data for port, data in still.sent() if port == RECEIVER and not 192 <= data[1] <= 223]
        still.pass_time(300_000)
        return [RtpPacket.parse(data) for data in came], still.rates(track, 0)
    finally:
        still.close()


def check_same_vp8(came: list[RtpPacket], packets: list[bytes]) -> None:
    """What follows the descriptor is what was sent; picture ids go on as they did."""
    pairs = [
        (VpxPayloadDescriptor.parse(ours.payload), VpxPayloadDescriptor.parse(theirs[payload_at(theirs) :]))
        for ours, theirs in zip(came, packets, strict=True)
    ]
    for (ours, picture), (theirs, sent) in pairs:
        assert (ours.tid, ours.partition_start, picture) == (theirs.tid, theirs.partition_start, sent)
    moved = {((ours.picture_id or 0) - (theirs.picture_id or 0)) & 0x7FFF for (ours, _), (theirs, _) in pairs}
    assert len(moved) == 1


def test_chromiums_dependency_descriptors_name_three_temporal_layers() -> None:
    case = read("chromium-av1")
    (packets,) = layers(case)
    reader = Reader()
    temporal: list[int] = []
    for number, picture in enumerate(pictures(packets), 1):
        found = [read_descriptor(reader, packet, case.extensions[DEPENDENCY]) for packet in picture]
        assert [one["begins"] for one in found] == [True] + [False] * (len(found) - 1)
        assert {one["frame_number"] for one in found} == {number}
        assert not any(one["structure"] for one in found[1:]), "a keyframe's first packet brings it"
        if found[0]["structure"]:
            assert (found[0]["templates"], found[0]["decode_targets"], found[0]["temporal"]) == (5, 3, 0)
            temporal = []
        temporal.append(found[0]["temporal"])
    assert temporal == [(0, 2, 1, 2)[n % 4] for n in range(len(temporal))]
    assert len(temporal) > 8


def read_descriptor(reader: Reader, packet: bytes, number: int) -> dict[str, Any]:
    descriptor = extension(packet, number)
    assert descriptor is not None
    found = reader.read(descriptor)
    assert found is not None
    return found
