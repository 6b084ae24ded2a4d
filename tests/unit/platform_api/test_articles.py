"""Articles, photo reports and the feed: written, shown to whom they are for, liked, kept apart from one's own files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from platform_api.seed_documents import seed_documents
from tests.engines import Distributed
from tests.unit.platform_api.community import build, session_of
from tests.unit.platform_api.uploading import PNG_PIXEL, upload, upload_to
from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    STUDENT_5,
    STUDENT_9,
    TEACHER_5_7,
    TEACHER_7_9,
    Page,
    World,
    new_world,
)

TEXT: list[dict[str, Any]] = [
    {"type": "heading", "text": "Весна", "level": 2},
    {
        "type": "text",
        "text": [{"text": "Мы "}, {"text": "сажали", "bold": True}, {"text": "сад", "href": "https://a.b/"}],
    },
    {"type": "list", "items": [[{"text": "яблоня"}], [{"text": "груша"}]], "ordered": True},
    {"type": "quote", "text": [{"text": "Хорошо!", "italic": True}]},
]


async def school_of(page: Page) -> str:
    found: str = (await page.call("GET", "/schools")).json["items"][0]["id"]
    return found


async def test_an_article_with_a_picture_is_written_published_and_read(world: World) -> None:
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    class_id = await world.class_id("5А")
    mine = await upload(teacher, "сад.png", PNG_PIXEL)
    picture = {"type": "picture", "file_id": mine["id"], "caption": "Наш сад", "alt": "Дети с лопатами"}
    draft = await teacher.call(
        "POST", f"/classes/{class_id}/articles", {"title": "Как мы сажали сад", "blocks": [*TEXT, picture]}
    )
    assert (draft.status, draft.json["state"], draft.json["minutes"]) == (201, "draft", 1)
    article, own = draft.json["id"], draft.json["blocks"][-1]["file_id"]
    assert own != mine["id"], "the article has a picture of its own"
    assert (await student.call("GET", f"/articles/{article}")).status == 404
    assert (await student.call("GET", f"/files/{own}")).status == 404
    assert (await teacher.call("GET", f"/classes/{class_id}/articles?drafts=true")).json["items"][0]["id"] == article

    assert (await teacher.call("POST", f"/articles/{article}/publish")).json["state"] == "published"
    read = (await student.call("GET", f"/articles/{article}")).json
    assert read["blocks"][:4] == [*TEXT[:1], *TEXT[1:4]]
    assert read["cover"]["id"] == own
    assert (await student.call("GET", read["files"][0]["links"]["content"])).body == PNG_PIXEL
    assert (await (await world.signed_in(STUDENT_9)).call("GET", f"/articles/{article}")).status == 404
    assert (await teacher.call("DELETE", f"/files/{mine['id']}")).status == 204
    assert (await teacher.call("DELETE", "/me/trash")).status == 204
    again = (await student.call("GET", f"/articles/{article}")).json
    assert (await student.call("GET", again["files"][0]["links"]["content"])).body == PNG_PIXEL, (
        "it is there as long as the article is"
    )

    for _ in range(2):
        assert (await student.call("PUT", f"/articles/{article}/like")).json == {"likes": 1, "liked": True}
    assert (await teacher.call("GET", f"/articles/{article}")).json["likes"] == 1
    assert (await student.call("DELETE", f"/articles/{article}/like")).json == {"likes": 0, "liked": False}

    assert (await teacher.call("POST", f"/articles/{article}/withdraw")).json["state"] == "draft"
    assert (await student.call("GET", f"/articles/{article}")).status == 404
    assert (await teacher.call("DELETE", f"/articles/{article}")).status == 204
    assert (await teacher.call("GET", f"/files/{own}")).status == 404


async def test_two_editors_do_not_overwrite_each_other(world: World) -> None:
    teacher, administrator = await world.signed_in(TEACHER_5_7), await world.signed_in(ADMINISTRATOR)
    path = f"/classes/{await world.class_id('5А')}/articles"
    article = (await teacher.call("POST", path, {"title": "Сад"})).json["id"]
    etag = (await administrator.call("GET", f"/articles/{article}")).headers["ETag"]
    first = await teacher.call("PATCH", f"/articles/{article}", {"title": "Сад наш"}, headers={"If-Match": etag})
    assert first.status == 200
    second = await administrator.call("PATCH", f"/articles/{article}", {"blocks": TEXT}, headers={"If-Match": etag})
    assert (second.status, second.json["code"], second.headers["ETag"]) == (
        412,
        "precondition_failed",
        first.headers["ETag"],
    )
    merged = await administrator.call(
        "PATCH", f"/articles/{article}", {"blocks": TEXT}, headers={"If-Match": second.headers["ETag"]}
    )
    assert (merged.status, merged.json["title"], len(merged.json["blocks"])) == (200, "Сад наш", 4)
    assert (await teacher.call("PATCH", f"/articles/{article}", {"title": "x"})).status == 428


async def test_what_is_no_article_is_refused(world: World) -> None:
    """No HTML, no script in an address, nobody else's file, no end of it."""
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    path = f"/classes/{await world.class_id('5А')}/articles"
    theirs = await upload(student, "a.png", PNG_PIXEL)
    text = await upload(teacher, "a.txt", b"text")
    elsewhere = await upload_to(
        await world.signed_in(TEACHER_7_9), "class", await world.class_id("9В"), "a.png", PNG_PIXEL
    )

    def linked(href: str) -> list[dict[str, Any]]:
        return [{"type": "text", "text": [{"text": "x", "href": href}]}]

    for blocks in (
        [{"type": "html", "html": "<script>"}],
        [{"type": "text", "text": "<b>not spans</b>"}],
        [{"type": "text", "text": [{"text": "x", "onclick": "y"}]}],
        [{"type": "heading", "text": "x", "level": 1}],
        [{"type": "heading", "text": "a\u0007b"}],
        linked("javascript:alert(1)"),
        linked("JaVaScRiPt:alert(1)"),
        linked("java\tscript:alert(1)"),
        linked(" https://a.b/"),
        linked("data:text/html,x"),
        linked("//evil.example/"),
        linked("/\\evil.example/"),
        linked("https:"),
        [{"type": "picture", "file_id": theirs["id"]}],
        [{"type": "picture", "file_id": elsewhere["id"]}],
        [{"type": "picture", "file_id": text["id"]}],
        [{"type": "file", "file_id": "nothing"}],
        [TEXT[0]] * 301,
        [{"type": "text", "text": [{"text": "x" * 20_001}]}],
    ):
        answer = await teacher.call("POST", path, {"title": "x", "blocks": blocks})
        assert (answer.status, answer.json["code"]) == (422, "invalid_body"), blocks
    long = [{"type": "text", "text": [{"text": "x" * 20_000}]}] * 15
    assert (await teacher.call("POST", path, {"title": "x", "blocks": long})).status in (413, 422)
    for good in ("https://школа.рф/a?b#c", "http://a.b", "mailto:a@b.c", "/classes"):
        assert (await teacher.call("POST", path, {"title": "x", "blocks": linked(good)})).status == 201, good


