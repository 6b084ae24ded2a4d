"""Files and articles as people meet them: put up by one, seen by another."""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.people import LEV, PATIENCE, TEACHER, Crowd, Person
from tests.browser.test_chats import is_drawn, picture

OFFLINE = "ERR_INTERNET_DISCONNECTED"


def pages(count: int) -> bytes:
    """A PDF of so many white pages."""
    sheets = [Image.new("RGB", (420, 594), "#ffffff") for _ in range(count)]
    target = io.BytesIO()
    sheets[0].save(target, "PDF", save_all=True, append_images=sheets[1:])
    return target.getvalue()


def choose(page: Page, row: str, item: str) -> None:
    """Choose something from a file's menu."""
    page.get_by_role("button", name=f"Actions: {row}").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_a_file_goes_up_is_looked_at_and_comes_back_from_the_trash(crowd: Crowd) -> None:
    teacher = crowd.arrive(TEACHER)
    page = teacher.page
    page.get_by_role("navigation").get_by_role("link", name="Documents").click()
    expect(page.get_by_test_id("add")).to_be_visible(timeout=PATIENCE)

    # Chosen without a network, it waits and goes by itself when the network is back.
    teacher.context.set_offline(True)
    page.get_by_test_id("file").set_input_files(
        {"name": "Дроби.pdf", "mimeType": "application/pdf", "buffer": pages(3)}
    )
    expect(page.get_by_test_id("upload")).to_contain_text("offline", timeout=PATIENCE)
    teacher.context.set_offline(False)
    rows = page.get_by_test_id("file-row")
    expect(rows.filter(has_text="Дроби.pdf")).to_be_visible(timeout=PATIENCE)

    rows.filter(has_text="Дроби.pdf").get_by_role("link").click()
    sheets = page.get_by_test_id("pages").get_by_role("img")
    expect(sheets).to_have_count(3, timeout=PATIENCE)
    is_drawn(sheets.first)
    page.keyboard.press("Escape")

    choose(page, "Дроби.pdf", "Rename")
    page.get_by_label("Name", exact=True).fill("Дроби и проценты.pdf")
    page.get_by_role("button", name="Save").click()
    expect(rows.filter(has_text="Дроби и проценты.pdf")).to_be_visible(timeout=PATIENCE)

    choose(page, "Дроби и проценты.pdf", "Who can see it")
    expect(page.get_by_role("dialog")).to_contain_text("Only you can see it.", timeout=PATIENCE)
    page.keyboard.press("Escape")

    choose(page, "Дроби и проценты.pdf", "Delete")
    expect(rows.filter(has_text="Дроби")).to_have_count(0, timeout=PATIENCE)
    page.get_by_role("button", name="Trash").click()
    choose(page, "Дроби и проценты.pdf", "Restore")
    page.get_by_role("link", name="To the documents").click()
    expect(rows.filter(has_text="Дроби и проценты.pdf")).to_be_visible(timeout=PATIENCE)
    teacher.complaints = [one for one in teacher.complaints if OFFLINE not in one]


