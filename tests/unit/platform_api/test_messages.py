"""Messages over real HTTP: history, search, changes, reactions, polls, pins, forwarding, on both databases."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from platform_api.access.files import access_file
from platform_api.clock import new_id
from platform_api.errors import NotFound
from platform_api.people.queries import Viewer
from platform_api.schema import contents, files
from tests.unit.platform_api.test_chats import chat_of, person_id, school_id, send, texts
from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    STUDENT_5,
    STUDENT_9,
    TEACHER_5_7,
    Answer,
    World,
)


async def test_history_by_place_both_ways_and_from_a_day(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    chat = (await chat_of(teacher, "class", "5А"))["id"]
    for number in range(1, 11):
        world.clock.advance(3600 * 12)
        assert (await send(teacher, chat, f"№{number}")).status == 201
    newest = (await teacher.call("GET", f"/chats/{chat}/messages?limit=3")).json
    assert [one["number"] for one in newest["items"]] == [8, 9, 10]
    assert (newest["before"], newest["after"]) == (8, None)
    earlier = (await teacher.call("GET", f"/chats/{chat}/messages?limit=7&before=8")).json
    assert [one["number"] for one in earlier["items"]] == list(range(1, 8))
    assert (earlier["before"], earlier["after"]) == (None, 7)
    later = (await teacher.call("GET", f"/chats/{chat}/messages?limit=3&after=2")).json
    assert [one["number"] for one in later["items"]] == [3, 4, 5]
    assert (later["before"], later["after"]) == (3, 5)
    around = (await teacher.call("GET", f"/chats/{chat}/messages?limit=4&around=5")).json
    assert [one["number"] for one in around["items"]] == [3, 4, 5, 6, 7][: len(around["items"])]
    assert 5 in [one["number"] for one in around["items"]]
    day = later["items"][2]["at"]
    found = (await teacher.call("GET", f"/chats/{chat}/messages", params={"date": day, "limit": "2"})).json
    assert [one["number"] for one in found["items"]] == [5, 6]
    assert (await teacher.call("GET", f"/chats/{chat}/messages?before=3&after=1")).status == 422
    assert (await teacher.call("GET", f"/chats/{chat}/messages?around=99")).status == 404
    assert (await teacher.call("GET", f"/chats/{chat}/messages/0")).status == 404


async def test_a_reply_brings_what_it_quotes(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    chat = (await chat_of(teacher, "class", "5А"))["id"]
    await send(teacher, chat, "вопрос")
    for _ in range(3):
        await send(teacher, chat, "между")
    assert (await send(teacher, chat, "ответ", reply_to=1)).status == 201
    assert (await send(teacher, chat, "ответ", reply_to=77)).json["code"] == "invalid_body"
    page = (await teacher.call("GET", f"/chats/{chat}/messages?limit=2")).json
    assert [one["text"] for one in page["quoted"]] == ["вопрос"]
    await teacher.call("DELETE", f"/chats/{chat}/messages/1")
    page = (await teacher.call("GET", f"/chats/{chat}/messages?limit=2")).json
    assert [(one["text"], one["deleted_at"] is not None) for one in page["quoted"]] == [("", True)]


async def test_search_finds_another_form_of_the_word_only_where_one_reads(world: World) -> None:
    teacher, student, stranger = [await world.signed_in(login) for login in (TEACHER_5_7, STUDENT_5, STUDENT_9)]
    chat = (await chat_of(teacher, "class", "5А"))["id"]
    await send(teacher, chat, "Контрольная по математике переносится на ёлки")
    await send(teacher, chat, "The lessons were moved")
    await send(teacher, (await chat_of(teacher, "class", "7Б"))["id"], "Контрольные работы 7Б")

    async def find(page: object, q: str) -> list[str]:
        answer = await page.call("GET", "/messages/search", params={"q": q})  # type: ignore[attr-defined]
        assert answer.status == 200
        return [one["message"]["text"] for one in answer.json["items"]]

    for q in ("КОНТРОЛЬНЫЕ", "контрольной математика", "елка", "Ёлку"):
        assert await find(student, q) == ["Контрольная по математике переносится на ёлки"], q
    assert await find(student, "lesson") == ["The lessons were moved"]
    assert await find(student, "физика") == []
    assert await find(student, "!!!") == []
    assert len(await find(teacher, "контрольная")) == 2
    assert await find(stranger, "контрольная") == []
    found = await stranger.call("GET", "/messages/search", params={"q": "контрольная", "chat_id": chat})
    assert found.status == 404
    await teacher.call("PATCH", f"/chats/{chat}/messages/1", {"text": "Диктант"})
    assert await find(student, "контрольная") == []
    assert await find(student, "диктанта") == ["Диктант"]
    await teacher.call("DELETE", f"/chats/{chat}/messages/1")
    assert await find(student, "диктант") == []


async def test_a_search_goes_on_page_by_page_however_words_are_spread(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Common words and rare ones, in two chats of which one has much less, more of both than is looked at in order."""
    monkeypatch.setattr("platform_api.messages.search.STRETCH", 12)
    monkeypatch.setattr("platform_api.messages.search.LEAST_STRETCH", 3)
    teacher = await world.signed_in(TEACHER_5_7)
    busy, calm = [(await chat_of(teacher, "class", name))["id"] for name in ("5А", "7Б")]
    said: list[str] = []
    for number in range(70):
        words = [word for word, every in (("лес", 2), ("гора", 9), ("река", 40)) if number % every == 0]
        said.append(" ".join([f"№{number}", *words]))
        assert (await send(teacher, calm if number % 10 == 3 else busy, said[-1])).status == 201
    for word in ("лес", "гора", "река", "лес гора", "море"):
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            query = {"q": word, "limit": "4", **({"cursor": cursor} if cursor else {})}
            answer = (await teacher.call("GET", "/messages/search", params=query)).json
            found += [one["message"]["text"] for one in answer["items"]]
            cursor = answer["next"]
        assert found == [text for text in reversed(said) if set(word.split()) <= set(text.split())], word


