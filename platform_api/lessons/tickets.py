"""Tickets: single-use, signed permissions to join one room, good for a minute."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from joserfc.jwk import OKPKey

from platform_api.access import LessonAccess
from platform_api.lessons.rules import LESSON_POLICY, room_role, room_title
from platform_api.people.queries import Viewer
from platform_api.signing import ISSUER, TICKET_AUDIENCE, sign


def sign_ticket(
    key: OKPKey, access: LessonAccess, viewer: Viewer, device: str, now: datetime, seconds: int
) -> tuple[str, datetime]:
    """A ticket for this person and device, and the moment it expires."""
    issued = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": TICKET_AUDIENCE,
        "jti": secrets.token_urlsafe(16),
        "iat": issued,
        "exp": issued + seconds,
        "room": access.id,
        "title": room_title(access),
        "person": viewer.id,
        "name": viewer.name,
        "role": room_role(access),
        "device": device,
        "policy": {"floor": LESSON_POLICY.floor, "max": LESSON_POLICY.max, "lobby": LESSON_POLICY.lobby},
    }
    return sign(key, claims), datetime.fromtimestamp(issued + seconds, UTC)
