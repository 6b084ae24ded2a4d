"""What a provider is: where to send a browser, and who it is that comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from platform_api.sign_in.config import ProviderKind


class Refused(Exception):
    """The provider said no, or what it sent does not hold. The text is for the log: it names no person."""


class Unavailable(Exception):
    """The provider did not answer, or not sensibly."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in under way: what was sent with the browser and must fit what comes back."""

    state: str
    nonce: str
    verifier: str
    """PKCE (RFC 7636)."""
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brought back."""

    code: str
    device_id: str = ""
    """VK ID's; goes into the exchange."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at the provider."""

    subject: str
    """The provider's own id of the person; the same at every sign-in."""
    name: str = ""
    birth_date: date | None = None


class Provider(Protocol):
    """One place people have accounts at."""

    id: str
    """In addresses, and in the rows of linked accounts."""
    kind: ProviderKind
    name: str
    """What people call it."""

    async def address(self, attempt: Attempt) -> str:
        """Where to send the browser. Raises Unavailable."""

    async def identify(self, attempt: Attempt, returned: Returned) -> Identity:
        """Redeem the code and check what comes for it. Raises Refused, Unavailable."""

    async def close(self) -> None:
        """Let connections go."""
