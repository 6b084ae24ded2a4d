"""Ed25519 signatures between the processes: JSON Web Tokens (RFC 7519) with alg EdDSA (RFC 8037), by joserfc.

A *ticket* lets a page into one room. A *call token* goes with one HTTP call between the api and a media node and is
bound to its method, its path and its body, so that it can be neither replayed nor moved to another call.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import warnings
from collections import OrderedDict
from pathlib import Path
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from platform_api.config import ConfigError

# RFC 9864 renames the algorithm to Ed25519; libraries in other languages still write EdDSA, and so do we.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)

ALGORITHM = "EdDSA"
HEADER = {"alg": ALGORITHM, "typ": "JWT"}
ISSUER = "sfera"
CONTROL_AUDIENCE = "sfera-control"
HLS_AUDIENCE = "sfera-hls"
WEBHOOK_AUDIENCE = "sfera-webhook"
TICKET_AUDIENCE = "sfera-media"

CALL_SECONDS = 30
"""Seconds a call token is good for."""
CLOCK_SKEW = 30
"""Seconds by which the clocks of two machines may differ."""
MAX_REMEMBERED = 100_000
"""Call tokens remembered as used; each is forgotten when it would be refused as expired anyway."""


class CallRefused(Exception):
    """A call token that does not hold; `reason` names what was wrong, for the metric and not for the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CallClaims(msgspec.Struct, frozen=True):
    """What a call token says: who calls whom, when, and which method, path and body."""

    iss: str
    aud: str
    iat: float
    exp: float
    jti: str
    m: str
    p: str
    b: str


def load_key(path: str, setting: str, *, private: bool) -> OKPKey:
    """Read an Ed25519 key in PEM. Raises ConfigError naming `setting`."""
    try:
        key = OKPKey.import_key(Path(path).read_bytes())
    except (OSError, ValueError, TypeError, JoseError) as error:
        raise ConfigError(f"api.{setting}: {path}: {error}") from error
    if key.curve_name != "Ed25519" or key.is_private != private:
        raise ConfigError(f"api.{setting}: {path}: not an Ed25519 {'private' if private else 'public'} key")
    return key


def body_hash(body: bytes) -> str:
    """SHA-256 of a body, base64url without padding: claim `b`."""
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def sign(key: OKPKey, claims: dict[str, Any]) -> str:
    """The claims as a signed token."""
    return jwt.encode(HEADER, claims, key, algorithms=[ALGORITHM])


def sign_call(key: OKPKey, audience: str, method: str, path: str, body: bytes, now: float) -> str:
    """The value of the Authorization header for one call. `now` is Unix time in seconds."""
    issued = int(now)
    token = sign(
        key,
        {
            "iss": ISSUER,
            "aud": audience,
            "iat": issued,
            "exp": issued + CALL_SECONDS,
            "jti": secrets.token_urlsafe(16),
            "m": method,
            "p": path,
            "b": body_hash(body),
        },
    )
    return f"Bearer {token}"


class CallVerifier:
    """Checks call tokens of one sender; each is taken once."""

    def __init__(self, key: OKPKey, audience: str) -> None:
        self._key = key
        self._audience = audience
        self._used: OrderedDict[str, float] = OrderedDict()

    def verify(self, authorization: str, method: str, path: str, body: bytes, now: float) -> CallClaims:
        """Check the Authorization header of a call. `now` is Unix time in seconds. Raises CallRefused."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise CallRefused("missing")
        try:
            claims = msgspec.convert(jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims, CallClaims)
        except msgspec.ValidationError as error:
            raise CallRefused("claims") from error
        except (JoseError, ValueError) as error:
            raise CallRefused("signature") from error
        if claims.aud != self._audience:
            raise CallRefused("audience")
        if claims.exp <= now - CLOCK_SKEW or claims.exp - claims.iat > 2 * CALL_SECONDS:
            raise CallRefused("expired")
        if claims.iat > now + CLOCK_SKEW:
            raise CallRefused("early")
        if (claims.m, claims.p, claims.b) != (method, path, body_hash(body)):
            raise CallRefused("other_call")
        self._take(claims, now)
        return claims

    def _take(self, claims: CallClaims, now: float) -> None:
        # Oldest first: tokens live equally long, so those at the front are the first to expire.
        while self._used:
            jti, exp = next(iter(self._used.items()))
            if exp > now - CLOCK_SKEW:
                break
            del self._used[jti]
        if claims.jti in self._used:
            raise CallRefused("replayed")
        if len(self._used) >= MAX_REMEMBERED:
            raise CallRefused("crowded")
        self._used[claims.jti] = claims.exp
