"""Configuration of signing in: section `api.sign_in`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

ProviderId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Url = Annotated[str, Meta(pattern=r"^https?://")]


class VkConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="vk", tag_field="kind"):
    """VK ID."""

    id: ProviderId = "vk"
    name: str = "VK ID"
    client_id: str
    host: Url = "https://id.vk.com"
    """Where browsers are sent and codes redeemed; id.vk.ru is seen as well."""
    scope: str = "vkid.personal_info"


class EsiaConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="esia", tag_field="kind"):
    """Gosuslugi (ESIA), version 2 of its protocol."""

    id: ProviderId = "gosuslugi"
    name: str = "Госуслуги"
    client_id: str
    """The system's mnemonic."""
    host: Url = "https://esia.gosuslugi.ru"
    scope: str = "openid fullname birthdate"
    scope_org: str = ""
    issuer: str = "http://esia.gosuslugi.ru/"
    """Claim `iss` of its tokens."""
    key: str
    """Path of our GOST R 34.10-2012 (256 bit) private key, PEM."""
    certificate_hash: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{64}$")]
    """Of the certificate that ESIA knows us by."""
    token_key: str
    """Path of ESIA's public key, PEM: its tokens are verified by it."""
    openssl: str = "openssl"
    """The program that signs and verifies; its gost engine must be there (Debian: libengine-gost-openssl)."""
    reversed: bool = False
    """Our signatures' bytes go out in the other order, as some signers give them."""
    token_reversed: bool = False
    """The same of the signatures of ESIA's tokens."""


class OidcConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="oidc", tag_field="kind"):
    """Any OpenID Connect provider with discovery."""

    id: ProviderId
    name: str
    issuer: Url
    client_id: str
    client_secret: str = ""
    """Empty: a public client, which PKCE protects."""
    scope: str = "openid profile"
    algorithms: list[str] = field(default_factory=lambda: ["RS256", "PS256", "ES256", "EdDSA"])
    """Of ID tokens. A secret both sides know (HS256) signs nothing here."""


ProviderConfig = VkConfig | EsiaConfig | OidcConfig
ProviderKind = Literal["vk", "esia", "oidc"]


class SignInConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section `api.sign_in`."""

    providers: list[ProviderConfig] = []
    """Places people may have accounts at; in this order on the page."""
    second_step_for_administrators: bool = False
    """Administrators of schools do nothing before they have set a second step, but set it."""
    minutes: Annotated[int, Meta(ge=1, le=60)] = 10
    """How long a sign-in elsewhere may take."""
