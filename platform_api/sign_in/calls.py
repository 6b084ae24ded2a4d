"""Calls of providers over HTTP: bounded in time and size, never redirected."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TypeVar

import aiohttp
import msgspec

from platform_api.sign_in.provider import Refused, Unavailable

TIMEOUT = aiohttp.ClientTimeout(total=10.0, sock_connect=3.0)
MAX_ANSWER = 256 * 1024

T = TypeVar("T")


class ProviderCalls:
    """One provider's HTTP."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, form: type[T], *, bearer: str = "") -> T:
        """GET as a struct. Raises Refused (4xx, or not of the form), Unavailable."""
        return await self._call("GET", url, form, bearer=bearer)

    async def post(
        self, url: str, fields: Mapping[str, str], form: type[T], *, basic: tuple[str, str] | None = None
    ) -> T:
        """POST a form, the answer as a struct. Raises Refused (4xx, or not of the form), Unavailable."""
        return await self._call("POST", url, form, fields=fields, basic=basic)

    async def close(self) -> None:
        """Let connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(
        self,
        method: str,
        url: str,
        form: type[T],
        *,
        fields: Mapping[str, str] | None = None,
        bearer: str = "",
        basic: tuple[str, str] | None = None,
    ) -> T:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False)
        headers = {"Accept": "application/json"}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        if basic is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
        try:
            async with self._session.request(
                method, url, data=fields, headers=headers, allow_redirects=False
            ) as response:
                body = await response.content.read(MAX_ANSWER + 1)
                # One read may bring less than all of it.
                while len(body) <= MAX_ANSWER and (more := await response.content.read(MAX_ANSWER + 1 - len(body))):
                    body += more
                status = response.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Unavailable(type(error).__name__) from error
        if len(body) > MAX_ANSWER:
            raise Unavailable("the answer is too long")
        if status >= 500 or 300 <= status < 400:
            raise Unavailable(f"status {status}")
        if status != 200:
            raise Refused(f"status {status}")
        try:
            return msgspec.json.decode(body, type=form)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Refused("the answer is not of the known form") from error
