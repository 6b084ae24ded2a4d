"""What the calls about schools, years and classes carry, and in which order things stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from platform_api.access import ClassAccess
from platform_api.access.rules import Action
from platform_api.lessons.rules import Lesson
from platform_api.people.rules import Named, Role

Id = Annotated[str, Meta(min_length=1, max_length=64)]
SchoolName = Annotated[str, Meta(min_length=1, max_length=120)]
Address = Annotated[str, Meta(max_length=300)]
About = Annotated[str, Meta(max_length=20_000)]
YearName = Annotated[str, Meta(min_length=1, max_length=32)]
ClassName = Annotated[str, Meta(min_length=1, max_length=32)]


class Contacts(Struct, forbid_unknown_fields=True, frozen=True):
    """How the school is reached. What is not given is empty."""

    phone: Annotated[str, Meta(max_length=64)] = ""
    email: Annotated[str, Meta(max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+$")] = ""
    site: Annotated[str, Meta(max_length=300, pattern=r"^$|^https?://[^\s<>\"]+$")] = ""


class NewSchool(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /schools."""

    name: SchoolName
    city: SchoolName
    address: Address = ""
    about: About = ""
    contacts: Contacts = Contacts()


class EditSchool(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /schools/{id}; what is not there stays as it is."""

    name: SchoolName | UnsetType = UNSET
    city: SchoolName | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    about: About | UnsetType = UNSET
    contacts: Contacts | UnsetType = UNSET


class PictureQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of GET /schools/{id}/picture."""

    v: Annotated[str, Meta(max_length=64)] = ""


class HeadCount(Struct, frozen=True):
    """How many people hold a role in the school."""

    administrators: int
    teachers: int
    students: int
    parents: int


class School(Struct, frozen=True):
    """A school as one person sees it."""

    id: str
    name: str
    city: str
    address: str
    about: str
    contacts: Contacts
    region: Named | None
    picture: str | None
    """Where its picture is, or None."""
    year: Named | None
    """The school year that goes on, or the newest that is not archived."""
    people: HeadCount
    roles: list[Role]
    """What the person is there."""
    may: list[Action]
    """What the person may do there, in some class at least."""
    version: int


class Schools(Struct, frozen=True):
    """Answer of GET /schools."""

    items: list[School]
    may_create: bool
    """Whether the person may set a school up."""


class NewYear(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /schools/{id}/years."""

    name: YearName
    starts_on: date
    ends_on: date


class EditYear(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /years/{id}; what is not there stays as it is."""

    name: YearName | UnsetType = UNSET
    starts_on: date | UnsetType = UNSET
    ends_on: date | UnsetType = UNSET


class Year(Struct, frozen=True):
    """A school year."""

    id: str
    name: str
    starts_on: date
    ends_on: date
    archived_at: datetime | None
    current: bool
    version: int


class Years(Struct, frozen=True):
    """Answer of GET /schools/{id}/years, the newest first."""

    items: list[Year]


class Restored(Struct, frozen=True):
    """What a restored year or class brought back. Who has another class meanwhile, or left, was not put back."""

    classes: int
    memberships: int
    not_put_back: int


class NewClass(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /schools/{id}/classes. Without a year it stands in the one that goes on."""

    name: ClassName
    year_id: Id | None = None


class EditClass(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PATCH /classes/{id}; what is not there stays as it is."""

    name: ClassName | UnsetType = UNSET


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
    year: Named | None
    archived: bool
    may: list[Action]
    """What the person may do in it."""
    version: int


class SchoolClassWithMembers(SchoolClass, frozen=True):
    """A class and who is in it."""

    members: list[Member]


class SchoolClasses(Struct, frozen=True):
    """Answer of GET /classes."""

    classes: list[SchoolClass]


class ClassQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of GET /classes."""

    archived: bool = False
    school: Id | None = None


def members_shown(members: Iterable[Member], access: ClassAccess, children: Iterable[str] = ()) -> list[Member]:
    """Teachers first, then by name. A parent is shown the teachers and their own children, not other people's."""
    own = set(children)
    shown = [member for member in members if access.may_join or member.role == "teacher" or member.id in own]
    return sorted(shown, key=lambda member: (member.role != "teacher", name_order(member.name), member.id))


def class_order(name: str) -> tuple[int, str]:
    """Sorting key of class names: 5, 7, 9, 10, then the letter; those without a number last."""
    number = re.match(r"\d{1,9}", name)
    return (int(number[0]), name_order(name[number.end() :])) if number else (10**9, name_order(name))


def name_order(name: str) -> str:
    """Sorting key of names, where yo stands right after ye and not behind all others."""
    return name.casefold().replace("\u0451", "\u0435\uffff")
