"""The web client: files of web/dist, index.html for every page's address, the headers that keep it safe."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from platform_api.errors import BadHost, NotBuilt, NotFound
from platform_api.proxies import host_name, is_secure
from platform_api.services import services

NOT_PAGES = ("/api/", "/hooks/", "/assets/")
"""Addresses below these are never answered with index.html."""

IMMUTABLE = "public, max-age=31536000, immutable"
ALWAYS_ASK = "no-cache"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src {media} blob: mediastream:; font-src 'self'; manifest-src 'self'; "
    "worker-src 'self' blob:; connect-src {connect}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

WORKER = "/sw.js"
"""The service worker's address."""

WORKER_POLICY = "default-src 'none'; connect-src 'self'"
"""What the service worker may load: the program it keeps. A worker's policy is that of its own script's answer."""


def signal_url(request: web.Request) -> str:
    """The signalling WebSocket's address for the page that asks. Raises BadHost."""
    parts = services(request)
    if parts.config.media_signal_url:
        return parts.config.media_signal_url
    scheme = "wss" if is_secure(request, parts.proxies, parts.config.public_url) else "ws"
    return f"{scheme}://{host_name(request)}:{parts.config.media_port}/signal"


def doors_url(request: web.Request) -> str:
    """Where encoders and players knock (WHIP, WHEP): beside the signalling WebSocket. Raises BadHost."""
    scheme, _, rest = signal_url(request).partition("://")
    return f"{'https' if scheme == 'wss' else 'http'}://{rest.removesuffix('/signal')}"


def hls_url(request: web.Request) -> str:
    """Where viewers find broadcasts, without a slash at its end. Raises BadHost."""
    parts = services(request)
    if parts.config.hls_public_url:
        return parts.config.hls_public_url.rstrip("/")
    scheme = "https" if is_secure(request, parts.proxies, parts.config.public_url) else "http"
    return f"{scheme}://{host_name(request)}:{parts.config.hls_port}"


def page_url(request: web.Request, path: str) -> str:
    """A page's whole address, to be sent to somebody. Raises BadHost."""
    parts = services(request)
    if parts.config.public_url:
        return parts.config.public_url.rstrip("/") + path
    host_name(request)
    scheme = "https" if is_secure(request, parts.proxies, "") else "http"
    return f"{scheme}://{request.host}{path}"


def security_policy(request: web.Request) -> str:
    """Content-Security-Policy: the page loads from here, speaks with here, with the signalling address and with the
    address of broadcasts, which a phone's own player loads as media."""
    try:
        signal, hls = (_origin(url) for url in (signal_url(request), hls_url(request)))
    except BadHost:
        return POLICY.format(connect="'self'", media="'self'")
    return POLICY.format(connect=f"'self' {signal} {hls}", media=f"'self' {hls}")


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Headers of every answer (signal `on_response_prepare`)."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if response.content_type == "text/html":
        headers["Content-Security-Policy"] = security_policy(request)
        headers["Permissions-Policy"] = (
            "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()"
        )
    elif request.path == WORKER and response.status != 304:
        headers["Content-Security-Policy"] = WORKER_POLICY
    elif response.status != 304:
        # "Not modified" would put this policy over the stored page's own (RFC 9111, section 3.2).
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers.pop("Server", None)


async def serve(request: web.Request) -> web.StreamResponse:
    """A file of the web client, or index.html where the address is a page's. Raises NotFound."""
    root = Path(services(request).config.web_dist)
    path = request.match_info["path"]
    found = await asyncio.get_running_loop().run_in_executor(None, _find, root, path)
    if found is not None and found.name != "index.html":
        return _file(found, IMMUTABLE if path.startswith("assets/") else ALWAYS_ASK)
    if request.path.startswith(NOT_PAGES) or request.path in ("/api", "/hooks", "/assets"):
        raise NotFound
    index = await asyncio.get_running_loop().run_in_executor(None, _find, root, "index.html")
    if index is None:
        raise NotBuilt
    return _file(index, ALWAYS_ASK)


def _file(path: Path, cache: str) -> web.FileResponse:
    # aiohttp answers with the .br or .gz beside the file where the browser takes it, and knows ranges and ETags.
    return web.FileResponse(path, headers={"Cache-Control": cache})


def _find(root: Path, path: str) -> Path | None:
    """The file of this address inside the folder; never one outside, whatever the address says."""
    if not path or "\0" in path:
        return None
    try:
        found = (root / path).resolve()
        inside = found.is_relative_to(root.resolve()) and found.is_file()
    except (OSError, ValueError):
        return None
    return found if inside else None
