"""Coming in: an account by a code, a second step, and where one is signed in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from platform_api.seed_people import ADMINISTRATOR, CODE
from tests.browser.people import PATIENCE, Crowd, Note, Person
from tests.browser.running import PASSWORD

YANA = ("yana.rakushkina", "Яна Ракушкина")
STEP_SECONDS = 30
OTHER_CLASS = "9В"


def authenticator(secret: str, steps_ahead: int = 0) -> str:
    """What an authenticator app shows for a typed secret (RFC 6238: SHA-1, six digits, steps of 30 s)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    moving = struct.pack(">Q", int(time.time()) // STEP_SECONDS + steps_ahead)
    digest = hmac.new(key, moving, hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number: int = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def test_registered_by_a_code_safe_by_a_second_step_signed_out_from_elsewhere(crowd: Crowd, note: Note) -> None:
    """One person, two browsers, from the code on the blackboard to the end of the other browser's session."""
    here = crowd.arrive(YANA, sign_in=False)
    register(here)
    secret = turn_second_step_on(here.page)

    elsewhere = crowd.arrive(YANA, sign_in=False)
    elsewhere.sign_in()
    page = elsewhere.page
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="The code doesn't match")).to_be_visible(timeout=PATIENCE)
    # The code that confirmed the second step counts no more; phones' clocks may run ahead by a step.
    page.get_by_label("Code from the app").fill(authenticator(secret, 1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Good")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{elsewhere.serve.url}/profile?tab=security")
    expect(page.get_by_role("heading", name="Two-step sign-in On")).to_be_visible(timeout=PATIENCE)

    here.page.get_by_role("tab", name="Sessions").click()
    others = here.page.get_by_test_id("other-sessions").get_by_role("listitem")
    expect(others).to_have_count(1, timeout=PATIENCE)
    expect(others).to_contain_text("Chrome, Linux")
    page.evaluate("window.stays = true")
    began = time.monotonic()
    others.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Your session has ended")).to_be_visible(timeout=PATIENCE)
    note("seconds from the press to the other browser's sign-in page", f"{time.monotonic() - began:.2f}")
    # Not a new page: this one was told. And it knows where to go back to.
    assert page.evaluate("window.stays") is True
    assert "back=%2Fprofile%3Ftab%3Dsecurity" in page.url
    expect(others).to_have_count(0, timeout=PATIENCE)
    expect(here.page.get_by_role("heading", name="This device")).to_be_visible()

    here.page.get_by_role("link", name="Home").click()
    here.page.get_by_role("link", name=CODE[1]).click()
    expect(here.page.get_by_role("heading", name=CODE[1])).to_be_visible(timeout=PATIENCE)
    move_to_another_class(elsewhere, here.name)
    expect(here.page.locator(".toast")).to_have_text(f"You are in class {OTHER_CLASS} now", timeout=PATIENCE)
    expect(here.page.get_by_role("heading", name="Good")).to_be_visible(timeout=PATIENCE)
    expect(here.page.get_by_role("link", name=CODE[1])).to_have_count(0, timeout=PATIENCE)


def register(person: Person) -> None:
    """Make an account by the school's code, as a grown-up student; ends on the home page, with the first steps."""
    page = person.page
    page.goto(f"{person.serve.url}/register?{urlencode({'code': CODE[0]})}")
    expect(page.get_by_text("You are invited as: student")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("Enter your first and last name.")).to_be_visible()
    page.get_by_label("First and last name").fill(person.name)
    page.get_by_label("Date of birth").fill("2010-05-17")
    page.get_by_label("Choose a login").fill(person.login)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name=re.compile("Good .*, Яна"))).to_be_visible(timeout=PATIENCE)
    steps = page.get_by_test_id("guide-student")
    expect(steps).to_contain_text("Join your class, done", timeout=PATIENCE)
    steps.get_by_role("button", name="Put “First steps” away").click()
    expect(steps).to_have_count(0, timeout=PATIENCE)
    page.get_by_role("link", name="Profile").click()
    page.get_by_role("button", name="Show on the home page").click()
    expect(page.get_by_text("On the home page now")).to_be_visible(timeout=PATIENCE)


def move_to_another_class(office: Person, name: str) -> None:
    """An administrator at somebody's browser moves a student from the class of the code to another."""
    request, api = office.context.request, f"{office.serve.url}/api/v1"
    signed_in = request.post(f"{api}/session", data={"login": ADMINISTRATOR[0], "password": PASSWORD})
    school = signed_in.json()["memberships"][0]["school"]["id"]
    (member,) = request.get(f"{api}/schools/{school}/members?{urlencode({'q': name})}").json()["items"]
    (held,) = member["memberships"]
    classes = request.get(f"{api}/classes").json()["classes"]
    (other,) = [each["id"] for each in classes if each["name"] == OTHER_CLASS]
    assert request.post(f"{api}/memberships/{held['id']}/transfer", data={"class_id": other}).ok


def turn_second_step_on(page: Page) -> str:
    """Turn the second step on by typing its key into an app; the key."""
    page.get_by_role("tab", name="Sign-in and safety").click()
    page.get_by_role("button", name="Turn on").click()
    dialog = page.get_by_test_id("totp")
    expect(dialog.get_by_role("img", name="QR code")).to_be_visible(timeout=PATIENCE)
    secret = dialog.get_by_label("Or type this key into the app").input_value()
    dialog.get_by_label("Code from the app").fill(authenticator(secret))
    dialog.get_by_role("button", name="Confirm and turn on").click()
    codes = page.get_by_test_id("recovery-codes")
    expect(codes.get_by_role("listitem")).to_have_count(10, timeout=PATIENCE)
    codes.get_by_role("button", name="I have saved them").click()
    expect(page.get_by_role("heading", name="Two-step sign-in On")).to_be_visible(timeout=PATIENCE)
    return secret
