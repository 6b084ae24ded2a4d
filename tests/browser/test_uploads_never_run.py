"""What somebody uploads never runs in Chromium: HTML, SVG, scripts and files that are two things at once."""

from __future__ import annotations

import base64
import contextlib
import io

from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page, Playwright

from tests.browser.people import CHROMIUM, FLAGS, PATIENCE, TEACHER
from tests.browser.running import PASSWORD, Serve, wait_for

RUNS = "try { top.ran = true; parent.postMessage('ran', '*'); } catch (e) {} document.title = 'ran';"
HTML = f"<!DOCTYPE html><html><body><script>{RUNS}</script></body></html>".encode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUNS}"><script>{RUNS}</script></svg>'.encode()
IN_ALL_WAYS = """async (address) => {
  window.ran = false;
  window.addEventListener("message", () => { window.ran = true; });
  const done = [];
  for (const [tag, name] of [["iframe", "src"], ["object", "data"], ["embed", "src"], ["script", "src"]]) {
    const element = document.createElement(tag);
    done.push(new Promise((resolve) => {
      element.addEventListener("load", () => resolve(`${tag} load`));
      element.addEventListener("error", () => resolve(`${tag} error`));
      setTimeout(() => resolve(`${tag} nothing`), 400);
    }));
    element.setAttribute(name, address);
    document.body.append(element);
  }
  const told = await Promise.all(done);
  return { ran: window.ran || document.title === "ran", told };
}"""


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(out, "PNG")
    return out.getvalue()


def upload(context: BrowserContext, base: str, name: str, data: bytes) -> str:
    """Upload as a page does; the address under which the file is shown."""
    tus = {"Tus-Resumable": "1.0.0", "X-Sfera": "1"}
    told = f"filename {base64.b64encode(name.encode()).decode()}"
    begun = context.request.post(
        f"{base}/api/v1/uploads", headers={**tus, "Upload-Length": str(len(data)), "Upload-Metadata": told}
    )
    assert begun.status == 201, begun.text()
    where = base + begun.headers["location"]
    piece = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert context.request.patch(where, headers=piece, data=data).status == 204
    file = wait_for(lambda: context.request.get(where).json()["file"], "the file is there")
    return str(file["links"]["content"])


def test_no_upload_runs(playwright: Playwright, serve: Serve) -> None:
    with playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser:
        context = browser.new_context()
        context.set_default_timeout(PATIENCE)
        signed_in = context.request.post(
            f"{serve.url}/api/v1/session", data={"login": TEACHER[0], "password": PASSWORD}, headers={"X-Sfera": "1"}
        )
        assert signed_in.status == 200
        context.route("**/sent-as-it-is", lambda route: route.fulfill(body=HTML, content_type="text/html"))
        assert runs_when_opened(context, f"{serve.url}/sent-as-it-is"), "this test would notice"
        page = context.new_page()
        page.goto(serve.url)
        for name, data in (
            ("photo.png", HTML),
            ("photo.html", HTML),
            ("drawing.svg", SVG),
            ("drawing.png", SVG),
            (
                "page.xhtml",
                b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>'
                + RUNS.encode()
                + b"</script></html>",
            ),
            ("script.js", RUNS.encode()),
            ("polyglot.html", picture() + HTML),
            ("polyglot.gif", b"GIF89a/*" + HTML + b"*/=1;" + RUNS.encode()),
            ("paper.pdf", b"%PDF-1.7\n" + HTML),
        ):
            address = upload(context, serve.url, name, data)
            found = page.evaluate(IN_ALL_WAYS, address)
            assert not found["ran"], (name, found)
            assert "script load" not in found["told"], (name, found)
            assert not runs_when_opened(context, serve.url + address), name
        # And what is a picture is shown as one.
        address = upload(context, serve.url, "garden.html", picture())
        width = page.evaluate(
            "(address) => new Promise((resolve) => { const image = new Image(); image.src = address;"
            " image.onload = () => resolve(image.naturalWidth); image.onerror = () => resolve(0); })",
            address,
        )
        assert width == 20
        context.close()


def runs_when_opened(context: BrowserContext, address: str) -> bool:
    """Whether its script runs when somebody opens the address in a window of its own. What is saved opens nothing."""
    page: Page = context.new_page()
    with contextlib.suppress(Error):  # a download ends the navigation
        page.goto(address, wait_until="load")
    ran = page.title() == "ran" or page.evaluate("window.ran === true")
    page.close()
    return bool(ran)
