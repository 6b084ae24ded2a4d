"""A plain reader of transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1)."""

from dataclasses import dataclass

TICK_US = 250
REFERENCE_US = 64_000


@dataclass
class Feedback:
    """One feedback packet: arrival in microseconds (None: not received) by sequence number, in order."""

    sender: int
    media: int
    count: int
    arrivals: list[tuple[int, int | None]]


def symbols_of(chunk: int) -> list[int]:
    """The packet status symbols of one chunk."""
    if chunk >> 15 == 0:  # 3.1.3 run length chunk
        return [(chunk >> 13) & 3] * (chunk & 0x1FFF)
    if (chunk >> 14) & 1 == 0:  # 3.1.4 status vector chunk, one bit symbols
        return [(chunk >> shift) & 1 for shift in range(13, -1, -1)]
    return [(chunk >> shift) & 3 for shift in range(12, -1, -2)]


def read_feedback(packet: bytes) -> Feedback:
    """Reads one whole packet; raises AssertionError where it breaks the draft."""
    assert len(packet) >= 20
    assert len(packet) % 4 == 0
    assert packet[0] == 0x80 | 15  # version 2, no padding, FMT 15
    assert packet[1] == 205
    assert int.from_bytes(packet[2:4], "big") == len(packet) // 4 - 1
    base = int.from_bytes(packet[12:14], "big")
    status_count = int.from_bytes(packet[14:16], "big")
    reference = int.from_bytes(packet[16:19], "big", signed=True)
    symbols: list[int] = []
    at = 20
    while len(symbols) < status_count:
        symbols += symbols_of(int.from_bytes(packet[at : at + 2], "big"))
        at += 2
    assert not any(symbols[status_count:])  # only a vector may run over, and then with nothing
    arrivals: list[tuple[int, int | None]] = []
    time = reference * REFERENCE_US
    for i, symbol in enumerate(symbols[:status_count]):
        assert symbol != 3
        if symbol == 1:
            time += packet[at] * TICK_US
        elif symbol == 2:
            time += int.from_bytes(packet[at : at + 2], "big", signed=True) * TICK_US
        at += symbol
        arrivals.append(((base + i) % 65536, time if symbol else None))
    assert len(packet) - at < 4
    assert not any(packet[at:])
    return Feedback(int.from_bytes(packet[4:8], "big"), int.from_bytes(packet[8:12], "big"), packet[19], arrivals)
