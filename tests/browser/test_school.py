"""A school comes to be: its administrator sets it up, people come in by link, by code and by asking."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from platform_api.seed_people import OPERATOR
from tests.browser.people import PATIENCE, Crowd, Person
from tests.browser.running import Serve
from tests.browser.test_pages import fits

HEAD = ("galina.ozyornaya", "Галина Сергеевна Озёрная")
GUEST = ("nina.lugova", "Нина Петровна Лугова")
SCHOOL = "Озёрная школа"
PASSWORD = "seven small ducks"
GROWN = "2011-04-12"
"""A day of birth of somebody who needs no parent's consent."""


def allow(serve: Serve, who: tuple[str, str]) -> str:
    """An operator lets somebody set a school up; their first password."""
    login, name = who
    said = subprocess.run(
        [sys.executable, "-m", "sfera", "admin", "create-administrator", login, name],
        env=serve.environ, capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    password: str = json.loads(said)["password"]
    return password


def enter(person: Person, login: str, password: str) -> None:
    """Sign in at the page one is at."""
    person.page.get_by_label("Login").fill(login)
    person.page.get_by_label("Password", exact=True).fill(password)
    person.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(person.page.get_by_label("Password", exact=True)).to_have_count(0, timeout=PATIENCE)


def register(page: Page, name: str, login: str, *, born: str = "") -> None:
    """From an invitation's page to an account of one's own."""
    page.get_by_role("link", name="I'm new here").click()
    page.get_by_label("First and last name").fill(name)
    if born:
        page.get_by_label("Date of birth").fill(born)
    page.get_by_label("Choose a login").fill(login)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("navigation").get_by_role("link", name="School")).to_be_visible(timeout=PATIENCE)


def set_up(page: Page) -> None:
    """School, school year, two classes."""
    page.get_by_role("navigation").get_by_role("link", name="School").click()
    page.get_by_role("button", name="New school").click()
    page.get_by_label("Name", exact=True).fill(SCHOOL)
    page.get_by_label("City").fill("Светлоозёрск")
    page.get_by_role("button", name="Set the school up").click()
    expect(page.get_by_role("heading", level=1, name=SCHOOL)).to_be_visible(timeout=PATIENCE)
    page.get_by_test_id("first-year").click()
    page.get_by_role("dialog").get_by_role("button", name="Create the school year").click()
    page.get_by_test_id("new-class").click()
    sheet = page.get_by_role("dialog")
    for name in ("7Б", "5А"):
        sheet.get_by_label("Name of the class").fill(name)
        sheet.get_by_role("button", name="Add", exact=True).click()
        expect(sheet.get_by_text(f"Added: {'7Б' if name == '7Б' else '7Б, 5А'}")).to_be_visible(timeout=PATIENCE)
    sheet.get_by_role("button", name="Done").click()
    expect(page.get_by_role("tabpanel").get_by_role("link", name="7Б")).to_be_visible(timeout=PATIENCE)


def invite(page: Page) -> tuple[str, str]:
    """A link for a teacher of 7Б and a code for its students."""
    page.get_by_role("tab", name="People").click()
    page.get_by_test_id("invite").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("radio", name="Teachers").check(force=True)  # what one sees and presses is its label
    sheet.get_by_label("Class").select_option(label="7Б")
    sheet.get_by_role("button", name="Make the link").click()
    link = sheet.get_by_role("textbox", name="Link").input_value()
    sheet.get_by_role("button", name="Another").click()
    sheet.get_by_role("radio", name="Code").check(force=True)
    sheet.get_by_role("radio", name="Students").check(force=True)
    sheet.get_by_label("Class").select_option(label="7Б")
    sheet.get_by_role("button", name="Make the code").click()
    code = sheet.get_by_test_id("invite-code").inner_text()
    expect(sheet.get_by_role("img", name="QR code of the invitation")).to_be_visible()
    sheet.get_by_role("button", name="Done").click()
    return link, code


def take_over_list(page: Page, folder: Path) -> None:
    """A table with a mistake changes nothing; corrected, it brings its people in."""
    wrong, right = folder / "wrong.csv", folder / "right.csv"
    wrong.write_text("ФИО;Класс\nАлёна Прибрежная;7Б\nБорис Островной;7Ю\n", encoding="cp1251")
    right.write_text("ФИО;Класс\nАлёна Прибрежная;7Б\nБорис Островной;5А\n", encoding="utf-8")
    page.get_by_test_id("invite").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("radio", name="List").check(force=True)
    sheet.get_by_role("button", name="Choose a table").click()
    page.get_by_test_id("import-file").set_input_files(wrong)
    expect(page.get_by_role("row", name="Борис Островной")).to_contain_text(
        "There is no such class: 7Ю", timeout=PATIENCE
    )
    expect(page.get_by_test_id("apply-import")).to_have_count(0)
    fits(page, folder, "import")
    page.get_by_role("button", name="Upload another table").click()
    page.get_by_test_id("import-file").set_input_files(right)
    page.get_by_test_id("apply-import").click(timeout=PATIENCE)
    expect(page.get_by_role("row", name="Алёна Прибрежная")).to_contain_text("7Б", timeout=PATIENCE)
    page.get_by_role("button", name="To the people").click()
    expect(page.get_by_role("tabpanel").get_by_text("not yet signed in")).to_have_count(2, timeout=PATIENCE)


