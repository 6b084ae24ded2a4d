"""Signed calls of another process's control API, and what comes back from them."""

from __future__ import annotations

from typing import TypeVar

import aiohttp
import msgspec
import structlog
from joserfc.jwk import OKPKey
from prometheus_client import Counter
from yarl import URL

from platform_api.clock import Clock
from platform_api.errors import ApiError
from platform_api.signing import sign_call

TIMEOUT = aiohttp.ClientTimeout(total=3.0, sock_connect=1.0)
RETRY_AFTER = 1
"""Seconds after which a page may try again; the supervisor has a dead process back by then."""
MAX_ANSWER = 8 * 1024 * 1024

T = TypeVar("T")
log = structlog.get_logger("sfera.api")


class _Problem(msgspec.Struct, frozen=True):
    code: str = ""


class ControlCalls:
    """Calls one process (`name`). No answer, or a senseless one, is the refusal `away`: a page is told 503 and asks
    again.

    Args:
        url: base address of its control API.
        audience: whom the calls' tokens are for.
        counter: counts the calls; its labels are call and result.
    """

    def __init__(
        self, name: str, url: str, audience: str, key: OKPKey, counter: Counter, now: Clock, away: type[ApiError]
    ) -> None:
        self._name = name
        self._base = url.rstrip("/")
        self._audience = audience
        self._key = key
        self._counter = counter
        self._now = now
        self._away = away
        self._session: aiohttp.ClientSession | None = None

    async def call(self, call: str, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """One call: status and body of the answer. `call` names it in metrics and logs. Raises the refusal `away`."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False)
        url = URL(self._base + path, encoded=True)
        token = sign_call(self._key, self._audience, method, url.raw_path_qs, body, self._now().timestamp())
        headers = {"Authorization": token}
        if body:
            headers["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                method, url, data=body or None, headers=headers, allow_redirects=False
            ) as response:
                content = await _read(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._counter.labels(call, "no_answer").inc()
            log.warning("control_no_answer", process=self._name, call=call, error=type(error).__name__)
            raise self._away(retry_after=RETRY_AFTER) from error
        self._counter.labels(call, str(response.status)).inc()
        return response.status, content

    def unexpected(self, call: str, status: int, content: bytes) -> ApiError:
        """The refusal for an answer that says no where there is no reason to."""
        log.error("control_refused", process=self._name, call=call, status=status, code=code_of(content))
        return self._away(retry_after=RETRY_AFTER)

    def decode(self, call: str, content: bytes, form: type[T]) -> T:
        """The answer as a struct. Raises the refusal `away`."""
        try:
            return msgspec.json.decode(content, type=form)
        except msgspec.DecodeError as error:
            log.error("control_answer_unreadable", process=self._name, call=call, error=str(error))
            raise self._away(retry_after=RETRY_AFTER) from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def code_of(content: bytes) -> str:
    """The code of a problem document, empty where it is none."""
    try:
        return msgspec.json.decode(content, type=_Problem).code
    except msgspec.DecodeError:
        return ""


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole body; what is longer than any answer of ours is an error of the connection."""
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > MAX_ANSWER:
            raise aiohttp.ClientPayloadError("the answer is too long")
    return bytes(content)
