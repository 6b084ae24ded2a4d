"""A school writes: thousands of pages hold an event socket, some hundred messages a second are sent to chats of fifty.

Sends come as an open loop, each at its own time whether the one before was answered or not; a time of sending or of
delivery runs from when the send was due. A send that is not answered is repeated with its client id until it is. At the
end every page must have every message of its chat that was answered, once; the chats themselves are read as well.
"""

from __future__ import annotations

import asyncio
import gc
import random
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from loadtest.page import Page
from loadtest.platform import ChatOfMany, Platform, PlatformError
from loadtest.processes import cpu_seconds, rss_bytes

SENDERS: Final = 64
"""Connections over which is sent."""
OPENING: Final = 100
"""Sockets that are opened at once."""
SETTLE_SECONDS: Final = 90.0
"""How long after the last send deliveries are waited for."""
LOOK_SECONDS: Final = 0.01
"""Time between two looks at how late the tester itself is."""
WORDS: Final = ("урок", "домашнее", "задание", "завтра", "контрольная", "экскурсия", "спасибо", "хорошо", "кабинет")


@dataclass(frozen=True)
class Plan:
    """What is done."""

    sockets: int
    rate: float
    duration: float
    size: int = 50
    kill: bool = False
    seed: int = 1


@dataclass
class Book:
    """What was sent, answered and seen."""

    due: dict[str, float] = field(default_factory=dict)
    """Moment by client id (seconds, monotonic)."""
    answered: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Chat and number by client id."""
    send_ms: list[float] = field(default_factory=list)
    deliver_ms: list[float] = field(default_factory=list)
    refused: int = 0
    repeated: int = 0
    restart_s: float | None = None
    """From kill -9 until the new process answers."""
    recovery_s: float | None = None
    """From kill -9 until every page has its socket again."""

    lag_ms: list[float] = field(default_factory=list)
    """By how much the tester itself came late, looked at all the time: it is within every time here."""

    def seen(self, _token: str, _number: int, client_id: str) -> None:
        """A page has a message."""
        self.deliver_ms.append(1000.0 * (time.perf_counter() - self.due[client_id]))


async def run(plan: Plan, show: Callable[[float], None], step: Callable[[str], None]) -> dict[str, Any]:
    """Carry the plan out on a server of its own; the figures. Raises PlatformError."""
    # Both sides hold every socket; the server inherits what is allowed here.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * plan.sockets + 1000)), hard))
    with tempfile.TemporaryDirectory(prefix="sfera-loadtest-") as name:
        platform = Platform(Path(name))
        step("making a school")
        chats = await platform.fill(-(-plan.sockets // plan.size), plan.size)
        try:
            await platform.start()
            return await _measure(plan, platform, chats, show, step)
        finally:
            platform.stop()


async def _measure(
    plan: Plan,
    platform: Platform,
    chats: list[ChatOfMany],
    show: Callable[[float], None],
    step: Callable[[str], None],
) -> dict[str, Any]:
    book = Book()
    connector = aiohttp.TCPConnector(limit=SENDERS)
    async with aiohttp.ClientSession(
        platform.base, connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        await _warm_up(session, chats)
        before = rss_bytes([platform.pid])
        pages = [Page(platform.port, chat.id, token, session, book.seen) for chat in chats for token in chat.tokens][
            : plan.sockets
        ]
        step("opening sockets")
        await _open(pages)
        gc.collect()
        gc.freeze()
        step("sending")
        opened = rss_bytes([platform.pid])
        cpu, own_cpu = cpu_seconds([platform.pid]), time.process_time()
        watching = asyncio.create_task(_watch_self(book))
        await _send_all(plan, platform, chats, pages, session, book, show)
        watching.cancel()
        cpu = 0.0 if plan.kill else cpu_seconds([platform.pid]) - cpu
        own_cpu = time.process_time() - own_cpu
        step("waiting for deliveries")
        await _settle(pages, book)
        after = rss_bytes([platform.pid])
        kept = await _read_chats(session, chats)
        for page in pages:
            await page.stop()
    lost, doubled = _judge(pages, book, kept)
    return {
        "sockets": len(pages),
        "rate": plan.rate,
        "duration": plan.duration,
        "killed": plan.kill,
        "sent": len(book.due),
        "answered": len(book.answered),
        "refused": book.refused,
        "repeated": book.repeated,
        "restart_s": book.restart_s,
        "recovery_s": book.recovery_s,
        "resumed": sum(page.resumed for page in pages),
        "send_p50_ms": quantile(book.send_ms, 0.5),
        "send_p99_ms": quantile(book.send_ms, 0.99),
        "delivered": len(book.deliver_ms),
        "deliver_p50_ms": quantile(book.deliver_ms, 0.5),
        "deliver_p99_ms": quantile(book.deliver_ms, 0.99),
        "lost": lost,
        "doubled": doubled,
        "kib_per_socket": round((max(opened, after) - before) / 1024 / max(1, len(pages)), 1),
        "server_cpu_cores": round(cpu / plan.duration, 3),
        "tester_cpu_cores": round(own_cpu / plan.duration, 3),
        "tester_lag_p50_ms": quantile(book.lag_ms, 0.5),
        "tester_lag_p99_ms": quantile(book.lag_ms, 0.99),
        "server_mib": round(after / 2**20, 1),
    }


async def _warm_up(session: aiohttp.ClientSession, chats: list[ChatOfMany]) -> None:
    """Let the server load what it loads once, before its memory is looked at."""
    for chat in chats[:10]:
        cookie = {"Cookie": f"sfera_session={chat.tokens[0]}"}
        async with session.get("/api/v1/chats", headers=cookie) as response:
            if response.status != 200:
                raise PlatformError(f"the api answers {response.status}")
            await response.read()


async def _open(pages: list[Page]) -> None:
    for start in range(0, len(pages), OPENING):
        some = pages[start : start + OPENING]
        for page in some:
            page.start()
        async with asyncio.timeout(60.0):
            await asyncio.gather(*(page.ready.wait() for page in some))


async def _send_all(
    plan: Plan,
    platform: Platform,
    chats: list[ChatOfMany],
    pages: list[Page],
    session: aiohttp.ClientSession,
    book: Book,
    show: Callable[[float], None],
) -> None:
    """The open loop of sends, and in the middle of it, where that is planned, the end of the server."""
    dice = random.Random(plan.seed)
    # Not the loop's clock: uvloop's counts milliseconds.
    start, count = time.perf_counter() + 0.1, round(plan.rate * plan.duration)
    killing = asyncio.create_task(_kill(platform, pages, book, plan.duration / 2)) if plan.kill else None
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            due = start + number / plan.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            show(due - start)
            chat = chats[number % len(chats)]
            body = {"client_id": f"n{number}", "text": " ".join(dice.choices(WORDS, k=dice.randint(2, 14)))}
            book.due[f"n{number}"] = due
            group.create_task(_send(session, chat.id, dice.choice(chat.tokens), body, book))
    if killing is not None:
        await killing


async def _watch_self(book: Book) -> None:
    """Note how late this process comes to what is due."""
    while True:
        due = time.perf_counter() + LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
        book.lag_ms.append(max(0.0, 1000.0 * (time.perf_counter() - due)))


async def _kill(platform: Platform, pages: list[Page], book: Book, after: float) -> None:
    """kill -9, a new process, and how long it takes until that answers and until every page is back."""
    await asyncio.sleep(after)
    killed = time.perf_counter()
    platform.kill()
    await platform.start()
    book.restart_s = round(time.perf_counter() - killed, 2)
    async with asyncio.timeout(SETTLE_SECONDS):
        await asyncio.gather(*(page.ready.wait() for page in pages))
    book.recovery_s = round(time.perf_counter() - killed, 2)


async def _send(session: aiohttp.ClientSession, chat: str, token: str, body: dict[str, str], book: Book) -> None:
    """Send until it is answered."""
    client_id = body["client_id"]
    headers = {"Cookie": f"sfera_session={token}", "X-Sfera": "1"}
    while True:
        try:
            async with session.post(f"/api/v1/chats/{chat}/messages", json=body, headers=headers) as response:
                answer = await response.json()
                status = response.status
        except (aiohttp.ClientError, OSError):
            book.repeated += 1
            await asyncio.sleep(0.2)
            continue
        if status in (200, 201):
            book.send_ms.append(1000.0 * (time.perf_counter() - book.due[client_id]))
            book.answered[client_id] = (chat, answer["number"])
            return
        if status != 503:
            book.refused += 1
            return
        book.repeated += 1
        await asyncio.sleep(0.2)


async def _settle(pages: list[Page], book: Book) -> None:
    """Wait until every page has as many messages as its chat was sent, or for long enough."""
    wanted: dict[str, int] = {}
    for chat, _ in book.answered.values():
        wanted[chat] = wanted.get(chat, 0) + 1
    end = asyncio.get_running_loop().time() + SETTLE_SECONDS
    while asyncio.get_running_loop().time() < end:
        if all(len(page.numbers) >= wanted.get(page.chat, 0) for page in pages):
            return
        await asyncio.sleep(0.1)


async def _read_chats(session: aiohttp.ClientSession, chats: list[ChatOfMany]) -> dict[str, list[tuple[int, str]]]:
    """What stands in each chat: numbers and client ids."""
    found: dict[str, list[tuple[int, str]]] = {}
    for chat in chats:
        cookie = {"Cookie": f"sfera_session={chat.tokens[0]}"}
        after: int | None = 0
        found[chat.id] = []
        while after is not None:
            path = f"/api/v1/chats/{chat.id}/messages?limit=100&after={after}"
            async with session.get(path, headers=cookie) as response:
                history = await response.json()
            found[chat.id] += [(message["number"], message["client_id"]) for message in history["items"]]
            after = history["after"]
    return found


def _judge(pages: list[Page], book: Book, kept: dict[str, list[tuple[int, str]]]) -> tuple[int, int]:
    """Answered messages that a page, or the chat itself, does not have; and those that are there twice."""
    numbers: dict[str, set[int]] = {}
    for chat, number in book.answered.values():
        numbers.setdefault(chat, set()).add(number)
    lost = sum(len(numbers.get(page.chat, set()) - page.numbers) for page in pages)
    doubled = sum(page.doubled for page in pages)
    for chat, messages in kept.items():
        lost += len(numbers.get(chat, set()) - {number for number, _ in messages})
        doubled += len(messages) - len({client_id for _, client_id in messages})
    return lost, doubled


def quantile(values: list[float], part: float) -> float | None:
    """A quantile, by the nearest rank; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 2)
