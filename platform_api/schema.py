"""Tables of the platform (SQLAlchemy Core). Migrations bring a database to this form."""

from __future__ import annotations

from platform_api.tables.base import Document, Moment, metadata
from platform_api.tables.broadcasts import broadcasts, stream_keys
from platform_api.tables.community import (
    classes,
    imports,
    invitations,
    join_requests,
    memberships,
    region_operators,
    regions,
    school_grants,
    school_pictures,
    school_years,
    schools,
)
from platform_api.tables.lessons import lessons, presences, webhook_events
from platform_api.tables.people import (
    consents,
    erasures,
    exports,
    guides,
    identities,
    parent_links,
    password_links,
    people,
    sessions,
    sign_in_states,
    totp,
    totp_recovery_codes,
)
from platform_api.tables.records import audit, event_log, events, idempotency_keys

__all__ = [
    "Document",
    "Moment",
    "audit",
    "broadcasts",
    "classes",
    "consents",
    "erasures",
    "event_log",
    "events",
    "exports",
    "guides",
    "idempotency_keys",
    "identities",
    "imports",
    "invitations",
    "join_requests",
    "lessons",
    "memberships",
    "metadata",
    "parent_links",
    "password_links",
    "people",
    "presences",
    "region_operators",
    "regions",
    "school_grants",
    "school_pictures",
    "school_years",
    "schools",
    "sessions",
    "sign_in_states",
    "stream_keys",
    "totp",
    "totp_recovery_codes",
    "webhook_events",
]
