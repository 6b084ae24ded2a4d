"""What a file is, by what it holds: its name and what the sender says of it are not looked at.

What a browser would run must never be taken for something harmless, so it is looked for first and anywhere it may hide:
text that has a tag in it is HTML. What is not recognised is bytes.
"""

from __future__ import annotations

import contextlib
import re
from typing import Final, Literal, NamedTuple

import puremagic

Kind = Literal["picture", "video", "audio", "pdf", "office", "text", "archive", "other"]

HEAD: Final = 64 * 1024
"""Bytes from the beginning that are looked at."""
BYTES: Final = "application/octet-stream"

PICTURES: Final = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/avif"}
)
INLINE: Final = frozenset(
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
        "video/mp4", "video/webm", "video/quicktime", "video/ogg",
        "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "audio/flac", "audio/aac",
        "text/plain",
    }
)  # fmt: skip
"""What a page may show as it is: nothing of these runs, and `nosniff` keeps browsers from finding something else in it.

PDF is not among them: a browser's reader runs the scripts in it."""

_OFFICE: Final = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN_DOCUMENT: Final = re.compile(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation|graphics)")
_FTYP: Final = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"avif": "image/avif",
    b"avis": "image/avif",
}
_STILL: Final = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
_TAG: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a\b|style|title|b\b|body|br\b|p\b|img|svg|link|meta"
    rb"|object|embed|form|math|!--)",
    re.IGNORECASE,
)
_ENTITIES: Final = re.compile(rb"^\s*<(?:\?xml|!doctype|!--|[a-zA-Z_][\w.-]*[\s/>:])", re.IGNORECASE)


class Found(NamedTuple):
    """What a file was recognised as."""

    media_type: str
    kind: Kind


def recognise(head: bytes) -> Found:
    """What a file is that begins with these bytes (HEAD of them, or all there are)."""
    media_type = _by_signature(head) or _by_text(head) or _by_library(head)
    return Found(media_type, kind_of(media_type))


def kind_of(media_type: str) -> Kind:
    """The kind of a media type, as pages show it."""
    major = media_type.partition("/")[0]
    if media_type in PICTURES:
        return "picture"
    if major in ("video", "audio"):
        return "video" if major == "video" else "audio"
    if media_type == "application/pdf":
        return "pdf"
    if media_type in _OFFICE.values() or media_type.startswith("application/vnd.oasis.") or media_type in _OLD_OFFICE:
        return "office"
    if media_type == "text/plain":
        return "text"
    return "archive" if media_type in _ARCHIVES else "other"


def _by_signature(head: bytes) -> str | None:
    """Formats whose first bytes leave no doubt, by their own specifications."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head[:512] else "audio/ogg"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLE
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    return "application/rtf" if head.startswith(b"{\\rtf") else None


def _iso_media(head: bytes) -> str:
    """ISO base media (MP4, QuickTime, AVIF, HEIF) by its brand, ISO/IEC 14496-12, section 4.3."""
    brand = head[8:12]
    if brand in _STILL:
        return "image/heif"
    return _FTYP.get(brand, "video/mp4")


def _zipped(head: bytes) -> str:
    """An archive, or an office file in one, by the names of its first entries."""
    if found := _OPEN_DOCUMENT.search(head[:256]):
        return found[0].decode()
    if b"[Content_Types].xml" in head:
        for folder, media_type in _OFFICE.items():
            if folder in head:
                return media_type
    return "application/zip"


def _by_text(head: bytes) -> str | None:
    """Text, and markup in it. A byte order mark or another encoding hides no tag."""
    text = head
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            text = head[len(mark) :].decode(encoding, "replace").encode()
            break
    else:
        if b"\0" in head:
            return None
    if _TAG.search(text):
        return "image/svg+xml" if b"<svg" in text.lower() and b"<html" not in text.lower() else "text/html"
    if _ENTITIES.match(text):
        return "text/xml"
    with contextlib.suppress(UnicodeDecodeError):
        # The last character may be cut off.
        text[: len(text) if len(text) < HEAD else -4].decode()
        if not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in text):
            return "text/plain"
    return None


def _by_library(head: bytes) -> str:
    """What puremagic knows of the rest: archives, sound, old formats."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, IndexError, KeyError):
        return BYTES
    for each in found:
        if each.confidence >= 0.2 and each.mime_type and _plain(each.mime_type):
            return str(each.mime_type)
    return BYTES


def _plain(media_type: str) -> bool:
    """Whether it can be sent as a header and is nothing that text alone would be."""
    return (
        re.fullmatch(r"(?:application|audio|video|image|font)/[a-z0-9.+-]{1,64}", media_type) is not None
        and not media_type.endswith(("+xml", "xml", "html", "javascript"))
        and media_type != "application/x-shockwave-flash"
    )


_OLE: Final = "application/x-ole-storage"
_OLD_OFFICE: Final = frozenset(
    {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/rtf", _OLE}
)
_ARCHIVES: Final = frozenset(
    {
        "application/zip", "application/x-rar-compressed", "application/vnd.rar", "application/x-7z-compressed",
        "application/gzip", "application/x-gzip", "application/x-tar", "application/x-bzip2", "application/x-xz",
    }
)  # fmt: skip
