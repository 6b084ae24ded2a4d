"""Tasks end with their owner; what a thread is at is not left in the middle."""

from __future__ import annotations

import asyncio
import threading

import pytest

from interprocess.tasks import end, in_thread


async def forever() -> None:
    await asyncio.Event().wait()


async def test_all_have_ended_and_who_was_never_started_is_no_task() -> None:
    tasks = [asyncio.create_task(forever()) for _ in range(3)]
    await end(None, *tasks)
    assert all(task.cancelled() for task in tasks)
    await end()


async def test_what_a_task_failed_with_is_raised_when_all_have_ended() -> None:
    async def failing() -> None:
        raise ValueError("its own")

    failed, other = asyncio.create_task(failing()), asyncio.create_task(forever())
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="its own"):
        await end(failed, other)
    assert other.cancelled()


async def test_a_cancellation_of_who_waits_is_not_swallowed() -> None:
    let_go = asyncio.Event()

    async def reluctant() -> None:
        try:
            await forever()
        finally:
            await let_go.wait()

    task = asyncio.create_task(reluctant())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(end(task))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    let_go.set()
    await asyncio.wait([task])


async def test_a_thread_is_waited_for_however_often_its_caller_is_cancelled() -> None:
    began, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> str:
        began.set()
        go_on.wait(20)
        done.set()
        return "made"

    async def caller() -> str:
        return await in_thread(work)

    task = asyncio.create_task(caller())
    await asyncio.to_thread(began.wait, 20)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()
    assert await caller() == "made"


async def test_its_error_is_the_callers() -> None:
    def fail() -> None:
        raise OSError("the disk")

    with pytest.raises(OSError, match="the disk"):
        await in_thread(fail)
