"""Where connections come from: networks, and how many one of them may have open. Does no I/O."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable
from typing import Final

IPV6_PREFIX: Final = 64
"""Bits of an IPv6 address that tell networks apart: whoever has one address there has 2^64 of them."""


class Networks:
    """A set of IP networks (CIDR; a bare address is a network of one). Raises ValueError when one is none."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(network) for network in networks]

    def hold(self, address: str) -> bool:
        """Whether the address is in one of them; anything that is no address is not."""
        parsed = _parse(address)
        return parsed is not None and any(parsed in network for network in self._networks)


class Addresses:
    """Counts by network. `most` 0: no limit. Addresses in `proxies` are never counted: others stand behind them."""

    def __init__(self, most: int, proxies: Networks | None = None) -> None:
        self._most = most
        self._proxies = proxies or Networks(())
        self._open: Counter[str] = Counter()

    def enter(self, address: str | None) -> str | None:
        """One more from there; gives what `leave` wants, or None when there are too many. Unknown addresses (a socket
        of this machine's file system) count for nothing."""
        if not self._most or address is None or _parse(address) is None or self._proxies.hold(address):
            return ""
        network = network_of(address)
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


def network_of(address: str) -> str:
    """The address, or for IPv6 its /64: one line at home or at school has a whole /64 to choose from. What is no
    address stays as it is."""
    parsed = _parse(address)
    if parsed is None:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.is_loopback:
        return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Without its zone; an IPv4 address in IPv6's clothes is IPv4. None: no address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed
