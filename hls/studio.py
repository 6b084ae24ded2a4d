"""Everything between a tap's datagrams and encoded frames. No I/O; takes the time. Takes CPU: belongs into a thread.

The timeline is that of capture: a frame's media time says when it was captured, for sound as for pictures. So both stay
together whatever the way took, and `delay` is nothing but the patience with which late packets are waited for: as it
grows, frames come out later, but none has another time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from hls.frames import CLOCK, AudioConfig, EncodedFrame, VideoConfig
from hls.ingest import Ingest
from hls.mixer import BLOCK, Mixer, media_time
from hls.settings import MediaSettings
from hls.stage import Coded, Stage
from hls.voice import RATE

if TYPE_CHECKING:
    from sfu.tap import TapDescription

LEAD = 10 * CLOCK
"""Media time at which the timeline begins: AAC needs something before it."""
BEGIN_PATIENCE = 1.0
"""Seconds after the first tap at which the timeline begins even without a picture."""
STANDSTILL = 10.0
"""Seconds behind from which what was missed is left out: the process was stopped."""
HURRY = 1.0
"""Seconds behind from which pictures are not decoded that can be left out."""
TURN = 0.03
"""Seconds from one look to the next, or so."""
MARGIN = 0.04
"""Seconds of patience beyond the slowest packets."""
MOST_PATIENCE = 0.5
"""Seconds: viewers shall be less than 5 s behind."""
REVIEW = 1.0
"""How often the patience is looked at, seconds."""
CALM = 10
"""Reviews in a row that must have had less need until patience shrinks, a step a review."""
STEP = 0.02
"""Seconds of such a step."""


class Encoding(Struct, frozen=True):
    """What follows is encoded like this."""

    video: VideoConfig
    audio: AudioConfig
    exact_keyframes: bool
    """Whether keyframes come exactly every segment."""


Output = Encoding | EncodedFrame


class Studio:
    """One broadcast.

    Args:
        settings: how to encode.
        segment: seconds of a segment.
    """

    def __init__(self, settings: MediaSettings, segment: float) -> None:
        self.counts: Counter[str] = Counter()
        """Packets, pictures and sounds, and why they were dropped."""
        self.delay = settings.patience
        """Seconds between capture and the latest moment of mixing and encoding."""
        self.wall_shift = 0.0
        """Seconds to add to our clock's Unix time, which is never set, to get that of the system's, which is."""
        self.behind = 0.0
        """Seconds by which encoding was late when it was looked at last."""
        self._settings = settings
        self._ingest: Ingest | None = None
        self._tapped_at: float | None = None
        self._epoch: float | None = None
        self._mixer = Mixer(settings.audio_kbps, self.counts)
        self._stage = Stage(settings, segment, self.counts)
        self._announced = False
        self._done = 0.0
        self._looked = 0.0
        self._lateness: list[float] = []
        self._reviewed = 0.0
        self._calm = 0

    @property
    def heard(self) -> bool:
        """Whether anything has come from the room."""
        return self.counts["packets"] > 0

    def set_tap(self, tap: TapDescription, now: float) -> None:
        """These packets are the broadcast from now on."""
        if self._tapped_at is None:
            self._tapped_at = self._reviewed = now
        if self._ingest is not None:
            self._ingest.flush()
            self._take()
        self._ingest = Ingest(tap, self.counts)
        self._mixer.speakers(self._ingest.voices)
        self._stage.scout.allowed = tap.passthrough

    def receive(self, data: bytes, now: float) -> None:
        """Takes a datagram."""
        if self._ingest is not None:
            self._ingest.receive(data, now)
            self._stage.scout.allowed = self._ingest.passthrough

    def advance(self, now: float) -> list[Output]:
        """Everything that is due. Called every 20 ms or so."""
        ingest = self._ingest
        if ingest is None:
            return []
        ingest.expire(now)
        self._take(now)
        self._looked = now
        if self._stage.wants_keyframe:
            ingest.want_keyframe()
        if self._epoch is None and not self._begin(now):
            return []
        assert self._epoch is not None
        self._review(now)
        until = now - self.delay - self._epoch
        self.behind = until - self._done
        if self.behind > STANDSTILL:
            self._stand_still(until)
        if until <= self._done:
            return []
        self._done = until
        return self._frames(until)

    def feedback(self, now: float) -> list[bytes]:
        """RTCP that is due to the media node."""
        return self._ingest.feedback(now) if self._ingest is not None else []

    def _begin(self, now: float) -> bool:
        """The timeline begins with the first picture, or when there seems to be none."""
        assert self._tapped_at is not None
        if not self._stage.seen and now - self._tapped_at < BEGIN_PATIENCE:
            return False
        self._epoch = now - self.delay
        self._stage.begin(self._epoch)
        return True

    def _take(self, now: float | None = None) -> None:
        """What has come goes to the mixer and to the stage."""
        ingest = self._ingest
        assert ingest is not None
        sounds, ingest.sounds = ingest.sounds, []
        if self._epoch is not None:
            for sound in sounds:
                if now is not None:
                    # While we were not looking nothing was missed: what counts is how late it was when we looked last.
                    self._lateness.append(min(now, self._looked + TURN) - sound.captured)
                sample = round((sound.captured - self._epoch) * RATE)
                self._mixer.push(sound.voice, sound.payload, sample, sound.timestamp, sound.lost)
        pictures, ingest.pictures = ingest.pictures, []
        for seen in pictures:
            self._stage.push(seen, hurry=self.behind > HURRY)

    def _frames(self, until: float) -> list[Output]:
        audio = self._mixer.config
        out: list[Output] = []
        # Pictures first: what a new encoding begins with, its sound goes with too.
        for item in self._stage.advance(until):
            if isinstance(item, Coded):
                wall = self._wall(item.begin)
                out.append(
                    EncodedFrame("video", item.data, LEAD + item.begin, item.end - item.begin, item.keyframe, wall)
                )
            else:
                out.append(Encoding(item.video, audio, item.exact))
                self._announced = True
        if not self._announced:
            return out
        for sample, data in self._mixer.advance(int(until * RATE)):
            begin = media_time(sample)
            out.append(
                EncodedFrame("audio", data, LEAD + begin, media_time(BLOCK), keyframe=True, wall=self._wall(begin))
            )
            self.counts["sounds_out"] += 1
        return out

    def _wall(self, begin: int) -> float:
        assert self._epoch is not None
        return self._epoch + begin / CLOCK + self.wall_shift

    def _stand_still(self, until: float) -> None:
        """The process was stopped for long: what was missed is left out."""
        self.counts["standstill"] += 1
        self._stage.skip_to(until)
        self._mixer.skip_to(int(until * RATE))

    def _review(self, now: float) -> None:
        """Patience follows what the slowest packets need: up at once, down slowly."""
        if now - self._reviewed < REVIEW:
            return
        self._reviewed = now
        late, self._lateness = sorted(self._lateness), []
        need = late[min(len(late) - 1, len(late) * 97 // 100)] + MARGIN if late else 0.0
        if need > self.delay:
            self.delay = min(MOST_PATIENCE, need)
            self._calm = 0
        elif need < self.delay - STEP:
            self._calm += 1
            if self._calm >= CALM:
                self.delay = max(self._settings.patience, self.delay - STEP)
        else:
            self._calm = 0
