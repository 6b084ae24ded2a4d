"""What the calls about stream keys carry, and what a key says."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from joserfc.jwk import OKPKey
from msgspec import Meta, Struct

from platform_api.access.lessons import LessonAccess
from platform_api.lessons.rules import room_title
from platform_api.signing import ISSUER, STREAM_AUDIENCE, sign

Kind = Literal["publish", "play"]

MAX_KEYS = 500
"""Keys of one lesson that have not expired, revoked ones among them: the media node is told of all of those."""


class NewStreamKey(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /lessons/{id}/stream-keys.

    `name` is what people in the lesson read; `source` says whether an encoder's picture counts as a camera or as a
    shared screen.
    """

    kind: Kind
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    days: Annotated[int, Meta(ge=1, le=366)] = 7
    source: Literal["camera", "screen"] = "camera"


class StreamKey(Struct, frozen=True):
    """A key as those who lead the lesson see it. What opens the room is not kept."""

    id: str
    kind: Kind
    name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class IssuedStreamKey(Struct, frozen=True):
    """A new key. `key`, the bearer, is shown this once; one of the addresses is where to take it."""

    id: str
    kind: Kind
    name: str
    key: str
    whip_url: str | None
    whep_url: str | None
    created_at: datetime
    expires_at: datetime


class StreamKeys(Struct, frozen=True):
    """Answer of GET /lessons/{id}/stream-keys, newest first."""

    items: list[StreamKey]
    next: str | None


def new_key_id() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def expiry(now: datetime, days: int) -> datetime:
    """When a key made now expires: a whole second, as the key itself says it."""
    return datetime.fromtimestamp(int(now.timestamp()), UTC) + timedelta(days=days)


def sign_key(
    key: OKPKey, key_id: str, lesson: LessonAccess, wanted: NewStreamKey, name: str, now: datetime, until: datetime
) -> str:
    """The bearer. What is published with it has the floor from the start: a host made it."""
    return sign(
        key,
        {
            "iss": ISSUER,
            "aud": STREAM_AUDIENCE,
            "sub": key_id,
            "iat": int(now.timestamp()),
            "exp": int(until.timestamp()),
            "room": lesson.id,
            "title": room_title(lesson),
            "kind": wanted.kind,
            "name": name,
            "role": "member" if wanted.kind == "publish" else "guest",
            "floor": wanted.kind == "publish",
            "source": wanted.source,
        },
    )
