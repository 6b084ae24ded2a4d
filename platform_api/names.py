"""Names as they are searched and compared."""

from __future__ import annotations

import unicodedata

MAX_FOLDED = 160
"""Some characters become eighteen when they are folded; what is searched ends here."""


def fold_name(name: str) -> str:
    """The form of a name that is stored beside it and searched: no case, one blank between words, yo as ye.

    SQLite's own LIKE and lower() know only ASCII, and people write both letters for the same name.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split()).replace("\u0451", "\u0435").replace("\u0435\u0308", "\u0435")[:MAX_FOLDED]
