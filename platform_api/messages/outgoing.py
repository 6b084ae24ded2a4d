"""What somebody wants to send, and whether they may: everything that is asked before a message is written.

A whole batch is asked at once, within the transaction that writes it: so what is allowed here is allowed when it is
written, and a batch of two hundred costs as many queries as one message.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.chats import ChatAccess, access_pairs, people_of_chat, require_contacts
from platform_api.messages.files import describe_attached
from platform_api.messages.rules import Attachment, Forwarded, NewPoll
from platform_api.messages.words import WordList, word_lists
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import messages, people


@dataclass(frozen=True, slots=True)
class Source:
    """Which message is forwarded."""

    chat_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message as its author wants it, its text cleaned."""

    chat_id: str
    author: Viewer
    client_id: str
    text: str = ""
    reply_to: int | None = None
    mentions: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    poll: NewPoll | None = None
    source: Source | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Author and client id: there is one message of that name."""
        return self.author.id, self.client_id


@dataclass(slots=True)
class Allowed:
    """A message that may be written."""

    wanted: Outgoing
    access: ChatAccess
    text: str
    mentions: list[Named] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    forwarded: Forwarded | None = None
    flagged_by: str | None = None
    """The word of the school's list that brings it before an administrator."""


async def check(conn: AsyncConnection, batch: Sequence[Outgoing]) -> list[Allowed | errors.ApiError]:
    """For each of a batch what is to be written, or the refusal."""
    pairs = [(wanted.chat_id, person) for wanted in batch for person in (wanted.author.id, *wanted.mentions)]
    met = await access_pairs(conn, pairs)
    lists = await word_lists(conn, {access.school.id for access in met.values() if access.has_policy})
    replies = await _replied_to(conn, batch)
    found: list[Allowed | errors.ApiError] = []
    for wanted in batch:
        try:
            found.append(await _allow(conn, wanted, met, lists, replies))
        except errors.ApiError as error:
            found.append(error)
    return found


async def _allow(
    conn: AsyncConnection,
    wanted: Outgoing,
    met: dict[tuple[str, str], ChatAccess],
    lists: dict[str, WordList],
    replies: dict[tuple[str, int], Any],
) -> Allowed:
    access = met.get((wanted.chat_id, wanted.author.id))
    if access is None:
        raise errors.NotFound
    access.require_change(access.may_post)
    if wanted.poll is not None and not access.may_poll:
        raise errors.Forbidden
    await require_contacts(conn, access)
    _require_reply(wanted, access, replies)
    allowed = Allowed(wanted, access, wanted.text)
    allowed.mentions = await _mentioned(conn, wanted, met)
    if wanted.attachments:
        allowed.attachments = await describe_attached(conn, wanted.author, wanted.attachments)
    if wanted.source is not None:
        await _take_over(conn, allowed, wanted.source)
    allowed.flagged_by = _judge(lists.get(access.school.id), allowed)
    return allowed


def _require_reply(wanted: Outgoing, access: ChatAccess, replies: dict[tuple[str, int], Any]) -> None:
    """Raises InvalidBody for a reply to what is not there, or not theirs to read."""
    if wanted.reply_to is None:
        return
    at = replies.get((wanted.chat_id, wanted.reply_to))
    if at is None or not access.reads(at):
        raise errors.InvalidBody("There is no such message - at `$.reply_to`")


def _judge(words: WordList | None, allowed: Allowed) -> str | None:
    """The word for which an administrator is asked to look. Raises RestrictedWord."""
    if words is None:
        return None
    poll = allowed.wanted.poll
    return words.judge("\n".join([allowed.text, *(poll.options if poll is not None else ())]))


async def _mentioned(conn: AsyncConnection, wanted: Outgoing, met: dict[tuple[str, str], ChatAccess]) -> list[Named]:
    if not wanted.mentions:
        return []
    if any((wanted.chat_id, person) not in met for person in wanted.mentions):
        raise errors.InvalidBody("Somebody here does not read the chat - at `$.mentions`")
    rows = await conn.execute(sa.select(people.c.id, people.c.name).where(people.c.id.in_(wanted.mentions)))
    names = {row.id: Named(row.id, row.name) for row in rows}
    return [names[person] for person in wanted.mentions]


async def _replied_to(conn: AsyncConnection, batch: Sequence[Outgoing]) -> dict[tuple[str, int], Any]:
    """When the messages that a batch replies to were sent."""
    wanted = {(one.chat_id, one.reply_to) for one in batch if one.reply_to is not None}
    if not wanted:
        return {}
    rows = await conn.execute(
        sa.select(messages.c.chat_id, messages.c.number, messages.c.at).where(
            sa.tuple_(messages.c.chat_id, messages.c.number).in_(sorted(wanted))
        )
    )
    return {(row.chat_id, row.number): row.at for row in rows}


async def _take_over(conn: AsyncConnection, allowed: Allowed, source: Source) -> None:
    """Text and files of a message that is forwarded: whoever reads the chat must be able to read it where it stands.

    Raises NotFound, MessageDeleted, NotForThem.
    """
    wanted = allowed.wanted
    readers = await people_of_chat(conn, source.chat_id)
    mine = readers.get(wanted.author.id)
    if mine is None:
        raise errors.NotFound
    row = (
        await conn.execute(
            sa.select(messages, people.c.name)
            .join(people, people.c.id == sa.func.coalesce(messages.c.forwarded_from, messages.c.author_id))
            .where(messages.c.chat_id == source.chat_id, messages.c.number == source.number)
        )
    ).one_or_none()
    if row is None or not mine.reads(row.at):
        raise errors.NotFound
    if row.deleted_at is not None or row.has_poll:
        raise errors.MessageDeleted if row.deleted_at is not None else errors.Forbidden
    here = await people_of_chat(conn, wanted.chat_id)
    if not all(person in readers and readers[person].reads(row.at) for person in here):
        raise errors.NotForThem
    allowed.text = row.text
    # Files that are gone, or that the one who forwards may not read any more, stay behind.
    with contextlib.suppress(errors.InvalidBody):
        allowed.attachments = await describe_attached(conn, wanted.author, [one["file_id"] for one in row.files or ()])
    allowed.forwarded = Forwarded(Named(row.forwarded_from or row.author_id, row.name), row.forwarded_at or row.at)
