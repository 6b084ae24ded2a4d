"""What is done with a message that is there: edited, deleted, reacted to, pinned, voted on."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.chats import ChatAccess, access_chat, access_pairs
from platform_api.events import record
from platform_api.messages.files import detach
from platform_api.messages.history import Reading
from platform_api.messages.rules import (
    EDIT_WINDOW,
    MAX_EMOJI_KINDS,
    MAX_EMOJI_OF_ONE,
    MAX_PINS,
    Attachment,
    Message,
    OptionVotes,
    Votes,
)
from platform_api.messages.terms import search_text
from platform_api.messages.words import judge
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import chat_states, messages, people, poll_votes, polls, reactions


@dataclass(slots=True)
class Meeting:
    """One person before one message, in the transaction of a call."""

    conn: AsyncConnection
    access: ChatAccess
    row: Any
    now: datetime

    @property
    def is_author(self) -> bool:
        """Whether the person wrote it."""
        return bool(self.row.author_id == self.access.person_id)

    def require_standing(self) -> None:
        """Raises MessageDeleted."""
        if self.row.deleted_at is not None:
            raise errors.MessageDeleted

    def require_in_time(self) -> None:
        """Raises TooLate."""
        if self.now - self.row.at > EDIT_WINDOW:
            raise errors.TooLate

    async def tell(self) -> None:
        """Write the change into the log; the person's own devices read anew what is theirs alone."""
        data = {"number": self.row.number}
        school_id = self.access.school.id
        await record(self.conn, "message.changed", self.access.id, school_id=school_id, data=data)

    async def tell_own(self) -> None:
        """The same, and to the person themselves that what is their own in it changed."""
        await self.tell()
        data = {"number": self.row.number}
        await record(self.conn, "message.changed", self.access.id, person_id=self.access.person_id, data=data)

    async def shown(self) -> Message:
        """The message as the person sees it now."""
        return await Reading(self.conn, self.access, self.now).one(self.row.number)

    async def update(self, **values: Any) -> None:
        """Change the message's row."""
        await self.conn.execute(sa.update(messages).where(messages.c.id == self.row.id).values(**values))


async def meet(conn: AsyncConnection, viewer: Viewer, chat_id: str, number: int, now: datetime) -> Meeting:
    """A message that the person may read. Raises NotFound."""
    access = await access_chat(conn, viewer, chat_id)
    return Meeting(conn, access, await Reading(conn, access, now).row(number), now)


async def edit(meeting: Meeting, text: str, mentions: Sequence[str] | None) -> Message:
    """Change one's own text, for a while. Raises Forbidden, MessageDeleted, TooLate, RestrictedWord, InvalidBody."""
    meeting.require_standing()
    access, row = meeting.access, meeting.row
    access.require_change(access.may_post and meeting.is_author and row.forwarded_from is None)
    meeting.require_in_time()
    if not text and not row.files:
        raise errors.InvalidBody("Must not be blank - at `$.text`")
    await judge(meeting.conn, access.school.id, text)
    changed: dict[str, Any] = {"text": text, "edited_at": meeting.now}
    if mentions is not None:
        met = await access_pairs(meeting.conn, [(access.id, person) for person in mentions]) if mentions else {}
        if len(met) != len(set(mentions)):
            raise errors.InvalidBody("Somebody here does not read the chat - at `$.mentions`")
        changed["mentions"] = list(mentions) or None
    options = await meeting.conn.scalar(sa.select(polls.c.options).where(polls.c.message_id == row.id)) or ()
    files = [Attachment(**one).name for one in row.files or ()]
    await meeting.update(**changed, search=search_text(access.id, "\n".join([text, *options, *files])))
    await meeting.tell()
    return await meeting.shown()


async def delete(meeting: Meeting) -> None:
    """Delete a message: its author for a while, who moderates at any time. Deleting twice is no error.

    Raises Forbidden, TooLate.
    """
    if meeting.row.deleted_at is not None:
        return
    if not meeting.access.may_moderate:
        meeting.access.require_change(meeting.is_author)
        meeting.require_in_time()
    await empty(meeting.conn, [meeting.row.id], meeting.now, meeting.access.person_id)
    await meeting.tell()


async def empty(conn: AsyncConnection, ids: Sequence[int], now: datetime, by: str | None) -> None:
    """Take everything out of messages; their places stay."""
    await detach(conn, ids)
    await conn.execute(sa.delete(reactions).where(reactions.c.message_id.in_(ids)))
    await conn.execute(sa.delete(poll_votes).where(poll_votes.c.message_id.in_(ids)))
    await conn.execute(sa.delete(polls).where(polls.c.message_id.in_(ids)))
    await conn.execute(
        sa.update(messages)
        .where(messages.c.id.in_(ids))
        .values(
            text="",
            mentions=None,
            files=None,
            has_poll=False,
            forwarded_from=None,
            forwarded_at=None,
            pinned_at=None,
            pinned_by=None,
            search=None,
            deleted_at=now,
            deleted_by=by,
        )
    )


async def react(meeting: Meeting, emoji: str) -> Message:
    """React with an emoji. Raises Archived, MessageDeleted, InvalidBody, TooMany."""
    meeting.require_standing()
    meeting.access.require_change(meeting.access.may_react)
    _require_emoji(emoji)
    there = (
        await meeting.conn.execute(
            sa.select(reactions.c.emoji, reactions.c.person_id).where(reactions.c.message_id == meeting.row.id)
        )
    ).all()
    mine = {row.emoji for row in there if row.person_id == meeting.access.person_id}
    kinds = {row.emoji for row in there}
    if emoji in mine:
        return await meeting.shown()
    if len(mine) >= MAX_EMOJI_OF_ONE:
        raise errors.TooMany(extra={"limit": MAX_EMOJI_OF_ONE})
    if emoji not in kinds and len(kinds) >= MAX_EMOJI_KINDS:
        raise errors.TooMany(extra={"limit": MAX_EMOJI_KINDS})
    await meeting.conn.execute(
        sa.insert(reactions).values(
            message_id=meeting.row.id, emoji=emoji, person_id=meeting.access.person_id, at=meeting.now
        )
    )
    await meeting.tell_own()
    return await meeting.shown()


