"""The one path by which messages are written: many sends, one transaction, one commit.

Whoever sends waits in a queue; one task takes all that wait, asks for the whole batch what may be written, writes it,
commits, and answers. While it is at it the next batch gathers: a lone message is written as it comes; where one comes
after the other, transactions begin some milliseconds apart, so that a commit (on SQLite an fsync), its queries and the
reading of the event log behind it are shared by as many as came meanwhile. What was answered is committed, and
survives kill -9. A client id is good for one message of its author: sent again, the message that is there is answered.

The entry of the event log stands in the same transaction, one a message, however many read the chat.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from aiohttp import web
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from interprocess.tasks import end
from platform_api import errors
from platform_api.clock import Clock
from platform_api.db import Database
from platform_api.dialects import is_sqlite
from platform_api.events import record_all
from platform_api.events.delivery import Delivery
from platform_api.messages.files import attach
from platform_api.messages.outgoing import Allowed, Outgoing, check
from platform_api.messages.rules import Message, Option, Poll
from platform_api.messages.showing import show_named
from platform_api.messages.terms import search_text
from platform_api.metrics import Metrics
from platform_api.moderation.reporting import file_report
from platform_api.people.rules import Named
from platform_api.schema import chat_states, chats, messages, polls

BATCH = 200
"""Messages of one transaction."""
APART_SECONDS = 0.006
"""From the beginning of one transaction to that of the next."""
MAX_WAITING = 4000
"""Messages that may wait to be written; a school sends some tens a second."""

log = structlog.get_logger("sfera.api")


class Sent(NamedTuple):
    """What came of a send."""

    message: Message
    new: bool
    """False: the message was there under its client id."""


@dataclass(slots=True)
class Waiting:
    """A send in the queue."""

    wanted: Outgoing
    answer: asyncio.Future[Sent]


Name = tuple[str, str]
"""Author and client id of a message."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a batch."""

    answers: dict[Name, Sent | errors.ApiError]
    written: list[Allowed]
    shown: list[Message]


Heard = Callable[[Sequence[Allowed], Sequence[Message]], None]
"""Is told what was committed; it must return at once."""


