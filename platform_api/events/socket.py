"""GET /api/v1/events/socket: events as they happen.

The page says `{"resume_after": cursor}` within ten seconds and is told `ready` or `resync_required`, then `events` as
they come. Later it may say `{"typing": chat}`, which the chat's readers are told and nobody keeps. The socket closes
with 4401 when the session is over, with 4403 when a membership of the person ended (the page connects again and goes on
behind its cursor, as whoever it is now), with 4400 for a message that makes no sense, with 1013 for a page that does
not read.
"""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from platform_api import errors
from platform_api.events.delivery import Shared
from platform_api.events.following import Following, Missed
from platform_api.events.hub import HUB, SESSION_OVER, Hub
from platform_api.events.live import Live
from platform_api.events.reading import Cursor
from platform_api.events.rules import NowTyping, Resume, Told
from platform_api.http.viewers import require_viewer
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.services import Services, services

FIRST_MESSAGE_SECONDS = 10.0
HEARTBEAT_SECONDS = 25.0
QUIET_SECONDS = 60.0
"""Time until a page is told its cursor though nothing concerned it."""
SEND_SECONDS = 10.0
"""A page that takes no message in this time is let go; it resumes when it reads again."""
TYPING_SECONDS = 2.0
"""Time between two notices of a page that its person types; those between are passed over."""
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
    await _Talk(parts, hub, viewer, socket, request).run()
    return socket


class _Talk:
    """One open socket: the request's own task listens, one more tells."""

    def __init__(
        self, parts: Services, hub: Hub, viewer: Viewer, socket: web.WebSocketResponse, request: web.Request
    ) -> None:
        self.session_id = viewer.session_id
        self._parts = parts
        self._hub = hub
        self._viewer = viewer
        self._socket = socket
        self._transport = request.transport
        self._ending: asyncio.Task[None] | None = None
        self._typed_at = 0.0

    def end(self, code: int) -> None:
        """The hub saw that the session is no more, or the server stops."""
        if self._ending is None:
            reason = b"session_over" if code == SESSION_OVER else b""
            self._ending = asyncio.create_task(self._close(code, reason))

    async def run(self) -> None:
        """Talk until one side has enough."""
        self._hub.add(self)
        telling: asyncio.Task[None] | None = None
        try:
            resume = await self._first_message()
            if resume is not None:
                telling = asyncio.create_task(self._tell_or_close(resume))
                await self._listen()
        finally:
            self._hub.remove(self)
            for task in (telling, self._ending):
                if task is not None:
                    if task is telling:
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
        """A page says after its first message only that its person types; this returns when it is gone."""
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                    await self._note_typing(msgspec.json.decode(message.data, type=NowTyping).typing)
                    continue
            await self._close(BAD_MESSAGE, b"not_understood")

    async def _note_typing(self, chat_id: str) -> None:
        now = self._parts.monotonic()
        if now - self._typed_at >= TYPING_SECONDS:
            self._typed_at = now
            await self._hub.type_in(Named(self._viewer.id, self._viewer.name), chat_id)

    async def _tell_or_close(self, resume: Resume) -> None:
        try:
            await self._tell(resume)
        except ConnectionError:
            pass
        except Exception:
            log.exception("event_socket_failed")
            await self._close(WSCloseCode.INTERNAL_ERROR, b"")

    async def _tell(self, resume: Resume) -> None:
        following = self._begin(resume.resume_after)
        if following is not None and await following.holds():
            await self._say(Told("ready", following.cursor.encode()))
        else:
            following = self._now()
            await self._say(Told("resync_required", following.cursor.encode()))
        while not following.lost_membership:
            try:
                await self._catch_up(following)
            except Missed:
                following = self._now()
                await self._say(Told("resync_required", following.cursor.encode()))
            if not following.lost_membership:
                await self._follow(following)
        await self._close(MEMBERSHIP_LOST, b"membership_lost")

    async def _catch_up(self, following: Following) -> None:
        """Tell all that is in the log behind the page's cursor. Raises Missed."""
        while not following.lost_membership and (found := await following.next()) is not None:
            await self._say(Told("events", following.cursor.encode(), found))

    async def _follow(self, following: Following) -> None:
        """Tell what comes, until a membership ended or the page has fallen back."""
        live = Live(self._viewer.id, following.cursor.position, self._transport)
        self._hub.delivery.add(live)
        try:
            while not live.fell_back and not following.lost_membership:
                if await live.wait(QUIET_SECONDS):
                    await self._hand_over(live, following)
                elif self._hub.delivery.handed > live.told:
                    live.told = self._hub.delivery.handed
                    await self._say(Told("events", Cursor(following.cursor.epoch, live.told).encode()))
        finally:
            self._hub.delivery.remove(live)
            following.cursor = Cursor(following.cursor.epoch, live.told)

    async def _hand_over(self, live: Live, following: Following) -> None:
        """Tell what waits, in its order."""
        while live.waiting and not following.lost_membership:
            item = live.waiting.popleft()
            if isinstance(item, Shared):
                await self._send(item.payload)
            elif found := await following.judge([item]):
                await self._say(Told("events", Cursor(following.cursor.epoch, item.position).encode(), found))
            live.told = item.position

    def _begin(self, text: str | None) -> Following | None:
        """The way on behind the page's cursor; None where the cursor is none of ours."""
        if text is None:
            return self._now()
        cursor = Cursor.decode(text)
        return None if cursor is None else Following(self._parts.db, self._hub, self._viewer.id, cursor)

    def _now(self) -> Following:
        return Following(self._parts.db, self._hub, self._viewer.id, self._hub.head)

    async def _say(self, message: Told) -> None:
        await self._send(msgspec.json.encode(message))

    async def _send(self, payload: bytes) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_frame(payload, WSMsgType.TEXT)
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
