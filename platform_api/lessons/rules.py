"""What the calls about lessons carry, and how a lesson's room is set up."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from platform_api.access import LessonAccess
from platform_api.errors import InvalidBody
from platform_api.people.rules import Named

Floor = Literal["hand", "open"]
RoomRole = Literal["host", "member", "guest"]


class Policy(Struct, frozen=True):
    """How a room is run: who is heard without asking, how many people fit, whether the others wait for a host."""

    floor: Floor = "hand"
    max: int = 50
    lobby: bool = True


LESSON_POLICY = Policy()


class NewLesson(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /lessons."""

    class_id: Annotated[str, Meta(min_length=1, max_length=64)]
    title: Annotated[str, Meta(max_length=120)] = ""


class TicketRequest(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /lessons/{id}/ticket. `device` is a random id the page keeps."""

    device: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._~-]+$")]


class TicketAnswer(Struct, frozen=True):
    """A ticket, where to take it, and until when."""

    ticket: str
    url: str
    expires_at: datetime


class Lesson(Struct, frozen=True, rename={"klass": "class"}):
    """A lesson as one person sees it."""

    id: str
    title: str
    klass: Named
    started_at: datetime
    ended_at: datetime | None
    host: Named
    may_host: bool


def lesson_for(access: LessonAccess) -> Lesson:
    """What the person is told of the lesson."""
    return Lesson(
        id=access.id,
        title=access.title,
        klass=Named(access.of.id, access.of.name),
        started_at=access.started_at,
        ended_at=access.ended_at,
        host=access.host,
        may_host=access.of.may_start,
    )


def clean_title(title: str) -> str:
    """One line without outer blanks. Raises InvalidBody for control characters."""
    cleaned = unicodedata.normalize("NFC", title).strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in cleaned):
        raise InvalidBody("Control characters are not allowed - at `$.title`")
    return cleaned


def room_title(access: LessonAccess) -> str:
    """What the room is called: the lesson's title, or the class where it has none."""
    return access.title or access.of.name


def room_role(access: LessonAccess) -> RoomRole:
    """The role a person enters the lesson's room with."""
    return "host" if access.of.may_start else "member"
