"""What the calls about requests to join carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from platform_api.paging import PageQuery
from platform_api.people.rules import Named, Role

Id = Annotated[str, Meta(min_length=1, max_length=64)]
State = Literal["open", "accepted", "declined", "withdrawn"]


class SchoolCard(Struct, frozen=True):
    """What somebody who has a school's address is told of it, to know whom they ask."""

    id: str
    name: str
    city: str


class NewRequest(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /schools/{id}/requests. `class_name` is what people call it; whether there is one is not told."""

    role: Literal["teacher", "student", "parent"]
    class_name: Annotated[str, Meta(max_length=32)] = ""
    message: Annotated[str, Meta(max_length=500)] = ""


class Accept(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /requests/{id}/accept: the class, where the one asked for is not it; a parent's child."""

    class_id: Id | None = None
    child_id: Id | None = None


class RequestQuery(PageQuery, forbid_unknown_fields=True, frozen=True):
    """Query of GET /schools/{id}/requests."""

    state: State = "open"


class JoinRequest(Struct, frozen=True, rename={"klass": "class"}):
    """A request to join."""

    id: str
    school: Named
    person: Named
    role: Role
    klass: Named | None
    """The class that was asked for, for those who decide; the person themselves sees it once they are in."""
    message: str
    state: State
    created_at: datetime
    decided_at: datetime | None
    may_decide: bool


class JoinRequests(Struct, frozen=True):
    """A page of requests, the oldest first."""

    items: list[JoinRequest]
    next: str | None