def test_an_article_with_a_picture_is_written_and_read(crowd: Crowd) -> None:
    teacher, student = crowd.arrive(TEACHER), crowd.arrive(LEV)
    page = teacher.page
    page.get_by_role("navigation").get_by_role("link", name="School").click()
    page.get_by_test_id("post").click()
    page.get_by_role("menuitem", name="Article").click()
    page.get_by_test_id("article-title").fill("Как мы посадили сад")
    first = page.get_by_test_id("block").first
    first.click()
    page.keyboard.type("Осенью за школой была пустая площадка.")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Heading", exact=True).click()
    page.keyboard.type("С чего начать")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Numbered list").click()
    page.keyboard.type("Отметить места")
    page.keyboard.press("Enter")
    page.keyboard.type("Выкопать ямы")

    # What is written outlives the page before it was ever saved.
    expect(page.get_by_test_id("kept")).to_contain_text("Kept in this browser", timeout=PATIENCE)
    page.reload()
    expect(page.get_by_test_id("article-title")).to_have_value("Как мы посадили сад", timeout=PATIENCE)
    expect(page.get_by_test_id("block")).to_have_count(3)

    page.get_by_test_id("block").first.click()
    page.get_by_test_id("add-picture").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="File from this device").click()
    chosen.value.set_files({"name": "сад.jpg", "mimeType": "image/jpeg", "buffer": picture("#5f9e63")})
    page.get_by_label("Caption").fill("Май, первые цветы")
    page.get_by_label("What is in the picture").fill("Молодые яблони")
    page.get_by_test_id("publish").click()
    expect(page.get_by_role("heading", level=1, name="Как мы посадили сад")).to_be_visible(timeout=PATIENCE)

    reader = student.page
    reader.get_by_role("navigation").get_by_role("link", name="School").click()
    reader.get_by_test_id("feed").get_by_role("link", name=re.compile("Как мы посадили сад")).click()
    article = reader.get_by_test_id("article")
    expect(article.get_by_role("heading", level=2, name="С чего начать")).to_be_visible(timeout=PATIENCE)
    expect(article.get_by_role("listitem")).to_have_text(["Отметить места", "Выкопать ямы"])
    is_drawn(article.get_by_role("img", name="Молодые яблони"))
    expect(article.get_by_text("Май, первые цветы")).to_be_visible()
    expect(reader.get_by_test_id("edit-article")).to_have_count(0)
    article.get_by_test_id("like").click()
    expect(article.get_by_role("button", name="Like: 1")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    comment_on_it(teacher, student)


def comment_on_it(teacher: Person, student: Person) -> None:
    """Both have the article open: what one says or deletes the other sees at once, without loading the page again."""
    here, there = teacher.page, student.page
    for person in (teacher, student):
        # A page that was loaded again would not have it.
        person.evaluate("() => (window.sameDocument = true)")
        expect(person.page.get_by_test_id("comments")).to_contain_text("There are no comments yet.", timeout=PATIENCE)
    comments = [page.get_by_test_id("comment") for page in (here, there)]
    field = there.get_by_test_id("comment-text")

    # What cannot be sent stays, with the reason; it goes once, however often it is sent.
    field.fill("Красиво! Приду ухаживать: https://sad.example/plan")
    student.context.set_offline(True)
    there.keyboard.press("Control+Enter")
    expect(there.get_by_test_id("comments").get_by_role("alert")).to_contain_text("offline", timeout=PATIENCE)
    expect(field).to_have_value("Красиво! Приду ухаживать: https://sad.example/plan")
    student.context.set_offline(False)
    there.get_by_test_id("send-comment").click()
    for shown in comments:
        expect(shown).to_have_count(1, timeout=PATIENCE)
        expect(shown).to_contain_text(student.name)
        expect(shown.get_by_role("link")).to_have_attribute("href", "https://sad.example/plan")
    expect(field).to_have_value("")
    expect(field).to_be_focused()

    here.get_by_test_id("comment-text").fill("Спасибо!\nЖдём в субботу.")
    here.keyboard.press("Control+Enter")
    expect(comments[1]).to_have_count(2, timeout=PATIENCE)
    expect(comments[1].last).to_contain_text("Ждём в субботу.")
    expect(there.get_by_role("heading", name="2 comments")).to_be_visible()

    # Who wrote the article may delete what others say; a reader only what is their own, and may report the rest.
    there.get_by_role("button", name=f"Comment actions: {teacher.name}").click()
    expect(there.get_by_role("menuitem")).to_have_text(["Report"])
    there.keyboard.press("Escape")
    here.get_by_role("button", name=f"Comment actions: {student.name}").click()
    here.get_by_role("menuitem", name="Delete the comment").click()
    here.get_by_role("alertdialog").get_by_role("button", name="Delete the comment").click()
    for shown in comments:
        expect(shown).to_have_count(1, timeout=PATIENCE)
        expect(shown).to_contain_text("Ждём в субботу.")
    expect(here.get_by_role("heading", name="1 comment")).to_be_focused()
    for person in (teacher, student):
        assert person.evaluate("() => window.sameDocument"), "nobody has loaded the page again"
    student.complaints = [one for one in student.complaints if OFFLINE not in one]
