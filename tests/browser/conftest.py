"""Fixtures of tests in real browsers over a whole Sfera."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.people import CHROMIUM, Crowd, Note
from tests.browser.running import Serve

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder drive browsers."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Writes a measured figure into the report, and onto the screen (`pytest -s`)."""

    def write(what: str, value: object) -> None:
        record_property(what, value)
        print(f"\n  {what}: {value}")

    return write


@pytest.fixture(scope="package")
def serve(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[Serve]:
    """A whole Sfera with the demonstration school; it must end cleanly and must not have met a defect."""
    assert (checkout / "web" / "dist" / "index.html").is_file(), "the web client is not built: run make web"
    running = Serve(tmp_path_factory.mktemp("sfera"))
    running.start()
    try:
        yield running
    finally:
        code = running.stop()
    wrong = [line for line in running.log_lines() if line.get("level") in {"error", "critical"} or "raw" in line]
    assert [line for line in wrong if line.get("event") != "died"] == []
    assert code == 0


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver. Not for the whole session: its event loop would be in the way of asyncio's tests."""
    assert Path(CHROMIUM).exists(), "Debian's chromium is not installed: run make test"
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def crowd(playwright: Playwright, serve: Serve) -> Iterator[Crowd]:
    """Makes people at browsers of their own; afterwards all go home, and no page may have complained."""
    people = Crowd(playwright, serve)
    try:
        yield people
    finally:
        complaints = people.go_home()
    assert complaints == []
