"""The role table as data: which role may do what, and how far.

A rule holds for the memberships of a person in one school. `Scope.SCHOOL`: anywhere in that school; `Scope.CLASS`: in
the class the membership is in; `Scope.OWN`: on what is the person's own (themselves, their invitations, their child).
What no row says is not allowed. Functions of this package read these tables; nothing else of the platform decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, StrEnum
from typing import Literal, NamedTuple

from platform_api.people.rules import Role


class Scope(Enum):
    """How far a right reaches."""

    SCHOOL = "school"
    CLASS = "class"
    OWN = "own"


class Action(StrEnum):
    """What can be done in a school. The values are also the names in the audit of refusals and in answers' `may`."""

    SEE_SCHOOL = "see_school"
    EDIT_SCHOOL = "edit_school"
    MANAGE_YEARS = "manage_years"
    MANAGE_CLASSES = "manage_classes"
    MANAGE_MEMBERS = "manage_members"
    INVITE_TEACHERS = "invite_teachers"
    INVITE_STUDENTS = "invite_students"
    INVITE_PARENTS = "invite_parents"
    DECIDE_REQUESTS = "decide_requests"
    REQUEST_TO_JOIN = "request_to_join"
    IMPORT_PEOPLE = "import_people"
    READ_AUDIT = "read_audit"
    READ_CONSENTS = "read_consents"
    ERASE_PEOPLE = "erase_people"
    SEE_CLASS = "see_class"
    ENTER_LESSONS = "enter_lessons"
    LEAD_LESSONS = "lead_lessons"
    START_BROADCASTS = "start_broadcasts"
    WATCH_BROADCASTS = "watch_broadcasts"
    KEEP_FILES = "keep_files"
    POST_MATERIALS = "post_materials"
    MANAGE_MATERIALS = "manage_materials"
    MANAGE_SCHOOL_CHATS = "manage_school_chats"
    MANAGE_CLASS_CHATS = "manage_class_chats"
    USE_CHATS = "use_chats"
    POST_IN_CHANNELS = "post_in_channels"
    POST_POLLS = "post_polls"
    DECIDE_REPORTS = "decide_reports"


_SCHOOL, _CLASS, _OWN = Scope.SCHOOL, Scope.CLASS, Scope.OWN

RULES: Mapping[Action, Mapping[Role, Scope]] = {
    Action.SEE_SCHOOL: {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _SCHOOL, "parent": _SCHOOL},
    Action.EDIT_SCHOOL: {"administrator": _SCHOOL},
    Action.MANAGE_YEARS: {"administrator": _SCHOOL},
    Action.MANAGE_CLASSES: {"administrator": _SCHOOL},
    Action.MANAGE_MEMBERS: {"administrator": _SCHOOL},
    Action.INVITE_TEACHERS: {"administrator": _SCHOOL},
    Action.INVITE_STUDENTS: {"administrator": _SCHOOL, "teacher": _CLASS},
    Action.INVITE_PARENTS: {"administrator": _SCHOOL, "teacher": _CLASS, "student": _OWN},
    Action.DECIDE_REQUESTS: {"administrator": _SCHOOL, "teacher": _CLASS},
    Action.REQUEST_TO_JOIN: {"teacher": _SCHOOL, "student": _SCHOOL},
    Action.IMPORT_PEOPLE: {"administrator": _SCHOOL},
    Action.READ_AUDIT: {"administrator": _SCHOOL},
    Action.READ_CONSENTS: {"administrator": _SCHOOL},
    Action.ERASE_PEOPLE: {"administrator": _SCHOOL},
    Action.SEE_CLASS: {"administrator": _SCHOOL, "teacher": _CLASS, "student": _CLASS, "parent": _CLASS},
    Action.ENTER_LESSONS: {"administrator": _SCHOOL, "teacher": _CLASS, "student": _CLASS},
    Action.LEAD_LESSONS: {"administrator": _SCHOOL, "teacher": _CLASS},
    Action.START_BROADCASTS: {"administrator": _SCHOOL, "teacher": _CLASS},
    Action.WATCH_BROADCASTS: {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _SCHOOL, "parent": _SCHOOL},
    Action.KEEP_FILES: {"administrator": _OWN, "teacher": _OWN, "student": _OWN, "parent": _OWN},
    # Documents, videos, articles, albums: put into the school's sections, and edit there what is one's own.
    Action.POST_MATERIALS: {"administrator": _SCHOOL, "teacher": _SCHOOL},
    # The same in a class, and edit what others put there.
    Action.MANAGE_MATERIALS: {"administrator": _SCHOOL, "teacher": _CLASS},
    Action.MANAGE_SCHOOL_CHATS: {"administrator": _SCHOOL},
    Action.MANAGE_CLASS_CHATS: {"administrator": _SCHOOL, "teacher": _CLASS},
    Action.USE_CHATS: {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _SCHOOL, "parent": _SCHOOL},
    Action.POST_IN_CHANNELS: {"administrator": _SCHOOL, "teacher": _SCHOOL},
    Action.POST_POLLS: {"administrator": _SCHOOL, "teacher": _SCHOOL},
    Action.DECIDE_REPORTS: {"administrator": _SCHOOL},
}

