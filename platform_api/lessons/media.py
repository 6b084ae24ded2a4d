"""The media node's control API: rooms made before tickets, ended with lessons. Calls are signed."""

from __future__ import annotations

from typing import Literal, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec
import structlog
from joserfc.jwk import OKPKey
from yarl import URL

from platform_api.clock import Clock
from platform_api.errors import MediaUnavailable
from platform_api.lessons.rules import Policy
from platform_api.metrics import Metrics
from platform_api.signing import CONTROL_AUDIENCE, sign_call

TIMEOUT = aiohttp.ClientTimeout(total=3.0, sock_connect=1.0)
RETRY_AFTER = 1
"""Seconds after which a page may ask for a ticket again; the supervisor has a dead media process back by then."""
MAX_ANSWER = 8 * 1024 * 1024

T = TypeVar("T")
Call = Literal["put_room", "end_room", "list_rooms"]
log = structlog.get_logger("sfera.api")


class RoomEnded(Exception):
    """The media node ended this room and will not open it again."""


class RoomParticipant(msgspec.Struct, frozen=True):
    """Somebody in a room, as far as the platform asks."""

    id: str
    person: str = ""


class Room(msgspec.Struct, frozen=True):
    """A room on the media node, as far as the platform asks."""

    id: str
    participants: list[RoomParticipant] = []
    waiting: int = 0
    """People in the lobby."""

    @property
    def empty(self) -> bool:
        """Whether nobody is in it nor waits to be let in."""
        return not self.participants and self.waiting == 0

    def has(self, person_id: str) -> bool:
        """Whether the person is in it with some device."""
        return any(participant.person == person_id for participant in self.participants)


class RoomList(msgspec.Struct, frozen=True):
    """Answer of GET /rooms."""

    rooms: list[Room]


class _Problem(msgspec.Struct, frozen=True):
    code: str = ""


class MediaControl:
    """Calls one media node. No answer, or a senseless one, is MediaUnavailable: a page is told 503 and asks again."""

    def __init__(self, url: str, key: OKPKey, metrics: Metrics, now: Clock) -> None:
        self._base = url.rstrip("/")
        self._key = key
        self._metrics = metrics
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def put_room(self, room_id: str, title: str, policy: Policy) -> Room:
        """Make the room or leave it as it is. Raises RoomEnded, MediaUnavailable."""
        body = msgspec.json.encode({"title": title, "floor": policy.floor, "max": policy.max, "lobby": policy.lobby})
        status, content = await self._call("put_room", "PUT", _room_path(room_id), body)
        if status == 200:
            return self._decode("put_room", content, Room)
        if self._code(content) == "room_ended":
            raise RoomEnded
        raise self._unexpected("put_room", status, content)

    async def end_room(self, room_id: str) -> None:
        """End the room for all; one that is not there is ended. Raises MediaUnavailable."""
        status, content = await self._call("end_room", "DELETE", _room_path(room_id), b"")
        if status not in (200, 204, 404, 410) and self._code(content) != "room_ended":
            raise self._unexpected("end_room", status, content)

    async def rooms(self) -> list[Room]:
        """All rooms and who is in them. Raises MediaUnavailable."""
        status, content = await self._call("list_rooms", "GET", "/control/v1/rooms", b"")
        if status != 200:
            raise self._unexpected("list_rooms", status, content)
        return self._decode("list_rooms", content, RoomList).rooms

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _call(self, call: Call, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False)
        url = URL(self._base + path, encoded=True)
        headers = {
            "Authorization": sign_call(
                self._key, CONTROL_AUDIENCE, method, url.raw_path_qs, body, self._now().timestamp()
            )
        }
        if body:
            headers["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                method, url, data=body or None, headers=headers, allow_redirects=False
            ) as response:
                content = await response.content.read(MAX_ANSWER)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._metrics.media_calls.labels(call, "no_answer").inc()
            log.warning("media_no_answer", call=call, error=type(error).__name__)
            raise MediaUnavailable(retry_after=RETRY_AFTER) from error
        self._metrics.media_calls.labels(call, str(response.status)).inc()
        return response.status, content

    def _unexpected(self, call: Call, status: int, content: bytes) -> MediaUnavailable:
        log.error("media_refused", call=call, status=status, code=self._code(content))
        return MediaUnavailable(retry_after=RETRY_AFTER)

    def _decode(self, call: Call, content: bytes, form: type[T]) -> T:
        try:
            return msgspec.json.decode(content, type=form)
        except msgspec.DecodeError as error:
            log.error("media_answer_unreadable", call=call, error=str(error))
            raise MediaUnavailable(retry_after=RETRY_AFTER) from error

    @staticmethod
    def _code(content: bytes) -> str:
        try:
            return msgspec.json.decode(content, type=_Problem).code
        except msgspec.DecodeError:
            return ""


def _room_path(room_id: str) -> str:
    return f"/control/v1/rooms/{quote(room_id, safe='')}"
