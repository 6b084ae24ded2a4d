"""Standard clients for tests: stream keys and control calls as the platform makes them, WHIP and WHEP by aiortc."""

from __future__ import annotations

import asyncio
import fractions
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Any

import aiohttp
import aioice.ice
import msgspec
import numpy as np
import pytest
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import AudioFrame, VideoFrame
from joserfc import jwt
from joserfc.jwk import OKPKey

from interprocess.calls import CONTROL_AUDIENCE, sign_call
from tests.interop.media import MediaProcess

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
WAIT = 20.0


class Standard:
    """What the platform and a standard client do at one media process, over HTTP. Use `standard`."""

    def __init__(self, media: MediaProcess, http: aiohttp.ClientSession) -> None:
        self.media = media
        self.http = http
        self.base = media.url.replace("ws://", "http://").removesuffix("/signal")
        self._key: OKPKey = media.tickets._key

    def key(self, room: str, kind: str = "publish", *, id: str | None = None, life: float = 3600, **claims: Any) -> str:
        """A stream key as the api signs it."""
        now = int(time.time())
        content = {
            "iss": "sfera", "aud": "sfera-stream", "sub": id or secrets.token_urlsafe(16), "iat": now - 10,
            "exp": now + life, "room": room, "title": "Lesson", "kind": kind, "name": "Document camera", **claims,
        }  # fmt: skip
        return jwt.encode({"alg": "EdDSA"}, content, self._key, algorithms=["EdDSA"])

    async def control(self, method: str, path: str, body: object = None) -> Any:
        """A signed call to the control API; its answer's JSON."""
        data = b"" if body is None else msgspec.json.encode(body)
        path = f"/control/v1{path}"
        headers = {"Authorization": sign_call(self._key, CONTROL_AUDIENCE, method, path, data, time.time())}
        async with self.http.request(method, self.media.control + path, data=data or None, headers=headers) as answer:
            assert answer.status < 300, await answer.text()
            content = await answer.read()
            return msgspec.json.decode(content) if content else None

    async def open_room(self, room: str | None = None, *, revoked: tuple[str, ...] = (), **settings: Any) -> str:
        """A room as the api makes one for a lesson, with its revoked keys told."""
        room = room or secrets.token_hex(8)
        await self.control("PUT", f"/rooms/{room}", {"title": "Lesson", "lobby": False, **settings})
        await self.revoke(room, *revoked)
        return room

    async def revoke(self, room: str, *keys: str) -> None:
        """Tell which keys are revoked."""
        await self.control("PUT", f"/rooms/{room}/revoked", {"keys": list(keys)})

    async def participants(self, room: str) -> list[dict[str, Any]]:
        """Who is in the room."""
        return list((await self.control("GET", f"/rooms/{room}"))["participants"])

    async def request(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        body: str | bytes | IO[bytes] | None = None,
        **headers: str,
    ) -> tuple[aiohttp.ClientResponse, str]:
        """A request as a standard client makes it; header names with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            named["Authorization"] = f"Bearer {key}"
        async with self.http.request(method, self.base + path, data=body, headers=named) as answer:
            return answer, await answer.text()

    async def post(self, door: str, room: str, key: str, offer: str) -> tuple[aiohttp.ClientResponse, str]:
        """POST of an offer."""
        return await self.request("POST", f"/{door}/{room}", key=key, body=offer, Content_Type=SDP)


class Client:
    """An aiortc connection over WHIP or WHEP. `frames` counts what was decoded, by kind."""

    def __init__(self, standard: Standard, door: str, room: str, key: str) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.frames = {"audio": 0, "video": 0}
        self.sizes: set[tuple[int, int]] = set()
        self.location = ""
        self.etag = ""
        self.answer = ""
        self._standard, self._door, self._room, self.key = standard, door, room, key
        self._readers: list[asyncio.Task[None]] = []
        self._progress = asyncio.Event()
        self.connection.on("track", self._on_track)

    async def start(self) -> aiohttp.ClientResponse:
        """Offer, POST, and take the answer."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        answer, text = await self._standard.post(self._door, self._room, self.key, self.connection.localDescription.sdp)
        assert answer.status == 201, text
        self.location, self.etag, self.answer = answer.headers["Location"], answer.headers["ETag"], text
        await self.connection.setRemoteDescription(RTCSessionDescription(text, "answer"))
        return answer

    async def decoded(self, **least: int) -> None:
        """Until so many frames of each kind were decoded from now on."""
        wanted = {kind: self.frames[kind] + count for kind, count in least.items()}
        async with asyncio.timeout(WAIT):
            while any(self.frames[kind] < count for kind, count in wanted.items()):
                self._progress.clear()
                await self._progress.wait()

    async def close(self) -> None:
        """Close the connection; the resource goes by close_notify, or by DELETE before."""
        await self.connection.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._readers.append(asyncio.create_task(self._read(track)))

    async def _read(self, track: MediaStreamTrack) -> None:
        while True:
            frame = await track.recv()
            self.frames[track.kind] += 1
            if isinstance(frame, VideoFrame):
                self.sizes.add((frame.width, frame.height))
            self._progress.set()


class Picture(VideoStreamTrack):
    """A small moving picture, 30 frames a second."""

    async def recv(self) -> VideoFrame:
        """The next frame, when it is due."""
        pts, time_base = await self.next_timestamp()
        image = np.full((120, 160, 3), 90, np.uint8)
        at = pts // 3000 % 140
        image[40:60, at : at + 20] = (255, 200, 30)
        frame = VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    """A tone of 440 Hz."""

    async def recv(self) -> AudioFrame:
        """The next 20 ms, when they are due."""
        silent = await super().recv()
        assert isinstance(silent, AudioFrame) and silent.pts is not None
        rate, count = silent.sample_rate, silent.samples
        wave = np.sin(2 * np.pi * 440 * (silent.pts + np.arange(count)) / rate) * 8000
        frame = AudioFrame.from_ndarray(wave.astype(np.int16)[None, :], format="s16", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = silent.pts, rate, fractions.Fraction(1, rate)
        return frame


@asynccontextmanager
async def at(media: MediaProcess) -> AsyncIterator[Standard]:
    """The doors of a media process, and a session to knock with."""
    async with aiohttp.ClientSession() as http:
        yield Standard(media, http)


@asynccontextmanager
async def publishing(standard: Standard, room: str, key: str | None = None, **claims: Any) -> AsyncIterator[Client]:
    """aiortc publishes a tone and a picture."""
    client = Client(standard, "whip", room, key or standard.key(room, **claims))
    client.connection.addTransceiver(Tone(), "sendonly")
    client.connection.addTransceiver(Picture(), "sendonly")
    try:
        await client.start()
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def watching(standard: Standard, room: str, *, audio: int = 1, video: int = 1) -> AsyncIterator[Client]:
    """aiortc receives."""
    client = Client(standard, "whep", room, standard.key(room, "play", name="Hall"))
    for kind, count in (("audio", audio), ("video", video)):
        for _ in range(count):
            client.connection.addTransceiver(kind, "recvonly")
    try:
        await client.start()
        yield client
    finally:
        await client.close()


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice gathers the loopback address alone, where the media process of a test is."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
