"""Janus's own API over its WebSocket: a session, handles of its VideoRoom plugin, requests with their answers."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, Final, NamedTuple

import aiohttp

PLUGIN: Final = "janus.plugin.videoroom"
KEEPALIVE_SECONDS: Final = 20.0
"""Janus forgets a session that is silent for 60 s."""
ANSWER_SECONDS: Final = 20.0


class JanusError(Exception):
    """Janus refused a request, or its socket closed."""


class Answer(NamedTuple):
    """What the plugin answered, and the session description that came with it (empty: none)."""

    data: dict[str, Any]
    sdp: str


class JanusApi:
    """One session. `open`, then `attach` for each peer connection; `close` ends all of them."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, url
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._session = 0
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._up: dict[int, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Connect and create the session. Raises `JanusError` or `aiohttp.ClientError`."""
        self._socket = await self._http.ws_connect(self._url, protocols=["janus-protocol"], max_msg_size=0)
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._keep_alive())]
        self._session = (await self._request({"janus": "create"}))["data"]["id"]

    async def close(self) -> None:
        """Destroy the session; idempotent."""
        socket, self._socket = self._socket, None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if socket is not None:
            await socket.close()

    async def attach(self) -> int:
        """A new handle: one peer connection of one participant."""
        answer = await self._request({"janus": "attach", "session_id": self._session, "plugin": PLUGIN})
        handle: int = answer["data"]["id"]
        self._up[handle] = asyncio.Event()
        return handle

    async def wait_up(self, handle: int) -> None:
        """Until Janus says that the handle's peer connection is there. Raises `JanusError`."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._up[handle].wait()
        except TimeoutError as error:
            raise JanusError("the peer connection does not come up") from error

    async def ask(self, handle: int, body: dict[str, Any], *, kind: str = "", sdp: str = "") -> Answer:
        """A request to the plugin, with a session description (`kind`: offer or answer). Raises `JanusError`."""
        message: dict[str, Any] = {
            "janus": "message",
            "session_id": self._session,
            "handle_id": handle,
            "body": body,
        }
        if sdp:
            message["jsep"] = {"type": kind, "sdp": sdp}
        answer = await self._request(message)
        data: dict[str, Any] = answer["plugindata"]["data"]
        if "error" in data:
            raise JanusError(f"{body['request']}: {data['error']}")
        return Answer(data, answer.get("jsep", {}).get("sdp", ""))

    async def _request(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._socket is None:
            raise JanusError("the socket is closed")
        number = str(next(self._numbers))
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            await self._socket.send_json({**message, "transaction": number})
            async with asyncio.timeout(ANSWER_SECONDS):
                return await future
        except TimeoutError as error:
            raise JanusError(f"no answer to {message['janus']} within {ANSWER_SECONDS:.0f} s") from error
        finally:
            del self._waiting[number]

    async def _read(self) -> None:
        """Hands answers to those who wait. An `ack` says that the answer comes later; other events are left."""
        assert self._socket is not None
        try:
            async for frame in self._socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    continue
                message = frame.json()
                if message["janus"] == "webrtcup":
                    self._up[message["sender"]].set()
                future = self._waiting.get(message.get("transaction", ""))
                if future is None or future.done() or message["janus"] == "ack":
                    continue
                if message["janus"] == "error":
                    future.set_exception(JanusError(message["error"]["reason"]))
                else:
                    future.set_result(message)
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(JanusError("the socket closed"))

    async def _keep_alive(self) -> None:
        while self._socket is not None:
            await asyncio.sleep(KEEPALIVE_SECONDS)
            await self._request({"janus": "keepalive", "session_id": self._session})