PEOPLE_SEEN: Mapping[Role, Mapping[Role, Scope]] = {
    "administrator": {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _SCHOOL, "parent": _SCHOOL},
    "teacher": {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _CLASS, "parent": _CLASS},
    "student": {"administrator": _SCHOOL, "teacher": _CLASS, "student": _CLASS},
    "parent": {"administrator": _SCHOOL, "teacher": _CLASS, "parent": _CLASS},
}
"""Whom a role sees, by the role they are seen in. Parents and their own children see each other besides."""

CONTACTS: Mapping[Role, Mapping[Role, Scope]] = {
    "administrator": {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _SCHOOL},
    "teacher": {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _CLASS, "parent": _CLASS},
    "student": {"administrator": _SCHOOL, "teacher": _CLASS, "student": _CLASS},
    "parent": {"teacher": _CLASS, "parent": _CLASS},
}
"""Whom a role may write to, by the role they are in; it reads the same both ways. Parents and their own children write
to each other besides."""

Audience = Literal["people", "class", "parents", "everybody", "staff"]

CHAT_READERS: Mapping[Audience, Mapping[Role, Scope]] = {
    "people": {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _SCHOOL, "parent": _SCHOOL},
    "class": {"administrator": _SCHOOL, "teacher": _CLASS, "student": _CLASS},
    "parents": {"administrator": _SCHOOL, "teacher": _CLASS, "parent": _CLASS},
    "everybody": {"administrator": _SCHOOL, "teacher": _SCHOOL, "student": _SCHOOL, "parent": _SCHOOL},
    "staff": {"administrator": _SCHOOL, "teacher": _SCHOOL},
}
"""Which roles of its school, or of its class, read a chat. Of one of `people` they must be named there besides."""

INVITES: Mapping[Role, Action] = {
    "teacher": Action.INVITE_TEACHERS,
    "student": Action.INVITE_STUDENTS,
    "parent": Action.INVITE_PARENTS,
}
"""What inviting into a role asks for. Administrators are appointed, not invited."""

ADMITS: Mapping[Role, Action] = {
    "teacher": Action.INVITE_TEACHERS,
    "student": Action.DECIDE_REQUESTS,
    "parent": Action.INVITE_PARENTS,
}
"""What deciding about somebody's request to join asks for."""

EndReason = Literal["left", "removed", "transferred", "archived", "role", "placed", "erased"]
"""Why a membership ended. `placed`: a membership of the whole school gave way to one of a class."""


class Holding(NamedTuple):
    """What an open membership gives in its school."""

    role: Role
    class_id: str | None


def may(action: Action, holdings: Iterable[Holding], class_id: str | None = None, *, own: bool = False) -> bool:
    """Whether memberships of one school allow something: in a class of it, on one's own, or in the school at large."""
    rule = RULES[action]
    for holding in holdings:
        match rule.get(holding.role):
            case Scope.SCHOOL:
                return True
            case Scope.CLASS if class_id is not None and holding.class_id == class_id:
                return True
            case Scope.OWN if own:
                return True
            case _:
                pass
    return False


def may_somewhere(action: Action, holdings: Iterable[Holding]) -> bool:
    """Whether memberships of one school allow something at least in one class of it, or on one's own."""
    return any(
        scope is not Scope.CLASS or holding.class_id is not None
        for holding in holdings
        if (scope := RULES[action].get(holding.role)) is not None
    )
