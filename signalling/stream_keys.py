"""Stream keys: signed, lasting permissions to publish to one room or to receive from it through WHIP and WHEP."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from weakref import WeakKeyDictionary

import msgspec
from joserfc.jwk import OKPKey
from msgspec import Meta, Struct

from interprocess.keys import CLOCK_SKEW, ISSUER, decode_claims
from sfu.errors import Refused
from sfu.participant import Arrival
from sfu.room import Room

AUDIENCE: Final = "sfera-stream"

MAX_KEY: Final = 4096
"""Longest bearer that is looked at, characters."""

MAX_KEY_SECONDS: Final = 400 * 86400
"""Longest life of a key that is accepted."""

MAX_REVOKED: Final = 2000
"""Revoked keys remembered for one room."""

KeyId = Annotated[str, Meta(min_length=1, max_length=60)]
Door = Literal["whip", "whep"]
KIND_AT: Final[dict[Door, Literal["publish", "play"]]] = {"whip": "publish", "whep": "play"}


class StreamKey(Struct, frozen=True):
    """The claims of a stream key. Times are Unix seconds; unknown claims are ignored (RFC 7519, section 4).

    `floor`: what is published is heard from the start; `source`: what its picture counts as.
    """

    iss: str
    aud: str
    sub: KeyId
    iat: float
    exp: float
    room: Annotated[str, Meta(min_length=1, max_length=64)]
    kind: Literal["publish", "play"]
    name: Annotated[str, Meta(min_length=1, max_length=256)]
    title: Annotated[str, Meta(max_length=256)] = ""
    role: Literal["host", "member", "guest"] = "member"
    floor: bool = True
    source: Literal["camera", "screen"] = "camera"

    def arrival(self, device: str) -> Arrival:
        """Who comes with it: the key is the person."""
        return Arrival(f"key:{self.sub}", self.name, self.role, device, encoder=self.kind == "publish")


class StreamKeyVerifier:
    """Reads keys signed by the platform."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key

    def read(self, token: str, now: float, *, expired: bool = False) -> StreamKey:
        """A key's claims. `now` is Unix time; `expired`: also of a key that has expired, for what it opened before.

        Raises `Refused` (`key_invalid`, `key_expired`).
        """
        claims = decode_claims(token, self._key) if len(token) <= MAX_KEY else None
        if claims is None:
            raise Refused("key_invalid", "this is no stream key of the platform")
        try:
            key = msgspec.convert(claims, StreamKey)
            msgspec.json.encode(key)  # what is not Unicode text could not be told to the others
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            raise Refused("key_invalid", f"the key's claims: {error}") from None
        if key.iss != ISSUER or key.aud != AUDIENCE:
            raise Refused("key_invalid", "the key is for somebody else")
        if key.iat > now + CLOCK_SKEW or key.exp - key.iat > MAX_KEY_SECONDS:
            raise Refused("key_invalid", "the key's times are not plausible")
        if key.exp <= now and not expired:
            raise Refused("key_expired", "the key has expired")
        return key


class Revocations:
    """The revoked keys of every room, for the room's life. A room nothing was told of yet opens for no key."""

    def __init__(self) -> None:
        self._told: WeakKeyDictionary[Room, frozenset[str]] = WeakKeyDictionary()
        self._removed: WeakKeyDictionary[Room, set[str]] = WeakKeyDictionary()

    def known(self, room: Room) -> bool:
        """Whether the platform has told which keys of this room are revoked."""
        return room in self._told

    def tell(self, room: Room, keys: frozenset[str]) -> None:
        """The whole list. Keys whose stream a host removed from the room stay out whatever the list says."""
        self._told[room] = keys

    def remove(self, room: Room, key: str) -> None:
        """A host removed what this key had brought in."""
        removed = self._removed.setdefault(room, set())
        if len(removed) < MAX_REVOKED:
            removed.add(key)

    def hold(self, room: Room, key: str) -> bool:
        """Whether the key opens nothing in this room any more."""
        return key in self._told.get(room, ()) or key in self._removed.get(room, ())
