"""Chats as one person meets them, and who reads one.

One rule, as SQL, joins a chat with the memberships by which somebody reads it (`_by_role`, `_by_name`). It answers for
a person and a chat, for all chats of a person, and for all people of a chat; nothing keeps a copy of who is in a
class's chat, so a transfer takes effect with its own commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.reach import Condition, by_scope, is_contact, was_archived_with
from platform_api.access.rules import CHAT_READERS, Action, Audience, Holding, may
from platform_api.db import Database
from platform_api.dialects import written_out
from platform_api.errors import Archived, Forbidden, NotAContact, NotFound
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named, Role
from platform_api.prepared import Prepared
from platform_api.schema import chat_people, chat_policies, chats, classes, memberships, people, schools

Kind = Literal["personal", "group", "class", "parents", "school", "channel"]

_READERS = people.alias("readers")
_NAMED = chat_people.alias("named")
_COLUMNS = (
    chats.c.id,
    chats.c.kind,
    chats.c.audience,
    chats.c.first,
    chats.c.title,
    chats.c.owner_id,
    chats.c.last_number,
    chats.c.last_at,
    chats.c.version,
    chats.c.school_id,
    schools.c.name.label("school_name"),
    chats.c.class_id.label("of_class"),
    classes.c.name.label("class_name"),
    classes.c.archived_at,
    chat_policies.c.school_id.is_not(None).label("has_policy"),
    memberships.c.person_id,
    memberships.c.role,
    memberships.c.class_id.label("held_class"),
)
_EARLIER = memberships.alias("earlier")
_SINCE_IN_CLASS = (
    sa.select(sa.func.min(_EARLIER.c.since))
    .where(
        _EARLIER.c.person_id == memberships.c.person_id,
        _EARLIER.c.class_id == chats.c.class_id,
        # A class that was archived and brought back is the same class to who was in it.
        sa.or_(_EARLIER.c.until.is_(None), _EARLIER.c.ended_as == "archived"),
    )
    .scalar_subquery()
)
_SINCE_BY_ROLE = sa.case(
    (sa.and_(chats.c.class_id.is_not(None), memberships.c.role != "administrator"), _SINCE_IN_CLASS), else_=sa.null()
)
_SINCE_BY_NAME = sa.case((chats.c.kind == "group", _NAMED.c.since), else_=sa.null())
"""From when on somebody reads; nothing: from the start."""


def _by_role(*, of_people: bool = True) -> sa.Select[Any]:
    """A row for each membership by which somebody reads a chat of a school or class; `of_people`: people are named."""
    reads = [
        sa.and_(chats.c.audience == audience, by_scope(scopes, memberships, chats.c.class_id))
        for audience, scopes in CHAT_READERS.items()
        if audience != "people"
    ]
    return _select(_SINCE_BY_ROLE, of_people=of_people).where(
        chats.c.audience != "people",
        sa.or_(*reads),
        sa.or_(memberships.c.until.is_(None), was_archived_with(memberships)),
    )


def _by_name() -> sa.Select[Any]:
    """A row for each membership of somebody who is named in a personal chat or a group.

    A group is its owner's: in it are those of its people who are the owner's contacts.
    """
    return _select(_SINCE_BY_NAME, of_people=True, named=True).where(
        chats.c.audience == "people",
        _NAMED.c.until.is_(None),
        memberships.c.until.is_(None),
        sa.or_(
            chats.c.kind == "personal",
            memberships.c.person_id == chats.c.owner_id,
            is_contact(chats.c.owner_id, memberships),
        ),
    )


def _select(since: sa.ColumnElement[Any], *, of_people: bool, named: bool = False) -> sa.Select[Any]:
    source: Any = chats
    # A person has a few memberships and a school thousands, which SQLite does not know: it must not go by the school.
    held = (memberships.c.school_id.concat("") if of_people else memberships.c.school_id) == chats.c.school_id
    if named:
        source = source.join(_NAMED, _NAMED.c.chat_id == chats.c.id)
        held = sa.and_(held, memberships.c.person_id == _NAMED.c.person_id)
    return (
        sa.select(*_COLUMNS, since.label("since"))
        .select_from(
            source.join(schools, schools.c.id == chats.c.school_id)
            .join(memberships, held)
            .join(_READERS, _READERS.c.id == memberships.c.person_id)
            .outerjoin(classes, classes.c.id == chats.c.class_id)
            .outerjoin(chat_policies, chat_policies.c.school_id == chats.c.school_id)
        )
        .where(classes.c.deleted_at.is_(None), _READERS.c.deactivated_at.is_(None))
    )


def _reading(*conditions: Condition, of_people: bool = False) -> sa.CompoundSelect[Any]:
    found = sa.union_all(_by_role(of_people=of_people).where(*conditions), _by_name().where(*conditions))
    return written_out(found)


_THERE = chats.c.deleted_at.is_(None)
_VIEWER: sa.BindParameter[str] = sa.bindparam("viewer_id")
_CHAT: sa.BindParameter[str] = sa.bindparam("of_chat")
_ONE = _reading(_THERE, memberships.c.person_id == _VIEWER, chats.c.id == _CHAT, of_people=True)
_ALL = _reading(_THERE, memberships.c.person_id == _VIEWER, of_people=True)
_EVERYBODY = _reading(_THERE, chats.c.id == _CHAT)
_PAIRS = _reading(
    _THERE,
    memberships.c.person_id.in_(sa.bindparam("viewers", expanding=True)),
    chats.c.id.in_(sa.bindparam("of_chats", expanding=True)),
    of_people=True,
)


def _told(of_kind: sa.Select[Any]) -> sa.Select[Any]:
    """The same rule, with no more of each row than whom to tell: it is asked at a chat's first message."""
    since = of_kind.selected_columns["since"]
    return of_kind.with_only_columns(chats.c.school_id, memberships.c.person_id, since).where(chats.c.id == _CHAT)


