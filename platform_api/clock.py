"""Wall time and identifiers of the platform."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, in UTC. Handed in, so that tests can set it."""


def utc_now() -> datetime:
    """The present moment in UTC, whole milliseconds, as the database keeps it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def new_id() -> str:
    """A new random identifier: 16 URL-safe characters, 96 bits; none begins with a dash, as options do."""
    while (found := secrets.token_urlsafe(12)).startswith("-"):
        pass
    return found
