"""Pushes of messages: a bounded queue behind the writer, encryption, the call, tries again, and what is gone removed.

A push says that something was written, and where; what was written only to those who have asked for that. It is a help,
not a promise: when the queue is full, or the process ends, pushes are lost, messages are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec
import sqlalchemy as sa
import structlog
from aiohttp import web
from pywebpush import WebPusher, WebPushException

from interprocess.tasks import end
from platform_api.clock import Clock
from platform_api.db import Database
from platform_api.messages.outgoing import Allowed
from platform_api.messages.rules import Message
from platform_api.metrics import Metrics
from platform_api.push.endpoints import Endpoints
from platform_api.push.recipients import Recipient, find_recipients
from platform_api.push.vapid import Sender
from platform_api.schema import push_subscriptions

MAX_WAITING = 1000
"""Messages whose pushes wait."""
AT_ONCE = 20
"""Calls of push services at a time."""
MAX_RETRIES = 500
"""Pushes that wait to be tried again."""
AGAIN_SECONDS = (1.0, 5.0, 30.0)
LOOK_EVERY = timedelta(seconds=5)
"""How often it is looked whether any browser is to be told at all."""
TTL_SECONDS = 24 * 3600
"""How long a service keeps a push for a browser that is off."""
MAX_BODY_CHARACTERS = 120
TIMEOUT = aiohttp.ClientTimeout(total=10.0, sock_connect=5.0)

_ANYBODY = sa.select(push_subscriptions.c.id).limit(1)

log = structlog.get_logger("sfera.api")


class Pusher:
    """Sends pushes in tasks of its own; without a sender it does nothing."""

    def __init__(self, db: Database, sender: Sender | None, endpoints: Endpoints, metrics: Metrics, now: Clock) -> None:
        self.sender = sender
        self.endpoints = endpoints
        self._db = db
        self._metrics = metrics
        self._now = now
        self._queue: asyncio.Queue[tuple[Message, str, str]] = asyncio.Queue(MAX_WAITING)
        self._calls = asyncio.Semaphore(AT_ONCE)
        self._retries: set[asyncio.Task[None]] = set()
        self._anybody = False
        self._look_at = datetime.min.replace(tzinfo=UTC)
        self._task: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Begin to send."""
        if self.sender is not None:
            connector = aiohttp.TCPConnector(limit=AT_ONCE, resolver=self.endpoints.resolver())
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
            self._task = asyncio.create_task(self._run(), name="push")

    async def stop(self) -> None:
        """Send no more."""
        await end(self._task, *self._retries)
        if self._session is not None:
            await self._session.close()

    def take(self, written: Sequence[Allowed], shown: Sequence[Message]) -> None:
        """Messages that were written just now."""
        if self._task is None:
            return
        for allowed, message in zip(written, shown, strict=True):
            title = allowed.access.title or (allowed.access.klass.name if allowed.access.klass is not None else "")
            try:
                self._queue.put_nowait((message, allowed.access.kind, title))
            except asyncio.QueueFull:
                self._metrics.pushes.labels("dropped").inc()

    async def settle(self) -> None:
        """Wait until nothing waits; what is tried again is waited for as well."""
        await self._queue.join()
        while self._retries:
            await asyncio.gather(*self._retries, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            message, kind, title = await self._queue.get()
            try:
                found = await self._recipients(message)
                await asyncio.gather(*(self._push(one, _payload(message, kind, title, one), 0) for one in found))
            except Exception:
                log.exception("push_failed")
            finally:
                self._queue.task_done()

    async def _recipients(self, message: Message) -> list[Recipient]:
        if self._now() >= self._look_at:
            self._look_at = self._now() + LOOK_EVERY
            async with self._db.read() as conn:
                self._anybody = await conn.scalar(_ANYBODY) is not None
        if not self._anybody:
            return []
        async with self._db.read(slow=True) as conn:
            return await find_recipients(conn, message.chat_id, message.author.id, self._now())

    async def _push(self, to: Recipient, payload: bytes, tried: int) -> None:
        status = await self._call(to, payload)
        if status in (404, 410):
            await self._forget(to)
            result = "gone"
        elif 200 <= status < 300:
            result = "sent"
        elif status in (0, 429) or status >= 500:
            result = "again" if self._try_again(to, payload, tried) else "failed"
        else:
            result = "refused"
            log.warning("push_refused", status=status)
        self._metrics.pushes.labels(result).inc()

    async def _call(self, to: Recipient, payload: bytes) -> int:
        """Call the service; its status, 0 where there was no answer, 410 for an address that may not be called."""
        if self._session is None or self.sender is None or not self.endpoints.allows(to.endpoint):
            return 410
        try:
            subscription = {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}}
            body = WebPusher(subscription).encode(payload)["body"]
        except (WebPushException, ValueError):
            return 410  # keys that are none
        headers = {
            **self.sender.headers(to.endpoint, self._now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_SECONDS),
            "Urgency": "normal",
        }
        try:
            async with (
                self._calls,
                self._session.post(to.endpoint, data=body, headers=headers, allow_redirects=False) as response,
            ):
                return response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    def _try_again(self, to: Recipient, payload: bytes, tried: int) -> bool:
        if tried >= len(AGAIN_SECONDS) or len(self._retries) >= MAX_RETRIES:
            return False
        task = asyncio.create_task(self._later(to, payload, tried), name="push-again")
        self._retries.add(task)
        task.add_done_callback(self._retries.discard)
        return True

    async def _later(self, to: Recipient, payload: bytes, tried: int) -> None:
        await asyncio.sleep(AGAIN_SECONDS[tried])
        await self._push(to, payload, tried + 1)

    async def _forget(self, to: Recipient) -> None:
        async with self._db.write() as conn:
            await conn.execute(sa.delete(push_subscriptions).where(push_subscriptions.c.id == to.subscription_id))


def _payload(message: Message, kind: str, title: str, to: Recipient) -> bytes:
    """What the browser's service worker is told, JSON: nothing of what was written unless that was asked for."""
    said: dict[str, Any] = {"chat_id": message.chat_id, "number": message.number, "kind": kind}
    if to.show_text:
        said["title"] = title or message.author.name
        said["body"] = f"{message.author.name}: {message.text[:MAX_BODY_CHARACTERS]}"
    return msgspec.json.encode(said)


PUSHER: web.AppKey[Pusher] = web.AppKey("pusher", Pusher)
"""The process's sender of pushes."""