class Appender:
    """Writes messages in a task of its own."""

    def __init__(self, db: Database, told: Delivery, metrics: Metrics, now: Clock) -> None:
        self._db = db
        self._told = told
        self._metrics = metrics
        self._now = now
        self._queue: deque[Waiting] = deque()
        self._filled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._heard: list[Heard] = []

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="messages-append")

    async def stop(self) -> None:
        """Write no more; who waits is told to try again."""
        await end(self._task)
        while self._queue:
            self._fail([self._queue.popleft()], errors.ChatBusy(retry_after=1))

    def on_sent(self, heard: Heard) -> None:
        """Have `heard` called after each commit."""
        self._heard.append(heard)

    async def append(self, wanted: Outgoing) -> Sent:
        """Write a message; it is committed when this returns. Raises what `outgoing.check` refuses, ChatBusy."""
        if len(self._queue) >= MAX_WAITING:
            raise errors.ChatBusy(retry_after=1)
        waiting = Waiting(wanted, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._filled.set()
        return await waiting.answer

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        began = now() - APART_SECONDS
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._queue:
                await asyncio.sleep(max(0.0, began + APART_SECONDS - now()))
                began = now()
                batch = self._take()
                try:
                    await self._serve(batch)
                except Exception as error:
                    self._fail(batch, _as_refusal(error))
                except BaseException:
                    self._fail(batch, errors.ChatBusy(retry_after=1))
                    raise

    def _take(self) -> list[Waiting]:
        """The next batch: one message of a name, in the order in which they came."""
        batch: list[Waiting] = []
        names: set[Name] = set()
        while self._queue and len(batch) < BATCH and self._queue[0].wanted.name not in names:
            waiting = self._queue.popleft()
            if not waiting.answer.done():  # a page that has gone away has not sent
                names.add(waiting.wanted.name)
                batch.append(waiting)
        return batch

    async def _serve(self, batch: list[Waiting]) -> None:
        if not batch:
            return
        try:
            outcome = await self._write(batch, {})
        except IntegrityError:
            # Rare: a name that is there already. Only then is it asked which.
            outcome = await self._write(batch, None)
        self._metrics.messages_sent.inc(len(outcome.written))
        if outcome.written:
            self._metrics.message_batches.inc()
        for waiting in batch:
            answer = outcome.answers[waiting.wanted.name]
            if waiting.answer.done():
                continue
            if isinstance(answer, Sent):
                waiting.answer.set_result(answer)
            else:
                waiting.answer.set_exception(answer)
        for heard in self._heard:
            heard(outcome.written, outcome.shown)

    async def _write(self, batch: list[Waiting], there: dict[Name, Message] | None) -> _Outcome:
        """One transaction; `there`: what stands under the batch's names already, None: it has to be looked for.

        Raises IntegrityError where more stands there.
        """
        shown: list[Message] = []
        try:
            return await self._commit([waiting.wanted for waiting in batch], there, shown)
        except BaseException:
            self._told.forget_written(shown)
            raise

    async def _commit(
        self, wanted: list[Outgoing], there: dict[Name, Message] | None, shown: list[Message]
    ) -> _Outcome:
        """The same; `shown` takes what is about to be committed."""
        async with self._db.write(quick=True) as conn:
            if there is None:
                there = await _sent_before(conn, wanted)
            fresh = [one for one in wanted if one.name not in there]
            answers: dict[Name, Sent | errors.ApiError] = {
                one.name: _repeated(one, there[one.name]) for one in wanted if one.name in there
            }
            written: list[Allowed] = []
            for one, allowed in zip(fresh, await check(conn, fresh), strict=True):
                if isinstance(allowed, Allowed):
                    written.append(allowed)
                else:
                    answers[one.name] = allowed
            shown += await write(conn, written, self._now())
            self._told.note_written(shown)
            for allowed, message in zip(written, shown, strict=True):
                answers[allowed.wanted.name] = Sent(message, True)
        return _Outcome(answers, written, shown)

    def _fail(self, batch: Sequence[Waiting], error: Exception) -> None:
        for waiting in batch:
            if not waiting.answer.done():
                waiting.answer.set_exception(error)


async def write(conn: AsyncConnection, allowed: Sequence[Allowed], now: datetime) -> list[Message]:
    """Write messages that may be written, in their order, each with its entry of the event log."""
    if not allowed:
        return []
    numbers: dict[str, int] = {}
    at: dict[str, datetime] = {}
    rows: list[dict[str, Any]] = []
    for one in allowed:
        chat_id = one.access.id
        numbers[chat_id] = numbers.get(chat_id, one.access.last_number) + 1
        at[chat_id] = max(now, one.access.last_at or now)
        rows.append(_row(one, numbers[chat_id], at[chat_id]))
    await conn.execute(_INSERT, rows)
    await conn.execute(
        _NEW_LAST, [{"of_chat": chat, "to_number": number, "to_at": at[chat]} for chat, number in numbers.items()]
    )
    await _hang_on(conn, allowed, rows)
    for one, row in zip(allowed, rows, strict=True):
        if one.attachments:
            await attach(conn, one.wanted.author, row["chat_id"], row["number"], one.attachments, row["at"])
    await _read_own(conn, rows)
    await record_all(
        conn,
        [
            {
                "kind": "message.sent",
                "subject": row["chat_id"],
                "school_id": one.access.school.id,
                "data": {"number": row["number"]},
            }
            for one, row in zip(allowed, rows, strict=True)
        ],
    )
    return [_message(one, row) for one, row in zip(allowed, rows, strict=True)]


_NEW_LAST = (
    sa.update(chats)
    .where(chats.c.id == sa.bindparam("of_chat"))
    .values(last_number=sa.bindparam("to_number"), last_at=sa.bindparam("to_at"))
)


def _row(one: Allowed, number: int, at: datetime) -> dict[str, Any]:
    poll = one.wanted.poll
    options = () if poll is None else poll.options
    return {
        "chat_id": one.access.id,
        "number": number,
        "author_id": one.wanted.author.id,
        "client_id": one.wanted.client_id,
        "at": at,
        "text": one.text,
        "reply_to": one.wanted.reply_to,
        "forwarded_from": None if one.forwarded is None else one.forwarded.author.id,
        "forwarded_at": None if one.forwarded is None else one.forwarded.at,
        "mentions": [person.id for person in one.mentions] or None,
        "files": one.attachments or None,
        "has_poll": poll is not None,
        "flagged": one.flagged_by is not None,
        "search": search_text(one.access.id, "\n".join([one.text, *options, *(each.name for each in one.attachments)])),
    }


async def _hang_on(conn: AsyncConnection, allowed: Sequence[Allowed], rows: Sequence[dict[str, Any]]) -> None:
    """Polls, and reports of flagged messages: what names a message by its id."""
    wanted = [
        (one, row) for one, row in zip(allowed, rows, strict=True) if one.wanted.poll is not None or one.flagged_by
    ]
    for one, row in wanted:
        message_id = await conn.scalar(
            sa.select(messages.c.id).where(messages.c.chat_id == row["chat_id"], messages.c.number == row["number"])
        )
        poll = one.wanted.poll
        if poll is not None:
            await conn.execute(
                sa.insert(polls).values(
                    message_id=message_id,
                    options=poll.options,
                    multiple=poll.multiple,
                    anonymous=poll.anonymous,
                    closes_at=poll.closes_at,
                )
            )
        if one.flagged_by is not None:
            await file_report(
                conn,
                one.access.school.id,
                row["at"],
                message_id=message_id,
                reason="word",
                note=one.flagged_by,
                text=one.text,
            )


async def _read_own(conn: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Who writes has read up to there."""
    read = {(row["chat_id"], row["author_id"]): row["number"] for row in rows}
    await conn.execute(
        _READ_SQLITE if is_sqlite(conn) else _READ_POSTGRESQL,
        [{"chat_id": chat, "person_id": person, "read_number": number} for (chat, person), number in read.items()],
    )


def _move_read(statement: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    return statement.on_conflict_do_update(
        index_elements=["chat_id", "person_id"], set_={"read_number": statement.excluded.read_number}
    )


_INSERT = sa.insert(messages)
_READ_SQLITE, _READ_POSTGRESQL = (
    _move_read(sqlite.insert(chat_states)),
    _move_read(postgresql.insert(chat_states)),
)


async def _sent_before(conn: AsyncConnection, batch: Sequence[Outgoing]) -> dict[tuple[str, str], Message]:
    """Messages that are there under the names of a batch."""
    rows = (
        await conn.execute(
            sa.select(messages.c.author_id, messages.c.client_id).where(
                sa.tuple_(messages.c.author_id, messages.c.client_id).in_([wanted.name for wanted in batch])
            )
        )
    ).all()
    return await show_named(conn, [(row.author_id, row.client_id) for row in rows]) if rows else {}


def _repeated(wanted: Outgoing, message: Message) -> Sent | errors.ApiError:
    return Sent(message, False) if message.chat_id == wanted.chat_id else errors.ClientIdReused()


def _message(one: Allowed, row: dict[str, Any]) -> Message:
    poll = one.wanted.poll
    return Message(
        chat_id=row["chat_id"],
        number=row["number"],
        author=Named(one.wanted.author.id, one.wanted.author.name),
        at=row["at"],
        text=one.text,
        client_id=one.wanted.client_id,
        reply_to=one.wanted.reply_to,
        mentions=one.mentions,
        attachments=one.attachments,
        poll=None
        if poll is None
        else Poll(
            options=[Option(text, 0) for text in poll.options],
            multiple=poll.multiple,
            anonymous=poll.anonymous,
            closes_at=poll.closes_at,
            closed=False,
            voters=0,
            mine=[],
        ),
        reactions=[],
        forwarded=one.forwarded,
        pinned=False,
        flagged=False,
        edited_at=None,
        deleted_at=None,
    )


def _as_refusal(error: Exception) -> Exception:
    """A full disk is told as what it is; the chat goes on once there is room."""
    if isinstance(error, OperationalError) and ("disk is full" in str(error.orig) or "53100" in str(error.orig)):
        return errors.StorageFull(retry_after=60)
    log.error("messages_not_written", exc_info=error)
    return errors.ApiError()


APPENDER: web.AppKey[Appender] = web.AppKey("appender", Appender)
"""The process's writer of messages."""
