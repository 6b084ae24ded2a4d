"""What the calls about events carry."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from platform_api.events.audience import Standing
from platform_api.events.readers import is_of_chat
from platform_api.events.reading import Entry
from platform_api.messages.rules import Message
from platform_api.people.rules import Named

WAIT_SECONDS = 25
"""Longest wait of a long-poll: proxies give up an answer after 30 or 60."""
MAX_CURSOR = 96

CursorText = Annotated[str, Meta(max_length=MAX_CURSOR)]


FROM_AFAR = {"membership": "school.people", "person": "school.people", "class": "school.classes"}
"""What somebody in the school is told of a thing there which they do not see."""


class Event(Struct, frozen=True, omit_defaults=True, rename={"school_id": "school", "class_id": "class"}):
    """Something changed; read it again. `kind` is `<thing>.<what happened>`, `subject` the thing's id."""

    kind: str
    subject: str
    at: datetime
    school_id: str | None = None
    class_id: str | None = None
    person: str | None = None
    data: dict[str, Any] | None = None
    message: Message | None = None
    """On the socket, of `message.sent` and `message.changed`: the message as everybody there may read it."""


class Events(Struct, frozen=True):
    """Answer of GET /events. `cursor` is what the next call says as `after`."""

    items: list[Event]
    cursor: str


class EventsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of GET /events: nothing to learn where the log ends now, else a cursor, and how long to wait for news."""

    after: CursorText | None = None
    wait: Annotated[int, Meta(ge=0, le=WAIT_SECONDS)] = 0


class NowTyping(Struct, frozen=True, forbid_unknown_fields=True):
    """A later message of a page: its person types in that chat."""

    typing: Annotated[str, Meta(min_length=1, max_length=64)]


class Typing(Struct, frozen=True, tag_field="type", tag="typing"):
    """A message to the page: somebody types in a chat. It is in no log."""

    chat: str
    person: Named


class Resume(Struct, frozen=True, forbid_unknown_fields=True):
    """First message of a page on the socket: the cursor it has read up to, or nothing to begin now."""

    resume_after: CursorText | None = None


class Told(Struct, frozen=True):
    """A message to the page.

    `ready`: nothing before `cursor` is missing. `events`: what happened up to `cursor` (there may be nothing in it that
    concerns this person). `resync_required`: too much happened, or too long ago: read all things anew; events go on
    behind `cursor`.
    """

    type: Literal["ready", "events", "resync_required"]
    cursor: str
    items: list[Event] = []


def shown(entries: Iterable[Entry], standing: Standing, chats_read: Collection[str] = ()) -> list[Event]:
    """The entries a person may see, as they are told; of chats those in `chats_read`.

    Who may not see somebody come or go still sees how many are there, and names of people and classes stand beside
    broadcasts and other people: who is in the school is told `school.people` or `school.classes`, and no more.
    """
    told: list[Event] = []
    for entry in entries:
        if entry.subject in chats_read if is_of_chat(entry) else standing.sees(entry):
            told.append(
                Event(
                    kind=entry.kind,
                    subject=entry.subject,
                    at=entry.at,
                    school_id=entry.school_id,
                    class_id=entry.class_id,
                    person=entry.person_id,
                    data=entry.data,
                )
            )
        elif entry.thing in FROM_AFAR and entry.school_id is not None and standing.is_in_school(entry):
            told.append(
                Event(kind=FROM_AFAR[entry.thing], subject=entry.school_id, at=entry.at, school_id=entry.school_id)
            )
    return told
