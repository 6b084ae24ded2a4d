"""Accounts made by invitation, and the parental consent that those of children need."""

from __future__ import annotations

from datetime import date

from platform_api.people.rules import age_on, needs_consent
from tests.unit.platform_api.registering import (
    CHILD_BORN,
    CONSENT,
    TEENAGER_BORN,
    child_and_parent,
    invite,
    register,
)
from tests.unit.platform_api.world import STUDENT_5, TEACHER_5_7, World


async def test_a_teacher_registers_by_an_invitation(world: World) -> None:
    code = await invite(world, "teacher", class_id=await world.class_id("9В"), max_uses=1)
    page, made = await register(world, code, "  Мира.НОВАЯ ", name="  Мира   Новая")
    assert made.status == 201, made.json
    assert made.json["active"] is True
    me = made.json["me"]
    assert (me["name"], me["login"]) == ("Мира Новая", "мира.новая")
    assert [(held["role"], held["class"]["name"]) for held in me["memberships"]] == [("teacher", "9В")]
    assert (await page.call("GET", "/me")).json["id"] == me["id"], "signed in"
    assert (await (await world.page()).sign_in("МИРА.новая", "password-of-mine")).status == 200
    _, spent = await register(world, code, "second")
    assert (spent.status, spent.json["code"]) == (409, "invitation_spent")


REFUSED: list[tuple[dict[str, object], int, str]] = [
    ({"code": "no-such-code"}, 404, "not_found"),
    ({"login": STUDENT_5}, 409, "login_taken"),
    ({"login": "a b"}, 422, "invalid_body"),
    ({"login": "ab"}, 422, "invalid_body"),
    ({"login": None}, 422, "invalid_body"),
    ({"password": None}, 422, "invalid_body"),
    ({"password": "short"}, 422, "invalid_body"),
    ({"password": "new.login"}, 422, "invalid_body"),
    ({"name": "  "}, 422, "invalid_body"),
    ({"name": "<img src=x>"}, 422, "invalid_body"),
    ({"name": "x" * 121}, 422, "invalid_body"),
    ({"birth_date": None}, 422, "invalid_body"),
    ({"birth_date": "2999-01-01"}, 422, "invalid_body"),
    ({"birth_date": "1850-01-01"}, 422, "invalid_body"),
    ({"birth_date": "yesterday"}, 422, "invalid_body"),
    ({"arrival": True}, 409, "no_arrival"),
    ({"role": "administrator"}, 422, "invalid_body"),
]


async def test_registrations_that_are_refused(world: World) -> None:
    invitation = await invite(world, "student", class_id=await world.class_id("9В"))
    for more, status, code in REFUSED:
        form = {"code": invitation, "login": "new.login", "birth_date": TEENAGER_BORN, **more}
        _, answer = await register(world, **form)  # type: ignore[arg-type]
        assert (answer.status, answer.json["code"]) == (status, code), more
    _, fine = await register(world, invitation, "new.login", birth_date=TEENAGER_BORN)
    assert fine.status == 201, "nothing half done stands in the way"


async def test_registering_again_with_the_same_key_makes_one_account(world: World) -> None:
    code = await invite(world, "teacher")
    page = await world.page()
    body = {"code": code, "name": "Мира Новая", "login": "mira.novaya", "password": "password-of-mine"}
    first = await page.call("POST", "/accounts", body, headers={"Idempotency-Key": "k1"})
    lost = await world.page()
    again = await lost.call("POST", "/accounts", body, headers={"Idempotency-Key": "k1"})
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert "Set-Cookie" not in again.headers, "repeating a call signs nobody in"
    assert (await lost.call("POST", "/accounts", body)).json["code"] == "login_taken"


async def test_a_child_waits_for_a_parent(world: World) -> None:
    code = await invite(world, "student", class_id=await world.class_id("5А"))
    page, made = await register(world, code, "mira.novaya", birth_date=CHILD_BORN)
    assert (made.status, made.json["active"]) == (201, False)
    assert "Set-Cookie" not in made.headers
    assert (await page.call("GET", "/me")).status == 401
    waits = await page.sign_in("mira.novaya", "password-of-mine")
    assert (waits.status, waits.json["code"], waits.json["reason"]) == (403, "account_inactive", "no_consent")
    wrong = await page.sign_in("mira.novaya", "wrong")
    assert wrong.json["code"] == "wrong_credentials", "who does not know the password is told nothing"
    token = await page.call("POST", "/tokens", {"login": "mira.novaya", "password": "password-of-mine", "device": "d"})
    assert token.json["code"] == "account_inactive"


