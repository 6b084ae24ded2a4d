"""Chats over real HTTP: who reads and writes where, and what follows a class list by itself."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import sqlalchemy as sa

from platform_api.schema import memberships, people
from platform_api.seed_chats import seed_chats
from platform_api.seed_people import PARENTS
from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    STUDENT_5,
    STUDENT_9,
    TEACHER_5_7,
    TEACHER_7_9,
    Answer,
    Page,
    World,
)

_ids = itertools.count()


async def person_id(world: World, login: str) -> str:
    async with world.parts.db.read() as conn:
        found: str = (await conn.execute(sa.select(people.c.id).where(people.c.login == login))).scalar_one()
        return found


async def school_id(page: Page) -> str:
    found: str = (await page.call("GET", "/schools")).json["items"][0]["id"]
    return found


async def chat_of(page: Page, kind: str, name: str) -> dict[str, Any]:
    """A chat of the page's list by its kind and title."""
    listed = (await page.call("GET", "/chats")).json["items"]
    found: dict[str, Any] = next(chat for chat in listed if (chat["kind"], chat["title"]) == (kind, name))
    return found


async def send(page: Page, chat: str, text: str, **more: Any) -> Answer:
    return await page.call("POST", f"/chats/{chat}/messages", {"client_id": f"m{next(_ids)}", "text": text, **more})


async def texts(page: Page, chat: str, query: str = "") -> list[str]:
    answer = await page.call("GET", f"/chats/{chat}/messages{query}")
    assert answer.status == 200, answer.json
    return [message["text"] for message in answer.json["items"]]


async def test_a_class_chat_is_read_by_the_class_and_by_nobody_else(world: World) -> None:
    student, teacher, stranger = [await world.signed_in(login) for login in (STUDENT_5, TEACHER_5_7, STUDENT_9)]
    chat = await chat_of(student, "class", "5А")
    sent = await send(student, chat["id"], "Что задали?")
    assert (sent.status, sent.json["number"], sent.json["author"]["id"]) == (201, 1, await person_id(world, STUDENT_5))
    assert await texts(teacher, chat["id"]) == ["Что задали?"]
    shown = (await teacher.call("GET", f"/chats/{chat['id']}")).json
    assert shown["unread"] == 1
    assert shown["readers"]["students"] > 1 and shown["readers"]["parents"] == 0
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/messages", None),
        ("GET", "/messages/1", None),
        ("POST", "/messages", {"client_id": "x", "text": "?"}),
        ("PUT", "/messages/1/reactions", {"emoji": "👍"}),
    ):
        refused = await stranger.call(method, f"/chats/{chat['id']}{path}", body)
        assert (refused.status, refused.json["code"]) == (404, "not_found")


async def test_the_same_send_twice_is_one_message(world: World) -> None:
    student = await world.signed_in(STUDENT_5)
    chat = (await chat_of(student, "class", "5А"))["id"]
    first = await student.call("POST", f"/chats/{chat}/messages", {"client_id": "same", "text": "раз"})
    second = await student.call("POST", f"/chats/{chat}/messages", {"client_id": "same", "text": "раз"})
    assert (first.status, second.status) == (201, 200)
    assert first.json == second.json
    assert await texts(student, chat) == ["раз"]


async def test_a_transfer_takes_the_chats_along_at_once(world: World) -> None:
    admin, student = await world.signed_in(ADMINISTRATOR), await world.signed_in(STUDENT_5)
    old = (await chat_of(student, "class", "5А"))["id"]
    mate = await world.signed_in(TEACHER_5_7)
    await send(mate, old, "раньше")
    new = (await chat_of(mate, "class", "7Б"))["id"]
    await send(mate, new, "до него")
    me = await person_id(world, STUDENT_5)
    async with world.parts.db.read() as conn:
        held = await conn.scalar(
            sa.select(memberships.c.id).where(memberships.c.person_id == me, memberships.c.until.is_(None))
        )
    world.clock.advance(1)
    moved = await admin.call("POST", f"/memberships/{held}/transfer", {"class_id": await world.class_id("7Б")})
    assert moved.status == 200
    assert (await student.call("GET", f"/chats/{old}/messages")).status == 404
    assert (await send(student, old, "я ещё тут")).status == 404
    assert [chat["class"]["name"] for chat in (await student.call("GET", "/chats")).json["items"]] == ["7Б"]
    world.clock.advance(1)
    await send(mate, new, "привет")
    assert await texts(student, new) == ["привет"], "what was written before they came is not theirs"
    assert (await student.call("GET", f"/chats/{new}")).json["unread"] == 1


async def test_people_write_to_their_contacts_and_to_nobody_else(world: World) -> None:
    student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_7_9)
    school = await school_id(student)
    mine = {one["id"] for one in (await student.call("GET", f"/schools/{school}/contacts?limit=200")).json["items"]}
    allowed = {await person_id(world, login) for login in (TEACHER_5_7, ADMINISTRATOR)}
    assert allowed <= mine
    for login in (STUDENT_9, TEACHER_7_9, STUDENT_5):
        other = await person_id(world, login)
        assert other not in mine
        refused = await student.call("POST", f"/schools/{school}/chats", {"kind": "personal", "people": [other]})
        assert (refused.status, refused.json["code"]) == (404, "not_found")
    other = await person_id(world, ADMINISTRATOR)
    made = await teacher.call("POST", f"/schools/{school}/chats", {"kind": "personal", "people": [other]})
    again = await teacher.call("POST", f"/schools/{school}/chats", {"kind": "personal", "people": [other]})
    assert (made.status, again.status, made.json["id"]) == (201, 200, again.json["id"])


async def test_the_demonstration_has_something_to_read(world: World) -> None:
    for _ in range(2):
        await asyncio.to_thread(seed_chats, world.config)
    student, parent, teacher, stranger = [
        await world.signed_in(login) for login in (STUDENT_5, PARENTS[0][0], TEACHER_5_7, STUDENT_9)
    ]
    chat = await chat_of(student, "class", "5А")
    said = (await student.call("GET", f"/chats/{chat['id']}/messages")).json["items"]
    assert len(said) == 5
    assert said[2]["reply_to"] == 2
    assert said[2]["reactions"] == [{"emoji": "👍", "count": 2, "mine": True}]
    assert [option["votes"] for option in said[4]["poll"]["options"]] == [3, 1]
    assert len(await texts(parent, (await chat_of(parent, "parents", "5А"))["id"])) == 2
    assert sum(one["unread"] for one in (await teacher.call("GET", "/chats")).json["items"]) == 0
    assert all(one["unread"] == 0 for one in (await stranger.call("GET", "/chats")).json["items"])
