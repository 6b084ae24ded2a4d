"""Logins, session tokens and what the calls about people carry."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from platform_api.errors import InvalidBody
from platform_api.language import Language

Role = Literal["administrator", "teacher", "student", "parent"]

COOKIE = "sfera_session"
MAX_SESSIONS = 20
"""Sessions of one person; the oldest goes when there are more."""
AGE_OF_CONSENT = 14
"""Years. Younger people need a parent's consent before their account is active (152-FZ, Civil Code art. 28)."""
CONSENT_TEXT = "2026-11"
"""Which wording of the parental consent is asked for now."""

Login = Annotated[str, Meta(min_length=1, max_length=64)]
Password = Annotated[str, Meta(min_length=1, max_length=256)]
NewPassword = Annotated[str, Meta(min_length=8, max_length=256)]
Code = Annotated[str, Meta(min_length=6, max_length=32)]
"""Six digits of an authenticator, or a recovery code."""
Inactive = Literal["no_consent", "consent_withdrawn"]


class SignIn(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Body of POST /session. `code` is the second step, where the person has one."""

    login: Login
    password: Password
    code: Code | None = None


class NewToken(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Body of POST /tokens. `device` is the name the app shows in the list of sessions."""

    login: Login
    password: Password
    device: Annotated[str, Meta(min_length=1, max_length=120)]
    code: Code | None = None


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
    locale: Language | None = None
    birth_date: date | None = None
    has_password: bool = True
    second_step: bool = False
    """Whether signing in asks for a code besides the password."""
    regions: list[Named] = []
    """Regions whose roll-out the person follows."""


class Token(Struct, frozen=True):
    """A token for an app: to be sent as `Authorization: Bearer`. It is shown once."""

    token: str
    expires_at: datetime
    me: Me


class EditMe(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /me; what is not there stays as it is."""

    name: Annotated[str, Meta(min_length=1, max_length=120)] | UnsetType = UNSET
    locale: Language | UnsetType | None = UNSET


class ChangePassword(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Body of PUT /me/password. Who has none yet gives no old one, and may choose a login."""

    password: NewPassword
    old: Password | None = None
    login: Login | None = None


class ResetPassword(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /password-resets: the token of a link that an operator or administrator made."""

    token: Annotated[str, Meta(min_length=20, max_length=100)]
    password: NewPassword


class Session(Struct, frozen=True):
    """Where the person is signed in."""

    id: str
    kind: Literal["page", "app"]
    name: str
    """The app's own name, or what the browser says it is."""
    method: str
    """`password`, or the provider it was opened by."""
    created_at: datetime
    seen_at: datetime | None
    expires_at: datetime
    current: bool
    address: str = ""


class Sessions(Struct, frozen=True):
    """Answer of GET /me/sessions, the newest first."""

    items: list[Session]


class TotpSecret(Struct, frozen=True):
    """Answer of POST /me/totp: the secret for the person's authenticator, not yet in force."""

    secret: str
    """Base32, to be typed."""
    uri: str
    """otpauth URI, to be drawn as a QR code."""


class TotpCode(Struct, forbid_unknown_fields=True, frozen=True):
    """A code of the authenticator, or a recovery code."""

    code: Code


class RecoveryCodes(Struct, frozen=True):
    """Codes that stand in for the authenticator, each once. They are shown once."""

    codes: list[str]


def fold_login(login: str) -> str:
    """The one form of a login that is stored and compared: no outer blanks, no difference of case."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def new_login(login: str) -> str:
    """A login somebody chooses, folded. Raises InvalidBody for blanks and control characters."""
    folded = fold_login(login)
    if not 3 <= len(folded) <= 64:
        raise InvalidBody("Expected 3 to 64 characters - at `$.login`")
    if any(unicodedata.category(letter)[0] in "CZ" or letter in "<>" for letter in folded):
        raise InvalidBody("Blanks and control characters are not allowed - at `$.login`")
    return folded


def check_password(password: str, login: str) -> None:
    """Refuse what anybody would try first. Raises InvalidBody."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if plain == login or len(set(plain)) < 4:
        raise InvalidBody("Too easy to guess - at `$.password`")


def new_token() -> str:
    """A new session token: 256 random bits for the cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What the database keeps instead of the token. The token is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def age_on(day: date, born: date) -> int:
    """Full years on that day; who was born on 29 February has their birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def needs_consent(day: date, born: date | None) -> bool:
    """Whether a person is too young to agree for themselves."""
    return born is not None and age_on(day, born) < AGE_OF_CONSENT
