"""Problem documents (RFC 9457) of the HTTP endpoints by which processes speak with each other."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from aiohttp import web

_TITLES = {
    400: "Bad request",
    401: "Not authorised",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    500: "Internal error",
    503: "Unavailable",
}


def problem(status: int, code: str, detail: str) -> web.Response:
    """A problem document; `code` is stable."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return web.Response(
        status=status,
        body=msgspec.json.encode({**body, "code": code}),
        content_type="application/problem+json",
    )
