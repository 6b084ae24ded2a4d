"""Making chats: personal ones, groups, a school's, a class's; each change with its entry of the event log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.chats import ChatAccess, contacts_among, people_of_chat
from platform_api.access.rules import Action
from platform_api.access.schools import SchoolAccess
from platform_api.chats.rules import MAX_GROUP, MAX_GROUPS, NewChat
from platform_api.clock import new_id
from platform_api.dialects import upsert
from platform_api.events import record
from platform_api.people.queries import Viewer
from platform_api.schema import chat_people, chats
from platform_api.texts import clean_line

FIRST_OF_CLASS = ("class", "parents")
"""The chats every class has from the start."""


async def found_class_chats(conn: AsyncConnection, school_id: str, class_id: str, now: datetime) -> None:
    """The first chats of a new class: its own, and its parents'."""
    await conn.execute(
        sa.insert(chats),
        [
            {
                "id": new_id(),
                "school_id": school_id,
                "kind": kind,
                "audience": kind,
                "class_id": class_id,
                "first": True,
                "created_at": now,
            }
            for kind in FIRST_OF_CLASS
        ],
    )


async def make_chat(
    conn: AsyncConnection, viewer: Viewer, school: SchoolAccess, body: NewChat, now: datetime
) -> tuple[str, bool]:
    """A chat as it is wished for; its id, and whether it is new. Raises Forbidden, NotFound, NotAContact, TooMany."""
    if body.kind == "personal":
        if len(body.people) != 1:
            raise errors.InvalidBody("A personal chat has one other person - at `$.people`")
        return await _personal(conn, viewer, school, body.people[0], now)
    if body.kind == "group":
        return await _group(conn, viewer, school, body, now), True
    school.require(Action.MANAGE_SCHOOL_CHATS)
    if body.people:
        raise errors.InvalidBody("Its people follow from the school - at `$.people`")
    chat_id = await insert_chat(
        conn,
        now,
        school_id=school.id,
        kind=body.kind,
        audience=body.audience,
        title=clean_line(body.title, "title"),
        created_by=viewer.id,
    )
    return chat_id, True


async def insert_chat(conn: AsyncConnection, now: datetime, **values: str | None) -> str:
    """A chat's row and its entry in the log; the id."""
    chat_id = new_id()
    await conn.execute(sa.insert(chats).values(id=chat_id, created_at=now, **values))
    await note(conn, "chat.created", chat_id, values["school_id"])
    return chat_id


async def note(conn: AsyncConnection, kind: str, chat_id: str, school_id: str | None) -> None:
    """Tell who reads the chat."""
    await record(conn, kind, chat_id, school_id=school_id)


async def _personal(
    conn: AsyncConnection, viewer: Viewer, school: SchoolAccess, other: str, now: datetime
) -> tuple[str, bool]:
    if not await contacts_among(conn, viewer.id, school.id, [other]):
        raise errors.NotFound
    pair = " ".join(sorted((viewer.id, other)))
    there = await conn.scalar(sa.select(chats.c.id).where(chats.c.school_id == school.id, chats.c.pair == pair))
    if there is not None:
        return str(there), False
    chat_id = new_id()
    await conn.execute(
        sa.insert(chats).values(
            id=chat_id,
            school_id=school.id,
            kind="personal",
            audience="people",
            pair=pair,
            created_by=viewer.id,
            created_at=now,
        )
    )
    await put_in(conn, chat_id, (viewer.id, other), viewer.id, now)
    await note(conn, "chat.created", chat_id, school.id)
    return chat_id, True


async def _group(conn: AsyncConnection, viewer: Viewer, school: SchoolAccess, body: NewChat, now: datetime) -> str:
    owned = await conn.scalar(
        sa.select(sa.func.count()).where(
            chats.c.owner_id == viewer.id, chats.c.school_id == school.id, chats.c.deleted_at.is_(None)
        )
    )
    if (owned or 0) >= MAX_GROUPS:
        raise errors.TooMany(extra={"limit": MAX_GROUPS})
    together = {viewer.id, *body.people}
    await require_circle(conn, school.id, viewer.id, together)
    chat_id = new_id()
    await conn.execute(
        sa.insert(chats).values(
            id=chat_id,
            school_id=school.id,
            kind="group",
            audience="people",
            title=clean_line(body.title, "title"),
            owner_id=viewer.id,
            created_by=viewer.id,
            created_at=now,
        )
    )
    await put_in(conn, chat_id, sorted(together), viewer.id, now)
    await note(conn, "chat.created", chat_id, school.id)
    return chat_id


