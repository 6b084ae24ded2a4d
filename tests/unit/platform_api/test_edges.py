"""The edge rules of who may do what, one by one, through the doors a person uses."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from platform_api.clock import new_id
from platform_api.schema import memberships, people
from tests.unit.platform_api.world import (
    ADMINISTRATOR,
    STUDENT_5,
    STUDENT_9,
    TEACHER_5_7,
    TEACHER_7_9,
    Page,
    World,
)

PARENT_OF_STUDENT_5 = "olga.abramova"
PARENT_OF_TWO = "irina.makarova"


async def school_of(page: Page) -> str:
    """The id of the school somebody is in."""
    found: str = (await page.call("GET", "/schools")).json["items"][0]["id"]
    return found


async def membership_of(page: Page, school: str, person: str) -> dict[str, Any]:
    """The first membership of somebody, as an administrator sees it."""
    found: dict[str, Any] = (await page.call("GET", f"/schools/{school}/members/{person}")).json["memberships"][0]
    return found


async def person_id(page: Page) -> str:
    found: str = (await page.call("GET", "/me")).json["id"]
    return found


async def class_names(page: Page) -> list[str]:
    return [klass["name"] for klass in (await page.call("GET", "/classes")).json["classes"]]


async def test_a_transfer_takes_effect_at_once(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    student, parent = await world.signed_in(STUDENT_5), await world.signed_in(PARENT_OF_STUDENT_5)
    assert (await student.call("POST", f"/lessons/{lesson}/ticket", {"device": "a"})).status == 200
    administrator = await world.signed_in(ADMINISTRATOR)
    school, who = await school_of(administrator), await person_id(student)
    membership = await membership_of(administrator, school, who)
    moved = await administrator.call(
        "POST", f"/memberships/{membership['id']}/transfer", {"class_id": await world.class_id("9В")}
    )
    assert (moved.status, moved.json["class"]["name"]) == (200, "9В")
    # Out of the room, out of the class, no new ticket; the parent goes where the child goes.
    assert world.media.removed == [(lesson, who)]
    assert await class_names(student) == ["9В"]
    assert (await student.call("POST", f"/lessons/{lesson}/ticket", {"device": "a"})).status == 404
    assert (await student.call("GET", f"/classes/{await world.class_id('5А')}")).status == 404
    assert await class_names(parent) == ["9В"]
    assert who not in {
        member["id"] for member in (await teacher.call("GET", f"/classes/{await world.class_id('5А')}")).json["members"]
    }
    told = (await administrator.call("GET", f"/schools/{school}/audit?person_id={who}")).json["items"]
    assert [entry["action"] for entry in told[:2]] == ["membership.opened", "membership.closed"]
    assert told[1]["data"]["reason"] == "transferred"
    assert told[0]["actor"]["name"] == "Нина Львовна Орлова"
    # A forwarded ticket of the old class opens the door for a moment: who comes in by it is sent away again.
    await world.hook({"event": "participant_joined", "room": lesson, "participant": "p", "person": who})
    assert world.media.removed == [(lesson, who)] * 2


async def test_the_database_itself_refuses_a_second_class(world: World) -> None:
    class_id = await world.class_id("7Б")
    async with world.parts.db.read() as conn:
        row = (
            await conn.execute(
                sa.select(memberships)
                .join(people, people.c.id == memberships.c.person_id)
                .where(people.c.login == STUDENT_5)
            )
        ).one()
    for again in (class_id, None):
        with pytest.raises(IntegrityError):
            async with world.parts.db.write() as conn:
                await conn.execute(
                    sa.insert(memberships).values(
                        id=new_id(),
                        person_id=row.person_id,
                        school_id=row.school_id,
                        role="student",
                        class_id=again,
                        since=row.since,
                    )
                )


async def test_the_last_administrator_stays_until_there_is_another(world: World) -> None:
    administrator = await world.signed_in(ADMINISTRATOR)
    school, me = await school_of(administrator), await person_id(administrator)
    mine = await membership_of(administrator, school, me)
    ways: list[tuple[str, str, Any]] = [
        ("DELETE", f"/schools/{school}/members/{me}", None),
        ("DELETE", f"/memberships/{mine['id']}", None),
        ("PATCH", f"/memberships/{mine['id']}", {"role": "teacher"}),
        ("POST", "/me/erasure", {"confirmation": ADMINISTRATOR}),
    ]
    for method, path, body in ways:
        refused = await administrator.call(method, path, body, headers={"If-Match": "*"})
        assert (refused.status, refused.json["code"]) == (409, "last_administrator"), path
    teacher = await world.signed_in(TEACHER_5_7)
    theirs = await membership_of(administrator, school, await person_id(teacher))
    appointed = await administrator.call(
        "PATCH", f"/memberships/{theirs['id']}", {"role": "administrator"}, headers={"If-Match": "*"}
    )
    assert (appointed.status, appointed.json["role"], appointed.json["class"]) == (200, "administrator", None)
    assert await class_names(teacher) == ["5А", "7Б", "9В"], "an administrator sees all classes"
    demoted = await administrator.call(
        "PATCH", f"/memberships/{mine['id']}", {"role": "teacher"}, headers={"If-Match": "*"}
    )
    assert (demoted.status, demoted.json["role"]) == (200, "teacher")
    assert await class_names(administrator) == []
    assert (await administrator.call("GET", f"/schools/{school}/audit")).status == 403


async def test_an_archived_year_is_read_by_who_was_in_it_and_changed_by_nobody(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    administrator, student = await world.signed_in(ADMINISTRATOR), await world.signed_in(STUDENT_5)
    parent = await world.signed_in(PARENT_OF_TWO)
    school, class_id = await school_of(administrator), await world.class_id("5А")
    code = await administrator.call(
        "POST", f"/schools/{school}/invitations", {"role": "teacher", "class_id": class_id, "kind": "code"}
    )
    year = (await administrator.call("GET", f"/schools/{school}/years")).json["items"][0]
    archived = await administrator.call("POST", f"/years/{year['id']}/archive")
    assert archived.status == 200
    assert archived.json["archived_at"] is not None
    # What went on is over.
    assert (await teacher.call("GET", f"/lessons/{lesson}")).json["ended_at"] is not None
    assert lesson in world.media.ended or ("DELETE", f"/control/v1/rooms/{lesson}") in world.media.calls
    for page in (teacher, student, parent):
        assert await class_names(page) == []
        old = (await page.call("GET", "/classes?archived=true")).json["classes"]
        assert "5А" in [klass["name"] for klass in old]
        shown = await page.call("GET", f"/classes/{class_id}")
        assert (shown.status, shown.json["archived"], shown.json["may_start"]) == (200, True, False)
        assert (await page.call("GET", f"/schools/{school}")).status == 200, "they are in the school still"
    assert len((await student.call("GET", f"/classes/{class_id}")).json["members"]) == 21
    refused: list[tuple[Page, str, str, Any]] = [
        (teacher, "POST", "/lessons", {"class_id": class_id}),
        (administrator, "PATCH", f"/classes/{class_id}", {"name": "6А"}),
        (administrator, "POST", f"/schools/{school}/classes", {"name": "6А", "year_id": year["id"]}),
        (administrator, "POST", f"/schools/{school}/invitations", {"role": "student", "class_id": class_id}),
        (await world.signed_in(TEACHER_7_9), "POST", f"/invitation-codes/{code.json['code']}/accept", None),
        (administrator, "POST", f"/classes/{class_id}/restore", None),
    ]
    for page, method, path, body in refused:
        answer = await page.call(method, path, body, headers={"If-Match": "*"})
        assert (answer.status, answer.json["code"]) == (409, "archived"), path
    # One student has another class meanwhile: the restored year leaves them there.
    fresh = await administrator.call("POST", f"/schools/{school}/classes", {"name": "6А"})
    assert fresh.status == 201, fresh.json
    moved = await administrator.call(
        "POST",
        f"/schools/{school}/memberships",
        {"person_id": await person_id(student), "role": "student", "class_id": fresh.json["id"]},
    )
    assert moved.status == 201
    restored = await administrator.call("POST", f"/years/{year['id']}/restore")
    assert restored.json == {"classes": 3, "memberships": 63, "not_put_back": 1}
    assert await class_names(student) == ["6А"]
    assert await class_names(teacher) == ["5А", "7Б"]
    assert await class_names(parent) == ["5А", "9В"]
    assert (await student.call("GET", f"/classes/{class_id}")).status == 404


async def test_a_child_redeems_no_parents_invitation(world: World) -> None:
    student, classmate = await world.signed_in(STUDENT_9), await world.signed_in(STUDENT_5)
    school, me = await school_of(student), await person_id(student)
    made = await student.call("POST", f"/schools/{school}/invitations", {"role": "parent", "child_id": me})
    assert made.status == 201
    assert (made.json["child"]["id"], made.json["max_uses"], made.json["class"]["name"]) == (me, 2, "9В")
    accept = f"/invitation-codes/{made.json['code']}/accept"
    for child in (student, classmate):
        refused = await child.call("POST", accept)
        assert (refused.status, refused.json["code"]) == (403, "invitation_not_yours")
    parent = await world.signed_in("pavel.vetrov")
    assert (await parent.call("POST", accept)).status == 201
    assert await class_names(parent) == ["7Б", "9В"]
    assert (await parent.call("POST", accept)).json["code"] == "already_member"
    # The card tells whoever holds the code the class, and nobody's name.
    card = await (await world.page()).call("GET", f"/invitation-codes/{made.json['code']}")
    assert card.json == {
        "school": "Школа № 0",
        "city": "Светлоозёрск",
        "role": "parent",
        "class": "9В",
        "expires_at": made.json["expires_at"],
    }


async def test_who_is_removed_leaves_the_call_at_once(world: World) -> None:
    _, lesson = await world.lesson_of("7Б")
    administrator, teacher = await world.signed_in(ADMINISTRATOR), await world.signed_in(TEACHER_7_9)
    school, who = await school_of(administrator), await person_id(teacher)
    assert (await administrator.call("DELETE", f"/schools/{school}/members/{who}")).status == 204
    assert world.media.removed == [(lesson, who)]
    assert (await teacher.call("GET", f"/schools/{school}")).status == 404
    assert (await teacher.call("GET", "/me")).json["memberships"] == []
    # A media node that was away hears of it from the keeper.
    world.media.removed.clear()
    world.media.rooms[lesson] = {"title": "7Б"}
    world.media.participants[lesson] = [{"id": "p", "person": who}, {"id": "q", "person": "a guest"}]
    await world.keeper.round()
    assert world.media.removed == [(lesson, who)]


async def test_a_parent_who_leaves_is_linked_no_more(world: World) -> None:
    parent = await world.signed_in(PARENT_OF_TWO)
    school, me = await school_of(parent), await person_id(parent)
    assert await class_names(parent) == ["5А", "9В"]
    seen = (await parent.call("GET", f"/schools/{school}/members?role=student")).json["items"]
    assert sorted(member["name"] for member in seen) == ["Ева Никитина", "Константин Макаров"], "own children only"
    child = seen[0]["id"]
    assert (await parent.call("DELETE", f"/people/{child}/parents/{me}")).status == 204
    assert len(await class_names(parent)) == 1
    assert (await parent.call("DELETE", f"/schools/{school}/members/{me}")).status == 204
    assert (await parent.call("GET", "/me/children")).json["items"] == []
    assert (await parent.call("GET", "/schools")).json["items"] == []


async def test_region_operators_see_counts_and_nothing_else(world: World) -> None:
    teacher, _ = await world.lesson_of("5А")
    operator = await world.signed_in("lev.opushkin")
    region = (await operator.call("GET", "/regions")).json["items"][0]
    found = (await operator.call("GET", f"/regions/{region['id']}/roll-out")).json
    assert (found["schools"], found["activated"], found["not_activated"], found["active"]) == (2, 1, 1, 1)
    here, quiet = found["rows"]
    assert (here["state"], here["people"], here["students"]) == ("active", 60, 60)
    # Two teachers, three parents, one lesson: under five, so not told.
    assert (here["teachers"], here["parents"], here["lessons"]) == (None, None, None)
    assert (quiet["state"], quiet["people"], quiet["lessons"]) == ("not_activated", None, None)
    assert all(week["lessons"] is None for week in found["weeks"])
    everything = str(found)
    async with world.parts.db.read() as conn:
        for name in await conn.scalars(sa.select(people.c.name)):
            assert name not in everything
    table = await operator.call("GET", f"/regions/{region['id']}/roll-out.csv")
    lines = table.body.decode("utf-8-sig").split("\r\n")
    assert lines[1] == "Школа № 0;Светлоозёрск;активна;60;60;<5;<5;<5;<5"
    assert (await operator.call("GET", "/schools")).json == {"items": [], "may_create": False}
    assert await class_names(operator) == []
    assert (await teacher.call("GET", f"/regions/{region['id']}/roll-out")).status == 404
