"""Signed calls, as `interprocess` has them."""

from __future__ import annotations

from interprocess.calls import CONTROL_AUDIENCE, WEBHOOK_AUDIENCE, CallRefused, CallVerifier, body_digest, sign_call
from interprocess.keys import ALGORITHM, CLOCK_SKEW, ISSUER, KeyFileError, decode_claims, load_key

__all__ = [
    "ALGORITHM", "CLOCK_SKEW", "CONTROL_AUDIENCE", "ISSUER", "WEBHOOK_AUDIENCE",
    "CallRefused", "CallVerifier", "KeyFileError", "body_digest", "decode_claims", "load_key", "sign_call",
]  # fmt: skip
