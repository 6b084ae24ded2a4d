"""`python -m tests.browser.record_lesson` records the lesson in Chromium that ships with the load tester.

A teacher with a camera of 1280x720 shares a screen and speaks, and so does a student. The load tester's own recorder
joins them; what it writes goes to `loadtest/data/chromium_lesson.json`.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

from loadtest import traces
from loadtest.peers.participant import Participant
from loadtest.peers.tickets import TicketMaker
from loadtest.record import Recorder
from tests.browser.people import LEV, TEACHER, Crowd
from tests.browser.running import Serve

SECONDS = 30.0
WARM_UP = 12.0
"""Until Chromium's own bandwidth estimate has opened the highest layer."""
SHARES = ("--auto-select-desktop-capture-source=Entire screen", "--auto-accept-this-tab-capture")


def main() -> None:
    """Record and write."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        serve = Serve(Path(folder))
        serve.start()
        crowd = Crowd(driver, serve)
        try:
            teacher = crowd.arrive(TEACHER, camera="1280x720@24", flags=SHARES)
            lesson = teacher.start_lesson()
            teacher.turn_on_microphone()
            student = crowd.arrive(LEV, camera="640x360@15")
            student.join_lesson()
            teacher.let_speak(student)
            teacher.page.get_by_role("button", name="Share screen").click()
            teacher.until("() => window.sfera.senders.screen?.track")
            time.sleep(WARM_UP)
            with ThreadPoolExecutor() as thread:  # playwright's own loop runs in this one
                trace = thread.submit(asyncio.run, recorded(serve, lesson, teacher.browser.version)).result()
        finally:
            crowd.go_home()
            serve.stop()
    traces.CHROMIUM.parent.mkdir(exist_ok=True)
    traces.write(trace, traces.CHROMIUM)


async def recorded(serve: Serve, lesson: str, version: str) -> traces.Trace:
    """What the recorder gets, with a ticket as the platform gives one."""
    tickets = TicketMaker.from_file(serve.data_dir / "keys" / "api.pem")
    url = serve.running["addresses"]["signal"]
    ticket = tickets.make(lesson, person="recorder", name="Recorder")
    about = f"A lesson in Chromium {version}: a teacher's camera (1280x720@24), screen and voice; a student's"
    return await Recorder(Participant(url, ticket), Console(stderr=True)).run(SECONDS, about)


if __name__ == "__main__":
    main()
