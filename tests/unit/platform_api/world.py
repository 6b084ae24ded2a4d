"""A platform to test: the real application on a real socket over a real SQLite file, and who it speaks with."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import event

from platform_api.app import make_app
from platform_api.broadcasts.studio import STUDIO, Studio
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.documents.workshop import WORKSHOP, Workshop
from platform_api.lessons.keeper import KEEPER, Keeper
from platform_api.seed import SeededPerson, demo_people, seed_demo
from platform_api.services import SERVICES, Services
from tests.engines import Distributed

PASSWORD = "demo-sfera"
ADMINISTRATOR = "nina.orlova"
TEACHER_5_7 = "vera.berestova"
TEACHER_7_9 = "andrey.tetradkin"
STUDENT_5 = "alisa.abramova"
STUDENT_9 = "zlata.yaseneva"


class Clock:
    """Wall and monotonic time that only a test moves."""

    def __init__(self) -> None:
        # A whole second, and not before the moment at which the demonstration school was seeded.
        self.moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.seconds += seconds


class ControlledProcess:
    """The other end of a control API; checks every call's token with joserfc on its own."""

    audience: str

    def __init__(self, api_public: bytes, clock: Clock) -> None:
        self._key = OKPKey.import_key(api_public)
        self._clock = clock
        self._tokens: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        self.removed: list[tuple[str, str]] = []
        self.fail_with: int | None = None
        self.app = web.Application()

    async def _check(self, request: web.Request) -> None:
        body = await request.read()
        token = request.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, self._key, algorithms=["EdDSA"]).claims
        now = self._clock.now().timestamp()
        digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")
        assert claims["aud"] == self.audience
        assert claims["iss"] == "sfera"
        assert claims["iat"] <= now < claims["exp"] <= claims["iat"] + 30
        assert (claims["m"], claims["p"], claims["b"]) == (request.method, request.path, digest)
        assert claims["jti"] not in self._tokens
        self._tokens.add(claims["jti"])
        self.calls.append((request.method, request.path))
        if self.fail_with is not None:
            raise web.HTTPException(text="{}") if self.fail_with < 400 else web.HTTPInternalServerError(text="{}")


