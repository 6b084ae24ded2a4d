"""People who write into chats, and what must be true of it afterwards."""

from __future__ import annotations

import asyncio
import functools
import random
from collections import Counter

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.schema import chats, events, messages
from tests.chaos.dying import Pages, until_death
from tests.unit.platform_api.world import ADMINISTRATOR, TEACHER_5_7, TEACHER_7_9, Answer, Page

Sent = tuple[str, str]
"""Chat and text of a send."""


class Writers:
    """The school's staff at several pages each, writing into the chats of their classes.

    The pages of a person share their names for messages: no two sends have the same one.
    """

    def __init__(self, wanted: int, pages: int, dice: random.Random) -> None:
        self.wanted = wanted
        self._dice = dice
        self._pages = Pages()
        self._writers = [
            Writer(login, dice.randrange(10**6))
            for login in (ADMINISTRATOR, TEACHER_5_7, TEACHER_7_9)
            for _ in range(pages)
        ]

    @property
    def answered(self) -> int:
        """See `dying.Crew`."""
        return sum(len(writer.numbers) for writer in self._writers)

    async def come(self, base: str, life: int) -> None:
        """See `dying.Crew`."""
        pages = {
            login: await self._pages.come(base, login) for login in dict.fromkeys(one.login for one in self._writers)
        }
        await asyncio.gather(*(writer.come(pages[writer.login], self._dice) for writer in self._writers))

    def begin(self) -> list[asyncio.Task[bool]]:
        """See `dying.Crew`."""
        return [
            asyncio.create_task(until_death(functools.partial(writer.send, self._dice)), name="writer")
            for writer in self._writers
        ]

    async def close(self) -> None:
        """See `dying.Crew`."""
        await self._pages.close()

    async def check(self, conn: AsyncConnection) -> None:
        """Every answered message is there under its number, nothing is there twice, and each stands in the log."""
        rows = (await conn.execute(sa.select(messages).order_by(messages.c.chat_id, messages.c.number))).all()
        names = Counter(row.client_id for row in rows)
        assert set(names.values()) <= {1}, "no name stands for two messages"
        kept = {row.client_id: row for row in rows}
        for writer in self._writers:
            for client_id, number in writer.numbers.items():
                row = kept[client_id]
                assert (row.chat_id, row.text) == writer.sent[client_id]
                assert row.number == number
            assert {name for name in kept if name.startswith(f"{writer.name}-")} <= writer.sent.keys()
        numbers: dict[str, list[int]] = {}
        for row in rows:
            numbers.setdefault(row.chat_id, []).append(row.number)
        last = {row.id: row.last_number for row in await conn.execute(sa.select(chats).where(chats.c.last_number > 0))}
        assert numbers == {chat: list(range(1, number + 1)) for chat, number in last.items()}, "numbers without a hole"
        told = Counter(
            (entry.subject, entry.data["number"])
            for entry in await conn.execute(sa.select(events).where(events.c.kind == "message.sent"))
        )
        assert told == Counter((row.chat_id, row.number) for row in rows), "each is told once"

    def __str__(self) -> str:
        return f"{self.answered} messages, {sum(writer.repeated for writer in self._writers)} sent again"


class Writer:
    """One page: sends one message after the other, and remembers what was answered."""

    def __init__(self, login: str, name: int) -> None:
        self.login = login
        self.name = name
        self.sent: dict[str, Sent] = {}
        self.numbers: dict[str, int] = {}
        """Of what was answered."""
        self.repeated = 0
        self._page: Page | None = None
        self._chats: list[str] = []

    async def come(self, page: Page, dice: random.Random) -> None:
        """Send again what nobody answered, as a page does with its outbox, and one that was answered."""
        self._page = page
        if not self._chats:
            # Chats of classes which an administrator has not joined are among the others.
            listed = [(await page.call("GET", f"/chats?others={others}")).json["items"] for others in ("false", "true")]
            self._chats = [chat["id"] for some in listed for chat in some if "post" in chat["may"]]
        cut_off = [client_id for client_id in self.sent if client_id not in self.numbers]
        for client_id in cut_off:
            answer = await self._call(client_id)
            self.numbers[client_id] = answer.json["number"]
            self.repeated += 1
        if self.numbers:
            client_id = dice.choice(list(self.numbers))
            answer = await self._call(client_id)
            assert (answer.status, answer.json["number"]) == (200, self.numbers[client_id])

    async def send(self, dice: random.Random) -> None:
        """One message. Raises aiohttp.ClientError when the api dies over it."""
        client_id = f"{self.name}-{len(self.sent)}"
        self.sent[client_id] = (dice.choice(self._chats), f"Сообщение {client_id}")
        answer = await self._call(client_id)
        self.numbers[client_id] = answer.json["number"]

    async def _call(self, client_id: str) -> Answer:
        assert self._page is not None
        chat, text = self.sent[client_id]
        answer = await self._page.call("POST", f"/chats/{chat}/messages", {"client_id": client_id, "text": text})
        assert answer.status in (200, 201), answer.json
        return answer
