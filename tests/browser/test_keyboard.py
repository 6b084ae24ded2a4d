"""Chats and documents without a mouse: everything is reached, and the focus is never lost."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.people import PATIENCE, TEACHER, Crowd
from tests.browser.test_chats import message


def press(page: Page, *keys: str) -> None:
    """Press keys one after another."""
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str, most: int = 12) -> None:
    """Press Tab until what is focused is called so."""
    focused = page.locator("a:focus, button:focus")
    for _ in range(most):
        press(page, "Tab")
        if focused.count() and name in (focused.get_attribute("aria-label") or focused.inner_text()):
            return
    raise AssertionError(f"{name} is not reached in {most} stops of the Tab key")


def test_chats_and_documents_by_keys_alone(crowd: Crowd) -> None:
    page = crowd.arrive(TEACHER).page
    expect(page.get_by_role("heading", level=1)).to_be_focused(timeout=PATIENCE)
    menu = page.get_by_role("menu")

    press(page, "Control+K")
    expect(page.get_by_test_id("chat-search")).to_be_focused(timeout=PATIENCE)
    page.keyboard.type("7Б")
    expect(page.get_by_test_id("chat-row")).to_have_count(2, timeout=PATIENCE)
    tab_to(page, "7Б, class")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name="7Б, class")).to_be_focused(timeout=PATIENCE)
    expect(page.get_by_test_id("thread").get_by_role("list")).to_be_attached(timeout=PATIENCE)

    tab_to(page, "Attach")  # messages are one stop, however many there are
    press(page, "Tab")
    page.keyboard.type("Одними клавишами")
    press(page, "Control+Enter")
    mine = message(page, "Одними клавишами")
    expect(mine.get_by_test_id("message-menu")).to_be_attached(timeout=PATIENCE)
    press(page, "Shift+F6", "End")  # one comes back to the message one was at
    expect(mine).to_be_focused()
    press(page, "Enter")
    expect(menu.get_by_role("menuitem", name="Reply")).to_be_focused()
    press(page, "ArrowDown", "Enter")
    expect(page.get_by_test_id("emoji").get_by_role("button").first).to_be_focused()
    press(page, "Enter")
    expect(mine.get_by_role("button", name="👍: 1")).to_be_visible(timeout=PATIENCE)
    expect(mine).to_be_focused()

    press(page, "F6", "Shift+Tab", "Enter")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.type("new")
    press(page, "Enter")
    expect(page.get_by_label("Question")).to_be_focused()
    for words in ("Куда?", "К озеру", "В музей"):
        page.keyboard.type(words)
        press(page, "Tab")
    tab_to(page, "Send the poll")
    press(page, "Enter")
    poll = message(page, "Куда?")
    expect(poll.get_by_test_id("vote")).to_be_attached(timeout=PATIENCE)
    press(page, "Shift+F6", "End")
    expect(poll).to_be_focused()
    press(page, "Tab", "Space", "ArrowDown")
    expect(poll.get_by_label("В музей")).to_be_checked()
    tab_to(page, "Vote")
    press(page, "Enter")
    expect(poll).to_contain_text("1 person answered", timeout=PATIENCE)
    expect(poll).to_be_focused()

    press(page, "F6", "F6")
    tab_to(page, "Documents")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name="Documents")).to_be_focused(timeout=PATIENCE)
    expect(page.get_by_test_id("file-row").first).to_be_visible(timeout=PATIENCE)
    tab_to(page, ".jpg")
    press(page, "Enter")
    expect(page.get_by_test_id("viewer").get_by_role("heading")).to_be_focused(timeout=PATIENCE)
    press(page, "Escape")
    expect(page.get_by_test_id("file-row").locator("a:focus")).to_have_accessible_name(re.compile(r"\.jpg"))
