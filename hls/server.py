"""The hls process: origin, recordings, live broadcasts; beside them the control API, `/metrics` and `/health`."""

from __future__ import annotations

from pathlib import Path

import uvloop
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from structlog.stdlib import BoundLogger

from hls.archive import Archive
from hls.config import HlsConfig
from hls.control import MAX_BODY, ControlApi
from hls.library import Library
from hls.metrics import OriginCollector
from hls.origin import Limits, Origin
from hls.registry import Options, Registry
from hls.settings import MediaSettings
from hls.tally import TallyCollector
from hls.timing import Timing
from interprocess.calls import HLS_AUDIENCE, CallVerifier
from interprocess.keys import load_key
from interprocess.running import serve, tls_context


class HlsServer:
    """Everything of one hls process. `start` and `stop` run on one loop.

    `port` and `control_port` are the listeners' real ones once it has started. Raises `KeyFileError`, and `OSError`
    when the folder of the recordings cannot be made.
    """

    def __init__(self, config: HlsConfig, log: BoundLogger) -> None:
        self.config = config
        self.port = 0
        self.control_port = 0
        self._log = log
        verifier = CallVerifier(load_key(config.control_key, private=False), HLS_AUDIENCE)
        self.archive = Archive(Path(config.data_dir))
        self.origin = Origin(
            Limits(
                max_connections=config.max_connections,
                max_connections_per_address=config.max_connections_per_address,
                proxies=tuple(config.proxies),
                max_request_bytes=config.max_request_bytes,
                header_seconds=config.header_seconds,
                idle_seconds=config.idle_seconds,
            )
        )
        self.library = Library(self.archive)
        self.library.bind(self.origin)
        self.registry = Registry(self.origin, self.archive, _options(config), log)
        self.metrics = CollectorRegistry()
        ProcessCollector(registry=self.metrics)
        PlatformCollector(registry=self.metrics)
        GCCollector(registry=self.metrics)
        self.metrics.register(OriginCollector(self.origin.counts, lambda: len(self.registry.live)))
        self.metrics.register(TallyCollector(self.registry.tally, self.registry.live.values))
        refused = Counter("sfera_hls_control_refused_total", "Control calls refused", ["cause"], registry=self.metrics)
        self._control = ControlApi(self.registry, verifier, refused)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Find the live broadcasts again, then listen. Raises `OSError`."""
        config = self.config
        await self.registry.restore()
        await self.origin.start(config.host, config.port, tls=tls_context(config.tls_cert, config.tls_key))
        self.port = self.origin.port
        control = web.Application(client_max_size=MAX_BODY)
        control.add_routes(self._control.routes())
        control.router.add_get("/metrics", self._metrics)
        control.router.add_get("/health", self._health)
        self._runner = web.AppRunner(control, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, config.control_host, config.control_port).start()
        self.control_port = int(self._runner.addresses[0][1])
        self._log.info(
            "hls listens",
            viewers=f"{config.host}:{self.port}",
            control=f"{config.control_host}:{self.control_port}",
            rtp=config.rtp_host,
            tls=config.tls,
        )

    async def stop(self) -> None:
        """Write down what is under way; nothing is ended, the next process goes on with it."""
        if self._runner is not None:
            await self._runner.cleanup()
        await self.registry.close()
        await self.origin.close()
        await self.library.close()
        await self.archive.close()
        self._log.info("hls stopped")

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self.metrics), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "broadcasts": len(self.registry.live)})


def _options(config: HlsConfig) -> Options:
    return Options(
        rtp_host=config.rtp_host,
        timing=Timing(part_target=config.part_target, segment_seconds=config.segment_seconds, exact_keyframes=True),
        settings=MediaSettings(
            height=config.video_height,
            fps=config.video_fps,
            kbps=config.video_kbps,
            audio_kbps=config.audio_kbps,
            encoder_threads=config.encoder_threads,
        ),
        limit=config.max_broadcasts,
    )


def run(config: HlsConfig, log: BoundLogger) -> None:
    """Run the hls process; blocks until SIGTERM or SIGINT. Raises `OSError` and `KeyFileError` at start."""
    uvloop.run(serve(lambda: HlsServer(config, log)))
