"""Webhooks against a platform that answers as a test says; checked with the platform's own verifier."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import OKPKey

from interprocess.keys import load_key
from platform_api.signing import CallVerifier as PlatformVerifier
from sfu.events import Report
from sfu.metrics import Metrics
from signalling.webhooks import MAX_WAITING, Webhooks
from tests.unit.signalling.conftest import Keys, private_pem, until


class Platform:
    """Answers with the statuses given, then 204; remembers what it acknowledged."""

    def __init__(self, keys: Keys) -> None:
        public = OKPKey.import_key(private_pem(keys.media)).as_pem(private=False)
        self._verifier = PlatformVerifier(OKPKey.import_key(public), "sfera-webhook")
        self.statuses: list[int] = []
        self.tries: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self.changed = asyncio.Event()

    async def hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._verifier.verify(request.headers["Authorization"], "POST", "/hooks/media", body, time.time())
        self.tries.append(msgspec.json.decode(body))
        status = self.statuses.pop(0) if self.statuses else 204
        if status < 300:
            self.taken.append(msgspec.json.decode(body))
        self.changed.set()
        return web.Response(status=status)

    async def until_taken(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.taken) < count:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
async def platform(keys: Keys) -> Platform:
    return Platform(keys)


@pytest.fixture
async def server(platform: Platform) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_post("/hooks/media", platform.hook)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


class Sender:
    """Webhooks whose pauses take no time; `pauses` says how long they would have been."""

    def __init__(self, url: str, keys: Keys) -> None:
        self.pauses: list[float] = []
        self.metrics = Metrics()
        key = load_key(str(keys.media_private), private=True)
        self.webhooks = Webhooks(url, key, "media-1", self.metrics, pause=self.pause)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def tell(self, name: str = "participant_joined", room: str = "lesson") -> None:
        self.webhooks.tell(
            Report(event=name, at=12.5, room=room, participant="p1", person="x", role="host")  # type: ignore[arg-type]
        )

    def counted(self, result: str) -> float:
        return self.metrics.registry.get_sample_value("sfera_media_webhooks_total", {"result": result}) or 0.0


@pytest.fixture
async def sender(server: TestServer, keys: Keys) -> AsyncIterator[Sender]:
    sender = Sender(str(server.make_url("/hooks/media")), keys)
    sender.webhooks.start()
    yield sender
    await sender.webhooks.stop()


async def test_the_platform_gets_what_happened_in_order(sender: Sender, platform: Platform) -> None:
    for room in ("a", "b", "c"):
        sender.tell(room=room)
    await platform.until_taken(3)
    assert [hook["room"] for hook in platform.taken] == ["a", "b", "c"]
    first = platform.taken[0]
    assert len(first.pop("id")) >= 16
    assert first == {
        "at": 12.5,
        "event": "participant_joined",
        "node": "media-1",
        "room": "a",
        "participant": "p1",
        "person": "x",
        "role": "host",
    }


async def test_what_was_not_acknowledged_is_sent_again_with_the_same_id(sender: Sender, platform: Platform) -> None:
    platform.statuses = [500, 503, 429, 302]
    sender.tell()
    await platform.until_taken(1)
    await sender.webhooks.stop()
    assert len({hook["id"] for hook in platform.tries}) == 1 and len(platform.tries) == 5
    assert [round(pause) for pause in sender.pauses[:1]] == [1]
    assert sender.pauses == sorted(sender.pauses)
    assert sender.counted("retried") == 4 and sender.counted("delivered") == 1


async def test_what_will_never_be_taken_does_not_hold_up_the_rest(sender: Sender, platform: Platform) -> None:
    platform.statuses = [400] * 5
    sender.tell(room="bad")
    sender.tell(room="good")
    await platform.until_taken(1)
    assert platform.taken[0]["room"] == "good"
    assert sender.counted("refused") == 1


async def test_a_platform_that_is_away_is_tried_until_it_is_back(server: TestServer, keys: Keys) -> None:
    url = str(server.make_url("/hooks/media"))
    await server.close()
    sender = Sender(url, keys)
    sender.webhooks.start()
    sender.tell()
    await until(lambda: len(sender.pauses) >= 12)
    assert max(sender.pauses) <= 60 * 1.2
    assert sender.counted("delivered") == 0
    await sender.webhooks.stop(0.05)


async def test_the_queue_is_bounded_and_the_oldest_goes_first(keys: Keys) -> None:
    sender = Sender("http://127.0.0.1:9/hooks/media", keys)
    for number in range(MAX_WAITING + 5):
        sender.tell(room=str(number))
    assert sender.counted("overflow") == 5
    assert sender.metrics.registry.get_sample_value("sfera_media_webhooks_waiting") == MAX_WAITING


async def test_stopping_lets_out_what_waits(sender: Sender, platform: Platform) -> None:
    sender.tell()
    await sender.webhooks.stop()
    assert len(platform.taken) == 1


async def test_without_an_address_nothing_is_kept(keys: Keys) -> None:
    sender = Sender("", keys)
    sender.tell()
    assert not sender.metrics.registry.get_sample_value("sfera_media_webhooks_waiting")
