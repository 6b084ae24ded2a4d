"""HTTP/1.1 as the origin speaks it (RFC 9110, RFC 9112): request heads in, response heads out. No I/O.

The parser is strict: what two programs could read in two ways is refused. Requests have no bodies here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import formatdate
from http import HTTPStatus

from msgspec import Struct

from hls.errors import RequestRefused

MAX_TARGET = 4096
"""Bytes of a request target."""
MAX_FIELDS = 64
"""Header fields of a request."""
METHODS = frozenset({b"GET", b"HEAD", b"OPTIONS"})
KNOWN_METHODS = METHODS | {b"POST", b"PUT", b"DELETE", b"PATCH", b"TRACE", b"CONNECT"}
ALLOW = "GET, HEAD, OPTIONS"

_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP/([0-9])\.([0-9])")
_FIELDS = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[\t\x20-\x7e\x80-\xff]*+\r\n)*+\r\n")
_READ = tuple(
    (name, b"\n" + name + b":")
    for name in (
        b"host",
        b"connection",
        b"accept-encoding",
        b"range",
        b"if-range",
        b"if-none-match",
        b"content-length",
        b"transfer-encoding",
    )
)
_SINGLE = frozenset({b"host", b"content-length", b"transfer-encoding"})
_HOST = re.compile(rb"[\x21-\x7e]*")
_ABSOLUTE = re.compile(rb"https?://[^/?#]+", re.IGNORECASE)
_RANGE = re.compile(rb"bytes=([0-9]{0,18})-([0-9]{0,18})")
_WEIGHT = re.compile(rb"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


class Head(Struct, frozen=True):
    """What matters of a request's header fields. One object serves all requests with the same fields."""

    keep_alive: bool = True
    gzip: bool = False
    """Whether the answer may be gzipped."""
    range: bytes | None = None
    """The Range field, when it counts."""
    known: bytes = b""
    """The If-None-Match field: what the viewer has already."""
    head_only: bool = False
    """Whether the method is HEAD."""
    plain: bool = True
    """A GET over a connection that stays, without Range: whatever is ready made can be sent as it is."""


class Request(Struct, frozen=True):
    """A request head."""

    method: bytes
    target: bytes
    """In origin form: path and query."""
    head: Head


def parse(block: bytes) -> Request:
    """Reads a request head, from the request line to the empty line. Raises `RequestRefused`."""
    line, _, fields = block.partition(b"\r\n")
    method, target, minor = parse_line(line)
    return Request(method, target, parse_fields(fields, minor, method))


