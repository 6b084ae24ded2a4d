"""Posts for later: kept in the database, sent once when their time comes, by the one path all messages go.

A post is sent under its own client id. A process that ends between sending and writing down that it was sent finds,
when it starts again, the message that is there; so none is lost, and none is sent twice, also by two processes.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
import structlog
from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from interprocess.tasks import end
from platform_api import errors
from platform_api.access.chats import ChatAccess
from platform_api.clock import Clock, new_id
from platform_api.db import Database
from platform_api.events import record
from platform_api.memberships.rules import Id
from platform_api.messages.appending import Appender
from platform_api.messages.files import describe_attached
from platform_api.messages.outgoing import Outgoing
from platform_api.messages.rules import MAX_FILES, ClientId, Coming, NewPoll, Text
from platform_api.people.queries import Viewer
from platform_api.schema import people, scheduled_posts

MAX_SCHEDULED = 100
"""Posts of one channel that wait."""
LOOK_SECONDS = 1.0
AT_ONCE = 50

log = structlog.get_logger("sfera.api")


class NewScheduledPost(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /chats/{id}/scheduled."""

    client_id: ClientId
    at: Coming
    text: Text = ""
    attachments: Annotated[list[Id], Meta(max_length=MAX_FILES)] = []
    poll: NewPoll | None = None


class ScheduledPost(Struct, frozen=True):
    """A post that waits, or that could not be sent (`refused_as`: the code)."""

    id: str
    at: datetime
    text: str
    attachments: list[str]
    poll: NewPoll | None
    refused_as: str | None


class ScheduledPosts(Struct, frozen=True):
    """Answer of GET /chats/{id}/scheduled: one's own, the next first."""

    items: list[ScheduledPost]


class _Content(Struct, frozen=True):
    text: str
    attachments: list[str]
    poll: NewPoll | None


async def schedule(
    conn: AsyncConnection, viewer: Viewer, access: ChatAccess, body: NewScheduledPost, now: datetime
) -> ScheduledPost:
    """Keep a post for later. Raises InvalidBody, TooMany, ClientIdReused."""
    if body.at <= now:
        raise errors.InvalidBody("Must be a moment to come - at `$.at`")
    await describe_attached(conn, viewer, body.attachments)
    waiting = await conn.scalar(
        sa.select(sa.func.count()).where(
            scheduled_posts.c.chat_id == access.id,
            scheduled_posts.c.sent_at.is_(None),
            scheduled_posts.c.refused_as.is_(None),
        )
    )
    if (waiting or 0) >= MAX_SCHEDULED:
        raise errors.TooMany(extra={"limit": MAX_SCHEDULED})
    post_id = new_id()
    content = _Content(body.text, body.attachments, body.poll)
    try:
        async with conn.begin_nested():
            await conn.execute(
                sa.insert(scheduled_posts).values(
                    id=post_id,
                    chat_id=access.id,
                    author_id=viewer.id,
                    client_id=body.client_id,
                    at=body.at,
                    content=content,
                    created_at=now,
                )
            )
    except IntegrityError as error:
        raise errors.ClientIdReused from error
    await record(conn, "chat.state", access.id, person_id=viewer.id)
    return ScheduledPost(post_id, body.at, body.text, body.attachments, body.poll, None)


async def list_own(conn: AsyncConnection, viewer: Viewer, access: ChatAccess) -> list[ScheduledPost]:
    """One's posts that wait in a channel, and those that were refused when their time came."""
    rows = await conn.execute(
        sa.select(scheduled_posts)
        .where(
            scheduled_posts.c.chat_id == access.id,
            scheduled_posts.c.author_id == viewer.id,
            scheduled_posts.c.sent_at.is_(None),
        )
        .order_by(scheduled_posts.c.at, scheduled_posts.c.id)
    )
    found: list[ScheduledPost] = []
    for row in rows:
        content = msgspec.convert(row.content, _Content)
        found.append(ScheduledPost(row.id, row.at, content.text, content.attachments, content.poll, row.refused_as))
    return found


async def unschedule(conn: AsyncConnection, viewer: Viewer, access: ChatAccess, post_id: str) -> None:
    """Take one's post back before its time. Raises NotFound."""
    gone = await conn.execute(
        sa.delete(scheduled_posts).where(
            scheduled_posts.c.id == post_id,
            scheduled_posts.c.chat_id == access.id,
            scheduled_posts.c.author_id == viewer.id,
            scheduled_posts.c.sent_at.is_(None),
        )
    )
    if not gone.rowcount:
        raise errors.NotFound
    await record(conn, "chat.state", access.id, person_id=viewer.id)


class Scheduler:
    """Sends what is due, in a task of its own."""

    def __init__(self, db: Database, appender: Appender, now: Clock) -> None:
        self._db = db
        self._appender = appender
        self._now = now
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="messages-scheduler")

    async def stop(self) -> None:
        """Look no more."""
        await end(self._task)

    async def send_due(self) -> int:
        """Send what is due; returns how many posts were sent or refused."""
        async with self._db.read() as conn:
            due = (await conn.execute(_DUE, {"now": self._now(), "most": AT_ONCE})).all()
        for row in due:
            await self._send(row)
        return len(due)

    async def _send(self, row: Any) -> None:
        content = msgspec.convert(row.content, _Content)
        wanted = Outgoing(
            chat_id=row.chat_id,
            author=Viewer(row.author_id, row.name, row.login or ""),
            client_id=row.client_id,
            text=content.text,
            attachments=tuple(content.attachments),
            poll=content.poll,
        )
        refused: str | None = None
        try:
            await self._appender.append(wanted)
        except (errors.ChatBusy, errors.StorageFull):
            return  # it is tried again
        except errors.ApiError as error:
            if error.status >= 500:
                return
            refused = error.code
        async with self._db.write(quick=True) as conn:
            done = {"refused_as": refused} if refused is not None else {"sent_at": self._now()}
            await conn.execute(sa.update(scheduled_posts).where(scheduled_posts.c.id == row.id).values(**done))
            await record(conn, "chat.state", row.chat_id, person_id=row.author_id)

    async def _run(self) -> None:
        while True:
            try:
                await self.send_due()
            except Exception:
                log.exception("scheduled_posts_failed")
            await asyncio.sleep(LOOK_SECONDS)


_DUE = (
    sa.select(scheduled_posts, people.c.name, people.c.login)
    .join(people, people.c.id == scheduled_posts.c.author_id)
    .where(
        scheduled_posts.c.at <= sa.bindparam("now", type_=scheduled_posts.c.at.type),
        scheduled_posts.c.sent_at.is_(None),
        scheduled_posts.c.refused_as.is_(None),
    )
    .order_by(scheduled_posts.c.at)
    .limit(sa.bindparam("most", type_=sa.Integer))
)

SCHEDULER: web.AppKey[Scheduler] = web.AppKey("scheduler", Scheduler)
"""The process's sender of posts for later."""
