"""The api process: the application, its start and its end."""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import structlog
import uvloop
from aiohttp import web

from interprocess.addresses import Addresses
from interprocess.listening import IDLE_SECONDS, MAX_WAITING_PER_ADDRESS, Listener
from interprocess.running import tls_context
from platform_api.broadcasts.hls import HlsControl
from platform_api.broadcasts.studio import STUDIO, Studio
from platform_api.bus import make_bus
from platform_api.checkpoints import CHECKPOINTS, Checkpoints
from platform_api.clock import Clock, utc_now
from platform_api.config import ApiConfig, ConfigError
from platform_api.db import Database
from platform_api.documents.config import MIB
from platform_api.documents.links import Links
from platform_api.documents.receiving import Receiving
from platform_api.documents.upload_routes import add_tus_header
from platform_api.documents.workshop import WORKSHOP, Workshop
from platform_api.events.hub import HUB, Hub
from platform_api.http import MAX_BODY, limit_addresses, problems, same_site
from platform_api.http.reference import REFERENCE, Reference
from platform_api.lessons.keeper import KEEPER, Keeper
from platform_api.lessons.media import MediaControl
from platform_api.limits import Buckets
from platform_api.memory import GARBAGE, Garbage
from platform_api.messages.appending import APPENDER, Appender
from platform_api.messages.scheduling import SCHEDULER, Scheduler
from platform_api.metrics import Metrics
from platform_api.moderation.retention import RETENTION, Retention
from platform_api.pages import add_headers, serve
from platform_api.people.passwords import Passwords
from platform_api.people.throttle import Throttle
from platform_api.proxies import networks
from platform_api.push.endpoints import Endpoints
from platform_api.push.pusher import PUSHER, Pusher
from platform_api.push.vapid import load_sender
from platform_api.routes import ROUTES
from platform_api.service import product_version
from platform_api.services import SERVICES, Services
from platform_api.sign_in.registry import PROVIDERS, Providers
from platform_api.signing import WEBHOOK_AUDIENCE, CallVerifier, load_key
from platform_api.storage import Storage
from platform_api.stream_keys.doorkeeper import DOORKEEPER, Doorkeeper

GRACE_SECONDS = 5.0
"""How long answers under way may take when the process is asked to stop."""

SWITCH_SECONDS = 0.001
"""How long a thread that has what it waited for waits for the interpreter while another computes. Python's own 5 ms
would be most of the time that a commit takes under load."""

log = structlog.get_logger("sfera.api")


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
        proxies=networks("trusted_proxies", config.trusted_proxies),
        metrics_readers=networks("metrics_from", config.metrics_from),
        person_limit=Buckets(config.person_calls_per_minute),
        address_limit=Buckets(config.address_calls_per_minute),
        storage=Storage(config.storage, Path(config.files_dir), min_free=config.documents.min_free_mib * MIB),
        links=Links(signing_key, now, config.documents.link_minutes),
        receiving=Receiving(config.documents.uploads_at_once),
        now=now,
        monotonic=monotonic,
    )
    app = web.Application(middlewares=[problems, limit_addresses, same_site], client_max_size=MAX_BODY)
    app[SERVICES] = parts
    app[REFERENCE] = Reference(ROUTES, product_version())
    app[PROVIDERS] = Providers(config.sign_in, now, monotonic)
    hls = HlsControl(config.hls_control_url, signing_key, metrics, now)
    app[STUDIO] = studio = Studio(parts.db, parts.media, hls, metrics, now)
    idle = timedelta(minutes=config.idle_lesson_minutes)
    app[WORKSHOP] = Workshop(parts)
    app[DOORKEEPER] = Doorkeeper(parts.db, parts.media, now)
    app[KEEPER] = Keeper(parts.db, parts.media, metrics, now, idle, studio.wake)
    app[HUB] = Hub(
        parts.db,
        make_bus(config.bus_url),
        metrics,
        now,
        keep_days=config.event_days,
        keep=config.event_entries,
    )
    app[APPENDER] = appender = Appender(parts.db, app[HUB].delivery, metrics, now)
    app[PUSHER] = pusher = Pusher(
        parts.db,
        load_sender(config.push_key, config.push_contact or _contact(config)),
        Endpoints(config.push_services),
        metrics,
        now,
    )
    appender.on_sent(pusher.take)
    app[CHECKPOINTS] = Checkpoints(parts.db)
    app[GARBAGE] = Garbage()
    app[SCHEDULER] = Scheduler(parts.db, appender, now)
    app[RETENTION] = Retention(parts.db, now)
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_close_sockets)
    app.on_response_prepare.append(add_headers)
    app.on_response_prepare.append(add_tus_header)
    for table in ROUTES:
        app.add_routes(table)
    # Not below /api: there a known address with another method answers 405, not a page.
    app.router.add_get(r"/{path:(?!(?:api|hooks)(?:/|$)).*}", serve)
    return app


def run(config: ApiConfig) -> None:
    """Serve until SIGTERM or SIGINT. Blocks. Raises ConfigError, OSError when the address is taken."""
    sys.setswitchinterval(SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(config))


async def _running(app: web.Application) -> AsyncIterator[None]:
    parts = app[SERVICES]
    await parts.db.migrate()
    app[CHECKPOINTS].start()
    await app[HUB].start()
    app[APPENDER].start()
    app[PUSHER].start()
    app[SCHEDULER].start()
    app[RETENTION].start()
    app[KEEPER].start()
    app[STUDIO].start()
    app[DOORKEEPER].start()
    await app[WORKSHOP].start()
    yield
    await app[WORKSHOP].stop()
    await app[DOORKEEPER].stop()
    await app[STUDIO].stop()
    await app[KEEPER].stop()
    await app[RETENTION].stop()
    await app[SCHEDULER].stop()
    await app[APPENDER].stop()
    await app[PUSHER].stop()
    await app[HUB].stop()
    await app[CHECKPOINTS].stop()
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
    app = make_app(config)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_SECONDS, keepalive_timeout=IDLE_SECONDS)
    await runner.setup()
    parts = app[SERVICES]
    site = Listener(
        runner,
        config.host,
        config.port,
        addresses=Addresses(MAX_WAITING_PER_ADDRESS, parts.proxies),
        refused=lambda cause: parts.metrics.connections_refused.labels(cause).inc(),
        tls=_tls(config),
    )
    try:
        await site.start()
        app[GARBAGE].start()
        log.info("api_listening", addresses=[list(address[:2]) for address in runner.addresses], tls=config.tls)
        await stop.wait()
        log.info("api_stopping")
    finally:
        await app[GARBAGE].stop()
        await runner.cleanup()


def _contact(config: ApiConfig) -> str:
    """Whom push services write to: the address people type, if it is one of the public web."""
    return config.public_url if config.public_url.startswith("https://") else "mailto:webmaster@localhost"


def _tls(config: ApiConfig) -> ssl.SSLContext | None:
    try:
        return tls_context(config.tls_cert, config.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"api.tls_cert: {config.tls_cert}: {error}") from error