async def require_circle(conn: AsyncConnection, school_id: str, viewer_id: str, together: set[str]) -> None:
    """That everybody of a group is everybody's contact. Raises NotFound (no contact of the viewer), NotAContact."""
    if len(together) > MAX_GROUP:
        raise errors.TooMany(extra={"limit": MAX_GROUP})
    others = sorted(together - {viewer_id})
    if await contacts_among(conn, viewer_id, school_id, others) != set(others):
        raise errors.NotFound
    for place, person in enumerate(others):
        rest = others[place + 1 :]
        missing = set(rest) - await contacts_among(conn, person, school_id, rest) if rest else set()
        if missing:
            raise errors.NotAContact(extra={"people": sorted({person, *missing})})


async def put_in(conn: AsyncConnection, chat_id: str, person_ids: Iterable[str], by: str, now: datetime) -> None:
    """Name people of a chat; who was in it before begins anew."""
    statement = upsert(conn, chat_people)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["chat_id", "person_id"],
            set_={"since": statement.excluded.since, "until": None, "added_by": statement.excluded.added_by},
            where=chat_people.c.until.is_not(None),
        ),
        [{"chat_id": chat_id, "person_id": person, "since": now, "added_by": by} for person in person_ids],
    )


async def add_people(
    conn: AsyncConnection, viewer: Viewer, access: ChatAccess, wanted: Iterable[str], now: datetime
) -> None:
    """Take people into a group. Raises Forbidden, NotFound, NotAContact, TooMany."""
    access.require_change(access.kind == "group" and access.may_manage)
    there = set(await people_of_chat(conn, access.id))
    new = sorted(set(wanted) - there)
    if not new:
        return
    await require_circle(conn, access.school.id, viewer.id, there | set(new))
    await put_in(conn, access.id, new, viewer.id, now)
    await note(conn, "chat.changed", access.id, access.school.id)


async def take_out(conn: AsyncConnection, viewer: Viewer, access: ChatAccess, person_id: str, now: datetime) -> None:
    """Take somebody out of a group, or leave it; an owner who leaves gives it to who was in it longest.

    Raises Forbidden, NotFound.
    """
    if access.kind != "group" or (person_id != viewer.id and not access.may_manage):
        raise errors.Forbidden
    ended = await conn.execute(
        sa.update(chat_people)
        .where(chat_people.c.chat_id == access.id, chat_people.c.person_id == person_id, chat_people.c.until.is_(None))
        .values(until=now)
    )
    if not ended.rowcount:
        raise errors.NotFound
    if person_id == access.owner_id:
        await _pass_on(conn, access, now)
    await note(conn, "chat.changed", access.id, access.school.id)
    await record(conn, "chat.left", access.id, person_id=person_id)


async def delete_chat(conn: AsyncConnection, access: ChatAccess, now: datetime) -> None:
    """Delete a chat for everybody. Raises Forbidden, Archived."""
    access.require_change(access.may_manage and not access.first)
    await note(conn, "chat.deleted", access.id, access.school.id)
    await _delete(conn, access.id, now)


async def rename_chat(conn: AsyncConnection, access: ChatAccess, title: str) -> None:
    """Give a chat another title. Raises Forbidden, Archived."""
    access.require_change(access.may_manage and not access.first)
    await conn.execute(
        sa.update(chats)
        .where(chats.c.id == access.id)
        .values(title=clean_line(title, "title"), version=chats.c.version + 1)
    )
    await note(conn, "chat.changed", access.id, access.school.id)


async def _pass_on(conn: AsyncConnection, access: ChatAccess, now: datetime) -> None:
    heir = await conn.scalar(
        sa.select(chat_people.c.person_id)
        .where(chat_people.c.chat_id == access.id, chat_people.c.until.is_(None))
        .order_by(chat_people.c.since, chat_people.c.person_id)
        .limit(1)
    )
    if heir is None:
        await _delete(conn, access.id, now)
        return
    await conn.execute(
        sa.update(chats).where(chats.c.id == access.id).values(owner_id=heir, version=chats.c.version + 1)
    )


async def _delete(conn: AsyncConnection, chat_id: str, now: datetime) -> None:
    await conn.execute(
        sa.update(chats).where(chats.c.id == chat_id).values(deleted_at=now, version=chats.c.version + 1)
    )
