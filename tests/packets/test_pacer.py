"""Pictures leave as fast as a thin line carries them, and voices go past them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

import pytest
from aiortc.rtp import RtpPacket

from loadtest.shaping import Shape
from tests.packets.lesson import TEACHER_PORT, Lesson

LIMIT_BPS = 250_000
PARTS = 12
"""Of a keyframe of 12 kB: 370 ms of such a line."""


@pytest.fixture
def lesson() -> Iterator[Callable[..., Lesson]]:
    """Makes lessons."""
    made: list[Lesson] = []

    def make(shape: Shape, cameras: int = 1) -> Lesson:
        made.append(Lesson(shape, cameras=cameras))
        return made[-1]

    yield make
    for one in made:
        one.still.close()


@pytest.fixture
def limited(lesson: Callable[..., Lesson]) -> Lesson:
    """A lesson whose pupil may be sent little, on a line that carries everything: what waits, waits at the node."""
    one = lesson(Shape(delay_ms=25))
    one.worker.limit(one.pupil, LIMIT_BPS)
    one.last(12)
    one.came.clear()
    one.voice.clear()
    return one


def keyframe(one: Lesson) -> list[bytes]:
    """Of the layer that the pupil gets, many times as large as the pictures around it."""
    packets = one.cameras[0][0].picture_packets(key=True, parts=PARTS)
    return [packet + b"x" * (1000 - len(packet)) for packet in packets]


def upload(one: Lesson, packets: list[bytes]) -> None:
    for packet in packets:
        one.still.receive(TEACHER_PORT, packet)


def pictures(one: Lesson) -> list[tuple[float, RtpPacket]]:
    """What came of the camera, and when."""
    parsed = [(at, RtpPacket.parse(data)) for at, data in one.came]
    return [(at, packet) for at, packet in parsed if packet.ssrc == 9200]


def numbers(one: Lesson) -> list[int]:
    return [packet.sequence_number for _, packet in pictures(one)]


@pytest.mark.parametrize("rate_kbps", [400, 600, 800, 1200])
def test_no_voice_waits_behind_a_keyframe_of_a_larger_layer(lesson: Callable[..., Lesson], rate_kbps: int) -> None:
    one = lesson(Shape(rate_kbps=rate_kbps, queue_ms=300, delay_ms=25))
    one.last(60)
    fed = {layer for _, track, layer in one.told("fed") if track == one.tracks[0]}
    assert (fed > {0}) is (rate_kbps > 400), "the larger one needs 470 kb/s at its least"
    assert one.longest_gap_ms < 100
    assert one.receiver.line.tally.dropped == 0


def test_a_keyframe_comes_whole_in_order_and_spread(limited: Lesson) -> None:
    upload(limited, keyframe(limited))
    limited.last(2)
    came = numbers(limited)
    assert came == list(range(came[0], came[0] + len(came)))
    large = [at for at, packet in pictures(limited) if len(packet.payload) > 900]
    assert len(large) == PARTS
    assert 0.25 < large[-1] - large[0] < 0.6
    assert max(after - before for before, after in pairwise(limited.voice)) < 0.03


def test_two_pictures_that_wait_take_turns(lesson: Callable[..., Lesson]) -> None:
    one = lesson(Shape(delay_ms=25), cameras=2)
    for slot, track in zip(one.slots, one.tracks, strict=True):
        one.worker.feed(slot, track, 0)
    one.worker.limit(one.pupil, 2 * LIMIT_BPS)
    one.last(12)
    one.came.clear()
    for number, camera in enumerate(one.cameras):
        for packet in camera[0].picture_packets(key=True, parts=PARTS):
            one.still.receive(TEACHER_PORT + 100 * number, packet + b"x" * (1000 - len(packet)))
    one.last(2)
    parsed = [RtpPacket.parse(data) for _, data in one.came]
    large = [packet.ssrc for packet in parsed if len(packet.payload) > 900]
    assert sorted(large) == [9200] * PARTS + [9210] * PARTS
    assert max(len(list(same)) for _, same in groupby(large[4:-4])) == 1


def test_what_the_publisher_sends_late_keeps_its_place(limited: Lesson) -> None:
    """Asked for again while what came before it still waits: the pupil never notices."""
    packets = keyframe(limited)
    upload(limited, packets[:9] + packets[10:])
    limited.last(0.1)
    upload(limited, packets[9:10])
    limited.last(2)
    came = numbers(limited)
    assert came == list(range(came[0], came[0] + len(came)))


def test_what_comes_after_its_turn_has_gone_by_comes_all_the_same(limited: Lesson) -> None:
    packets = keyframe(limited)
    upload(limited, packets[:2] + packets[3:])
    limited.last(0.3)
    upload(limited, packets[2:3])
    limited.last(2)
    came = numbers(limited)
    assert came != sorted(came)
    assert sorted(came) == list(range(min(came), min(came) + len(came)))


def test_what_waits_of_someone_who_lost_the_floor_never_leaves(limited: Lesson) -> None:
    upload(limited, keyframe(limited))
    limited.last(0.05)
    limited.worker.set_allowed(limited.tracks[0], False)
    limited.last(0.06)  # what has left is under way
    before = len(pictures(limited))
    limited.last(2)
    assert len(pictures(limited)) == before < PARTS


@pytest.mark.parametrize("end", ["slot", "uptrack", "transport"])
def test_what_waits_goes_with_whatever_it_waits_for(limited: Lesson, end: str) -> None:
    upload(limited, keyframe(limited))
    limited.last(0.05)
    if end == "slot":
        limited.worker.feed(limited.slots[0], -1, 0)
    elif end == "uptrack":
        limited.worker.remove_uptrack(limited.tracks[0])
    else:
        limited.worker.remove_transport(limited.pupil)
    limited.last(0.06)
    before = len(pictures(limited))
    limited.last(2)
    assert len(pictures(limited)) == before < PARTS
