"""The media process's front: the signalling WebSocket, and beside it the control API, `/metrics` and `/health`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import uvloop
from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from interprocess.addresses import Addresses, Networks
from interprocess.calls import CONTROL_AUDIENCE, CallVerifier
from interprocess.keys import load_key
from interprocess.listening import IDLE_SECONDS, MAX_WAITING_PER_ADDRESS, Listener
from interprocess.problems import problem
from interprocess.running import serve, tls_context
from sfu import memory
from sfu.config import MediaConfig
from sfu.dtls import Certificate
from sfu.link import WorkerLink
from sfu.metrics import Metrics
from sfu.node import Node
from sfu.reactor import Reactor
from sfu.worker_api import WorkerApi
from signalling.control import MAX_BODY, ControlApi
from signalling.session import Desk
from signalling.socket import SignalSocket
from signalling.stream_keys import StreamKeyVerifier
from signalling.streams import Streams
from signalling.tickets import TicketVerifier
from signalling.webhooks import Webhooks
from signalling.whip import StandardDoors

WORKER_STOPPED_EXIT: Final = 70
"""Exit code (EX_SOFTWARE of sysexits.h) when a packet worker's loop has stopped: whoever supervises starts anew."""

STOP_SECONDS: Final = 3.0
"""How long closing sockets may take when the process stops."""


