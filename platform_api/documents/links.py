"""Links to a file's bytes: signed, short-lived, and good for one session only.

A link names the file, what of it is asked for, and the session it was made for; a keyed hash holds them together. It
opens nothing by itself: whoever follows it is asked who they are, and may read the file then, or gets 404. So a link
that was passed on is worth nothing, and one dies with its session, a role or a grant.

The moment at which it ends is rounded up, so that the same file has the same address for minutes and a browser finds
the picture it has already.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Literal

from joserfc.jwk import OKPKey

from platform_api.clock import Clock
from platform_api.errors import LinkExpired, NotFound
from platform_api.people.queries import Viewer

ROUND = timedelta(minutes=5)
Way = Literal["show", "save"]
"""`show`: in the page, where what it is allows that. `save`: as a file."""


class Links:
    """Makes links and looks at them."""

    def __init__(self, key: OKPKey, now: Clock, minutes: int) -> None:
        private = key.as_bytes(encoding="DER", private=True)
        self._key = hmac.digest(private, b"sfera links to files", hashlib.sha256)
        self._now = now
        self._for = timedelta(minutes=minutes)

    def make(self, viewer: Viewer, file_id: str, what: str = "content", way: Way = "show") -> str:
        """An address for this person's present session. `what` is `content` or the name of a preview."""
        rounds = (self._now() + self._for).timestamp() // ROUND.total_seconds() + 1
        ends = int(rounds * ROUND.total_seconds())
        path = "content" if what == "content" else f"previews/{what}"
        return f"/api/v1/files/{file_id}/{path}?link={ends:x}.{way}.{self._sign(viewer, file_id, what, way, ends)}"

    def check(self, viewer: Viewer, file_id: str, what: str, link: str) -> Way:
        """How the bytes are to be sent. Raises NotFound for a link that is none of this session's, LinkExpired."""
        try:
            ends_text, way, given = link.split(".")
            ends = int(ends_text, 16)
        except ValueError:
            raise NotFound from None
        if way not in ("show", "save") or not hmac.compare_digest(
            self._sign(viewer, file_id, what, way, ends).encode(), given.encode()
        ):
            raise NotFound
        if self._now() >= datetime.fromtimestamp(ends, tz=self._now().tzinfo):
            raise LinkExpired
        return "show" if way == "show" else "save"

    def _sign(self, viewer: Viewer, file_id: str, what: str, way: str, ends: int) -> str:
        told = "\0".join((viewer.id, viewer.session_id, file_id, what, way, str(ends)))
        digest = hmac.digest(self._key, told.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:18]).decode()
