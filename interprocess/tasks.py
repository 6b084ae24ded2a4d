"""Tasks that run as long as their owner and end with it, and what must not be left in the middle then."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def end(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel tasks and wait until all have ended. None stands for one that was never started.

    Raises what a task ended with if that was not its cancellation. A cancellation of the caller stays the caller's:
    awaiting the tasks themselves would take it for theirs.
    """
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
    for task in running:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


async def through(work: Coroutine[Any, Any, T]) -> T:
    """Await something to its end, and only then raise a cancellation of the caller.

    For what a thread does with a thing of the caller's: a thread cannot be cancelled, and the thing must not be closed
    under it.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from task.exception()
    return task.result()
