"""SRTP session keys of AEAD_AES_128_GCM (RFC 3711 section 4.3, RFC 7714 section 12), for the native parts of the
benchmarks."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MASTER_KEY = 16
MASTER_SALT = 12
CM_MASTER_SALT = 14
LABEL_RTP_KEY = 0
LABEL_RTP_AUTHENTICATION = 1
LABEL_RTP_SALT = 2


class SessionKeys(NamedTuple):
    """What encrypts RTP under one master key."""

    key: bytes
    salt: bytes


def new_master(*, cm: bool = False) -> bytes:
    """A random master key and salt, together as DTLS-SRTP exports them: 28 bytes, for AES-CM 30."""
    return secrets.token_bytes(MASTER_KEY + (CM_MASTER_SALT if cm else MASTER_SALT))


def session_keys(master: bytes) -> SessionKeys:
    """Derives the RTP keys with a key derivation rate of 0; those of AES-CM (30 bytes of `master`) hold the
    authentication key behind the encryption key. Raises `ValueError` when `master` has another size."""
    if len(master) == MASTER_KEY + CM_MASTER_SALT:
        key = _derive(master, LABEL_RTP_KEY, 16) + _derive(master, LABEL_RTP_AUTHENTICATION, 20)
        return SessionKeys(key, _derive(master, LABEL_RTP_SALT, 14))
    if len(master) != MASTER_KEY + MASTER_SALT:
        raise ValueError("a master key of AEAD_AES_128_GCM and its salt have 28 bytes, one of AES-CM 30")
    return SessionKeys(_derive(master, LABEL_RTP_KEY, 16), _derive(master, LABEL_RTP_SALT, 12))


def _derive(master: bytes, label: int, size: int) -> bytes:
    # The 96 bit salt fills the upper bits of the 112 bits AES-CM wants; the label stands above a 48 bit index of zero.
    salt = int.from_bytes(master[MASTER_KEY:].ljust(14, b"\0"), "big")
    counter = ((salt ^ (label << 48)) << 16).to_bytes(16, "big")
    # The PRF is the keystream of AES in counter mode, which is what RFC 3711 section 4.3.3 asks for.
    stream = Cipher(algorithms.AES(master[:MASTER_KEY]), modes.CTR(counter)).encryptor()
    return stream.update(bytes(size))
