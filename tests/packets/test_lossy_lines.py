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
