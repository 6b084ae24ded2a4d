"""The headers of tus 1.0 (https://tus.io/protocols/resumable-upload). No I/O.

The core, and the extensions creation, expiration, termination and checksum.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final, NamedTuple

from platform_api.errors import InvalidUpload, TusVersion

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,expiration,termination,checksum"
PIECE_TYPE: Final = "application/offset+octet-stream"
MAX_METADATA: Final = 4096
"""Longest Upload-Metadata, characters."""
CHECKSUMS: Final[Mapping[str, Callable[[], Any]]] = {
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
}
"""By their names in Upload-Checksum. sha1 is the one every server has to know."""


class Checksum(NamedTuple):
    """What the sender says a piece's bytes hash to."""

    digest: bytes
    running: Any
    """Fed with the piece as it comes."""

    def fits(self) -> bool:
        """Whether what came is what was sent."""
        return bool(self.running.digest() == self.digest)


def require_version(headers: Mapping[str, str]) -> None:
    """Raises TusVersion, with the one that is spoken here."""
    if headers.get("Tus-Resumable") != VERSION:
        raise TusVersion(headers={"Tus-Version": VERSION})


def read_number(headers: Mapping[str, str], name: str) -> int:
    """A header that counts bytes. Raises InvalidUpload."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise InvalidUpload(f"{name} must be a number of bytes")
    return int(text)


def read_metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """Upload-Metadata: names, each with a value in base64, or without one. Raises InvalidUpload."""
    text = headers.get("Upload-Metadata", "")
    if len(text) > MAX_METADATA:
        raise InvalidUpload(f"Upload-Metadata is longer than {MAX_METADATA} characters")
    found: dict[str, str] = {}
    for pair in text.split(",") if text.strip() else ():
        name, _, encoded = pair.strip().partition(" ")
        if not name or name in found:
            raise InvalidUpload("Upload-Metadata names something twice, or nothing")
        try:
            found[name] = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidUpload(f"Upload-Metadata: {name[:32]} is not UTF-8 in base64") from None
        if "\0" in found[name]:
            raise InvalidUpload("Upload-Metadata: the character U+0000 is not allowed")
    return found


def read_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """Upload-Checksum. Raises InvalidUpload for an algorithm that is not known here."""
    text = headers.get("Upload-Checksum")
    if text is None:
        return None
    name, _, encoded = text.partition(" ")
    if name not in CHECKSUMS:
        raise InvalidUpload(f"Upload-Checksum takes {', '.join(CHECKSUMS)}")
    try:
        return Checksum(base64.b64decode(encoded.strip(), validate=True), CHECKSUMS[name]())
    except binascii.Error:
        raise InvalidUpload("Upload-Checksum is not base64") from None


def http_date(moment: datetime) -> str:
    """Upload-Expires (RFC 9110, section 5.6.7)."""
    return format_datetime(moment, usegmt=True)
