"""A school is set up, filled, asked to be joined; its lists, names and versions."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import sqlalchemy as sa

from platform_api.audit import OPERATOR as OPERATOR_OF_THE_SERVER
from platform_api.clock import new_id
from platform_api.memberships import moves
from platform_api.memberships.change import Change
from platform_api.schema import people, school_grants, schools
from tests.unit.platform_api.test_edges import class_names, person_id, school_of
from tests.unit.platform_api.world import ADMINISTRATOR, STUDENT_5, STUDENT_9, TEACHER_5_7, TEACHER_7_9, World

OPERATOR = "lev.opushkin"


async def test_somebody_whom_an_operator_allowed_it_sets_one_school_up(world: World) -> None:
    page = await world.signed_in(OPERATOR)
    wish = {"name": "Школа  № 8 «Заря»", "city": "Озёрск", "contacts": {"site": "https://zarya.example"}}
    assert (await page.call("POST", "/schools", wish)).status == 403
    async with world.parts.db.write() as conn:
        who = await conn.scalar(sa.select(people.c.id).where(people.c.login == OPERATOR))
        await conn.execute(sa.insert(school_grants).values(id=new_id(), person_id=who, created_at=datetime.now(UTC)))
    steps = {step["name"]: step["done"] for step in (await page.call("GET", "/me/guide")).json["items"][0]["steps"]}
    assert steps["create_school"] is False
    assert (await page.call("GET", "/schools")).json["may_create"] is True
    made = await page.call("POST", "/schools", wish)
    assert (made.status, made.json["name"], made.json["roles"]) == (201, "Школа № 8 «Заря»", ["administrator"])
    assert made.json["contacts"] == {"phone": "", "email": "", "site": "https://zarya.example"}
    assert (await page.call("POST", "/schools", wish)).status == 403, "one school, not two"
    # A year, a class in it, an invitation: the guide follows.
    school = made.json["id"]
    year = {"name": "2026/2027", "starts_on": "2026-09-01", "ends_on": "2027-05-31"}
    assert (await page.call("POST", f"/schools/{school}/years", year)).json["current"] is True
    klass = await page.call("POST", f"/schools/{school}/classes", {"name": "1А"})
    assert klass.json["year"]["name"] == "2026/2027"
    invited = {"role": "student", "class_id": klass.json["id"], "max_uses": 30}
    assert (await page.call("POST", f"/schools/{school}/invitations", invited)).status == 201
    guide = (await page.call("GET", "/me/guide")).json["items"][0]
    done = [step["name"] for step in guide["steps"] if step["done"]]
    assert done == ["create_school", "make_class", "invite_students"]
    away = await page.call("PUT", "/me/guide", {"role": "administrator", "put_away": True, "done": ["fill_page"]})
    assert (away.json["items"][0]["put_away"], away.json["items"][0]["done"]) == (True, False)
    found = await page.call("PUT", "/me/guide", {"role": "administrator", "put_away": False})
    assert found.json["items"][0]["put_away"] is False


async def test_invitations_count_expire_and_are_revoked(world: World) -> None:
    administrator, guest = await world.signed_in(ADMINISTRATOR), await world.signed_in(OPERATOR)
    school, class_id = await school_of(administrator), await world.class_id("9В")
    make = f"/schools/{school}/invitations"
    wish = {"role": "teacher", "class_id": class_id, "kind": "code", "max_uses": 1, "note": "Новый учитель"}
    single = (await administrator.call("POST", make, wish)).json
    assert single["link"] == f"{world.base}/join/{single['code']}"
    # Typed by hand: no matter of case, of the dash, or of the keyboard's alphabet.
    typed = single["code"].replace("-", "").lower()
    assert (await guest.call("GET", f"/invitation-codes/{typed}")).status == 200
    # Two people at the same moment: one comes in.
    others = [guest, await world.signed_in("olga.abramova")]
    answers = await asyncio.gather(*(page.call("POST", f"/invitation-codes/{typed}/accept") for page in others))
    assert sorted(answer.status for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status == 409)
    assert refused.json["code"] == "invitation_spent"
    revoked = (await administrator.call("POST", make, {"role": "teacher"})).json
    for _ in range(2):
        assert (await administrator.call("DELETE", f"/invitations/{revoked['id']}")).status == 204
    assert (await guest.call("GET", f"/invitation-codes/{revoked['code']}")).status == 404
    expiring = (await administrator.call("POST", make, {"role": "teacher", "days": 1})).json
    world.clock.advance(86_401)
    administrator, guest = await world.signed_in(ADMINISTRATOR), await world.signed_in(OPERATOR)
    late = await guest.call("GET", f"/invitation-codes/{expiring['code']}")
    assert (late.status, late.json["code"]) == (409, "invitation_expired")
    first = (await administrator.call("GET", make + "?limit=2")).json
    second = (await administrator.call("GET", f"{make}?limit=2&cursor={first['next']}")).json
    states = {one["id"]: one["state"] for one in first["items"] + second["items"]}
    assert (states[single["id"]], states[revoked["id"]], states[expiring["id"]]) == ("spent", "revoked", "expired")
    assert "code" not in first["items"][0], "a secret is told once"
    assert (await administrator.call("GET", make + "?cursor=nonsense")).json["code"] == "invalid_query"


async def test_a_request_is_decided_by_who_may_let_people_in(world: World) -> None:
    administrator, asking = await world.signed_in(ADMINISTRATOR), await world.signed_in(OPERATOR)
    school = await school_of(administrator)
    assert (await asking.call("GET", f"/schools/{school}")).status == 404
    assert (await asking.call("GET", f"/schools/{school}/card")).json["name"] == "Школа № 0"
    ask = f"/schools/{school}/requests"
    made = await asking.call(
        "POST", ask, {"role": "student", "class_name": " 5 а".replace(" 5 ", "5"), "message": "Я тут"}
    )
    assert (made.status, made.json["class"], made.json["may_decide"]) == (201, None, False)
    assert (await asking.call("POST", ask, {"role": "student"})).json["code"] == "request_open"
    theirs, other = await world.signed_in(TEACHER_5_7), await world.signed_in(TEACHER_7_9)
    waiting = (await theirs.call("GET", ask)).json["items"]
    assert [(one["class"]["name"], one["message"], one["may_decide"]) for one in waiting] == [("5А", "Я тут", True)]
    assert (await other.call("GET", ask)).json["items"] == []
    request = f"/requests/{made.json['id']}"
    assert (await other.call("POST", f"{request}/accept", {})).status == 404
    assert (await asking.call("POST", f"{request}/accept", {})).status == 403
    elsewhere = {"class_id": await world.class_id("9В")}
    assert (await theirs.call("POST", f"{request}/accept", elsewhere)).status == 404, "not a class they teach"
    accepted = await theirs.call("POST", f"{request}/accept", {})
    assert (accepted.status, accepted.json["state"]) == (200, "accepted")
    assert await class_names(asking) == ["5А"]
    assert (await theirs.call("POST", f"{request}/decline")).json["code"] == "request_decided"
    # A teacher's request is the administrator's to decide.
    parent = await world.signed_in("olga.abramova")
    teaching = (await parent.call("POST", ask, {"role": "teacher", "class_name": "нет такого"})).json
    assert (await theirs.call("POST", f"/requests/{teaching['id']}/decline")).status == 404
    assert (await administrator.call("POST", f"/requests/{teaching['id']}/decline")).json["state"] == "declined"
    world.clock.advance(1)
    again = (await parent.call("POST", ask, {"role": "teacher"})).json
    assert (await parent.call("DELETE", f"/requests/{again['id']}")).status == 204
    states = [one["state"] for one in (await parent.call("GET", "/me/requests")).json["items"]]
    assert states == ["declined", "withdrawn"]


async def test_classes_have_names_versions_and_an_end(world: World) -> None:
    administrator = await world.signed_in(ADMINISTRATOR)
    school = await school_of(administrator)
    make = f"/schools/{school}/classes"
    once = {"Idempotency-Key": "one-class"}
    first = await administrator.call("POST", make, {"name": " 8  Г "}, headers=once)
    again = await administrator.call("POST", make, {"name": " 8  Г "}, headers=once)
    assert (first.status, first.json["name"], again.json["id"]) == (201, "8 Г", first.json["id"])
    assert (await administrator.call("POST", make, {"name": "8 г"})).json["code"] == "class_exists"
    for name in ("<b>8Г</b>", "8\u202eГ", "\n", "8\x07"):
        assert (await administrator.call("POST", make, {"name": name})).status == 422, name
    for name in ("八年级", "Ӂ-1", "صف ٨", "8Д & Co"):
        assert (await administrator.call("POST", make, {"name": name})).status == 201, name
    one = f"/classes/{first.json['id']}"
    read = await administrator.call("GET", one)
    assert (await administrator.call("PATCH", one, {"name": "8Е"})).status == 428
    edited = await administrator.call("PATCH", one, {"name": "8Е"}, headers={"If-Match": read.headers["ETag"]})
    assert (edited.status, edited.json["name"]) == (200, "8Е")
    stale = await administrator.call("PATCH", one, {"name": "8Ж"}, headers={"If-Match": read.headers["ETag"]})
    assert (stale.status, stale.headers["ETag"]) == (412, edited.headers["ETag"])
    assert (await administrator.call("DELETE", f"/classes/{await world.class_id('5А')}")).json[
        "code"
    ] == "class_not_empty"
    assert (await administrator.call("DELETE", one)).status == 204
    assert (await administrator.call("GET", one)).status == 404
    assert (await administrator.call("POST", make, {"name": "8Е"})).status == 201, "the name is free again"


async def test_members_are_found_by_name_and_page(world: World) -> None:
    administrator = await world.signed_in(ADMINISTRATOR)
    members = f"/schools/{await school_of(administrator)}/members"
    names: list[str] = []
    cursor = ""
    while True:
        page = (await administrator.call("GET", f"{members}?role=student&limit=25{cursor}")).json
        names += [member["name"] for member in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(names) == len(set(names)) == 60
    # Case does not matter, and yo is found as ye.
    found = (await administrator.call("GET", f"{members}?q=ЖУРАВЛЕВ")).json["items"]
    assert [member["name"] for member in found] == ["Иван Журавлёв"]
    assert (await administrator.call("GET", f"{members}?q=%25")).json["items"] == []
    alisa = (await administrator.call("GET", f"{members}?q=абрамова")).json["items"]
    assert [(one["name"], [p["name"] for p in one["parents"]]) for one in alisa] == [
        ("Алиса Абрамова", ["Ольга Сергеевна Абрамова"]),
        ("Ольга Сергеевна Абрамова", []),
    ]
    assert (alisa[0]["state"], alisa[0]["login"]) == ("active", STUDENT_5)
    student = await world.signed_in(STUDENT_9)
    seen = (await student.call("GET", f"{members}?limit=200")).json["items"]
    roles = {role: sum(one["memberships"][0]["role"] == role for one in seen) for role in ("student", "parent")}
    assert roles == {"student": 20, "parent": 0}
    assert all(one["state"] is None and one["login"] is None and not one["parents"] for one in seen), "names only"


async def test_the_school_has_a_page_and_a_picture(world: World) -> None:
    administrator, student = await world.signed_in(ADMINISTRATOR), await world.signed_in(STUDENT_5)
    school = await school_of(administrator)
    wish = {"about": "  Первая строка\r\nвторая ", "contacts": {"email": "a@b.example"}}
    edited = await administrator.call("PATCH", f"/schools/{school}", wish, headers={"If-Match": "*"})
    assert (edited.json["about"], edited.json["contacts"]["phone"]) == ("Первая строка\nвторая", "")
    for wrong in ({"contacts": {"site": "javascript:alert(1)"}}, {"name": ""}, {"colour": "red"}, {"about": "\x00"}):
        answer = await administrator.call("PATCH", f"/schools/{school}", wrong, headers={"If-Match": "*"})
        assert answer.status == 422, wrong
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
    put = await administrator.call(
        "PUT", f"/schools/{school}/picture", data=picture, headers={"Content-Type": "image/png"}
    )
    assert put.status == 204
    address = (await student.call("GET", f"/schools/{school}")).json["picture"]
    shown = await student.call("GET", address)
    assert (shown.body, shown.headers["Content-Type"], shown.headers["X-Content-Type-Options"]) == (
        picture,
        "image/png",
        "nosniff",
    )
    assert (await student.call("GET", address, headers={"If-None-Match": shown.headers["ETag"]})).status == 304
    svg = await administrator.call(
        "PUT", f"/schools/{school}/picture", data=b"<svg onload='x'/>", headers={"Content-Type": "image/png"}
    )
    assert svg.json["code"] == "invalid_picture"
    assert (await administrator.call("DELETE", f"/schools/{school}/picture")).status == 204
    assert (await student.call("GET", address)).status == 404


async def test_the_audit_says_who_did_what(world: World) -> None:
    administrator = await world.signed_in(ADMINISTRATOR)
    school, me = await school_of(administrator), await person_id(administrator)
    made = await administrator.call("POST", f"/schools/{school}/classes", {"name": "2Б"})
    found = (await administrator.call("GET", f"/schools/{school}/audit?action=class.made")).json["items"]
    assert [(one["object_id"], one["actor"]["id"], one["by"]) for one in found] == [(made.json["id"], me, "person")]
    pages, cursor = [], ""
    while True:
        page = (await administrator.call("GET", f"/schools/{school}/audit?limit=40{cursor}")).json
        pages += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [one["id"] for one in pages] == sorted({one["id"] for one in pages}, reverse=True)
    assert {one["by"] for one in pages} == {"person", "operator"}


async def test_the_school_helps_those_who_are_in_it_alone(world: World) -> None:
    administrator, student = await world.signed_in(ADMINISTRATOR), await world.signed_in(STUDENT_5)
    school, who = await school_of(administrator), await person_id(student)
    member = (await administrator.call("GET", f"/schools/{school}/members/{who}")).json
    version = {"If-Match": f'"{member["version"]}"'}
    renamed = await administrator.call("PATCH", f"/people/{who}", {"name": "Алиса Ёжикова"}, headers=version)
    assert (renamed.status, renamed.json["name"]) == (200, "Алиса Ёжикова")
    stale = await administrator.call("PATCH", f"/people/{who}", {"name": "Нет"}, headers=version)
    assert stale.status == 412
    assert (await student.call("GET", "/me")).json["name"] == "Алиса Ёжикова"
    link = (await administrator.call("POST", f"/people/{who}/password-link")).json["link"]
    address, _, token = link.rpartition("/")
    assert address == f"{world.base}/reset"
    body = {"token": token, "password": "another long one"}
    assert (await (await world.page()).call("POST", "/password-resets", body)).status == 204
    assert (await (await world.page()).sign_in(STUDENT_5, "another long one")).status == 200
    # Somebody who is in another school as well is not this one's alone.
    async with world.parts.db.write() as conn:
        other = (await conn.scalars(sa.select(schools.c.id).where(schools.c.id != school))).one()
        await moves.join(Change(conn, OPERATOR_OF_THE_SERVER, world.clock.now()), who, other, "teacher", None)
    for method, path, wish in (
        ("PATCH", f"/people/{who}", {"name": "Нет"}),
        ("POST", f"/people/{who}/password-link", None),
        ("POST", f"/people/{who}/erasure", {"confirmation": STUDENT_5}),
    ):
        refused = await administrator.call(method, path, wish, headers={"If-Match": "*"})
        assert refused.status == 403, path
