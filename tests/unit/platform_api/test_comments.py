"""Comments on articles: who reads and writes them, what becomes of them, who hears of them and what is kept."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from platform_api.articles.rules import MAX_COMMENTS
from platform_api.memberships.change import Change
from platform_api.privacy.erasure import erase
from platform_api.schema import comments, message_reports
from tests.engines import Distributed
from tests.unit.platform_api.community import build, session_of
from tests.unit.platform_api.test_edges import PARENT_OF_STUDENT_5, person_id, school_of
from tests.unit.platform_api.test_events import tell, wire
from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    STUDENT_5,
    STUDENT_9,
    TEACHER_5_7,
    Answer,
    Page,
    World,
    new_world,
)

_ids = itertools.count()


async def published(world: World, teacher: Page) -> str:
    """The path of an article of 5А that is there to be read."""
    path = f"/classes/{await world.class_id('5А')}/articles"
    article = (await teacher.call("POST", path, {"title": "Как мы сажали сад"})).json["id"]
    assert (await teacher.call("POST", f"/articles/{article}/publish")).status == 200
    return f"/articles/{article}"


async def say(page: Page, article: str, text: str, client_id: str = "") -> Answer:
    body = {"client_id": client_id or f"c{next(_ids)}", "text": text}
    return await page.call("POST", f"{article}/comments", body)


async def said(page: Page, article: str, query: str = "") -> list[str]:
    """Texts, the newest first."""
    answer = await page.call("GET", f"{article}/comments{query}")
    assert answer.status == 200, answer.json
    return [one["text"] for one in answer.json["items"]]


async def test_who_reads_an_article_comments_on_it_and_nobody_else(world: World) -> None:
    teacher, student, parent, stranger = [
        await world.signed_in(who) for who in (TEACHER_5_7, STUDENT_5, PARENT_OF_STUDENT_5, STUDENT_9)
    ]
    article = await published(world, teacher)
    assert (await teacher.call("GET", f"{article}/comments")).json == {
        "items": [],
        "next": None,
        "count": 0,
        "may_comment": True,
        "may_moderate": True,
    }
    first = await say(student, article, "  Красиво!\r\nhttps://sad.example/ \n", "a")
    assert first.status == 201
    assert (first.json["author"], first.json["number"]) == (
        {"id": await person_id(student), "name": "Алиса Абрамова"},
        1,
    )
    assert (first.json["text"], first.json["client_id"]) == ("Красиво!\nhttps://sad.example/", "a")
    assert (await say(parent, article, "Молодцы")).status == 201
    page = (await student.call("GET", f"{article}/comments")).json
    assert [one["text"] for one in page["items"]] == ["Молодцы", first.json["text"]]
    assert (page["count"], page["may_comment"], page["may_moderate"]) == (2, True, False)
    assert (await student.call("GET", article)).json["comments"] == 2
    assert (await stranger.call("GET", f"{article}/comments")).status == 404
    assert (await say(stranger, article, "И я")).status == 404
    assert (await stranger.call("DELETE", f"{article}/comments/{first.json['id']}")).status == 404


async def test_a_comment_is_plain_text_within_limits(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    article = await published(world, teacher)
    for text in ("", " \n\t ", "x" * 2001, "bell\x07"):
        refused = await say(teacher, article, text)
        assert (refused.status, refused.json["code"]) == (422, "invalid_body"), text
    for client_id in ("a b", "x" * 65):
        assert (await say(teacher, article, "x", client_id)).status == 422
    for text in ("x" * 2000, "<b>не разметка</b>"):
        assert (await say(teacher, article, text)).json["text"] == text
    async with world.parts.db.write() as conn:
        await conn.execute(sa.update(comments).where(comments.c.number == 2).values(number=MAX_COMMENTS))
    full = await say(teacher, article, "ещё одно")
    assert (full.status, full.json["code"], full.json["limit"]) == (409, "too_many", MAX_COMMENTS)


async def test_the_same_send_makes_one_comment(world: World) -> None:
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    article, another = await published(world, teacher), await published(world, teacher)
    first, again = await say(student, article, "Ура", "a"), await say(student, article, "Ура", "a")
    assert (first.status, again.status, again.json) == (201, 200, first.json)
    assert (await say(teacher, article, "Ура", "a")).status == 201, "another person's client id is another name"
    reused = await say(student, another, "Ура", "a")
    assert (reused.status, reused.json["code"]) == (409, "client_id_reused")
    assert await said(student, article) == ["Ура", "Ура"]
    assert (await student.call("DELETE", f"{article}/comments/{first.json['id']}")).status == 204
    gone = await say(student, article, "Ура", "a")
    assert (gone.status, gone.json["code"]) == (409, "message_deleted"), "a late repetition does not bring it back"


async def test_comments_come_in_pages_from_the_newest(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    article = await published(world, teacher)
    for number in range(5):
        assert (await say(teacher, article, str(number))).status == 201
    found: list[str] = []
    query = "?limit=2"
    while True:
        page = (await teacher.call("GET", f"{article}/comments{query}")).json
        found += [one["text"] for one in page["items"]]
        if page["next"] is None:
            break
        query = f"?limit=2&cursor={page['next']}"
        await say(teacher, article, "новее")  # moves nothing that was not read yet
    assert found == ["4", "3", "2", "1", "0"]
    for wrong in ("limit=0", "limit=201", "cursor=x", "cursor=WzE4NDQ2NzQ0MDczNzA5NTUxNjE2XQ"):
        refused = await teacher.call("GET", f"{article}/comments?{wrong}")
        assert (refused.status, refused.json["code"]) == (422, "invalid_query"), wrong


async def test_comments_are_deleted_by_who_wrote_them_and_who_edits_the_article(world: World) -> None:
    teacher, student, parent = [await world.signed_in(who) for who in (TEACHER_5_7, STUDENT_5, PARENT_OF_STUDENT_5)]
    article, another = await published(world, teacher), await published(world, teacher)
    mine, theirs, kept = [(await say(who, article, "Да")).json["id"] for who in (student, parent, teacher)]
    forbidden = await student.call("DELETE", f"{article}/comments/{theirs}")
    assert (forbidden.status, forbidden.json["code"]) == (403, "forbidden")
    assert (await teacher.call("DELETE", f"{another}/comments/{theirs}")).status == 404, "it is no comment on that one"
    assert (await student.call("DELETE", f"{article}/comments/{mine}")).status == 204
    assert (await teacher.call("DELETE", f"{article}/comments/{theirs}")).status == 204
    assert (await student.call("DELETE", f"{article}/comments/{mine}")).status == 404
    page = (await parent.call("GET", f"{article}/comments")).json
    assert ([one["id"] for one in page["items"]], page["count"]) == ([kept], 1)
    assert (await parent.call("GET", article)).json["comments"] == 1
    async with world.parts.db.read() as conn:
        left = await conn.scalars(sa.select(comments.c.text).where(comments.c.deleted_at.is_not(None)))
        assert left.all() == ["", ""], "nothing of what was said is kept"


async def test_a_draft_has_no_comments_and_they_go_with_the_article(world: World) -> None:
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    article = await published(world, teacher)
    comment = (await say(student, article, "Когда следующий?")).json["id"]
    await student.call("POST", f"{article}/comments/{comment}/report", {"reason": "other"})
    assert (await teacher.call("POST", f"{article}/withdraw")).json["comments"] == 0
    for page in (teacher, student):
        assert (await page.call("GET", f"{article}/comments")).status == 404
        assert (await say(page, article, "И?")).status == 404
        assert (await page.call("DELETE", f"{article}/comments/{comment}")).status == 404
    assert (await teacher.call("POST", f"{article}/publish")).json["comments"] == 1
    assert await said(student, article) == ["Когда следующий?"]
    assert (await teacher.call("DELETE", article)).status == 204
    async with world.parts.db.read() as conn:
        for table in (comments, message_reports):
            assert await conn.scalar(sa.select(sa.func.count()).select_from(table)) == 0


async def test_nothing_is_said_in_an_archived_class(tmp_path: Path, template: Path | Distributed) -> None:
    async with new_world(tmp_path / "w", template) as world:
        community = await build(world)
        own = community.things["own"]
        article, mine = f"/articles/{own['article_id']}", community.own["student"]["my_comment_id"]
        async with (
            session_of(community.tokens["administrator"]) as office,
            session_of(community.tokens["student"]) as desk,
        ):
            administrator, student = Page(office, world.base), Page(desk, world.base)
            kept = await say(student, article, "До свидания", "a")
            assert (await administrator.call("POST", f"/years/{own['year_id']}/archive")).status == 200
            page = (await student.call("GET", f"{article}/comments")).json
            assert (page["count"], page["may_comment"], page["may_moderate"]) == (6, False, False)
            assert (await say(student, article, "До свидания", "a")).json == kept.json, "that was said before"
            for refused in (
                await say(student, article, "Жаль"),
                await student.call("DELETE", f"{article}/comments/{mine}"),
                await administrator.call("DELETE", f"{article}/comments/{mine}"),
            ):
                assert (refused.status, refused.json["code"]) == (409, "archived")


async def test_words_of_the_schools_list_count_in_comments(world: World) -> None:
    teacher, student, admin = [await world.signed_in(who) for who in (TEACHER_5_7, STUDENT_5, ADMINISTRATOR)]
    school, article = await school_of(admin), await published(world, teacher)
    words = [{"word": "дурак", "action": "refuse"}, {"word": "драка", "action": "flag"}]
    policy = f"/schools/{school}/chat-policy"
    assert (await admin.call("PUT", policy, {"words": words}, headers={"If-Match": "*"})).status == 200
    refused = await say(student, article, "ну и ДУРАКИ вы")
    assert (refused.status, refused.json["code"], refused.json["word"]) == (422, "restricted_word", "дурак")
    flagged = await say(student, article, "драки не будет")
    assert (flagged.status, flagged.json["flagged"]) == (201, False), "its author is not told"
    (shown,) = (await teacher.call("GET", f"{article}/comments")).json["items"]
    assert shown["flagged"] is True
    (report,) = (await admin.call("GET", f"/schools/{school}/reports")).json["items"]
    assert (report["reason"], report["note"], report["reporter"]) == ("word", "драка", None)
    assert (report["comment"]["id"], report["article"]["name"]) == (flagged.json["id"], "Как мы сажали сад")
    assert (report["message"], report["chat"]) == (None, None)


async def test_a_reported_comment_is_decided_about(world: World) -> None:
    teacher, student, parent, stranger, admin = [
        await world.signed_in(who) for who in (TEACHER_5_7, STUDENT_5, PARENT_OF_STUDENT_5, STUDENT_9, ADMINISTRATOR)
    ]
    school, article = await school_of(admin), await published(world, teacher)
    kept, rude = [(await say(student, article, text)).json["id"] for text in ("ладно", "грубость")]
    complaint = {"reason": "rude", "note": "при всех"}
    assert (await stranger.call("POST", f"{article}/comments/{rude}/report", complaint)).status == 404
    for page in (teacher, teacher, parent):
        assert (await page.call("POST", f"{article}/comments/{rude}/report", complaint)).status == 204
    assert (await parent.call("POST", f"{article}/comments/{kept}/report", {"reason": "other"})).status == 204
    reports = (await admin.call("GET", f"/schools/{school}/reports")).json["items"]
    assert sorted((one["text"], one["reporter"]["id"]) for one in reports) == sorted(
        [
            ("грубость", await person_id(teacher)),
            ("грубость", await person_id(parent)),
            ("ладно", await person_id(parent)),
        ]
    )
    by_text = {one["text"]: one["id"] for one in reports}
    assert (await admin.call("POST", f"/reports/{by_text['грубость']}/decide", {"action": "delete"})).status == 204
    assert (await admin.call("POST", f"/reports/{by_text['ладно']}/decide", {"action": "dismiss"})).status == 204
    assert await said(student, article) == ["ладно"]
    assert (await admin.call("GET", f"/schools/{school}/reports")).json["items"] == []
    past = (await admin.call("GET", f"/schools/{school}/reports?state=decided")).json["items"]
    assert sorted((one["state"], one["text"], one["comment"]["text"]) for one in past) == [
        ("deleted", "грубость", ""),
        ("deleted", "грубость", ""),
        ("dismissed", "ладно", "ладно"),
    ], "all that waited about the one were decided alike, and nothing about the other"


async def test_readers_of_the_article_hear_of_comments_and_nobody_else(world: World) -> None:
    teacher, student, stranger, admin = [
        await world.signed_in(who) for who in (TEACHER_5_7, STUDENT_5, STUDENT_9, ADMINISTRATOR)
    ]
    school, article = await school_of(student), await published(world, teacher)
    class_id = await world.class_id("5А")
    async with wire(student) as reader, wire(stranger) as other:
        for one in (reader, other):
            assert (await one.hear())["type"] == "ready"
        first, second = [(await say(teacher, article, text)).json["id"] for text in ("Тайна класса", "И ещё")]
        await teacher.call("DELETE", f"{article}/comments/{first}")
        await student.call("POST", f"{article}/comments/{second}/report", {"reason": "spam"})
        (report,) = (await admin.call("GET", f"/schools/{school}/reports")).json["items"]
        await admin.call("POST", f"/reports/{report['id']}/decide", {"action": "delete"})
        await tell(world, "school.changed", "last", school_id=school)
        heard = await reader.events(5)
        assert [(event["kind"], event["subject"], event.get("class"), event.get("data")) for event in heard] == [
            ("comment.added", article.rpartition("/")[2], class_id, {"comment": first}),
            ("comment.added", article.rpartition("/")[2], class_id, {"comment": second}),
            ("comment.deleted", article.rpartition("/")[2], class_id, {"comment": first}),
            ("comment.deleted", article.rpartition("/")[2], class_id, {"comment": second}),
            ("school.changed", "last", None, None),
        ]
        assert [event["subject"] for event in await other.events(1)] == ["last"], "nothing of another class"


async def test_a_report_decided_about_a_draft_tells_its_class_nothing(world: World) -> None:
    teacher, student, admin = [await world.signed_in(who) for who in (TEACHER_5_7, STUDENT_5, ADMINISTRATOR)]
    school, article = await school_of(student), await published(world, teacher)
    comment = (await say(student, article, "Да")).json["id"]
    await teacher.call("POST", f"{article}/comments/{comment}/report", {"reason": "spam"})
    await teacher.call("POST", f"{article}/withdraw")
    (report,) = (await admin.call("GET", f"/schools/{school}/reports")).json["items"]
    async with wire(student) as reader:
        assert (await reader.hear())["type"] == "ready"
        assert (await admin.call("POST", f"/reports/{report['id']}/decide", {"action": "delete"})).status == 204
        await tell(world, "school.changed", "last", school_id=school)
        assert [event["subject"] for event in await reader.events(1)] == ["last"]
    await teacher.call("POST", f"{article}/publish")
    assert await said(student, article) == []


async def test_comments_are_in_the_copy_of_ones_data_and_go_with_their_author(world: World) -> None:
    teacher, student, admin = [await world.signed_in(who) for who in (TEACHER_5_7, STUDENT_5, ADMINISTRATOR)]
    school, article = await school_of(admin), await published(world, teacher)
    mine = (await say(student, article, "Это сказала Алиса")).json["id"]
    deleted = (await say(student, article, "А это удалено")).json["id"]
    await say(teacher, article, "Спасибо")
    await student.call("DELETE", f"{article}/comments/{deleted}")
    await teacher.call("POST", f"{article}/comments/{mine}/report", {"reason": "other"})
    await student.call("POST", "/me/export")
    copy = (await student.call("GET", "/me/export")).json["comments"]
    assert [(one["title"], one["text"]) for one in copy] == [("Как мы сажали сад", "Это сказала Алиса")]

    who = await person_id(student)
    async with world.parts.db.write() as conn:
        act: Any = await erase(Change(conn, None, world.clock.now()), who, "own request")
    assert act["erased"]["comments"] == 1
    assert await said(teacher, article) == ["Спасибо"]
    (report,) = (await admin.call("GET", f"/schools/{school}/reports")).json["items"]
    assert (report["text"], report["comment"]["text"], report["comment"]["author"]["name"]) == ("", "", "—")
