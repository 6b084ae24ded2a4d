"""Broadcasts: who may start, see, end and delete them, and what media and hls are told of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from platform_api.errors import HlsUnavailable, MediaUnavailable
from platform_api.schema import audit, memberships
from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    STUDENT_5,
    STUDENT_9,
    TEACHER_7_9,
    Page,
    World,
    new_world,
)

TEACHER = "vera.berestova"


async def go_live(world: World, class_name: str = "5А", **wishes: str) -> tuple[Page, str, dict[str, Any]]:
    """A teacher's page, the lesson it started, and the broadcast of it."""
    teacher, lesson = await world.lesson_of(class_name)
    answer = await teacher.call("POST", f"/lessons/{lesson}/broadcast", wishes)
    assert answer.status == 201, answer.json
    return teacher, lesson, answer.json


async def settled(world: World) -> None:
    """What the studio does by itself, now."""
    await world.studio.round()


async def test_a_lesson_goes_on_air(world: World) -> None:
    _, lesson, broadcast = await go_live(world, title="  Открытый урок ")
    assert broadcast["title"] == "Открытый урок"
    assert (broadcast["state"], broadcast["audience"], broadcast["may_lead"]) == ("live", "school", True)
    assert broadcast["lesson_id"] == lesson
    assert broadcast["class"]["name"] == "5А"
    assert broadcast["started_by"]["name"] == "Вера Павловна Берестова"
    assert broadcast["playlist_url"] == f"http://127.0.0.1:7804/live/{broadcast['id']}/index.m3u8"
    assert len(broadcast["id"]) >= 22
    # hls was asked where packets shall go, the room was tapped there, and hls was told what will come.
    fed = world.hls.broadcasts[broadcast["id"]]
    tap = world.media.taps[lesson][broadcast["id"]]
    assert (tap["host"], tap["port"]) == ("127.0.0.1", fed["port"])
    assert fed["tap"]["id"] == broadcast["id"]
    assert fed["tap"]["room"] == lesson
    assert world.count("sfera_api_broadcasts_started_total") == 1


async def test_a_broadcast_without_title_is_called_as_the_room(world: World) -> None:
    _, _, broadcast = await go_live(world)
    assert broadcast["title"] == "5А"


async def test_one_broadcast_a_lesson(world: World) -> None:
    teacher, lesson, broadcast = await go_live(world)
    again = await teacher.call("POST", f"/lessons/{lesson}/broadcast", {})
    assert (again.status, again.json["code"]) == (409, "broadcast_running")
    assert again.json["broadcast"]["id"] == broadcast["id"]


@pytest.mark.parametrize(
    ("login", "status", "code"),
    [(ADMINISTRATOR, 409, "broadcast_running"), (STUDENT_5, 403, "forbidden"), (STUDENT_9, 404, "not_found"),
     (TEACHER_7_9, 404, "not_found")],
)  # fmt: skip
async def test_who_may_start(world: World, login: str, status: int, code: str) -> None:
    _, lesson, _ = await go_live(world)
    answer = await (await world.signed_in(login)).call("POST", f"/lessons/{lesson}/broadcast", {})
    assert (answer.status, answer.json["code"]) == (status, code)