class MediaServer:
    """Everything of one media process. `start` and `stop` run on one loop.

    `port` and `control_port` are the listeners' real ones once it has started. Without `workers` it makes native ones.
    `give_up` ends the process when a worker's loop has stopped: its rooms cannot be mended, nor its thread be ended.
    """

    def __init__(
        self,
        config: MediaConfig,
        log: Any,
        workers: list[WorkerApi] | None = None,
        ring_full: type[Exception] | None = None,
        give_up: Callable[[int], object] = os._exit,
    ) -> None:
        self.config = config
        self.metrics = Metrics()
        self.port = 0
        self.control_port = 0
        self._log = log
        self._give_up = give_up
        self._addresses = Addresses(config.max_sockets_per_address, Networks(config.proxies))
        self._sockets: set[SignalSocket] = set()
        self._no_sockets = asyncio.Event()
        self._no_sockets.set()
        key = load_key(config.ticket_key, private=False)
        self.webhooks = Webhooks(
            config.webhook_url,
            load_key(config.webhook_key, private=True),
            config.node_id,
            self.metrics,
            certificate=config.webhook_cert,
        )
        if workers is None or ring_full is None:
            workers, ring_full = make_workers(config)
        now = time.monotonic()
        unix = time.time()
        self.node = Node(
            workers,
            ring_full,
            certificate=Certificate.generate(),
            announce=config.announce,
            announce_port=config.announce_port,
            metrics=self.metrics,
            report=self.webhooks.tell,
            defect=self._defect,
            now=now,
            unix=unix,
            participants_limit=config.max_participants,
            resume_seconds=config.resume_seconds,
            udp_host=config.udp_host,
            stopped=self._worker_stopped,
        )
        self.desk = Desk(
            node=self.node,
            tickets=TicketVerifier(key),
            ice_servers=config.ice_servers,
            unix=lambda at: time.time() - time.monotonic() + at,
            defect=self._defect,
        )
        self.streams = Streams(self.node, config.resume_seconds)
        self._doors = StandardDoors(self.desk, self.streams, StreamKeyVerifier(key), config.allowed_origins)
        self._control = ControlApi(self.node, CallVerifier(key, CONTROL_AUDIENCE), self.streams)
        self._reactor: Reactor | None = None
        self._runners: list[web.AppRunner] = []

    async def start(self) -> None:
        """Start workers and listeners."""
        self._reactor = Reactor(self.node)
        self._reactor.start()
        self.webhooks.start()
        self._doors.start()
        public = web.Application(client_max_size=MAX_BODY)
        public.router.add_get("/signal", self._signal)
        public.add_routes(self._doors.routes())
        control = web.Application(client_max_size=MAX_BODY)
        control.add_routes(self._control.routes())
        control.router.add_get("/metrics", self._metrics)
        control.router.add_get("/health", self._health)
        config = self.config
        self.port = await self._listen(public, config.host, config.port, tls_context(config.tls_cert, config.tls_key))
        self.control_port = await self._listen(control, config.control_host, config.control_port, None)
        self._log.info(
            "media listens",
            signal=f"{config.host}:{self.port}",
            control=f"{config.control_host}:{self.control_port}",
            udp=[link.port for link in self.node.links],
            announce=config.announce,
            tls=config.tls,
        )

    async def stop(self) -> None:
        """Send everybody away, let webhooks out, end the workers."""
        self._doors.stop()
        self.node.drain(time.monotonic())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._no_sockets.wait()
        for runner in self._runners:
            await runner.cleanup()
        await self.webhooks.stop()
        if self._reactor is not None:
            self._reactor.stop()
        self._log.info("media stopped")

    async def _listen(self, app: web.Application, host: str, port: int, tls: ssl.SSLContext | None) -> int:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, keepalive_timeout=IDLE_SECONDS)
        await runner.setup()
        site = Listener(
            runner,
            host,
            port,
            addresses=Addresses(MAX_WAITING_PER_ADDRESS, Networks(self.config.proxies)),
            refused=lambda cause: self.metrics.sockets_refused.labels(cause).inc(),
            tls=tls,
        )
        await site.start()
        self._runners.append(runner)
        return int(runner.addresses[0][1])

    async def _signal(self, request: web.Request) -> web.StreamResponse:
        origins = self.config.allowed_origins
        if origins and request.headers.get("Origin") not in origins:
            self.metrics.sockets_refused.labels("origin").inc()
            return problem(403, "origin_not_allowed", "pages of this origin may not connect here")
        if len(self._sockets) >= self.config.max_sockets:
            self.metrics.sockets_refused.labels("too_many").inc()
            return problem(503, "node_full", "too many sockets")
        if self.node.draining:
            self.metrics.sockets_refused.labels("draining").inc()
            return problem(503, "draining", "this node is going away; ask the platform for a ticket")
        place = self._addresses.enter(request.remote)
        if place is None:
            self.metrics.sockets_refused.labels("too_many_from_address").inc()
            return problem(429, "too_many_sockets", "too many sockets from this address")
        socket = SignalSocket(request, self.desk)
        self._sockets.add(socket)
        self._no_sockets.clear()
        self.metrics.sockets.set(len(self._sockets))
        try:
            return await socket.run()
        finally:
            self._sockets.discard(socket)
            self._addresses.leave(place)
            if not self._sockets:
                self._no_sockets.set()
            self.metrics.sockets.set(len(self._sockets))

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _health(self, _request: web.Request) -> web.Response:
        """200 while the process serves; 503 when a worker is stuck or the node drains."""
        status = "ok" if self.node.healthy else "stuck"
        if self.node.draining:
            status = "draining"
        return web.json_response(
            {"status": status, "node": self.config.node_id, "rooms": len(self.node.rooms)},
            status=200 if status == "ok" else 503,
        )

    def _worker_stopped(self, link: WorkerLink) -> None:
        self._log.critical(
            "packet worker stopped", worker=link.index, udp=link.port, seconds=round(link.pulse.still, 2)
        )
        sys.stderr.flush()
        self._give_up(WORKER_STOPPED_EXIT)

    def _defect(self, where: str, error: Exception) -> None:
        self.metrics.errors.labels(where).inc()
        self._log.error("defect", where=where, exc_info=error)


def make_workers(config: MediaConfig) -> tuple[list[WorkerApi], type[Exception]]:
    """The native packet workers, bound to their ports, and the exception of a full ring."""
    from sfu._fastpath import RingFull, Worker  # late: protocol tests run without the native module

    workers: list[WorkerApi] = [
        Worker(
            config.udp_host,
            config.udp_port + index if config.udp_port else 0,
            packet_rate=config.participant_packets,
            bit_rate=1000 * config.participant_kbps,
            thin_start=True,
        )
        for index in range(config.workers)
    ]
    return workers, RingFull


def run(config: MediaConfig, log: Any) -> None:
    """Run the media process; blocks until SIGTERM or SIGINT. Raises `OSError` and `KeyFileError` at start."""
    uvloop.run(serve(lambda: MediaServer(config, log), started=memory.settle))
