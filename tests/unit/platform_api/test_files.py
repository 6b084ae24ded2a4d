"""A person's cloud and the sections of schools and classes: what is where, who sees it, the trash."""

from __future__ import annotations

import json

from platform_api.memberships.change import Change
from platform_api.privacy.erasure import erase
from platform_api.privacy.export import gather
from tests.unit.platform_api.uploading import PNG_PIXEL, upload, upload_to, work_done
from tests.unit.platform_api.world import ADMINISTRATOR, STUDENT_5, STUDENT_9, TEACHER_5_7, TEACHER_7_9, World


async def test_a_file_goes_into_the_own_cloud_and_comes_back(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    file = await upload(page, "Реферат <1>.txt", "О лесе\n".encode())
    assert (file["name"], file["media_type"], file["kind"], file["size"]) == (
        "Реферат _1_.txt",
        "text/plain",
        "text",
        12,
    )
    assert file["place"] == {"kind": "own", "id": None, "name": ""}
    listing = (await page.call("GET", "/me/files")).json
    assert [one["id"] for one in listing["files"]] == [file["id"]]
    assert listing["storage"]["used"] == 12
    sent = await page.call("GET", file["links"]["content"])
    assert (sent.status, sent.body.decode()) == (200, "О лесе\n")
    assert sent.headers["Content-Type"] == "text/plain; charset=utf-8"
    saved = await page.call("GET", file["links"]["download"])
    assert saved.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%D0%A0%D0%B5" in saved.headers["Content-Disposition"]
    other = await world.signed_in(STUDENT_9)
    for path in (f"/files/{file['id']}", file["links"]["content"], file["links"]["download"]):
        assert (await other.call("GET", path)).status == 404


async def test_folders_hold_files_and_go_to_the_trash_with_them(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    outer = (await page.call("POST", "/me/folders", {"name": "Алгебра"})).json
    inner = (await page.call("POST", "/me/folders", {"name": "Дроби", "parent_id": outer["id"]})).json
    file = await upload(page, "task.txt", b"1/2", folder_id=inner["id"])
    twin = await upload(page, "task.txt", b"1/3", folder_id=inner["id"])
    assert twin["name"] == "task (2).txt"
    listing = (await page.call("GET", f"/me/files?folder_id={inner['id']}")).json
    assert [step["name"] for step in listing["path"]] == ["Алгебра", "Дроби"]
    assert [one["name"] for one in listing["files"]] == ["task (2).txt", "task.txt"]
    taken = await page.call("POST", "/me/folders", {"name": "АЛГЕБРА"})
    assert (taken.status, taken.json["code"]) == (409, "name_taken")
    turned = await page.call("PATCH", f"/folders/{outer['id']}", {"parent_id": inner["id"]})
    assert (turned.status, turned.json["code"]) == (409, "folder_inside_itself")

    assert (await page.call("DELETE", f"/files/{twin['id']}")).status == 204
    assert (await page.call("DELETE", f"/folders/{outer['id']}")).status == 204
    assert (await page.call("GET", "/me/files")).json["folders"] == []
    trash = (await page.call("GET", "/me/files?trash=true")).json
    assert [one["id"] for one in trash["folders"]] == [outer["id"]]
    assert [one["id"] for one in trash["files"]] == [twin["id"]]
    assert (await page.call("POST", f"/folders/{outer['id']}/restore")).status == 200
    assert (await page.call("GET", f"/files/{file['id']}")).json["trashed_at"] is None
    listing = (await page.call("GET", f"/me/files?folder_id={inner['id']}")).json
    assert [one["name"] for one in listing["files"]] == ["task.txt"], "what was there before it stays in the trash"


async def test_names_are_searched_in_all_folders(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    folder = (await page.call("POST", "/me/folders", {"name": "Папка"})).json
    await upload(page, "Ёлка зимой.txt", b"1", folder_id=folder["id"])
    await upload(page, "Весна.txt", b"2")
    found = (await page.call("GET", "/me/files?q=ЕЛКА")).json
    assert [one["name"] for one in found["files"]] == ["Ёлка зимой.txt"]
    assert (await page.call("GET", "/me/files?q=%25")).json["files"] == [], "a per cent sign is a sign"


async def test_long_lists_come_in_pages(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    for number in range(5):
        await upload(page, f"{number}.txt", b"x")
    names, cursor = [], ""
    while True:
        listing = (await page.call("GET", f"/me/files?limit=2{cursor}")).json
        names += [one["name"] for one in listing["files"]]
        if listing["next"] is None:
            break
        cursor = f"&cursor={listing['next']}"
    assert names == [f"{number}.txt" for number in range(5)]


async def test_the_trash_is_emptied_after_thirty_days(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    file = await upload(page, "old.txt", b"old")
    kept = await upload(page, "kept.txt", b"kept")
    assert (await page.call("DELETE", f"/files/{file['id']}")).status == 204
    world.clock.advance(13 * 86400)
    await world.workshop.round()
    page = await world.signed_in(STUDENT_5)
    assert (await page.call("GET", f"/files/{file['id']}")).json["trashed_at"] is not None
    world.clock.advance(12 * 86400)
    page = await world.signed_in(STUDENT_5)
    world.clock.advance(6 * 86400)
    await world.workshop.round()
    assert (await page.call("GET", f"/files/{file['id']}")).status == 404
    await work_done(world, "drop")
    names = await world.parts.storage.names("contents/")
    assert len(names) == 1, "its bytes are gone, those of the other are not"
    assert (await page.call("GET", f"/files/{kept['id']}")).status == 200


async def test_a_class_has_documents_that_only_it_sees(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    class_id = await world.class_id("5А")
    file = await upload_to(teacher, "class", class_id, "Дроби.txt", b"1/2")
    for login, sees in ((STUDENT_5, True), (STUDENT_9, False), (TEACHER_7_9, False), (ADMINISTRATOR, True)):
        page = await world.signed_in(login)
        expected = 200 if sees else 404
        assert (await page.call("GET", f"/files/{file['id']}")).status == expected, login
        assert (await page.call("GET", f"/classes/{class_id}/files")).status == expected, login
        asked = await page.call("GET", f"/files?ids={file['id']},nothing")
        assert [one["id"] for one in asked.json["items"]] == ([file["id"]] if sees else []), login
    many = await page.call("GET", f"/files?ids={','.join(str(number) for number in range(51))}")
    assert (many.status, many.json["code"]) == (422, "invalid_query")
    student = await world.signed_in(STUDENT_5)
    listing = (await student.call("GET", f"/classes/{class_id}/files")).json
    assert (listing["may_post"], listing["storage"]) == (False, None)
    for method, path, body in (
        ("PATCH", f"/files/{file['id']}", {"name": "x"}),
        ("DELETE", f"/files/{file['id']}", None),
        ("POST", f"/classes/{class_id}/folders", {"name": "x"}),
    ):
        assert (await student.call(method, path, body)).status == 403
    copied = await student.call("POST", f"/files/{file['id']}/copies", {"to": "own"})
    assert copied.status == 201, "what one may read one may keep"
    details = (await student.call("GET", f"/files/{file['id']}")).json
    assert details["readers"]["people"] > 10


async def test_a_transferred_students_links_die_at_once(world: World) -> None:
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    administrator = await world.signed_in(ADMINISTRATOR)
    file = await upload_to(teacher, "class", await world.class_id("5А"), "Дроби.txt", b"1/2")
    link = (await student.call("GET", f"/files/{file['id']}")).json["links"]["content"]
    assert (await student.call("GET", link)).status == 200
    me = (await student.call("GET", "/me")).json
    school_id = (await administrator.call("GET", "/schools")).json["items"][0]["id"]
    members = (await administrator.call("GET", f"/schools/{school_id}/members?role=student&limit=200")).json["items"]
    membership = next(one["memberships"][0]["id"] for one in members if one["id"] == me["id"])
    moved = await administrator.call(
        "POST", f"/memberships/{membership}/transfer", {"class_id": await world.class_id("9В")}
    )
    assert moved.status in (200, 201), moved.json
    assert (await student.call("GET", link)).status == 404
    assert (await student.call("GET", f"/files/{file['id']}")).status == 404


async def test_videos_stand_among_videos_only(world: World) -> None:
    teacher = await world.signed_in(TEACHER_5_7)
    school_id = (await teacher.call("GET", "/schools")).json["items"][0]["id"]
    refused = await upload_to(teacher, "school", school_id, "x.mp4", PNG_PIXEL, section="videos", state="refused")
    assert refused["refusal"] == "not_a_video"
    listing = (await teacher.call("GET", f"/schools/{school_id}/files?section=videos")).json
    assert listing["files"] == []


async def test_what_is_no_name_is_refused(world: World) -> None:
    page = await world.signed_in(STUDENT_5)
    file = await upload(page, "a.txt", b"a")
    for name in ("a/b", "..", "a\\b", " ", "x" * 201):
        assert (await page.call("PATCH", f"/files/{file['id']}", {"name": name})).status == 422, name


async def test_a_copy_of_personal_data_names_files_and_an_erasure_takes_the_own_ones(world: World) -> None:
    teacher, student = await world.signed_in(TEACHER_5_7), await world.signed_in(STUDENT_5)
    class_id, me = await world.class_id("5А"), (await teacher.call("GET", "/me")).json["id"]
    folder = (await teacher.call("POST", "/me/folders", {"name": "Личное"})).json
    inner = (await teacher.call("POST", "/me/folders", {"name": "Совсем", "parent_id": folder["id"]})).json
    own = await upload(teacher, "Дневник.txt", b"secret", folder_id=inner["id"])
    posted = await upload_to(teacher, "class", class_id, "Дроби.txt", b"1/2")
    article = (await teacher.call("POST", f"/classes/{class_id}/articles", {"title": "Сад"})).json["id"]
    await teacher.call("POST", f"/articles/{article}/publish")
    draft = (await teacher.call("POST", f"/classes/{class_id}/articles", {"title": "Черновик"})).json["id"]
    await student.call("PUT", f"/articles/{article}/like")
    async with world.parts.db.read() as conn:
        copy = json.loads(await gather(conn, me, world.clock.now()))
    assert {one["name"] for one in copy["files"]} == {"Дневник.txt", "Дроби.txt"}
    assert {one["title"] for one in copy["articles"]} == {"Сад", "Черновик"}
    assert {one["name"] for one in copy["folders"]} == {"Личное", "Совсем"}

    async with world.parts.db.write() as conn:
        act = await erase(Change(conn, None, world.clock.now()), me, "own request")
    assert act["erased"]["files of the own cloud"] == 1
    assert (await student.call("GET", f"/files/{posted['id']}")).json["owner"]["name"] == "—"
    assert (await student.call("GET", f"/articles/{article}")).json["author"]["name"] == "—"
    administrator = await world.signed_in(ADMINISTRATOR)
    assert (await administrator.call("GET", f"/articles/{draft}")).status == 404
    await work_done(world, "drop")
    assert f"contents/{own['id']}" not in await world.parts.storage.names("contents/")
    assert len(await world.parts.storage.names("contents/")) == 1
