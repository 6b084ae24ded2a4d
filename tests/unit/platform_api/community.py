"""Two schools with somebody of every role in them, and a session for each, made without a single password."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import aiohttp
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import schema as tables
from platform_api.chats.making import found_class_chats, put_in
from platform_api.clock import new_id
from platform_api.invitations.codes import code_hash
from platform_api.memberships import family, moves
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.people.queries import Viewer
from tests.unit.platform_api.world import World

WHO = ("administrator", "teacher", "student", "parent", "region_operator", "outsider", "nobody")
PLACES = ("own", "class", "school", "gone")
"""Own; in another class of the same school; in another school; not there at all."""
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17)
TODAY = date(2026, 9, 1)


@dataclass
class Community:
    """The people by role, and the things a call may name, by place."""

    world: World
    people: dict[str, str] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, dict[str, str]] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    """Things that each person has for themselves."""

    sessions: dict[str, str] = field(default_factory=dict)
    """Ids."""

    def link(self, who: str, file_id: str, what: str) -> str:
        """The signed part of a link for somebody's session."""
        viewer = Viewer(self.people.get(who, "nobody"), who, who, session_id=self.sessions.get(who, ""))
        return self.world.parts.links.make(viewer, file_id, what).partition("link=")[2]

    def viewer(self, who: str) -> Viewer:
        return Viewer(self.people[who], who, self.logins[who])


async def build(world: World) -> Community:
    """Fill the world's database."""
    found = Community(world)
    async with world.parts.db.write() as conn:
        change = Change(conn, None, world.parts.now())
        maker = _Maker(found, change)
        here, there = await maker.school("Школа № 0-бис", "r1"), await maker.school("Школа № 00", "r2")
        await maker.staff(here, there)
        for place, school in (("own", here), ("class", here), ("school", there)):
            found.things[place] = {**school, **await maker.klass(place, school)}
        await maker.everybody_in()
        found.things["gone"] = {
            name: secrets.token_urlsafe(12) for name in [*found.things["own"], "code", "broadcast_id"]
        }
        for who in WHO[:-1]:
            found.tokens[who] = await _open_session(conn, world, found.people[who])
            found.own[who] = await maker.belongings(who)
        rows = await conn.execute(sa.select(tables.sessions.c.id, tables.sessions.c.token_hash))
        hashes = {hashlib.sha256(token.encode()).digest(): who for who, token in found.tokens.items()}
        found.sessions = {hashes[row.token_hash]: row.id for row in rows if row.token_hash in hashes}
    return found


