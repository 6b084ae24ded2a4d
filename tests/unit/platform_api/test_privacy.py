"""Personal data: a copy, erasure with an act, the register of consents; and `sfera admin`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from platform_api.schema import audit, erasures, people
from sfera.cli import app
from tests.unit.platform_api.test_edges import person_id, school_of
from tests.unit.platform_api.world import ADMINISTRATOR, STUDENT_5, TEACHER_5_7, World

DAY = 86_400


async def test_everybody_gets_a_copy_of_their_data(world: World) -> None:
    student = await world.signed_in(STUDENT_5)
    assert (await student.call("GET", "/me/export")).status == 404
    made = await student.call("POST", "/me/export")
    copy = await student.call("GET", "/me/export")
    assert (made.status, made.json["size"]) == (201, len(copy.body))
    assert "attachment" in copy.headers["Content-Disposition"]
    assert copy.json["person"]["login"] == STUDENT_5
    assert [(one["role"], one["class"]) for one in copy.json["memberships"]] == [("student", "5А")]
    assert [one["name"] for one in copy.json["parents"]] == ["Ольга Сергеевна Абрамова"]
    assert len(copy.json["sessions"]) == 1
    assert b"argon2" not in copy.body
    assert b"token" not in copy.body
    world.clock.advance(7 * DAY)
    assert (await student.call("GET", "/me/export")).status == 404


async def test_a_person_is_erased_when_the_day_has_come(world: World) -> None:
    teacher, lesson = await world.lesson_of("5А")
    administrator = await world.signed_in(ADMINISTRATOR)
    who, school = await person_id(teacher), await school_of(administrator)
    assert (await teacher.call("POST", "/me/erasure", {"confirmation": "yes"})).json["code"] == "wrong_confirmation"
    asked = await teacher.call("POST", "/me/erasure", {"confirmation": TEACHER_5_7.upper()})
    assert asked.status == 201
    again = await teacher.call("POST", "/me/erasure", {"confirmation": TEACHER_5_7})
    assert again.json["code"] == "erasure_requested"
    assert (await teacher.call("DELETE", "/me/erasure")).status == 204
    assert (await teacher.call("GET", "/me/erasure")).status == 404
    await teacher.call("POST", "/me/erasure", {"confirmation": TEACHER_5_7})
    world.clock.advance(13 * DAY)
    await world.keeper.round()
    assert (await teacher.call("GET", "/me")).status == 200, "not before its day"
    world.clock.advance(DAY)
    await world.keeper.round()
    assert (await teacher.call("GET", "/me")).status == 401
    assert (await teacher.sign_in(TEACHER_5_7)).status == 401
    administrator = await world.signed_in(ADMINISTRATOR)
    assert (await administrator.call("GET", f"/schools/{school}/members/{who}")).status == 404
    assert (await administrator.call("GET", f"/lessons/{lesson}")).json["host"]["name"] == "—"
    async with world.parts.db.read() as conn:
        act = await conn.scalar(
            sa.select(erasures.c.act).where(erasures.c.person_id == who, erasures.c.act.is_not(None))
        )
        row = (await conn.execute(sa.select(people).where(people.c.id == who))).one()
    assert act is not None
    assert (act["person"], act["ground"], act["done_by"]) == (who, "own request", "system")
    assert act["erased"]["memberships ended"] == 2
    assert (row.name, row.login, row.password_hash) == ("—", None, None)
    # The audit knows what was done, by ids; nothing in it can be changed.
    told = (await administrator.call("GET", f"/schools/{school}/audit?person_id={who}")).json["items"]
    assert "erasure.done" in {entry["action"] for entry in told}
    assert "Берестова" not in json.dumps(told, ensure_ascii=False)
    for statement in (sa.delete(audit), sa.update(audit).values(action="nothing")):
        with pytest.raises(DBAPIError):
            async with world.parts.db.write() as conn:
                await conn.execute(statement)


async def test_consents_are_a_register(world: World) -> None:
    student, administrator = await world.signed_in(STUDENT_5), await world.signed_in(ADMINISTRATOR)
    school = await school_of(administrator)
    wish = {"kind": "processing", "text_version": "2026-11"}
    first = await student.call("POST", "/me/consents", wish)
    again = await student.call("POST", "/me/consents", wish)
    assert (first.status, again.json["id"]) == (201, first.json["id"])
    assert (await student.call("POST", "/me/consents", {**wish, "text_version": "1999"})).status == 422
    assert (await student.call("DELETE", f"/me/consents/{first.json['id']}")).status == 204
    world.clock.advance(1)
    assert (await student.call("POST", "/me/consents", wish)).json["id"] != first.json["id"]
    found = (await administrator.call("GET", f"/schools/{school}/consents")).json["items"]
    assert [one["withdrawn_at"] is None for one in found] == [True, False]
    assert {one["person"]["name"] for one in found} == {"Алиса Абрамова"}


def run(tmp_path: Path, *words: str) -> Any:
    """One `sfera admin` command; what it printed as JSON, or its complaint."""
    environ = {"SFERA_DATA_DIR": str(tmp_path), "SFERA_LOG_LEVEL": "warning"}
    done = CliRunner().invoke(app, ["admin", *words], env=environ)
    return json.loads(done.stdout) if done.exit_code == 0 else (done.exit_code, done.stderr.strip())


def test_an_operator_sets_a_region_up(tmp_path: Path) -> None:
    region = run(tmp_path, "create-region", "Озёрный край")
    assert run(tmp_path, "create-region", "озерный КРАЙ") == (1, "sfera: There is a region of that name already.")
    school = run(tmp_path, "create-school", "Школа № 9", "Озёрск", "--region", "озёрный край")
    assert [one["region"] for one in run(tmp_path, "schools")] == ["Озёрный край"]
    first = run(tmp_path, "create-administrator", "First", "Первая Первова", "--school", school["school"])
    assert (first["login"], len(first["password"])) == ("first", 10)
    again = run(tmp_path, "create-administrator", "first", "-", "--school", school["school"])
    assert again == (1, "sfera: This person is a member of that school already.")
    free = run(tmp_path, "create-administrator", "second", "Второй Второв", "--region", region["region"])
    assert free["school"] is None
    assert run(tmp_path, "create-operator", "third", "Третий", "--region", "Озёрный край")["region"] == region["region"]
    assert "/reset/" in run(tmp_path, "reset", "first")["link"]
    assert run(tmp_path, "reset", "nobody") == (1, "sfera: Nobody has the login nobody.")
    assert run(tmp_path, "export", "first")["person"]["name"] == "Первая Первова"
    assert run(tmp_path, "consents", school["school"]) == []
    refused = run(tmp_path, "erase", "first", "--yes")
    assert refused == (1, "sfera: This is the only administrator. Appoint another first.")
    act = run(tmp_path, "erase", "second", "--yes")
    assert (act["person"], act["ground"]) == (free["person"], "operator of the server")
    assert run(tmp_path, "export", "second")[0] == 1
