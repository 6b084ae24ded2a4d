"""The media node's control API: rooms made before tickets, ended with lessons, tapped for broadcasts."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
from joserfc.jwk import OKPKey

from platform_api.clock import Clock
from platform_api.control import ControlCalls, code_of
from platform_api.errors import MediaUnavailable
from platform_api.lessons.rules import Policy
from platform_api.metrics import Metrics
from platform_api.signing import CONTROL_AUDIENCE


class RoomEnded(Exception):
    """The media node ended this room and will not open it again."""


class NoRoom(Exception):
    """The media node has no such room now."""


class RoomParticipant(msgspec.Struct, frozen=True):
    """Somebody in a room, as far as the platform asks."""

    id: str
    person: str = ""


class RoomTap(msgspec.Struct, frozen=True):
    """A tap of a room: for which broadcast, to which UDP port."""

    id: str
    port: int = 0


class Room(msgspec.Struct, frozen=True):
    """A room on the media node, as far as the platform asks."""

    id: str
    participants: list[RoomParticipant] = []
    waiting: int = 0
    """People in the lobby."""
    started_at: float = 0.0
    """When the node opened it, Unix seconds: a room opened anew under the same id is another room."""
    taps: list[RoomTap] = []

    @property
    def empty(self) -> bool:
        """Whether nobody is in it nor waits to be let in."""
        return not self.participants and self.waiting == 0

    def has(self, person_id: str) -> bool:
        """Whether the person is in it with some device."""
        return any(participant.person == person_id for participant in self.participants)

    def is_tapped(self, tap_id: str, port: int) -> bool:
        """Whether the tap of this id is open and leads to this port."""
        return any((tap.id, tap.port) == (tap_id, port) for tap in self.taps)

    @property
    def began(self) -> datetime:
        """`started_at` in whole milliseconds, as the database keeps it."""
        return datetime.fromtimestamp(round(self.started_at * 1000) / 1000, UTC)


class RoomList(msgspec.Struct, frozen=True):
    """Answer of GET /rooms."""

    rooms: list[Room]


class MediaControl:
    """Calls one media node. No answer, or a senseless one, is MediaUnavailable: a page is told 503 and asks again."""

    def __init__(self, url: str, key: OKPKey, metrics: Metrics, now: Clock) -> None:
        self._calls = ControlCalls("media", url, CONTROL_AUDIENCE, key, metrics.media_calls, now, MediaUnavailable)

    async def put_room(self, room_id: str, title: str, policy: Policy) -> Room:
        """Make the room or leave it as it is. Raises RoomEnded, MediaUnavailable."""
        body = msgspec.json.encode({"title": title, "floor": policy.floor, "max": policy.max, "lobby": policy.lobby})
        status, content = await self._calls.call("put_room", "PUT", _room_path(room_id), body)
        if status == 200:
            return self._calls.decode("put_room", content, Room)
        if code_of(content) == "room_ended":
            raise RoomEnded
        raise self._calls.unexpected("put_room", status, content)

    async def end_room(self, room_id: str) -> None:
        """End the room for all; one that is not there is ended. Raises MediaUnavailable."""
        status, content = await self._calls.call("end_room", "DELETE", _room_path(room_id))
        if status not in (200, 204, 404, 410) and code_of(content) != "room_ended":
            raise self._calls.unexpected("end_room", status, content)

    async def remove_person(self, room_id: str, person_id: str) -> None:
        """Take somebody out of a room with every device; no room holds nobody. Raises MediaUnavailable."""
        body = msgspec.json.encode({"person": person_id})
        status, content = await self._calls.call("remove_person", "POST", f"{_room_path(room_id)}/remove", body)
        if status not in (200, 204, 404, 409, 410):
            raise self._calls.unexpected("remove_person", status, content)

    async def rooms(self) -> list[Room]:
        """All rooms and who is in them. Raises MediaUnavailable."""
        status, content = await self._calls.call("list_rooms", "GET", "/control/v1/rooms")
        if status != 200:
            raise self._calls.unexpected("list_rooms", status, content)
        return self._calls.decode("list_rooms", content, RoomList).rooms

    async def tap_room(self, room_id: str, tap_id: str, host: str, port: int) -> msgspec.Raw:
        """Let the room's stage and loudest voices flow to this address as plain RTP; a former tap of this id ends.

        Returns the tap's description, for whoever reads it. Raises NoRoom, RoomEnded, MediaUnavailable.
        """
        body = msgspec.json.encode({"id": tap_id, "host": host, "port": port})
        status, content = await self._calls.call("tap_room", "POST", f"{_room_path(room_id)}/taps", body)
        if status in (200, 201):
            return self._calls.decode("tap_room", content, msgspec.Raw)
        if code_of(content) == "room_ended":
            raise RoomEnded
        if status == 404:
            raise NoRoom
        raise self._calls.unexpected("tap_room", status, content)

    async def untap_room(self, room_id: str, tap_id: str) -> None:
        """Take the tap away; one that is not there is gone. Raises MediaUnavailable."""
        path = f"{_room_path(room_id)}/taps/{quote(tap_id, safe='')}"
        status, content = await self._calls.call("untap_room", "DELETE", path)
        if status not in (200, 204, 404, 410) and code_of(content) != "room_ended":
            raise self._calls.unexpected("untap_room", status, content)

    async def revoke_keys(self, room_id: str, keys: list[str]) -> None:
        """Tell the whole list of a room's revoked stream keys. Raises NoRoom, MediaUnavailable."""
        body = msgspec.json.encode({"keys": keys})
        status, content = await self._calls.call("revoke_keys", "PUT", f"{_room_path(room_id)}/revoked", body)
        if status == 404:
            raise NoRoom
        if status != 204:
            raise self._calls.unexpected("revoke_keys", status, content)

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()


def _room_path(room_id: str) -> str:
    return f"/control/v1/rooms/{quote(room_id, safe='')}"
