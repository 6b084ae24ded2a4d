"""What has been said in the demonstration school: in the chat of a class, and among the parents of that class."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.clock import utc_now
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.messages.appending import write
from platform_api.messages.changing import meet, react, vote
from platform_api.messages.outgoing import Allowed, Outgoing, check
from platform_api.messages.rules import NewPoll
from platform_api.people.queries import Viewer
from platform_api.schema import chats, classes, messages, people, schools
from platform_api.seed_people import CLASSES, PARENTS, SCHOOL, STUDENTS, TEACHERS

_TEACHER, _PARENTS = TEACHERS[0][0], [login for login, *_ in PARENTS]
_STUDENTS = [login for login, _ in STUDENTS[CLASSES[0]]]


class Line(NamedTuple):
    """A message; a reply goes to the message of that number."""

    login: str
    text: str
    reply_to: int | None = None
    poll: NewPoll | None = None
    votes: tuple[tuple[str, int], ...] = ()
    """Logins, and the place of the option they chose."""
    liked_by: tuple[str, ...] = ()


SAID = {
    "class": (
        Line(_TEACHER, "В пятницу после уроков сажаем яблони за школой. Нужны перчатки и хорошее настроение."),
        Line(_STUDENTS[0], "А лопаты брать?"),
        Line(_TEACHER, "Лопаты и вёдра даст школа.", reply_to=2, liked_by=(_STUDENTS[0], _STUDENTS[4])),
        Line(_STUDENTS[1], "Я принесу термос с чаем на всех!", liked_by=(_STUDENTS[2],)),
        Line(
            _TEACHER,
            "Во сколько начнём?",
            poll=NewPoll(["Сразу после уроков", "В три часа"]),
            votes=((_STUDENTS[0], 0), (_STUDENTS[1], 0), (_STUDENTS[2], 1), (_STUDENTS[5], 0)),
        ),
    ),
    "parents": (
        Line(_PARENTS[0], "Вера Павловна, к скольким забирать детей в пятницу?"),
        Line(_TEACHER, "К пяти часам, из школьного двора.", reply_to=1, liked_by=(_PARENTS[0],)),
    ),
}
"""By the kind of a class's first chats. The teacher has the last word: for her nothing is unread."""


def seed_chats(config: ApiConfig) -> None:
    """Say it in the demonstration school, if nothing was said there yet. Blocks; call it where no event loop runs."""
    asyncio.run(_seed(config))


async def _seed(config: ApiConfig) -> None:
    db = Database(config.database_url)
    try:
        async with db.write() as conn:
            found = await _silent_chats(conn)
            if found:
                logins = [_TEACHER, *_PARENTS, *_STUDENTS]
                rows = await conn.execute(sa.select(people).where(people.c.login.in_(logins)))
                viewers = {row.login: Viewer(row.id, row.name, row.login) for row in rows}
                for kind, chat_id in found.items():
                    await _say(conn, chat_id, SAID[kind], viewers, utc_now())
    finally:
        await db.close()


async def _silent_chats(conn: AsyncConnection) -> dict[str, str]:
    """The class's first chats by kind; none if somebody has written in the school."""
    school_id = await conn.scalar(sa.select(schools.c.id).where(schools.c.name == SCHOOL[0]))
    written = (
        sa.select(messages.c.id).join(chats, chats.c.id == messages.c.chat_id).where(chats.c.school_id == school_id)
    )
    if school_id is None or await conn.scalar(written.limit(1)) is not None:
        return {}
    rows = await conn.execute(
        sa.select(chats.c.kind, chats.c.id)
        .join(classes, classes.c.id == chats.c.class_id)
        .where(chats.c.school_id == school_id, chats.c.first, classes.c.name == CLASSES[0])
        .where(classes.c.deleted_at.is_(None))
    )
    return {row.kind: row.id for row in rows}


async def _say(
    conn: AsyncConnection, chat_id: str, lines: tuple[Line, ...], viewers: dict[str, Viewer], now: datetime
) -> None:
    for number, line in enumerate(lines, start=1):
        wanted = Outgoing(
            chat_id=chat_id,
            author=viewers[line.login],
            client_id=f"demo-{chat_id}-{number}",
            text=line.text,
            reply_to=line.reply_to,
            poll=line.poll,
        )
        (allowed,) = await check(conn, [wanted])
        if not isinstance(allowed, Allowed):
            return  # somebody was moved since the school was seeded first
        await write(conn, [allowed], now)
        with contextlib.suppress(errors.NotFound):
            for login, place in line.votes:
                await vote(await meet(conn, viewers[login], chat_id, number, now), [place])
            for login in line.liked_by:
                await react(await meet(conn, viewers[login], chat_id, number, now), "👍")
