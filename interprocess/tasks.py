"""Tasks that run as long as their owner, and end with it."""

from __future__ import annotations

import asyncio
from typing import Any


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
