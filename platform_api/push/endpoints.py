"""Where pushes may go: an endpoint is an address that a browser names, and this server calls it.

Only public https addresses are called, so that nobody makes the server knock at doors of its own network; what a name
leads to is looked at each time it is resolved. Services of one's own are named in the configuration.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL


class Endpoints:
    """Which addresses are called. `own`: origins that are called whatever they are."""

    def __init__(self, own: Collection[str]) -> None:
        self._own = {str(URL(origin).origin()) for origin in own}

    def allows(self, endpoint: str) -> bool:
        """Whether an endpoint is one that may be called."""
        try:
            url = URL(endpoint)
            origin = str(url.origin())
        except ValueError:
            return False
        if origin in self._own:
            return True
        if url.scheme != "https" or not url.host or url.user is not None:
            return False
        try:
            return ipaddress.ip_address(url.host).is_global
        except ValueError:
            return "." in url.host

    def resolver(self) -> AbstractResolver:
        """Finds public addresses, and those of `own`."""
        return _PublicResolver({URL(origin).host or "" for origin in self._own})


class _PublicResolver(AbstractResolver):
    def __init__(self, own_hosts: set[str]) -> None:
        self._own_hosts = own_hosts
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host in self._own_hosts:
            return found
        public = [one for one in found if ipaddress.ip_address(one["host"]).is_global]
        if not public:
            raise OSError(f"{host} is no public host")
        return public

    async def close(self) -> None:
        await self._resolver.close()
