"""Names as they are searched and compared."""

from __future__ import annotations

import unicodedata

MAX_FOLDED = 160
"""Some characters become eighteen when they are folded; what is searched ends here."""


def fold_name(name: str) -> str:
    """The form of a name that is stored beside it and searched: no case, one blank between words, yo as ye.

    SQLite's own LIKE and lower() know only ASCII, and people write both letters for the same name.
    """
    return " ".join(fold_word(name).split())[:MAX_FOLDED]


def fold_word(text: str) -> str:
    """A word, or a text word by word, without case and with yo as ye."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.replace("\u0451", "\u0435").replace("\u0435\u0308", "\u0435")
