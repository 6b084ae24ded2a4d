"""Fixtures of the platform's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.unit.platform_api.world import World, new_world, seed_template


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demonstration school."""
    return seed_template(tmp_path_factory.mktemp("seeded"))


@pytest_asyncio.fixture
async def world(tmp_path: Path, seeded: Path) -> AsyncIterator[World]:
    """A running platform with the demonstration school."""
    async with new_world(tmp_path / "world", seeded) as running:
        yield running
