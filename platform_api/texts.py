"""Names and texts people typed, in the one form that is stored. Any script is welcome, markup is not."""

from __future__ import annotations

import unicodedata

from platform_api.errors import InvalidBody

_LINE_BREAKS = ("Zl", "Zp")
_NEVER = ("Cc", "Cs")
_MARKUP = frozenset("<>")
_JOINERS = frozenset("\u200c\u200d")
"""Some scripts are spelt with these."""


def clean_line(text: str, field: str, *, empty: bool = False) -> str:
    """One line, composed, without outer or doubled blanks. Raises InvalidBody for what no name holds."""
    cleaned = " ".join(unicodedata.normalize("NFC", text).split())
    if not cleaned and not empty:
        raise InvalidBody(f"Must not be blank - at `$.{field}`")
    for letter in cleaned:
        kind = unicodedata.category(letter)
        if kind in _NEVER or kind in _LINE_BREAKS or (kind == "Cf" and letter not in _JOINERS):
            raise InvalidBody(f"Control characters are not allowed - at `$.{field}`")
        if letter in _MARKUP:
            raise InvalidBody(f"The characters < and > are not allowed - at `$.{field}`")
    return cleaned


def clean_text(text: str, field: str) -> str:
    """Lines of plain text. Raises InvalidBody for control characters other than the end of a line."""
    cleaned = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(letter) in _NEVER and letter not in "\n\t" for letter in cleaned):
        raise InvalidBody(f"Control characters are not allowed - at `$.{field}`")
    return cleaned