class _Maker:
    """Makes rows, through the platform's own moves where there are some."""

    def __init__(self, found: Community, change: Change) -> None:
        self.found, self.change, self.conn = found, change, change.conn
        self.now = change.now

    async def person(self, key: str) -> str:
        person_id, login = new_id(), fold_name(key).replace(" ", ".")
        await self.conn.execute(
            sa.insert(tables.people).values(
                id=person_id,
                login=login,
                name=key,
                name_folded=fold_name(key),
                password_hash="$argon2id$none",
                birth_date=date(1990, 1, 1),
                created_at=self.now,
            )
        )
        self.found.people[key], self.found.logins[key] = person_id, login
        return person_id

    async def school(self, name: str, region: str) -> dict[str, str]:
        ids = {kind: new_id() for kind in ("region_id", "school_id", "year_id", "old_year_id")}
        await self.conn.execute(
            sa.insert(tables.regions).values(
                id=ids["region_id"], name=region, name_folded=fold_name(region), created_at=self.now
            )
        )
        await self.conn.execute(
            sa.insert(tables.schools).values(
                id=ids["school_id"],
                name=name,
                name_folded=fold_name(name),
                city="Светлоозёрск",
                region_id=ids["region_id"],
                created_at=self.now,
            )
        )
        await self.conn.execute(
            sa.insert(tables.school_pictures).values(
                school_id=ids["school_id"],
                media_type="image/png",
                content=PNG,
                digest=hashlib.sha256(PNG).digest(),
                changed_at=self.now,
            )
        )
        for key, begins, archived in (("year_id", 2026, None), ("old_year_id", 2025, self.now)):
            await self.conn.execute(
                sa.insert(tables.school_years).values(
                    id=ids[key],
                    school_id=ids["school_id"],
                    name=f"{begins}/{begins + 1}",
                    starts_on=date(begins, 9, 1),
                    ends_on=date(begins + 1, 5, 31),
                    created_at=self.now,
                    archived_at=archived,
                )
            )
        return ids

    async def staff(self, here: dict[str, str], there: dict[str, str]) -> None:
        """Administrators of both schools (two of the first: one may go), the region's operator, a stranger."""
        for key, school in (("administrator", here), ("second administrator", here), ("other administrator", there)):
            await moves.join(self.change, await self.person(key), school["school_id"], "administrator", None)
        await self.conn.execute(
            sa.insert(tables.region_operators).values(
                id=new_id(),
                person_id=await self.person("region_operator"),
                region_id=here["region_id"],
                since=self.now,
            )
        )
        await self.person("outsider")

    async def klass(self, place: str, school: dict[str, str]) -> dict[str, str]:
        """A class with a teacher, students, a parent, a lesson on air, an invitation, a request, a read table."""
        school_id, class_id = school["school_id"], new_id()
        name = {"own": "5А", "class": "9В", "school": "5А"}[place]
        await self.conn.execute(
            sa.insert(tables.classes).values(
                id=class_id,
                school_id=school_id,
                school_year_id=school["year_id"],
                name=name,
                name_folded=fold_name(name),
                created_at=self.now,
            )
        )
        ids = {"class_id": class_id}
        people = {key: await self.person(f"{key} {place}") for key in ("mentor", "mate", "child", "leaving", "asker")}
        people["mother"] = await self.person(f"mother {place}")
        people["newcomer"] = await self.person(f"newcomer {place}")
        ids["mentor_membership"] = await moves.join(self.change, people["mentor"], school_id, "teacher", class_id)
        for key in ("mate", "child", "leaving"):
            ids[f"{key}_membership"] = await moves.join(self.change, people[key], school_id, "student", class_id)
        await moves.join(self.change, people["newcomer"], school_id, "student", None)
        await family.link(self.change, people["mother"], people["child"])
        ids["mother_membership"] = (await moves.open_rows(self.change, people["mother"]))[0].id
        ids.update(people)
        ids["mate_login"] = self.found.logins[f"mate {place}"]
        ids.update(await self._doings(school, class_id, people))
        ids.update(await self._chats(school_id, class_id, people))
        return ids

    async def _chats(self, school_id: str, class_id: str, people: dict[str, str]) -> dict[str, str]:
        """The class's chats and one more, a channel of the school, a group; in each a poll that the mentor asked."""
        await found_class_chats(self.conn, school_id, class_id, self.now)
        extra = {"school_id": school_id, "created_at": self.now, "title": "Кружок"}
        rows: dict[str, dict[str, Any]] = {
            "extra_chat_id": {"kind": "class", "audience": "class", "class_id": class_id},
            "channel_id": {"kind": "channel", "audience": "everybody"},
            "group_id": {"kind": "group", "audience": "people", "owner_id": people["mentor"]},
        }
        ids = {name: new_id() for name in rows}
        for name, values in rows.items():
            await self.conn.execute(sa.insert(tables.chats).values(id=ids[name], **extra, **values))
        await put_in(self.conn, ids["group_id"], (people["mentor"], people["mate"]), people["mentor"], self.now)
        firsts = sa.select(tables.chats.c.id, tables.chats.c.kind).where(tables.chats.c.first)
        for row in await self.conn.execute(firsts.where(tables.chats.c.class_id == class_id)):
            ids["chat_id" if row.kind == "class" else "parents_chat_id"] = row.id
        for chat_id in (ids["chat_id"], ids["parents_chat_id"], ids["extra_chat_id"]):
            await self.message(chat_id, people["mentor"], 1, poll=True)
        await self.message(ids["channel_id"], people["mentor"], 1)
        ids |= {"number": "1", "report_id": new_id(), "post_id": new_id(), "subscription_id": new_id()}
        reported = await self.message(ids["chat_id"], people["mentor"], 6)
        await self.conn.execute(
            sa.insert(tables.message_reports).values(
                id=ids["report_id"],
                school_id=school_id,
                message_id=reported,
                reporter_id=people["mate"],
                reason="rude",
                text="Привет",
                at=self.now,
            )
        )
        return ids

    async def message(self, chat_id: str, author_id: str, number: int, *, poll: bool = False) -> int:
        """A message that is there; its id."""
        values = {"chat_id": chat_id, "number": number, "author_id": author_id, "client_id": new_id(), "at": self.now}
        made = sa.insert(tables.messages).values(**values, text="Привет", has_poll=poll).returning(tables.messages.c.id)
        found: int = (await self.conn.execute(made)).scalar_one()
        if poll:
            asked = {"options": ["да", "нет"], "multiple": False, "anonymous": False}
            await self.conn.execute(sa.insert(tables.polls).values(message_id=found, **asked))
        older = sa.and_(tables.chats.c.id == chat_id, tables.chats.c.last_number < number)
        await self.conn.execute(sa.update(tables.chats).where(older).values(last_number=number, last_at=self.now))
        return found

    async def _doings(self, school: dict[str, str], class_id: str, people: dict[str, str]) -> dict[str, str]:
        school_id = school["school_id"]
        ids = {kind: new_id() for kind in ("lesson_id", "broadcast_id", "invitation_id", "request_id", "import_id")}
        ids["key_id"] = new_id()
        ids["code"] = f"code-{ids['invitation_id']}-long-enough"
        rows: list[tuple[sa.Table, dict[str, Any]]] = [
            (tables.lessons, {"id": ids["lesson_id"], "class_id": class_id, "title": "", "host_id": people["mentor"],
                              "started_at": self.now}),
            (tables.broadcasts, {"id": ids["broadcast_id"], "lesson_id": ids["lesson_id"], "school_id": school_id,
                                 "title": "-", "audience": "school", "started_by": people["mentor"],
                                 "started_at": self.now}),
            (tables.stream_keys, {"id": ids["key_id"], "lesson_id": ids["lesson_id"], "kind": "publish", "name": "OBS",
                                  "created_by": people["mentor"], "created_at": self.now,
                                  "expires_at": self.now + timedelta(days=1)}),
            (tables.invitations, {"id": ids["invitation_id"], "school_id": school_id, "class_id": class_id,
                                  "role": "student", "kind": "link", "code_hash": code_hash(ids["code"]),
                                  "created_at": self.now, "expires_at": self.now + timedelta(days=90)}),
            (tables.join_requests, {"id": ids["request_id"], "person_id": people["asker"], "school_id": school_id,
                                    "class_id": class_id, "role": "student", "created_at": self.now}),
            (tables.imports, {"id": ids["import_id"], "school_id": school_id, "class_id": class_id,
                              "school_year_id": school["year_id"], "created_by": people["mentor"],
                              "preview": {"ignored": [], "items": [
                                  {"line": 2, "name": "Новый Ученик", "role": "student", "class_id": class_id,
                                   "class_name": "-", "birth_date": "2012-01-01", "faults": []}]},
                              "lines": 1, "errors": 0, "created_at": self.now,
                              "expires_at": self.now + timedelta(days=1)}),
            (tables.erasures, {"id": new_id(), "person_id": people["leaving"], "requested_at": self.now,
                               "due_at": self.now + timedelta(days=14)}),
        ]  # fmt: skip
        for table, values in rows:
            await self.conn.execute(sa.insert(table).values(**values))
        place = {"school_id": school_id, "class_id": class_id, "owner_id": people["mentor"]}
        ids.update(await self._documents(place))
        ids["upload_id"] = await self._upload(people["mate"])
        return ids

    async def _documents(self, place: dict[str, Any]) -> dict[str, str]:
        """A file, a folder, an album, an article with a comment and a draft with a picture in a class, a file of the
        school."""
        ids = {f"{kind}_id": new_id() for kind in ("folder", "album", "article", "draft")}
        of_school = {**place, "class_id": None}
        dated = {"title": "-", "created_at": self.now}
        text = {**dated, "changed_at": self.now, "blocks": [], "words": 1}
        rows: list[tuple[sa.Table, dict[str, Any]]] = [
            (tables.folders, {"id": ids["folder_id"], "name": "Папка", "section": "documents", "created_at": self.now}),
            (tables.albums, {"id": ids["album_id"], **dated}),
            (tables.articles, {"id": ids["article_id"], **text, "published_at": self.now}),
            (tables.articles, {"id": ids["draft_id"], **text}),
        ]
        for table, values in rows:
            await self.conn.execute(sa.insert(table).values(**place, **values))
        ids["comment_id"] = await self._comment(ids["article_id"], place["owner_id"], 1)
        ids["file_id"] = await self._file(place, section="documents")
        ids["school_file_id"] = await self._file(of_school, section="documents")
        ids["draft_file_id"] = await self._file(place, section="articles", article_id=ids["draft_id"])
        return {**ids, "name": "small"}

    async def _comment(self, article_id: str, author_id: str, number: int) -> str:
        comment_id = new_id()
        values = {"article_id": article_id, "author_id": author_id, "number": number, "client_id": comment_id}
        await self.conn.execute(sa.insert(tables.comments).values(id=comment_id, **values, at=self.now, text="Да"))
        return comment_id

    async def _file(self, place: dict[str, Any], **values: Any) -> str:
        content_id, file_id = new_id(), new_id()
        storage = self.found.world.parts.storage
        await storage.put(f"contents/{content_id}", PNG)
        await storage.put(f"previews/{content_id}/small", PNG)
        await self.conn.execute(
            sa.insert(tables.contents).values(
                id=content_id,
                size=len(PNG),
                sha256=hashlib.sha256(PNG).digest(),
                media_type="image/png",
                kind="picture",
                previews="ready",
                created_at=self.now,
            )
        )
        await self.conn.execute(
            sa.insert(tables.previews).values(
                content_id=content_id, name="small", media_type="image/webp", size=len(PNG), width=1, height=1
            )
        )
        await self.conn.execute(
            sa.insert(tables.files).values(
                id=file_id, content_id=content_id, name="Снимок.png", created_at=self.now, **place, **values
            )
        )
        return file_id

    async def _upload(self, person_id: str) -> str:
        upload_id = new_id()
        await self.conn.execute(
            sa.insert(tables.uploads).values(
                id=upload_id,
                owner_id=person_id,
                section="documents",
                name="-",
                size=10,
                created_at=self.now,
                expires_at=self.now + timedelta(days=1),
            )
        )
        return upload_id

    async def everybody_in(self) -> None:
        """The people whose rights are tried: in the own class, in their roles."""
        own = self.found.things["own"]
        school_id, class_id = own["school_id"], own["class_id"]
        await moves.join(self.change, await self.person("teacher"), school_id, "teacher", class_id)
        await moves.join(self.change, await self.person("student"), school_id, "student", class_id)
        child = await self.person("child of parent")
        await moves.join(self.change, child, school_id, "student", class_id)
        own["parents_child"] = child
        await family.link(self.change, await self.person("parent"), child)

    async def belongings(self, who: str) -> dict[str, str]:
        """A consent, a copy of one's data, an account elsewhere, a second session."""
        person_id, consent_id = self.found.people[who], new_id()
        await self.conn.execute(
            sa.insert(tables.consents).values(
                id=consent_id,
                person_id=person_id,
                given_by=person_id,
                kind="processing",
                text_version="1",
                given_at=self.now,
            )
        )
        await self.conn.execute(
            sa.insert(tables.exports).values(
                id=new_id(),
                person_id=person_id,
                requested_at=self.now,
                expires_at=self.now + timedelta(days=7),
                content=b"{}",
            )
        )
        identity_id, session_id = new_id(), new_id()
        await self.conn.execute(
            sa.insert(tables.identities).values(
                id=identity_id, person_id=person_id, provider="vk", subject=person_id, linked_at=self.now
            )
        )
        await self.conn.execute(
            sa.insert(tables.sessions).values(
                id=session_id,
                token_hash=secrets.token_bytes(32),
                person_id=person_id,
                created_at=self.now,
                expires_at=self.now + timedelta(days=1),
            )
        )
        own = self.found.things["own"]
        if who in ("administrator", "teacher", "student"):
            number = WHO.index(who) + 2
            await self.message(own["chat_id"], person_id, number)
            mine = {"my_number": str(number)}
        else:
            mine = {"my_number": "1"}
        if who in ("administrator", "teacher", "student", "parent"):
            mine["my_comment_id"] = await self._comment(own["article_id"], person_id, WHO.index(who) + 2)
        return {
            **mine,
            "consent_id": consent_id,
            "identity_id": identity_id,
            "session_id": session_id,
            "my_file_id": await self._file({"owner_id": person_id}, section="documents"),
            "my_upload_id": await self._upload(person_id),
            "me": person_id,
            "my_login": self.found.logins[who],
        }


async def _open_session(conn: AsyncConnection, world: World, person_id: str) -> str:
    token = secrets.token_urlsafe(32)
    await conn.execute(
        sa.insert(tables.sessions).values(
            id=new_id(),
            token_hash=hashlib.sha256(token.encode()).digest(),
            person_id=person_id,
            created_at=world.parts.now(),
            expires_at=world.parts.now() + timedelta(days=1),
        )
    )
    return token


@asynccontextmanager
async def undone(world: World) -> AsyncIterator[None]:
    """Let every writing transaction of the platform be undone once it is through: one world serves all cases."""
    db = world.parts.db
    write = db.write

    @asynccontextmanager
    async def write_and_undo(**options: bool) -> AsyncIterator[AsyncConnection]:
        async with write(**options) as conn:
            nested = await conn.begin_nested()
            yield conn
            await nested.rollback()

    db.write = write_and_undo  # type: ignore[method-assign]
    try:
        yield
    finally:
        db.write = write  # type: ignore[method-assign]


def session_of(token: str | None) -> aiohttp.ClientSession:
    """A browser of its own with that session, which no answer changes."""
    headers = {} if token is None else {"Cookie": f"sfera_session={token}"}
    return aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar())
