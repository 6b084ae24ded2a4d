"""Lessons and rooms come to agree whatever was lost between the two processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from platform_api.errors import MediaUnavailable
from tests.unit.platform_api.world import Page, World, new_world, until


async def enter(page: Page, lesson: str) -> None:
    answer = await page.call("POST", f"/lessons/{lesson}/ticket", {"device": "d1"})
    assert answer.status == 200


async def test_ending_a_lesson_ends_its_room(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    await enter(teacher, lesson)
    await teacher.call("POST", f"/lessons/{lesson}/end")
    assert lesson not in world.media.rooms
    assert world.media.calls[-1] == ("DELETE", f"/control/v1/rooms/{lesson}")


async def test_a_room_that_could_not_be_ended_is_ended_later(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    await enter(teacher, lesson)
    world.media.fail_with = 500
    assert (await teacher.call("POST", f"/lessons/{lesson}/end")).status == 204
    with pytest.raises(MediaUnavailable):
        await world.keeper.round()
    assert lesson in world.media.rooms
    world.media.fail_with = None
    await world.keeper.round()
    assert lesson not in world.media.rooms


async def test_rooms_of_running_lessons_are_left_alone(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    await enter(teacher, lesson)
    world.media.rooms["from-another-time"] = {"title": ""}
    await world.keeper.round()
    assert set(world.media.rooms) == {lesson}
    assert world.count("sfera_api_lessons_running") == 1


async def test_it_ends_when_told_so_in_whatever_moment(world: World) -> None:
    """A cancellation that comes when there just was something to do is not lost."""
    world.media.fail_with = 500
    for steps in range(6):
        await world.keeper.stop()
        world.media.calls.clear()
        world.keeper.start()
        await until(lambda: world.media.calls)
        await world.keeper.end_room("any")  # asked after the round, so answered after it; wakes the keeper
        for _ in range(steps):
            await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await world.keeper.stop()


async def test_a_lesson_ended_while_its_room_was_made_gives_no_ticket(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")

    async def end_meanwhile() -> None:
        world.media.after_put = None
        assert (await teacher.call("POST", f"/lessons/{lesson}/end")).status == 204
        world.media.ended.discard(lesson)
        world.media.rooms[lesson] = {"title": ""}  # the room is made after it was ended

    world.media.after_put = end_meanwhile
    answer = await teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": "d1"})
    assert (answer.status, answer.json["code"]) == (409, "lesson_ended")
    assert lesson not in world.media.rooms


async def test_a_room_the_node_has_ended_ends_the_lesson(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    world.media.ended.add(lesson)
    answer = await teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": "d1"})
    assert (answer.status, answer.json["code"]) == (409, "lesson_ended")
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is not None


async def test_a_lesson_that_stands_empty_is_ended(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    other, kept = await world.lesson_of("7Б")
    await enter(other, kept)
    world.media.participants[kept] = [{"id": "p1", "person": "somebody"}]
    await world.keeper.round()
    world.clock.advance(29 * 60)
    await world.keeper.round()
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is None
    world.clock.advance(60)
    await world.keeper.round()
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is not None
    assert (await other.call("GET", f"/lessons/{kept}")).json["ended_at"] is None
    assert world.count("sfera_api_lessons_ended_total", by="idle") == 1


async def test_somebody_who_comes_back_starts_the_waiting_anew(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    await enter(teacher, lesson)
    await world.keeper.round()
    world.clock.advance(20 * 60)
    world.media.participants[lesson] = [{"id": "p1", "person": "somebody"}]
    await world.keeper.round()
    world.media.participants[lesson] = []
    world.clock.advance(20 * 60)
    await world.keeper.round()
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is None


async def test_a_class_that_waits_for_its_teacher_is_not_sent_home(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    await enter(teacher, lesson)
    world.media.waiting[lesson] = 3
    await world.keeper.round()
    world.clock.advance(3600)
    await world.keeper.round()
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is None


async def test_lessons_go_on_while_the_media_node_is_away(tmp_path: Path, seeded: Path) -> None:
    async with new_world(tmp_path / "w", seeded, media_control_url="http://127.0.0.1:9") as world:
        teacher, lesson = await world.lesson_of("5А")
        world.clock.advance(3600)
        with pytest.raises(MediaUnavailable):
            await world.keeper.round()
        assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is None


async def test_what_is_over_is_deleted(world: World) -> None:
    _, lesson = await world.lesson_of("5А")
    await world.hook({"event": "room_started", "room": lesson})
    world.clock.advance(15 * 86400)
    await world.keeper.round()
    async with world.parts.db.read() as conn:
        for table in ("sessions", "webhook_events"):
            assert (await conn.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one() == 0


async def test_many_tickets_at_once(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    answers = await asyncio.gather(
        *(teacher.call("POST", f"/lessons/{lesson}/ticket", {"device": f"d{n}"}) for n in range(50))
    )
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["ticket"] for answer in answers}) == 50
