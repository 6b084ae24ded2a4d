"""The door: bodies into typed structs, cookies into persons, structs into answers, refusals into problems."""

from __future__ import annotations

import time
from typing import Any, TypeVar

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from platform_api import errors
from platform_api.people.queries import Viewer, find_viewer
from platform_api.people.rules import COOKIE, token_hash
from platform_api.services import services

MAX_BODY = 64 * 1024
"""Longest request body, bytes."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

T = TypeVar("T")
log = structlog.get_logger("sfera.api")


async def read_body(request: web.Request, form: type[T]) -> T:
    """The body as a struct, validated once. Raises UnsupportedMediaType, BodyTooLarge, MalformedJson, InvalidBody."""
    if request.content_type != "application/json":
        raise errors.UnsupportedMediaType
    body = await request.read()
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.ValidationError as error:
        raise errors.InvalidBody(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.MalformedJson from error


def answer(value: Any, *, status: int = 200) -> web.Response:
    """A struct as JSON; what a person sees is theirs alone and is kept by no cache."""
    response = web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def nothing() -> web.Response:
    """204: done, nothing to say."""
    return web.Response(status=204)


async def require_viewer(request: web.Request) -> Viewer:
    """The signed-in person. Raises NotSignedIn."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise errors.NotSignedIn
    parts = services(request)
    async with parts.db.read() as conn:
        viewer = await find_viewer(conn, token_hash(token), parts.now())
    if viewer is None:
        raise errors.NotSignedIn
    return viewer


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal and failure of what is inside as a problem document, counted."""
    parts = services(request)
    started = time.perf_counter()
    code = ""
    try:
        response = await handler(request)
    except errors.ApiError as error:
        code, response = error.code, error.response()
    except web.HTTPException as error:
        code, response = _http_problem(error)
    except Exception:
        log.exception("request_failed", method=request.method, route=_route(request))
        failure = errors.ApiError()
        code, response = failure.code, failure.response()
    if code:
        parts.metrics.refusals.labels(code).inc()
    route, status = _route(request), str(response.status)
    parts.metrics.requests.labels(route, _method(request), status).inc()
    parts.metrics.request_seconds.labels(route).observe(time.perf_counter() - started)
    log.debug("request", method=request.method, route=route, status=response.status, code=code or None)
    return response


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse changing calls that another site could have made in the person's browser.

    Such a site can send neither application/json nor a header of its own without asking first (a CORS preflight,
    which nobody here answers). SameSite=Lax of the cookie says the same; two locks are better than one.
    """
    if request.method not in SAFE_METHODS and not request.path.startswith("/hooks/"):
        if request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site":
            raise errors.CrossSite("This call comes from another site.")
        if request.body_exists:
            if request.content_type != "application/json":
                raise errors.UnsupportedMediaType
        elif "X-Sfera" not in request.headers:
            raise errors.CrossSite
    return await handler(request)


def _http_problem(error: web.HTTPException) -> tuple[str, web.StreamResponse]:
    """aiohttp's own refusals in our words."""
    headers = {name: value for name, value in error.headers.items() if name in ("Allow", "Retry-After")}
    known: dict[int, type[errors.ApiError]] = {
        404: errors.NotFound,
        405: errors.MethodNotAllowed,
        413: errors.BodyTooLarge,
        415: errors.UnsupportedMediaType,
    }
    if error.status < 400:
        return "", error
    refusal = known.get(error.status)
    if refusal is not None:
        return refusal.code, refusal(headers=headers).response()
    return "http_error", errors.problem(error.status, "http_error", error.reason, headers=headers)


def _route(request: web.Request) -> str:
    """The route's pattern, a bounded label for metrics and logs."""
    resource = request.match_info.route.resource
    return "none" if resource is None else resource.canonical


def _method(request: web.Request) -> str:
    return request.method if request.method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} else "other"
