"""What the calls about members carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from platform_api.paging import PageQuery
from platform_api.people.rules import Named, Role

Id = Annotated[str, Meta(min_length=1, max_length=64)]
State = Literal["active", "waiting", "no_consent", "consent_withdrawn", "deactivated"]
"""`waiting`: an account made from a list that nobody has taken over yet."""


class MemberQuery(PageQuery, forbid_unknown_fields=True, frozen=True):
    """Query of GET /schools/{id}/members: by role, by class (`none`: who has no class), by a part of the name."""

    role: Role | None = None
    class_id: Id | None = None
    q: Annotated[str, Meta(max_length=120)] | None = None


class Held(Struct, frozen=True, rename={"klass": "class"}):
    """An open membership of somebody."""

    id: str
    role: Role
    klass: Named | None
    since: datetime
    version: int


class Member(Struct, frozen=True):
    """Somebody of a school, as far as one person sees them."""

    id: str
    name: str
    memberships: list[Held]
    parents: list[Named]
    children: list[Named]
    state: State | None
    """Whether the account is active; None for those whom it does not concern."""
    login: str | None
    """For administrators."""
    version: int
    """Of the person: what PATCH /people/{id} takes as If-Match."""


class Members(Struct, frozen=True):
    """A page of members by name."""

    items: list[Member]
    next: str | None


class NewMembership(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /schools/{id}/memberships: a class for somebody who is in the school."""

    person_id: Id
    role: Literal["teacher", "student"]
    class_id: Id


class EditMembership(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /memberships/{id}."""

    role: Literal["administrator", "teacher"]


class Transfer(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /memberships/{id}/transfer."""

    class_id: Id
