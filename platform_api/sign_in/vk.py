"""VK ID: OAuth 2.1 with PKCE. What it knows of a person comes by a call of its own, not in a token.

The callback carries `device_id` beside the code, and the exchange must give it back.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from msgspec import Meta, Struct

from platform_api.sign_in.calls import ProviderCalls
from platform_api.sign_in.config import ProviderKind, VkConfig
from platform_api.sign_in.provider import Attempt, Identity, Refused, Returned


class _Token(Struct, frozen=True):
    access_token: Annotated[str, Meta(min_length=1, max_length=4096)]
    user_id: int | str
    state: str = ""


class _Person(Struct, frozen=True):
    user_id: int | str
    first_name: Annotated[str, Meta(max_length=200)] = ""
    last_name: Annotated[str, Meta(max_length=200)] = ""
    birthday: str = ""


class _Info(Struct, frozen=True):
    user: _Person


class Vk:
    """Signing in by VK ID."""

    kind: ProviderKind = "vk"

    def __init__(self, config: VkConfig) -> None:
        self.id, self.name = config.id, config.name
        self._config = config
        self._host = config.host.rstrip("/")
        self._calls = ProviderCalls()

    async def address(self, attempt: Attempt) -> str:
        """Where to send the browser."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._config.client_id,
            "redirect_uri": attempt.redirect_uri,
            "state": attempt.state,
            "code_challenge": challenge,
            # Lower case, as its documents write it.
            "code_challenge_method": "s256",
            "scope": self._config.scope,
        }
        return f"{self._host}/authorize?{urlencode(query)}"

    async def identify(self, attempt: Attempt, returned: Returned) -> Identity:
        """Redeem the code, ask who it is. Raises Refused, Unavailable."""
        if not returned.device_id:
            raise Refused("no device_id")
        token = await self._calls.post(
            f"{self._host}/oauth2/auth",
            {
                "grant_type": "authorization_code",
                "code": returned.code,
                "code_verifier": attempt.verifier,
                "client_id": self._config.client_id,
                "device_id": returned.device_id,
                "redirect_uri": attempt.redirect_uri,
                "state": attempt.state,
            },
            _Token,
        )
        if token.state and token.state != attempt.state:
            raise Refused("the exchange answers another state")
        info = await self._calls.post(
            f"{self._host}/oauth2/user_info",
            {"client_id": self._config.client_id, "access_token": token.access_token},
            _Info,
        )
        subject = str(info.user.user_id)
        if not subject or subject != str(token.user_id):
            raise Refused("the token and the person differ")
        name = f"{info.user.first_name} {info.user.last_name}".strip()
        return Identity(subject, name[:120], read_birthday(info.user.birthday))

    async def close(self) -> None:
        """Let connections go."""
        await self._calls.close()


def read_birthday(text: str) -> date | None:
    """`DD.MM.YYYY` as a day; None for anything else: the year may be hidden."""
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
