"""What the calls about personal data carry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from platform_api.paging import PageQuery
from platform_api.people.rules import Named

EXPORT_KEPT = timedelta(days=7)
ERASED_AFTER = timedelta(days=14)
"""How long an erasure can be withdrawn."""
PROCESSING_TEXT = "2026-11"
"""Which wording of the consent to processing is asked for now."""

Ground = Literal["own request", "request of the school", "operator of the server"]


class Export(Struct, frozen=True):
    """A copy of what the platform knows of somebody, ready to be fetched."""

    id: str
    requested_at: datetime
    expires_at: datetime
    size: int
    """Bytes."""


class Confirmation(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /me/erasure and /people/{id}/erasure: the login of the account, or the name where it has none."""

    confirmation: Annotated[str, Meta(min_length=1, max_length=120)]


class Erasure(Struct, frozen=True):
    """A deletion that was asked for. Until `due_at` it can be withdrawn."""

    id: str
    person: Named
    requested_at: datetime
    due_at: datetime


class Consent(Struct, frozen=True):
    """A consent in the register."""

    id: str
    person: Named
    given_by: Named
    kind: str
    """`processing` by the person, `parental` by a parent."""
    text_version: str
    given_at: datetime
    withdrawn_at: datetime | None


class Consents(Struct, frozen=True):
    """A page of the register, the newest first."""

    items: list[Consent]
    next: str | None


class NewConsent(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /me/consents: the wording one has read. Nothing is ticked beforehand."""

    kind: Literal["processing"]
    text_version: Annotated[str, Meta(min_length=1, max_length=32)]


class ConsentQuery(PageQuery, forbid_unknown_fields=True, frozen=True):
    """Query of GET /schools/{id}/consents."""

    person_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
