"""Reports, words, retention, posts for later."""

from __future__ import annotations

from datetime import timedelta

from platform_api.messages.scheduling import SCHEDULER
from platform_api.moderation.retention import RETENTION
from tests.unit.platform_api.test_chats import chat_of, school_id, send, texts
from tests.unit.platform_api.world import ADMINISTRATOR, STUDENT_5, TEACHER_5_7, World


async def test_a_reported_message_is_decided_about_as_it_was(world: World) -> None:
    student, teacher, admin = [await world.signed_in(who) for who in (STUDENT_5, TEACHER_5_7, ADMINISTRATOR)]
    school = await school_id(admin)
    chat = (await chat_of(student, "class", "5А"))["id"]
    await send(student, chat, "грубость")
    one = f"/chats/{chat}/messages/1"
    for _ in range(2):
        assert (await teacher.call("POST", one + "/report", {"reason": "rude", "note": "при всех"})).status == 204
    await student.call("PATCH", one, {"text": "ничего такого"})
    (report,) = (await admin.call("GET", f"/schools/{school}/reports")).json["items"]
    assert (report["text"], report["message"]["text"], report["note"]) == ("грубость", "ничего такого", "при всех")
    assert (await student.call("GET", f"/schools/{school}/reports")).status == 403
    decided = await admin.call("POST", f"/reports/{report['id']}/decide", {"action": "delete"})
    assert decided.status == 204
    assert await texts(teacher, chat) == [""]
    assert (await admin.call("POST", f"/reports/{report['id']}/decide", {"action": "dismiss"})).status == 409
    assert (await admin.call("GET", f"/schools/{school}/reports")).json["items"] == []
    (past,) = (await admin.call("GET", f"/schools/{school}/reports?state=decided")).json["items"]
    assert (past["state"], past["decided_by"] is not None) == ("deleted", True)


async def test_restricted_words_are_refused_or_flagged_in_every_form(world: World) -> None:
    student, admin = await world.signed_in(STUDENT_5), await world.signed_in(ADMINISTRATOR)
    school = await school_id(admin)
    chat = (await chat_of(student, "class", "5А"))["id"]
    policy = f"/schools/{school}/chat-policy"
    body = {"words": [{"word": "дурак", "action": "refuse"}, {"word": "драка", "action": "flag"}]}
    assert (await admin.call("PUT", policy, body)).status == 428
    assert (await admin.call("PUT", policy, body, headers={"If-Match": '"0"'})).status == 200
    refused = await send(student, chat, "ну и ДУРАКИ вы")
    assert (refused.status, refused.json["code"], refused.json["word"]) == (422, "restricted_word", "дурак")
    assert (await send(student, chat, "после уроков драки не будет")).status == 201
    assert (await send(student, chat, "дурацкий дуракам")).status == 422
    (report,) = (await admin.call("GET", f"/schools/{school}/reports")).json["items"]
    assert (report["reason"], report["note"], report["reporter"]) == ("word", "драка", None)
    assert await texts(student, chat) == ["после уроков драки не будет"]
    refused = await student.call("PATCH", f"/chats/{chat}/messages/1", {"text": "дурак"})
    assert refused.json["code"] == "restricted_word"


async def test_messages_are_kept_as_long_as_the_school_wants(world: World) -> None:
    student, admin = await world.signed_in(STUDENT_5), await world.signed_in(ADMINISTRATOR)
    school = await school_id(admin)
    chat = (await chat_of(student, "class", "5А"))["id"]
    await send(student, chat, "старое")
    world.clock.advance(timedelta(days=10).total_seconds())
    body = {"words": [], "retention_days": 30}
    assert (await admin.call("PUT", f"/schools/{school}/chat-policy", body, headers={"If-Match": "*"})).status == 200
    student = await world.signed_in(STUDENT_5)
    await send(student, chat, "новое")
    assert await world.app[RETENTION].delete_old() == 0
    world.clock.advance(timedelta(days=25).total_seconds())
    assert await world.app[RETENTION].delete_old() == 1
    student = await world.signed_in(STUDENT_5)
    assert await texts(student, chat) == ["новое"]
    assert (await student.call("GET", f"/chats/{chat}/messages/1")).status == 404
    assert (await send(student, chat, "ещё")).json["number"] == 3


async def test_a_post_for_later_is_sent_once_when_its_time_has_come(world: World) -> None:
    admin, student = await world.signed_in(ADMINISTRATOR), await world.signed_in(STUDENT_5)
    school = await school_id(admin)
    made = await admin.call("POST", f"/schools/{school}/chats", {"kind": "channel", "title": "Новости"})
    channel = made.json["id"]
    at = (world.clock.now() + timedelta(hours=1)).isoformat()
    posts = f"/chats/{channel}/scheduled"
    assert (await student.call("POST", posts, {"client_id": "a", "at": at, "text": "я"})).status == 403
    waiting = await admin.call("POST", posts, {"client_id": "a", "at": at, "text": "С праздником!"})
    assert waiting.status == 201
    second = await admin.call("POST", posts, {"client_id": "b", "at": at, "text": "передумала"})
    assert (await admin.call("DELETE", f"{posts}/{second.json['id']}")).status == 204
    scheduler = world.app[SCHEDULER]
    assert await scheduler.send_due() == 0
    world.clock.advance(3600)
    await scheduler.send_due()
    await scheduler.send_due()
    assert await texts(student, channel) == ["С праздником!"]
    assert (await admin.call("GET", posts)).json["items"] == []
