"""Logins, session tokens and what the calls about people carry."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Annotated, Literal

from msgspec import Meta, Struct

Role = Literal["administrator", "teacher", "student", "parent"]

COOKIE = "sfera_session"
MAX_SESSIONS = 20
"""Sessions of one person; the oldest goes when there are more."""


class SignIn(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /session."""

    login: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]


class Named(Struct, frozen=True):
    """A thing or a person by id and name."""

    id: str
    name: str


class Membership(Struct, frozen=True, rename={"klass": "class"}):
    """An open membership: a role in a school, or in one class of it."""

    school: Named
    role: Role
    klass: Named | None


class Me(Struct, frozen=True):
    """The signed-in person."""

    id: str
    name: str
    login: str
    memberships: list[Membership]


def fold_login(login: str) -> str:
    """The one form of a login that is stored and compared: no outer blanks, no difference of case."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def new_token() -> str:
    """A new session token: 256 random bits for the cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What the database keeps instead of the token. The token is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