async def test_edit_and_delete_have_their_windows(world: World) -> None:
    student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_5_7)
    chat = (await chat_of(student, "class", "5А"))["id"]
    for text in ("раз", "два"):
        await send(student, chat, text)
    edited = await student.call("PATCH", f"/chats/{chat}/messages/1", {"text": "один"})
    assert edited.json["text"] == "один" and edited.json["edited_at"] is not None
    refused = await teacher.call("PATCH", f"/chats/{chat}/messages/1", {"text": "не моё"})
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    world.clock.advance(timedelta(hours=49).total_seconds())
    for method, body in (("PATCH", {"text": "поздно"}), ("DELETE", None)):
        refused = await student.call(method, f"/chats/{chat}/messages/1", body)
        assert (refused.status, refused.json["code"]) == (409, "too_late")
    assert (await teacher.call("DELETE", f"/chats/{chat}/messages/1")).status == 204, "who leads in the class"
    assert await texts(student, chat) == ["", "два"]
    refused = await student.call("PUT", f"/chats/{chat}/messages/1/reactions", {"emoji": "👍"})
    assert (refused.status, refused.json["code"]) == (409, "message_deleted")


async def test_reactions_and_pins(world: World) -> None:
    student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_5_7)
    chat = (await chat_of(student, "class", "5А"))["id"]
    await send(teacher, chat, "завтра экскурсия")
    one = f"/chats/{chat}/messages/1"

    def seen(answer: Answer, emoji: str) -> dict[str, object]:
        found: dict[str, object] = next(each for each in answer.json["reactions"] if each["emoji"] == emoji)
        return found

    for emoji in ("👍", "👍🏽", "🇷🇺"):
        assert (await student.call("PUT", one + "/reactions", {"emoji": emoji})).status == 200
    assert (await student.call("PUT", one + "/reactions", {"emoji": "🎉"})).json["code"] == "too_many"
    for text in ("abc", "<b>", "1", " "):
        assert (await teacher.call("PUT", one + "/reactions", {"emoji": text})).json["code"] == "invalid_body", text
    reacted = await teacher.call("PUT", one + "/reactions", {"emoji": "👍"})
    assert seen(reacted, "👍") == {"emoji": "👍", "count": 2, "mine": True}
    gone = await teacher.call("DELETE", one + "/reactions", params={"emoji": "👍"})
    assert seen(gone, "👍") == {"emoji": "👍", "count": 1, "mine": False}
    assert (await student.call("PUT", one + "/pin")).status == 403
    assert (await teacher.call("PUT", one + "/pin")).json["pinned"]
    assert [pin["text"] for pin in (await student.call("GET", f"/chats/{chat}/pins")).json["items"]] == [
        "завтра экскурсия"
    ]


