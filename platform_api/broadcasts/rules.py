"""What the calls about broadcasts carry."""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from platform_api.broadcasts.access import Audience, BroadcastAccess
from platform_api.errors import InvalidQuery
from platform_api.people.rules import Named
from platform_api.schema import Moment

PAGE = 30
"""Broadcasts in one piece of the list, unless asked otherwise."""

_moments = Moment()


class NewBroadcast(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /lessons/{id}/broadcast. Without a title it is called as the lesson's room is."""

    title: Annotated[str, Meta(max_length=120)] = ""
    audience: Audience = "school"


class EditedBroadcast(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /broadcasts/{id}."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]


class WantedBroadcasts(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of GET /broadcasts."""

    state: Literal["live", "ended"] | None = None
    cursor: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=100)] = PAGE


class Broadcast(Struct, frozen=True, rename={"klass": "class"}):
    """A broadcast as one person sees it. Who only has a public link is not told of persons, class and lesson."""

    id: str
    title: str
    audience: Audience
    state: Literal["live", "ended"]
    school: Named
    klass: Named | None
    started_by: Named | None
    lesson_id: str | None
    started_at: datetime
    ended_at: datetime | None
    playlist_url: str
    may_lead: bool


class Broadcasts(Struct, frozen=True):
    """Answer of GET /broadcasts."""

    items: list[Broadcast]
    next: str | None


class OnAir(Struct, frozen=True):
    """Answer of GET /lessons/{id}/broadcast."""

    broadcast: Broadcast | None


def broadcast_for(access: BroadcastAccess, hls_url: str) -> Broadcast:
    """What the person is told. `hls_url` is where viewers find broadcasts."""
    return Broadcast(
        id=access.id,
        title=access.title,
        audience=access.audience,
        state="live" if access.ended_at is None else "ended",
        school=access.school,
        klass=access.klass if access.member else None,
        started_by=access.started_by if access.member else None,
        lesson_id=access.lesson_id if access.may_lead else None,
        started_at=access.started_at,
        ended_at=access.ended_at,
        playlist_url=f"{hls_url}/live/{access.id}/index.m3u8",
        may_lead=access.may_lead,
    )


def new_broadcast_id() -> str:
    """128 random bits: whoever knows the id of a public broadcast may watch it."""
    return secrets.token_urlsafe(16)


def cursor_after(access: BroadcastAccess) -> str:
    """The place in the list right behind this one."""
    text = f"{_moments.process_bind_param(access.started_at, None)}.{access.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str] | None:
    """Start and id of the last one seen; None for the beginning. Raises InvalidQuery."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        milliseconds, _, broadcast_id = text.partition(".")
        started_at = _moments.process_result_value(int(milliseconds), None)
    except (binascii.Error, ValueError, OverflowError) as error:
        raise InvalidQuery("Not a cursor of this list - at `$.cursor`") from error
    if started_at is None or not broadcast_id:
        raise InvalidQuery("Not a cursor of this list - at `$.cursor`")
    return started_at, broadcast_id
