"""The api's collector: short pauses while sockets stand open, and nothing kept for good."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from platform_api.memory import Garbage


class Page:
    """Something that only the collector can let go of."""

    def __init__(self) -> None:
        self.itself = self


@pytest_asyncio.fixture
async def garbage() -> AsyncIterator[Garbage]:
    kept = Garbage()
    kept.start()
    yield kept
    await kept.stop()


@pytest.mark.usefixtures("garbage")
async def test_what_has_lived_is_not_looked_through_again() -> None:
    pages = [Page() for _ in range(1000)]
    gc.collect()
    assert gc.get_freeze_count() >= len(pages)
    assert not any(isinstance(one, Page) for one in gc.get_objects())


async def test_pages_that_came_and_went_are_let_go_of() -> None:
    page, gone = Page(), asyncio.Event()
    weakref.finalize(page, gone.set)
    kept = Garbage(everything_seconds=0.01)
    kept.start()
    try:
        del page
        async with asyncio.timeout(20):
            await gone.wait()
    finally:
        await kept.stop()
