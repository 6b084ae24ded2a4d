"""Time-based one-time passwords (RFC 6238 over RFC 4226): what authenticator apps show.

SHA-1, six digits, steps of 30 s: what every such app can do. A code counts for its step and the one before and after,
since phones' clocks differ; each step counts once. No I/O; the caller passes the time (Unix seconds).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
SECRET_BYTES = 20
RECOVERY_CODES = 10


def new_secret() -> bytes:
    """A new secret: 160 random bits, as RFC 4226 recommends."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int) -> str:
    """The code of one time step."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(code: str, secret: bytes, now: float, last_step: int | None) -> int | None:
    """The time step whose code this is, if it is near now and later than the last one taken; else None."""
    present = int(now // STEP_SECONDS)
    found = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        # All are compared, so that how long it takes says nothing.
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and (
            last_step is None or step > last_step
        ):
            found = step
    return found


def secret_text(secret: bytes) -> str:
    """The secret as people type it."""
    return base64.b32encode(secret).decode().rstrip("=")


def secret_uri(secret: bytes, login: str, issuer: str = "Sfera") -> str:
    """The secret as authenticator apps read it from a QR code."""
    query = urlencode({"secret": secret_text(secret), "issuer": issuer})
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{query}"


def new_recovery_codes() -> list[str]:
    """Codes that stand in for a lost phone: 80 random bits each, in fours."""
    texts = (base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES))
    return ["-".join(text[place : place + 4] for place in range(0, 16, 4)) for text in texts]


def recovery_hash(code: str) -> bytes:
    """What is kept of a recovery code; blanks, dashes and case do not matter."""
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(plain.encode()).digest()
