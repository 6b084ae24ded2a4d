"""The providers that are configured."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aiohttp import web

from platform_api.clock import Clock
from platform_api.config import ConfigError
from platform_api.errors import NotFound
from platform_api.sign_in.config import EsiaConfig, OidcConfig, SignInConfig, VkConfig
from platform_api.sign_in.esia import Esia
from platform_api.sign_in.gost import OpensslSigner
from platform_api.sign_in.oidc import Oidc
from platform_api.sign_in.provider import Provider
from platform_api.sign_in.vk import Vk


class Providers:
    """Providers by id, in the order of the configuration. Raises ConfigError where two have the same."""

    def __init__(self, config: SignInConfig, now: Clock, monotonic: Callable[[], float]) -> None:
        self._providers: dict[str, Provider] = {}
        for each in config.providers:
            if each.id in self._providers or each.id in RESERVED:
                raise ConfigError(f"api.sign_in.providers: the id {each.id} is taken")
            self._providers[each.id] = _make(each, now, monotonic)

    def __iter__(self) -> Iterator[Provider]:
        return iter(self._providers.values())

    def get(self, provider_id: str) -> Provider:
        """One of them. Raises NotFound."""
        found = self._providers.get(provider_id)
        if found is None:
            raise NotFound
        return found

    async def close(self) -> None:
        """Let connections go."""
        for provider in self:
            await provider.close()


RESERVED = frozenset({"providers", "arrival", "password"})
"""Words that stand in the same place of addresses, or in the list of sessions."""

PROVIDERS: web.AppKey[Providers] = web.AppKey("providers", Providers)


def _make(config: VkConfig | EsiaConfig | OidcConfig, now: Clock, monotonic: Callable[[], float]) -> Provider:
    match config:
        case VkConfig():
            return Vk(config)
        case EsiaConfig():
            signer = OpensslSigner(
                config.key,
                config.token_key,
                openssl=config.openssl,
                own_reversed=config.reversed,
                token_reversed=config.token_reversed,
            )
            return Esia(config, signer, now)
        case OidcConfig():
            return Oidc(config, now, monotonic)
