"""The web client as the api serves it: files, page addresses, headers."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest

from tests.unit.platform_api.world import World, new_world


async def get(world: World, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    page = await world.page()
    async with page.session.get(
        world.base + path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    ) as response:
        return response.status, dict(response.headers), await response.read()


@pytest.mark.parametrize("path", ["/", "/index.html", "/lessons/abc", "/classes/5?tab=people"])
async def test_page_addresses_get_the_client(world: World, path: str) -> None:
    status, headers, body = await get(world, path)
    assert status == 200
    assert b"<title>Sfera</title>" in body
    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_may_load_from_here_and_speak_with_the_media_node(world: World) -> None:
    _, headers, _ = await get(world, "/", Host="school.example:7800")
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["connect-src"] == "'self' ws://school.example:7801 http://school.example:7804"
    assert policy["media-src"] == "'self' http://school.example:7804 blob: mediastream:"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "microphone=(self)" in headers["Permissions-Policy"]


async def test_a_configured_signal_address_is_the_one_allowed(tmp_path: Path, seeded: Path) -> None:
    async with new_world(tmp_path / "w", seeded, media_signal_url="wss://media.example/signal") as world:
        _, headers, _ = await get(world, "/")
        assert "connect-src 'self' wss://media.example http://127.0.0.1:7804;" in headers["Content-Security-Policy"]
        page = await world.page()
        assert (await page.call("GET", "/config")).json["signal_url"] == "wss://media.example/signal"


async def test_hashed_files_are_kept_forever_and_others_asked_for(world: World) -> None:
    status, headers, _ = await get(world, "/assets/index-AbCd1234.js")
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Type"].split(";")[0] in ("text/javascript", "application/javascript")
    status, headers, _ = await get(world, "/sfera.svg")
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    status, _, body = await get(world, "/sfera.svg", If_None_Match=headers["Etag"])
    assert (status, body) == (304, b"")


async def test_a_compressed_file_beside_it_is_sent(world: World) -> None:
    script = Path(world.config.web_dist) / "assets" / "index-AbCd1234.js"
    script.with_suffix(".js.gz").write_bytes(gzip.compress(script.read_bytes()))
    page = await world.page()
    async with page.session.get(
        f"{world.base}/assets/index-AbCd1234.js", headers={"Accept-Encoding": "gzip"}
    ) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert await response.read() == script.read_bytes()


@pytest.mark.parametrize("path", ["/assets/gone.js", "/assets", "/api/v1/none", "/api", "/hooks/none", "/hooks/media"])
async def test_what_is_no_page_is_not_found(world: World, path: str) -> None:
    status, headers, body = await get(world, path)
    assert status in (404, 405)
    assert headers["Content-Type"].startswith("application/problem+json")
    assert b"<title>" not in body


@pytest.mark.parametrize(
    "path",
    [
        b"/../secret.txt",
        b"/%2e%2e/secret.txt",
        b"/assets/..%2f..%2fsecret.txt",
        b"/assets/%2e%2e/%2e%2e/secret.txt",
        b"//etc/passwd",
        b"/%2fetc%2fpasswd",
        b"/assets/%00",
    ],
)
async def test_nothing_outside_of_the_folder(world: World, path: bytes) -> None:
    host, port = world.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert b"not for the world" not in answer
    assert b"root:" not in answer
    assert answer.split(b" ")[1] in (b"200", b"404")


async def test_links_out_of_the_folder_are_not_followed(world: World) -> None:
    dist = Path(world.config.web_dist)
    (dist / "assets" / "out.txt").symlink_to(dist.parent / "secret.txt")
    status, _, _ = await get(world, "/assets/out.txt")
    assert status == 404


async def test_without_a_built_client_the_api_still_serves(tmp_path: Path, seeded: Path) -> None:
    async with new_world(tmp_path / "w", seeded, web_dist=str(tmp_path / "nowhere")) as world:
        status, _, body = await get(world, "/")
        assert status == 503
        assert b"not_built" in body
        assert (await get(world, "/health"))[0] == 200


async def test_the_signal_address_follows_the_pages_host(tmp_path: Path, seeded: Path) -> None:
    async with new_world(tmp_path / "w", seeded, trusted_proxies=["127.0.0.0/8"]) as world:
        page = await world.page()

        async def told(**headers: str) -> object:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return (await page.call("GET", "/config", headers=named)).json.get("signal_url")

        assert await told(Host="[2001:db8::1]:7800") == "ws://[2001:db8::1]:7801/signal"
        assert await told(Host="school.example", X_Forwarded_Proto="https") == "wss://school.example:7801/signal"
        for host in ("evil.example/x?", "a b", "a;b", "-'self'*", "a,b"):
            refused = await page.call("GET", "/config", headers={"Host": host})
            assert (refused.status, refused.json["code"]) == (400, "bad_host"), host
            _, headers, _ = await get(world, "/", Host=host)
            assert "connect-src 'self';" in headers["Content-Security-Policy"]


async def test_over_https_the_cookie_is_secure(tmp_path: Path, seeded: Path) -> None:
    async with new_world(tmp_path / "w", seeded, public_url="https://school.example") as world:
        signed_in = await (await world.page()).sign_in("vera.berestova")
        assert "Secure" in signed_in.headers["Set-Cookie"]
