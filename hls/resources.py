"""What can be asked for: responses made once and sent to everybody as they are."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, Literal

from hls.http import Head, byte_range, is_known, response_head

if TYPE_CHECKING:
    from hls.connection import Connection

Kind = Literal["playlist", "part", "segment", "init"]
Fields = tuple[tuple[str, str], ...]

IMMUTABLE = "public, max-age=31536000, immutable"
"""Cache-Control of media: it never changes (rule 13)."""
VIDEO = "video/mp4"
PLAYLIST = "application/vnd.apple.mpegurl"
MEDIA_FIELDS: Fields = (("Content-Type", VIDEO), ("Cache-Control", IMMUTABLE), ("Accept-Ranges", "bytes"))
"""Header fields of parts, segments and init segments."""


class Resource:
    """Something that can be asked for by GET and HEAD."""

    __slots__ = ()

    def answer(self, connection: Connection, head: Head) -> None:
        """Sends it, or lets the connection wait until it can be sent."""
        raise NotImplementedError


def send_body(
    connection: Connection, head: Head, kind: Kind, fields: Fields, body: bytes | memoryview | list[memoryview]
) -> None:
    """Answers the rarer requests: HEAD, ranges, and the last of a connection."""
    pieces = body if isinstance(body, list) else [body]
    size = sum(len(piece) for piece in pieces)
    status = 200
    if head.range is not None and kind != "playlist":
        wanted = byte_range(head.range, size)
        if wanted is not None:
            start, end = wanted
            fields = (*fields, ("Content-Range", f"bytes {start}-{end - 1}/{size}"))
            pieces, status, size = [memoryview(b"".join(pieces))[start:end]], 206, end - start
    first = response_head(status, fields, length=size, now=connection.origin.unix, keep_alive=head.keep_alive)
    connection.send_all([first] if head.head_only else [first, *pieces], kind)


class Ready(Resource):
    """A body in memory with its head, also gzipped if it is text. `replace` puts a new version in place at once."""

    __slots__ = ("body", "fields", "identity", "kind", "zipped", "zipped_body")

    def __init__(self, kind: Kind, fields: Fields) -> None:
        self.kind: Kind = kind
        self.fields = fields
        self.body = self.identity = self.zipped_body = self.zipped = b""

    def replace(self, body: bytes, *, now: float, zipped: bytes | None = None) -> None:
        """A new version; `zipped` is the same gzipped, if it may be sent so. `now` is Unix time."""
        self.body = body
        self.identity = response_head(200, self.fields, length=len(body), now=now) + body
        self.zipped_body = zipped or b""
        self.zipped = self.identity
        if zipped is not None:
            self.zipped = response_head(200, (*self.fields, GZIP), length=len(zipped), now=now) + zipped

    def answer(self, connection: Connection, head: Head) -> None:
        """Sends the newest version."""
        if head.plain:
            connection.send(self.zipped if head.gzip else self.identity, self.kind)
        elif head.gzip and self.zipped_body:
            send_body(connection, head, self.kind, (*self.fields, GZIP), self.zipped_body)
        else:
            send_body(connection, head, self.kind, self.fields, self.body)


GZIP = ("Content-Encoding", "gzip")


def compress(text: bytes) -> bytes:
    """Gzip without a time, so that equal text is equal gzipped."""
    return gzip.compress(text, 6, mtime=0)


class Static(Resource):
    """A body in memory that is asked for rarely, so that its head is made each time. Who has it already is told so."""

    __slots__ = ("body", "fields", "kind", "tag", "zipped")

    def __init__(self, kind: Kind, fields: Fields, body: bytes, *, zipped: bytes | None = None) -> None:
        self.kind: Kind = kind
        # Weak: gzipped or not, it says the same.
        self.tag = f'W/"{hashlib.blake2s(body, digest_size=12).hexdigest()}"'
        self.fields = (*fields, ("ETag", self.tag))
        self.body = body
        self.zipped = zipped

    def answer(self, connection: Connection, head: Head) -> None:
        """Sends it."""
        if head.known and is_known(head.known, self.tag):
            fields = [field for field in self.fields if field[0] not in {"Content-Type", "Accept-Ranges"}]
            now = connection.origin.unix
            same = response_head(304, fields, length=None, now=now, keep_alive=head.keep_alive)
            connection.send_all([same], self.kind)
        elif head.gzip and self.zipped is not None:
            send_body(connection, head, self.kind, (*self.fields, GZIP), self.zipped)
        else:
            send_body(connection, head, self.kind, self.fields, self.body)


class Whole(Resource):
    """A part: head and body in one piece, written to each viewer from the same memory.

    The system copies it into each socket. That costs less than `sendfile` from a file in memory (measured: 26 against
    30 us for 200 KB), whose pages go into the socket's queue one by one.
    """

    __slots__ = ("data", "fields", "head_size", "kind")

    def __init__(self, kind: Kind, body: bytes, *, now: float) -> None:
        self.kind: Kind = kind
        self.fields = MEDIA_FIELDS
        head = response_head(200, self.fields, length=len(body), now=now)
        self.head_size = len(head)
        self.data = head + body

    @property
    def body(self) -> memoryview:
        """The part without its head."""
        return memoryview(self.data)[self.head_size :]

    def answer(self, connection: Connection, head: Head) -> None:
        """Sends it."""
        if head.plain:
            connection.send(self.data, self.kind)
        else:
            send_body(connection, head, self.kind, self.fields, self.body)


class Pieces(Resource):
    """A segment as its parts, while they are in memory."""

    __slots__ = ("fields", "first", "kind", "pieces")

    def __init__(self, kind: Kind, pieces: list[memoryview], *, now: float) -> None:
        self.kind: Kind = kind
        self.pieces = pieces
        self.fields = MEDIA_FIELDS
        self.first = response_head(200, self.fields, length=sum(len(piece) for piece in pieces), now=now)

    def answer(self, connection: Connection, head: Head) -> None:
        """Sends it."""
        if head.plain:
            connection.send_all([self.first, *self.pieces], self.kind)
        else:
            send_body(connection, head, self.kind, self.fields, self.pieces)


class Pending(Resource):
    """Something that does not exist yet but will: requests wait for it together."""

    __slots__ = ("seconds", "waiters")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """How long a request waits at most."""
        self.waiters: dict[Connection, Head] = {}

    def answer(self, connection: Connection, head: Head) -> None:
        """Lets the connection wait."""
        self.waiters[connection] = head
        connection.wait(self)
