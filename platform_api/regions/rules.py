"""What the calls about regions carry, and which counts are told."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from platform_api.people.rules import Named

SMALLEST = 5
"""Counts below this are not told: with a name or two beside them they could be about a person."""
WEEKS = 8

SchoolState = Literal["not_activated", "activated", "active"]


class Regions(Struct, frozen=True):
    """Answer of GET /regions."""

    items: list[Named]


class RollOutRow(Struct, frozen=True):
    """A school of the region. None stands for a count under five."""

    school: Named
    city: str
    state: SchoolState
    """`active`: a lesson or a broadcast was begun in the last seven days."""
    people: int | None
    """Students, teachers and parents as far as they are told: no total from which a small count could be reckoned."""
    students: int | None
    teachers: int | None
    parents: int | None
    lessons: int | None
    """Lessons begun in the last seven days."""
    broadcasts: int | None


class Week(Struct, frozen=True):
    """Lessons of all schools of the region begun in the seven days from `begins_on`."""

    begins_on: date
    lessons: int | None


class RollOut(Struct, frozen=True):
    """How a region takes Sfera up."""

    region: Named
    schools: int
    activated: int
    """Schools whose administrator has come in."""
    not_activated: int
    active: int
    """Schools that were active in the last seven days."""
    rows: list[RollOutRow]
    weeks: list[Week]


def told(count: int) -> int | None:
    """A count as it may be told."""
    return count if count >= SMALLEST else None
