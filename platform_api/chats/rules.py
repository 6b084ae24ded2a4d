"""What the calls about chats carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from platform_api.access.chats import Kind
from platform_api.memberships.rules import Id
from platform_api.messages.rules import MAX_TEXT, Coming, Message, Number
from platform_api.paging import PageQuery
from platform_api.people.rules import Named, Role

MAX_GROUP = 100
"""People of one group."""
MAX_GROUPS = 200
"""Groups one person owns in a school."""
MAX_LISTED = 500

Title = Annotated[str, Meta(min_length=1, max_length=120)]
ChatAction = Literal[
    "post", "react", "poll", "moderate", "pin", "edit", "schedule", "people", "leave", "delete", "join"
]


class NewChat(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /schools/{id}/chats.

    `people`: the other one of a personal chat, the others of a group. `title`: of all but personal ones. `audience`: of
    a school's chat or channel.
    """

    kind: Literal["personal", "group", "school", "channel"]
    title: Annotated[str, Meta(max_length=120)] = ""
    people: Annotated[list[Id], Meta(max_length=MAX_GROUP - 1)] = []
    audience: Literal["everybody", "staff"] = "everybody"


class NewClassChat(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /classes/{id}/chats: one more chat of the class, or of its parents."""

    kind: Literal["class", "parents"]
    title: Title


class EditChat(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /chats/{id}."""

    title: Title


class AddPeople(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /chats/{id}/people."""

    people: Annotated[list[Id], Meta(min_length=1, max_length=MAX_GROUP)]


class ChatsQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of GET /chats. `others`: what an administrator may read and has not joined, instead of one's own."""

    school_id: Id | None = None
    others: bool = False


class ContactsQuery(PageQuery, forbid_unknown_fields=True, frozen=True):
    """Query of GET /schools/{id}/contacts: by a part of the name."""

    q: Annotated[str, Meta(max_length=120)] | None = None


class ReadUpTo(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PUT /chats/{id}/read."""

    number: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class NewDraft(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PUT /chats/{id}/draft; an empty one is none."""

    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    reply_to: Number | None = None


class Mute(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PUT /chats/{id}/mute; without a moment: for ever."""

    until: Coming | None = None


class Draft(Struct, frozen=True):
    """What somebody has begun to write."""

    text: str
    reply_to: int | None
    at: datetime


class Readers(Struct, frozen=True):
    """How many people may read a chat now, by role."""

    administrators: int
    teachers: int
    students: int
    parents: int


class Chat(Struct, frozen=True, rename={"klass": "class"}):
    """A chat as one person meets it."""

    id: str
    kind: Kind
    title: str
    school: Named
    klass: Named | None
    audience: Literal["everybody", "staff"] | None
    other: Named | None
    """Of a personal chat."""
    owner_id: str | None
    archived: bool
    last: Message | None
    last_number: int
    read_number: int
    unread: int
    other_read: int | None
    """Of a personal chat: how far the other has read."""
    muted: bool
    muted_until: datetime | None
    draft: Draft | None
    joined: bool
    may: list[ChatAction]
    readers: Readers | None
    """Not in lists."""
    version: int


class Chats(Struct, frozen=True):
    """Answer of GET /chats, the newest message first."""

    items: list[Chat]


class ChatPerson(Struct, frozen=True):
    """Somebody who reads a chat."""

    id: str
    name: str
    role: Role
    owner: bool


class ChatPeople(Struct, frozen=True):
    """A page of a chat's readers by name, as far as one sees them."""

    items: list[ChatPerson]
    next: str | None


class ContactRole(Struct, frozen=True, rename={"klass": "class"}):
    """What somebody is in the school."""

    role: Role
    klass: Named | None


class Contact(Struct, frozen=True):
    """Somebody one may write to."""

    id: str
    name: str
    roles: list[ContactRole]


class Contacts(Struct, frozen=True):
    """A page of contacts by name."""

    items: list[Contact]
    next: str | None
