"""Ed25519 keys and what is signed with them: JSON Web Tokens (RFC 7519) with alg EdDSA (RFC 8037), by joserfc."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

# RFC 9864 renames the algorithm to Ed25519; libraries in other languages still write EdDSA, and so do we.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)

ALGORITHM: Final = "EdDSA"
ISSUER: Final = "sfera"

CLOCK_SKEW: Final = 30
"""Seconds by which the clocks of two machines may differ."""


class KeyFileError(Exception):
    """A key file cannot be read or holds another kind of key."""


def load_key(path: str, *, private: bool) -> OKPKey:
    """Read an Ed25519 key in PEM. Raises `KeyFileError`."""
    try:
        key = OKPKey.import_key(Path(path).read_bytes())
    except (OSError, ValueError, TypeError, JoseError) as error:
        raise KeyFileError(f"{path}: {error}") from error
    if key.curve_name != "Ed25519" or key.is_private != private:
        raise KeyFileError(f"{path}: not an Ed25519 {'private' if private else 'public'} key")
    return key


def sign(key: OKPKey, claims: dict[str, Any]) -> str:
    """The claims as a signed token."""
    return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, key, algorithms=[ALGORITHM])


def decode_claims(token: str, key: OKPKey) -> dict[str, Any] | None:
    """The claims of a token signed with `key`, or None when it is not one."""
    try:
        return jwt.decode(token, key, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, TypeError):
        return None
