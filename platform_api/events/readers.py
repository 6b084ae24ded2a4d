"""Who reads a chat, remembered between two messages: one query for a chat until something in the log changes it.

It is kept in the order of the log: an entry about memberships or chats comes before the messages that were written
after it, and lets go of what it may have changed. So whoever was taken out of a chat is told nothing of what is written
there from then on, and a message costs no query however many read the chat.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from datetime import datetime

from platform_api.access.chats import told_of_chat
from platform_api.db import Database
from platform_api.events.reading import Entry

OF_CHATS = frozenset({"chat", "message"})
"""What is seen by those who read the chat it names, unless it is about one person."""
CHANGES_READERS = frozenset({"membership", "parent_link", "person", "class", "year", "school"})
KEPT_CHATS = 4000

Readers = Mapping[str, datetime | None]
"""People by id, each with the moment from which on they read; None: from the start."""


def is_of_chat(entry: Entry) -> bool:
    """Whether an entry is for those who read a chat."""
    return entry.person_id is None and entry.thing in OF_CHATS


class ChatReaders:
    """The readers of chats that were asked for last."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: OrderedDict[str, Readers] = OrderedDict()
        self._schools: dict[str, set[str]] = defaultdict(set)
        self._age = 0

    def note(self, entry: Entry) -> None:
        """Let go of what an entry may have changed."""
        if entry.thing == "chat":
            self._age += 1
            self._kept.pop(entry.subject, None)
        elif entry.thing in CHANGES_READERS:
            self._age += 1
            if entry.school_id is None:
                self._kept.clear()
                self._schools.clear()
            else:
                for chat_id in self._schools.pop(entry.school_id, ()):
                    self._kept.pop(chat_id, None)

    async def of(self, chat_id: str) -> Readers:
        """Who reads a chat; of one that was deleted, who did."""
        kept = self._kept.get(chat_id)
        if kept is not None:
            self._kept.move_to_end(chat_id)
            return kept
        age = self._age
        school, readers = await told_of_chat(self._db, chat_id)
        if age == self._age and school is not None:  # else something changed while it was read
            self._kept[chat_id] = readers
            self._schools[school].add(chat_id)
            if len(self._kept) > KEPT_CHATS:
                self._kept.popitem(last=False)
        return readers
