"""Signed calls between the processes: the api steers media nodes and the hls process, a media node tells the api.

A call's token is bound to its method, path and body and works once: it can neither be replayed nor moved.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Final

import msgspec
from joserfc.jwk import OKPKey

from interprocess.keys import CLOCK_SKEW, ISSUER, decode_claims, sign
from interprocess.once import Crowded, UsedOnce

CONTROL_AUDIENCE: Final = "sfera-control"
"""Calls to a media node."""
HLS_AUDIENCE: Final = "sfera-hls"
"""Calls to the hls process."""
WEBHOOK_AUDIENCE: Final = "sfera-webhook"
"""Calls of a media node to the api."""

CALL_SECONDS: Final = 30
"""How long a call's token is good for."""


class CallRefused(Exception):
    """A call whose token does not hold. `cause` is for metrics; the caller is only told that it was refused."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class CallClaims(msgspec.Struct, frozen=True):
    """What a call's token says: who calls whom, when, and the method, path and body (b: its SHA-256)."""

    iss: str
    aud: str
    iat: float
    exp: float
    jti: str
    m: str
    p: str
    b: str


def body_digest(body: bytes) -> str:
    """SHA-256 of a body, base64url without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def sign_call(key: OKPKey, audience: str, method: str, path: str, body: bytes, now: float) -> str:
    """The Authorization header of one call. `path` is as it stands in the request; `now` is Unix time in seconds."""
    issued = int(now)
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "iat": issued,
        "exp": issued + CALL_SECONDS,
        "jti": secrets.token_urlsafe(16),
        "m": method,
        "p": path,
        "b": body_digest(body),
    }
    return "Bearer " + sign(key, claims)


class CallVerifier:
    """Checks the tokens of one sender's calls."""

    def __init__(self, key: OKPKey, audience: str) -> None:
        self._key = key
        self._audience = audience
        self._used = UsedOnce()

    def verify(self, authorization: str, method: str, path: str, body: bytes, now: float) -> None:
        """Check the Authorization header of a call. `now` is Unix time in seconds. Raises `CallRefused`."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise CallRefused("missing")
        decoded = decode_claims(token, self._key)
        if decoded is None:
            raise CallRefused("signature")
        try:
            claims = msgspec.convert(decoded, CallClaims)
        except msgspec.ValidationError:
            raise CallRefused("claims") from None
        if claims.aud != self._audience:
            raise CallRefused("audience")
        if claims.exp + CLOCK_SKEW <= now or claims.exp - claims.iat > 2 * CALL_SECONDS:
            raise CallRefused("expired")
        if claims.iat > now + CLOCK_SKEW:
            raise CallRefused("early")
        if (claims.m, claims.p, claims.b) != (method, path, body_digest(body)):
            raise CallRefused("other_call")
        try:
            if not self._used.take(claims.jti, claims.exp + CLOCK_SKEW, now):
                raise CallRefused("replayed")
        except Crowded:
            raise CallRefused("crowded") from None
