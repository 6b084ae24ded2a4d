"""WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) over HTTP: how every standard client publishes and receives.

POST /whip/{room} and /whep/{room} with an SDP offer and a stream key as bearer make a stream; PATCH of its address
trickles candidates or restarts ICE, DELETE ends it. docs/whip.md tells of every status and code.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from interprocess.bodies import BodyRefused, read_bounded
from interprocess.problems import problem
from sfu.errors import Refused
from signalling.fragments import MAX_FRAGMENT, parse_fragment
from signalling.limits import TokenBucket
from signalling.sdp import MAX_SDP, SdpError, parse_offer
from signalling.session import Desk
from signalling.stream_keys import KIND_AT, Door, StreamKey, StreamKeyVerifier
from signalling.streams import Stream, Streams

SDP: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"

BODY_SECONDS: Final = 10.0
"""How long a body may take to come."""

OPENS_PER_SECOND: Final = 10.0
OPENS_BURST: Final = 60.0
"""Streams one key may ask for: a class may share a key to watch."""

MAX_BUCKETS: Final = 10_000
TICK_SECONDS: Final = 1.0

_STATUS: Final = {
    "key_missing": 401, "key_invalid": 401, "key_expired": 401, "key_revoked": 401,
    "key_of_another_room": 403, "key_of_another_kind": 403, "key_of_another_stream": 403, "origin_not_allowed": 403,
    "not_found": 404, "method_not_allowed": 405, "codec_not_supported": 406, "slow_body": 408, "room_ended": 409,
    "precondition_failed": 412, "body_too_large": 413, "wrong_content_type": 415, "precondition_required": 428,
    "too_many_requests": 429,
    "call_full": 503, "node_full": 503, "overloaded": 503, "draining": 503, "room_not_ready": 503,
    "bad_sdp": 400, "bad_fragment": 400, "broken_body": 400,
}  # fmt: skip
"""HTTP status of a refusal; those not named here are 422: understood, and impossible."""

_RETRY_AFTER: Final = {"call_full": 10, "node_full": 10, "overloaded": 2, "draining": 5, "room_not_ready": 2,
                       "too_many_requests": 2}  # fmt: skip
_EXPOSED: Final = "Location, Link, ETag, Accept-Patch, Accept-Post, Retry-After, WWW-Authenticate"


class StandardDoors:
    """The handlers, over one node's streams. `start` and `stop` run on the loop that serves them."""

    def __init__(self, desk: Desk, streams: Streams, keys: StreamKeyVerifier, origins: list[str]) -> None:
        self._desk = desk
        self._streams = streams
        self._keys = keys
        self._origins = origins
        self._links = list(ice_links(desk.ice_servers))
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def routes(self) -> list[web.RouteDef]:
        """What to put on the public listener."""
        return [
            web.route("*", "/{door:whip|whep}/{room}", self._serve_endpoint),
            web.route("*", "/{door:whip|whep}/{room}/{stream}", self._serve_stream),
        ]

    def start(self) -> None:
        """Look after streams from now on."""
        self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def stop(self) -> None:
        """Look after them no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _tick(self) -> None:
        self.start()
        try:
            self._streams.handle_timer(time.monotonic())
        except Exception as error:  # one stream's trouble must not end the others' care
            self._desk.defect("streams", error)

    # --- requests ---

    async def _serve_endpoint(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, {"POST": self._post}, {"Accept-Post": SDP})

    async def _serve_stream(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, {"PATCH": self._patch, "DELETE": self._delete}, {"Accept-Patch": FRAGMENT})

    async def _answer(
        self, request: web.Request, methods: dict[str, Callable[..., Any]], accepts: dict[str, str]
    ) -> web.StreamResponse:
        """Dispatch by method; refusals become problem documents; every answer may be read by pages of other sites."""
        allowed = ", ".join([*methods, "OPTIONS"])
        response: web.StreamResponse
        try:
            self._check_origin(request)
            if request.method == "OPTIONS":
                response = web.Response(status=204, headers={"Allow": allowed, **accepts})
            elif request.method in methods:
                response = await methods[request.method](request, _door(request))
            else:
                raise Refused("method_not_allowed", f"this address takes {allowed}")
        except (Refused, SdpError) as refused:
            response = self._refusal(refused.code, str(refused))
            if response.status == 405:
                response.headers["Allow"] = allowed
            elif response.status == 415:
                response.headers.update(accepts)
        except Exception as error:  # a defect of ours costs one answer
            self._desk.defect("whip", error)
            response = self._refusal("internal", "the server failed at this; it is not your fault", 500)
        response.headers.update(self._cors(request, allowed))
        return response

    async def _post(self, request: web.Request, door: Door) -> web.Response:
        room_id = request.match_info["room"]
        key = self._key(request, door, room_id)
        self._limit(key)
        _check_type(request, SDP)
        text = await _body(request, MAX_SDP)
        offer = parse_offer(text)
        room = await self._streams.room(room_id)
        stream, answer = self._streams.open(door, room, key, offer, time.monotonic())
        headers = {
            "Location": f"/{door}/{quote(room_id, safe='')}/{stream.id}",
            "ETag": f'"{stream.etag}"',
            "Accept-Patch": FRAGMENT,
            "Cache-Control": "no-store",
        }
        response = web.Response(status=201, body=answer.encode(), content_type=SDP, headers=headers)
        for link in self._links:
            response.headers.add("Link", link)
        return response

    async def _patch(self, request: web.Request, door: Door) -> web.Response:
        stream = self._stream(request, door)
        _check_type(request, FRAGMENT)
        text = await _body(request, MAX_FRAGMENT)
        fragment = parse_fragment(text)
        match = request.headers.get("If-Match")
        if match is None:
            raise Refused("precondition_required", "name the ICE session by If-Match; * restarts it")
        tags = [tag.strip() for tag in match.split(",")]
        if "*" not in tags and f'"{stream.etag}"' not in tags:
            raise Refused("precondition_failed", "that ICE session is over")
        given = fragment.credentials
        if given is None or given.ufrag == stream.remote.ufrag:
            return web.Response(status=204)  # candidates: checks from them come by themselves
        if not given.password:
            raise Refused("bad_fragment", "a restart names a new user fragment and a new password")
        body = self._streams.restart_ice(stream, given)
        headers = {"ETag": f'"{stream.etag}"', "Cache-Control": "no-store"}
        return web.Response(status=200, body=body.encode(), content_type=FRAGMENT, headers=headers)

    async def _delete(self, request: web.Request, door: Door) -> web.Response:
        self._streams.end(self._stream(request, door), "left", time.monotonic())
        return web.Response(status=200)

    # --- who asks ---

    def _key(self, request: web.Request, door: Door, room: str, *, expired: bool = False) -> StreamKey:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused("key_missing", "send a stream key as bearer")
        key = self._keys.read(token.strip(), self._desk.unix(time.monotonic()), expired=expired)
        if key.room != room:
            raise Refused("key_of_another_room", "the key is for another room")
        if key.kind != KIND_AT[door]:
            raise Refused("key_of_another_kind", f"this door takes keys to {KIND_AT[door]}")
        return key

    def _stream(self, request: web.Request, door: Door) -> Stream:
        """The stream addressed, for the key that opened it; an expired key may still end what it began."""
        room = request.match_info["room"]
        key = self._key(request, door, room, expired=True)
        stream = self._streams.find(door, room, request.match_info["stream"])
        if stream is None:
            raise Refused("not_found", "there is no such stream (any more)")
        if stream.key.sub != key.sub:
            raise Refused("key_of_another_stream", "the stream was opened with another key")
        return stream

    def _limit(self, key: StreamKey) -> None:
        now = time.monotonic()
        bucket = self._buckets.get(key.sub)
        if bucket is None:
            while len(self._buckets) >= MAX_BUCKETS:
                self._buckets.popitem(last=False)
            bucket = self._buckets[key.sub] = TokenBucket(OPENS_PER_SECOND, OPENS_BURST, now)
        if not bucket.take(now):
            raise Refused("too_many_requests", "too many streams were asked for with this key")

    def _check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if self._origins and origin is not None and origin not in self._origins:
            raise Refused("origin_not_allowed", "pages of this origin may not connect here")

    def _cors(self, request: web.Request, allowed: str) -> dict[str, str]:
        """Bearers are sent by hand and never by a browser on its own, so any page may ask (Fetch, CORS protocol)."""
        origin = request.headers.get("Origin", "")
        headers = {"Access-Control-Expose-Headers": _EXPOSED}
        if not self._origins:
            headers["Access-Control-Allow-Origin"] = "*"
        elif origin in self._origins:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Vary"] = "Origin"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = allowed
            headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, If-Match"
            headers["Access-Control-Max-Age"] = "86400"
        return headers

    def _refusal(self, code: str, text: str, status: int | None = None) -> web.Response:
        self._desk.node.metrics.streams_refused.labels(code).inc()
        status = status or _STATUS.get(code, 422)
        response = problem(status, code, text)
        response.headers["Cache-Control"] = "no-store"
        if code in _RETRY_AFTER:
            response.headers["Retry-After"] = str(_RETRY_AFTER[code])
        if code == "key_missing":
            response.headers["WWW-Authenticate"] = 'Bearer realm="sfera"'
        elif status == 401:
            response.headers["WWW-Authenticate"] = 'Bearer realm="sfera", error="invalid_token"'
        elif code.startswith("key_of"):
            response.headers["WWW-Authenticate"] = 'Bearer realm="sfera", error="insufficient_scope"'
        return response


def ice_links(servers: list[dict[str, Any]]) -> list[str]:
    """STUN and TURN servers as Link headers (RFC 9725 section 4.5)."""
    found: list[str] = []
    for server in servers:
        urls = server.get("urls", [])
        for url in [urls] if isinstance(urls, str) else urls:
            link = f'<{url}>; rel="ice-server"'
            if server.get("username"):
                link += f"; username={_quoted(server['username'])}; credential={_quoted(server.get('credential', ''))}"
                link += '; credential-type="password"'
            found.append(link)
    return found


def _quoted(text: object) -> str:
    """RFC 9110 section 5.6.4."""
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _door(request: web.Request) -> Door:
    return "whip" if request.match_info["door"] == "whip" else "whep"


def _check_type(request: web.Request, wanted: str) -> None:
    if request.content_type != wanted:
        raise Refused("wrong_content_type", f"the body is {wanted}")


async def _body(request: web.Request, limit: int) -> str:
    """The body as text. What is longer than `limit` bytes is not read to its end."""
    try:
        body = await read_bounded(request, limit, BODY_SECONDS)
    except BodyRefused as refused:
        raise Refused(refused.code, refused.detail) from None
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise SdpError("bad_sdp", "the body is not UTF-8") from None
