"""Tickets made with the platform's private key: for tests and loads that run a media process alone."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import OKPKey

LIFETIME: Final = 60
CALL_SECONDS: Final = 30


class TicketMaker:
    """Signs tickets as the platform does (JWT, EdDSA over Ed25519)."""

    def __init__(self, private_key_pem: bytes) -> None:
        self._key = OKPKey.import_key(private_key_pem)

    @classmethod
    def from_file(cls, path: Path | str) -> TicketMaker:
        """Read the key, a PEM file."""
        return cls(Path(path).read_bytes())

    def make(
        self,
        room: str,
        *,
        person: str,
        name: str = "",
        role: str = "member",
        title: str = "Lesson",
        device: str | None = None,
        floor: str = "hand",
        lobby: bool = False,
        limit: int = 50,
        issued_at: int | None = None,
        **claims: Any,
    ) -> str:
        """A ticket for one entry. `issued_at` is Unix time in seconds; `claims` replace what would stand there."""
        issued = int(time.time()) if issued_at is None else issued_at
        ticket: dict[str, Any] = {
            "iss": "sfera",
            "aud": "sfera-media",
            "jti": secrets.token_urlsafe(16),
            "iat": issued,
            "exp": issued + LIFETIME,
            "room": room,
            "title": title,
            "person": person,
            "name": name or person,
            "role": role,
            "device": device or secrets.token_urlsafe(8),
            "policy": {"floor": floor, "max": limit, "lobby": lobby},
            **claims,
        }
        return jwt.encode({"alg": "EdDSA"}, ticket, self._key, algorithms=["EdDSA"])

    def call(self, method: str, path: str, body: bytes = b"") -> str:
        """The Authorization header of one call of a media node's control API."""
        issued = int(time.time())
        digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
        claims = {
            "iss": "sfera",
            "aud": "sfera-control",
            "iat": issued,
            "exp": issued + CALL_SECONDS,
            "jti": secrets.token_urlsafe(16),
            "m": method,
            "p": path,
            "b": digest,
        }
        return "Bearer " + jwt.encode({"alg": "EdDSA"}, claims, self._key, algorithms=["EdDSA"])
