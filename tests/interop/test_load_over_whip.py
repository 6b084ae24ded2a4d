"""The load tester puts a lesson on any server that speaks WHIP and WHEP: here on ours, by its standard doors."""

from __future__ import annotations

import pytest

from loadtest.lesson import Plan
from loadtest.rivals.compare import through
from loadtest.rivals.whip import Addresses, WhipError, WhipServer
from loadtest.traces import CHROMIUM, read
from tests.interop.media import MediaProcess
from tests.interop.standard import Standard, at


async def addresses(standard: Standard) -> Addresses:
    room = await standard.open_room()
    return Addresses(
        f"{standard.base}/whip/{room}",
        f"{standard.base}/whep/{room}",
        standard.key(room),
        standard.key(room, "play", name="Load"),
    )


@pytest.mark.parametrize("srtp", ["gcm", "cm"])
async def test_everybody_is_sent_what_one_publishes(shared_media_process: MediaProcess, srtp: str) -> None:
    plan = Plan(rooms=1, participants=5, cameras=1, voices=1, srtp=srtp)
    steps: list[str] = []
    async with at(shared_media_process) as standard:
        server = WhipServer(await addresses(standard), name="a door of ours", pid=shared_media_process.pid)
        found = await through(server, plan, 1.5, cpu=-1, show=lambda _: None, step=steps.append)
        assert found["delivered"] == 1 and found["loss"] == 0 and found["corrupt"] == 0
        # 110 packets a second of the camera and 50 of the voice, to each of four.
        assert found["expected"] == pytest.approx(1.5 * 160 * 4, rel=0.3)
        assert found["cpu_s_per_million"] is not None and found["rss_mib"] > 10
        assert steps == ["a door of ours"]


async def test_a_recorded_lesson_goes_the_same_way(shared_media_process: MediaProcess) -> None:
    plan = Plan(rooms=1, participants=3, cameras=1, voices=1, recorded=read(CHROMIUM))
    async with at(shared_media_process) as standard:
        server = WhipServer(await addresses(standard))
        found = await through(server, plan, 1.5, cpu=-1, show=lambda _: None, step=lambda _: None)
    assert found["delivered"] == 1 and found["expected"] > 100
    # Of a server that is only known by its address nothing is claimed that cannot be seen.
    assert found["cpu_s_per_million"] is None and found["rss_mib"] is None and found["server_dropped"] is None


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (Plan(participants=3, cameras=2, voices=1), "at most one camera"),
        (Plan(participants=3, cameras=1, voices=1), "401"),
    ],
    ids=["too much", "no key"],
)
async def test_a_refusal_is_said_in_words(shared_media_process: MediaProcess, plan: Plan, says: str) -> None:
    async with at(shared_media_process) as standard:
        named = await addresses(standard)
        server = WhipServer(Addresses(named.publish_url, named.play_url))
        with pytest.raises(WhipError, match=says):
            await through(server, plan, 1, cpu=-1, show=lambda _: None, step=lambda _: None)
