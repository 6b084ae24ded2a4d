"""How many sockets one IP address may have open. Does no I/O."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Collection
from typing import Final

IPV6_PREFIX: Final = 64
"""Bits of an IPv6 address that tell networks apart: whoever has one address there has 2^64 of them."""


class Addresses:
    """Counts by address. `most` 0: no limit. Addresses in `proxies` are never counted: others stand behind them."""

    def __init__(self, most: int, proxies: Collection[str] = ()) -> None:
        self._most = most
        self._proxies = {_network(address) for address in proxies}
        self._open: Counter[str] = Counter()

    def enter(self, address: str | None) -> str | None:
        """One more from there; gives what `leave` wants, or None when there are too many. Unknown addresses (a socket
        of this machine's file system) count for nothing."""
        network = _network(address or "")
        if not self._most or not network or network in self._proxies:
            return ""
        if self._open[network] >= self._most:
            return None
        self._open[network] += 1
        return network

    def leave(self, network: str) -> None:
        """One less."""
        if network:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]

    def __len__(self) -> int:
        return len(self._open)


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        if not parsed.is_loopback:
            return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)
