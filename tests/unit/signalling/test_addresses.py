"""Sockets are counted by where they come from, and a server whose worker stands still ends."""

from __future__ import annotations

import pytest

from signalling.server import WORKER_STOPPED_EXIT
from tests.unit.signalling.conftest import Media


@pytest.mark.parametrize("options", [{"max_sockets_per_address": 2, "proxies": []}])
async def test_one_socket_too_many_is_refused_until_another_closes(media: Media) -> None:
    first = await media.open()
    await media.open()
    async with media.http.get(media.url) as refused:
        assert (refused.status, (await refused.json())["code"]) == (429, "too_many_sockets")
    assert media.metric("sockets_refused_total", cause="too_many_from_address") == 1
    await first.raw.close()
    await media.until(lambda: media.metric("sockets") == 1)
    await media.open()


async def test_a_worker_that_stands_still_ends_the_process(media: Media) -> None:
    codes: list[int] = []
    media.server._give_up = codes.append
    media.worker.hung = True
    await media.until(lambda: bool(codes))
    assert codes == [WORKER_STOPPED_EXIT]
    async with media.http.get(f"{media.control}/health") as answer:
        assert (answer.status, (await answer.json())["status"]) == (503, "stuck")
