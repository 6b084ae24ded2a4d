"""A school to put load on: `python -m platform_api.rehearsal DATABASE_URL --classes 40 --size 50`.

Fills a database with one school in which every class has a teacher and students, all signed in, and prints as JSON the
chats of the classes with the tokens of their people. It is no place for anybody's data: everybody's session is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import secrets
import sys
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.chats.making import found_class_chats
from platform_api.clock import utc_now
from platform_api.db import Database
from platform_api.names import fold_name
from platform_api.schema import chats, classes, memberships, people, schools, sessions

SCHOOL = "rehearsal"


class RehearsedChat(msgspec.Struct, frozen=True):
    """A class's chat, and the session tokens of all who read it."""

    id: str
    tokens: list[str]


async def fill(database_url: str, class_count: int, size: int) -> list[RehearsedChat]:
    """Make the school in a new database; its chats."""
    db, now = Database(database_url), utc_now() - timedelta(days=1)
    try:
        await db.migrate()
        async with db.write() as conn:
            await conn.execute(sa.insert(schools).values(id=SCHOOL, name="Rehearsal", city="-", created_at=now))
            return [await _fill_class(conn, f"class-{number}", size, now) for number in range(class_count)]
    finally:
        await db.close()


async def _fill_class(conn: AsyncConnection, class_id: str, size: int, now: datetime) -> RehearsedChat:
    await conn.execute(sa.insert(classes).values(id=class_id, school_id=SCHOOL, name=class_id, created_at=now))
    await found_class_chats(conn, SCHOOL, class_id, now)
    tokens = [secrets.token_urlsafe(32) for _ in range(size)]
    ids = [f"{class_id}-{number}" for number in range(size)]
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        people: [
            {"id": one, "login": one, "name": f"Person {one}", "name_folded": fold_name(one), "created_at": now}
            for one in ids
        ],
        memberships: [
            {
                "id": one,
                "person_id": one,
                "school_id": SCHOOL,
                "role": "student" if number else "teacher",
                "class_id": class_id,
                "since": now,
            }
            for number, one in enumerate(ids)
        ],
        sessions: [
            {
                "id": one,
                "token_hash": hashlib.sha256(token.encode()).digest(),
                "person_id": one,
                "created_at": now,
                "seen_at": utc_now(),
                "expires_at": now + timedelta(days=14),
            }
            for one, token in zip(ids, tokens, strict=True)
        ],
    }
    for table, values in rows.items():
        await conn.execute(sa.insert(table), values)
    chat_id = await conn.scalar(sa.select(chats.c.id).where(chats.c.class_id == class_id, chats.c.kind == "class"))
    return RehearsedChat(str(chat_id), tokens)


def main() -> None:
    """Read the command line, fill, print."""
    parser = argparse.ArgumentParser(prog="python -m platform_api.rehearsal", description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--classes", type=int, default=40)
    parser.add_argument("--size", type=int, default=50, help="people in each, the teacher among them")
    chosen = parser.parse_args()
    found = asyncio.run(fill(chosen.database_url, chosen.classes, chosen.size))
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
