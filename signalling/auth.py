"""Signed calls between the platform and a media node: JSON Web Tokens (RFC 7519), EdDSA over Ed25519 (RFC 8037).

A call's token is bound to its method, path and body and works once: it can neither be replayed nor moved.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import warnings
from pathlib import Path
from typing import Any, Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from signalling.once import Crowded, UsedOnce

# RFC 9864 renames the algorithm to Ed25519; libraries in other languages still write EdDSA, and so do we.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)

ALGORITHM: Final = "EdDSA"
ISSUER: Final = "sfera"
CONTROL_AUDIENCE: Final = "sfera-control"
WEBHOOK_AUDIENCE: Final = "sfera-webhook"

CALL_SECONDS: Final = 30
"""How long a call's token is good for."""

CLOCK_SKEW: Final = 30
"""Seconds by which the clocks of two machines may differ."""


class KeyFileError(Exception):
    """A key file cannot be read or holds another kind of key."""


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


def load_key(path: str, *, private: bool) -> OKPKey:
    """Read an Ed25519 key in PEM. Raises `KeyFileError`."""
    try:
        key = OKPKey.import_key(Path(path).read_bytes())
    except (OSError, ValueError, TypeError, JoseError) as error:
        raise KeyFileError(f"{path}: {error}") from error
    if key.curve_name != "Ed25519" or key.is_private != private:
        raise KeyFileError(f"{path}: not an Ed25519 {'private' if private else 'public'} key")
    return key


def decode_claims(token: str, key: OKPKey) -> dict[str, Any] | None:
    """The claims of a token signed with `key`, or None when it is not one."""
    try:
        return jwt.decode(token, key, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, TypeError):
        return None


def body_digest(body: bytes) -> str:
    """SHA-256 of a body, base64url without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def sign_call(key: OKPKey, audience: str, method: str, path: str, body: bytes, now: float) -> str:
    """The Authorization header of one call. `now` is Unix time in seconds."""
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
    return "Bearer " + jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, key, algorithms=[ALGORITHM])


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
