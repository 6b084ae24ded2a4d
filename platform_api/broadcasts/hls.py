"""The hls process's control API: broadcasts opened, fed by a room's tap, ended, removed. Calls are signed."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from joserfc.jwk import OKPKey

from platform_api.clock import Clock
from platform_api.control import ControlCalls
from platform_api.errors import HlsUnavailable
from platform_api.metrics import Metrics
from platform_api.signing import HLS_AUDIENCE


class Feed(msgspec.Struct, frozen=True):
    """Where a broadcast waits for a tap's packets."""

    rtp_host: str
    rtp_port: int


class Shown(msgspec.Struct, frozen=True):
    """A broadcast the hls process knows, as far as the platform asks."""

    rtp_port: int = 0
    """Where it waits for packets, the same across restarts unless somebody else took it; 0: it has ended."""


class BroadcastOver(Exception):
    """The hls process has ended this broadcast and does not go on with it."""


class HlsControl:
    """Calls one hls process. No answer, or a senseless one, is HlsUnavailable: a page is told 503 and asks again."""

    def __init__(self, url: str, key: OKPKey, metrics: Metrics, now: Clock) -> None:
        self._calls = ControlCalls("hls", url, HLS_AUDIENCE, key, metrics.hls_calls, now, HlsUnavailable)

    async def open(self, broadcast_id: str, title: str) -> Feed:
        """Open a broadcast or find it open. Raises BroadcastOver, HlsUnavailable."""
        body = msgspec.json.encode({"title": title})
        status, content = await self._calls.call("open", "PUT", _path(broadcast_id), body)
        if status in (200, 201):
            return self._calls.decode("open", content, Feed)
        if status in (409, 410):
            raise BroadcastOver
        raise self._calls.unexpected("open", status, content)

    async def set_tap(self, broadcast_id: str, tap: msgspec.Raw) -> None:
        """Say what the packets are that come. Raises BroadcastOver, HlsUnavailable."""
        status, content = await self._calls.call("set_tap", "PUT", f"{_path(broadcast_id)}/tap", bytes(tap))
        if status in (409, 410):
            raise BroadcastOver
        if status not in (200, 204):
            raise self._calls.unexpected("set_tap", status, content)

    async def show(self, broadcast_id: str) -> Shown | None:
        """The broadcast, live or recorded; None: there is none. Raises HlsUnavailable."""
        status, content = await self._calls.call("show", "GET", _path(broadcast_id))
        if status == 404:
            return None
        if status != 200:
            raise self._calls.unexpected("show", status, content)
        return self._calls.decode("show", content, Shown)

    async def end(self, broadcast_id: str) -> None:
        """End it; what was shown stays as a recording. One that is not there has ended. Raises HlsUnavailable."""
        status, content = await self._calls.call("end", "POST", f"{_path(broadcast_id)}/end")
        if status not in (200, 204, 404, 409, 410):
            raise self._calls.unexpected("end", status, content)

    async def remove(self, broadcast_id: str) -> None:
        """Remove it with its recording; one that is not there is removed. Raises HlsUnavailable."""
        status, content = await self._calls.call("remove", "DELETE", _path(broadcast_id))
        if status not in (200, 204, 404, 410):
            raise self._calls.unexpected("remove", status, content)

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()


def _path(broadcast_id: str) -> str:
    return f"/control/v1/broadcasts/{quote(broadcast_id, safe='')}"
