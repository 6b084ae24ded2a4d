"""Chats as one person meets them, with what they keep of each: read positions, drafts, mutes, the newest message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.chats import ChatAccess, people_of_chat, role_in
from platform_api.access.reach import is_contact, sees_member
from platform_api.access.rules import Action
from platform_api.chats.rules import (
    Chat,
    ChatAction,
    ChatPerson,
    Contact,
    ContactRole,
    ContactsQuery,
    Draft,
    Readers,
)
from platform_api.chats.titles import title
from platform_api.messages.rules import Message
from platform_api.messages.showing import show_places
from platform_api.names import fold_name
from platform_api.paging import after, read_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import chat_people, chat_states, classes, memberships, messages, people

_STATES: sa.Select[Any] = sa.select(chat_states).where(
    chat_states.c.person_id == sa.bindparam("viewer_id"),
    chat_states.c.chat_id.in_(sa.bindparam("of_chats", expanding=True)),
)
_OTHERS: sa.Select[Any] = (
    sa.select(
        chat_people.c.chat_id,
        people.c.id,
        people.c.name,
        sa.func.coalesce(chat_states.c.read_number, 0).label("read_number"),
    )
    .select_from(
        chat_people.join(people, people.c.id == chat_people.c.person_id).outerjoin(
            chat_states,
            sa.and_(chat_states.c.chat_id == chat_people.c.chat_id, chat_states.c.person_id == chat_people.c.person_id),
        )
    )
    .where(
        chat_people.c.chat_id.in_(sa.bindparam("of_chats", expanding=True)),
        chat_people.c.person_id != sa.bindparam("viewer_id"),
    )
)
_BEFORE = sa.select(sa.func.coalesce(sa.func.max(messages.c.number), 0)).where(
    messages.c.chat_id == sa.bindparam("of_chat"), messages.c.at < sa.bindparam("since")
)


async def find_states(conn: AsyncConnection, viewer_id: str, chat_ids: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """What a person keeps of chats, by the chat."""
    rows: Sequence[sa.Row[Any]] = (await conn.execute(_STATES, {"viewer_id": viewer_id, "of_chats": chat_ids})).all()
    return {str(row.chat_id): row for row in rows}


def is_own(access: ChatAccess, state: sa.Row[Any] | None) -> bool:
    """Whether a chat stands in the person's list: an administrator has classes' chats there that they joined."""
    if access.audience not in ("class", "parents") or (state is not None and state.joined):
        return True
    return any(holding.role != "administrator" for holding in access.holdings)


async def describe_chats(
    conn: AsyncConnection, viewer: Viewer, found: Sequence[ChatAccess], now: datetime
) -> list[Chat]:
    """Chats for lists, in the given order."""
    ids = [access.id for access in found]
    states = await find_states(conn, viewer.id, ids)
    personal = [access.id for access in found if access.kind == "personal"]
    others: dict[str, sa.Row[Any]] = {}
    if personal:
        rows = await conn.execute(_OTHERS, {"viewer_id": viewer.id, "of_chats": personal})
        others = {row.chat_id: row for row in rows}
    newest = await show_places(
        conn, [(access.id, access.last_number) for access in found if access.last_number], viewer.id, now=now
    )
    return [await _chat(conn, access, states.get(access.id), others.get(access.id), newest, now) for access in found]


async def describe_chat(conn: AsyncConnection, viewer: Viewer, access: ChatAccess, now: datetime) -> Chat:
    """One chat with who may read it."""
    chat = (await describe_chats(conn, viewer, [access], now))[0]
    counted = Counter(role_in(reader) for reader in (await people_of_chat(conn, access.id)).values())
    readers = Readers(counted["administrator"], counted["teacher"], counted["student"], counted["parent"])
    return _with_readers(chat, readers)


def _with_readers(chat: Chat, readers: Readers) -> Chat:
    values = {name: getattr(chat, name) for name in chat.__struct_fields__}
    return Chat(**{**values, "readers": readers})


async def _chat(
    conn: AsyncConnection,
    access: ChatAccess,
    state: sa.Row[Any] | None,
    other: sa.Row[Any] | None,
    newest: dict[tuple[str, int], Message],
    now: datetime,
) -> Chat:
    last = newest.get((access.id, access.last_number))
    if last is not None and not access.reads(last.at):
        last = None
    read = 0 if state is None else state.read_number
    if not read and access.since is not None and access.last_number:
        read = await conn.scalar(_BEFORE, {"of_chat": access.id, "since": access.since}) or 0
    joined = is_own(access, state)
    draft = None
    if state is not None and state.draft_at is not None and (state.draft or state.draft_reply_to):
        draft = Draft(state.draft, state.draft_reply_to, state.draft_at)
    return Chat(
        id=access.id,
        kind=access.kind,
        title=title(access) if other is None else other.name,
        school=access.school,
        klass=access.klass,
        audience=access.audience if access.audience in ("everybody", "staff") else None,
        other=None if other is None else Named(other.id, other.name),
        owner_id=access.owner_id,
        archived=access.archived,
        last=last,
        last_number=access.last_number,
        read_number=read,
        unread=max(0, access.last_number - read),
        other_read=None if other is None else other.read_number,
        muted=is_muted(state, now),
        muted_until=state.muted_until if state is not None and is_muted(state, now) else None,
        draft=draft,
        joined=joined,
        may=_may(access),
        readers=None,
        version=access.version,
    )


def is_muted(state: Any, now: datetime) -> bool:
    """Whether a person wants to hear nothing of a chat now."""
    return state is not None and state.muted and (state.muted_until is None or state.muted_until > now)


def _may(access: ChatAccess) -> list[ChatAction]:
    administrates = access.audience in ("class", "parents") and any(
        holding.role == "administrator" for holding in access.holdings
    )
    allowed: list[tuple[ChatAction, bool]] = [
        ("post", access.may_post),
        ("react", access.may_react),
        ("poll", access.may_poll),
        ("moderate", access.may_moderate),
        ("pin", access.may_pin),
        ("edit", access.may_manage and not access.first),
        ("schedule", access.kind == "channel" and access.may_post),
        ("people", access.kind == "group" and access.may_manage),
        ("leave", access.kind == "group"),
        ("delete", access.may_manage and not access.first),
        ("join", administrates),
    ]
    return [action for action, may in allowed if may]


async def find_people(conn: AsyncConnection, viewer: Viewer, access: ChatAccess) -> list[ChatPerson]:
    """Who reads a chat, by name, as far as the viewer sees them by the rules of the school.

    Whoever is in a group or a personal chat with somebody sees them there.
    """
    readers = await people_of_chat(conn, access.id)
    query = sa.select(people.c.id, people.c.name).where(people.c.id.in_(list(readers))).distinct()
    if access.audience != "people":
        query = query.join(memberships, memberships.c.person_id == people.c.id).where(
            memberships.c.school_id == access.school.id,
            memberships.c.until.is_(None),
            sees_member(viewer.id, memberships),
        )
    rows = await conn.execute(query.add_columns(people.c.name_folded).order_by(people.c.name_folded, people.c.id))
    return [ChatPerson(row.id, row.name, role_in(readers[row.id]), row.id == access.owner_id) for row in rows]


async def find_contacts(
    conn: AsyncConnection, viewer: Viewer, school_id: str, query: ContactsQuery
) -> Sequence[sa.Row[Any]]:
    """Ids and folded names of one contact more than the page takes, by name."""
    found: sa.Select[Any] = (
        sa.select(people.c.id, people.c.name, people.c.name_folded)
        .join(memberships, memberships.c.person_id == people.c.id)
        .where(
            memberships.c.school_id == school_id,
            memberships.c.until.is_(None),
            people.c.deactivated_at.is_(None),
            is_contact(viewer.id, memberships),
        )
        .distinct()
    )
    if query.q and (part := fold_name(query.q)):
        found = found.where(people.c.name_folded.contains(part, autoescape=True))
    if query.cursor:
        key = read_cursor(query.cursor, tuple[str, str])
        found = found.where(after((people.c.name_folded, people.c.id), key))
    ordered = found.order_by(people.c.name_folded, people.c.id).limit(query.limit + 1)
    rows: Sequence[sa.Row[Any]] = (await conn.execute(ordered)).all()
    return rows


async def describe_contacts(
    conn: AsyncConnection, viewer: Viewer, school_id: str, rows: Sequence[Any]
) -> list[Contact]:
    """Contacts with what they are in the school, as far as the viewer sees it."""
    roles: dict[str, list[ContactRole]] = {row.id: [] for row in rows}
    for held in await conn.execute(
        sa.select(memberships.c.person_id, memberships.c.role, classes.c.id, classes.c.name)
        .select_from(memberships.outerjoin(classes, classes.c.id == memberships.c.class_id))
        .where(
            memberships.c.person_id.in_(list(roles)),
            memberships.c.school_id == school_id,
            memberships.c.until.is_(None),
            sees_member(viewer.id, memberships),
        )
        .order_by(memberships.c.since, classes.c.name_folded)
    ):
        roles[held.person_id].append(ContactRole(held.role, None if held.id is None else Named(held.id, held.name)))
    return [Contact(row.id, row.name, roles[row.id]) for row in rows]


def may_schedule(access: ChatAccess) -> bool:
    """Posts for later are for channels."""
    return access.kind == "channel" and access.may(Action.POST_IN_CHANNELS) and not access.archived
