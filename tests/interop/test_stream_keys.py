"""Stream keys through the whole platform: made in the api, taken by the media node, also by one that was killed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import CookieJar

from tests.browser.running import PASSWORD, Serve
from tests.interop.standard import WAIT, Client, Picture, Standard, Tone, loopback

__all__ = ["loopback"]
OBS = (Path(__file__).resolve().parents[1] / "data" / "offers" / "obs-30.sdp").read_text()
pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """A whole Sfera that the test may hurt."""
    running = Serve(tmp_path)
    running.start()
    yield running
    assert running.stop() == 0


class Doors(Standard):
    """A platform's doors, without the keys to sign anything: `standard` clients know the addresses they were given."""

    def __init__(self, serve: Serve, http: aiohttp.ClientSession) -> None:
        self.serve = serve
        self.http = http

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the api; its answer's JSON."""
        headers = {"X-Sfera": "1"}
        async with self.http.request(method, f"{self.serve.url}/api/v1{path}", json=body, headers=headers) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if answer.content_length else None

    async def key(self, lesson: str, **wishes: str) -> dict[str, Any]:  # type: ignore[override]
        """A key, as the api makes it."""
        key: dict[str, Any] = await self.call("POST", f"/lessons/{lesson}/stream-keys", {"name": "Camera", **wishes})
        self.base = (key["whip_url"] or key["whep_url"]).rpartition("/wh")[0]
        return key

    async def connect(self, key: dict[str, Any], lesson: str) -> Client:
        """aiortc at the door that the key is for."""
        client = Client(self, "whip" if key["whip_url"] else "whep", lesson, key["key"])
        for kind, track in (("audio", Tone), ("video", Picture)):
            if key["whip_url"]:
                client.connection.addTransceiver(track(), "sendonly")
            else:
                client.connection.addTransceiver(kind, "recvonly")
        await client.start()
        return client


async def test_an_encoder_comes_back_after_the_media_process_was_killed(serve: Serve) -> None:
    async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        doors = Doors(serve, http)
        await doors.call("POST", "/session", {"login": "vera.berestova", "password": PASSWORD})
        classes = (await doors.call("GET", "/classes"))["classes"]
        lesson = (await doors.call("POST", "/lessons", {"class_id": classes[0]["id"]}))["id"]
        encoder, lost, hall = [await doors.key(lesson, kind=kind) for kind in ("publish", "publish", "play")]
        publisher, viewer = await doors.connect(encoder, lesson), await doors.connect(hall, lesson)
        await viewer.decoded(audio=10, video=10)
        await doors.call("DELETE", f"/stream-keys/{lost['id']}")

        killed = serve.kill_media()
        async with asyncio.timeout(WAIT):
            while serve.media_pid in (None, killed) or not serve.running["ready"]:  # noqa: ASYNC110 (a process)
                await asyncio.sleep(0.05)
        for client in (publisher, viewer):
            await client.close()
        # Nobody has entered since: the new process knows neither the room nor what was revoked, and asks.
        answer, text = await doors.post("whip", lesson, lost["key"], OBS)
        assert (answer.status, '"code":"key_revoked"' in text) == (401, True), text
        publisher, viewer = await doors.connect(encoder, lesson), await doors.connect(hall, lesson)
        await viewer.decoded(audio=10, video=10)

        await doors.call("DELETE", f"/stream-keys/{encoder['id']}")
        answer, _ = await doors.request("DELETE", publisher.location, key=publisher.key)
        assert answer.status == 404
        assert [p["name"] for p in serve.room(lesson)["participants"]] == ["Camera"]  # the hall
        await doors.call("POST", f"/lessons/{lesson}/end")
        answer, text = await doors.post("whep", lesson, hall["key"], viewer.connection.localDescription.sdp)
        assert (answer.status, '"code":"room_ended"' in text) == (409, True), text
        for client in (publisher, viewer):
            await client.close()
