"""Tasks that run as long as their owner and end with it, and what must not be left in the middle then."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable
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


async def in_thread(function: Callable[[], T]) -> T:
    """Have a thread carry a function out, and await it to its end; only then raise a cancellation of the caller.

    For what a thread does with a thing of the caller's: a thread cannot be cancelled, and the thing must not be closed
    under it. The caller goes on in the second turn of the loop after the end; a task around `asyncio.to_thread` would
    cost it five, each of them as long as what else the loop has to do.
    """
    loop = asyncio.get_running_loop()
    outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
    waiter = loop.create_future()

    def work() -> None:
        try:
            outcome.set_result(function())
        except BaseException as error:
            outcome.set_exception(error)
        loop.call_soon_threadsafe(wake)

    def wake() -> None:
        if not waiter.done():
            waiter.set_result(None)

    loop.run_in_executor(None, work)
    cancelled: asyncio.CancelledError | None = None
    while not outcome.done():
        try:
            await waiter
        except asyncio.CancelledError as error:
            cancelled, waiter = error, loop.create_future()
    if cancelled is not None:
        raise cancelled from outcome.exception()
    return outcome.result()
