"""Fixtures of tests that come over the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.interop.media import MediaProcess


@pytest.fixture
def media_process(tmp_path: Path) -> Iterator[MediaProcess]:
    """A media process that runs while the test does; it must end cleanly and must not have met a defect."""
    with running(tmp_path) as process:
        yield process


@pytest.fixture(scope="module")
def shared_media_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaProcess]:
    """One media process for all tests of a module; each uses a room of its own."""
    with running(tmp_path_factory.mktemp("media")) as process:
        yield process


@contextmanager
def running(data_dir: Path) -> Iterator[MediaProcess]:
    """A media process, ended and looked at afterwards."""
    process = MediaProcess(data_dir)
    process.start()
    try:
        yield process
    finally:
        code = process.stop()
    assert process.defects == []
    assert code == 0