async def test_polls_are_voted_on_closed_and_anonymous_where_asked(world: World) -> None:
    student, teacher = await world.signed_in(STUDENT_5), await world.signed_in(TEACHER_5_7)
    chat = (await chat_of(student, "class", "5А"))["id"]
    closes = (world.clock.now() + timedelta(hours=1)).isoformat()
    poll = {"options": ["да", "нет"], "closes_at": closes}
    assert (await send(student, chat, "Едем?", poll=poll)).status == 403, "students vote, they do not ask"
    assert (await send(teacher, chat, "Едем?", poll=poll)).status == 201
    assert (
        await send(teacher, chat, "Куда?", poll={"options": ["A", "B"], "anonymous": True, "multiple": True})
    ).status == 201
    one, two = f"/chats/{chat}/messages/1", f"/chats/{chat}/messages/2"
    assert (await student.call("PUT", one + "/vote", {"options": [0, 1]})).json["code"] == "invalid_body"
    voted = (await student.call("PUT", one + "/vote", {"options": [1]})).json["poll"]
    assert (voted["mine"], voted["voters"], voted["options"][1]) == ([1], 1, {"text": "нет", "votes": 1})
    await student.call("PUT", one + "/vote", {"options": [0]})
    seen = (await teacher.call("GET", one)).json["poll"]
    assert ([option["votes"] for option in seen["options"]], seen["mine"]) == ([1, 0], [])
    names = (await teacher.call("GET", one + "/votes")).json["options"]
    assert [[who["id"] for who in option["people"]] for option in names] == [[await person_id(world, STUDENT_5)], []]
    assert (await student.call("PUT", two + "/vote", {"options": [0, 1]})).json["poll"]["voters"] == 1
    assert (await teacher.call("GET", two + "/votes")).json["code"] == "poll_anonymous"
    world.clock.advance(3700)
    assert (await student.call("PUT", one + "/vote", {"options": []})).json["code"] == "poll_closed"
    assert (await student.call("POST", two + "/close-poll")).status == 403
    assert (await teacher.call("POST", two + "/close-poll")).json["poll"]["closed"]


async def test_forwarding_stays_within_what_the_receivers_may_see(world: World) -> None:
    teacher, admin = await world.signed_in(TEACHER_5_7), await world.signed_in(ADMINISTRATOR)
    school = await school_id(teacher)
    here = (await chat_of(teacher, "class", "5А"))["id"]
    there = (await chat_of(teacher, "class", "7Б"))["id"]
    channel = (await admin.call("POST", f"/schools/{school}/chats", {"kind": "channel", "title": "Новости"})).json["id"]
    await send(teacher, here, "только для 5А")
    await send(admin, channel, "для всех")
    wish = {"client_id": "f1", "from_chat": here, "number": 1}
    refused = await teacher.call("POST", f"/chats/{there}/forwards", wish)
    assert (refused.status, refused.json["code"]) == (403, "not_for_them")
    done = await teacher.call(
        "POST", f"/chats/{there}/forwards", {"client_id": "f2", "from_chat": channel, "number": 1}
    )
    assert (done.status, done.json["text"]) == (201, "для всех")
    assert done.json["forwarded"]["author"]["id"] == await person_id(world, ADMINISTRATOR)


async def test_a_channel_is_written_by_staff_and_read_by_all(world: World) -> None:
    admin, student = await world.signed_in(ADMINISTRATOR), await world.signed_in(STUDENT_5)
    school = await school_id(admin)
    wish = {"kind": "channel", "title": "Новости"}
    assert (await student.call("POST", f"/schools/{school}/chats", wish)).status == 403
    channel = (await admin.call("POST", f"/schools/{school}/chats", wish)).json["id"]
    assert (await send(admin, channel, "ура")).status == 201
    assert (await send(student, channel, "и я")).status == 403
    assert (await student.call("PUT", f"/chats/{channel}/messages/1/reactions", {"emoji": "🎉"})).status == 200
    assert await texts(student, channel) == ["ура"]


