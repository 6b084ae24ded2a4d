"""Calls that may be sent again: Idempotency-Key.

The answer is kept in the transaction of the change, so either both are there or neither. A key belongs to one person
(or address, where nobody is signed in), one call and one body. Refusals are not kept: what failed is tried again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.schema import idempotency_keys as kept

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
KEPT_HEADERS = ("Content-Type", "ETag", "Location")

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class Repeatable:
    """One call under one key."""

    scope: str
    key: str
    method: str
    path: str
    digest: bytes

    @asynccontextmanager
    async def alone(self, under_way: set[tuple[str, str]]) -> AsyncIterator[None]:
        """Nobody else does the same call in this process meanwhile. Raises RequestUnderWay."""
        mark = (self.scope, self.key)
        if mark in under_way:
            raise errors.RequestUnderWay(retry_after=1)
        under_way.add(mark)
        try:
            yield
        finally:
            under_way.discard(mark)

    async def find(self, conn: AsyncConnection, now: datetime) -> web.Response | None:
        """The answer that was given already, or None. Raises IdempotencyKeyReused, RequestUnderWay."""
        mine = sa.and_(kept.c.scope == self.scope, kept.c.key == self.key, kept.c.created_at > now - KEPT_FOR)
        row = (await conn.execute(sa.select(kept).where(mine))).one_or_none()
        if row is None:
            return None
        if (row.method, row.path, row.request_hash) != (self.method, self.path, self.digest):
            raise errors.IdempotencyKeyReused
        if row.status is None:
            raise errors.RequestUnderWay(retry_after=1)
        headers = {**(row.headers or {}), "Cache-Control": "no-store", "Idempotency-Replayed": "true"}
        return web.Response(status=row.status, body=row.body, headers=headers)

    async def begin(self, conn: AsyncConnection, now: datetime) -> web.Response | None:
        """The answer that was given already, or None: then the key is taken.

        Raises IdempotencyKeyReused, RequestUnderWay (another process is at it).
        """
        await conn.execute(sa.delete(kept).where(kept.c.created_at <= now - KEPT_FOR))
        found = await self.find(conn, now)
        if found is not None:
            return found
        try:
            await conn.execute(
                sa.insert(kept).values(
                    scope=self.scope,
                    key=self.key,
                    method=self.method,
                    path=self.path,
                    request_hash=self.digest,
                    created_at=now,
                )
            )
        except IntegrityError as error:
            raise errors.RequestUnderWay(retry_after=1) from error
        return None

    async def end(self, conn: AsyncConnection, response: web.StreamResponse) -> None:
        """Keep the answer. Cookies are not kept: a repeated call signs nobody in."""
        body = response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else None
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        await conn.execute(
            sa.update(kept)
            .where(kept.c.scope == self.scope, kept.c.key == self.key)
            .values(status=response.status, headers=headers, body=body)
        )


def repeatable(request: web.Request, scope: str, body: bytes) -> Repeatable | None:
    """The call under its key; None where it has none. Raises InvalidIdempotencyKey."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if _KEY.fullmatch(key) is None:
        raise errors.InvalidIdempotencyKey
    digest = hashlib.sha256(request.rel_url.raw_query_string.encode() + b"\0" + body).digest()
    return Repeatable(scope[:80], key, request.method, request.rel_url.raw_path[:500], digest)
