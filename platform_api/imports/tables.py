"""A CSV or XLSX file as rows of plain text, within limits. Nothing of a file is ever computed: formulas are refused."""

from __future__ import annotations

import csv
import io

from platform_api.errors import InvalidTable
from platform_api.imports.limits import check_row
from platform_api.imports.xlsx import read_xlsx

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula (OWASP, CSV injection)."""


def read_table(file_name: str, content: bytes) -> list[list[str]]:
    """All rows of the file's first table, cells stripped, empty rows kept so that line numbers stay true.

    Raises InvalidTable for what is no table, or a larger one than is taken.
    """
    if content.startswith(b"PK\x03\x04"):
        rows = read_xlsx(content)
    elif file_name.lower().endswith((".xlsx", ".xls", ".ods")) or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidTable("Only CSV and XLSX tables are read; save the table as one of these.")
    else:
        rows = read_csv(content)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise InvalidTable("The table is empty.")
    return rows


def read_csv(content: bytes) -> list[list[str]]:
    """Rows of a CSV file: UTF-8, or Windows-1251 as Russian spreadsheets save it; comma, semicolon or tab."""
    text = _decode(content)
    if "\0" in text:
        raise InvalidTable("This is not a text file.")
    first_line = text.lstrip().split("\n", 1)[0]
    delimiter = max(";,\t", key=first_line.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(check_row(row, len(rows) + 1))
    except csv.Error as error:
        raise InvalidTable(f"Line {len(rows) + 1} is not CSV: {error}.") from error
    return rows


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet might compute the cell in place of showing it. A lone dash means "nothing"."""
    return cell.startswith(FORMULA_BEGINS) and cell.strip("-") != ""


def harmless(cell: str) -> str:
    """The cell as it may stand in a CSV file of ours: an apostrophe keeps a spreadsheet from computing it."""
    return f"'{cell}" if cell.startswith(FORMULA_BEGINS) else cell


def write_csv(rows: list[list[str]]) -> bytes:
    """A CSV file for spreadsheets: UTF-8 with its mark, semicolons (Russian ones split at these), harmless cells."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidTable("The text is neither UTF-8 nor Windows-1251.")
