"""Transport-wide feedback read: what a plain reader of the draft finds, and refusals."""

import pytest

from sfu._arrivals import Arrivals
from sfu._twcc import read_feedback
from tests.property.feedback import read_feedback as plain


def packet(base: int, count: int, reference: int, body: bytes, feedback_count: int = 0) -> bytes:
    """A feedback packet around chunks and deltas."""
    data = (
        bytes(8)
        + base.to_bytes(2, "big")
        + count.to_bytes(2, "big")
        + (reference & 0xFFFFFF).to_bytes(3, "big")
        + bytes([feedback_count])
        + body
    )
    data += bytes(-len(data) % 4)
    return bytes([0x8F, 205]) + (len(data) // 4).to_bytes(2, "big") + data


def test_every_kind_of_chunk_and_delta() -> None:
    run = (0x2000 | 3).to_bytes(2, "big")  # three small deltas
    narrow = (0x8000 | 0b10000000000001).to_bytes(2, "big")  # the first and the last of 14
    wide = (0xC000 | 0b10_00_01_00_00_00_00).to_bytes(2, "big")  # a large delta, a hole, a small one
    deltas = bytes([1, 2, 3, 4, 5]) + (-8).to_bytes(2, "big", signed=True) + bytes([6])
    ((base, count, start, arrivals),) = read_feedback(packet(65530, 20, -1, run + narrow + wide + deltas, 7))
    assert (base, count, start) == (65530, 7, -64000)
    ticks = [None if at is None else (at - start) // 250 for at in arrivals]
    assert ticks == [1, 3, 6, 10, *[None] * 12, 15, 7, None, 13]


def test_it_reads_what_publishers_are_told() -> None:
    log = Arrivals()
    moment = 5_000_000
    for number in range(65400, 65400 + 400):
        moment += 137 * (number % 11) + (80_000 if number % 97 == 0 else 0)
        if number % 7 and not 65450 < number < 65500:
            log.add(number % 65536, moment)
    seen = []
    while written := log.write():
        expected = plain(written)
        ((base, count, _, arrivals),) = read_feedback(written)
        assert count == expected.count and base == expected.arrivals[0][0]
        assert arrivals == [at for _, at in expected.arrivals]
        seen += arrivals
    assert sum(at is not None for at in seen) > 250


@pytest.mark.parametrize(
    ("count", "body"),
    [
        pytest.param(0, b"\x20\x01\x01", id="no packets"),
        pytest.param(5000, b"\x1f\xff", id="more packets than are ever outstanding"),
        pytest.param(8, b"\x20\x07\0\0\0\0\0\0\0", id="chunks that end too soon"),
        pytest.param(2, b"\x20\x00\x20\x02\x01\x01", id="a run of none"),
        pytest.param(1, b"\x60\x01\x01", id="a reserved status in a run"),
        pytest.param(7, b"\xf0\x00\x01\x01", id="a reserved status in a vector"),
        pytest.param(9, b"\x20\x09\x01\x01", id="deltas that are missing"),
    ],
)
def test_what_is_refused(count: int, body: bytes) -> None:
    with pytest.raises(ValueError, match="malformed feedback"):
        read_feedback(packet(1, count, 0, body))


def test_every_truncation_is_refused_or_read_within_bounds() -> None:
    whole = packet(10, 20, 3, b"\x20\x03\xa0\x01\xd1\x00" + bytes(range(9)))
    for words in range(1, len(whole) // 4):
        cut = bytes([whole[0], whole[1], 0, words - 1]) + whole[4 : 4 * words]
        with pytest.raises(ValueError, match="malformed"):
            read_feedback(bytearray(cut))
