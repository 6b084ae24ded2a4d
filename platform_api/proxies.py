"""Where a request really comes from: peers, proxies that are believed, host names."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from aiohttp import web

from platform_api.config import ConfigError
from platform_api.errors import BadHost

_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


class Networks:
    """A set of IP networks."""

    def __init__(self, setting: str, networks: Iterable[str]) -> None:
        try:
            self._networks = [ipaddress.ip_network(network) for network in networks]
        except ValueError as error:
            raise ConfigError(f"api.{setting}: {error}") from error

    def hold(self, address: str) -> bool:
        """Whether the address is in one of them; anything that is no address is not."""
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
        return any((mapped or parsed) in network for network in self._networks)


def address_of(request: web.Request, proxies: Networks) -> str:
    """The address a request comes from. X-Forwarded-For is read from its end, past the proxies that are believed."""
    address = request.remote or ""
    forwarded = [part.strip() for value in request.headers.getall("X-Forwarded-For", []) for part in value.split(",")]
    while forwarded and proxies.hold(address):
        address = forwarded.pop()
    return address


def network_of(address: str) -> str:
    """The address, or for IPv6 its /64: one line at home or at school has a whole /64 to choose from."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def is_secure(request: web.Request, proxies: Networks, public_url: str) -> bool:
    """Whether the page speaks HTTPS, to this process or to a proxy before it."""
    if request.secure or public_url.startswith("https://"):
        return True
    return proxies.hold(request.remote or "") and request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def host_name(request: web.Request) -> str:
    """The host name of the Host header, without its port; IPv6 in brackets. Raises BadHost."""
    match = _HOST.fullmatch(request.headers.get("Host", ""))
    if match is None:
        raise BadHost
    return match["name"]
