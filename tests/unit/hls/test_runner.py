"""The thread of a broadcast, on a real socket."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from hls.frames import EncodedFrame
from hls.runner import Runner, bind
from hls.studio import Encoding, Output, Studio
from tests.unit.hls.rehearsal import SMALL
from tests.unit.hls.talk import Talk, tap


async def test_a_studio_that_fails_is_begun_anew_and_strangers_are_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Output] = []
    sock = bind("127.0.0.1", 0)
    port = sock.getsockname()[1]
    runner = Runner("test", sock, SMALL, 1.0, made.extend, None)
    advance = Studio.advance
    failed: list[float] = []

    def once(studio: Studio, now: float) -> list[Output]:
        if len(made) > 50 and not failed:
            failed.append(now)
            raise RuntimeError("as if")
        return advance(studio, now)

    monkeypatch.setattr(Studio, "advance", once)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as room, socket.socket(type=socket.SOCK_DGRAM) as stranger:
        room.bind(("127.0.0.1", 0))
        room.setblocking(False)
        runner.set_tap(tap("127.0.0.1", port, room.getsockname()))
        runner.start()
        talk = Talk(time.time())
        before = 0
        deadline = time.monotonic() + 30
        while not failed or len(made) < before + 50:
            before = before if failed else len(made)
            assert time.monotonic() < deadline
            for data in talk.step(time.time()):
                room.sendto(data, ("127.0.0.1", port))
                stranger.sendto(data, ("127.0.0.1", port))
            try:
                talk.hear([room.recv(100)])
            except BlockingIOError:
                pass
            await asyncio.sleep(0.01)
        await runner.stop()
    assert not runner.is_alive()
    assert runner.heard
    assert runner.counts["failures"] == 1
    assert runner.counts["foreign"] > 50
    assert sum(isinstance(item, Encoding) for item in made) == 2
    assert any(isinstance(item, EncodedFrame) and item.kind == "video" for item in made[-30:])
    with bind("127.0.0.1", port):
        pass
