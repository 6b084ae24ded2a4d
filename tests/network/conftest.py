"""A school, its people at their browsers, and bad lines that some of them sit behind."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import WebSocketRoute

from loadtest.link import Link
from tests.browser.conftest import crowd, note, playwright, serve
from tests.browser.people import Person
from tests.browser.running import Serve
from tests.network import camera

__all__ = ["crowd", "note", "playwright", "serve"]

T = TypeVar("T")
HERE = Path(__file__).parent
SIGNAL = "**/signal*"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder drive browsers over lines."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.network)


class Line:
    """A relay, asked from a test that is not asynchronous: it is talked to in a thread beside."""

    def __init__(self, scenario: str, port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._link = Link(scenario, to=("127.0.0.1", port))
        self._do(self._link.__aenter__())

    def seat(self, person: Person) -> None:
        """From their next lesson on, everything of a person's media goes by this line: their page is told its port."""

        def relayed(table: dict[str, Any]) -> dict[str, Any]:
            for candidate in table.get("iceCandidates", ()):
                candidate["port"] = self._link.port
            return table

        def route(page: WebSocketRoute) -> None:
            node = page.connect_to_server()
            node.on_message(lambda message: page.send(json.dumps(json.loads(message, object_hook=relayed))))

        person.page.route_web_socket(SIGNAL, route)

    def phase(self, name: str) -> None:
        """The line is another from now on."""
        self._do(self._link.phase(name))

    def counts(self) -> dict[str, Any]:
        """What became of the packets."""
        return self._do(self._link.counts())

    def close(self) -> None:
        """End the relay."""
        self._do(self._link.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(60)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the teacher's camera sees."""
    path = tmp_path_factory.mktemp("film") / "teacher.y4m"
    camera.write(path)
    return path


@pytest.fixture
def line(serve: Serve) -> Iterator[Callable[[str], Line]]:
    """Makes lines to the school's media node."""
    made: list[Line] = []

    def make(scenario: str) -> Line:
        (port,) = next(entry["udp"] for entry in serve.log_lines() if entry.get("event") == "media listens")
        made.append(Line(scenario, port))
        return made[-1]

    yield make
    for one in made:
        one.close()
