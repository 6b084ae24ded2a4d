"""What the calls about classes carry, and in which order things stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from platform_api.access import ClassAccess
from platform_api.lessons.rules import Lesson
from platform_api.people.rules import Named


class Member(Struct, frozen=True):
    """Somebody of a class."""

    id: str
    name: str
    role: Literal["teacher", "student"]


class SchoolClass(Struct, frozen=True, omit_defaults=False):
    """A class as one person sees it."""

    id: str
    name: str
    school: Named
    students: int
    teachers: int
    may_start: bool
    lesson: Lesson | None


class SchoolClassWithMembers(SchoolClass, frozen=True):
    """A class and who is in it."""

    members: list[Member]


class SchoolClasses(Struct, frozen=True):
    """Answer of GET /classes."""

    classes: list[SchoolClass]


def members_shown(members: Iterable[Member], access: ClassAccess) -> list[Member]:
    """Teachers first, then by name. A parent is shown the teachers, not other people's children."""
    shown = [member for member in members if access.may_join or member.role == "teacher"]
    return sorted(shown, key=lambda member: (member.role != "teacher", name_order(member.name), member.id))


def class_order(name: str) -> tuple[int, str]:
    """Sorting key of class names: 5, 7, 9, 10, then the letter; those without a number last."""
    number = re.match(r"\d{1,9}", name)
    return (int(number[0]), name_order(name[number.end() :])) if number else (10**9, name_order(name))


def name_order(name: str) -> str:
    """Sorting key of names, where yo stands right after ye and not behind all others."""
    return name.casefold().replace("\u0451", "\u0435\uffff")
