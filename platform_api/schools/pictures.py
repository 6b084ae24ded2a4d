"""Pictures people send: what they are is read from their first bytes, not from what the sender says."""

from __future__ import annotations

from platform_api.errors import InvalidPicture

PICTURES = ("image/png", "image/jpeg", "image/webp")
MAX_PICTURE = 1024 * 1024
"""Bytes."""


def media_type_of(content: bytes) -> str:
    """The picture's media type. Raises InvalidPicture. SVG is none: it can hold scripts."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    raise InvalidPicture
