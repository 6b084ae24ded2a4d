"""What the worker holds for people who have left: nothing, as the kernel counts it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.packets.harness import WAIT, House, house, vp8

CACHE = 256 * 1024
TRACKS = 12
BODY = bytes(1100)


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def lesson(h: House, number: int) -> tuple[int, int]:
    """Cameras fill their caches and go; who came after them stays. Bytes held before they went and after."""
    senders = []
    seen = h.worker.counters()["packets_in"]
    for place in range(TRACKS):
        sender = h.path("send", participant=100 * number + place)
        senders.append(sender)
        h.video(sender, 1000 * (place + 1))
        h.path("receive", participant=100 * number + 50 + place)
        for packet in range(CACHE // len(BODY)):
            sender.send_rtp(vp8(packet, 0, ssrc=1000 * (place + 1), picture=1, key=True, body=BODY))
        seen += CACHE // len(BODY)
        h.wait_counter("packets_in", seen)
    full = resident()
    for sender in senders:
        h.worker.remove_transport(sender.handle)
    give_up = time.monotonic() + WAIT
    while h.worker.live()["caches"]:
        assert time.monotonic() < give_up
        time.sleep(0.002)
    return full, resident()


@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""), reason="the sanitizer keeps what was freed")
def test_pages_of_tracks_that_ended_are_given_back() -> None:
    with house() as h:
        lesson(h, 1)  # an allocator that learns has learnt by then
        full, after = lesson(h, 2)
    assert full - after > 0.9 * TRACKS * CACHE


def test_handles_are_used_again_before_the_last_of_them_was_used() -> None:
    with house() as h:
        made = set()
        for _ in range(20):
            paths = [h.worker.add_transport(1, f"ufrag{number:03}", "p" * 24, direction="send") for number in range(60)]
            made |= set(paths)
            for path in paths:
                h.worker.remove_transport(path)
            give_up = time.monotonic() + WAIT
            while h.worker.live()["handles"] > 1:
                assert time.monotonic() < give_up
                h.worker.poll()
    assert len(made) < 400, "of 1200 transports that came and went"
