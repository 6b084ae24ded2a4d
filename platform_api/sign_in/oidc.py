"""Any OpenID Connect provider: discovery, authorization code with PKCE, the ID token verified by its published keys."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Meta, Struct, field

from platform_api.clock import Clock
from platform_api.sign_in.calls import ProviderCalls
from platform_api.sign_in.config import OidcConfig, ProviderKind
from platform_api.sign_in.provider import Attempt, Identity, Refused, Returned, Unavailable

LEEWAY = 60
"""Seconds clocks may differ."""
KEPT_SECONDS = 3600.0
"""How long what a provider says of itself is kept."""
KEYS_AT_MOST_EVERY = 30.0
"""Seconds between fetches of its keys, however many tokens name unknown ones."""


class _Discovery(Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = field(default_factory=lambda: ["client_secret_basic"])


class _Token(Struct, frozen=True):
    id_token: Annotated[str, Meta(min_length=1, max_length=32 * 1024)]


class _Claims(Struct, frozen=True):
    iss: str
    sub: Annotated[str, Meta(min_length=1, max_length=255)]
    aud: str | list[str]
    exp: float
    iat: float
    nonce: str = ""
    azp: str = ""
    nbf: float = 0.0
    name: str = ""
    birthdate: str = ""


class Oidc:
    """Signing in by one OpenID Connect provider."""

    kind: ProviderKind = "oidc"

    def __init__(self, config: OidcConfig, now: Clock, monotonic: Callable[[], float]) -> None:
        self.id, self.name = config.id, config.name
        self._config = config
        self._now, self._monotonic = now, monotonic
        self._calls = ProviderCalls()
        self._discovery: tuple[float, _Discovery] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def address(self, attempt: Attempt) -> str:
        """Where to send the browser. Raises Unavailable."""
        found = await self._discover()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._config.client_id,
            "redirect_uri": attempt.redirect_uri,
            "scope": self._config.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in found.authorization_endpoint else "?"
        return f"{found.authorization_endpoint}{separator}{urlencode(query)}"

    async def identify(self, attempt: Attempt, returned: Returned) -> Identity:
        """Redeem the code and verify the ID token. Raises Refused, Unavailable."""
        found, config = await self._discover(), self._config
        fields = {
            "grant_type": "authorization_code",
            "code": returned.code,
            "redirect_uri": attempt.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        basic = None
        if config.client_secret and "client_secret_basic" in found.token_endpoint_auth_methods_supported:
            # RFC 6749, section 2.3.1: both are form-encoded first.
            basic = (quote(config.client_id, safe=""), quote(config.client_secret, safe=""))
        else:
            fields["client_id"] = config.client_id
            if config.client_secret:
                fields["client_secret"] = config.client_secret
        token = await self._calls.post(found.token_endpoint, fields, _Token, basic=basic)
        claims = await self._verify(token.id_token, attempt.nonce)
        born = None
        with contextlib.suppress(ValueError):
            born = date.fromisoformat(claims.birthdate)
        return Identity(claims.sub, claims.name[:120], born if born is not None and born.year > 1 else None)

    async def close(self) -> None:
        """Let connections go."""
        await self._calls.close()

    async def _verify(self, token: str, nonce: str) -> _Claims:
        """OpenID Connect Core, section 3.1.3.7."""
        try:
            decoded = await self._decode(token)
            claims = msgspec.convert(decoded, _Claims)
        except (JoseError, msgspec.ValidationError, ValueError, TypeError) as error:
            raise Refused(f"the ID token does not hold: {type(error).__name__}") from error
        client, now = self._config.client_id, self._now().timestamp()
        if claims.iss != self._config.issuer:
            raise Refused("the ID token is of another issuer")
        audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
        if client not in audience or (len(audience) > 1 and claims.azp != client) or claims.azp not in ("", client):
            raise Refused("the ID token is for somebody else")
        if claims.exp <= now - LEEWAY or max(claims.iat, claims.nbf) > now + LEEWAY:
            raise Refused("the ID token is not of this time")
        if not hmac.compare_digest(claims.nonce.encode(), nonce.encode()):
            raise Refused("the ID token is of another sign-in")
        return claims

    async def _decode(self, token: str) -> dict[str, Any]:
        keys = await self._key_set()
        try:
            return jwt.decode(token, keys, algorithms=self._config.algorithms).claims
        except (JoseError, ValueError):
            # Its keys may have been changed since they were fetched.
            fresh = await self._key_set(again=True)
            if fresh is keys:
                raise
            return jwt.decode(token, fresh, algorithms=self._config.algorithms).claims

    async def _discover(self) -> _Discovery:
        now = self._monotonic()
        if self._discovery is not None and now - self._discovery[0] < KEPT_SECONDS:
            return self._discovery[1]
        try:
            found = await self._calls.get(
                f"{self._config.issuer.rstrip('/')}/.well-known/openid-configuration", _Discovery
            )
        except Refused as refusal:
            raise Unavailable(f"discovery: {refusal}") from refusal
        if found.issuer != self._config.issuer:
            raise Unavailable("discovery names another issuer")
        self._discovery = (now, found)
        return found

    async def _key_set(self, *, again: bool = False) -> KeySet:
        now = self._monotonic()
        if self._keys is not None and now - self._keys[0] < (KEYS_AT_MOST_EVERY if again else KEPT_SECONDS):
            return self._keys[1]
        found = await self._discover()
        try:
            document = await self._calls.get(found.jwks_uri, dict[str, Any])
            keys = KeySet.import_key_set(document)  # type: ignore[arg-type]
        except Refused as refusal:
            raise Unavailable(f"keys: {refusal}") from refusal
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Unavailable(f"keys: {type(error).__name__}") from error
        self._keys = (now, keys)
        return keys
