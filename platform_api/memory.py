"""The api's garbage is looked for where it comes to be: among what is new.

Thousands of open sockets are half a million objects that the collector walks through again and again, 150 ms each time,
in which nobody is answered. So what has outlived a full collection is set aside (`gc.freeze`), and the next one looks
only at what came since. Among what is set aside garbage comes to be as well, since connections that are gone are cycles
(aiohttp's request and its socket point to one another): a few times an hour everything is looked at.
"""

from __future__ import annotations

import asyncio
import gc
from typing import Any, Final

from aiohttp import web

from interprocess.tasks import end

EVERYTHING_SECONDS: Final = 1200.0
"""Time between two looks at everything: what gathers between them is what a page holds that came and went, some 30 KiB,
a hundred times a minute on a bad day."""


class Garbage:
    """The collector of this process, from `start` to `stop`."""

    def __init__(self, everything_seconds: float = EVERYTHING_SECONDS) -> None:
        self._everything_seconds = everything_seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Call it once everything has been loaded: that stays, and is set aside at once."""
        gc.callbacks.append(_set_aside)
        gc.collect()
        self._task = asyncio.create_task(self._run(), name="garbage")

    async def stop(self) -> None:
        """Let the collector work as it does by itself."""
        await end(self._task)
        if _set_aside in gc.callbacks:
            gc.callbacks.remove(_set_aside)
        gc.unfreeze()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._everything_seconds)
            gc.unfreeze()
            gc.collect()


def _set_aside(phase: str, info: dict[str, Any]) -> None:
    """What is left after a full collection."""
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()


GARBAGE: web.AppKey[Garbage] = web.AppKey("garbage", Garbage)
"""The process's collector."""
