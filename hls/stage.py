"""The picture of a broadcast: at a constant rate, on one canvas, encoded; or, where that is allowed, passed through.

No I/O; the caller says up to which moment pictures are due. Moments are seconds since the broadcast's timeline began,
`epoch` in Unix time by our clock. Takes CPU: belongs into a thread.
"""

from __future__ import annotations

from collections import Counter, deque

import av
from msgspec import Struct

from hls.canvas import Canvas
from hls.decoder import Decoder, Shown
from hls.encoder import VideoEncoder, codec_name
from hls.frames import CLOCK, VideoConfig
from hls.ingest import Seen
from hls.passthrough import LONGEST, Scout, Unit, take_apart
from hls.settings import MediaSettings

WAITING = 30
"""Decoded pictures that wait for their moment at most."""
UNITS = 400
"""Pictures of one group that are kept while it is passed through, in case it has to be decoded after all."""
STALE = 30.0
"""Seconds without a picture from which the slate is shown again: a still screen sends one each second."""
BEHIND = 0.4
"""Seconds from which several moments share one picture, so that the encoder catches up."""
SHARED = 0.25
"""Seconds such a picture lasts at most."""


class Coded(Struct, frozen=True):
    """An encoded picture. Times in 1/90000 s since the timeline began."""

    data: bytes
    begin: int
    end: int
    keyframe: bool


class Recoded(Struct, frozen=True):
    """What follows is encoded like this. `exact`: with a keyframe exactly every segment."""

    video: VideoConfig
    exact: bool