async def test_reading_is_the_same_on_every_device_and_names_nobody(world: World) -> None:
    phone, laptop, teacher = [await world.signed_in(login) for login in (STUDENT_5, STUDENT_5, TEACHER_5_7)]
    chat = (await chat_of(phone, "class", "5А"))["id"]
    for text in ("a", "b", "c"):
        await send(teacher, chat, text)
    assert (await phone.call("PUT", f"/chats/{chat}/read", {"number": 2})).status == 204
    assert (await phone.call("PUT", f"/chats/{chat}/read", {"number": 1})).status == 204
    assert (await laptop.call("GET", f"/chats/{chat}")).json["unread"] == 1
    assert (await teacher.call("GET", f"/chats/{chat}/messages/2/readers")).json == {"count": 1}
    assert (await teacher.call("GET", f"/chats/{chat}/messages/3/readers")).json == {"count": 0}
    await phone.call("PUT", f"/chats/{chat}/draft", {"text": "начал пис", "reply_to": 1})
    assert (await laptop.call("GET", f"/chats/{chat}")).json["draft"]["text"] == "начал пис"
    await phone.call("PUT", f"/chats/{chat}/mute", {})
    assert (await laptop.call("GET", f"/chats/{chat}")).json["muted"]


async def test_many_sends_at_once_are_all_there_in_one_order(world: World) -> None:
    pages = [await world.signed_in(login) for login in (STUDENT_5, TEACHER_5_7, ADMINISTRATOR)]
    chat = (await chat_of(pages[0], "class", "5А"))["id"]
    answers = await asyncio.gather(*(send(pages[number % 3], chat, f"№{number}") for number in range(60)))
    assert {answer.status for answer in answers} == {201}
    assert sorted(answer.json["number"] for answer in answers) == list(range(1, 61))
    shown = (await pages[0].call("GET", f"/chats/{chat}/messages?limit=100")).json["items"]
    assert {one["number"]: one["text"] for one in shown} == {one.json["number"]: one.json["text"] for one in answers}
    assert world.count("sfera_api_message_batches_total") < 60, "many sends share a commit"


async def test_a_message_that_is_too_long_is_refused(world: World) -> None:
    student = await world.signed_in(STUDENT_5)
    chat = (await chat_of(student, "class", "5А"))["id"]
    for size, status, code in ((4001, 422, "invalid_body"), (2**20, 413, "body_too_large")):
        body = io.BytesIO(json.dumps({"client_id": "long", "text": "x" * size}).encode())
        headers = {"Content-Type": "application/json"}
        refused = await student.call("POST", f"/chats/{chat}/messages", data=body, headers=headers)
        assert (refused.status, refused.json["code"]) == (status, code)
    for text in ("", " \n ", "\x00"):
        assert (await send(student, chat, text)).json["code"] == "invalid_body"
    assert await texts(student, chat) == []


async def test_a_file_in_a_message_is_read_by_the_chat_as_long_as_it_is_there(world: World) -> None:
    student, stranger, teacher = [await world.signed_in(login) for login in (STUDENT_5, STUDENT_9, TEACHER_5_7)]
    chat = (await chat_of(student, "class", "5А"))["id"]
    mine = await own_file(world, STUDENT_5, "решение.pdf")
    theirs = await own_file(world, STUDENT_9, "чужое.pdf")

    async def reads(login: str) -> bool:
        async with world.parts.db.read() as conn:
            viewer = Viewer(await person_id(world, login), login, login)
            try:
                await access_file(conn, viewer, mine)
            except NotFound:
                return False
            return True

    assert (await reads(STUDENT_5), await reads(TEACHER_5_7)) == (True, False)
    refused = await send(student, chat, "смотри", attachments=[theirs])
    assert (refused.status, refused.json["code"]) == (422, "invalid_body")
    sent = await send(student, chat, "", attachments=[mine])
    assert (sent.status, [file["name"] for file in sent.json["attachments"]]) == (201, ["решение.pdf"])
    assert (await reads(TEACHER_5_7), await reads(STUDENT_9)) == (True, False)
    found = await teacher.call("GET", "/messages/search", params={"q": "решения"})
    assert len(found.json["items"]) == 1, "a message is found by the names of its files"
    await student.call("DELETE", f"/chats/{chat}/messages/1")
    assert not await reads(TEACHER_5_7)
    assert stranger is not None


async def own_file(world: World, login: str, name: str) -> str:
    """A file in somebody's cloud; its id."""
    file_id, content_id, now = new_id(), new_id(), world.parts.now()
    async with world.parts.db.write() as conn:
        content = {"id": content_id, "size": 3, "sha256": bytes(32), "media_type": "application/pdf", "kind": "pdf"}
        await conn.execute(sa.insert(contents).values(**content, previews="none", created_at=now))
        place = {"owner_id": await person_id(world, login), "section": "attachments", "content_id": content_id}
        await conn.execute(sa.insert(files).values(id=file_id, name=name, created_at=now, **place))
    return file_id
