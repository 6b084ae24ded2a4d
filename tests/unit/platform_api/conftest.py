"""Fixtures of the platform's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engines import Distributed, distributed_like
from tests.unit.platform_api.storages import s3_endpoint, storage_config
from tests.unit.platform_api.world import World, new_world, seed_template

__all__ = ["s3_endpoint", "storage_config"]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demonstration school."""
    return seed_template(tmp_path_factory.mktemp("seeded"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, seeded: Path) -> Path | Distributed:
    """What a platform is made on: SQLite and the bus in process, then PostgreSQL and NATS."""
    if request.param == "sqlite":
        return seeded
    return distributed_like(seeded, request.getfixturevalue("postgres"), request.getfixturevalue("nats_url"))


@pytest_asyncio.fixture
async def world(tmp_path: Path, template: Path | Distributed) -> AsyncIterator[World]:
    """A running platform with the demonstration school."""
    async with new_world(tmp_path / "world", template) as running:
        yield running
