"""Who may see an entry of the log: decided when it is read, by the memberships that were open when it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.reach import was_archived_with
from platform_api.access.rules import PEOPLE_SEEN, RULES, Action, Scope
from platform_api.events.reading import Entry
from platform_api.people.rules import Role
from platform_api.schema import classes, memberships

Scopes = Mapping[Role, Scope]

THINGS: Mapping[str, Scopes] = {
    "school": RULES[Action.SEE_SCHOOL],
    "year": RULES[Action.SEE_SCHOOL],
    "class": RULES[Action.SEE_CLASS],
    "lesson": RULES[Action.ENTER_LESSONS],
    "broadcast": RULES[Action.WATCH_BROADCASTS],
    "stream_key": RULES[Action.LEAD_LESSONS],
    "invitation": {"administrator": Scope.SCHOOL, "teacher": Scope.CLASS},
    "request": RULES[Action.DECIDE_REQUESTS],
    "import": RULES[Action.IMPORT_PEOPLE],
    "consent": RULES[Action.READ_CONSENTS],
    "erasure": RULES[Action.ERASE_PEOPLE],
    "report": RULES[Action.DECIDE_REPORTS],
}
"""By what changed: which roles of the entry's school see it, and whether in all of it or only in the entry's class.

Memberships and people are seen as the access rules say who sees whom: their entries carry the role of whoever changed
(`data["role"]`). What is not named here is seen by the person it is about and by nobody else.
"""

PEOPLE = frozenset({"membership", "person"})
PLACED = frozenset({"file", "folder", "article", "comment", "album"})
"""What stands in a school's own sections, where everybody of it reads, or in those of a class, where the class does; an
entry of a comment says where its article stands."""


REREAD = frozenset({"class.archived", "class.restored", "class.deleted", "year.archived", "year.restored"})
"""Kinds that change what people see who are told nothing about themselves."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A membership as far as it decides what is seen."""

    school_id: str
    class_id: str | None
    role: Role
    since: datetime
    until: datetime | None
    reads_on: bool
    """It ended with its class, which is archived: the person goes on reading the class."""

    def held_at(self, moment: datetime) -> bool:
        """Whether it was open then."""
        return self.since <= moment and (self.until is None or moment < self.until)

    def still_reads(self, entry: Entry) -> bool:
        """Whether an entry is about the archived class that who held it goes on reading, or what its page names."""
        return self.reads_on and (
            entry.class_id == self.class_id or (entry.class_id is None and entry.thing in {"school", "year"})
        )

    def reaches(self, entry: Entry) -> bool:
        """Whether an entry of the membership's school is for who holds it."""
        if entry.thing in PEOPLE:
            role = cast(Role, (entry.data or {}).get("role", "administrator"))
            scope = PEOPLE_SEEN[self.role].get(role)
        elif entry.thing in PLACED:
            action = Action.SEE_SCHOOL if entry.class_id is None else Action.SEE_CLASS
            scope = RULES[action].get(self.role)
        else:
            scope = THINGS.get(entry.thing, {}).get(self.role)
        match scope:
            case Scope.SCHOOL:
                return True
            case Scope.CLASS:
                return entry.class_id is not None and entry.class_id == self.class_id
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Standing:
    """One person before the log."""

    person_id: str
    intervals: tuple[Interval, ...]

    def sees(self, entry: Entry) -> bool:
        """Whether the person may see an entry."""
        if entry.person_id == self.person_id:
            return True
        if entry.school_id is None:
            return False
        return any(
            interval.school_id == entry.school_id
            and (interval.held_at(entry.at) or interval.still_reads(entry))
            and interval.reaches(entry)
            for interval in self.intervals
        )

    def is_in_school(self, entry: Entry) -> bool:
        """Whether the person was in the school of an entry."""
        return any(interval.school_id == entry.school_id and interval.held_at(entry.at) for interval in self.intervals)

    def changed_by(self, entry: Entry) -> bool:
        """Whether an entry says that the person may see more or less than this."""
        if entry.person_id == self.person_id:
            return entry.thing in {"membership", "parent_link", "person"}
        return entry.kind in REREAD and any(interval.school_id == entry.school_id for interval in self.intervals)


async def find_standing(conn: AsyncConnection, person_id: str) -> Standing:
    """A person's memberships, open and ended."""
    rows = await conn.execute(
        sa.select(
            memberships.c.school_id,
            memberships.c.class_id,
            memberships.c.role,
            memberships.c.since,
            memberships.c.until,
            sa.case((was_archived_with(memberships), True), else_=False).label("reads_on"),
        )
        .select_from(memberships.outerjoin(classes, classes.c.id == memberships.c.class_id))
        .where(memberships.c.person_id == person_id)
    )
    return Standing(person_id, tuple(Interval(*row) for row in rows))
