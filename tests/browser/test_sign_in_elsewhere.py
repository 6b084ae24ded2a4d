"""Coming in by an account elsewhere: linked after one sign-in with the password, or by registering with a code."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Page, Playwright, expect

from platform_api.seed_people import CODE
from tests.browser.people import PATIENCE, TEACHER, Crowd
from tests.browser.running import PASSWORD, Serve
from tests.unit.platform_api.providers import Keys, Providers


@pytest.fixture
def vk_id(tmp_path: Path) -> Iterator[Providers]:
    """VK ID as strict as the real one, listening in a thread of its own."""
    places = Providers(time.time, Keys(tmp_path / "keys"))
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(places.app)

    async def listen() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        places.base = f"http://127.0.0.1:{runner.addresses[0][1]}"

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(listen(), loop).result(20)
    try:
        yield places
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


@pytest.fixture
def people(playwright: Playwright, vk_id: Providers, tmp_path: Path) -> Iterator[Crowd]:
    """People at a Sfera that takes VK ID's word for who somebody is."""
    known = [each for each in vk_id.configuration() if each["kind"] == "vk"]
    running = Serve(tmp_path / "sfera", SFERA_API__SIGN_IN=json.dumps({"providers": known}))
    running.start()
    crowd = Crowd(playwright, running)
    try:
        yield crowd
    finally:
        complaints = crowd.go_home()
        running.stop()
    assert complaints == []


def test_an_account_elsewhere_is_linked_by_who_signs_in_and_by_who_registers(people: Crowd, vk_id: Providers) -> None:
    """A teacher links VK ID by one sign-in with the password, and needs none from then on; somebody new registers."""
    vera = people.arrive(TEACHER, sign_in=False)
    page = vera.page
    page.goto(f"{vera.serve.url}/broadcasts")
    page.get_by_role("link", name="Sign in with VK ID").click()
    expect(page.get_by_text("VK ID confirms: Вера Берестова.")).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Login").fill(vera.login)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in and link").click()
    # Back to the page that was wanted before all this.
    expect(page.get_by_role("heading", name="Broadcasts")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".toast")).to_have_text("VK ID: account linked")
    page.get_by_role("link", name="Profile").click()
    sign_out(page)

    page.get_by_role("link", name="Sign in with VK ID").click()
    expect(page.get_by_role("heading", name="Good")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{vera.serve.url}/profile?tab=security")
    page.get_by_role("button", name="Unlink VK ID").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Unlink").click()
    expect(page.get_by_role("link", name="Link VK ID")).to_be_visible(timeout=PATIENCE)

    vk_id.person = {"id": "77", "first": "Яна", "last": "Ракушкина", "born": "2010-05-17"}
    yana = people.arrive(("", "Яна Ракушкина"), sign_in=False)
    page = yana.page
    page.goto(yana.serve.url)
    page.get_by_role("link", name="Sign in with VK ID").click()
    page.get_by_role("button", name="Register with a school code").click()
    page.get_by_label("Code").fill(CODE[0])
    page.keyboard.press("Enter")
    page.get_by_test_id("register").click()
    expect(page.get_by_text("VK ID has confirmed who you are.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label("First and last name")).to_have_value(yana.name)
    expect(page.get_by_label("Date of birth")).to_have_value("2010-05-17")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Good")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name=CODE[1])).to_be_visible(timeout=PATIENCE)


TOLD_FIRST = """(() => {
  const send = window.fetch, Socket = window.WebSocket;
  const told = new Promise((done) => {
    window.WebSocket = class extends Socket {
      constructor(...all) {
        super(...all);
        this.addEventListener("message", () => (window.isTold = true));
        this.addEventListener("close", () => setTimeout(done));
      }
    };
  });
  window.fetch = async (...all) => {
    const answer = await send(...all);
    if (all[0].endsWith("/session") && all[1].method === "DELETE") await told;
    return answer;
  };
})()"""
"""Signing out is answered after the event socket has told of the session's end, as it happens on slow machines."""


def sign_out(page: Page) -> None:
    """Sign out from the profile; the page must not take that for an end from elsewhere."""
    page.add_init_script(TOLD_FIRST)
    page.reload()
    page.wait_for_function("() => window.isTold")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Your session has ended")).to_have_count(0)
