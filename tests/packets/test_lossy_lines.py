"""Repairs over a line that loses packets by itself."""

from __future__ import annotations

import pytest
from aiortc.rtp import RtcpRtpfbPacket, RtpPacket

from loadtest.shaping import Shape
from tests.packets.harness import is_rtcp
from tests.packets.lesson import PUPIL_PORT, Lesson

SLOT, REPAIRS = 9200, 9201


def to_pupil(one: Lesson) -> list[RtpPacket]:
    """The RTP that left for the pupil since the last look."""
    one.still.run()
    return [RtpPacket.parse(data) for port, data in one.still.sent() if port == PUPIL_PORT and not is_rtcp(data)]


def repairs_of_one(shape: Shape) -> int:
    """How many repairs are sent for one picture packet that a pupil asks for again, once the line is known."""
    one = Lesson(shape)
    try:
        one.last(10)
        numbers: list[int] = []
        while not numbers:
            one.still.pass_time(2000)
            one.show()
            numbers = [packet.sequence_number for packet in to_pupil(one) if packet.ssrc == SLOT]
        nack = RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=SLOT, lost=numbers[:1])
        one.still.receive(PUPIL_PORT, bytes(nack))
        return sum(packet.ssrc == REPAIRS and not packet.padding_size for packet in to_pupil(one))
    finally:
        one.still.close()


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        (Shape(delay_ms=25), 1),
        (Shape(delay_ms=25, loss=0.05), 2),
        (Shape(rate_kbps=400, queue_ms=300, delay_ms=25), 1),
    ],
    ids=["good", "lossy", "thin"],
)
def test_a_repair_goes_out_twice_where_the_line_loses_by_itself(shape: Shape, count: int) -> None:
    assert repairs_of_one(shape) == count


def late_or_missing(one: Lesson, since: float, until: float) -> tuple[float, set[int]]:
    """Of the pictures' packets of that time: how many ms one came at most behind what was sent after it, and the
    numbers of which nothing came at all."""
    first: dict[int, float] = {}
    for at, data in one.came:
        packet = RtpPacket.parse(data)
        if packet.ssrc == SLOT:
            first.setdefault(packet.sequence_number, at)
        elif packet.ssrc == REPAIRS and not packet.padding_size:
            first.setdefault(int.from_bytes(packet.payload[:2], "big"), at)
    numbers = sorted(number for number, at in first.items() if since <= at - one.joined < until)
    wanted = set(range(numbers[0], numbers[-1] + 1))
    behind, overtaken = 0.0, one.now
    for number in sorted(wanted & set(first), reverse=True):
        behind = max(behind, first[number] - overtaken)
        overtaken = min(overtaken, first[number])
    return 1000 * behind, wanted - set(first)


def test_what_is_lost_comes_although_every_request_is_lost_too() -> None:
    one = Lesson(Shape(delay_ms=25, loss=0.05))
    try:
        one.last(40)
        late_ms, missing = late_or_missing(one, 10, 39)
        counters = one.worker.counters()
        lost = one.receiver.line.tally.lost
        assert not missing
        assert 0 < late_ms < 300
        assert counters["nacks_in"] == 0
        assert counters["retransmitted"] < 3 * lost, "twice for what is lost, and again for what of that is"
    finally:
        one.still.close()


def test_what_a_line_carries_is_found_although_it_loses_packets_and_feedback() -> None:
    """By a probe whose feedback is lost, or by losses that are only chance, a good line is not taken for a thin one."""
    found = []
    for seed in range(24):
        one = Lesson(Shape(delay_ms=20, loss=0.05), back=Shape(delay_ms=25, loss=0.05), seed=seed)
        try:
            one.last(2)
            found.append(max(kbps for _, kbps, _ in one.told("estimate")))
        finally:
            one.still.close()
    assert min(found) > 1500
    assert sorted(found)[len(found) // 4] > 2500, "of 2 Mb/s that there are"


@pytest.mark.parametrize(
    "shape", [Shape(delay_ms=25), Shape(rate_kbps=400, queue_ms=100, delay_ms=25)], ids=["good", "thin"]
)
def test_nothing_is_sent_unasked_where_a_line_does_not_lose_by_itself(shape: Shape) -> None:
    one = Lesson(shape)
    try:
        one.last(30)
        assert one.worker.counters()["repaired_unasked"] == 0
    finally:
        one.still.close()
