"""The control API of the hls process. Every call is signed by the platform (`interprocess.calls`).

PUT, GET and DELETE /control/v1/broadcasts/{id}, PUT .../{id}/tap, POST .../{id}/end, GET /control/v1/broadcasts.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

import msgspec
from aiohttp import web
from msgspec import Meta, Struct
from prometheus_client import Counter

from hls.errors import BroadcastEnded, BroadcastUnknown, HlsError, RecordingBroken, TooManyBroadcasts
from hls.registry import Registry
from interprocess.calls import CallRefused, CallVerifier
from interprocess.problems import problem
from sfu.tap import TapDescription

MAX_BODY: Final = 64 * 1024

STATUS_OF: Final[dict[type[HlsError], int]] = {
    BroadcastUnknown: 404,
    BroadcastEnded: 409,
    RecordingBroken: 409,
    TooManyBroadcasts: 503,
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BroadcastSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of PUT broadcasts/{id}."""

    title: Annotated[str, Meta(max_length=256)] = ""


class ControlApi:
    """The handlers, over one registry. `refused` counts refusals by cause."""

    def __init__(self, registry: Registry, verifier: CallVerifier, refused: Counter) -> None:
        self._registry = registry
        self._verifier = verifier
        self._refused = refused

    def routes(self) -> list[web.RouteDef]:
        """What to put on the control listener."""
        one = "/control/v1/broadcasts/{id}"
        return [
            web.get("/control/v1/broadcasts", self._signed(self._list)),
            web.put(one, self._signed(self._put)),
            web.get(one, self._signed(self._get), allow_head=False),
            web.delete(one, self._signed(self._remove)),
            web.put(f"{one}/tap", self._signed(self._set_tap)),
            web.post(f"{one}/end", self._signed(self._end)),
        ]

    def _signed(self, handler: Handler) -> Handler:
        """Let only signed calls through, and turn refusals into problem documents."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            authorization = request.headers.get("Authorization", "")
            try:
                self._verifier.verify(authorization, request.method, request.rel_url.raw_path_qs, body, time.time())
            except CallRefused as refused:
                return self._refuse(401, refused.cause, "not_authorised", "the call is not signed as it must be")
            try:
                return await handler(request)
            except tuple(STATUS_OF) as error:
                return self._refuse(STATUS_OF[type(error)], error.code, error.code, str(error))
            except OSError as error:
                return self._refuse(503, "storage", "storage_failed", str(error))
            except msgspec.MsgspecError as error:  # a body that does not validate
                return self._refuse(400, "bad_request", "bad_request", str(error))

        return guarded

    def _refuse(self, status: int, cause: str, code: str, detail: str) -> web.Response:
        self._refused.labels(cause).inc()
        return problem(status, code, detail)

    async def _put(self, request: web.Request) -> web.StreamResponse:
        settings = msgspec.json.decode(await request.read() or b"{}", type=BroadcastSettings)
        id = request.match_info["id"]
        await self._registry.open(id, settings.title)
        return _json(await self._registry.info(id))

    async def _list(self, _request: web.Request) -> web.StreamResponse:
        return _json({"broadcasts": [await self._registry.info(id) for id in list(self._registry.live)]})

    async def _get(self, request: web.Request) -> web.StreamResponse:
        return _json(await self._registry.info(request.match_info["id"]))

    async def _set_tap(self, request: web.Request) -> web.StreamResponse:
        tap = msgspec.json.decode(await request.read(), type=TapDescription)
        await self._registry.set_tap(request.match_info["id"], tap)
        return web.Response(status=204)

    async def _end(self, request: web.Request) -> web.StreamResponse:
        await self._registry.end(request.match_info["id"])
        return web.Response(status=204)

    async def _remove(self, request: web.Request) -> web.StreamResponse:
        await self._registry.remove(request.match_info["id"])
        return web.Response(status=204)


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