def edit_beside_another(head: Person, school: str) -> None:
    """Two edit the same field: both versions are shown, and the chosen one is kept."""
    page = head.page
    page.get_by_test_id("edit-school").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Address").fill("Садовая, 12")
    address = f"{head.serve.url}/api/v1/schools/{school}"
    seen = head.context.request.get(address)
    elsewhere = head.context.request.patch(
        address,
        headers={"X-Sfera": "1", "If-Match": seen.headers["etag"]},
        data={"address": "Лесная, 1", "about": "У озера."},
    )
    assert elsewhere.ok
    sheet.get_by_role("button", name="Save").click()
    conflict = page.get_by_test_id("conflict")
    expect(conflict).to_contain_text("Лесная, 1", timeout=PATIENCE)
    expect(conflict).to_contain_text("Садовая, 12")
    conflict.get_by_role("button", name="Save what I chose").click()
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_text("Светлоозёрск, Садовая, 12")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("У озера.")).to_be_visible()
    head.complaints = [one for one in head.complaints if "status of 412" not in one]  # that is what was tried


def test_an_administrator_sets_a_school_up_and_people_come_in(crowd: Crowd, serve: Serve, tmp_path: Path) -> None:
    head = crowd.arrive(HEAD, sign_in=False)
    head.page.goto(serve.url)
    enter(head, HEAD[0], allow(serve, HEAD))
    set_up(head.page)
    school = head.page.url
    fits(head.page, tmp_path, "classes")
    link, code = invite(head.page)
    fits(head.page, tmp_path, "people")

    teacher = crowd.arrive(("", "Ольга Ильинична Тростникова"), sign_in=False)
    teacher.page.goto(link)
    expect(teacher.page.get_by_role("heading", level=1, name=f"7Б, {SCHOOL}")).to_be_visible(timeout=PATIENCE)
    register(teacher.page, teacher.name, "olga.trostnikova")
    expect(teacher.page.get_by_role("link", name="7Б")).to_be_visible(timeout=PATIENCE)
    expect(teacher.page.get_by_role("button", name="Start lesson").first).to_be_visible()

    student = crowd.arrive(("", "Мила Ручейкова"), sign_in=False)
    student.page.goto(f"{serve.url}/join")
    student.page.get_by_label("Invitation code").fill(code.lower())
    student.page.get_by_role("button", name="Next").click()
    register(student.page, student.name, "mila.rucheykova", born=GROWN)
    student.page.get_by_role("navigation").get_by_role("link", name="School").click()
    student.page.get_by_role("tab", name="Classes").click()
    classes = student.page.get_by_role("tabpanel").get_by_role("link")
    expect(classes).to_have_count(1, timeout=PATIENCE)
    expect(classes).to_contain_text("7Б")
    expect(student.page.get_by_test_id("edit-school")).to_have_count(0)
    fits(student.page, tmp_path, "student")

    # Names are found whatever their letters' case, and yo is found as ye.
    head.page.get_by_label("Search by name").fill("РУЧЕЙ")
    found = head.page.get_by_role("tabpanel").get_by_role("listitem")
    expect(found).to_have_count(1, timeout=PATIENCE)
    expect(found).to_contain_text("Мила Ручейкова")

    guest = crowd.arrive(GUEST, sign_in=False)
    guest.page.goto(f"{school.partition('?')[0]}/ask")
    enter(guest, GUEST[0], allow(serve, GUEST))
    guest.page.get_by_role("radio", name="teacher").check(force=True)
    guest.page.get_by_label("Class").fill("5а")
    guest.page.get_by_role("button", name="Send the request").click()
    expect(guest.page.get_by_text("Waiting for the school's answer")).to_be_visible(timeout=PATIENCE)

    head.page.get_by_role("tab", name="Requests").click()
    head.page.get_by_role("button", name=f"Accept {GUEST[1]}").click(timeout=PATIENCE)
    expect(head.page.get_by_role("button", name=f"Accept {GUEST[1]}")).to_have_count(0)
    head.page.get_by_role("button", name="Undo").click()
    head.page.get_by_role("button", name=f"Accept {GUEST[1]}").click()
    head.page.reload()  # leaving the page does not lose what was decided
    guest.page.get_by_role("navigation").get_by_role("link", name="School").click()
    guest.page.get_by_role("tab", name="Classes").click()
    expect(guest.page.get_by_role("tabpanel").get_by_role("link", name="5А")).to_be_visible(timeout=PATIENCE)

    head.page.get_by_role("tab", name="Students").click()
    take_over_list(head.page, tmp_path)
    edit_beside_another(head, school.partition("?")[0].rpartition("/")[2])


def test_a_region_operator_sees_counts_and_nothing_else(crowd: Crowd, tmp_path: Path) -> None:
    operator = crowd.arrive(OPERATOR)
    page = operator.page
    page.get_by_role("navigation").get_by_role("link", name="Region").click()
    row = page.get_by_role("row").filter(has_text="Светлоозёрск")
    expect(row).to_contain_text("<5", timeout=PATIENCE)
    expect(row).to_contain_text("60")
    expect(page.get_by_role("navigation").get_by_role("link", name="School")).to_have_count(0)
    fits(page, tmp_path, "region")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Export .csv").click()
    assert "Школа № 00" in Path(kept.value.path()).read_text("utf-8-sig")
