"""People of the demonstration school at their browsers: each a Chromium of their own, driven as a person would."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect

from tests.browser.running import PASSWORD, Serve

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
LOOK = (Path(__file__).parent / "look.js").read_text()

PATIENCE = 20_000
"""Milliseconds to wait for what should take a moment: other work runs beside the tests."""
expect.set_options(timeout=PATIENCE)

Note = Callable[[str, object], None]
"""Writes a measured figure into the test's report: what it is, and its value."""

TEACHER = ("vera.berestova", "Вера Павловна Берестова")
LEV = ("lev.baranov", "Лев Баранов")
VARVARA = ("varvara.belkina", "Варвара Белкина")
CLASS = "7Б"


class Person:
    """Somebody at a page of theirs. `name` is what others see."""

    def __init__(
        self, serve: Serve, browser: Browser, login: str, name: str, query: dict[str, str], locale: str
    ) -> None:
        self.serve = serve
        self.browser = browser
        self.login = login
        self.name = name
        self.query = query
        self.lessons: list[str] = []
        """Lessons this person has started."""
        self.complaints: list[str] = []
        """What the page wrote to its console as an error, and exceptions nobody caught."""
        self.context: BrowserContext = browser.new_context(
            locale=locale, viewport={"width": 1280, "height": 800}, permissions=["camera", "microphone"]
        )
        self.context.add_init_script(LOOK)
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))

    # --- what a person does ---

    def sign_in(self) -> None:
        """Sign in with login and password; ends on the home page."""
        self.page.goto(f"{self.serve.url}/?{urlencode({'sfera.debug': '1', **self.query})}")
        self.page.get_by_label("Login").fill(self.login)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_label("Password", exact=True)).to_have_count(0, timeout=PATIENCE)

    def start_lesson(self, class_name: str = CLASS) -> str:
        """Start a lesson from the home page in two taps, three with another class than the first; returns its id once
        this page is in it."""
        self.page.get_by_role("button", name="Start lesson").first.click()
        sheet = self.page.get_by_role("dialog")
        sheet.get_by_role("radio", name=class_name).check(force=True)  # what one sees and presses is its label
        self.page.get_by_role("button", name="Start now").click()
        self.is_in_lesson()
        self.lessons.append(self.evaluate("sfera.lesson.id"))
        return self.lessons[-1]

    def join_lesson(self) -> None:
        """Join the lesson the home page shows."""
        self.page.get_by_role("link", name="Join lesson").or_(
            self.page.get_by_role("button", name="Join lesson")
        ).first.click()
        self.is_in_lesson()

    def turn_on_microphone(self) -> None:
        """Press the microphone's button."""
        self.page.get_by_role("button", name="Turn on microphone").click()

    def turn_off_microphone(self) -> None:
        """Press the microphone's button."""
        self.page.get_by_role("button", name="Turn off microphone").click()

    def raise_hand(self) -> None:
        """Press the hand's button; returns when the page says that the hand is up."""
        self.page.get_by_role("button", name="Raise hand").click()
        expect(self.page.get_by_role("button", name="Lower hand")).to_be_visible(timeout=PATIENCE)

    def hands(self) -> list[str]:
        """Names in the queue of hands, as the panel shows them."""
        buttons = self.page.get_by_role("button", name=re.compile("^Give the floor: "))
        # All at one moment: a hand may go down between two looks.
        names: list[str] = buttons.evaluate_all("(all) => all.map((button) => button.getAttribute('aria-label'))")
        return [name.partition(": ")[2] for name in names]

    def give_floor(self, name: str) -> None:
        """Give somebody in the queue of hands the floor."""
        self.page.get_by_role("button", name=f"Give the floor: {name}").click()

    def accept_floor(self) -> None:
        """Answer the question whether to turn the microphone on."""
        question = self.page.get_by_role("heading", name="You are given the floor. Turn on your microphone?")
        expect(question).to_be_visible(timeout=PATIENCE)
        self.page.get_by_test_id("floor-question").get_by_role("button", name="Turn on microphone").click()
        expect(question).to_be_hidden(timeout=PATIENCE)

    def take_floor(self, name: str) -> None:
        """Take the floor back."""
        self.page.get_by_role("button", name=f"Take the floor back: {name}").click()

    def let_speak(self, other: Person) -> None:
        """The other raises a hand, is given the floor and turns the microphone on."""
        other.raise_hand()
        self.give_floor(other.name)
        other.accept_floor()

    def is_in_lesson(self, timeout: float = PATIENCE) -> None:
        """Wait until the page is in the lesson and publishes its camera."""
        self.until("() => window.sfera?.lesson.phase.value.name === 'live'", timeout=timeout)
        self.until("() => window.sfera.senders.camera?.track", timeout=timeout)

    # --- what is seen from inside ---

    def evaluate(self, script: str, argument: Any = None) -> Any:
        """Run a script in the page."""
        return self.page.evaluate(script, argument)

    def until(self, script: str, argument: Any = None, timeout: float = PATIENCE) -> None:
        """Wait until a script gives something true."""
        self.page.wait_for_function(script, arg=argument, timeout=timeout, polling=50)

    def sees(self, *names: str, frames: int = 0, timeout: float = PATIENCE) -> None:
        """Wait until more than so many frames of these people's cameras are decoded."""
        self.until("([names, frames]) => look.flows('camera', names, frames)", [names, frames], timeout)

    def hears(self, *names: str, energy: float = 0.0, timeout: float = PATIENCE) -> None:
        """Wait until these people's voices have brought so much energy."""
        self.until("([names, energy]) => look.flows('microphone', names, energy)", [names, energy], timeout)

    def slots(self) -> list[dict[str, Any]]:
        """What every slot receives."""
        found: list[dict[str, Any]] = self.evaluate("look.slots()")
        return found

    def track(self, name: str, source: str) -> str:
        """The id of somebody's track."""
        found: str = self.evaluate(
            """([name, source]) => [...look.room().tracks.values()].find((track) =>
              track.source === source && look.room().participants.get(track.participant).name === name).id""",
            [name, source],
        )
        return found

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not re.search(r"status of 401|WebSocket connection to", message.text):
            self.complaints.append(message.text)


class Crowd:
    """Makes people, and sends them home."""

    def __init__(self, playwright: Playwright, serve: Serve) -> None:
        self._playwright = playwright
        self._serve = serve
        self.people: list[Person] = []

    def arrive(
        self,
        who: tuple[str, str],
        *,
        camera: str = "320x180@15",
        codec: str | None = None,
        locale: str = "en-US",
        flags: Sequence[str] = (),
        sign_in: bool = True,
    ) -> Person:
        """Somebody opens a browser of their own and signs in. `camera` is what it captures, as WIDTHxHEIGHT@RATE."""
        browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        query = {"camera": camera, **({"codec": codec} if codec else {})}
        person = Person(self._serve, browser, *who, query, locale)
        self.people.append(person)
        if sign_in:
            person.sign_in()
        return person

    def go_home(self) -> list[str]:
        """End the lessons and close all browsers; what their pages complained of."""
        for person in self.people:
            for lesson in person.lessons:
                address = f"{self._serve.url}/api/v1/lessons/{lesson}/end"
                person.context.request.post(address, headers={"X-Sfera": "1"})
        for person in self.people:
            person.browser.close()
        return [f"{person.name}: {complaint}" for person in self.people for complaint in person.complaints]
