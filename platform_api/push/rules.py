"""What the calls about notifications carry, and when nobody is to be disturbed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from platform_api.errors import InvalidBody

QUIET_FROM, QUIET_UNTIL = 21 * 60, 7 * 60
"""Minutes after midnight, for who has set nothing else."""
TIME_ZONE = "Europe/Moscow"
MAX_SUBSCRIPTIONS = 10

Hour = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5)]


class Notifications(Struct, forbid_unknown_fields=True, frozen=True):
    """When and how somebody is told: quiet hours in their time zone, and whether a push says what was written."""

    quiet_from: Hour | None = "21:00"
    quiet_until: Hour | None = "07:00"
    time_zone: Annotated[str, Meta(max_length=64)] = TIME_ZONE
    show_text: bool = False


class PushKeys(Struct, forbid_unknown_fields=True, frozen=True):
    """Of a browser's subscription: its public key, and a secret both sides share (RFC 8291)."""

    p256dh: Annotated[str, Meta(min_length=86, max_length=96, pattern="^[A-Za-z0-9_=-]+$")]
    auth: Annotated[str, Meta(min_length=20, max_length=32, pattern="^[A-Za-z0-9_=-]+$")]


class NewSubscription(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /me/push: what `PushSubscription.toJSON()` gives, without the time it expires."""

    endpoint: Annotated[str, Meta(min_length=10, max_length=1000)]
    keys: PushKeys


class Subscription(Struct, frozen=True):
    """A browser that is told."""

    id: str
    created_at: datetime
    user_agent: str | None


class Push(Struct, frozen=True):
    """What a page subscribes with (null: this server sends no pushes), and one's browsers."""

    public_key: str | None
    subscriptions: list[Subscription]


def minutes(hour: str | None) -> int | None:
    """Minutes after midnight of an hour as people write it."""
    return None if hour is None else int(hour[:2]) * 60 + int(hour[3:])


def hour(minutes: int | None) -> str | None:
    """The other way round."""
    return None if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"


def zone(name: str) -> ZoneInfo:
    """A time zone by its name. Raises InvalidBody."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidBody("There is no such time zone - at `$.time_zone`") from error


def is_quiet(settings: Any, now: datetime) -> bool:
    """Whether somebody wants to hear nothing at this hour; `settings` is their row, or nothing."""
    start, end, name = QUIET_FROM, QUIET_UNTIL, TIME_ZONE
    if settings is not None:
        if settings.quiet_from is None:
            return False
        start, end, name = settings.quiet_from, settings.quiet_until, settings.time_zone
    local = now.astimezone(ZoneInfo(name))
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start <= end else minute >= start or minute < end
