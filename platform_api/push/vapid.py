"""Who sends the pushes: a P-256 key that the browser's push service knows this server by (VAPID, RFC 8292)."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02, VapidException, b64urlencode
from yarl import URL

from platform_api.config import ConfigError

GOOD_FOR = timedelta(hours=12)
"""RFC 8292 allows a day at most."""


class Sender:
    """Signs for push services. `contact`: whom they write to when something is wrong, a mailto: or https: address."""

    def __init__(self, vapid: Vapid02, contact: str) -> None:
        self._vapid = vapid
        self._contact = contact

    @property
    def public_key(self) -> str:
        """What a browser subscribes with: the uncompressed point, base64url."""
        point = self._vapid.public_key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return str(b64urlencode(point))

    def headers(self, endpoint: str, now: datetime) -> dict[str, str]:
        """The header by which the service of an endpoint knows this server."""
        claims = {
            "aud": str(URL(endpoint).origin()),
            "sub": self._contact,
            "exp": int((now + GOOD_FOR).timestamp()),
        }
        return dict(self._vapid.sign(claims))


def load_sender(path: str, contact: str) -> Sender | None:
    """The sender of a key file, which is made where its folder is there; None without one. Raises ConfigError."""
    file = Path(path)
    if not file.exists():
        if not path or not file.parent.is_dir():
            return None
        _make(file)
    try:
        return Sender(Vapid02.from_pem(file.read_bytes()), contact)
    except (VapidException, ValueError, OSError) as error:
        raise ConfigError(f"api.push_key: {path}: {error}") from error


def _make(file: Path) -> None:
    """Write a new key, whole or not at all; another process may do the same, and the first one stays."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.touch(0o600)
    unfinished.write_bytes(pem)
    try:
        os.link(unfinished, file)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
