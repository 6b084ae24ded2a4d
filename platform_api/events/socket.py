"""GET /api/v1/events/socket: events as they happen.

The page says `{"resume_after": cursor}` within ten seconds and is told `ready` or `resync_required`, then `events` as
they come. The socket closes with 4401 when the session is over, with 4403 when a membership of the person ended (the
page connects again and goes on behind its cursor, as whoever it is now), with 4400 for a message that makes no sense,
with 1013 for a page that does not read.
"""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from platform_api import errors
from platform_api.events.following import Following, Missed
from platform_api.events.hub import HUB, SESSION_OVER, Hub
from platform_api.events.reading import Cursor
from platform_api.events.rules import Resume, Told
from platform_api.http.viewers import require_viewer
from platform_api.people.queries import Viewer
from platform_api.services import Services, services

FIRST_MESSAGE_SECONDS = 10.0
HEARTBEAT_SECONDS = 25.0
QUIET_SECONDS = 60.0
"""Time until a page is told its cursor though nothing concerned it."""
SEND_SECONDS = 10.0
"""A page that takes no message in this time is let go; it resumes when it reads again."""
MAX_MESSAGE = 1024
MAX_SOCKETS = 20
"""Open sockets of one session; the pages of one browser."""

BAD_MESSAGE, MEMBERSHIP_LOST = 4400, 4403

log = structlog.get_logger("sfera.api")
routes = web.RouteTableDef()


@routes.get("/api/v1/events/socket")
async def event_socket(request: web.Request) -> web.StreamResponse:
    """Follow the event log on a WebSocket."""
    parts, hub = services(request), request.config_dict[HUB]
    viewer = await require_viewer(request)
    _require_same_origin(request, parts)
    if hub.count(viewer.session_id) >= MAX_SOCKETS:
        raise errors.EventStreamBusy(retry_after=30)
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MAX_MESSAGE, compress=False)
    if not socket.can_prepare(request):
        raise errors.NotAWebSocket(headers={"Upgrade": "websocket"})
    await socket.prepare(request)
    await _Talk(parts, hub, viewer, socket).run()
    return socket


class _Talk:
    """One open socket."""

    def __init__(self, parts: Services, hub: Hub, viewer: Viewer, socket: web.WebSocketResponse) -> None:
        self.session_id = viewer.session_id
        self._parts = parts
        self._hub = hub
        self._viewer = viewer
        self._socket = socket
        self._over = asyncio.Event()
        self._code = SESSION_OVER

    def end(self, code: int) -> None:
        """The hub saw that the session is no more, or the server stops."""
        self._code = code
        self._over.set()

    async def run(self) -> None:
        """Talk until one side has enough."""
        self._hub.add(self)
        tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._over.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._over.is_set():
                await self._close(self._code, b"session_over" if self._code == SESSION_OVER else b"")
            elif (error := tasks[0].exception()) is not None and not isinstance(error, ConnectionError):
                log.error("event_socket_failed", exc_info=error)
                await self._close(WSCloseCode.INTERNAL_ERROR, b"")
        finally:
            self._hub.remove(self)
            for task in tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task

    async def _follow(self) -> None:
        resume = await self._first_message()
        if resume is None:
            return
        listening = asyncio.create_task(self._listen())
        telling = asyncio.create_task(self._tell(resume))
        try:
            await asyncio.wait([listening, telling], return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                telling.result()
        finally:
            for task in (listening, telling):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task

    async def _first_message(self) -> Resume | None:
        try:
            async with asyncio.timeout(FIRST_MESSAGE_SECONDS):
                message = await self._socket.receive()
        except TimeoutError:
            await self._close(BAD_MESSAGE, b"nothing_said")
            return None
        if message.type is WSMsgType.TEXT:
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                return msgspec.json.decode(message.data, type=Resume)
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            await self._close(BAD_MESSAGE, b"not_understood")
        return None

    async def _listen(self) -> None:
        """A page says nothing after its first message; this returns when it is gone."""
        async for _ in self._socket:
            await self._close(BAD_MESSAGE, b"not_understood")

    async def _tell(self, resume: Resume) -> None:
        following = self._begin(resume.resume_after)
        if following is not None and await following.holds():
            await self._say(Told("ready", following.cursor.encode()))
        else:
            following = self._now()
            await self._say(Told("resync_required", following.cursor.encode()))
        while not following.lost_membership:
            told = following.cursor
            try:
                found = await following.wait(QUIET_SECONDS)
            except Missed:
                following = self._now()
                await self._say(Told("resync_required", following.cursor.encode()))
                continue
            if found or following.cursor != told:
                await self._say(Told("events", following.cursor.encode(), found))
        await self._close(MEMBERSHIP_LOST, b"membership_lost")

    def _begin(self, text: str | None) -> Following | None:
        """The way on behind the page's cursor; None where the cursor is none of ours."""
        if text is None:
            return self._now()
        cursor = Cursor.decode(text)
        return None if cursor is None else Following(self._parts.db, self._hub, self._viewer.id, cursor)

    def _now(self) -> Following:
        return Following(self._parts.db, self._hub, self._viewer.id, self._hub.head)

    async def _say(self, message: Told) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_frame(msgspec.json.encode(message), WSMsgType.TEXT)
        except TimeoutError:
            await self._close(WSCloseCode.TRY_AGAIN_LATER, b"slow_reader")
            raise ConnectionResetError("the page does not read") from None

    async def _close(self, code: int, reason: bytes) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._socket.close(code=code, message=reason)


def _require_same_origin(request: web.Request, parts: Services) -> None:
    """Another site's page may open a socket to here, and the browser would send the cookie. Raises CrossSite."""
    origin = request.headers.get("Origin")
    if origin is None or "Authorization" in request.headers:
        return
    hosts = {request.host.lower(), urlsplit(parts.config.public_url).netloc.lower()} - {""}
    if urlsplit(origin).netloc.lower() not in hosts:
        raise errors.CrossSite("This call comes from another site.")