_TOLD = Prepared(written_out(sa.union_all(_told(_by_role(of_people=False)), _told(_by_name()))))
FEW = 3
"""So many pairs are asked one by one: lists within a statement are put in anew each time."""


@dataclass(frozen=True, slots=True)
class ChatAccess:
    """A chat as one person meets it."""

    id: str
    kind: Kind
    audience: Audience
    first: bool
    title: str
    school: Named
    klass: Named | None
    owner_id: str | None
    archived: bool
    last_number: int
    last_at: datetime | None
    version: int
    has_policy: bool
    """The school has a list of words, or a term for which messages are kept."""
    person_id: str
    holdings: frozenset[Holding]
    """The person's memberships by which they read it."""
    since: datetime | None
    """What was sent before is not theirs to read; None: they read it from the start."""

    def may(self, action: Action) -> bool:
        """Whether the role table allows it where the chat stands."""
        return may(action, self.holdings, None if self.klass is None else self.klass.id)

    @property
    def may_post(self) -> bool:
        """Write here. Whether the others are still one's contacts is asked at every send."""
        if self.archived:
            return False
        return self.kind != "channel" or self.may(Action.POST_IN_CHANNELS)

    @property
    def may_react(self) -> bool:
        """React and vote: everybody who reads."""
        return not self.archived

    @property
    def may_poll(self) -> bool:
        """Ask all readers something."""
        return self.may_post and self.may(Action.POST_POLLS)

    @property
    def may_manage(self) -> bool:
        """Name it anew, or delete it."""
        match self.kind:
            case "personal":
                return False
            case "group":
                return self.owner_id == self.person_id
            case "class" | "parents":
                return self.may(Action.MANAGE_CLASS_CHATS) and not self.archived
            case _:
                return self.may(Action.MANAGE_SCHOOL_CHATS)

    @property
    def may_moderate(self) -> bool:
        """Delete what others wrote. In a personal chat nobody does."""
        return self.may_manage

    @property
    def may_pin(self) -> bool:
        """Who moderates, and both in a personal chat."""
        return self.kind == "personal" or self.may_manage

    def reads(self, at: datetime) -> bool:
        """Whether what was sent at a moment is theirs to read."""
        return self.since is None or at >= self.since

    def require_change(self, allowed: bool) -> None:
        """Raises Archived where nothing changes any more, Forbidden where it is not theirs to change."""
        if self.archived:
            raise Archived
        if not allowed:
            raise Forbidden


async def access_chat(conn: AsyncConnection, viewer: Viewer, chat_id: str) -> ChatAccess:
    """One chat. Raises NotFound."""
    found = _merge(await conn.execute(_ONE, {"viewer_id": viewer.id, "of_chat": chat_id}))
    if not found:
        raise NotFound
    return found[0]


async def access_chats(conn: AsyncConnection, viewer: Viewer) -> list[ChatAccess]:
    """All chats the person may read."""
    return _merge(await conn.execute(_ALL, {"viewer_id": viewer.id}))


async def access_pairs(conn: AsyncConnection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ChatAccess]:
    """Chats as several people meet them, by (chat, person); those that a person does not read are not among them."""
    wanted = set(pairs)
    if len(wanted) <= FEW:
        few: dict[tuple[str, str], ChatAccess] = {}
        for chat_id, person_id in wanted:
            for access in _merge(await conn.execute(_ONE, {"viewer_id": person_id, "of_chat": chat_id})):
                few[chat_id, person_id] = access
        return few
    rows = await conn.execute(
        _PAIRS,
        {"viewers": sorted({person for _, person in wanted}), "of_chats": sorted({chat for chat, _ in wanted})},
    )
    found = {(access.id, access.person_id): access for access in _merge(rows)}
    return {pair: found[pair] for pair in wanted & found.keys()}


