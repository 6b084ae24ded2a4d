"""The event socket and the long-poll, over real HTTP, on both pairs of database and bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from platform_api.app import make_app
from platform_api.events import record, record_person
from platform_api.events.hub import HUB
from platform_api.schema import classes, events, memberships, people, sessions
from tests.unit.platform_api.test_chats import chat_of, send
from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    STUDENT_5,
    STUDENT_9,
    TEACHER_5_7,
    TEACHER_7_9,
    Page,
    World,
    listen,
)

SECONDS = 20
SOCKET = "/api/v1/events/socket"


class Wire:
    """A page's event socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, message: Any) -> None:
        await self.socket.send_json(message)

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS):
            message: dict[str, Any] = await self.socket.receive_json()
            return message

    async def events(self, number: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while len(found) < number:
            message = await self.hear()
            assert message["type"] == "events"
            found += message["items"]
        assert len(found) == number
        return found

    async def closed(self) -> int | None:
        """The code with which the server closes; what it says before is passed over."""
        async with asyncio.timeout(SECONDS):
            while not self.socket.closed:
                await self.socket.receive()
        return self.socket.close_code


@asynccontextmanager
async def wire(page: Page, after: str | None = None, **options: Any) -> AsyncIterator[Wire]:
    async with page.session.ws_connect(page.base + SOCKET, **options) as socket:
        opened = Wire(socket)
        await opened.say({"resume_after": after})
        yield opened


async def places(world: World) -> dict[str, tuple[str, str]]:
    """(school, class) by the class's name."""
    async with world.parts.db.read() as conn:
        rows = await conn.execute(sa.select(classes.c.name, classes.c.school_id, classes.c.id))
        return {row.name: (row.school_id, row.id) for row in rows}


async def person_id(world: World, login: str) -> str:
    async with world.parts.db.read() as conn:
        found: str = (await conn.execute(sa.select(people.c.id).where(people.c.login == login))).scalar_one()
        return found


async def tell(world: World, kind: str, subject: str, **where: Any) -> None:
    async with world.parts.db.write() as conn:
        await record(conn, kind, subject, **where)


async def test_a_page_hears_what_concerns_it_and_nothing_else(world: World) -> None:
    where = await places(world)
    school = where["5А"][0]
    pages = [await world.signed_in(login) for login in (STUDENT_5, STUDENT_9, TEACHER_5_7, ADMINISTRATOR)]
    async with wire(pages[0]) as five, wire(pages[1]) as nine, wire(pages[2]) as teacher, wire(pages[3]) as head:
        wires = [five, nine, teacher, head]
        for one in wires:
            assert (await one.hear())["type"] == "ready"
        await tell(world, "lesson.started", "l5", school_id=school, class_id=where["5А"][1])
        await tell(world, "request.opened", "r9", school_id=school, class_id=where["9В"][1])
        await tell(world, "invitation.created", "i", school_id=school)
        await tell(world, "guide.changed", "g", person_id=await person_id(world, STUDENT_9))
        await tell(world, "school.changed", school, school_id=school)
        await tell(world, "school.changed", "elsewhere", school_id="elsewhere")
        await tell(world, "secret.thing", "x", school_id=school)
        await tell(world, "year.created", "last", school_id=school)
        assert [event["kind"] for event in await five.events(3)] == ["lesson.started", "school.changed", "year.created"]
        assert [event["kind"] for event in await nine.events(3)] == ["guide.changed", "school.changed", "year.created"]
        assert [event["kind"] for event in await teacher.events(3)] == [
            "lesson.started",
            "school.changed",
            "year.created",
        ]
        assert [event["kind"] for event in await head.events(5)] == [
            "lesson.started",
            "request.opened",
            "invitation.created",
            "school.changed",
            "year.created",
        ]


async def test_a_page_resumes_where_it_was(world: World) -> None:
    school = (await places(world))["5А"][0]
    page = await world.signed_in(STUDENT_5)
    async with wire(page) as first:
        cursor = (await first.hear())["cursor"]
        await tell(world, "school.changed", "1", school_id=school)
        message = await first.hear()
        assert [event["subject"] for event in message["items"]] == ["1"]
        assert message["items"][0]["school"] == school
        assert "class" not in message["items"][0]
    for number in range(2, 40):
        await tell(world, "school.changed", str(number), school_id=school)
    async with wire(page, message["cursor"]) as second:
        assert (await second.hear())["type"] == "ready"
        assert [event["subject"] for event in await second.events(38)] == [str(number) for number in range(2, 40)]
    async with wire(page, cursor) as third:
        assert (await third.hear())["type"] == "ready"
        assert [event["subject"] for event in await third.events(39)] == [str(number) for number in range(1, 40)]
    polled = await page.call("GET", f"/events?after={cursor}")
    assert [event["subject"] for event in polled.json["items"]] == [str(number) for number in range(1, 40)]


async def test_a_cursor_that_reaches_too_far_back_is_told_so(world: World) -> None:
    school = (await places(world))["5А"][0]
    page = await world.signed_in(STUDENT_5)
    cursor = (await page.call("GET", "/events")).json["cursor"]
    await tell(world, "school.changed", "1", school_id=school)
    async with world.parts.db.write() as conn:
        await conn.execute(sa.text("UPDATE event_log SET epoch = 'another'"))
    await tell(world, "school.changed", "2", school_id=school)
    await world.app[HUB].refresh()
    for wrong in (cursor, "nonsense", "a.0.0"):
        async with wire(page, wrong) as opened:
            first = await opened.hear()
            assert first["type"] == "resync_required"
            await tell(world, "school.changed", "3", school_id=school)
            assert [event["subject"] for event in await opened.events(1)] == ["3"]
    polled = await page.call("GET", f"/events?after={cursor}")
    assert (polled.status, polled.json["code"]) == (410, "resync_required")
    again = await page.call("GET", f"/events?after={polled.json['cursor']}")
    assert again.status == 200
    assert (await page.call("GET", "/events?after=nonsense")).json["code"] == "invalid_query"


async def test_a_long_poll_waits_for_news_and_shares_the_cursor(world: World) -> None:
    school = (await places(world))["5А"][0]
    page = await world.signed_in(STUDENT_5)
    cursor = (await page.call("GET", "/events")).json["cursor"]
    waiting = asyncio.create_task(page.call("GET", f"/events?after={cursor}&wait=20"))
    await tell(world, "secret.thing", "not theirs", school_id=school)
    await tell(world, "school.changed", "theirs", school_id=school)
    async with asyncio.timeout(SECONDS):
        answer = await waiting
    assert [event["subject"] for event in answer.json["items"]] == ["theirs"]
    async with wire(page, answer.json["cursor"]) as opened:
        assert (await opened.hear())["type"] == "ready"
        await tell(world, "school.changed", "next", school_id=school)
        assert [event["subject"] for event in await opened.events(1)] == ["next"]
    empty = await page.call("GET", f"/events?after={answer.json['cursor']}&wait=0")
    assert [event["subject"] for event in empty.json["items"]] == ["next"]
    assert (await page.call("GET", f"/events?after={empty.json['cursor']}&wait=0")).json["items"] == []
    for wrong in ("wait=26", "wait=-1", "wait=x", "before=1"):
        assert (await page.call("GET", f"/events?{wrong}")).status == 422


async def test_events_of_a_time_before_are_not_seen_nor_those_after(world: World) -> None:
    """Membership intervals decide, whenever it is read."""
    where = await places(world)
    school, nine = where["9В"]
    student = await person_id(world, STUDENT_5)
    page = await world.signed_in(STUDENT_5)
    cursor = (await page.call("GET", "/events")).json["cursor"]
    db, clock = world.parts.db, world.clock

    async def move(klass: str) -> None:
        clock.advance(1)
        async with db.write() as conn:
            old = (
                await conn.execute(
                    sa.update(memberships)
                    .where(memberships.c.person_id == student, memberships.c.until.is_(None))
                    .values(until=clock.now())
                    .returning(memberships.c.id, memberships.c.class_id)
                )
            ).one()
            await record(conn, "membership.closed", old.id, school_id=school, class_id=old.class_id, person_id=student)
            await conn.execute(
                sa.insert(memberships).values(
                    id=klass, person_id=student, school_id=school, role="student", class_id=klass, since=clock.now()
                )
            )
            await record(conn, "membership.opened", klass, school_id=school, class_id=klass, person_id=student)
        clock.advance(1)

    await tell(world, "lesson.started", "before", school_id=school, class_id=nine)
    await move(nine)
    await tell(world, "lesson.started", "within", school_id=school, class_id=nine)
    await move(where["7Б"][1])
    await tell(world, "lesson.started", "after", school_id=school, class_id=nine)
    seen = (await page.call("GET", f"/events?after={cursor}")).json["items"]
    assert [event["subject"] for event in seen if event["kind"] == "lesson.started"] == ["within"]
    assert [event["kind"] for event in seen if event["kind"] != "lesson.started"] == [
        "membership.closed",
        "membership.opened",
    ] * 2


async def test_people_are_seen_as_the_rules_say(world: World) -> None:
    """A parent's changes are seen by teachers and parents of the class; all others of the school hear of a number."""
    where = await places(world)
    school, five = where["5А"]
    parent = await person_id(world, STUDENT_9)
    async with world.parts.db.write() as conn:
        await conn.execute(sa.delete(memberships).where(memberships.c.person_id == parent))
        await conn.execute(
            sa.insert(memberships).values(
                id="m", person_id=parent, school_id=school, role="parent", class_id=five, since=world.clock.now()
            )
        )
    pages = {login: await world.signed_in(login) for login in (STUDENT_5, TEACHER_5_7, TEACHER_7_9, ADMINISTRATOR)}
    cursor = (await pages[STUDENT_5].call("GET", "/events")).json["cursor"]
    async with world.parts.db.write() as conn:
        await record_person(conn, "person.changed", parent)
        await record(conn, "membership.opened", "m", school_id=school, class_id=five, person_id=parent)
    seen = {login: (await page.call("GET", f"/events?after={cursor}&wait=1")).json for login, page in pages.items()}
    assert {login: [event["kind"] for event in answer["items"]] for login, answer in seen.items()} == {
        STUDENT_5: ["school.people", "school.people"],
        TEACHER_5_7: ["person.changed", "membership.opened"],
        TEACHER_7_9: ["school.people", "school.people"],
        ADMINISTRATOR: ["person.changed", "membership.opened"],
    }


@pytest.mark.parametrize(
    "change",
    ["revoked", "deleted", "expired", "deactivated", "signed out"],
)
async def test_a_socket_closes_when_the_session_is_over(world: World, change: str) -> None:
    page = await world.signed_in(STUDENT_5)
    async with wire(page) as opened:
        assert (await opened.hear())["type"] == "ready"
        started = asyncio.get_running_loop().time()
        if change == "signed out":
            assert (await page.call("DELETE", "/session")).status == 204
        elif change == "expired":
            world.clock.advance(366 * 24 * 3600)
        else:
            async with world.parts.db.write() as conn:
                mine = sessions.c.person_id == await person_id(world, STUDENT_5)
                if change == "revoked":
                    await conn.execute(sa.update(sessions).where(mine).values(revoked_at=world.clock.now()))
                elif change == "deleted":
                    await conn.execute(sa.delete(sessions).where(mine))
                else:
                    await conn.execute(
                        sa.update(people).where(people.c.login == STUDENT_5).values(deactivated_at=world.clock.now())
                    )
        assert await opened.closed() == 4401
        taken = asyncio.get_running_loop().time() - started
        print(f"closed after {taken:.2f} s")
        assert (await page.call("GET", "/events")).status == 401


async def test_a_socket_closes_when_a_membership_is_lost(world: World) -> None:
    where = await places(world)
    school, five = where["5А"]
    student = await person_id(world, STUDENT_5)
    page, mate = await world.signed_in(STUDENT_5), await world.signed_in(ADMINISTRATOR)
    async with wire(page) as opened, wire(mate) as other:
        assert (await opened.hear())["type"] == "ready"
        assert (await other.hear())["type"] == "ready"
        world.clock.advance(1)
        async with world.parts.db.write() as conn:
            held = (
                await conn.execute(
                    sa.update(memberships)
                    .where(memberships.c.person_id == student)
                    .values(until=world.clock.now())
                    .returning(memberships.c.id)
                )
            ).scalar_one()
            await record(conn, "membership.closed", held, school_id=school, class_id=five, person_id=student)
        told = await opened.hear()
        assert [event["kind"] for event in told["items"]] == ["membership.closed"]
        assert await opened.closed() == 4403
        assert [event["kind"] for event in await other.events(1)] == ["membership.closed"]
    async with wire(page, told["cursor"]) as again:
        assert (await again.hear())["type"] == "ready"
        await tell(world, "lesson.started", "l", school_id=school, class_id=five)
        await tell(world, "guide.changed", "g", person_id=student)
        assert [event["kind"] for event in await again.events(1)] == ["guide.changed"]


async def test_only_pages_of_ours_open_a_socket(world: World) -> None:
    page, nobody = await world.signed_in(STUDENT_5), await world.page()
    for someone, headers, status in (
        (nobody, {}, 401),
        (page, {"Origin": "https://elsewhere.example"}, 403),
        (page, {"Origin": "null"}, 403),
    ):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with wire(someone, headers=headers):
                pass
        assert refused.value.status == status
    async with wire(page, headers={"Origin": world.base}) as opened:
        assert (await opened.hear())["type"] == "ready"
    plain = await page.call("GET", "/events/socket")
    assert (plain.status, plain.json["code"]) == (426, "not_a_websocket")


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", '{"resume_after": 1}', '{"x": 1}', '{"resume_after": "' + "a" * 97 + '"}', b"\xff"],
    ids=repr,
)
async def test_what_makes_no_sense_closes_the_socket(world: World, message: str | bytes) -> None:
    page = await world.signed_in(STUDENT_5)
    async with page.session.ws_connect(page.base + SOCKET) as socket:
        await (socket.send_bytes(message) if isinstance(message, bytes) else socket.send_str(message))
        assert await Wire(socket).closed() == 4400


