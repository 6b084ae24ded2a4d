"""RTP opened under AES-GCM: pylibsrtp seals it; each packet is opened once, whatever came of others."""

from __future__ import annotations

import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy

from sfu._gcm import BACKENDS
from sfu._srtp import GCM, LIBSRTP, Keys
from tests.packets.harness import session

OPENED, FORGED, REPLAYED, TOO_OLD = 0, 7, 9, 10
SPAN = 960
every_backend = pytest.mark.parametrize("backend", [*BACKENDS, LIBSRTP])


def rtp(ssrc: int, number: int, payload: bytes = b"", extra: bytes = b"", first: int = 0x80) -> bytes:
    """A packet; `extra` stands between the fixed header and the payload, as the first byte says."""
    return struct.pack("!BBHII", first, 96, number & 0xFFFF, 9, ssrc) + extra + payload


class Ends:
    """Keys of ours that open, and pylibsrtp that seals."""

    def __init__(self, backend: str) -> None:
        remote = os.urandom(28)
        self.keys = Keys(GCM, os.urandom(28), remote, backend)
        self.far = session(GCM, remote, Policy.SSRC_ANY_OUTBOUND)

    def sealed(self, ssrc: int, number: int) -> bytes:
        return self.far.protect(rtp(ssrc, number))


CONTRIBUTORS = st.integers(0, 15)
EXTENSION = st.none() | st.binary(max_size=60).map(lambda data: data[: len(data) // 4 * 4])


@every_backend
@given(st.integers(1, 2**32 - 1), st.integers(0, 0xFFFF), CONTRIBUTORS, EXTENSION, st.binary(max_size=1300))
def test_whatever_stands_in_the_header_the_payload_is_opened(
    backend: str, ssrc: int, number: int, contributors: int, extension: bytes | None, payload: bytes
) -> None:
    ends = Ends(backend)
    extra = b"ssrc" * contributors
    first = 0x80 | contributors
    if extension is not None:
        first |= 0x10
        extra += struct.pack("!HH", 0xBEDE, len(extension) // 4) + extension
    packet = rtp(ssrc, number, payload, extra, first)
    assert ends.keys.open(ends.far.protect(packet)) == (OPENED, packet)


@every_backend
@given(st.permutations(range(48)), st.integers(0, 0xFFFF), st.integers(0, 2))
def test_any_order_about_a_rollover_is_opened_and_nothing_twice(
    backend: str, order: list[int], first: int, turns: int
) -> None:
    ends = Ends(backend)
    for number in range(0, turns * 0x10000, 0x4000):  # steps that no counter misses
        assert ends.keys.open(ends.sealed(7, number))[0] == OPENED
    start = turns * 0x10000 + first
    for number in range(turns * 0x10000, start, 0x4000):
        assert ends.keys.open(ends.sealed(7, number))[0] == OPENED
    before = ends.sealed(7, start)
    sealed = [ends.sealed(7, start + 1 + n) for n in range(len(order))]
    assert ends.keys.open(before)[0] == OPENED
    assert [ends.keys.open(sealed[n])[0] for n in order] == [OPENED] * len(order)
    assert {ends.keys.open(data)[0] for data in sealed} == {REPLAYED}


@every_backend
@given(st.lists(st.integers(1, 1400), min_size=1, max_size=30), st.data())
def test_after_gaps_of_any_length_what_is_within_the_window_is_told_apart(
    backend: str, gaps: list[int], data: st.DataObject
) -> None:
    ends = Ends(backend)
    numbers = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    skipped = data.draw(st.sets(st.integers(1, numbers[-1]), max_size=20)) - set(numbers)
    sealed = {n: ends.sealed(7, n) for n in sorted({*numbers, *skipped})}
    for n in numbers:
        assert ends.keys.open(sealed[n])[0] == OPENED
    for n in sorted(skipped):
        if numbers[-1] - n < SPAN:
            assert ends.keys.open(sealed[n])[0] == OPENED
    for n in numbers:
        assert ends.keys.open(sealed[n])[0] in (REPLAYED, TOO_OLD)
    assert ends.keys.open(sealed[numbers[-1]])[0] == REPLAYED


@every_backend
@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_before_the_first_rollover_every_step_on_is_understood(backend: str, one: int, other: int) -> None:
    ends = Ends(backend)
    first, second = sorted((one, other))
    assert ends.keys.open(ends.sealed(7, first))[0] == OPENED
    if second > first:
        assert ends.keys.open(ends.sealed(7, second))[0] == OPENED


@every_backend
def test_what_is_older_than_the_window_is_refused(backend: str) -> None:
    ends = Ends(backend)
    sealed = [ends.sealed(7, number) for number in range(1500)]
    assert ends.keys.open(sealed[-1])[0] == OPENED
    assert ends.keys.open(sealed[0])[0] == TOO_OLD
    assert ends.keys.open(sealed[-SPAN])[0] == OPENED


@every_backend
def test_more_layers_than_have_windows_here_are_opened_once_each(backend: str) -> None:
    ends = Ends(backend)
    sealed = [ends.sealed(ssrc, number) for number in (1, 2) for ssrc in range(1, 50)]
    assert [ends.keys.open(data)[0] for data in sealed] == [OPENED] * len(sealed)
    assert [ends.keys.open(data)[0] for data in sealed] == [REPLAYED] * len(sealed)


@every_backend
def test_a_layer_that_found_no_window_keeps_its_counter_when_another_is_forgotten(backend: str) -> None:
    ends = Ends(backend)
    for number in (0xFFF0, 0x1_0000):
        for ssrc in range(1, 50):
            assert ends.keys.open(ends.sealed(ssrc, number))[0] == OPENED
    ends.keys.forget(1)
    assert [ends.keys.open(ends.sealed(ssrc, 0x1_0001))[0] for ssrc in range(2, 50)] == [OPENED] * 48


@every_backend
def test_a_forgotten_layer_begins_anew_beside_the_others(backend: str) -> None:
    ends = Ends(backend)
    for ssrc in (1, 2, 3):
        assert ends.keys.open(ends.sealed(ssrc, 0xFFF0))[0] == OPENED
        assert ends.keys.open(ends.sealed(ssrc, 0x1_0000))[0] == OPENED
    ends.keys.forget(1)
    ends.keys.forget(9)
    again = session(GCM, os.urandom(28), Policy.SSRC_ANY_OUTBOUND)
    assert ends.keys.open(again.protect(rtp(1, 5)))[0] == FORGED
    assert [ends.keys.open(ends.sealed(ssrc, 0x1_0001))[0] for ssrc in (2, 3)] == [OPENED, OPENED]


@every_backend
@given(st.binary(max_size=60), st.data())
def test_one_bit_changed_is_refused_and_costs_the_true_one_nothing(
    backend: str, payload: bytes, data: st.DataObject
) -> None:
    ends = Ends(backend)
    packet = rtp(7, 0xFFFF, payload)
    sealed = ends.far.protect(packet)
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    forged = bytearray(sealed)
    forged[bit // 8] ^= 1 << bit % 8
    assert ends.keys.open(bytes(forged))[0] not in (OPENED, REPLAYED)
    assert ends.keys.open(sealed) == (OPENED, packet)


@every_backend
@given(st.binary(max_size=64))
def test_garbage_is_refused(backend: str, garbage: bytes) -> None:
    assert Ends(backend).keys.open(garbage)[0] != OPENED
