"""The relay that is a bad line: packets through real sockets, as a scenario says; and what a scenario may say."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from loadtest.link import Link, LinkError
from loadtest.scenarios import ScenarioError, names, parse, read


@pytest.fixture
def node() -> Iterator[socket.socket]:
    """Where the relay sends to."""
    with udp() as door:
        yield door


def udp() -> socket.socket:
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    door.setblocking(False)
    return door


async def receive(door: socket.socket) -> tuple[bytes, tuple[str, int]]:
    async with asyncio.timeout(10):
        return await asyncio.get_running_loop().sock_recvfrom(door, 2000)


async def arrivals(door: socket.socket, link: Link, count: int) -> list[bytes]:
    """What has come when nothing is under way any more."""
    while True:
        down = (await link.counts())["down"]
        if down["packets"] == count and down["delivered"] + down["dropped"] + down["lost"] == count:
            break
        await asyncio.sleep(0.01)
    found = []
    while True:
        try:
            found.append(door.recv(2000))
        except BlockingIOError:
            return found


async def test_each_participant_has_a_port_and_gets_what_is_theirs(node: socket.socket) -> None:
    async with Link("adsl", to=node.getsockname()) as link:
        with udp() as vera, udp() as lev:
            for person in (vera, lev):
                person.connect(("127.0.0.1", link.port))
            vera.send(b"Vera")
            said, vera_at = await receive(node)
            lev.send(b"Lev")
            heard, lev_at = await receive(node)
            assert (said, heard) == (b"Vera", b"Lev")
            assert vera_at != lev_at and vera_at[0] == lev_at[0] == "127.0.0.1"
            node.sendto(b"to Lev", lev_at)
            node.sendto(b"to Vera", vera_at)
            assert (await receive(vera))[0] == b"to Vera"
            assert (await receive(lev))[0] == b"to Lev"
        assert (await link.counts())["lines"] == 2


async def test_each_may_have_an_address(node: socket.socket) -> None:
    async with Link("adsl", to=node.getsockname(), each=True) as link:
        seen = set()
        for _ in range(2):
            with udp() as person:
                person.sendto(b"here", ("127.0.0.1", link.port))
                seen.add((await receive(node))[1][0])
    assert seen == {"127.1.0.1", "127.1.0.2"}


async def test_a_phase_is_entered_by_its_name_and_drops_what_its_queue_cannot_hold(node: socket.socket) -> None:
    async with Link("drop-and-return", to=node.getsockname()) as link:
        with udp() as person:
            person.sendto(b"here", ("127.0.0.1", link.port))
            _, at = await receive(node)
            for number in range(20):
                node.sendto(bytes([number]) * 1000, at)
            assert len(await arrivals(person, link, 20)) == 20, "1.5 Mb/s hold 20 kB in a third of a second"
            await link.phase("dropped")
            for number in range(20):
                node.sendto(bytes([number]) * 1000, at)
            came = await arrivals(person, link, 40)
        assert 3 <= len(came) <= 6, "100 kb/s carry 3.6 packets in 0.3 s"
        assert [packet[0] for packet in came] == sorted(packet[0] for packet in came)
        with pytest.raises(LinkError, match="no phase 'elsewhere'"):
            await link.phase("elsewhere")


async def test_the_same_packets_are_lost_every_time(node: socket.socket) -> None:
    lost = []
    for _ in range(2):
        async with Link("lossy", to=node.getsockname()) as link:
            with udp() as person:
                at = None
                while at is None:  # the first one may be lost, too
                    person.sendto(b"here", ("127.0.0.1", link.port))
                    try:
                        async with asyncio.timeout(0.3):
                            at = (await receive(node))[1]
                    except TimeoutError:
                        continue
                for number in range(200):
                    node.sendto(bytes([number]) * 10, at)
                came = {packet[0] for packet in await arrivals(person, link, 200)}
        lost.append(set(range(200)) - came)
    assert lost[0] == lost[1]
    assert 2 <= len(lost[0]) <= 25


def test_ours_can_be_read_and_say_what_they_are() -> None:
    assert {"adsl", "mobile-3g", "school-wifi", "drop-and-return"} <= set(names())
    for name in names():
        assert read(name).about
    assert read("school-wifi").shared


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nonsense", "Expected '='"),
        ("name = 'x'\nphase = []", "length >= 1"),
        ("name = 'x'\n[[phase]]\nat = 3", "the first begins at 0"),
        ("name = 'x'\n[[phase]]\n[[phase]]\nat = 2\n[[phase]]\nat = 1", "in the order of their moments"),
        ("name = 'x'\n[[phase]]\ndown = { loss = 1.5 }", "loss is a share below 1"),
        ("name = 'x'\n[[phase]]\ndown = { rate = 3 }", "unknown field `rate`"),
        ("name = 'x'\nspeed = 3\n[[phase]]", "unknown field `speed`"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        parse(text)


def test_a_scenario_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ScenarioError, match=r"dial-up: .*ours are adsl"):
        read("dial-up")