class MediaNode(ControlledProcess):
    """A media node: keeps rooms and their taps."""

    audience = "sfera-control"

    def __init__(self, api_public: bytes, clock: Clock) -> None:
        super().__init__(api_public, clock)
        self.rooms: dict[str, dict[str, Any]] = {}
        self.participants: dict[str, list[dict[str, Any]]] = {}
        self.waiting: dict[str, int] = {}
        self.ended: set[str] = set()
        self.after_put: Any = None
        self.taps: dict[str, dict[str, dict[str, Any]]] = {}
        self.revoked: dict[str, list[str]] = {}
        self.began: dict[str, float] = {}
        self.app.router.add_get("/control/v1/rooms", self._list)
        self.app.router.add_put("/control/v1/rooms/{id}", self._put)
        self.app.router.add_delete("/control/v1/rooms/{id}", self._delete)
        self.app.router.add_post("/control/v1/rooms/{id}/remove", self._remove)
        self.app.router.add_post("/control/v1/rooms/{id}/taps", self._tap)
        self.app.router.add_delete("/control/v1/rooms/{id}/taps/{tap}", self._untap)
        self.app.router.add_put("/control/v1/rooms/{id}/revoked", self._revoke)

    def restart(self) -> None:
        """Another process of the same name: it knows nothing."""
        self.rooms, self.taps, self.began, self.revoked = {}, {}, {}, {}

    async def _put(self, request: web.Request) -> web.Response:
        await self._check(request)
        room = request.match_info["id"]
        if room in self.ended:
            return web.json_response({"status": 409, "code": "room_ended"}, status=409)
        self.rooms[room] = await request.json()
        self.began.setdefault(room, self._clock.now().timestamp())
        if self.after_put is not None:
            await self.after_put()
        return web.json_response(self._state(room))

    async def _revoke(self, request: web.Request) -> web.Response:
        await self._check(request)
        room = request.match_info["id"]
        if room not in self.rooms:
            return web.Response(status=404)
        self.revoked[room] = (await request.json())["keys"]
        return web.Response(status=204)

    async def _list(self, request: web.Request) -> web.Response:
        await self._check(request)
        return web.json_response({"rooms": [self._state(room) for room in self.rooms]})

    async def _remove(self, request: web.Request) -> web.Response:
        await self._check(request)
        room, person = request.match_info["id"], (await request.json())["person"]
        self.removed.append((room, person))
        self.participants[room] = [there for there in self.participants.get(room, []) if there["person"] != person]
        return web.Response(status=204 if room in self.rooms else 404)

    async def _delete(self, request: web.Request) -> web.Response:
        await self._check(request)
        room = request.match_info["id"]
        if self.rooms.pop(room, None) is None:
            return web.json_response({"status": 404, "code": "not_found"}, status=404)
        self.ended.add(room)
        self.taps.pop(room, None)
        return web.Response(status=204)

    async def _tap(self, request: web.Request) -> web.Response:
        await self._check(request)
        room = request.match_info["id"]
        if room not in self.rooms:
            return web.json_response({"status": 404, "code": "not_found"}, status=404)
        wish = await request.json()
        self.taps.setdefault(room, {})[wish["id"]] = wish
        return web.json_response({**wish, "room": room, "slots": []})

    async def _untap(self, request: web.Request) -> web.Response:
        await self._check(request)
        self.taps.get(request.match_info["id"], {}).pop(request.match_info["tap"], None)
        return web.Response(status=204)

    def _state(self, room: str) -> dict[str, Any]:
        return {
            "id": room,
            "title": self.rooms[room]["title"],
            "participants": self.participants.get(room, []),
            "waiting": self.waiting.get(room, 0),
            "started_at": self.began.get(room, 0.0),
            "taps": list(self.taps.get(room, {}).values()),
        }


class HlsNode(ControlledProcess):
    """An hls process: keeps broadcasts and what feeds them."""

    audience = "sfera-hls"

    def __init__(self, api_public: bytes, clock: Clock) -> None:
        super().__init__(api_public, clock)
        self.broadcasts: dict[str, dict[str, Any]] = {}
        self.app.router.add_put("/control/v1/broadcasts/{id}", self._open)
        self.app.router.add_get("/control/v1/broadcasts/{id}", self._show)
        self.app.router.add_put("/control/v1/broadcasts/{id}/tap", self._set_tap)
        self.app.router.add_post("/control/v1/broadcasts/{id}/end", self._end)
        self.app.router.add_delete("/control/v1/broadcasts/{id}", self._remove)

    async def _open(self, request: web.Request) -> web.Response:
        await self._check(request)
        title = (await request.json())["title"]
        found = self.broadcasts.setdefault(
            request.match_info["id"], {"title": title, "state": "waiting", "tap": None, "port": 40000 + len(self.calls)}
        )
        if found["state"] == "ended":
            return web.json_response({"status": 409, "code": "broadcast_ended"}, status=409)
        playlist = f"/live/{request.match_info['id']}/index.m3u8"
        return web.json_response({"rtp_host": "127.0.0.1", "rtp_port": found["port"], "playlist": playlist})

    async def _show(self, request: web.Request) -> web.Response:
        await self._check(request)
        found = self.broadcasts.get(request.match_info["id"])
        if found is None:
            return web.json_response({"status": 404, "code": "not_found"}, status=404)
        port = {} if found["state"] == "ended" else {"rtp_port": found["port"]}
        return web.json_response({"id": request.match_info["id"], "state": found["state"], **port})

    async def _set_tap(self, request: web.Request) -> web.Response:
        await self._check(request)
        self.broadcasts[request.match_info["id"]]["tap"] = await request.json()
        return web.Response(status=204)

    async def _end(self, request: web.Request) -> web.Response:
        await self._check(request)
        self.broadcasts[request.match_info["id"]]["state"] = "ended"
        return web.Response(status=204)

    async def _remove(self, request: web.Request) -> web.Response:
        await self._check(request)
        self.broadcasts.pop(request.match_info["id"], None)
        return web.Response(status=204)


