"""What the calls about messages carry, and the limits of a message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from platform_api.memberships.rules import Id
from platform_api.paging import Cursor
from platform_api.people.rules import Named

MAX_TEXT = 4000
MAX_FILES, MAX_MENTIONS, MAX_OPTIONS = 10, 50, 10
MAX_EMOJI_KINDS, MAX_EMOJI_OF_ONE, MAX_PINS = 20, 3, 50
EDIT_WINDOW = timedelta(hours=48)
"""How long an author may edit and delete what they wrote."""

Coming = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
ClientId = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9._~-]+$")]
Number = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Emoji = Annotated[str, Meta(min_length=1, max_length=32)]


class NewPoll(Struct, forbid_unknown_fields=True, frozen=True):
    """A poll to be asked; the message's text is the question."""

    options: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(min_length=2, max_length=MAX_OPTIONS)
    ]
    multiple: bool = False
    anonymous: bool = False
    closes_at: Coming | None = None


class NewMessage(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /chats/{id}/messages. `client_id` is the page's own name for it: sent twice, it is one message."""

    client_id: ClientId
    text: Text = ""
    reply_to: Number | None = None
    mentions: Annotated[list[Id], Meta(max_length=MAX_MENTIONS)] = []
    attachments: Annotated[list[Id], Meta(max_length=MAX_FILES)] = []
    poll: NewPoll | None = None


class EditMessage(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /chats/{id}/messages/{number}."""

    text: Text
    mentions: Annotated[list[Id], Meta(max_length=MAX_MENTIONS)] | UnsetType = UNSET


class Forward(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /chats/{id}/forwards: which message of which chat comes here."""

    client_id: ClientId
    from_chat: Id
    number: Number


class Vote(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PUT …/vote: the places of the options, from 0; none takes the vote back."""

    options: Annotated[list[Annotated[int, Meta(ge=0, lt=MAX_OPTIONS)]], Meta(max_length=MAX_OPTIONS)]


class React(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PUT …/reactions."""

    emoji: Emoji


class ReactionQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of DELETE …/reactions: which of one's reactions is taken back."""

    emoji: Emoji


class HistoryQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of GET /chats/{id}/messages: one of the places at most; none of them: the newest.

    `before` and `after` a number, without it; `around` a number, which is in the middle; `date`: from that day (or
    moment) on.
    """

    before: Number | None = None
    after: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    around: Number | None = None
    date: Annotated[str, Meta(max_length=40)] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class SearchQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of GET /messages/search: words, all of which must be there in some form."""

    q: Annotated[str, Meta(min_length=1, max_length=200)]
    chat_id: Id | None = None
    cursor: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 30


class Attachment(Struct, frozen=True):
    """A file as it was attached; the calls about files tell whether it is still there."""

    file_id: str
    name: str
    media_type: str
    size: int


class Option(Struct, frozen=True):
    """One answer of a poll and how many gave it."""

    text: str
    votes: int


class Poll(Struct, frozen=True):
    """A poll as it stands."""

    options: list[Option]
    multiple: bool
    anonymous: bool
    closes_at: datetime | None
    closed: bool
    voters: int
    mine: list[int]
    """What the reader voted for; empty in what is made once for everybody."""


class Reaction(Struct, frozen=True):
    """How many people reacted so."""

    emoji: str
    count: int
    mine: bool
    """Whether the reader is among them; false in what is made once for everybody."""


class Forwarded(Struct, frozen=True):
    """Who wrote it first, and when."""

    author: Named
    at: datetime


class Message(Struct, frozen=True):
    """A message. One that was deleted keeps its place: no text, no files, no poll, no reactions."""

    chat_id: str
    number: int
    author: Named
    at: datetime
    text: str
    client_id: str
    reply_to: int | None
    mentions: list[Named]
    attachments: list[Attachment]
    poll: Poll | None
    reactions: list[Reaction]
    forwarded: Forwarded | None
    pinned: bool
    flagged: bool
    """For those who moderate; false for all others."""
    edited_at: datetime | None
    deleted_at: datetime | None


class History(Struct, frozen=True):
    """A stretch of a chat, the oldest first. `before` and `after`: what to ask next; null: there is nothing."""

    items: list[Message]
    quoted: list[Message]
    """What `items` reply to, as far as it may be read."""
    before: int | None
    after: int | None


class FoundMessage(Struct, frozen=True):
    """A message that was looked for, and where it stands."""

    chat: Named
    kind: Literal["personal", "group", "class", "parents", "school", "channel"]
    message: Message


class Found(Struct, frozen=True):
    """A page of what was found, the newest first."""

    items: list[FoundMessage]
    next: str | None


class OptionVotes(Struct, frozen=True):
    """Who gave one answer of a poll that is not anonymous."""

    index: int
    people: list[Named]


class Votes(Struct, frozen=True):
    """Who voted for what."""

    options: list[OptionVotes]


class ReadersCount(Struct, frozen=True):
    """How many others have read a message; never who has not."""

    count: int
