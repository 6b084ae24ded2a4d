"""Two people write to each other: what one sends the other sees, whatever happens to the network in between."""

from __future__ import annotations

import io
import re
import time

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import LEV, PATIENCE, TEACHER, Crowd, Person

AWAY_SECONDS = 10.0
"""So long one is without a network."""


def picture(colour: str = "#12705a") -> bytes:
    """A picture as a phone makes one, in small."""
    image = Image.new("RGB", (640, 480), colour)
    ImageDraw.Draw(image).ellipse((180, 100, 460, 380), fill="#ffffff")
    target = io.BytesIO()
    image.save(target, "JPEG")
    return target.getvalue()


def to_class_chat(person: Person) -> Page:
    """From wherever one is to the chat of 7Б."""
    page = person.page
    page.get_by_role("navigation").get_by_role("link", name="Messages").click()
    page.get_by_test_id("chat-row").filter(has_text="7Б, class").click()
    expect(page.get_by_role("heading", level=1, name="7Б, class")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("thread").get_by_role("list").first).to_be_attached(timeout=PATIENCE)
    return page


def write(page: Page, text: str) -> None:
    """Write a message and send it by the keyboard."""
    page.get_by_test_id("compose").fill(text)
    page.get_by_test_id("compose").press("Control+Enter")


def message(page: Page, text: str) -> Locator:
    """A message of the open chat by its words."""
    return page.get_by_test_id("message").filter(has=page.locator(".bubble-text, .poll-head", has_text=text)).last


def act(page: Page, text: str, item: str) -> None:
    """Choose something from a message's menu."""
    one = message(page, text)
    one.hover()
    one.get_by_test_id("message-menu").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def is_drawn(image: Locator) -> None:
    """Wait until a picture is more than its place."""
    expect(image).to_be_visible(timeout=PATIENCE)
    handle = image.element_handle()
    assert handle is not None
    image.page.wait_for_function("(image) => image.complete && image.naturalWidth > 0", arg=handle, timeout=PATIENCE)