def parse_line(line: bytes) -> tuple[bytes, bytes, int]:
    """Method, target in origin form and minor version. Raises `RequestRefused`."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise RequestRefused(400, "request_line")
    method, target, major, minor = found.groups()
    if major != b"1":
        raise RequestRefused(505, "version")
    if method not in KNOWN_METHODS:
        raise RequestRefused(501, "method_unknown")
    if method not in METHODS:
        raise RequestRefused(405, "method")
    if len(target) > MAX_TARGET:
        raise RequestRefused(414, "target_long")
    if not target.startswith(b"/"):
        absolute = _ABSOLUTE.match(target)
        if absolute is not None:
            target = target[absolute.end() :]
            target = target if target.startswith(b"/") else b"/" + target
        elif target != b"*" or method != b"OPTIONS":
            raise RequestRefused(400, "target")
    return method, target, int(minor)


def parse_fields(block: bytes, minor: int = 1, method: bytes = b"GET") -> Head:
    """Reads header fields, each ending with CRLF, and the empty line behind them. Raises `RequestRefused`."""
    if not _FIELDS.fullmatch(block):
        raise RequestRefused(400, "fields")
    if block.count(b"\n") > MAX_FIELDS + 1:
        raise RequestRefused(431, "fields_many")
    fields = _interesting(b"\n" + block)
    _refuse_body(fields)
    host = fields.get(b"host")
    if (host is None and minor >= 1) or (host is not None and not _HOST.fullmatch(host)):
        raise RequestRefused(400, "host")
    # HTTP/1.0 gets its answer and the end of the connection.
    connection = fields.get(b"connection", b"").lower()
    keep_alive = minor >= 1 and b"close" not in {token.strip() for token in connection.split(b",")}
    # Media has no validators, so a condition on one never holds (RFC 9110, 13.1.5): the whole is sent.
    asked = fields.get(b"range") if b"if-range" not in fields and method == b"GET" else None
    head_only = method == b"HEAD"
    return Head(
        keep_alive=keep_alive,
        gzip=accepts_gzip(fields.get(b"accept-encoding", b"")),
        range=asked,
        known=fields.get(b"if-none-match", b""),
        head_only=head_only,
        plain=keep_alive and asked is None and not head_only,
    )


def _interesting(text: bytes) -> dict[bytes, bytes]:
    """The fields that are read here, of a block that is well formed. Raises `RequestRefused`."""
    fields: dict[bytes, bytes] = {}
    lower = text.lower()
    for name, mark in _READ:
        at = lower.find(mark)
        while at >= 0:
            start = at + len(mark)
            at = text.index(b"\r", start)
            value = text[start:at].strip(b" \t")
            if name in fields:
                if name in _SINGLE:
                    raise RequestRefused(400, f"field_twice_{name.decode()}")
                value = fields[name] + b"," + value
            fields[name] = value
            at = lower.find(mark, at)
    return fields


def _refuse_body(fields: dict[bytes, bytes]) -> None:
    if b"transfer-encoding" in fields:
        raise RequestRefused(400 if b"content-length" in fields else 501, "transfer_encoding")
    length = fields.get(b"content-length")
    if length is not None:
        if not length.isdigit():
            raise RequestRefused(400, "content_length")
        if length.strip(b"0"):
            raise RequestRefused(413, "body")


def accepts_gzip(value: bytes) -> bool:
    """Whether Accept-Encoding allows gzip (RFC 9110, 12.5.3)."""
    weights: dict[bytes, bool] = {}
    for item in value.lower().split(b","):
        coding, *parameters = (piece.strip() for piece in item.split(b";"))
        wanted = True
        for parameter in parameters:
            name, _, weight = parameter.partition(b"=")
            if name.strip() == b"q":
                weight = weight.strip()
                wanted = _WEIGHT.fullmatch(weight) is not None and weight.strip(b"0.") != b""
        weights[coding] = wanted
    return weights.get(b"gzip", weights.get(b"x-gzip", weights.get(b"*", False)))


def is_known(asked: bytes, tag: str) -> bool:
    """Whether an If-None-Match field names a tag (RFC 9110, 13.1.2): compared weakly, among others, or as `*`."""
    plain = tag.removeprefix("W/").encode()
    names = [item.strip().removeprefix(b"W/") for item in asked.split(b",")]
    return asked.strip() == b"*" or plain in names


def byte_range(asked: bytes, size: int) -> tuple[int, int] | None:
    """First byte and byte behind the last of a Range field (RFC 9110, 14.1.2); None when it is to be ignored, as
    several ranges and other units are. Raises `RequestRefused` when it cannot be satisfied."""
    found = _RANGE.fullmatch(asked.replace(b" ", b""))
    if found is None or found[0] == b"bytes=-":
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
        if int(last) == 0:
            raise RequestRefused(416, "range", size=size)
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise RequestRefused(416, "range", size=size)
    return start, end


def response_head(
    status: int,
    fields: Iterable[tuple[str, str]],
    *,
    length: int | None,
    now: float,
    keep_alive: bool = True,
) -> bytes:
    """A response head. Every response may be read by any page (rule 14). `now` is Unix time."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Date: {formatdate(now, usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in fields]
    lines.append("Access-Control-Allow-Origin: *")
    if length is not None:
        lines.append(f"Content-Length: {length}")
    if not keep_alive:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def refusal(
    status: int, cause: str, *, now: float, size: int | None = None, keep_alive: bool = False, body: bool = True
) -> bytes:
    """A whole answer that says no. `size` is that of the resource, for 416."""
    text = f"{status} {cause}\n".encode()
    fields = [("Content-Type", "text/plain"), ("Cache-Control", "max-age=1")]
    if status == 405:
        fields.append(("Allow", ALLOW))
    if status == 416 and size is not None:
        fields.append(("Content-Range", f"bytes */{size}"))
    if status == 503:
        fields.append(("Retry-After", "1"))
    head = response_head(status, fields, length=len(text), now=now, keep_alive=keep_alive)
    return head + text if body else head


def preflight(*, now: float, keep_alive: bool) -> bytes:
    """The answer to OPTIONS: whatever a page's player may want to send is allowed."""
    fields = [
        ("Allow", ALLOW),
        ("Access-Control-Allow-Methods", ALLOW),
        ("Access-Control-Allow-Headers", "Range, *"),
        ("Access-Control-Max-Age", "86400"),
        ("Cache-Control", "max-age=1"),
    ]
    return response_head(204, fields, length=None, now=now, keep_alive=keep_alive)