async def test_a_photo_report(world: World) -> None:
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    school_id = await school_of(teacher)
    album = (
        await teacher.call("POST", f"/schools/{school_id}/albums", {"title": "Планетарий", "about": "Звёзды"})
    ).json
    first = await upload_to(teacher, "album", album["id"], "1.png", PNG_PIXEL, caption="Вход")
    second = await upload_to(teacher, "album", album["id"], "2.png", PNG_PIXEL)
    mine = await upload(teacher, "3.png", PNG_PIXEL)
    third = (
        await teacher.call("POST", f"/albums/{album['id']}/files", {"file_id": mine["id"], "caption": "Купол"})
    ).json
    theirs = await upload(student, "4.png", PNG_PIXEL)
    assert (await teacher.call("POST", f"/albums/{album['id']}/files", {"file_id": theirs["id"]})).status == 404
    shown = (await student.call("GET", f"/albums/{album['id']}")).json
    assert [(one["id"], one["caption"]) for one in shown["files"]] == [
        (first["id"], "Вход"),
        (second["id"], ""),
        (third["id"], "Купол"),
    ]
    turned = await teacher.call("PATCH", f"/albums/{album['id']}", {"order": [third["id"], first["id"]]})
    assert [one["id"] for one in turned.json["files"]] == [third["id"], first["id"], second["id"]]
    assert (await student.call("PATCH", f"/albums/{album['id']}", {"title": "x"})).status == 403
    assert (await teacher.call("DELETE", f"/files/{first['id']}")).status == 204
    listed = (await student.call("GET", f"/schools/{school_id}/albums")).json
    assert [(one["items"], one["cover"]["id"]) for one in listed["items"]] == [(2, third["id"])]
    assert (await student.call("PUT", f"/albums/{album['id']}/like")).json["likes"] == 1
    assert (await teacher.call("DELETE", f"/albums/{album['id']}")).status == 204
    assert (await student.call("GET", f"/files/{second['id']}")).status == 404
    assert (await teacher.call("GET", f"/files/{mine['id']}")).status == 200


