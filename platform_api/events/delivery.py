"""Entries from the hub to the pages that hold a socket, each only to those whom it concerns.

Most entries are about chats, and most pages read few of them. So an entry of a chat goes to those of its readers who
are here (`readers`), and nobody else is woken. What is told of a message is made once: the message is read with all
others of the batch, encoded once, framed once, and the same bytes are written to every socket of the chat. This is no
way past the access rules: who gets it is decided by the rule that answers GET, and what is only one reader's own is not
in it.

Any other entry waits in each follower's queue and is judged there, by that person's standing.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from platform_api.clock import Clock
from platform_api.db import Database
from platform_api.events.readers import ChatReaders, is_of_chat
from platform_api.events.reading import Cursor, Entry, Position
from platform_api.events.rules import Event, Told, Typing
from platform_api.messages.rules import Message
from platform_api.messages.showing import show_places
from platform_api.people.rules import Named

Place = tuple[str, int]
KEPT_WRITTEN = 1000
"""Messages kept from their writing until their entry is read."""


@dataclass(frozen=True, slots=True)
class Shared:
    """An entry as it is told to everybody whom it concerns."""

    position: Position
    payload: bytes
    frame: bytes
    """The payload as a whole WebSocket frame (RFC 6455, section 5.2)."""


class Follower(Protocol):
    """A page with a socket, as far as the delivery is concerned."""

    person_id: str
    position: Position
    """The last entry that was handed to it: no entry is handed out twice."""

    def take(self, item: Entry | Shared) -> None:
        """Tell the page, now or in its turn. Returns at once."""

    def whisper(self, frame: bytes) -> None:
        """Write a frame if the page is waiting for nothing; else drop it."""

    def fall_back(self) -> None:
        """Read the log by itself from where it is."""


class Delivery:
    """The followers of this process, and what is handed to them."""

    def __init__(self, db: Database, now: Clock) -> None:
        self.readers = ChatReaders(db)
        self.handed = Position(0, 0)
        """Everything up to here was handed out."""
        self._db = db
        self._now = now
        self._followers: dict[str, set[Follower]] = defaultdict(set)
        self._written: OrderedDict[Place, Message] = OrderedDict()

    def note_written(self, written: Iterable[Message]) -> None:
        """Messages that this process is about to commit: they need not be read to be told as sent."""
        for message in written:
            self._written[message.chat_id, message.number] = message
        while len(self._written) > KEPT_WRITTEN:
            self._written.popitem(last=False)

    def forget_written(self, written: Iterable[Message]) -> None:
        """They were not written after all."""
        for message in written:
            self._written.pop((message.chat_id, message.number), None)

    def add(self, follower: Follower) -> None:
        """Hand a page what comes from now on; it has everything up to its `position`."""
        self._followers[follower.person_id].add(follower)

    def remove(self, follower: Follower) -> None:
        """A page is gone, or goes its own way for a while."""
        of_person = self._followers.get(follower.person_id)
        if of_person is not None:
            of_person.discard(follower)
            if not of_person:
                del self._followers[follower.person_id]

    def begin_anew(self, head: Position) -> None:
        """The log is another one: everybody looks for themselves."""
        self.handed = head
        for of_person in list(self._followers.values()):
            for follower in list(of_person):
                follower.fall_back()

    async def hand_out(self, entries: Sequence[Entry], epoch: str) -> None:
        """Hand entries to all whom they may concern, in their order."""
        told = _last_of_each(entries)
        shown = await self._show(entry for entry in entries if entry.position in told)
        for entry in entries:
            self.readers.note(entry)
            if not is_of_chat(entry):
                self._to_each(entry)
            elif entry.position in told:
                place = _place(entry)
                await self._to_readers(entry, None if place is None else shown.get(place), epoch)
                if entry is not entries[-1]:
                    # Fifty sockets were written to; calls that came meanwhile need not wait for the next fifty.
                    await asyncio.sleep(0)
        self.handed = entries[-1].position

    async def type_in(self, person: Named, chat_id: str) -> bytes | None:
        """What is to be whispered when somebody types in a chat; None where they do not read it."""
        if person.id not in await self.readers.of(chat_id):
            return None
        return msgspec.json.encode(Typing(chat_id, person))

    async def whisper(self, words: bytes) -> None:
        """Tell the readers of a chat that somebody types."""
        typing = msgspec.json.decode(words, type=Typing)
        text = frame(words)
        for person_id in self._here(await self.readers.of(typing.chat)):
            if person_id != typing.person.id:
                for follower in self._followers.get(person_id, ()):
                    follower.whisper(text)

    async def _show(self, entries: Iterable[Entry]) -> dict[Place, Message]:
        if not self._followers:
            return {}
        shown: dict[Place, Message] = {}
        changed: set[Place] = set()
        for entry in entries:
            place = _place(entry)
            if place is None or not is_of_chat(entry):
                continue
            written = self._written.pop(place, None)
            if entry.kind == "message.sent" and written is not None:
                shown[place] = written
            else:
                changed.add(place)
        if changed:
            async with self._db.read() as conn:
                shown |= await show_places(conn, changed, None, now=self._now())
        return shown

    def _to_each(self, entry: Entry) -> None:
        if entry.school_id is None and entry.person_id is not None:
            concerned: Iterable[Follower] = self._followers.get(entry.person_id, ())
        else:
            concerned = (follower for of_person in self._followers.values() for follower in of_person)
        for follower in list(concerned):
            if entry.position > follower.position:
                follower.position = entry.position
                follower.take(entry)

    async def _to_readers(self, entry: Entry, message: Message | None, epoch: str) -> None:
        """Hand an entry of a chat to its readers; fifty times a message, so each of them costs a look or two."""
        full: Shared | None = None
        bare: Shared | None = None
        position, at = entry.position, None if message is None else message.at
        for person_id, since in (await self.readers.of(entry.subject)).items():
            of_person = self._followers.get(person_id)
            if of_person is None:
                continue
            if since is not None and at is not None and at < since:
                # They may know that something happened there, and not what was written before they came.
                item = bare = bare or _shared(entry, None, epoch)
            else:
                item = full = full or _shared(entry, message, epoch)
            for follower in tuple(of_person):
                if position > follower.position:
                    follower.position = position
                    follower.take(item)

    def _here(self, readers: Iterable[str]) -> list[str]:
        """Those of a chat's readers who hold a socket of this process."""
        return [person_id for person_id in readers if person_id in self._followers]


def _last_of_each(entries: Sequence[Entry]) -> set[Position]:
    """Entries of chats that are told: of several changes of one message in a batch the last, and all others."""
    last: dict[Place, Position] = {}
    told: set[Position] = set()
    for entry in filter(is_of_chat, entries):
        place = _place(entry)
        if entry.kind == "message.changed" and place is not None:
            last[place] = entry.position
        else:
            told.add(entry.position)
    return told | set(last.values())


def _place(entry: Entry) -> Place | None:
    number = (entry.data or {}).get("number")
    return (entry.subject, number) if entry.thing == "message" and isinstance(number, int) else None


def _shared(entry: Entry, message: Message | None, epoch: str) -> Shared:
    event = Event(
        kind=entry.kind,
        subject=entry.subject,
        at=entry.at,
        school_id=entry.school_id,
        data=entry.data,
        message=message,
    )
    told = Told("events", Cursor(epoch, entry.position).encode(), [event])
    payload = msgspec.json.encode(told)
    return Shared(entry.position, payload, frame(payload))


def frame(payload: bytes) -> bytes:
    """A text message as one unmasked frame, as a server sends it (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload
