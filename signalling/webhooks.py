"""Webhooks: what happened in rooms, posted to the platform, signed, in order, again until it is acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import secrets
import ssl
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import msgspec
from joserfc.jwk import OKPKey
from msgspec import Struct

from interprocess.calls import WEBHOOK_AUDIENCE, sign_call
from interprocess.tasks import end
from sfu.events import Report
from sfu.metrics import Metrics

MAX_WAITING: Final = 1000
"""Webhooks kept while the platform does not answer; after that the oldest is dropped and counted."""

LONGEST_PAUSE: Final = 60.0
"""Seconds between tries, at most; they grow 1, 2, 4, ... up to it."""

MAX_REFUSALS: Final = 5
"""A webhook the platform refuses (4xx) this often will never be taken: it is dropped, and the next one goes."""

TIMEOUT_SECONDS: Final = 10.0

Trust = aiohttp.Fingerprint | bool
"""What aiohttp takes as `ssl`: one certificate, or whatever the system's authorities signed."""


class Webhook(Struct, frozen=True, omit_defaults=True):
    """The body of one webhook. `at` is Unix time in seconds; the platform drops an `id` it has seen."""

    id: str
    at: float
    event: str
    node: str
    room: str
    participant: str | None = None
    person: str | None = None
    role: str | None = None
    data: dict[str, str] | None = None


class Webhooks:
    """A bounded queue and the task that empties it. `tell` is called from the loop's thread and never waits."""

    def __init__(
        self,
        url: str,
        key: OKPKey,
        node_id: str,
        metrics: Metrics,
        *,
        certificate: str = "",
        pause: Callable[[float], Any] = asyncio.sleep,
    ) -> None:
        self._url = url
        self._key = key
        self._node_id = node_id
        self._metrics = metrics
        self._pause = pause
        self._certificate = certificate
        self._waiting: deque[Webhook] = deque()
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    def tell(self, report: Report) -> None:
        """Queue a report; without a URL it goes nowhere."""
        if not self._url:
            return
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popleft()
            self._metrics.webhooks.labels("overflow").inc()
        self._waiting.append(
            Webhook(
                id=secrets.token_urlsafe(16),
                at=report.at,
                event=report.event,
                node=self._node_id,
                room=report.room,
                participant=report.participant,
                person=report.person,
                role=report.role,
                data=report.data,
            )
        )
        self._metrics.webhooks_waiting.set(len(self._waiting))
        self._idle.clear()
        self._arrived.set()

    def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.create_task(self._deliver())

    async def stop(self, seconds: float = 2.0) -> None:
        """Deliver what waits for at most `seconds`, then end."""
        if self._task is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        await end(self._task)

    async def _deliver(self) -> None:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            trust = _trust(self._certificate)
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                while self._waiting:
                    hook = self._waiting.popleft()
                    await self._deliver_one(session, trust, hook)
                    self._metrics.webhooks_waiting.set(len(self._waiting))
                self._idle.set()

    async def _deliver_one(self, session: aiohttp.ClientSession, trust: Trust, hook: Webhook) -> None:
        """Try until it is acknowledged, refused too often, or the queue behind it has overflown."""
        body = msgspec.json.encode(hook)
        wait = 1.0
        refusals = 0
        while True:
            status = await self._post(session, trust, body)
            if 200 <= status < 300:
                self._metrics.webhooks.labels("delivered").inc()
                return
            if 400 <= status < 500 and status not in (408, 425, 429):
                refusals += 1
                if refusals >= MAX_REFUSALS:
                    self._metrics.webhooks.labels("refused").inc()
                    return
            self._metrics.webhooks.labels("retried").inc()
            await self._pause(wait * random.uniform(0.8, 1.2))
            wait = min(wait * 2, LONGEST_PAUSE)

    async def _post(self, session: aiohttp.ClientSession, trust: Trust, body: bytes) -> int:
        """One try; the status, or 0 when there was no answer."""
        path = urlsplit(self._url).path or "/"
        headers = {
            "Authorization": sign_call(self._key, WEBHOOK_AUDIENCE, "POST", path, body, time.time()),
            "Content-Type": "application/json",
        }
        try:
            async with session.post(self._url, data=body, headers=headers, ssl=trust, allow_redirects=False) as answer:
                return answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0


def _trust(certificate: str) -> Trust:
    """Which certificates are accepted: exactly the given one, or what the system trusts."""
    if not certificate:
        return True
    der = ssl.PEM_cert_to_DER_cert(_first_certificate(Path(certificate).read_text()))
    return aiohttp.Fingerprint(hashlib.sha256(der).digest())


def _first_certificate(pem: str) -> str:
    """The leaf of a chain file."""
    end = "-----END CERTIFICATE-----"
    return pem[pem.index("-----BEGIN CERTIFICATE-----") : pem.index(end) + len(end)] + "\n"
