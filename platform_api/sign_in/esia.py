"""Gosuslugi: ESIA, version 2 of its authorization code flow.

There is no client secret as such: each request carries our GOST signature over its own parameters. Its tokens are JWTs
of `GOST3410_2012_256`, which JOSE libraries do not know. No PKCE: what binds an answer to a browser is `state`, our
signature over it, and the redirect.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from msgspec import Meta, Struct, field

from platform_api.clock import Clock
from platform_api.sign_in.calls import ProviderCalls
from platform_api.sign_in.config import EsiaConfig, ProviderKind
from platform_api.sign_in.gost import Signer
from platform_api.sign_in.provider import Attempt, Identity, Refused, Returned
from platform_api.sign_in.vk import read_birthday

ALGORITHM = "GOST3410_2012_256"
LEEWAY = 60
"""Seconds clocks may differ."""
MAX_TOKEN = 16 * 1024


class _Token(Struct, frozen=True):
    access_token: Annotated[str, Meta(min_length=1, max_length=MAX_TOKEN)]
    state: str = ""


class _Header(Struct, frozen=True):
    alg: str


class Claims(Struct, frozen=True):
    """What an access token of ESIA says."""

    iss: str
    exp: float
    subject: Annotated[int | str, Meta()] = field(name="urn:esia:sbj_id")
    client_id: str = ""
    aud: str | list[str] = ""
    iat: float = 0.0
    nbf: float = 0.0


class _Person(Struct, frozen=True):
    firstName: Annotated[str, Meta(max_length=200)] = ""  # noqa: N815 - ESIA's own names
    middleName: Annotated[str, Meta(max_length=200)] = ""  # noqa: N815
    lastName: Annotated[str, Meta(max_length=200)] = ""  # noqa: N815
    birthDate: str = ""  # noqa: N815


class Esia:
    """Signing in by Gosuslugi."""

    kind: ProviderKind = "esia"

    def __init__(self, config: EsiaConfig, signer: Signer, now: Clock) -> None:
        self.id, self.name = config.id, config.name
        self._config = config
        self._host = config.host.rstrip("/")
        self._signer = signer
        self._now = now
        self._calls = ProviderCalls()

    async def address(self, attempt: Attempt) -> str:
        """Where to send the browser. Raises Unavailable when nobody signs."""
        timestamp = self._timestamp()
        query = {
            "client_id": self._config.client_id,
            "client_secret": await self._secret(timestamp, attempt),
            "redirect_uri": attempt.redirect_uri,
            "scope": self._config.scope,
            **self._organisation(),
            "response_type": "code",
            "state": attempt.state,
            "timestamp": timestamp,
            "access_type": "online",
            "client_certificate_hash": self._config.certificate_hash,
        }
        return f"{self._host}/aas/oauth2/v2/ac?{urlencode(query)}"

    async def identify(self, attempt: Attempt, returned: Returned) -> Identity:
        """Redeem the code, verify the token, ask for the name. Raises Refused, Unavailable."""
        timestamp = self._timestamp()
        token = await self._calls.post(
            f"{self._host}/aas/oauth2/v3/te",
            {
                "client_id": self._config.client_id,
                "code": returned.code,
                "grant_type": "authorization_code",
                "client_secret": await self._secret(timestamp, attempt, returned.code),
                "state": attempt.state,
                "redirect_uri": attempt.redirect_uri,
                "scope": self._config.scope,
                **self._organisation(),
                "timestamp": timestamp,
                "token_type": "Bearer",
                "client_certificate_hash": self._config.certificate_hash,
            },
            _Token,
        )
        if token.state and token.state != attempt.state:
            raise Refused("the exchange answers another state")
        claims = await self.verify(token.access_token)
        subject = str(claims.subject)
        if not subject.isalnum():
            raise Refused("a subject that is none")
        person = await self._calls.get(f"{self._host}/rs/prns/{subject}", _Person, bearer=token.access_token)
        name = " ".join(part for part in (person.firstName, person.lastName) if part)
        return Identity(subject, name[:120], read_birthday(person.birthDate))

    async def verify(self, token: str) -> Claims:
        """The claims of a token that ESIA has signed, for us, for now. Raises Refused, Unavailable."""
        head, _, last = token.rpartition(".")
        parts = head.split(".")
        if len(parts) != 2:
            raise Refused("the token is not three parts")
        try:
            header = msgspec.json.decode(_unbase64(parts[0]), type=_Header)
            claims = msgspec.json.decode(_unbase64(parts[1]), type=Claims)
            signature = _unbase64(last)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError, binascii.Error) as error:
            raise Refused("the token does not parse") from error
        if header.alg != ALGORITHM:
            raise Refused("the token is signed in another way")
        if not await self._signer.verify(head.encode(), signature):
            raise Refused("the token's signature is not the provider's")
        now = self._now().timestamp()
        if claims.iss != self._config.issuer:
            raise Refused("the token is of another issuer")
        audience = claims.aud if isinstance(claims.aud, list) else [claims.aud]
        if self._config.client_id not in (claims.client_id, *audience):
            raise Refused("the token is for somebody else")
        if claims.client_id and claims.client_id != self._config.client_id:
            raise Refused("the token is for somebody else")
        if claims.exp <= now - LEEWAY or max(claims.nbf, claims.iat) > now + LEEWAY:
            raise Refused("the token is not of this time")
        return claims

    async def close(self) -> None:
        """Let connections go."""
        await self._calls.close()

    async def _secret(self, timestamp: str, attempt: Attempt, code: str = "") -> str:
        config = self._config
        asked = f"{config.client_id}{config.scope}{config.scope_org}"
        signed = f"{asked}{timestamp}{attempt.state}{attempt.redirect_uri}{code}"
        return base64.urlsafe_b64encode(await self._signer.sign(signed.encode())).decode()

    def _organisation(self) -> dict[str, str]:
        return {"scope_org": self._config.scope_org} if self._config.scope_org else {}

    def _timestamp(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y.%m.%d %H:%M:%S +0000")


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