async def test_an_ended_lesson_does_not_go_on_air(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    await teacher.call("POST", f"/lessons/{lesson}/end")
    answer = await teacher.call("POST", f"/lessons/{lesson}/broadcast", {})
    assert (answer.status, answer.json["code"]) == (409, "lesson_ended")


async def test_a_room_the_node_has_ended_is_not_broadcast(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    world.media.ended.add(lesson)
    answer = await teacher.call("POST", f"/lessons/{lesson}/broadcast", {})
    assert (answer.status, answer.json["code"]) == (409, "lesson_ended")
    assert (await teacher.call("GET", "/broadcasts")).json["items"] == []


async def test_the_whole_school_watches_and_nobody_else(world: World) -> None:
    teacher, _, broadcast = await go_live(world)
    address = f"/broadcasts/{broadcast['id']}"
    for login in (ADMINISTRATOR, TEACHER_7_9, STUDENT_5, STUDENT_9):
        page = await world.signed_in(login)
        seen = (await page.call("GET", address)).json
        assert seen["playlist_url"] == broadcast["playlist_url"]
        assert seen["lesson_id"] == (broadcast["lesson_id"] if login == ADMINISTRATOR else None)
        assert seen["may_lead"] is (login == ADMINISTRATOR)
        assert [one["id"] for one in (await page.call("GET", "/broadcasts")).json["items"]] == [broadcast["id"]]
    await leave_school(world, STUDENT_9)
    stranger = await world.signed_in(STUDENT_9)
    assert (await stranger.call("GET", address)).status == 404
    assert (await stranger.call("GET", "/broadcasts")).json == {"items": [], "next": None}
    assert (await (await world.page()).call("GET", address)).status == 404
    assert (await teacher.call("GET", "/broadcasts/nothing-here")).status == 404


async def test_a_public_broadcast_is_watched_by_its_link(world: World) -> None:
    _, _, broadcast = await go_live(world, audience="public")
    nobody = await world.page()
    seen = await nobody.call("GET", f"/broadcasts/{broadcast['id']}")
    assert seen.status == 200
    assert seen.json["playlist_url"] == broadcast["playlist_url"]
    assert (seen.json["class"], seen.json["started_by"], seen.json["lesson_id"]) == (None, None, None)
    assert (await nobody.call("GET", "/broadcasts")).json["code"] == "not_signed_in"
    await leave_school(world, STUDENT_9)
    stranger = await world.signed_in(STUDENT_9)
    assert (await stranger.call("GET", f"/broadcasts/{broadcast['id']}")).status == 200
    assert (await stranger.call("GET", "/broadcasts")).json["items"] == []


async def test_those_in_the_lesson_know_that_it_is_on_air(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    student = await world.signed_in(STUDENT_5)
    assert (await student.call("GET", f"/lessons/{lesson}/broadcast")).json == {"broadcast": None}
    started = (await teacher.call("POST", f"/lessons/{lesson}/broadcast", {})).json
    assert (await student.call("GET", f"/lessons/{lesson}/broadcast")).json["broadcast"]["id"] == started["id"]
    other = await world.signed_in(STUDENT_9)
    assert (await other.call("GET", f"/lessons/{lesson}/broadcast")).status == 404
    await teacher.call("POST", f"/broadcasts/{started['id']}/end")
    assert (await student.call("GET", f"/lessons/{lesson}/broadcast")).json == {"broadcast": None}


async def test_an_ended_broadcast_is_a_recording(world: World) -> None:
    teacher, lesson, broadcast = await go_live(world)
    for _ in range(2):
        assert (await teacher.call("POST", f"/broadcasts/{broadcast['id']}/end")).status == 204
    seen = (await teacher.call("GET", f"/broadcasts/{broadcast['id']}")).json
    assert seen["state"] == "ended"
    assert seen["ended_at"] is not None
    assert seen["playlist_url"] == broadcast["playlist_url"]
    assert world.hls.broadcasts[broadcast["id"]]["state"] == "ended"
    assert world.media.taps[lesson] == {}
    again = await teacher.call("POST", f"/lessons/{lesson}/broadcast", {})
    assert again.status == 201
    assert again.json["id"] != broadcast["id"]


async def test_only_those_who_lead_end_rename_and_delete(world: World) -> None:
    _, _, broadcast = await go_live(world)
    calls: list[tuple[str, str, Any]] = [
        ("POST", "/end", None),
        ("PATCH", "", {"title": "Другое"}),
        ("DELETE", "", None),
    ]
    for login, status in ((STUDENT_5, 403), (TEACHER_7_9, 403), (STUDENT_9, 403)):
        page = await world.signed_in(login)
        for method, tail, body in calls:
            assert (await page.call(method, f"/broadcasts/{broadcast['id']}{tail}", body)).status == status
    await leave_school(world, STUDENT_9)
    stranger = await world.signed_in(STUDENT_9)
    for method, tail, body in calls:
        assert (await stranger.call(method, f"/broadcasts/{broadcast['id']}{tail}", body)).status == 404
    administrator = await world.signed_in(ADMINISTRATOR)
    renamed = await administrator.call("PATCH", f"/broadcasts/{broadcast['id']}", {"title": " Другое "})
    assert renamed.json["title"] == "Другое"
    for title in ("", "   ", "a\u0007b", "x" * 121):
        refused = await administrator.call("PATCH", f"/broadcasts/{broadcast['id']}", {"title": title})
        assert (refused.status, refused.json["code"]) == (422, "invalid_body")


async def test_a_deleted_broadcast_is_gone_with_its_recording(world: World) -> None:
    teacher, lesson, broadcast = await go_live(world)
    assert (await teacher.call("DELETE", f"/broadcasts/{broadcast['id']}")).status == 204
    assert (await teacher.call("GET", f"/broadcasts/{broadcast['id']}")).status == 404
    assert (await teacher.call("GET", "/broadcasts")).json["items"] == []
    assert broadcast["id"] not in world.hls.broadcasts
    assert world.media.taps[lesson] == {}


async def test_a_lesson_that_ends_ends_its_broadcast(world: World) -> None:
    teacher, lesson, broadcast = await go_live(world)
    await teacher.call("POST", f"/lessons/{lesson}/end")
    await settled(world)
    assert (await teacher.call("GET", f"/broadcasts/{broadcast['id']}")).json["state"] == "ended"
    assert world.hls.broadcasts[broadcast["id"]]["state"] == "ended"
    assert world.count("sfera_api_broadcasts_live") == 0


async def test_a_room_that_ends_ends_its_broadcast(world: World) -> None:
    teacher, lesson, broadcast = await go_live(world)
    await world.hook({"event": "room_ended", "room": lesson})
    await settled(world)
    assert (await teacher.call("GET", f"/broadcasts/{broadcast['id']}")).json["state"] == "ended"
    assert world.hls.broadcasts[broadcast["id"]]["state"] == "ended"


async def hls_fails(world: World) -> None:
    world.hls.fail_with = 500


async def media_fails(world: World) -> None:
    world.media.fail_with = 500


@pytest.mark.parametrize(("fails", "code"), [(hls_fails, "hls_unavailable"), (media_fails, "media_unavailable")])
async def test_what_does_not_get_on_air_is_not_left_half_open(
    world: World, fails: Callable[[World], Awaitable[None]], code: str
) -> None:
    teacher, lesson = await world.lesson_of("5А")
    await fails(world)
    answer = await teacher.call("POST", f"/lessons/{lesson}/broadcast", {})
    assert (answer.status, answer.json["code"]) == (503, code)
    assert int(answer.headers["Retry-After"]) >= 1
    assert (await teacher.call("GET", f"/lessons/{lesson}/broadcast")).json == {"broadcast": None}
    world.hls.fail_with = world.media.fail_with = None
    assert (await teacher.call("POST", f"/lessons/{lesson}/broadcast", {})).status == 201
    await settled(world)
    assert [one["state"] for one in world.hls.broadcasts.values()] == ["waiting"]
    assert len(world.media.taps[lesson]) == 1


@pytest.mark.parametrize(
    ("fails", "away"), [(hls_fails, HlsUnavailable), (media_fails, MediaUnavailable)]
)  # fmt: skip
async def test_an_end_nobody_heard_is_told_again(
    world: World, fails: Callable[[World], Awaitable[None]], away: type[Exception]
) -> None:
    teacher, lesson, broadcast = await go_live(world)
    await fails(world)
    assert (await teacher.call("POST", f"/broadcasts/{broadcast['id']}/end")).status == 204
    assert (await teacher.call("GET", f"/broadcasts/{broadcast['id']}")).json["state"] == "ended"
    with pytest.raises(away):
        await settled(world)
    world.hls.fail_with = world.media.fail_with = None
    await settled(world)
    assert world.hls.broadcasts[broadcast["id"]]["state"] == "ended"
    assert world.media.taps[lesson] == {}
    told = len(world.hls.calls)
    await settled(world)
    assert len(world.hls.calls) == told


async def test_a_deletion_is_told_even_when_the_end_was_not(world: World) -> None:
    teacher, _, broadcast = await go_live(world)
    world.hls.fail_with = 500
    assert (await teacher.call("POST", f"/broadcasts/{broadcast['id']}/end")).status == 204
    assert (await teacher.call("DELETE", f"/broadcasts/{broadcast['id']}")).status == 204
    world.hls.fail_with = None
    await settled(world)
    assert broadcast["id"] not in world.hls.broadcasts


async def test_a_media_node_that_was_restarted_is_tapped_again(world: World) -> None:
    teacher, lesson, broadcast = await go_live(world)
    first = world.hls.broadcasts[broadcast["id"]]["tap"]
    taps = len([call for call in world.media.calls if call[1].endswith("/taps")])
    await settled(world)
    assert len([call for call in world.media.calls if call[1].endswith("/taps")]) == taps, "tapped without need"
    world.media.restart()
    await settled(world)  # nobody has come back yet: there is no room to tap
    assert lesson not in world.media.taps
    world.clock.advance(3)
    await teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": "d1"})
    await settled(world)
    tap = world.media.taps[lesson][broadcast["id"]]
    assert tap["port"] == world.hls.broadcasts[broadcast["id"]]["port"] == first["port"]


async def test_the_room_that_started_wakes_the_studio(world: World) -> None:
    teacher, lesson, broadcast = await go_live(world)
    world.media.restart()
    world.clock.advance(3)
    await teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": "d1"})
    await world.hook({"event": "room_started", "room": lesson})
    for _ in range(400):
        if broadcast["id"] in world.media.taps.get(lesson, {}):
            return
        await teacher.call("GET", "/me")  # each takes a turn of the loop and more
    raise AssertionError("the studio slept on")


async def test_an_hls_process_that_forgot_is_told_again(world: World) -> None:
    _, lesson, broadcast = await go_live(world)
    world.hls.broadcasts.clear()
    await settled(world)
    fed = world.hls.broadcasts[broadcast["id"]]
    assert world.media.taps[lesson][broadcast["id"]]["port"] == fed["port"]
    assert fed["tap"] is not None


async def test_an_hls_process_that_waits_elsewhere_is_followed(world: World) -> None:
    _, lesson, broadcast = await go_live(world)
    world.hls.broadcasts[broadcast["id"]].update(port=41000, tap=None)
    await settled(world)
    assert world.media.taps[lesson][broadcast["id"]]["port"] == 41000
    assert world.hls.broadcasts[broadcast["id"]]["tap"]["port"] == 41000


async def test_a_broadcast_that_hls_has_ended_is_over(world: World) -> None:
    teacher, _, broadcast = await go_live(world)
    world.hls.broadcasts[broadcast["id"]]["state"] = "ended"
    world.media.taps.clear()
    await settled(world)
    assert (await teacher.call("GET", f"/broadcasts/{broadcast['id']}")).json["state"] == "ended"


async def test_the_list_comes_in_pieces(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    ids = []
    for number in range(5):
        started = (await teacher.call("POST", f"/lessons/{lesson}/broadcast", {"title": f"{number}"})).json
        ids.append(started["id"])
        if number < 4:
            await teacher.call("POST", f"/broadcasts/{started['id']}/end")
        if number % 2:
            world.clock.advance(1)  # two of a second: the order is still one
    found: list[str] = []
    cursor = ""
    while True:
        page = (await teacher.call("GET", "/broadcasts", params={"limit": "2", "cursor": cursor})).json
        assert len(page["items"]) <= 2
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(found) == 5
    assert set(found) == set(ids)
    assert found[0] == ids[4]
    assert set(found[3:]) == set(ids[:2])
    live = (await teacher.call("GET", "/broadcasts", params={"state": "live"})).json["items"]
    assert [one["id"] for one in live] == [ids[4]]
    over = (await teacher.call("GET", "/broadcasts", params={"state": "ended"})).json["items"]
    assert {one["id"] for one in over} == set(ids[:4])


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "###"},
        {"cursor": "YWJj"},
        {"cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OTkueA"},
        {"limit": "0"},
        {"limit": "101"},
        {"state": "x"},
        {"what": "x"},
    ],
)
async def test_a_senseless_query_is_refused(world: World, query: dict[str, str]) -> None:
    page = await world.signed_in(STUDENT_5)
    answer = await page.call("GET", "/broadcasts", params=query)
    assert (answer.status, answer.json["code"]) == (422, "invalid_query")


@pytest.mark.parametrize("body", [{"audience": "world"}, {"title": "x" * 121}, {"title": "a\nb"}, {"tilte": "x"}])
async def test_a_senseless_wish_is_refused(world: World, body: dict[str, str]) -> None:
    teacher, lesson = await world.lesson_of("5А")
    answer = await teacher.call("POST", f"/lessons/{lesson}/broadcast", body)
    assert (answer.status, answer.json["code"]) == (422, "invalid_body")
    assert world.hls.broadcasts == {}


async def test_who_did_what_can_be_read_afterwards(world: World) -> None:
    teacher, lesson, broadcast = await go_live(world)
    person = (await teacher.call("GET", "/me")).json["id"]
    await teacher.call("PATCH", f"/broadcasts/{broadcast['id']}", {"title": "Другое"})
    for _ in range(2):
        await teacher.call("POST", f"/broadcasts/{broadcast['id']}/end")
    await teacher.call("DELETE", f"/broadcasts/{broadcast['id']}")
    async with world.parts.db.read() as conn:
        rows = (
            await conn.execute(
                sa.select(audit.c.action, audit.c.actor_id, audit.c.data)
                .where(audit.c.object_id == broadcast["id"])
                .order_by(audit.c.id)
            )
        ).all()
    assert [row.action for row in rows] == [
        "broadcast.started", "broadcast.renamed", "broadcast.ended", "broadcast.deleted"
    ]  # fmt: skip
    assert {row.actor_id for row in rows} == {person}
    assert rows[0].data == {"lesson": lesson, "audience": "school"}


@pytest.fixture
async def before_a_cache(tmp_path: Path, seeded: Path) -> AsyncIterator[World]:
    """A platform whose broadcasts are watched through a cache."""
    async with new_world(tmp_path / "w", seeded, hls_public_url="https://live.example.org/") as world:
        yield world


async def test_viewers_are_sent_to_the_cache(before_a_cache: World) -> None:
    _, _, broadcast = await go_live(before_a_cache)
    assert broadcast["playlist_url"] == f"https://live.example.org/live/{broadcast['id']}/index.m3u8"
    page = await before_a_cache.page()
    async with page.session.get(before_a_cache.base + "/watch/x") as response:
        policy = response.headers["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";")}
    assert "https://live.example.org" in directives["connect-src"]
    assert "https://live.example.org" in directives["media-src"]
    assert "blob:" in directives["media-src"]


async def leave_school(world: World, login: str) -> None:
    """All roles of a person are over."""
    person = (await (await world.signed_in(login)).call("GET", "/me")).json["id"]
    async with world.parts.db.write() as conn:
        await conn.execute(
            sa.update(memberships).where(memberships.c.person_id == person).values(until=world.clock.now())
        )