async def unreact(meeting: Meeting, emoji: str) -> Message:
    """Take a reaction back; one that is not there is no error. Raises Archived."""
    meeting.access.require_change(meeting.access.may_react)
    gone = await meeting.conn.execute(
        sa.delete(reactions).where(
            reactions.c.message_id == meeting.row.id,
            reactions.c.emoji == emoji,
            reactions.c.person_id == meeting.access.person_id,
        )
    )
    if gone.rowcount:
        await meeting.tell_own()
    return await meeting.shown()


async def pin(meeting: Meeting, *, pinned: bool) -> Message:
    """Pin a message or take it down. Raises Forbidden, Archived, MessageDeleted, TooMany."""
    meeting.require_standing()
    meeting.access.require_change(meeting.access.may_pin)
    if pinned == (meeting.row.pinned_at is not None):
        return await meeting.shown()
    if pinned:
        count = await meeting.conn.scalar(
            sa.select(sa.func.count()).where(messages.c.chat_id == meeting.access.id, messages.c.pinned_at.is_not(None))
        )
        if (count or 0) >= MAX_PINS:
            raise errors.TooMany(extra={"limit": MAX_PINS})
    await meeting.update(
        pinned_at=meeting.now if pinned else None, pinned_by=meeting.access.person_id if pinned else None
    )
    await meeting.tell()
    return await meeting.shown()


async def vote(meeting: Meeting, options: Sequence[int]) -> Message:
    """Vote, vote otherwise, or take the vote back. Raises NotFound (no poll), PollClosed, InvalidBody, Archived."""
    poll = await _open_poll(meeting)
    chosen = sorted(set(options))
    if (len(chosen) > 1 and not poll.multiple) or any(place >= len(poll.options) for place in chosen):
        raise errors.InvalidBody("Not options of this poll - at `$.options`")
    meeting.access.require_change(meeting.access.may_react)
    person_id = meeting.access.person_id
    await meeting.conn.execute(
        sa.delete(poll_votes).where(poll_votes.c.message_id == meeting.row.id, poll_votes.c.person_id == person_id)
    )
    if chosen:
        await meeting.conn.execute(
            sa.insert(poll_votes),
            [
                {"message_id": meeting.row.id, "person_id": person_id, "option": place, "at": meeting.now}
                for place in chosen
            ],
        )
    await meeting.tell_own()
    return await meeting.shown()


async def close_poll(meeting: Meeting) -> Message:
    """Take no more votes: who asked, or who moderates. Raises NotFound, Forbidden, PollClosed."""
    poll = await _open_poll(meeting)
    meeting.access.require_change(meeting.is_author or meeting.access.may_moderate)
    await meeting.conn.execute(
        sa.update(polls).where(polls.c.message_id == poll.message_id).values(closed_at=meeting.now)
    )
    await meeting.tell()
    return await meeting.shown()


async def votes(meeting: Meeting) -> Votes:
    """Who voted for what. Raises NotFound, PollAnonymous."""
    poll = await _poll(meeting)
    if poll.anonymous:
        raise errors.PollAnonymous
    found: list[list[Named]] = [[] for _ in poll.options]
    for row in await meeting.conn.execute(
        sa.select(poll_votes.c.option, people.c.id, people.c.name)
        .join(people, people.c.id == poll_votes.c.person_id)
        .where(poll_votes.c.message_id == meeting.row.id)
        .order_by(people.c.name_folded, people.c.id)
    ):
        found[row.option].append(Named(row.id, row.name))
    return Votes([OptionVotes(place, who) for place, who in enumerate(found)])


async def count_readers(meeting: Meeting) -> int:
    """How many others have read up to the message."""
    count = await meeting.conn.scalar(
        sa.select(sa.func.count()).where(
            chat_states.c.chat_id == meeting.access.id,
            chat_states.c.read_number >= meeting.row.number,
            chat_states.c.person_id != meeting.row.author_id,
        )
    )
    return count or 0


async def _poll(meeting: Meeting) -> Any:
    poll = (await meeting.conn.execute(sa.select(polls).where(polls.c.message_id == meeting.row.id))).one_or_none()
    if poll is None:
        raise errors.NotFound
    return poll


async def _open_poll(meeting: Meeting) -> Any:
    poll = await _poll(meeting)
    if poll.closed_at is not None or (poll.closes_at is not None and poll.closes_at <= meeting.now):
        raise errors.PollClosed
    return poll


def _require_emoji(emoji: str) -> None:
    """Raises InvalidBody for what is no pictograph: reactions are not a second text beside the message."""
    kinds = [unicodedata.category(letter) for letter in emoji]
    if not any(kind in ("So", "Sk", "Sm") for kind in kinds) or any(
        kind[0] in "LZC" and kind != "Cf" for kind in kinds
    ):
        # Digits and # begin keycaps, and tags (Cf) make flags.
        keycap = emoji[-1] == "\u20e3" and emoji[0] in "0123456789#*"
        if not keycap:
            raise errors.InvalidBody("Not an emoji - at `$.emoji`")
