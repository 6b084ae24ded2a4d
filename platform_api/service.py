"""What the process tells of itself: settings for pages, health, metrics."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import structlog
from aiohttp import web
from msgspec import Struct
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from platform_api import errors
from platform_api.errors import NotFound
from platform_api.http import answer, operation
from platform_api.pages import signal_url
from platform_api.proxies import address_of
from platform_api.services import services

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


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


@routes.get("/health")
async def health(request: web.Request) -> web.Response:
    """GET /health: 200 while the database answers, else 503. A media node that is away makes nobody ill here."""
    try:
        async with services(request).db.read() as conn:
            await conn.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        log.exception("database_does_not_answer")
        return answer({"status": "failing", "database": "failing"}, status=503)
    return answer({"status": "ok", "database": "ok"})


@routes.get("/metrics")
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
