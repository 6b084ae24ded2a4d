"""Messages: sent, read by place, changed, reacted to, pinned, voted on, forwarded, found."""

from __future__ import annotations

from aiohttp import web
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.chats import access_chat, access_chats
from platform_api.http import Answer, operation
from platform_api.messages import changing
from platform_api.messages.appending import APPENDER
from platform_api.messages.changing import meet
from platform_api.messages.history import Reading
from platform_api.messages.outgoing import Outgoing, Source
from platform_api.messages.rules import (
    EditMessage,
    Forward,
    Found,
    History,
    HistoryQuery,
    Message,
    NewMessage,
    NewPoll,
    React,
    ReactionQuery,
    ReadersCount,
    SearchQuery,
    Vote,
    Votes,
)
from platform_api.messages.search import search
from platform_api.people.queries import Viewer
from platform_api.services import Services
from platform_api.texts import clean_line, clean_text

CHAT = "/api/v1/chats/{chat_id}"
ONE = CHAT + "/messages/{number}"
SENDING = (
    errors.Forbidden,
    errors.NotAContact,
    errors.Archived,
    errors.ClientIdReused,
    errors.RestrictedWord,
    errors.ChatBusy,
    errors.StorageFull,
)

routes = web.RouteTableDef()


@operation(
    routes,
    "POST",
    CHAT + "/messages",
    body=NewMessage,
    answers={201: Message, 200: Message},
    problems=SENDING,
    tag="messages",
)
async def send_message(request: web.Request, viewer: Viewer, parts: Services, chat_id: str, body: NewMessage) -> Answer:
    """Send a message. Once it is answered it is not lost, and the same `client_id` never makes two of it (200).

    Who may write is asked at every send: in personal chats and groups everybody must be a contact still.
    """
    text = clean_text(body.text, "text")
    if not text and not body.attachments:
        raise errors.InvalidBody("Must not be blank - at `$.text`")
    wanted = Outgoing(
        chat_id=chat_id,
        author=viewer,
        client_id=body.client_id,
        text=text,
        reply_to=body.reply_to,
        mentions=tuple(dict.fromkeys(body.mentions)),
        attachments=tuple(dict.fromkeys(body.attachments)),
        poll=None if body.poll is None else clean_poll(body.poll, parts),
    )
    sent = await request.config_dict[APPENDER].append(wanted)
    return Answer(sent.message, status=201 if sent.new else 200)


@operation(
    routes,
    "POST",
    CHAT + "/forwards",
    body=Forward,
    answers={201: Message, 200: Message},
    problems=(*SENDING, errors.NotForThem, errors.MessageDeleted),
    tag="messages",
)
async def forward_message(request: web.Request, viewer: Viewer, chat_id: str, body: Forward) -> Answer:
    """Forward a message to a chat whose readers may all read it where it stands. A poll is not forwarded."""
    wanted = Outgoing(
        chat_id=chat_id, author=viewer, client_id=body.client_id, source=Source(body.from_chat, body.number)
    )
    sent = await request.config_dict[APPENDER].append(wanted)
    return Answer(sent.message, status=201 if sent.new else 200)


@operation(routes, "GET", CHAT + "/messages", query=HistoryQuery, answers={200: History}, tag="messages")
async def list_messages(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, query: HistoryQuery
) -> History:
    """A stretch of a chat, from when on one reads it; the newest messages unless a place is named."""
    access = await access_chat(conn, viewer, chat_id)
    return await Reading(conn, access, parts.now()).page(query)


@operation(routes, "GET", ONE, answers={200: Message}, tag="messages")
async def show_message(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str) -> Message:
    """One message."""
    access = await access_chat(conn, viewer, chat_id)
    return await Reading(conn, access, parts.now()).one(number_of(number))


@operation(
    routes,
    "PATCH",
    ONE,
    body=EditMessage,
    answers={200: Message},
    problems=(errors.Forbidden, errors.Archived, errors.MessageDeleted, errors.TooLate, errors.RestrictedWord),
    tag="messages",
)
async def edit_message(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str, body: EditMessage
) -> Message:
    """Change what one has written, within 48 hours."""
    meeting = await meet(conn, viewer, chat_id, number_of(number), parts.now())
    mentions = None if body.mentions is UNSET else body.mentions
    return await changing.edit(meeting, clean_text(body.text, "text"), mentions)


@operation(
    routes,
    "DELETE",
    ONE,
    answers={204: None},
    problems=(errors.Forbidden, errors.Archived, errors.TooLate),
    tag="messages",
)
async def delete_message(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str) -> None:
    """Delete a message: one's own within 48 hours, anybody's as who moderates. Its place stays, empty."""
    await changing.delete(await meet(conn, viewer, chat_id, number_of(number), parts.now()))


