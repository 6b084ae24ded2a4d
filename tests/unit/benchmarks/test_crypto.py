"""The benchmarks' own SRTP, judged by libsrtp and by cryptography's AES-GCM."""

from __future__ import annotations

import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from benchmarks._aead import Aead, backends
from benchmarks.keys import new_master, session_keys
from benchmarks.sinks import outbound


@pytest.mark.parametrize("name", backends())
@given(
    key=st.binary(min_size=16, max_size=16),
    iv=st.binary(min_size=12, max_size=12),
    aad=st.binary(min_size=12, max_size=40),
    plain=st.binary(max_size=1500),
)
def test_every_backend_seals_as_cryptography_does(name: str, key: bytes, iv: bytes, aad: bytes, plain: bytes) -> None:
    assert Aead(name).seal_once(key, iv, aad, plain) == AESGCM(key).encrypt(iv, plain, aad)


def test_the_wheels_openssl_is_always_there() -> None:
    assert "evp" in backends()


def test_a_backend_that_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match="rot13"):
        Aead("rot13")


@pytest.mark.parametrize(("key", "iv"), [(b"k" * 15, b"i" * 12), (b"k" * 16, b"i" * 11)])
def test_wrong_sizes_are_refused(key: bytes, iv: bytes) -> None:
    with pytest.raises(ValueError):
        Aead("evp").seal_once(key, iv, b"", b"")


def test_session_keys_are_those_of_libsrtp() -> None:
    master, ssrc, sequence = new_master(), 0xCAFE, 1234
    keys = session_keys(master)
    header = struct.pack("!BBHII", 0x80, 96, sequence, 90000, ssrc)
    # RFC 7714 section 8.1: two zero bytes, SSRC, rollover counter, sequence number; the salt over all of it.
    counter = struct.pack("!HIIH", 0, ssrc, 0, sequence)
    iv = bytes(a ^ b for a, b in zip(counter, keys.salt, strict=True))
    assert outbound(master).protect(header + b"picture") == header + AESGCM(keys.key).encrypt(iv, b"picture", header)


def test_a_master_of_another_profile_is_refused() -> None:
    with pytest.raises(ValueError):
        session_keys(bytes(29))
