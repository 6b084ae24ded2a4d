"""HMAC-SHA1 beside Python's own (RFC 2202 has nothing that it does not), in pieces and whole."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from sfu import _hmac


@given(st.binary(max_size=200), st.binary(max_size=2000), st.binary(max_size=70))
def test_a_digest_is_that_of_the_standard_library(secret: bytes, data: bytes, more: bytes) -> None:
    """Keys below, at and above SHA-1's block of 64 bytes; data in two pieces, and under a key that is not kept."""
    assert _hmac.digest(secret, data, more) == hmac.digest(secret, data + more, "sha1")
    assert _hmac.digest(secret, data, whole=True) == hmac.digest(secret, data, "sha1")
