"""An api that is killed again and again, in the midst of what people do, and started on what it left behind.

It is a real process, forked from one that has loaded the program already, so that there is time to kill it often.
"""

from __future__ import annotations

import asyncio
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from yarl import URL

from platform_api.config import ApiConfig
from tests.engines import Distributed, free_port
from tests.unit.platform_api.world import Page, make_config

ZYGOTE = """
import ctypes, os, signal, sys, msgspec
import platform_api.app
from platform_api.config import ApiConfig
config = msgspec.json.decode(sys.argv[1], type=ApiConfig)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(2, 1)
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        try:
            platform_api.app.run(config)
        finally:
            os._exit(1)
    print("forked", child, flush=True)
"""


class Crew(Protocol):
    """People who do the same kind of thing, several at once."""

    wanted: int
    """Answers by the end of the last life."""

    async def come(self, base: str, life: int) -> None:
        """Sign in at the first life; later, see that one is signed in still, and do again what was not answered."""

    def begin(self) -> Sequence[asyncio.Task[bool]]:
        """Begin to work: each task ends when the api dies, with whether it cut a call off."""

    @property
    def answered(self) -> int:
        """Changes that the platform has answered so far."""

    async def check(self, conn: AsyncConnection) -> None:
        """See in the database that all that was answered is there, whole and once."""

    async def close(self) -> None:
        """Close the pages."""


class Pages:
    """Pages of several people, who stay signed in from life to life."""

    def __init__(self) -> None:
        self._jars: dict[str, aiohttp.CookieJar] = {}
        self._open: list[aiohttp.ClientSession] = []

    async def come(self, base: str, login: str) -> Page:
        """A new page of somebody: signed in at first, then by the session they had."""
        jar = aiohttp.CookieJar(unsafe=True)
        page = Page(aiohttp.ClientSession(cookie_jar=jar), base)
        self._open.append(page.session)
        if login in self._jars:
            jar.update_cookies({cookie.key: cookie.value for cookie in self._jars[login]}, URL(base))
            assert (await page.call("GET", "/me")).status == 200, "still signed in"
        else:
            assert (await page.sign_in(login)).status == 200
        self._jars[login] = jar
        return page

    async def close(self) -> None:
        """Close those of this life."""
        for session in self._open:
            await session.close()
        self._open.clear()


class Zygote:
    """Starts the api again and again."""

    def __init__(self, config: ApiConfig, log: Path) -> None:
        self._log = log
        # What the api logs goes into a file: nobody reads a pipe while it lives, and a full one would stop it.
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-c", ZYGOTE, msgspec.json.encode(config).decode()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
            )
        self.child = 0

    async def start(self, base: str) -> None:
        """Fork an api and wait until it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self.child = await asyncio.to_thread(self._forked)
        end = time.monotonic() + 30
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < end:
                try:
                    async with session.get(base + "/health") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.01)
        raise AssertionError("the api did not start:\n" + self._log.read_text(errors="replace")[-2000:])

    def _forked(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith(b"forked "), self._log.read_text(errors="replace")[-2000:]
        return int(line.split()[1])

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        gone = os.pidfd_open(self.child)
        try:
            os.kill(self.child, signal.SIGKILL)
            ended = select.poll()
            ended.register(gone, select.POLLIN)
            assert ended.poll(30_000), "it does not die"
        finally:
            os.close(gone)
        self.child = 0

    def close(self) -> None:
        """End both."""
        if self.child:
            self.kill()
        self._process.kill()
        self._process.communicate()


@asynccontextmanager
async def killed(tmp_path: Path, template: Path | Distributed) -> AsyncIterator[tuple[ApiConfig, Zygote]]:
    settings: dict[str, Any] = {"media_control_url": "http://127.0.0.1:9", "hls_control_url": "http://127.0.0.1:9"}
    async with AsyncExitStack() as stack:
        if isinstance(template, Distributed):
            settings["database_url"] = await stack.enter_async_context(template.database())
            settings["bus_url"] = template.nats_url
        config, _, _ = make_config(
            tmp_path / "world", template, port=free_port(), person_calls_per_minute=0, **settings
        )
        zygote = Zygote(config, tmp_path / "api.log")
        stack.callback(zygote.close)
        yield config, zygote


async def lives(
    zygote: Zygote, config: ApiConfig, crews: Sequence[Crew], number: int, dice: random.Random
) -> AsyncIterator[int]:
    """Run the platform `number` times over, killing it each time; yields after each death how many calls it cut off.

    Each life lasts until every crew has its share of the answers it wants, and a little longer.
    """
    base = f"http://127.0.0.1:{config.port}"
    for life in range(number):
        await zygote.start(base)
        async with AsyncExitStack() as stack:
            for crew in crews:
                stack.push_async_callback(crew.close)
                await crew.come(base, life)
            working = [task for crew in crews for task in crew.begin()]
            async with asyncio.timeout(60):
                while any(crew.answered * number < crew.wanted * (life + 1) for crew in crews):
                    await asyncio.sleep(0.005)
                    assert not [task for task in working if task.done()], [
                        task.exception() for task in working if task.done()
                    ]
            await asyncio.sleep(dice.random() * 0.03)
            await asyncio.to_thread(zygote.kill)
            cut_off = sum(await asyncio.gather(*working))
        yield cut_off


async def until_death(act: Callable[[], Awaitable[None]]) -> bool:
    """Do one thing again and again until the api dies over it."""
    try:
        while True:
            await act()
    except (aiohttp.ClientError, ConnectionError):
        return True
