"""Transport-wide feedback: plain cases by the byte, and what happens at the edges of the log."""

import pytest
from aiortc import rtp

from sfu._arrivals import Arrivals
from tests.property.feedback import read_feedback

MS = 1000
REFERENCE = 64 * MS


def reported(log: Arrivals) -> dict[int, int | None]:
    """What the next feedback packet says: arrival in milliseconds by number."""
    return {number: None if at is None else at // MS for number, at in read_feedback(log.write()).arrivals}


def test_nothing_is_written_when_nothing_came() -> None:
    log = Arrivals()
    assert log.write() == b""
    log.add(7, 5)
    assert log.write() != b""
    assert log.write() == b""


def test_unbroken_run_is_one_chunk() -> None:
    log = Arrivals()
    for i in range(20):
        log.add(100 + i, 5 * REFERENCE + i * MS)
    packet = log.write(0x11223344, 0x55667788)
    assert packet[:12] == bytes.fromhex("8fcd000a 11223344 55667788")
    assert packet[12:20] == bytes.fromhex("0064 0014 000005 00")  # base 100, 20 numbers, 5 x 64 ms, the first packet
    assert packet[20:] == bytes.fromhex("2014 00" + "04" * 19 + "0000")  # 20 small deltas; filled up to a word


def test_losses_between_small_deltas_are_a_vector_of_bits() -> None:
    log = Arrivals()
    for number in (10, 12, 13, 16, 23):
        log.add(number, REFERENCE + number * MS)
    packet = log.write()
    assert packet[12:20] == bytes.fromhex("000a 000e 000001 00")
    assert packet[20:22] == bytes([0b10_101100, 0b10000001])
    assert packet[22:] == bytes.fromhex("28 08 04 0c 1c 00")


def test_large_and_negative_deltas_are_a_vector_of_pairs() -> None:
    log = Arrivals()
    log.add(3, REFERENCE)
    log.add(2, REFERENCE + 1 * MS)
    log.add(4, REFERENCE + 102 * MS)
    packet = log.write()
    assert packet[12:20] == bytes.fromhex("0002 0003 000001 00")
    assert packet[20:22] == bytes([0b11_01_10_10, 0])
    assert packet[22:] == bytes.fromhex("04 fffc 0198 00")


def test_long_loss_is_a_run() -> None:
    log = Arrivals()
    log.add(0, 0)
    log.add(501, 0)
    packet = log.write()
    assert packet[20:] == bytes.fromhex("a000 01e7 2001 00 00")  # 14 bits, 487 not received, one received; two deltas


def test_reference_time_wraps_at_24_bits() -> None:
    log = Arrivals()
    log.add(0, ((1 << 24) + 3) * REFERENCE)
    assert log.write()[16:19].hex() == "000003"


def test_feedback_packets_are_counted_modulo_256() -> None:
    log = Arrivals()
    for i in range(300):
        log.add(i, i * MS)
        assert read_feedback(log.write()).count == i % 256


def test_aiortc_reads_whose_feedback_it_is() -> None:
    log = Arrivals()
    log.add(1, 0)
    [packet] = rtp.RtcpPacket.parse(log.write(5, 6))
    assert isinstance(packet, rtp.RtcpRtpfbPacket)
    assert (packet.fmt, packet.ssrc, packet.media_ssrc) == (15, 5, 6)


def test_first_of_doubled_packets_counts() -> None:
    log = Arrivals()
    log.add(1, 10 * MS)
    log.add(1, 20 * MS)
    assert reported(log) == {1: 10}
    log.add(1, 30 * MS)
    assert log.write() == b""


def test_numbers_go_on_across_the_wrap() -> None:
    log = Arrivals()
    for i, number in enumerate((65534, 65535, 1)):
        log.add(number, i * MS)
    assert reported(log) == {65534: 0, 65535: 1, 0: None, 1: 2}


def test_one_that_comes_late_is_reported_after_all() -> None:
    log = Arrivals()
    log.add(1, 0)
    log.add(3, 1 * MS)
    assert reported(log) == {1: 0, 2: None, 3: 1}
    log.add(2, 50 * MS)
    log.add(4, 51 * MS)
    assert reported(log) == {2: 50, 3: 1, 4: 51}


def test_delta_beyond_16_bits_begins_a_new_packet() -> None:
    log = Arrivals()
    log.add(1, 0)
    log.add(3, 8191 * MS)
    log.add(5, 16384 * MS)
    assert reported(log) == {1: 0, 2: None, 3: 8191}
    assert reported(log) == {4: None, 5: 16384}


def test_jump_forward_starts_anew() -> None:
    log = Arrivals()
    log.add(1, 0)
    log.add(513, 1 * MS)
    assert reported(log) == {513: 1}


def test_widest_step_forward_still_reports_what_was_lost() -> None:
    log = Arrivals()
    log.add(1, 0)
    assert reported(log) == {1: 0}
    log.add(512, 1 * MS)
    assert reported(log) == dict.fromkeys(range(2, 512)) | {512: 1}


def test_full_log_forgets_the_oldest() -> None:
    log = Arrivals()
    for i in range(600):
        log.add(i, i * MS)
    assert reported(log) == {i: i for i in range(88, 600)}


def test_packet_from_long_ago_is_ignored() -> None:
    log = Arrivals()
    log.add(2000, 0)
    log.add(1000, 1 * MS)
    log.add(2001, 2 * MS)
    log.add(1001, 3 * MS)  # the packet before it was a good one
    assert reported(log) == {2000: 0, 2001: 2}


def test_publisher_who_counts_anew_is_followed() -> None:
    log = Arrivals()
    log.add(40000, 0)
    for i in range(4):
        log.add(20000 + i, (1 + i) * MS)
    assert reported(log) == {20001: 2, 20002: 3, 20003: 4}


@pytest.mark.parametrize("capacity", range(24))
def test_nothing_is_written_without_room(capacity: int) -> None:
    log = Arrivals()
    log.add(1, 0)
    assert log.write(capacity=capacity) == b""
    assert len(log.write(capacity=28)) == 24


def test_rest_goes_into_the_next_packet() -> None:
    log = Arrivals()
    for i in range(512):
        log.add(i, i * 100 * MS)
    found: dict[int, int | None] = {}
    while packet := log.write(capacity=256):
        assert 200 < len(packet) <= 256 or len(found) > 400
        found |= {number: None if at is None else at // MS for number, at in read_feedback(packet).arrivals}
    assert found == {i: i * 100 for i in range(512)}


@pytest.mark.parametrize("ticks", [255, 256, 32767])
def test_deltas_at_the_edge_of_small_and_large(ticks: int) -> None:
    log = Arrivals()
    log.add(1, 0)
    log.add(2, ticks * 250)
    packet = log.write()
    assert packet[20:22] == bytes.fromhex("2002" if ticks < 256 else "d800")
    assert read_feedback(packet).arrivals == [(1, 0), (2, ticks * 250)]


@pytest.mark.parametrize(("ticks", "together"), [(32767, True), (32768, False)])
def test_longest_pause_within_a_packet(ticks: int, together: bool) -> None:
    log = Arrivals()
    log.add(1, 0)
    log.add(2, ticks * 250)
    assert (len(reported(log)) == 2) == together


@pytest.mark.parametrize(("ticks", "together"), [(32768, True), (32769, False)])
def test_longest_step_back_within_a_packet(ticks: int, together: bool) -> None:
    log = Arrivals()
    log.add(2, 0)
    log.add(1, ticks * 250)
    assert (len(reported(log)) == 2) == together


@pytest.mark.parametrize("pattern", ["l", "s", ".s", "sssll", "sssslll", ".......l", "ss.l", "lllllllsssssss"])
def test_packets_stay_within_any_room(pattern: str) -> None:
    for capacity in range(28, 160):
        log, now = Arrivals(), 0
        for i in range(100):
            kind = pattern[i % len(pattern)]
            now += 100 * MS if kind == "l" else MS
            if kind != ".":
                log.add(i, now)
        while packet := log.write(capacity=capacity):
            assert len(packet) <= capacity
            read_feedback(packet)
