"""Where a request really comes from: proxies that are believed, host names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aiohttp import web

from interprocess.addresses import Networks
from platform_api.config import ConfigError
from platform_api.errors import BadHost

_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def networks(setting: str, listed: Iterable[str]) -> Networks:
    """The networks a setting lists. Raises ConfigError with its name."""
    try:
        return Networks(listed)
    except ValueError as error:
        raise ConfigError(f"api.{setting}: {error}") from error


def address_of(request: web.Request, proxies: Networks) -> str:
    """The address a request comes from. X-Forwarded-For is read from its end, past the proxies that are believed."""
    address = request.remote or ""
    forwarded = [part.strip() for value in request.headers.getall("X-Forwarded-For", []) for part in value.split(",")]
    while forwarded and proxies.hold(address):
        address = forwarded.pop()
    return address


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
