"""The Ed25519 key pairs by which the processes know each other.

The api signs tickets and control calls, the media process signs webhooks; each has the other's public key, and the hls
process has the api's. On one machine the supervisor makes both pairs at the first start; with processes on machines of
their own, `sfera keys` makes them and the public halves are copied.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sfera.config import Config, ConfigError


def ensure_keys(config: Config) -> list[Path]:
    """Make what is missing of both pairs; returns the files written.

    Raises:
        ConfigError: a private key that is there cannot be read or is of another kind.
    """
    api, media, hls = config.api, config.media, config.hls
    return [
        *ensure_pair("api.signing_key", Path(api.signing_key), {Path(media.ticket_key), Path(hls.control_key)}),
        *ensure_pair("media.webhook_key", Path(media.webhook_key), {Path(api.webhook_key)}),
    ]


def ensure_pair(key: str, private_path: Path, public_paths: set[Path]) -> list[Path]:
    """Make the private key if there is none, and write its public half into the files that do not hold it.

    `key` is the configuration's name of the private key's path, for errors.
    """
    written = []
    if private_path.exists():
        private = read_private(key, private_path)
    else:
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write(private_path, pem, 0o600)
        written.append(private_path)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for public_path in sorted(public_paths):
        if not public_path.exists() or public_path.read_bytes() != public:
            write(public_path, public, 0o600)
            written.append(public_path)
    return written


def read_private(key: str, path: Path) -> Ed25519PrivateKey:
    """The private key in this file, or a `ConfigError` that names the configuration's key."""
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise ConfigError(f"{key}: {path}: {error.strerror}") from None
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{key}: {path}: not a private key in PEM: {error}") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigError(f"{key}: {path}: not an Ed25519 key")
    return private


def write(path: Path, data: bytes, mode: int) -> None:
    """Write a file whole or not at all, with this mode from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
