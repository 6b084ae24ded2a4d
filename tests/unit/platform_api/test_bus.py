"""The bus, both kinds: the same tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from platform_api.bus import Bus, LocalBus, NatsBus, make_bus
from tests.engines import free_port, run_nats

SECONDS = 20


@dataclass
class Buses:
    """What two processes hold. With the bus in process there is one process, and it holds both."""

    ours: Bus
    theirs: Bus


@pytest_asyncio.fixture(params=["local", "nats"])
async def buses(request: pytest.FixtureRequest) -> AsyncIterator[Buses]:
    if request.param == "local":
        one = LocalBus()
        pair = Buses(one, one)
    else:
        url = request.getfixturevalue("nats_url")
        pair = Buses(NatsBus(url), NatsBus(url))
    await pair.ours.start()
    if pair.theirs is not pair.ours:
        await pair.theirs.start()
    yield pair
    await pair.ours.close()
    await pair.theirs.close()


class Ear:
    """Counts wakes; whoever waits is told of the next."""

    def __init__(self, bus: Bus) -> None:
        self.heard = 0
        self._event = asyncio.Event()
        bus.subscribe(self._hear)

    def _hear(self) -> None:
        self.heard += 1
        self._event.set()

    async def next(self) -> None:
        async with asyncio.timeout(SECONDS):
            await self._event.wait()
        self._event.clear()


async def test_every_process_is_woken(buses: Buses) -> None:
    ears = [Ear(buses.ours), Ear(buses.ours), Ear(buses.theirs)]
    await asyncio.gather(*(_woken(ear, buses.ours.wake) for ear in ears))
    await asyncio.gather(*(_woken(ear, buses.theirs.wake) for ear in ears))


async def test_a_wake_does_not_interrupt(buses: Buses) -> None:
    ear = Ear(buses.ours)
    buses.ours.wake()
    assert ear.heard == 0, "listeners are called by the loop, not by who wakes"
    await ear.next()


async def test_after_the_last_of_many_wakes_there_is_one_more_call(buses: Buses) -> None:
    """What is committed before a wake is seen by who is called after it, however many wakes became one."""
    written, seen = 0, 0
    event = asyncio.Event()

    def look() -> None:
        nonlocal seen
        seen = written
        event.set()

    buses.theirs.subscribe(look)
    for _ in range(50):
        for _ in range(20):
            written += 1
            buses.ours.wake()
        await asyncio.sleep(0)
    async with asyncio.timeout(SECONDS):
        while seen < written:
            await event.wait()
            event.clear()


async def test_a_closed_bus_calls_nobody(buses: Buses) -> None:
    ear = Ear(buses.theirs)
    await buses.theirs.close()
    buses.ours.wake()
    buses.theirs.wake()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert ear.heard == 0


async def test_without_its_server_a_process_wakes_itself_and_finds_the_others_later() -> None:
    port = free_port()
    url = f"nats://127.0.0.1:{port}"
    ours, theirs = NatsBus(url), NatsBus(url)
    try:
        await ours.start()
        await theirs.start()
        mine = Ear(ours)
        await _woken(mine, ours.wake)
        with run_nats(port):
            other = Ear(theirs)
            await _woken(other, ours.wake)
            await _woken(mine, theirs.wake)
        await _woken(mine, ours.wake)
        with run_nats(port):
            await _woken(other, ours.wake)
    finally:
        await ours.close()
        await theirs.close()


async def test_the_address_chooses() -> None:
    assert isinstance(make_bus(""), LocalBus)
    assert isinstance(make_bus("nats://127.0.0.1:1"), NatsBus)


async def _woken(ear: Ear, wake: Callable[[], None]) -> None:
    """Wake until it is heard: what is sent while the server is away is lost; readers have their own clock for that."""
    ear.heard = 0
    async with asyncio.timeout(SECONDS):
        while not ear.heard:
            wake()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await ear.next()
