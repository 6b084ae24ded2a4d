"""What the calls about invitations carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from platform_api.invitations.codes import Kind
from platform_api.people.rules import Named, Role

Id = Annotated[str, Meta(min_length=1, max_length=64)]
State = Literal["open", "spent", "expired", "revoked"]
Invited = Literal["teacher", "student", "parent"]


class NewInvitation(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /schools/{id}/invitations.

    Teachers and students are invited into the school or a class of it; a parent is invited as the parent of `child_id`,
    and is in the child's class. Without `max_uses` as many may come as like to, except that a parent's is for two.
    """

    role: Invited
    class_id: Id | None = None
    child_id: Id | None = None
    kind: Kind = "link"
    days: Annotated[int, Meta(ge=1, le=90)] = 7
    max_uses: Annotated[int, Meta(ge=1, le=1000)] | None = None
    note: Annotated[str, Meta(max_length=120)] = ""


class Invitation(Struct, frozen=True, rename={"klass": "class"}):
    """An invitation, without its secret."""

    id: str
    role: Role
    klass: Named | None
    child: Named | None
    kind: Kind
    note: str
    uses: int
    max_uses: int | None
    state: State
    created_by: Named | None
    """None: the operator of the server."""
    created_at: datetime
    expires_at: datetime


class MadeInvitation(Invitation, frozen=True):
    """A new invitation with its secret, which is told this once. A QR code shows `link`."""

    code: str
    link: str


class Invitations(Struct, frozen=True):
    """A page of invitations, the newest first."""

    items: list[Invitation]
    next: str | None


class InvitationCard(Struct, frozen=True, rename={"klass": "class"}):
    """What an invitation leads to, for whoever holds its code."""

    school: str
    city: str
    role: Role
    klass: str | None
    expires_at: datetime


class Joined(Struct, frozen=True, rename={"klass": "class"}):
    """Where one has come in."""

    school: Named
    role: Role
    klass: Named | None
