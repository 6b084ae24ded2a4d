"""Pages as people meet them: words in two languages, narrow and wide windows, the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import LEV, PATIENCE, TEACHER, Crowd, Person

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}

SETTLED = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let calm = 0; calm < 5; calm++) {
    await frame();
    const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
    if (moving.length > 0) calm = 0;
    await Promise.allSettled(moving.map((one) => one.finished));
  }
}"""
"""A few frames in which nothing is on its way to another place."""

COVERED = """() => {
  const bar = document.querySelector("nav.bar")?.getBoundingClientRect();
  const tiles = bar ? [...document.querySelectorAll(".tile")] : [];
  return tiles.filter((tile) => tile.getBoundingClientRect().bottom > bar.top + 1).map((tile) => tile.ariaLabel);
}"""

OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth > wide || document.body.scrollWidth > wide;
  const guilty = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1);
  return over ? guilty.slice(0, 5).map((e) => e.outerHTML.slice(0, 120)) : [];
}"""


@pytest.mark.parametrize(
    ("locale", "login", "password", "do", "wrong"),
    [
        (
            "ru-RU", "Логин", "Пароль", "Войти",
            "Логин или пароль не подходят. Проверьте раскладку и попробуйте ещё раз.",
        ),
        (
            "en-US", "Login", "Password", "Sign in",
            "The login or the password doesn't match. Check the keyboard layout and try again.",
        ),
    ],
)  # fmt: skip
def test_a_wrong_password_is_said_in_words(
    crowd: Crowd, locale: str, login: str, password: str, do: str, wrong: str
) -> None:
    person = crowd.arrive(TEACHER, locale=locale, sign_in=False)
    page = person.page
    page.goto(person.serve.url)
    page.get_by_label(login).fill(person.login)
    page.get_by_label(password, exact=True).fill("not this one")
    page.get_by_role("button", name=do, exact=True).click()
    expect(page.get_by_role("alert").filter(has_text=wrong)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label(login)).to_have_value(person.login)
    assert page.evaluate("document.documentElement.lang") == locale[:2]


def test_no_page_is_wider_than_its_window(crowd: Crowd, tmp_path: Path) -> None:
    """Every page at 390 and at 1440 pixels; the pictures stay in the test's folder for whoever wants to look."""
    teacher = crowd.arrive(TEACHER, sign_in=False)
    teacher.page.goto(f"{teacher.serve.url}/?sfera.debug=1&camera=320x180@15")
    expect(teacher.page.get_by_label("Login")).to_be_visible(timeout=PATIENCE)
    fits(teacher.page, tmp_path, "sign-in")
    teacher.sign_in()
    for name, address in (
        ("home", "/"),
        ("school", "/school"),
        ("profile", "/profile"),
        ("security", "/profile?tab=security"),
        ("sessions", "/profile?tab=sessions"),
        ("broadcasts", "/broadcasts"),
        ("nothing", "/nothing/here"),
    ):
        teacher.page.goto(teacher.serve.url + address)
        expect(teacher.page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
        fits(teacher.page, tmp_path, name)
    student = crowd.arrive(LEV)
    fits(student.page, tmp_path, "student-home")
    teacher.page.goto(teacher.serve.url)
    teacher.start_lesson()
    student.join_lesson()
    student.raise_hand()
    teacher.sees(student.name)
    student.sees(teacher.name)
    fits(teacher.page, tmp_path, "teacher-lesson")
    fits(student.page, tmp_path, "student-lesson")
    teacher.give_floor(student.name)
    expect(student.page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)
    fits(student.page, tmp_path, "student-asked")


def test_the_hand_is_raised_and_lowered_by_a_key(crowd: Crowd) -> None:
    teacher, student = crowd.arrive(TEACHER), crowd.arrive(LEV)
    teacher.start_lesson()
    student.join_lesson()
    student.page.keyboard.press("h")
    expect(student.page.get_by_role("button", name="Lower hand")).to_be_visible(timeout=PATIENCE)
    has_hands(teacher, [student.name])
    student.page.keyboard.press("h")
    expect(student.page.get_by_role("button", name="Raise hand")).to_be_visible(timeout=PATIENCE)
    has_hands(teacher, [])


def has_hands(person: Person, names: list[str]) -> None:
    """Wait until these hands are up at somebody's page."""
    person.until(
        """(names) => JSON.stringify(names) === JSON.stringify(
          look.room().hands.map((hand) => look.room().participants.get(hand.participant).name))""",
        names,
    )


def fits(page: Page, folder: Path, name: str) -> None:
    """Nothing stands beyond the right edge, at both widths."""
    before = page.viewport_size
    for size, label in ((PHONE, "390"), (DESKTOP, "1440")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        page.screenshot(path=folder / f"{name}-{label}.png")
        assert page.evaluate(OVERFLOWING) == [], f"{name} at {label} px"
        assert page.evaluate(COVERED) == [], f"{name} at {label} px: tiles under the bar"
    if before is not None:
        page.set_viewport_size(before)