async def test_a_parent_gives_and_withdraws_consent(world: World) -> None:
    child, parent, child_id = await child_and_parent(world)
    listed = (await parent.call("GET", "/me/children")).json
    assert listed["text_version"] == CONSENT["text_version"]
    assert [(each["id"], each["active"], each["needs_consent"], each["consent"]) for each in listed["items"]] == [
        (child_id, False, True, None)
    ]
    other_text = await parent.call("PUT", f"/children/{child_id}/consent", {"text_version": "1999"})
    assert other_text.status == 422, "to a wording that nobody has read now"
    for _ in range(2):
        given = await parent.call("PUT", f"/children/{child_id}/consent", CONSENT)
        assert (given.status, given.json["active"]) == (200, True)
        assert given.json["consent"]["given_by"]["name"] == "Майя Новая"
    assert (await child.sign_in("mira.novaya", "password-of-mine")).status == 200
    app = await child.call("POST", "/tokens", {"login": "mira.novaya", "password": "password-of-mine", "device": "d"})
    bearer = {"Authorization": f"Bearer {app.json['token']}"}
    assert (await child.call("GET", "/me", headers=bearer)).status == 200

    for _ in range(2):
        withdrawn = await parent.call("DELETE", f"/children/{child_id}/consent")
        assert (withdrawn.status, withdrawn.json["active"]) == (200, False)
        assert withdrawn.json["consent"] is None
    assert (await child.call("GET", "/me")).status == 401, "at once"
    assert (await child.call("GET", "/me", headers=bearer)).status == 401
    again = await child.sign_in("mira.novaya", "password-of-mine")
    assert (again.status, again.json["reason"]) == (403, "consent_withdrawn")
    assert (await parent.call("PUT", f"/children/{child_id}/consent", CONSENT)).json["active"] is True
    assert (await child.sign_in("mira.novaya", "password-of-mine")).status == 200
    async with world.parts.db.read() as conn:
        rows = (await conn.exec_driver_sql("SELECT withdrawn_at FROM consents ORDER BY given_at, id")).all()
    assert sorted(row[0] is None for row in rows) == [False, True], "a register: nothing is deleted from it"


async def test_who_lost_a_parents_consent_leaves_the_lesson(world: World) -> None:
    child, parent, child_id = await child_and_parent(world)
    await parent.call("PUT", f"/children/{child_id}/consent", CONSENT)
    await child.sign_in("mira.novaya", "password-of-mine")
    _, lesson = await world.lesson_of("5А")
    ticket = await child.call("POST", f"/lessons/{lesson}/ticket", {"device": "d"})
    assert ticket.status == 200
    assert world.media.removed == []
    await parent.call("DELETE", f"/children/{child_id}/consent")
    assert world.media.removed == [(lesson, child_id)]


async def test_only_linked_parents_consent(world: World) -> None:
    _, _, child_id = await child_and_parent(world)
    for login in (TEACHER_5_7, STUDENT_5):
        page = await world.signed_in(login)
        assert (await page.call("GET", "/me/children")).json["items"] == []
        assert (await page.call("PUT", f"/children/{child_id}/consent", CONSENT)).status == 404
        assert (await page.call("DELETE", f"/children/{child_id}/consent")).status == 404


async def test_a_parent_does_not_bring_back_who_was_deactivated_otherwise(world: World) -> None:
    child, parent, child_id = await child_and_parent(world)
    await parent.call("PUT", f"/children/{child_id}/consent", CONSENT)
    async with world.parts.db.write() as conn:
        await conn.exec_driver_sql(
            f"UPDATE people SET deactivated_at = 1, deactivated_reason = 'by_administrator' WHERE id = '{child_id}'"
        )
    assert (await parent.call("PUT", f"/children/{child_id}/consent", CONSENT)).status == 404
    assert (await child.sign_in("mira.novaya", "password-of-mine")).json["code"] == "wrong_credentials"


async def test_who_turns_fourteen_needs_no_consent(world: World) -> None:
    child, _, _ = await child_and_parent(world)
    assert (await child.sign_in("mira.novaya", "password-of-mine")).status == 403
    world.clock.advance(10 * 366 * 86_400)
    assert (await child.sign_in("mira.novaya", "password-of-mine")).status == 200


async def test_a_child_registers_as_nothing_but_a_student(world: World) -> None:
    code = await invite(world, "teacher")
    _, answer = await register(world, code, "mira.novaya", birth_date=CHILD_BORN)
    assert (answer.status, answer.json["code"]) == (403, "invitation_not_yours")


def test_ages() -> None:
    assert age_on(date(2026, 11, 24), date(2012, 11, 24)) == 14
    assert age_on(date(2026, 11, 23), date(2012, 11, 24)) == 13
    assert age_on(date(2026, 2, 28), date(2012, 2, 29)) == 13
    assert age_on(date(2026, 3, 1), date(2012, 2, 29)) == 14
    assert needs_consent(date(2026, 11, 23), date(2012, 11, 24))
    assert not needs_consent(date(2026, 11, 24), date(2012, 11, 24))
    assert not needs_consent(date(2026, 11, 24), None)
