"""The api process: the application, its start and its end."""

from __future__ import annotations

import asyncio
import signal
import ssl
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

import structlog
import uvloop
from aiohttp import web
from msgspec import Struct
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from platform_api import community, errors
from platform_api.broadcasts import routes as broadcast_routes
from platform_api.broadcasts.hls import HlsControl
from platform_api.broadcasts.studio import STUDIO, Studio
from platform_api.bus import make_bus
from platform_api.clock import Clock, utc_now
from platform_api.config import ApiConfig, ConfigError
from platform_api.db import Database
from platform_api.errors import NotFound
from platform_api.events import routes as event_routes
from platform_api.events import socket as event_socket
from platform_api.events.hub import HUB, Hub
from platform_api.http import MAX_BODY, answer, limit_addresses, operation, problems, same_site
from platform_api.lessons import hooks
from platform_api.lessons import routes as lesson_routes
from platform_api.lessons.keeper import KEEPER, Keeper
from platform_api.lessons.media import MediaControl
from platform_api.limits import Buckets
from platform_api.metrics import Metrics
from platform_api.pages import add_headers, serve, signal_url
from platform_api.people import accounts, consent, session_routes
from platform_api.people import routes as people_routes
from platform_api.people.passwords import Passwords
from platform_api.people.throttle import Throttle
from platform_api.proxies import Networks, address_of
from platform_api.services import SERVICES, Services, services
from platform_api.sign_in import routes as sign_in_routes
from platform_api.sign_in.registry import PROVIDERS, Providers
from platform_api.signing import WEBHOOK_AUDIENCE, CallVerifier, load_key

GRACE_SECONDS = 5.0
"""How long answers under way may take when the process is asked to stop."""

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


def make_app(
    config: ApiConfig, *, now: Clock = utc_now, monotonic: Callable[[], float] = time.monotonic
) -> web.Application:
    """The application. Raises ConfigError where keys or addresses cannot be used."""
    metrics = Metrics()
    signing_key = load_key(config.signing_key, "signing_key", private=True)
    parts = Services(
        config=config,
        db=Database(config.database_url, now=now),
        metrics=metrics,
        passwords=Passwords(),
        throttle=Throttle(),
        media=MediaControl(config.media_control_url, signing_key, metrics, now),
        signing_key=signing_key,
        webhooks=CallVerifier(load_key(config.webhook_key, "webhook_key", private=False), WEBHOOK_AUDIENCE),
        proxies=Networks("trusted_proxies", config.trusted_proxies),
        metrics_readers=Networks("metrics_from", config.metrics_from),
        person_limit=Buckets(config.person_calls_per_minute),
        address_limit=Buckets(config.address_calls_per_minute),
        now=now,
        monotonic=monotonic,
    )
    app = web.Application(middlewares=[problems, limit_addresses, same_site], client_max_size=MAX_BODY)
    app[SERVICES] = parts
    app[PROVIDERS] = Providers(config.sign_in, now, monotonic)
    hls = HlsControl(config.hls_control_url, signing_key, metrics, now)
    app[STUDIO] = studio = Studio(parts.db, parts.media, hls, metrics, now)
    idle = timedelta(minutes=config.idle_lesson_minutes)
    app[KEEPER] = Keeper(parts.db, parts.media, metrics, now, idle, studio.wake)
    app[HUB] = Hub(
        parts.db,
        make_bus(config.bus_url),
        metrics,
        now,
        keep_days=config.event_days,
        keep=config.event_entries,
    )
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_close_sockets)
    app.on_response_prepare.append(add_headers)
    for table in (
        people_routes.routes,
        session_routes.routes,
        consent.routes,
        accounts.routes,
        sign_in_routes.routes,
    ):
        app.add_routes(table)
    for table in community.ROUTES:
        app.add_routes(table)
    app.add_routes(lesson_routes.routes)
    app.add_routes(broadcast_routes.routes)
    app.add_routes(hooks.routes)
    app.add_routes(event_routes.routes)
    app.add_routes(event_socket.routes)
    app.add_routes(routes)
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", show_metrics)
    app.router.add_get("/{path:.*}", serve)
    return app


class ClientConfig(Struct, frozen=True):
    """What a page must know before anybody signs in."""

    name: str
    version: str
    signal_url: str


@operation(
    routes,
    "GET",
    "/api/v1/config",
    answers={200: ClientConfig},
    problems=(errors.BadHost,),
    tag="service",
    open=True,
)
async def client_config(request: web.Request) -> ClientConfig:
    """What a page must know before anybody signs in."""
    return ClientConfig("Sfera", product_version(), signal_url(request))


async def health(request: web.Request) -> web.Response:
    """GET /health: 200 while the database answers, else 503. A media node that is away makes nobody ill here."""
    try:
        async with services(request).db.read() as conn:
            await conn.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        log.exception("database_does_not_answer")
        return answer({"status": "failing", "database": "failing"}, status=503)
    return answer({"status": "ok", "database": "ok"})


async def show_metrics(request: web.Request) -> web.Response:
    """GET /metrics in Prometheus' text form, for those who may read it."""
    parts = services(request)
    # A proxy that is not named in the configuration forwards for the world: its own address says nothing.
    forwarded = "X-Forwarded-For" in request.headers and not parts.proxies.hold(request.remote or "")
    if forwarded or not parts.metrics_readers.hold(address_of(request, parts.proxies)):
        raise NotFound
    return web.Response(body=generate_latest(parts.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def product_version() -> str:
    """The installed version, or 0 in a checkout that was not installed."""
    try:
        return version("sfera")
    except PackageNotFoundError:
        return "0"


def run(config: ApiConfig) -> None:
    """Serve until SIGTERM or SIGINT. Blocks. Raises ConfigError, OSError when the address is taken."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(config))


async def _running(app: web.Application) -> AsyncIterator[None]:
    parts = app[SERVICES]
    await parts.db.migrate()
    await app[HUB].start()
    app[KEEPER].start()
    app[STUDIO].start()
    yield
    await app[STUDIO].stop()
    await app[KEEPER].stop()
    await app[HUB].stop()
    await app[PROVIDERS].close()
    await parts.media.close()
    parts.passwords.close()
    await parts.db.close()


async def _close_sockets(app: web.Application) -> None:
    app[HUB].close_sockets()


async def _serve(config: ApiConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(make_app(config), access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.host, config.port, ssl_context=_tls(config), backlog=1024)
        await site.start()
        log.info("api_listening", addresses=[list(address[:2]) for address in runner.addresses], tls=config.tls)
        await stop.wait()
        log.info("api_stopping")
    finally:
        await runner.cleanup()


def _tls(config: ApiConfig) -> ssl.SSLContext | None:
    if not config.tls:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config.tls_cert, config.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"api.tls_cert: {config.tls_cert}: {error}") from error
    return context
