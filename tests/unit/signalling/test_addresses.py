"""Sockets are counted by where they come from."""

from __future__ import annotations

import pytest

from signalling.addresses import Addresses
from signalling.server import WORKER_STOPPED_EXIT
from tests.unit.signalling.conftest import Media


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
    addresses = Addresses(1, ["127.0.0.1", "::1"])
    for address in ("127.0.0.1", "::1", None, "", "/run/socket"):
        assert addresses.enter(address) == addresses.enter(address) == ""
    addresses.leave("")
    places = [addresses.enter(f"192.0.2.{number}") for number in range(10)]
    for place in places:
        addresses.leave(place or "")
    assert len(addresses) == 0
    assert all(Addresses(0).enter("192.0.2.1") == "" for _ in range(5))


@pytest.mark.parametrize("options", [{"max_sockets_per_address": 2, "proxies": []}])
async def test_one_socket_too_many_is_refused_until_another_closes(media: Media) -> None:
    first = await media.open()
    await media.open()
    async with media.http.get(media.url) as refused:
        assert (refused.status, (await refused.json())["code"]) == (429, "too_many_sockets")
    assert media.metric("sockets_refused_total", cause="too_many_from_address") == 1
    await first.raw.close()
    await media.until(lambda: media.metric("sockets") == 1)
    await media.open()


async def test_a_worker_that_stands_still_ends_the_process(media: Media) -> None:
    codes: list[int] = []
    media.server._give_up = codes.append
    media.worker.hung = True
    await media.until(lambda: bool(codes))
    assert codes == [WORKER_STOPPED_EXIT]
    async with media.http.get(f"{media.control}/health") as answer:
        assert (answer.status, (await answer.json())["status"]) == (503, "stuck")
