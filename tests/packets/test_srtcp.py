"""RTCP under AES-GCM: pylibsrtp opens what is sealed here and seals what is opened; nothing is opened twice."""

from __future__ import annotations

import os
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy

from sfu._gcm import BACKENDS
from sfu._srtp import GCM, LIBSRTP, Keys, derive
from tests.packets.harness import session

OPENED, FORGED, REPLAYED, TOO_OLD = 0, 7, 9, 10
SSRCS = st.integers(1, 2**32 - 1)
every_backend = pytest.mark.parametrize("backend", [*BACKENDS, LIBSRTP])


def compound(ssrc: int, body: bytes = b"") -> bytes:
    """A receiver report with whatever behind its header."""
    return struct.pack("!BBHI", 0x80, 201, 1 + len(body) // 4, ssrc) + body


class Ends:
    """Keys of ours, and both directions by pylibsrtp."""

    def __init__(self, backend: str) -> None:
        self.local, self.remote = os.urandom(28), os.urandom(28)
        self.keys = Keys(GCM, self.local, self.remote, backend)
        self.outbound = session(GCM, self.remote, Policy.SSRC_ANY_OUTBOUND)
        self.inbound = session(GCM, self.local, Policy.SSRC_ANY_INBOUND)


@every_backend
@given(st.lists(st.tuples(SSRCS, st.binary(max_size=1200)), min_size=1, max_size=8))
def test_pylibsrtp_understands_and_is_understood(backend: str, them: list[tuple[int, bytes]]) -> None:
    ends = Ends(backend)
    for ssrc, body in them:
        data = compound(ssrc, body)
        assert ends.inbound.unprotect_rtcp(ends.keys.seal_rtcp(data)) == data
        assert ends.keys.open_rtcp(ends.outbound.protect_rtcp(data)) == (OPENED, data)


@every_backend
def test_more_senders_than_have_windows_here_are_opened_once_each(backend: str) -> None:
    ends = Ends(backend)
    sealed = [ends.outbound.protect_rtcp(compound(ssrc)) for ssrc in range(1, 50)]
    assert [ends.keys.open_rtcp(data)[0] for data in sealed] == [OPENED] * len(sealed)
    assert [ends.keys.open_rtcp(data)[0] for data in sealed] == [REPLAYED] * len(sealed)


@every_backend
@given(st.permutations(range(60)))
def test_any_order_within_the_window_is_opened_and_nothing_twice(backend: str, order: list[int]) -> None:
    ends = Ends(backend)
    sealed = [ends.outbound.protect_rtcp(compound(7, bytes(4 * n))) for n in range(60)]
    assert [ends.keys.open_rtcp(sealed[n]) for n in order] == [(OPENED, compound(7, bytes(4 * n))) for n in order]
    assert {ends.keys.open_rtcp(data)[0] for data in sealed} == {REPLAYED}


@every_backend
def test_what_is_older_than_the_window_is_refused(backend: str) -> None:
    ends = Ends(backend)
    sealed = [ends.outbound.protect_rtcp(compound(7)) for _ in range(1500)]
    assert ends.keys.open_rtcp(sealed[-1])[0] == OPENED
    assert ends.keys.open_rtcp(sealed[0])[0] == TOO_OLD


@every_backend
@given(st.binary(max_size=60), st.data())
def test_one_bit_changed_is_refused_and_costs_the_true_one_nothing(
    backend: str, body: bytes, data: st.DataObject
) -> None:
    ends = Ends(backend)
    sealed = ends.outbound.protect_rtcp(compound(7, body))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    forged = bytearray(sealed)
    forged[bit // 8] ^= 1 << bit % 8
    assert ends.keys.open_rtcp(bytes(forged))[0] not in (OPENED, REPLAYED)
    assert ends.keys.open_rtcp(sealed) == (OPENED, compound(7, body))


@every_backend
@given(st.binary(max_size=64))
def test_garbage_is_refused(backend: str, garbage: bytes) -> None:
    assert Ends(backend).keys.open_rtcp(garbage)[0] != OPENED


@every_backend
def test_it_is_as_rfc_7714_section_9_has_it_and_no_index_comes_twice(backend: str) -> None:
    ends = Ends(backend)
    key, salt = derive(ends.local, 3, 16), derive(ends.local, 5, 12)
    indices = set()
    for ssrc in (0x4D617273, 0x4D617273, 5):
        sealed = ends.keys.seal_rtcp(compound(ssrc, b"body"))
        word = sealed[-4:]
        index = int.from_bytes(word, "big") & 0x7FFFFFFF
        assert word[0] & 0x80, "it says that it is encrypted"
        assert (ssrc, index) not in indices
        indices.add((ssrc, index))
        numbers = struct.pack("!HIHI", 0, ssrc, 0, index)
        iv = bytes(a ^ b for a, b in zip(numbers, salt, strict=True))
        assert AESGCM(key).decrypt(iv, sealed[8:-4], sealed[:8] + word) == b"body"
