"""The first sheet of an XLSX file as text (ECMA-376, SpreadsheetML): shared strings, inline strings, plain values.

A small reader of its own, because a stranger's file is a hostile one: parts are unpacked up to a limit, XML with a
document type (the door of entity bombs) is refused, and nothing else of the format is looked at. A cell with a formula
keeps its formula, so that it is shown as what it is.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from platform_api.errors import InvalidTable
from platform_api.imports.limits import MAX_COLUMNS, MAX_PART, MAX_PARTS, MAX_ROWS, check_row

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def read_xlsx(content: bytes) -> list[list[str]]:
    """Rows of the first sheet. Raises InvalidTable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            if len(book.namelist()) > MAX_PARTS:
                raise InvalidTable("The XLSX file has too many parts.")
            shared = _Strings()
            if "xl/sharedStrings.xml" in book.namelist():
                _parse(shared, _unpack(book, "xl/sharedStrings.xml"))
            sheet = _Sheet(shared.found)
            _parse(sheet, _unpack(book, _first_sheet(book)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InvalidTable("The XLSX file cannot be unpacked.") from error
    except (expat.ExpatError, ValueError, IndexError) as error:
        raise InvalidTable("The XLSX file cannot be read.") from error
    return [check_row(row, line) for line, row in enumerate(sheet.table(), start=1)]


def _first_sheet(book: zipfile.ZipFile) -> str:
    """The part of the sheet that stands first in the book."""
    names = set(book.namelist())
    if {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        order, parts = _Book(), _Relations()
        _parse(order, _unpack(book, "xl/workbook.xml"))
        _parse(parts, _unpack(book, "xl/_rels/workbook.xml.rels"))
        for relation in order.sheets:
            target = parts.targets.get(relation, "")
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if name in names:
                return name
    sheets = sorted(name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))
    if not sheets:
        raise InvalidTable("The XLSX file has no sheet.")
    return sheets[0]


def _unpack(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as part:
        content = part.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise InvalidTable("The XLSX file unpacks to too much.")
    return content


class _Reader:
    """Calls by expat, names without their namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Characters within it."""


class _Book(_Reader):
    """workbook.xml: relations of the sheets in order."""

    def __init__(self) -> None:
        self.sheets: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets += [value for key, value in attributes.items() if key == "id"]


class _Relations(_Reader):
    """workbook.xml.rels: parts by relation."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _Strings(_Reader):
    """sharedStrings.xml: one text for each `si`, its runs joined, phonetic hints left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._path: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if name == "si":
            self.found.append("")

    def end(self, name: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        if self._path[-1] == "t" and "rPh" not in self._path and self.found:
            self.found[-1] += text


class _Sheet(_Reader):
    """worksheet.xml: cells by row and column."""

    def __init__(self, shared: list[str]) -> None:
        self._shared = shared
        self._cells: dict[int, dict[int, str]] = {}
        self._path: list[str] = []
        self._row = 0
        self._column = -1
        self._kind = ""
        self._value = ""
        self._formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column = -1
        elif name == "c":
            place = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._row = int(place[2]) if place else self._row
            self._kind, self._value, self._formula = attributes.get("t", "n"), "", False
            if self._row > MAX_ROWS or self._row < 1:
                raise InvalidTable(f"The table has more than {MAX_ROWS} rows.")
        elif name == "f":
            self._formula = True

    def end(self, name: str) -> None:
        self._path.pop()
        if name == "c":
            text = self._text()
            if text and self._column >= MAX_COLUMNS:
                raise InvalidTable(f"Line {self._row} has more than {MAX_COLUMNS} columns.")
            if text:
                self._cells.setdefault(self._row, {})[self._column] = text

    def text(self, text: str) -> None:
        inside = self._path[-1]
        # The formula itself is shown in place of the value it had when the file was saved.
        if (inside == "v" and not self._formula) or inside == "f" or (inside == "t" and "rPh" not in self._path):
            self._value += text

    def table(self) -> list[list[str]]:
        """All rows, empty ones too."""
        rows: list[list[str]] = []
        for number in range(1, max(self._cells, default=0) + 1):
            cells = self._cells.get(number, {})
            rows.append([cells.get(column, "") for column in range(max(cells, default=-1) + 1)])
        return rows

    def _text(self) -> str:
        if self._formula:
            return "=" + self._value
        if self._kind == "s":
            return self._shared[int(self._value)] if self._value else ""
        if self._kind == "n" and self._value.endswith(".0"):
            return self._value.removesuffix(".0")
        return self._value


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _parse(reader: _Reader, content: bytes) -> None:
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_: object) -> None:
        raise InvalidTable("The XLSX file holds a document type, which no spreadsheet writes.")

    def local(name: str) -> str:
        return name.rpartition("}")[2]

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: reader.start(
        local(name), {local(key): value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: reader.end(local(name))
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    parser.Parse(content, True)
