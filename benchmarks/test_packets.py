"""Micro-benchmarks of what the worker does to single packets (`make bench`).

Python's own calls are in the figures, for all alike. `test_aes_gcm` opens the key each time, which the worker does not.
"""

from __future__ import annotations

import struct
from itertools import count

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks._aead import Aead, backends
from benchmarks.keys import new_master
from sfu import _rtcp
from sfu._fastpath import CM, GCM
from sfu._gcm import BACKENDS
from sfu._srtp import LIBSRTP, Keys

PAYLOAD = bytes(1200)
SSRC = 0x1234567


def header(sequence: int) -> bytes:
    """The 12 fixed bytes of an RTP packet."""
    return struct.pack("!BBHII", 0x80, 96, sequence & 0xFFFF, 0, SSRC)


@pytest.mark.parametrize("backend", backends())
def test_aes_gcm(benchmark: BenchmarkFixture, backend: str) -> None:
    """A payload of 1200 bytes sealed by each library that is there."""
    aead, key, aad = Aead(backend), bytes(16), header(1)
    sealed = benchmark(lambda: aead.seal_once(key, bytes(12), aad, PAYLOAD))
    assert len(sealed) == len(PAYLOAD) + 16


@pytest.mark.parametrize(
    ("profile", "backend"), [*((GCM, name) for name in (*BACKENDS, LIBSRTP)), (CM, "evp"), (CM, LIBSRTP)]
)
def test_protect(benchmark: BenchmarkFixture, profile: str, backend: str) -> None:
    """A packet protected as the worker does it."""
    master = new_master() if profile == GCM else bytes(30)
    keys, numbers = Keys(profile, master, master, backend), count(1)

    def protect() -> bytes:
        number = next(numbers)
        return keys.seal(header(number), PAYLOAD, SSRC, number)

    assert len(benchmark(protect)) > len(PAYLOAD) + 12


def test_reading_a_compound(benchmark: BenchmarkFixture) -> None:
    """A sender report, a description and a NACK."""
    compound = _rtcp.write_sr(SSRC, 1 << 32, 0, 10, 1000, b"somebody") + _rtcp.write_nack(1, SSRC, [5, 6, 9, 40])
    assert len(benchmark(lambda: _rtcp.parse_compound(compound))) >= 3
