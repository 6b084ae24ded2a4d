"""How large a table may be."""

from __future__ import annotations

import re
import unicodedata

from platform_api.errors import InvalidTable

MAX_FILE = 512 * 1024
"""Bytes of a file."""
MAX_ROWS = 1000
MAX_COLUMNS = 20
MAX_CELL = 500
"""Characters."""
MAX_PART = 8 * 1024 * 1024
"""Bytes of one unpacked part of an XLSX file."""
MAX_PARTS = 200
"""Files in an XLSX file."""


def check_row(row: list[str], line: int) -> list[str]:
    """The row's cells in one line each. Raises InvalidTable where there are too many, or too long ones."""
    if line > MAX_ROWS:
        raise InvalidTable(f"The table has more than {MAX_ROWS} rows.")
    if len(row) > MAX_COLUMNS:
        raise InvalidTable(f"Line {line} has more than {MAX_COLUMNS} columns.")
    cells = [re.sub(r"\s+", " ", unicodedata.normalize("NFC", cell)).strip(" ") for cell in row]
    if any(len(cell) > MAX_CELL for cell in cells):
        raise InvalidTable(f"Line {line} has a cell of more than {MAX_CELL} characters.")
    return cells