async def test_a_page_that_talks_or_says_too_much_is_let_go(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    async with wire(page) as opened:
        await opened.hear()
        await opened.say({"more": "words"})
        assert await opened.closed() == 4400
    async with page.session.ws_connect(page.base + SOCKET) as socket:
        await socket.send_str("x" * 100_000)
        assert await Wire(socket).closed() == 1009


async def test_one_session_opens_so_many_sockets(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    opened = [await page.session.ws_connect(page.base + SOCKET) for _ in range(20)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await page.session.ws_connect(page.base + SOCKET)
    assert refused.value.status == 429
    assert world.count("sfera_api_event_sockets") == 20
    for socket in opened:
        await socket.close()


async def test_a_second_process_hears_of_the_first(world: World) -> None:
    """Two api processes over one database: with NATS between them, and without."""
    school = (await places(world))["5А"][0]
    page = await world.signed_in(STUDENT_5)
    second = await listen(world.stack, make_app(world.config, now=world.clock.now, monotonic=world.clock.monotonic))
    there = Page(page.session, second)
    async with wire(there) as opened:
        assert (await opened.hear())["type"] == "ready"
        for number in range(5):
            await tell(world, "school.changed", str(number), school_id=school)
        assert [event["subject"] for event in await opened.events(5)] == list("01234")
        assert (await page.call("DELETE", "/session")).status == 204
        assert await opened.closed() == 4401


async def test_a_stopping_server_says_goodbye(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    app = make_app(world.config, now=world.clock.now, monotonic=world.clock.monotonic)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with wire(Page(page.session, f"http://{host}:{port}")) as opened:
        await opened.hear()
        stopping = asyncio.create_task(runner.cleanup())
        assert await opened.closed() == 1001
        async with asyncio.timeout(SECONDS):
            await stopping


async def test_the_log_keeps_what_the_configuration_says(world: World) -> None:
    school = (await places(world))["5А"][0]
    await tell(world, "school.changed", "old", school_id=school)
    world.clock.advance(31 * 24 * 3600)
    await tell(world, "school.changed", "new", school_id=school)
    assert await world.app[HUB].forget_old() >= 1
    async with world.parts.db.read() as conn:
        assert (await conn.execute(sa.select(events.c.subject))).scalars().all() == ["new"]


async def test_a_message_comes_with_its_event_to_those_who_read_the_chat(world: World) -> None:
    student, stranger, teacher = [await world.signed_in(login) for login in (STUDENT_5, STUDENT_9, TEACHER_5_7)]
    chat = (await chat_of(student, "class", "5А"))["id"]
    async with wire(student) as five, wire(stranger) as nine, wire(teacher) as lead:
        for one in (five, nine, lead):
            await one.hear()
        sent = await send(teacher, chat, "Завтра в музей")
        for one in (five, lead):
            (event,) = await one.events(1)
            assert (event["kind"], event["subject"], event["data"]) == ("message.sent", chat, {"number": 1})
            assert event["message"] == sent.json
        await lead.say({"typing": chat})
        assert await five.hear() == {"type": "typing", "chat": chat, "person": sent.json["author"]}
        await student.call("PUT", f"/chats/{chat}/messages/1/reactions", {"emoji": "👍"})
        (event,) = await lead.events(1)
        assert event["message"]["reactions"] == [{"emoji": "👍", "count": 1, "mine": False}]
        told = await five.events(2)
        assert [event.get("person") for event in told] == [None, await person_id(world, STUDENT_5)]
        await tell(world, "guide.changed", "end", person_id=await person_id(world, STUDENT_9))
        assert [event["kind"] for event in await nine.events(1)] == ["guide.changed"], "and nothing of the chat"


async def test_a_page_that_was_away_is_told_which_messages_it_missed(world: World) -> None:
    student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_5_7)
    chat = (await chat_of(student, "class", "5А"))["id"]
    cursor = (await student.call("GET", "/events")).json["cursor"]
    for text in ("раз", "два"):
        await send(teacher, chat, text)
    async with wire(student, cursor) as back:
        assert (await back.hear())["type"] == "ready"
        missed = await back.events(2)
        assert [event["data"]["number"] for event in missed if event["kind"] == "message.sent"] == [1, 2]
        await send(teacher, chat, "три")
        (event,) = await back.events(1)
        assert event["message"]["text"] == "три"


async def test_whoever_is_taken_out_of_a_chat_hears_nothing_from_then_on(world: World) -> None:
    student, admin, teacher = [await world.signed_in(login) for login in (STUDENT_5, ADMINISTRATOR, TEACHER_5_7)]
    chat = (await chat_of(student, "class", "5А"))["id"]
    async with wire(teacher) as lead:
        await lead.hear()
        cursor = (await student.call("GET", "/events")).json["cursor"]
        await send(teacher, chat, "при всех")
        await lead.events(1)
        me = await person_id(world, STUDENT_5)
        assert (await admin.call("DELETE", f"/schools/{(await places(world))['5А'][0]}/members/{me}")).status == 204
        await send(teacher, chat, "без него")
        heard = (await student.call("GET", f"/events?after={cursor}")).json["items"]
        assert not [event for event in heard if event["kind"].startswith("message.")]
