"""Lips and voice stay together all the way: WHIP in, the recording of a broadcast out."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription

from tests.browser.running import PASSWORD, Serve
from tests.interop import beacon

SECONDS = 17.0
"""How long the source plays; the recording holds what came after the broadcast's first picture."""
MOST_APART = 0.08


class Teacher:
    """A teacher's calls of the API."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call that must succeed."""
        async with self._http.request(
            method, f"{self._url}/api/v1{path}", json=body, headers={"X-Sfera": "1"}
        ) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if answer.content_length else None


@pytest.mark.alone
@pytest.mark.slow
async def test_a_flash_and_a_beep_are_found_together_in_the_recording(tmp_path: Path) -> None:
    serve = Serve(tmp_path)
    serve.start()
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            playlist = await recorded(Teacher(http, serve.url), http)
            pictures, sounds = await asyncio.gather(
                asyncio.to_thread(beacon.flashes, playlist), asyncio.to_thread(beacon.beeps, playlist)
            )
    finally:
        assert serve.stop() == 0
    assert len(pictures) >= 4
    assert len(sounds) == len(pictures)
    apart = [sound - picture for picture, sound in zip(pictures, sounds, strict=True)]
    print("sound behind picture, ms:", [round(seconds * 1000) for seconds in apart])
    assert max(map(abs, apart)) <= MOST_APART
    periods = [later - earlier for earlier, later in itertools.pairwise(pictures)]
    assert all(abs(period - beacon.PERIOD) <= 0.1 for period in periods), periods


async def recorded(teacher: Teacher, http: aiohttp.ClientSession) -> str:
    """Publishes over WHIP into a lesson that is broadcast, ends it; the recording's playlist."""
    await teacher.call("POST", "/session", {"login": "vera.berestova", "password": PASSWORD})
    classes = (await teacher.call("GET", "/classes"))["classes"]
    lesson = await teacher.call("POST", "/lessons", {"class_id": classes[0]["id"]})
    key = await teacher.call("POST", f"/lessons/{lesson['id']}/stream-keys", {"kind": "publish", "name": "Observatory"})
    broadcast = await teacher.call("POST", f"/lessons/{lesson['id']}/broadcast", {})
    connection = RTCPeerConnection()
    clock = beacon.Clock()
    connection.addTrack(beacon.Beep(clock))
    connection.addTrack(beacon.Flash(clock))
    await connection.setLocalDescription(await connection.createOffer())
    async with http.post(
        key["whip_url"],
        data=connection.localDescription.sdp,
        headers={"Authorization": f"Bearer {key['key']}", "Content-Type": "application/sdp"},
    ) as answer:
        assert answer.status == 201, await answer.text()
        await connection.setRemoteDescription(RTCSessionDescription(await answer.text(), "answer"))
    await clock.until(SECONDS)
    await teacher.call("POST", f"/broadcasts/{broadcast['id']}/end")
    await connection.close()
    described = await teacher.call("GET", f"/broadcasts/{broadcast['id']}")
    return str(described["playlist_url"])
