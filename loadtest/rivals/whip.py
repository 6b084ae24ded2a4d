"""Any server that speaks WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): one publisher a room, everybody else plays.

It is found by its addresses and stays somebody else's: it is neither started nor stopped. `{room}` in an address is the
number of the room, from 0. CPU and memory are counted where it runs on this machine and its process is named.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import aiohttp

from loadtest._engine import Engine
from loadtest.figures import Kind
from loadtest.lesson import Plan
from loadtest.rivals import sdp
from loadtest.rivals.lines import Lines, Source, Track

AT_ONCE: Final = 8
"""Streams that are set up side by side."""
REQUEST_SECONDS: Final = 20.0


class WhipError(Exception):
    """The server refused a stream, or the load is not one that WHIP can carry."""


@dataclass(frozen=True)
class Addresses:
    """Where to publish and to play; a token is sent as bearer where it is not empty."""

    publish_url: str
    play_url: str
    publish_token: str = ""
    play_token: str = ""


class WhipServer:
    """`start`, `set_up`, `stop`. Raises `WhipError`, `PathError`, `SdpError`."""

    def __init__(self, addresses: Addresses, *, name: str = "The other server", pid: int | None = None) -> None:
        self.name, self.pid = name, pid
        self._addresses = addresses
        self._stack = AsyncExitStack()
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """It runs already."""
        timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
        self._http = await self._stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))

    async def stop(self) -> None:
        """End the streams; idempotent."""
        await self._stack.aclose()

    async def set_up(self, plan: Plan, engine: Engine) -> Lines:
        """Publish one stream a room, then play it for everybody else."""
        if plan.cameras > 1 or plan.voices > 1 or not plan.cameras + plan.voices:
            raise WhipError("over WHIP one participant publishes: at most one camera and one voice")
        lines = Lines(plan, engine)
        self._stack.callback(lines.close)
        at_once = asyncio.Semaphore(AT_ONCE)
        for room in range(plan.rooms):
            sources = await self._publish(lines, room)
            others = range(1, plan.participants)
            await asyncio.gather(*(self._play(lines, at_once, room, other, sources) for other in others))
        return lines

    async def _publish(self, lines: Lines, room: int) -> list[Source]:
        local = lines.local()
        tracks = [Track.new(kind, str(mid)) for mid, kind in enumerate(_kinds(lines.plan))]
        where = self._addresses
        remote = await self._post(where.publish_url, where.publish_token, room, sdp.offer(local, tracks))
        line = await lines.line(room, 0, local, remote)
        return [
            lines.send(room, 0, line, track, section) for track, section in zip(tracks, remote.sections, strict=True)
        ]

    async def _play(
        self, lines: Lines, at_once: asyncio.Semaphore, room: int, participant: int, sources: list[Source]
    ) -> None:
        async with at_once:
            local, where = lines.local(), self._addresses
            offer = sdp.offer_to_receive(local, [source.kind for source in sources])
            remote = await self._post(where.play_url, where.play_token, room, offer)
            line = await lines.line(room, participant, local, remote)
            for source, section in zip(sources, remote.sections, strict=True):
                lines.expect(line, source, section)

    async def _post(self, address: str, token: str, room: int, offer: str) -> sdp.Remote:
        """One stream, ended by DELETE when the server is left."""
        assert self._http is not None, "it has not been started"
        url = address.replace("{room}", str(room))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with self._http.post(
                url, data=offer, headers={**headers, "Content-Type": "application/sdp"}, allow_redirects=True
            ) as answer:
                text = await answer.text()
                if answer.status != 201:
                    raise WhipError(f"{url}: {answer.status} {text[:200]}")
                place = urljoin(str(answer.url), answer.headers.get("Location", ""))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise WhipError(f"{url}: {error!r}") from error
        self._stack.push_async_callback(_leave, self._http, place, headers)
        remote = sdp.read(text)
        if not all(section.accepted for section in remote.sections):
            raise WhipError(f"{url}: the server does not take VP8 and Opus")
        return remote


def _kinds(plan: Plan) -> list[Kind]:
    """What the one publisher of a room sends."""
    kinds: list[tuple[int, Kind]] = [(plan.voices, "audio"), (plan.cameras, "video")]
    return [kind for count, kind in kinds if count]


async def _leave(http: aiohttp.ClientSession, place: str, headers: dict[str, str]) -> None:
    """End a stream. A server that is gone has ended it by itself."""
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        async with http.delete(place, headers=headers):
            pass
