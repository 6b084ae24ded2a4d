"""A studio and a room on the test's own clock: minutes pass in a second."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from hls.frames import EncodedFrame
from hls.settings import MediaSettings
from hls.studio import Encoding, Output, Studio
from sfu.tap import TapDescription
from tests.unit.hls.talk import Talk, tap
from tests.unit.hls.watching import Watched, fmp4

SMALL = MediaSettings(height=180, fps=25, kbps=400)
STEP = 0.01


class Rehearsal:
    """Time is `now`, Unix seconds; the room's datagrams take `delay` seconds."""

    def __init__(
        self, talk: Callable[[float], Talk] = Talk, description: TapDescription | None = None, delay: float = 0.004
    ) -> None:
        self.now = 1_700_000_000.0
        self.studio = Studio(SMALL, 4.0)
        self.talk = talk(self.now)
        self.studio.set_tap(description or tap(), self.now)
        self.made: list[Output] = []
        self.line: Callable[[list[bytes]], Iterable[bytes]] = lambda datagrams: datagrams
        """What becomes of the datagrams of one step."""
        self.silent = False
        """Whether nothing of the room arrives."""
        self._delay = delay

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            datagrams = self.talk.step(self.now)
            if not self.silent:
                for data in self.line(datagrams):
                    self.studio.receive(data, self.now + self._delay)
            self.made += self.studio.advance(self.now + self._delay)
            self.talk.hear(self.studio.feedback(self.now + self._delay))

    def frames(self, kind: str) -> list[EncodedFrame]:
        return [item for item in self.made if isinstance(item, EncodedFrame) and item.kind == kind]

    @property
    def encodings(self) -> list[Encoding]:
        return [item for item in self.made if isinstance(item, Encoding)]

    def watched(self) -> list[Watched]:
        return [Watched(data) for data in fmp4(self.made)]

    def assert_continuous(self) -> None:
        """Every frame begins where the one before ended, for as long as it all took, and a keyframe begins each four
        seconds."""
        for kind in ("audio", "video"):
            frames = self.frames(kind)
            for before, after in itertools.pairwise(frames):
                assert after.pts == before.pts + before.duration, (kind, before.pts, after.pts)
        video = self.frames("video")
        for frame in video:
            assert frame.keyframe == ((frame.pts - video[0].pts) % 360_000 == 0)
        assert abs(self.frames("audio")[-1].pts - video[-1].pts) < 9000