def test_two_people_in_a_chat(crowd: Crowd) -> None:
    teacher, student = crowd.arrive(TEACHER), crowd.arrive(LEV)
    hers, his = to_class_chat(teacher), to_class_chat(student)
    expect(his.get_by_test_id("readers")).to_have_text(re.compile(r"Can read: \d+ students, \d+ teachers"))

    write(hers, "На уроке говорим о планетах и спутниках")
    expect(message(his, "о планетах")).to_be_visible(timeout=PATIENCE)

    act(his, "о планетах", "Reply")
    write(his, "Можно рассказать про Сатурн?")
    answer = message(hers, "про Сатурн")
    expect(answer).to_be_visible(timeout=PATIENCE)
    expect(answer.get_by_role("button", name=re.compile(TEACHER[1]))).to_contain_text("о планетах")

    act(hers, "о планетах", "Edit")
    write(hers, "На уроке говорим о планетах и кометах")
    expect(message(his, "и кометах")).to_contain_text("edited", timeout=PATIENCE)

    message(his, "и кометах").hover()
    message(his, "и кометах").get_by_test_id("react").click()
    his.get_by_test_id("emoji").get_by_role("button", name="👏").click()
    expect(message(hers, "и кометах").get_by_role("button", name="👏: 1")).to_be_visible(timeout=PATIENCE)

    hers.get_by_test_id("attach").click()
    hers.get_by_role("menuitem", name="New poll").click()
    form = hers.get_by_test_id("poll-form")
    form.get_by_label("Question").fill("Куда пойдём весной?")
    form.get_by_label("Answer 1").fill("Планетарий")
    form.get_by_label("Answer 2").fill("Музей")
    form.get_by_role("button", name="Send the poll").click()
    poll = message(his, "Куда пойдём")
    expect(poll).to_contain_text("Without names", timeout=PATIENCE)
    poll.get_by_label("Планетарий").check()
    poll.get_by_test_id("vote").click()
    expect(message(hers, "Куда пойдём")).to_contain_text("1 person answered", timeout=PATIENCE)

    hers.get_by_test_id("file").set_input_files({"name": "доска.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    hers.get_by_test_id("send").click()
    seen = his.get_by_role("button", name="Open the picture доска.jpg")
    is_drawn(seen.locator("img"))
    seen.click()
    is_drawn(his.get_by_test_id("viewer").get_by_role("img"))
    his.keyboard.press("Escape")

    his.get_by_test_id("chat-search").fill("планета")  # neither message says it in this form
    found = his.get_by_test_id("found").get_by_role("link")
    expect(found.first).to_contain_text("планетах", timeout=PATIENCE)
    found.first.click()
    expect(message(his, "и кометах")).to_be_focused(timeout=PATIENCE)


def test_ten_seconds_without_a_network_lose_nothing(crowd: Crowd) -> None:
    teacher, student = crowd.arrive(TEACHER), crowd.arrive(LEV)
    hers, his = to_class_chat(teacher), to_class_chat(student)
    student.until("() => navigator.serviceWorker.controller !== null")
    student.context.set_offline(True)
    gone = time.monotonic()
    write(his, "Первое без сети")
    write(his, "Второе без сети")
    expect(message(his, "Второе без сети").get_by_role("img", name="Sending")).to_be_visible(timeout=PATIENCE)
    for text in ("Пока тебя нет, раз", "Пока тебя нет, два"):
        write(hers, text)
        expect(message(hers, text)).to_be_visible()
    # The page can be loaded anew: the program is kept, and so is what waits.
    his.reload()
    expect(message(his, "Второе без сети")).to_be_visible(timeout=PATIENCE)
    his.wait_for_timeout(max(0.0, AWAY_SECONDS - (time.monotonic() - gone)) * 1000)
    student.context.set_offline(False)
    for text in ("Первое без сети", "Второе без сети", "Пока тебя нет, раз", "Пока тебя нет, два"):
        expect(hers.get_by_test_id("message").filter(has_text=text)).to_have_count(1, timeout=PATIENCE)
        expect(his.get_by_test_id("message").filter(has_text=text)).to_have_count(1, timeout=PATIENCE)
    expect(his.get_by_role("img", name="Sending")).to_have_count(0, timeout=PATIENCE)
    order = "(all) => all.map((one) => one.querySelector('.bubble-text')?.textContent ?? '')"
    texts = his.get_by_test_id("message").evaluate_all(order)
    assert texts == hers.get_by_test_id("message").evaluate_all(order)
    assert texts.index("Первое без сети") < texts.index("Второе без сети")
    student.complaints = [one for one in student.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_a_second_device_shows_the_same_unread_counts(crowd: Crowd) -> None:
    teacher, desk, phone = crowd.arrive(TEACHER), crowd.arrive(LEV), crowd.arrive(LEV)
    for device in (desk, phone):
        to_class_chat(device)  # all that was written before is read
        device.page.get_by_role("navigation").get_by_role("link", name="Home").click()
    link = re.compile("^Messages$")
    for device in (desk, phone):
        expect(device.page.get_by_role("navigation").get_by_role("link", name=link)).to_be_visible(timeout=PATIENCE)
    hers = to_class_chat(teacher)
    write(hers, "Завтра короткий день")
    write(hers, "Форма спортивная")
    for device in (desk, phone):
        counted = device.page.get_by_role("navigation").get_by_role("link", name="Messages 2 new messages")
        expect(counted).to_be_visible(timeout=PATIENCE)
    his = to_class_chat(desk)
    expect(message(his, "Форма спортивная")).to_be_visible(timeout=PATIENCE)
    expect(phone.page.get_by_role("navigation").get_by_role("link", name=link)).to_be_visible(timeout=PATIENCE)
    his.get_by_test_id("compose").fill("Начало мысли")
    phones = to_class_chat(phone)
    expect(phones.get_by_test_id("compose")).to_have_value("Начало мысли", timeout=PATIENCE)
