"""Rows of a table as people of a school, and what is wrong with each line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from platform_api.errors import InvalidBody, InvalidTable
from platform_api.imports.rules import Fault, FaultCode, Line
from platform_api.imports.tables import is_formula
from platform_api.names import fold_name
from platform_api.texts import clean_line

Column = Literal["name", "last", "first", "middle", "class", "role", "birth_date"]
HEADS: Mapping[str, Column] = {
    **dict.fromkeys(("фио", "ф.и.о.", "ф. и. о.", "имя и фамилия", "фамилия и имя", "name", "full name"), "name"),
    **dict.fromkeys(("ученик", "ученица", "учащийся", "student", "учитель", "teacher"), "name"),
    **dict.fromkeys(("фамилия", "last name", "surname", "family name"), "last"),
    **dict.fromkeys(("имя", "first name", "given name"), "first"),
    **dict.fromkeys(("отчество", "middle name", "patronymic"), "middle"),
    **dict.fromkeys(("класс", "class", "grade"), "class"),
    **dict.fromkeys(("роль", "role"), "role"),
    **dict.fromkeys(("дата рождения", "день рождения", "birth date", "date of birth", "born"), "birth_date"),
}
ROLES: Mapping[str, Literal["teacher", "student"]] = {
    **dict.fromkeys(("ученик", "ученица", "учащийся", "student", "pupil"), "student"),
    **dict.fromkeys(("учитель", "учительница", "преподаватель", "педагог", "teacher"), "teacher"),
}
OLDEST = date(1900, 1, 1)
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[T ]00:00:00)?"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),
)
_SERIAL_DAY = date(1899, 12, 30)
"""Day 0 of spreadsheets' date numbers."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What lines are read against."""

    classes: Mapping[str, str]
    """Ids of the classes that go on, by folded name."""
    members: frozenset[tuple[str, str]]
    """(class, folded name) of who is in them."""
    class_id: str | None
    """The class of lines that name none."""
    class_name: str
    role: Literal["teacher", "student"]
    """The role of lines that name none."""
    today: date


@dataclass(frozen=True, slots=True)
class Understood:
    """A table as people."""

    lines: list[Line]
    ignored: list[str]
    """Heads of columns that mean nothing here."""


def understand(rows: Sequence[Sequence[str]], setting: Setting) -> Understood:
    """People of a table. Raises InvalidTable where no column holds names."""
    heads: list[Column | None] = [HEADS.get(fold_name(cell)) for cell in rows[0]]
    known = [head for head in heads if head is not None]
    if not known and len(rows[0]) == 1:
        heads, begin = ["name"], 0  # a plain list of names
    elif {"name"} & set(known) or {"last", "first"} <= set(known):
        begin = 1
    else:
        raise InvalidTable("The first line must name the columns: one of full names, or of first and last names.")
    if len(set(known)) != len(known):
        raise InvalidTable("Two columns have the same meaning.")
    lines: list[Line] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows[begin:], start=begin + 1):
        if any(row):
            cells = {head: cell for head, cell in zip(heads, row, strict=False) if head is not None}
            lines.append(_line(number, cells, setting, seen))
    if not lines:
        raise InvalidTable("The table has no lines below its head.")
    return Understood(lines, [cell for cell, head in zip(rows[0], heads, strict=True) if head is None and cell])


def _line(number: int, cells: Mapping[Column, str], setting: Setting, seen: dict[tuple[str, str], int]) -> Line:
    faults = [Fault("formula", column) for column, cell in cells.items() if is_formula(cell)]
    name = _name(cells, faults)
    role = _role(cells.get("role", ""), setting, faults)
    class_id, class_name = _class(cells.get("class", ""), role, setting, faults)
    born = _birth_date(cells.get("birth_date", ""), setting.today, faults)
    if name:
        key = (class_id or "", fold_name(name))
        if key in seen:
            faults.append(Fault("repeated", "name", str(seen[key])))
        elif key in setting.members:
            faults.append(Fault("already_member", "name"))
        seen.setdefault(key, number)
    return Line(number, name, role, class_id, class_name, born, faults)


def _name(cells: Mapping[Column, str], faults: list[Fault]) -> str:
    parts = [cells.get(column, "") for column in ("first", "middle", "last")]
    name = cells.get("name") or " ".join(part for part in parts if part)
    if not name:
        faults.append(Fault("name_missing", "name"))
        return ""
    if len(name) > 120:
        faults.append(Fault("name_too_long", "name"))
        return name[:120]
    try:
        return clean_line(name, "name")
    except InvalidBody:
        faults.append(Fault("name_invalid", "name"))
        return ""


def _role(cell: str, setting: Setting, faults: list[Fault]) -> Literal["teacher", "student"]:
    if not cell:
        return setting.role
    found = ROLES.get(fold_name(cell))
    if found is None:
        faults.append(Fault("role_unknown", "role", cell[:40]))
    return found or setting.role


def _class(cell: str, role: str, setting: Setting, faults: list[Fault]) -> tuple[str | None, str]:
    if not cell or cell == "-":
        if setting.class_id is None and role == "student":
            faults.append(Fault("class_missing", "class"))
        return setting.class_id, setting.class_name
    # "7 б" and "7-Б" are how the same class is written elsewhere.
    folded = fold_name(cell)
    for spelling in (folded, re.sub(r"[\s«»\"'-]", "", folded)):
        if spelling in setting.classes:
            return setting.classes[spelling], cell
    faults.append(Fault("class_unknown", "class", cell[:40]))
    return None, cell[:32]


def _birth_date(cell: str, today: date, faults: list[Fault]) -> date | None:
    if not cell or cell == "-":
        return None
    found: date | None = None
    try:
        for form in _DATES:
            if match := form.fullmatch(cell):
                found = date(int(match["y"]), int(match["m"]), int(match["d"]))
        if found is None and re.fullmatch(r"\d{4,5}", cell):
            found = date.fromordinal(_SERIAL_DAY.toordinal() + int(cell))
    except ValueError:
        found = None
    if found is None or not OLDEST <= found <= today:
        faults.append(Fault("birth_date_invalid", "birth_date", cell[:40]))
        return None
    return found


def has_faults(lines: Sequence[Line]) -> int:
    """How many lines have something wrong."""
    return sum(bool(line.faults) for line in lines)


def without_birth_date(lines: Sequence[Line]) -> list[Line]:
    """The lines, with a fault where an account is to be made for a student whose age is not known."""
    code: FaultCode = "birth_date_missing"
    return [
        Line(
            line.line,
            line.name,
            line.role,
            line.class_id,
            line.class_name,
            line.birth_date,
            [*line.faults, Fault(code, "birth_date")],
        )
        if line.role == "student" and line.birth_date is None
        else line
        for line in lines
    ]
