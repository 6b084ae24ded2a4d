"""What the calls about imports carry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Way = Literal["codes", "accounts"]
FaultCode = Literal[
    "formula",
    "name_missing",
    "name_too_long",
    "name_invalid",
    "role_unknown",
    "class_missing",
    "class_unknown",
    "birth_date_invalid",
    "birth_date_missing",
    "repeated",
    "already_member",
]


class ImportQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Query of POST /schools/{id}/imports: the file's name; class and role of lines that name none."""

    file_name: Annotated[str, Meta(max_length=200)] = ""
    class_id: Id | None = None
    role: Literal["teacher", "student"] = "student"


class Fault(Struct, frozen=True):
    """What is wrong in a line. `value` is what stands there, or, of `repeated`, the line it repeats."""

    code: FaultCode
    column: str
    value: str = ""


class Line(Struct, frozen=True):
    """A line of the table as it was understood."""

    line: int
    name: str
    role: Literal["teacher", "student"]
    class_id: str | None
    class_name: str
    birth_date: date | None
    faults: list[Fault]


class Import(Struct, frozen=True):
    """A table that was read. Nothing is done before it is applied, and nothing at all while a line has faults."""

    id: str
    file_name: str
    lines: int
    errors: int
    """Lines with faults."""
    ignored: list[str]
    """Columns that mean nothing here."""
    items: list[Line]
    created_at: datetime
    expires_at: datetime
    applied_at: datetime | None


class ApplyImport(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /imports/{id}/apply.

    `codes`: each person gets a code by which they take over their account themselves. `accounts`: each gets a login and
    a password from the school; students' birth dates must be known, and who is under 14 waits for a parent's consent.
    """

    way: Way = "codes"


class Taken(Struct, frozen=True):
    """Somebody the import made: what to hand them. It is told this once."""

    line: int
    person_id: str
    name: str
    class_name: str
    code: str | None
    link: str | None
    login: str | None
    password: str | None


class Applied(Struct, frozen=True):
    """What an import made."""

    items: list[Taken]