class Stage:
    """One broadcast's picture.

    Args:
        settings: the canvas, its rate, the ceiling.
        segment: seconds from one keyframe to the next; times the rate a whole number.
        counts: takes `pictures_in`, `pictures_out`, `skipped`, `crowded`, `passed` and what its parts count.
    """

    def __init__(self, settings: MediaSettings, segment: float, counts: Counter[str]) -> None:
        self.scout = Scout(segment)
        self.seen = False
        """Whether any picture has come."""
        self._fps = settings.fps
        self._group = max(1, round(segment * settings.fps))
        self._counts = counts
        self._canvas = Canvas(settings.width, settings.height)
        self._encoder = VideoEncoder(settings, self._group, counts)
        self._decoder = Decoder(counts)
        self._waiting: deque[Shown] = deque()
        self._picture: av.VideoFrame = self._canvas.slate()
        self._shown_at: float | None = None
        self._size = (0, 0)
        self._epoch = 0.0
        self._grid = 0
        self._phase = 0
        self._announced: VideoConfig | None = None
        # FFmpeg, and what is made of it, takes no second init segment: where encodings change, keyframes bring their
        # parameter sets along too.
        self._mixed = False
        self._passing = False
        self._units: deque[Unit] = deque()
        self._group_units: list[Unit] = []
        self._end = 0

    def begin(self, epoch: float) -> None:
        """The timeline begins. Later once more, if it has to be set forward (never back)."""
        self._epoch = epoch

    def skip_to(self, moment: float) -> None:
        """What is before this moment is left out, as after a long standstill."""
        if self._passing:
            self._fall_back()
        self._grid = self._phase = max(self._grid, int(moment * self._fps))

    @property
    def wants_keyframe(self) -> bool:
        """Whether a keyframe should be asked for."""
        return (self._decoder.needs_keyframe and not self._passing) or self.scout.wants_keyframe(self._passing)

    def push(self, seen: Seen, *, hurry: bool = False) -> None:
        """Takes a picture of the source. `hurry`: there is no time to decode what can be left out."""
        self._counts["pictures_in"] += 1
        self.seen = True
        unit = take_apart(seen) if self.scout.allowed and seen.picture.codec == "H264" else Unit(seen, b"", b"")
        proven = self.scout.proven
        parameters = self.scout.parameters
        good = self.scout.note(unit)
        if self._passing or self._units:
            if good and self.scout.allowed:
                self._units.append(unit)
                return
            self._fail(seen.captured)
        elif proven and seen.picture.keyframe and self.scout.parameters == parameters and self._size != (0, 0):
            self.scout.begin(seen.captured)
            self._units.append(unit)
            return
        self._decode(seen, hurry=hurry)

    def advance(self, until: float) -> list[Coded | Recoded]:
        """Everything up to this moment."""
        out: list[Coded | Recoded] = []
        if self._units and not self._passing:
            first = self._moment(self._units[0])
            self._encode(out, min(until, first))
            if first <= until:
                self._begin_passing(out, first)
        if self._passing:
            self._pass(out, until)
        if not self._passing and not self._units:
            self._encode(out, until)
        return out

    # Encoding

    def _decode(self, seen: Seen, *, hurry: bool = False) -> None:
        if hurry and not seen.picture.keyframe:
            self._decoder.needs_keyframe = True
            self._counts["skipped"] += 1
            return
        for shown in self._decoder.decode(seen):
            self._waiting.append(shown)
            self._size = (shown.frame.width, shown.frame.height)
        while len(self._waiting) > WAITING:
            self._waiting.popleft()
            self._counts["crowded"] += 1

    def _encode(self, out: list[Coded | Recoded], until: float) -> None:
        """The canvas at each moment of the grid."""
        while (due := int(until * self._fps) - self._grid) > 0:
            if self._announced is not self._encoder.config:
                self._announced = self._encoder.config
                out.append(Recoded(self._announced, exact=True))
                self._phase = self._grid
            place = (self._grid - self._phase) % self._group
            count = 1
            if due > BEHIND * self._fps:
                count = max(1, min(due, self._group - place, int(SHARED * self._fps)))
                self._counts["skipped"] += count - 1
            self._change(self._grid / self._fps)
            data = self._encoder.encode(self._picture, keyframe=place == 0)
            if place == 0 and self._mixed:
                data = self._announced.extradata + data
            begin = self._grid * CLOCK // self._fps
            self._grid += count
            self._end = self._grid * CLOCK // self._fps
            self._counts["pictures_out"] += 1
            out.append(Coded(data, begin, self._end, place == 0))

    def _change(self, moment: float) -> None:
        """The newest picture that was there at this moment, or half a step after it."""
        newest: Shown | None = None
        latest = self._epoch + moment + 0.5 / self._fps
        while self._waiting and self._waiting[0].captured <= latest:
            newest = self._waiting.popleft()
        if newest is None:
            if self._shown_at is not None and moment - self._shown_at > STALE:
                self._shown_at = None
                self._picture = self._canvas.slate()
        else:
            self._shown_at = moment
            fitted = self._canvas.fit(newest.frame, newest.orientation)
            if fitted is None:
                self._counts["undecodable"] += 1
            else:
                self._picture = fitted

    # Passing through

    def _moment(self, unit: Unit) -> float:
        return max(unit.seen.captured - self._epoch, self._end / CLOCK)

    def _begin_passing(self, out: list[Coded | Recoded], first: float) -> None:
        parameters = self.scout.parameters
        self._announced = VideoConfig(codec_name(parameters), *self._size, parameters)
        self._mixed = True
        out.append(Recoded(self._announced, exact=False))
        self._passing = True
        self._end = max(self._end, round(first * CLOCK))

    def _pass(self, out: list[Coded | Recoded], until: float) -> None:
        """Pictures as they are, each until the next one begins."""
        while len(self._units) >= 2 and self._moment(self._units[1]) <= until:
            unit = self._units.popleft()
            end = max(self._end + 90, round((self._units[0].seen.captured - self._epoch) * CLOCK))
            self._put(out, unit, end)
        if self._units and until - self._moment(self._units[0]) > LONGEST:
            unit = self._units.popleft()
            self._put(out, unit, self._end + round(LONGEST / 2 * CLOCK))
            self._fail(self._epoch + until)

    def _put(self, out: list[Coded | Recoded], unit: Unit, end: int) -> None:
        data = unit.data
        if unit.seen.picture.keyframe:
            self._group_units.clear()
            assert self._announced is not None
            data = self._announced.extradata + data
        if len(self._group_units) < UNITS:
            self._group_units.append(unit)
        begin, self._end = self._end, end
        self._counts["passed"] += 1
        self._counts["pictures_out"] += 1
        out.append(Coded(data, begin, end, unit.seen.picture.keyframe))

    def _fail(self, at: float) -> None:
        """The source is not what it was: back to encoding."""
        self.scout.failed(at)
        self._counts["passthrough_failed"] += 1
        self._fall_back()

    def _fall_back(self) -> None:
        shown, coming = list(self._group_units), list(self._units)
        self._group_units.clear()
        self._units.clear()
        if self._passing:
            # What was passed through meanwhile the decoder has not seen; it begins at the last keyframe.
            self._decoder.needs_keyframe = True
            self._waiting.clear()
            self._grid = self._phase = -(-self._end * self._fps // CLOCK)
        self._passing = False
        for unit in shown:
            self._decode(unit.seen)
            while len(self._waiting) > 1:
                self._waiting.popleft()
        for unit in coming:
            self._decode(unit.seen)
