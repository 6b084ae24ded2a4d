"""The secrets of invitations: long ones for links, short ones to be typed from a blackboard."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Literal

Kind = Literal["link", "code"]

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 and O, 1 and I and L."""
CODE_LETTERS = 10
"""49 bits. Guesses are slowed by the limits of calls; codes live for days."""
_LOOKALIKES = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")
"""Cyrillic letters that look like Latin ones: who reads a code aloud or types it does not see the difference."""


def new_code(kind: Kind) -> str:
    """A new secret: 128 random bits for a link, ten letters in two groups for a code."""
    if kind == "link":
        return secrets.token_urlsafe(16)
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
    return f"{letters[: CODE_LETTERS // 2]}-{letters[CODE_LETTERS // 2 :]}"


def code_hash(code: str) -> bytes:
    """What the database keeps of it. A code is found however it is typed; a link's secret only as it is."""
    folded = unicodedata.normalize("NFKC", code).upper().translate(_LOOKALIKES)
    letters = "".join(letter for letter in folded if letter not in " -\u2010\u2011\u2012\u2013\u2014")
    kept = letters if len(letters) == CODE_LETTERS and set(letters) <= set(ALPHABET) else code.strip()
    return hashlib.sha256(kept.encode("utf-8", "surrogatepass")).digest()
