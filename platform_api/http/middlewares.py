"""Around every request: refusals and failures into problems, and nothing that another site made."""

from __future__ import annotations

import math
import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from interprocess.addresses import network_of
from platform_api import errors
from platform_api.http.operation import SAFE_METHODS
from platform_api.http.viewers import VIEWER
from platform_api.language import Language, choose_language
from platform_api.proxies import address_of
from platform_api.services import services

log = structlog.get_logger("sfera.api")


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal and failure of what is inside as a problem document, counted."""
    parts = services(request)
    started = time.perf_counter()
    code = ""
    try:
        response = await handler(request)
    except errors.ApiError as error:
        code, response = error.code, error.response(_language(request))
    except web.HTTPException as error:
        code, response = _http_problem(error, _language(request))
    except Exception:
        log.exception("request_failed", method=request.method, route=_route(request))
        failure = errors.ApiError()
        code, response = failure.code, failure.response(_language(request))
    if code:
        parts.metrics.refusals.labels(code).inc()
    route, status = _route(request), str(response.status)
    parts.metrics.requests.labels(route, _method(request), status).inc()
    parts.metrics.request_seconds.labels(route).observe(time.perf_counter() - started)
    log.debug("request", method=request.method, route=route, status=response.status, code=code or None)
    return response


@web.middleware
async def limit_addresses(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse calls of an address that makes more of them than a whole school would."""
    if request.path.startswith("/api/"):
        parts = services(request)
        wait = parts.address_limit.take(network_of(address_of(request, parts.proxies)), parts.monotonic())
        if wait > 0.0:
            raise errors.TooManyRequests(retry_after=math.ceil(wait))
    return await handler(request)


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse changing calls that another site could have made in the person's browser.

    Such a site can send neither application/json nor a header of its own without asking first (a CORS preflight,
    which nobody here answers). SameSite=Lax of the cookie says the same; two locks are better than one. An app's
    Authorization header is such a header, and with it the cookie is not looked at.
    """
    served = request.match_info.http_exception is None
    if served and request.method not in SAFE_METHODS and not request.path.startswith("/hooks/"):
        if request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site":
            raise errors.CrossSite("This call comes from another site.")
        own_header = "X-Sfera" in request.headers or "Authorization" in request.headers
        if not own_header and not (request.body_exists and request.content_type == "application/json"):
            raise errors.CrossSite
    return await handler(request)


def _http_problem(error: web.HTTPException, language: Language) -> tuple[str, web.StreamResponse]:
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
        return refusal.code, refusal(headers=headers).response(language)
    return "http_error", errors.problem(error.status, "http_error", error.reason, headers=headers)


def _language(request: web.Request) -> Language:
    """What the request asks for, else the language of the person, if one was found before the refusal."""
    viewer = request.get(VIEWER)
    own = None if viewer is None else viewer.locale
    return choose_language(request.headers.get("Accept-Language", ""), own, services(request).config.language)


def _route(request: web.Request) -> str:
    """The route's pattern, a bounded label for metrics and logs."""
    resource = request.match_info.route.resource
    return "none" if resource is None else resource.canonical


def _method(request: web.Request) -> str:
    return request.method if request.method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} else "other"
