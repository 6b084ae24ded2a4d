"""Chats: listed, made, named, left; who reads them; what a reader keeps of one."""

from __future__ import annotations

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.chats import access_chat, access_chats
from platform_api.access.classes import access_class_to
from platform_api.access.rules import Action
from platform_api.access.schools import access_school
from platform_api.chats import making, states
from platform_api.chats.queries import (
    describe_chat,
    describe_chats,
    describe_contacts,
    find_contacts,
    find_people,
    find_states,
    is_own,
)
from platform_api.chats.rules import (
    MAX_LISTED,
    AddPeople,
    Chat,
    ChatPeople,
    Chats,
    ChatsQuery,
    Contacts,
    ContactsQuery,
    EditChat,
    Mute,
    NewChat,
    NewClassChat,
    NewDraft,
    ReadUpTo,
)
from platform_api.http import Answer, IfMatch, etag_of, operation
from platform_api.paging import PageQuery, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.schema import chat_people
from platform_api.services import Services
from platform_api.texts import clean_line, clean_text

routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/chats", query=ChatsQuery, answers={200: Chats}, tag="chats")
async def list_chats(viewer: Viewer, conn: AsyncConnection, parts: Services, query: ChatsQuery) -> Chats:
    """One's chats, the newest message first; at most 500.

    Chats of classes follow the class list by themselves. Administrators find those they have not joined by `others`.
    """
    found = [one for one in await access_chats(conn, viewer) if query.school_id in (None, one.school.id)]
    kept = await find_states(conn, viewer.id, [one.id for one in found])
    listed = [one for one in found if is_own(one, kept.get(one.id)) != query.others]
    listed.sort(key=lambda one: (one.last_at is not None, one.last_at, one.id), reverse=True)
    return Chats(await describe_chats(conn, viewer, listed[:MAX_LISTED], parts.now()))


@operation(routes, "GET", "/api/v1/chats/{chat_id}", answers={200: Chat}, etag=True, tag="chats")
async def show_chat(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str) -> Answer:
    """One chat, with how many people of each role may read it."""
    return await _show(conn, viewer, parts, chat_id)


@operation(
    routes,
    "POST",
    "/api/v1/schools/{school_id}/chats",
    body=NewChat,
    answers={201: Chat, 200: Chat},
    problems=(errors.Forbidden, errors.NotAContact, errors.TooMany),
    idempotent=True,
    tag="chats",
)
async def make_chat(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: NewChat) -> Answer:
    """Begin a chat: with one contact, with several, or, as an administrator, one of the school or a channel.

    A personal chat that is there already is answered with 200. In a group everybody is everybody's contact.
    """
    school = await access_school(conn, viewer, school_id, Action.USE_CHATS)
    chat_id, new = await making.make_chat(conn, viewer, school, body, parts.now())
    return await _show(conn, viewer, parts, chat_id, status=201 if new else 200)


@operation(
    routes,
    "POST",
    "/api/v1/classes/{class_id}/chats",
    body=NewClassChat,
    answers={201: Chat},
    problems=(errors.Forbidden, errors.Archived),
    idempotent=True,
    tag="chats",
)
async def make_class_chat(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, body: NewClassChat
) -> Answer:
    """One more chat of a class or of its parents; every class has one of each from the start."""
    klass = await access_class_to(conn, viewer, class_id, Action.MANAGE_CLASS_CHATS)
    chat_id = await making.insert_chat(
        conn,
        parts.now(),
        school_id=klass.school.id,
        class_id=klass.id,
        kind=body.kind,
        audience=body.kind,
        title=clean_line(body.title, "title"),
        created_by=viewer.id,
    )
    return await _show(conn, viewer, parts, chat_id, status=201)


@operation(
    routes,
    "PATCH",
    "/api/v1/chats/{chat_id}",
    body=EditChat,
    answers={200: Chat},
    problems=(errors.Forbidden, errors.Archived),
    etag=True,
    tag="chats",
)
async def edit_chat(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, body: EditChat, if_match: IfMatch
) -> Answer:
    """Give a chat another title: a group's owner, of a class's who leads in it, of the school's administrators."""
    access = await access_chat(conn, viewer, chat_id)
    if_match.check(etag_of(access.version))
    await making.rename_chat(conn, access, body.title)
    return await _show(conn, viewer, parts, chat_id)


@operation(
    routes,
    "DELETE",
    "/api/v1/chats/{chat_id}",
    answers={204: None},
    problems=(errors.Forbidden, errors.Archived),
    tag="chats",
)
async def delete_chat(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str) -> None:
    """Delete a chat for everybody. A class's first two stay as long as the class."""
    await making.delete_chat(conn, await access_chat(conn, viewer, chat_id), parts.now())


@operation(routes, "GET", "/api/v1/chats/{chat_id}/people", query=PageQuery, answers={200: ChatPeople}, tag="chats")
async def list_chat_people(viewer: Viewer, conn: AsyncConnection, chat_id: str, query: PageQuery) -> ChatPeople:
    """Who reads a chat, by name: those whom one sees in the school. How many there are in all says the chat itself."""
    found = await find_people(conn, viewer, await access_chat(conn, viewer, chat_id))
    start = read_cursor(query.cursor, tuple[int])[0] if query.cursor else 0
    page, more = cut(found[start : start + query.limit + 1], query.limit)
    return ChatPeople(page, write_cursor((start + query.limit,)) if more else None)


