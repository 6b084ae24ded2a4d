"""What a message is found by: stems of its words, and a term that stands for its chat.

The same text goes into FTS5 (SQLite) and a tsvector (PostgreSQL), so both find the same. A word is folded as names are
(no case, yo as ye), then stemmed by the language of its script. The term of the chat lets the index itself pass over
other chats: a common word is not looked up in a million messages to show the fifty that somebody may read.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

from platform_api.names import fold_word

MAX_TERMS = 400
"""Different words of one message that are searched; 4,000 characters hold few more."""
MAX_WORD = 40
"""Longer words are cut: they are addresses and noise, and an index row is bounded."""
MAX_WANTED = 8
"""Words of a query that are looked for; all of them must be there."""

_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_local = threading.local()


def search_text(chat_id: str, text: str) -> str:
    """The column `search` of a message: its terms with blanks between them."""
    return " ".join([chat_term(chat_id), *stems(text, MAX_TERMS)])


def chat_term(chat_id: str) -> str:
    """The term of a chat: letters and digits, so that no tokenizer takes it apart."""
    return "chat" + chat_id.encode().hex()


def stems(text: str, limit: int) -> list[str]:
    """The stems of a text's words, each once, in order; at most `limit`."""
    found: dict[str, None] = {}
    for word in _WORD.findall(fold_word(text)):
        found[stem(word[:MAX_WORD])] = None
        if len(found) == limit:
            break
    return list(found)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a folded word: Russian where it has a Cyrillic letter, else English."""
    stemmer = _russian() if _CYRILLIC.search(word) else _english()
    return str(stemmer.stemWord(word))


def fts_query(wanted: Iterable[str], chat_ids: Iterable[str]) -> str:
    """A query of FTS5: all of the stems, in one of the chats."""
    places = " OR ".join(f'"{chat_term(chat_id)}"' for chat_id in chat_ids)
    return " AND ".join([*(f'"{one}"' for one in wanted), f"({places})"])


def vector_query(wanted: Iterable[str], chat_ids: Iterable[str] = ()) -> str:
    """The same as a tsquery; without chats, of the stems alone."""
    places = " | ".join(f"'{chat_term(chat_id)}'" for chat_id in chat_ids)
    return " & ".join([*(f"'{one}'" for one in wanted), *([f"({places})"] if places else [])])


def _russian() -> snowballstemmer.stemmer:
    # A stemmer keeps the word it works on: each thread has its own.
    if not hasattr(_local, "russian"):
        _local.russian = snowballstemmer.stemmer("russian")
    return _local.russian


def _english() -> snowballstemmer.stemmer:
    if not hasattr(_local, "english"):
        _local.english = snowballstemmer.stemmer("english")
    return _local.english