async def people_of_chat(conn: AsyncConnection, chat_id: str) -> dict[str, ChatAccess]:
    """Everybody who reads a chat now, by id, each as they meet it."""
    rows = await conn.execute(_EVERYBODY, {"of_chat": chat_id})
    return {access.person_id: access for access in _merge(rows)}


async def told_of_chat(db: Database, chat_id: str) -> tuple[str | None, dict[str, datetime | None]]:
    """Who is told what happens in a chat: everybody who reads it, also one that was deleted since.

    Its school, and by person the moment from which on they read; None: from the start.
    """
    rows = await db.all(_TOLD, of_chat=chat_id)
    told: dict[str, datetime | None] = {}
    for row in rows:
        told[row.person_id] = _earlier(told.get(row.person_id, row.since), row.since)
    return rows[0].school_id if rows else None, told


def reads_chat(person_id: Any, chat_id: Any, at: Any) -> Condition:
    """Whether a person reads what came into a chat at a moment: a condition on columns of an outer query."""
    of_person = (_THERE, memberships.c.person_id == person_id, chats.c.id == chat_id)
    by_role = _by_role().where(*of_person, sa.or_(_SINCE_BY_ROLE.is_(None), at >= _SINCE_BY_ROLE))
    by_name = _by_name().where(*of_person, sa.or_(_SINCE_BY_NAME.is_(None), at >= _SINCE_BY_NAME))
    return sa.or_(sa.exists(by_role), sa.exists(by_name))


async def contacts_among(conn: AsyncConnection, person_id: str, school_id: str, others: Sequence[str]) -> set[str]:
    """Those of some people of a school to whom the person may write."""
    found = await conn.scalars(
        sa.select(memberships.c.person_id)
        .join(people, people.c.id == memberships.c.person_id)
        .where(
            memberships.c.person_id.in_(others),
            memberships.c.school_id == school_id,
            memberships.c.until.is_(None),
            people.c.deactivated_at.is_(None),
            is_contact(person_id, memberships),
        )
    )
    return set(found)


async def require_contacts(conn: AsyncConnection, access: ChatAccess) -> None:
    """At every send to named people: whether each of them is a contact still. Raises NotAContact."""
    if access.audience != "people":
        return
    others = await _others(conn, access)
    found = await contacts_among(conn, access.person_id, access.school.id, others)
    if not others or not found.issuperset(others):
        raise NotAContact(extra={"people": sorted(set(others) - found)})


async def _others(conn: AsyncConnection, access: ChatAccess) -> list[str]:
    """Who else is in a personal chat, in school or not; who else reads a group."""
    if access.kind == "group":
        return [person for person in await people_of_chat(conn, access.id) if person != access.person_id]
    found = await conn.scalars(
        sa.select(chat_people.c.person_id).where(
            chat_people.c.chat_id == access.id, chat_people.c.person_id != access.person_id
        )
    )
    return list(found)


def role_in(access: ChatAccess) -> Role:
    """The role that counts where people are counted: the highest by which somebody reads the chat."""
    held = {holding.role for holding in access.holdings}
    order: tuple[Role, ...] = ("administrator", "teacher", "student", "parent")
    return next(role for role in order if role in held)


def _merge(rows: Iterable[sa.Row[Any]]) -> list[ChatAccess]:
    """One access for the rows of all memberships that lead to it: rights add up, and the earliest moment counts."""
    held: dict[tuple[str, str], list[sa.Row[Any]]] = {}
    for row in rows:
        held.setdefault((row.id, row.person_id), []).append(row)
    return [_access(group) for group in held.values()]


def _access(rows: list[sa.Row[Any]]) -> ChatAccess:
    row = rows[0]
    return ChatAccess(
        id=row.id,
        kind=row.kind,
        audience=row.audience,
        first=row.first,
        title=row.title,
        school=Named(row.school_id, row.school_name),
        klass=None if row.of_class is None else Named(row.of_class, row.class_name),
        owner_id=row.owner_id,
        archived=row.archived_at is not None,
        last_number=row.last_number,
        last_at=row.last_at,
        version=row.version,
        has_policy=row.has_policy,
        person_id=row.person_id,
        holdings=frozenset(Holding(one.role, one.held_class) for one in rows),
        since=reduce(_earlier, (one.since for one in rows)),
    )


def _earlier(since: datetime | None, other: datetime | None) -> datetime | None:
    """Of two memberships by which somebody reads, the one that shows more counts; None: from the start."""
    return None if since is None or other is None else min(since, other)


__all__ = [
    "ChatAccess",
    "Kind",
    "access_chat",
    "access_chats",
    "access_pairs",
    "contacts_among",
    "people_of_chat",
    "reads_chat",
    "require_contacts",
    "role_in",
    "told_of_chat",
]
