"""Bodies of requests, read within bounds of length and time: any HTTP listener's, whoever sends them."""

from __future__ import annotations

import asyncio
from typing import Literal

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError


class BodyRefused(Exception):
    """The body was not read. `code` is what a problem document says."""

    def __init__(self, code: Literal["body_too_large", "broken_body", "slow_body"], detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


async def read_bounded(request: web.Request, most: int, seconds: float) -> bytes:
    """The body, if it is at most `most` bytes long and comes within `seconds`; what is longer is not read to its end.
    Raises `BodyRefused`."""
    too_large = BodyRefused("body_too_large", f"The body is longer than {most} bytes.")
    if (request.content_length or 0) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            # Not request.read(): its limit is one for the whole application.
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise BodyRefused("slow_body", "The body did not come in time.") from None
    except (OSError, ClientError, HttpProcessingError, web.RequestPayloadError) as error:
        # Nobody reads the answer where the sender has left; it is no failure of ours.
        raise BodyRefused("broken_body", f"The body broke off: {type(error).__name__}.") from None
    return bytes(body)