@dataclass
class Answer:
    """What came back: status, headers, JSON (or None)."""

    status: int
    headers: Any
    json: Any
    body: bytes


class Page:
    """Somebody's browser: its own cookies, the header every page of ours sends."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session = session
        self.base = base

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        headers = {"X-Sfera": "1", **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        url = self.base + (path if path.startswith(("/api/", "/hooks/", "/health", "/metrics")) else "/api/v1" + path)
        async with self.session.request(method, url, headers=headers, allow_redirects=False, **options) as response:
            content = await response.read()
            is_json = "json" in response.content_type
            return Answer(response.status, response.headers, json.loads(content) if is_json else None, content)

    async def sign_in(self, login: str, password: str = PASSWORD) -> Answer:
        return await self.call("POST", "/session", {"login": login, "password": password})


@dataclass
class World:
    """The platform under test and everything around it."""

    config: ApiConfig
    app: web.Application
    base: str
    clock: Clock
    media: MediaNode
    hls: HlsNode
    media_key: OKPKey
    api_public: bytes
    people: dict[str, SeededPerson]
    stack: AsyncExitStack = field(repr=False)

    @property
    def parts(self) -> Services:
        return self.app[SERVICES]

    @property
    def studio(self) -> Studio:
        return self.app[STUDIO]

    @property
    def keeper(self) -> Keeper:
        return self.app[KEEPER]

    @property
    def workshop(self) -> Workshop:
        return self.app[WORKSHOP]

    async def page(self) -> Page:
        jar = aiohttp.CookieJar(unsafe=True)
        session = await self.stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        return Page(session, self.base)

    async def signed_in(self, login: str) -> Page:
        page = await self.page()
        assert (await page.sign_in(login)).status == 200
        return page

    async def class_id(self, name: str) -> str:
        page = await self.signed_in(ADMINISTRATOR)
        found: list[dict[str, str]] = (await page.call("GET", "/classes")).json["classes"]
        return next(klass["id"] for klass in found if klass["name"] == name)

    async def lesson_of(self, class_name: str, teacher: str = TEACHER_5_7) -> tuple[Page, str]:
        """A teacher's page and the lesson it started."""
        page = await self.signed_in(teacher)
        started = await page.call("POST", "/lessons", {"class_id": await self.class_id(class_name)})
        assert started.status == 201
        return page, started.json["id"]

    def count(self, name: str, **labels: str) -> float:
        return self.parts.metrics.registry.get_sample_value(name, labels) or 0.0

    async def hook(self, event: dict[str, Any], *, key: OKPKey | None = None, **changed: Any) -> Answer:
        """Send a webhook as the media node does; `changed` replaces claims of its token."""
        body = msgspec.json.encode({"id": secrets.token_hex(8), "at": self.clock.now().timestamp(), **event})
        return await self.post_hook(body, self.hook_token(body, key=key, **changed))

    def hook_token(self, body: bytes, *, key: OKPKey | None = None, **changed: Any) -> str:
        issued = int(self.clock.now().timestamp())
        claims = {
            "iss": "sfera",
            "aud": "sfera-webhook",
            "iat": issued,
            "exp": issued + 30,
            "jti": secrets.token_urlsafe(16),
            "m": "POST",
            "p": "/hooks/media",
            "b": base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode().rstrip("="),
            **changed,
        }
        token: str = jwt.encode({"alg": "EdDSA"}, claims, key or self.media_key, algorithms=["EdDSA"])
        return token

    async def post_hook(self, body: bytes, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        page = Page(await self.stack.enter_async_context(aiohttp.ClientSession()), self.base)
        return await page.call("POST", "/hooks/media", data=body, headers=headers)


def make_keys(folder: Path, name: str) -> tuple[str, str, bytes]:
    """Paths of a new private key and its public half, and that half."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    paths = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    for path, content in zip(paths, (private, public), strict=True):
        path.write_bytes(content)
    return str(paths[0]), str(paths[1]), public


def seed_template(folder: Path) -> Path:
    """A database file with the demonstration school, to be copied for each test."""
    path = folder / "seeded.db"
    seed_demo(ApiConfig(database_url=f"sqlite+aiosqlite:///{path}"), PASSWORD)
    return path


def write_client(folder: Path) -> Path:
    """A built web client in small."""
    dist = folder / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>Sfera</title>")
    (dist / "assets" / "index-AbCd1234.js").write_text("export const page = 1;\n" * 50)
    (dist / "sfera.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "secret.txt").write_text("not for the world")
    return dist


def make_config(folder: Path, template: Path | Distributed, **settings: Any) -> tuple[ApiConfig, OKPKey, bytes]:
    """A configuration whose files are all in `folder`; the media node's private key; the api's public key."""
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "sfera.db"
    if isinstance(template, Path):
        shutil.copy(template, database)
    api_private, _, api_public = make_keys(folder, "api")
    media_private, media_public, _ = make_keys(folder, "media")
    config = ApiConfig(
        **{
            "port": 0,
            "database_url": f"sqlite+aiosqlite:///{database}",
            "signing_key": api_private,
            "webhook_key": media_public,
            "web_dist": str(write_client(folder)),
            "files_dir": str(folder / "files"),
            # A test's clock stands still: a limit of calls a minute would be one of calls a test.
            "person_calls_per_minute": 0,
            "address_calls_per_minute": 0,
            **settings,
        }
    )
    return config, OKPKey.import_key(Path(media_private).read_bytes()), api_public


def be_careless(db: Database) -> None:
    """SQLite does not wait for the disk at each commit, longer than most calls take: here nobody cuts the power."""
    for engine in db._engines:
        event.listen(engine.sync_engine, "connect", lambda connection, _: _set_careless(connection))


def _set_careless(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


async def until(happened: Callable[[], object]) -> None:
    """Until the platform did something by itself."""
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 (another task of the application)
            await asyncio.sleep(0.01)


async def listen(stack: AsyncExitStack, app: web.Application) -> str:
    """Serve an application on a free port; its base address."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


@asynccontextmanager
async def new_world(folder: Path, template: Path | Distributed, **settings: Any) -> AsyncIterator[World]:
    """A running platform; the media node runs too unless `media_control_url` is among the settings.

    The template says on what: a file is copied for SQLite and the bus in process, `Distributed` is PostgreSQL and NATS.
    """
    async with AsyncExitStack() as stack:
        if isinstance(template, Distributed):
            settings.setdefault("database_url", await stack.enter_async_context(template.database()))
            settings.setdefault("bus_url", template.nats_url)
        clock = Clock()
        config, media_key, api_public = make_config(folder, template, **settings)
        media = MediaNode(api_public, clock)
        if "media_control_url" not in settings:
            config = msgspec.structs.replace(config, media_control_url=await listen(stack, media.app))
        hls = HlsNode(api_public, clock)
        if "hls_control_url" not in settings:
            config = msgspec.structs.replace(config, hls_control_url=await listen(stack, hls.app))
        app = make_app(config, now=clock.now, monotonic=clock.monotonic)
        if isinstance(template, Path):
            be_careless(app[SERVICES].db)
        base = await listen(stack, app)
        people = {person.login: person for person in demo_people(PASSWORD)}
        yield World(config, app, base, clock, media, hls, media_key, api_public, people, stack)
