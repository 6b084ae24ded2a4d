"""Logins and first passwords for people a school makes accounts for."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection

from platform_api.invitations.codes import ALPHABET

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya",
}  # fmt: skip
PASSWORD_LETTERS = 10
"""50 bits, for a password that is to be changed."""


def new_login_for(name: str, taken: Collection[str]) -> str:
    """A login made of the first and last word of a name, that nobody has."""
    words = [word for word in (latin(word) for word in name.split()) if word]
    base = ".".join([words[0], words[-1]] if len(words) > 1 else words or ["person"])[:40]
    login, number = base, 1
    while login in taken or len(login) < 3:
        number += 1
        login = f"{base}{number}"
    return login


def latin(word: str) -> str:
    """A word in Latin letters and digits, as far as it can be."""
    spelt = "".join(_LATIN.get(letter, letter) for letter in unicodedata.normalize("NFC", word).casefold())
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain)


def new_password() -> str:
    """A first password that is easy to read from paper."""
    return "".join(secrets.choice(ALPHABET.lower()) for _ in range(PASSWORD_LETTERS))