@operation(
    routes,
    "POST",
    "/api/v1/chats/{chat_id}/people",
    body=AddPeople,
    answers={200: Chat},
    problems=(errors.Forbidden, errors.NotAContact, errors.TooMany, errors.Archived),
    tag="chats",
)
async def add_chat_people(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, body: AddPeople
) -> Answer:
    """Take contacts into one's group. They read what is written from here on."""
    access = await access_chat(conn, viewer, chat_id)
    await making.add_people(conn, viewer, access, body.people, parts.now())
    return await _show(conn, viewer, parts, chat_id)


@operation(
    routes,
    "DELETE",
    "/api/v1/chats/{chat_id}/people/{person_id}",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="chats",
)
async def remove_chat_person(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, person_id: str
) -> None:
    """Take somebody out of one's group, or leave a group. It passes to who was in it longest when its owner leaves."""
    await making.take_out(conn, viewer, await access_chat(conn, viewer, chat_id), person_id, parts.now())


@operation(
    routes,
    "PUT",
    "/api/v1/chats/{chat_id}/joined",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="chats",
)
async def join_chat(viewer: Viewer, conn: AsyncConnection, chat_id: str) -> None:
    """Take a class's chat into one's list, as an administrator; everybody else's are there by themselves."""
    await _join(conn, viewer, chat_id, joined=True)


@operation(
    routes,
    "DELETE",
    "/api/v1/chats/{chat_id}/joined",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="chats",
)
async def unjoin_chat(viewer: Viewer, conn: AsyncConnection, chat_id: str) -> None:
    """Take it out of the list again. It can still be read, and its readers still count one."""
    await _join(conn, viewer, chat_id, joined=False)


@operation(
    routes,
    "GET",
    "/api/v1/schools/{school_id}/contacts",
    query=ContactsQuery,
    answers={200: Contacts},
    tag="chats",
)
async def list_contacts(viewer: Viewer, conn: AsyncConnection, school_id: str, query: ContactsQuery) -> Contacts:
    """Whom one may write to, by name.

    Students: classmates, teachers of their class, administrators, their parents. Teachers: colleagues, administrators,
    students and parents of the classes they teach. Parents: teachers and parents of the child's class, their children.
    Administrators: everybody but parents, whom they meet in the parents' chats.
    """
    school = await access_school(conn, viewer, school_id, Action.USE_CHATS)
    rows, more = cut(await find_contacts(conn, viewer, school.id, query), query.limit)
    found = await describe_contacts(conn, viewer, school.id, rows)
    return Contacts(found, write_cursor((rows[-1].name_folded, rows[-1].id)) if more else None)


@operation(routes, "PUT", "/api/v1/chats/{chat_id}/read", body=ReadUpTo, answers={204: None}, tag="chats")
async def move_read(viewer: Viewer, conn: AsyncConnection, chat_id: str, body: ReadUpTo) -> None:
    """One has read up to a message. Nobody is ever told who has not."""
    access = await access_chat(conn, viewer, chat_id)
    other: str | None = None
    if access.kind == "personal":
        other = await conn.scalar(
            sa.select(chat_people.c.person_id).where(
                chat_people.c.chat_id == chat_id, chat_people.c.person_id != viewer.id
            )
        )
    await states.move_read(conn, access, body.number, other)


@operation(
    routes,
    "PUT",
    "/api/v1/chats/{chat_id}/draft",
    body=NewDraft,
    answers={204: None},
    tag="chats",
)
async def keep_draft(viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, body: NewDraft) -> None:
    """Keep what one has begun to write for one's other devices; an empty draft is none."""
    access = await access_chat(conn, viewer, chat_id)
    text = clean_text(body.text, "text")
    await states.set_state(conn, access, draft=text, draft_reply_to=body.reply_to, draft_at=parts.now())


@operation(routes, "PUT", "/api/v1/chats/{chat_id}/mute", body=Mute, answers={204: None}, tag="chats")
async def mute_chat(viewer: Viewer, conn: AsyncConnection, chat_id: str, body: Mute) -> None:
    """Be told of nothing in a chat, for a while or for ever; it is read and counted as before."""
    access = await access_chat(conn, viewer, chat_id)
    await states.set_state(conn, access, muted=True, muted_until=body.until)


@operation(routes, "DELETE", "/api/v1/chats/{chat_id}/mute", answers={204: None}, tag="chats")
async def unmute_chat(viewer: Viewer, conn: AsyncConnection, chat_id: str) -> None:
    """Be told again."""
    access = await access_chat(conn, viewer, chat_id)
    await states.set_state(conn, access, muted=False, muted_until=None)


async def _join(conn: AsyncConnection, viewer: Viewer, chat_id: str, *, joined: bool) -> None:
    access = await access_chat(conn, viewer, chat_id)
    administrates = any(holding.role == "administrator" for holding in access.holdings)
    if access.audience not in ("class", "parents") or not administrates:
        raise errors.Forbidden
    await states.set_state(conn, access, joined=joined)


async def _show(conn: AsyncConnection, viewer: Viewer, parts: Services, chat_id: str, *, status: int = 200) -> Answer:
    access = await access_chat(conn, viewer, chat_id)
    chat = await describe_chat(conn, viewer, access, parts.now())
    return Answer(chat, status=status, etag=etag_of(chat.version))