@operation(
    routes,
    "PUT",
    ONE + "/reactions",
    body=React,
    answers={200: Message},
    problems=(errors.Archived, errors.MessageDeleted, errors.TooMany),
    tag="messages",
)
async def react(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str, body: React
) -> Message:
    """React with an emoji, at most three to a message; everybody who reads may."""
    return await changing.react(await meet(conn, viewer, chat_id, number_of(number), parts.now()), body.emoji)


@operation(
    routes,
    "DELETE",
    ONE + "/reactions",
    query=ReactionQuery,
    answers={200: Message},
    problems=(errors.Archived,),
    tag="messages",
)
async def unreact(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str, query: ReactionQuery
) -> Message:
    """Take one's reaction back."""
    return await changing.unreact(await meet(conn, viewer, chat_id, number_of(number), parts.now()), query.emoji)


@operation(
    routes,
    "PUT",
    ONE + "/pin",
    answers={200: Message},
    problems=(errors.Forbidden, errors.Archived, errors.MessageDeleted, errors.TooMany),
    tag="messages",
)
async def pin_message(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str) -> Message:
    """Pin a message: who moderates, and both in a personal chat."""
    return await changing.pin(await meet(conn, viewer, chat_id, number_of(number), parts.now()), pinned=True)


@operation(
    routes,
    "DELETE",
    ONE + "/pin",
    answers={200: Message},
    problems=(errors.Forbidden, errors.Archived, errors.MessageDeleted),
    tag="messages",
)
async def unpin_message(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str) -> Message:
    """Take a pinned message down."""
    return await changing.pin(await meet(conn, viewer, chat_id, number_of(number), parts.now()), pinned=False)


@operation(routes, "GET", CHAT + "/pins", answers={200: History}, tag="messages")
async def list_pins(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str) -> History:
    """What is pinned in a chat, the newest pin first; at most 50."""
    return await Reading(conn, await access_chat(conn, viewer, chat_id), parts.now()).pins()


@operation(
    routes,
    "PUT",
    ONE + "/vote",
    body=Vote,
    answers={200: Message},
    problems=(errors.PollClosed, errors.Archived),
    tag="messages",
)
async def vote(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str, body: Vote
) -> Message:
    """Vote in a poll, otherwise than before, or, with no option, take the vote back."""
    return await changing.vote(await meet(conn, viewer, chat_id, number_of(number), parts.now()), body.options)


@operation(
    routes,
    "POST",
    ONE + "/close-poll",
    answers={200: Message},
    problems=(errors.Forbidden, errors.Archived, errors.PollClosed),
    tag="messages",
)
async def close_poll(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str) -> Message:
    """Close a poll one has asked, or as who moderates."""
    return await changing.close_poll(await meet(conn, viewer, chat_id, number_of(number), parts.now()))


@operation(routes, "GET", ONE + "/votes", answers={200: Votes}, problems=(errors.PollAnonymous,), tag="messages")
async def list_votes(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str) -> Votes:
    """Who voted for what, in a poll that is not anonymous."""
    return await changing.votes(await meet(conn, viewer, chat_id, number_of(number), parts.now()))


@operation(routes, "GET", ONE + "/readers", answers={200: ReadersCount}, tag="messages")
async def count_readers(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str
) -> ReadersCount:
    """How many others have read a message. Nobody is named, so nobody is named as not having read."""
    meeting = await meet(conn, viewer, chat_id, number_of(number), parts.now())
    return ReadersCount(await changing.count_readers(meeting))


@operation(
    routes,
    "GET",
    "/api/v1/messages/search",
    query=SearchQuery,
    answers={200: Found},
    problems=(errors.NotFound,),
    slow=True,
    tag="messages",
)
async def search_messages(viewer: Viewer, conn: AsyncConnection, parts: Services, query: SearchQuery) -> Found:
    """Messages in which all the words stand, in any of their forms, the newest first.

    Case does not matter, nor yo and ye. Only chats one reads are searched, and only from when on one reads them.
    """
    if query.chat_id is not None:
        readable = [await access_chat(conn, viewer, query.chat_id)]
    else:
        readable = await access_chats(conn, viewer)
    return await search(conn, viewer.id, readable, query, parts.now())


def number_of(text: str) -> int:
    """A message's number as it stands in an address. Raises NotFound."""
    if not text.isascii() or not text.isdecimal() or len(text) > 10 or not 0 < int(text) < 2**31:
        raise errors.NotFound
    return int(text)


def clean_poll(poll: NewPoll, parts: Services) -> NewPoll:
    """A poll whose options are lines, all different, and which is not over already. Raises InvalidBody."""
    options = [clean_line(option, f"poll.options[{place}]") for place, option in enumerate(poll.options)]
    if len(set(options)) != len(options):
        raise errors.InvalidBody("Two options are the same - at `$.poll.options`")
    if poll.closes_at is not None and (poll.closes_at <= parts.now()):
        raise errors.InvalidBody("Must be a moment to come - at `$.poll.closes_at`")
    return NewPoll(options, poll.multiple, poll.anonymous, poll.closes_at)
