"""Connections are counted by where they come from."""

from __future__ import annotations

import pytest

from interprocess.addresses import Addresses, Networks


def test_an_address_has_its_share_and_gets_it_back() -> None:
    addresses = Addresses(2)
    first, second = addresses.enter("192.0.2.1"), addresses.enter("192.0.2.1")
    assert first and second
    assert addresses.enter("192.0.2.1") is None
    assert addresses.enter("192.0.2.2") is not None
    addresses.leave(first)
    assert addresses.enter("192.0.2.1") is not None
    assert addresses.enter("192.0.2.1") is None


def test_one_network_of_ipv6_is_one_address_and_mapped_ipv4_is_ipv4() -> None:
    addresses = Addresses(1)
    assert addresses.enter("2001:db8:0:1::1")
    assert addresses.enter("2001:db8:0:1:ffff::2%eth0") is None
    assert addresses.enter("2001:db8:0:2::1")
    assert addresses.enter("::ffff:192.0.2.1")
    assert addresses.enter("192.0.2.1") is None


def test_proxies_and_the_unknown_are_not_counted_and_nothing_is_kept_of_those_who_left() -> None:
    addresses = Addresses(1, Networks(["127.0.0.1", "::1"]))
    for address in ("127.0.0.1", "::1", None, "", "/run/socket"):
        assert addresses.enter(address) == addresses.enter(address) == ""
    addresses.leave("")
    places = [addresses.enter(f"192.0.2.{number}") for number in range(10)]
    for place in places:
        addresses.leave(place or "")
    assert len(addresses) == 0
    assert all(Addresses(0).enter("192.0.2.1") == "" for _ in range(5))


def test_networks_hold_addresses_and_nothing_else() -> None:
    networks = Networks(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"])
    assert all(networks.hold(address) for address in ("10.1.2.3", "::ffff:10.1.2.3", "2001:db8::5%eth0", "192.0.2.1"))
    assert not any(networks.hold(address) for address in ("192.0.2.2", "::1", "@unix", ""))
    with pytest.raises(ValueError, match=r"10\.0\.0\.300"):
        Networks(["10.0.0.300/8"])
