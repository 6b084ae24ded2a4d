"""A school's list of restricted words: what is refused, and what an administrator is asked to look at.

Words are compared by their stems, so that every form of one is found, and only as whole words: a list of stems within
words refuses names of towns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

import sqlalchemy as sa
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.messages.terms import MAX_TERMS, stems
from platform_api.schema import chat_policies

MAX_WORDS = 500


class RestrictedWord(Struct, forbid_unknown_fields=True, frozen=True):
    """One word, all its forms, and what is done with a message that holds it: refused, or flagged and reported."""

    word: Annotated[str, Meta(min_length=2, max_length=40)]
    action: Literal["refuse", "flag"]


@dataclass(frozen=True, slots=True)
class WordList:
    """The list of one school, by stems."""

    by_stem: dict[str, RestrictedWord]

    def judge(self, text: str) -> str | None:
        """The first word for which an administrator is asked to look at a text. Raises errors.RestrictedWord."""
        flagged = None
        for stem in stems(text, MAX_TERMS * 10):
            found = self.by_stem.get(stem)
            if found is None:
                continue
            if found.action == "refuse":
                raise errors.RestrictedWord(extra={"word": found.word})
            flagged = flagged or found.word
        return flagged


def make_list(words: Iterable[RestrictedWord]) -> WordList:
    """A list by stems. Raises errors.InvalidBody for what is not one word."""
    by_stem: dict[str, RestrictedWord] = {}
    for place, word in enumerate(words):
        found = stems(word.word, 2)
        if len(found) != 1:
            raise errors.InvalidBody(f"Must be one word - at `$.words[{place}].word`")
        by_stem[found[0]] = word
    return WordList(by_stem)


async def word_lists(conn: AsyncConnection, school_ids: Iterable[str]) -> dict[str, WordList]:
    """The lists of schools that have one."""
    wanted = list(school_ids)
    if not wanted:
        return {}
    rows = await conn.execute(
        sa.select(chat_policies.c.school_id, chat_policies.c.words).where(chat_policies.c.school_id.in_(wanted))
    )
    return {row.school_id: make_list(RestrictedWord(**word) for word in row.words) for row in rows if row.words}


async def judge(conn: AsyncConnection, school_id: str, text: str) -> str | None:
    """What the list of one school says of a text, as `WordList.judge` does."""
    words = (await word_lists(conn, [school_id])).get(school_id)
    return None if words is None else words.judge(text)
