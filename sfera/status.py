"""The supervisor's own `/health` and `/metrics`."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from sfera.metrics import SupervisorMetrics
from sfera.runfile import RunState


class StatusServer:
    """A small HTTP server. `/health` is 200 when every process is ready and 503 otherwise, with the same body as
    `run.json`."""

    def __init__(self, host: str, port: int, metrics: SupervisorMetrics, state: Callable[[], RunState]) -> None:
        self._host = host
        self._port = port
        self._metrics = metrics
        self._state = state
        app = web.Application()
        app.add_routes([web.get("/health", self._health), web.get("/metrics", self._exposition)])
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        """Listen; raises `OSError` when the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except BaseException:
            await self._runner.cleanup()
            raise

    async def stop(self) -> None:
        """Close the listener and its connections. Idempotent."""
        await self._runner.cleanup()

    async def _health(self, _request: web.Request) -> web.Response:
        state = self._state()
        return web.Response(
            status=200 if state.ready else 503, body=msgspec.json.encode(state), content_type="application/json"
        )

    async def _exposition(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.exposition(), headers={"Content-Type": CONTENT_TYPE_LATEST})
