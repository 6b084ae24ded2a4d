"""Around every request: refusals and failures into problems, and nothing that another site made."""

from __future__ import annotations

import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from platform_api import errors
from platform_api.http.operation import SAFE_METHODS
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
    which nobody here answers). SameSite=Lax of the cookie says the same; two locks are better than one. An app's
    Authorization header is such a header, and with it the cookie is not looked at.
    """
    if request.method not in SAFE_METHODS and not request.path.startswith("/hooks/"):
        if request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site":
            raise errors.CrossSite("This call comes from another site.")
        own_header = "X-Sfera" in request.headers or "Authorization" in request.headers
        if request.body_exists:
            if request.content_type != "application/json" and not own_header:
                raise errors.UnsupportedMediaType
        elif not own_header:
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