async def test_the_feed_is_the_newest_of_all_kinds(world: World) -> None:
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    school_id = await school_of(teacher)
    made = []
    file = await upload_to(teacher, "school", school_id, "План.txt", b"plan")
    made.append(("file", file["id"]))
    world.clock.advance(1)
    album = (await teacher.call("POST", f"/schools/{school_id}/albums", {"title": "Лес"})).json
    made.append(("album", album["id"]))
    world.clock.advance(1)
    article = (await teacher.call("POST", f"/schools/{school_id}/articles", {"title": "Сад"})).json
    draft = (await teacher.call("POST", f"/schools/{school_id}/articles", {"title": "Черновик"})).json
    await teacher.call("POST", f"/articles/{article['id']}/publish")
    made.append(("article", article["id"]))
    await upload_to(teacher, "class", await world.class_id("5А"), "Класс.txt", b"x")
    found, cursor = [], ""
    while True:
        page = (await student.call("GET", f"/schools/{school_id}/feed?limit=2{cursor}")).json
        found += [(item["kind"], item[item["kind"]]["id"]) for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == list(reversed(made))
    assert draft["id"] not in [thing for _, thing in found]


async def test_an_archived_class_is_read_and_not_changed(tmp_path: Path, template: Path | Distributed) -> None:
    async with new_world(tmp_path / "w", template) as world:
        community = await build(world)
        own = community.things["own"]
        async with (
            session_of(community.tokens["administrator"]) as office,
            session_of(community.tokens["student"]) as desk,
        ):
            administrator, student = Page(office, world.base), Page(desk, world.base)
            assert (await administrator.call("POST", f"/years/{own['year_id']}/archive")).status == 200
            for path in (f"/files/{own['file_id']}", f"/articles/{own['article_id']}", f"/albums/{own['album_id']}"):
                assert (await student.call("GET", path)).status == 200, "who was in it to the end reads on"
                refused = await administrator.call("DELETE", path)
                assert (refused.status, refused.json["code"]) == (409, "archived"), path
            liked = await student.call("PUT", f"/articles/{own['article_id']}/like")
            assert liked.status == 409


async def test_the_demonstration_has_something_to_look_at(tmp_path: Path, seeded: Path) -> None:
    async with new_world(tmp_path / "w", seeded) as world:
        for _ in range(2):
            await asyncio.to_thread(seed_documents, world.config)
        student = await world.signed_in(STUDENT_5)
        feed = (await student.call("GET", f"/schools/{await school_of(student)}/feed")).json
        assert sorted(item["kind"] for item in feed["items"]) == ["album", "article", "file"]
        article = next(item["article"]["id"] for item in feed["items"] if item["kind"] == "article")
        assert (await student.call("GET", f"/articles/{article}")).json["comments"] == 2
        documents = (await student.call("GET", f"/classes/{await world.class_id('5А')}/files")).json["files"]
        assert [one["name"] for one in documents] == ["Таблица умножения.txt", "Фигуры.pdf"]
        sent = await student.call("GET", documents[1]["links"]["content"])
        assert sent.body.startswith(b"%PDF-")
