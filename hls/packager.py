"""Encoded frames in, fMP4 parts out. No I/O and no clock: what comes out depends on the frames alone.

A part ends where no further frame would fit into PART-TARGET, a segment where a keyframe is due (or, for video that is
passed through, has come). Where video there is, it alone decides; audio goes with the part in which it begins, and a
part waits for its audio up to half a second.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from hls.errors import FrameRefused, NotConfigured
from hls.frames import CLOCK, AudioConfig, EncodedFrame, VideoConfig
from hls.timing import Timing

if TYPE_CHECKING:
    from hls.muxer import Muxer

LONGEST_FRAME = CLOCK // 2
"""Duration of a frame at most."""
AUDIO_LAG = CLOCK // 2
"""How far video may be ahead of audio before its parts go out without it."""
AUDIO_KEPT = 10 * CLOCK
"""How much audio is kept while there is no video to go with."""
MAX_FRAME = 8 << 20
"""Bytes of one frame."""
EARLY_KEYFRAME = 0.75
"""Share of a segment after which a keyframe of passed-through video begins the next one."""
REANCHOR = 0.25
"""Seconds by which capture times may stray from media time before EXT-X-PROGRAM-DATE-TIME follows them."""


class InitSegment(Struct, frozen=True):
    """The parts that follow need this one (EXT-X-MAP)."""

    number: int
    data: bytes
    video: VideoConfig | None
    audio: AudioConfig | None

    @property
    def codecs(self) -> str:
        """CODECS of EXT-X-STREAM-INF."""
        return ",".join(config.codec for config in (self.video, self.audio) if config is not None)


class Part(Struct, frozen=True):
    """One part (EXT-X-PART)."""

    msn: int
    """Media sequence number of its segment."""
    index: int
    """Its place in the segment."""
    data: bytes
    """One moof and one mdat."""
    duration: float
    """Seconds."""
    independent: bool
    """Whether it begins with a keyframe."""
    wall: float
    """Unix time at which its first picture was captured."""
    init: int
    """Number of its init segment."""
    discontinuity: bool
    """Whether its segment begins a new timeline or a new encoding (EXT-X-DISCONTINUITY)."""


class SegmentEnd(Struct, frozen=True):
    """The segment has all its parts."""

    msn: int


class Gap(Struct, frozen=True):
    """A segment that does not exist (EXT-X-GAP)."""

    msn: int
    duration: float
    wall: float
    init: int
    discontinuity: bool


Event = InitSegment | Part | SegmentEnd | Gap


class _Closed(Struct):
    """A part whose video is whole and whose audio may still come."""

    frames: list[EncodedFrame]
    start: int
    end: int
    part: Part


class Packager:
    """Packages one rendition.

    Args:
        timing: the broadcast's numbers.
        msn: media sequence number of the first segment.
        init: number of the first init segment.
        resumed: whether media of this broadcast exists already, so that the first segment is a discontinuity.
    """

    def __init__(self, timing: Timing, *, msn: int = 0, init: int = 0, resumed: bool = False) -> None:
        self.timing = timing
        self._exact = timing.exact_keyframes
        self.dropped: dict[str, int] = {}
        """Frames that were not packaged, by cause."""
        self._msn = msn
        self._index = 0
        self._next_init = init
        self._init = init
        self._discontinuity = resumed
        self._muxer: Muxer | None = None
        self._audio: deque[EncodedFrame] = deque()
        self._audio_end: int | None = None
        self._frames: list[EncodedFrame] = []
        self._out: deque[_Closed | Event] = deque()
        self._released = (msn, 0)
        self._begun = False
        self._end = 0
        self._part_start = 0
        self._segment_start = 0
        self._anchor: tuple[int, float] | None = None
        self._target = round(timing.part_target * CLOCK)
        self._segment = round(timing.segment_seconds * CLOCK)
        # A step in time larger than this is a new timeline: half a part, so that no part is empty.
        self._jump = self._target // 2
        self._longest = timing.target_duration * CLOCK + CLOCK // 2 - 1

    @property
    def msn(self) -> int:
        """Media sequence number of the segment that is being filled."""
        return self._msn

    def configure(
        self, video: VideoConfig | None, audio: AudioConfig | None, *, exact_keyframes: bool | None = None
    ) -> list[Event]:
        """What comes from now on is encoded like this; the init segment is among the events. `exact_keyframes` as in
        `Timing`, where it changes with the encoding. Raises `FrameRefused` for a configuration that cannot be muxed."""
        from hls.muxer import Muxer  # late: a process without broadcasts does not load FFmpeg

        muxer = Muxer(video, audio)
        data = muxer.init_segment()
        events = self.flush()
        if self._muxer is not None:
            self._discontinuity = True
        self._muxer = muxer
        self._init = self._next_init
        self._next_init += 1
        if exact_keyframes is not None:
            self._exact = exact_keyframes
        self._audio.clear()
        self._audio_end = None
        return [*events, InitSegment(self._init, data, video, audio)]

    def push(self, frame: EncodedFrame) -> list[Event]:
        """Takes the next frame. Raises `FrameRefused` and `NotConfigured`; the frame is then forgotten."""
        muxer = self._muxer
        if muxer is None or (muxer.video if frame.kind == "video" else muxer.audio) is None:
            raise NotConfigured(f"{frame.kind} is not configured")
        if not frame.data or len(frame.data) > MAX_FRAME:
            raise FrameRefused(f"data: {len(frame.data)} bytes")
        if frame.duration <= 0 or frame.duration > LONGEST_FRAME:
            raise FrameRefused(f"duration: {frame.duration}")
        if not 0 <= frame.pts < 1 << 62:
            raise FrameRefused(f"pts: {frame.pts}")
        if frame.kind == "audio" and muxer.video is not None:
            self._push_audio(frame)
        else:
            self._push_leading(frame)
        return self._release()

    def flush(self) -> list[Event]:
        """Everything that is held back goes out, and the segment ends here."""
        self._break()
        return self._release()

    def gap(self, seconds: float, wall: float) -> list[Event]:
        """Nothing came for so long: a segment that does not exist takes its place in the playlist. `wall` is the Unix
        time at which it begins."""
        events = self.flush()
        gap = Gap(self._msn, seconds, wall, self._init, discontinuity=False)
        self._msn += 1
        self._released = (self._msn, 0)
        self._discontinuity = True
        return [*events, gap]

    def _drop(self, cause: str) -> None:
        self.dropped[cause] = self.dropped.get(cause, 0) + 1

    def _push_leading(self, frame: EncodedFrame) -> None:
        """A frame of the kind that decides where parts end."""
        if self._begun and not -self._jump <= frame.pts - self._end <= self._jump:
            self._break()
        if not self._begun:
            if not frame.keyframe:
                self._drop("no_keyframe")
                return
            self._begin(frame)
        last = self._frames[-1] if self._frames else None
        if frame.pts < (last.pts + 1 if last is not None else self._part_start - frame.duration // 2):
            self._drop("overlap")
            return
        self._cut_before(frame)
        if not self._begun:
            self._drop("no_keyframe")
            return
        self._frames.append(frame)
        self._end = frame.pts + frame.duration
        self._cut_after(frame)

    def _begin(self, frame: EncodedFrame) -> None:
        """A timeline begins with this frame."""
        self._begun = True
        self._part_start = self._segment_start = self._end = frame.pts
        self._anchor = None
        # Audio from before has no picture to go with; what is far ahead belongs to some other timeline.
        self._audio = deque(f for f in self._audio if -f.duration < f.pts - frame.pts < AUDIO_KEPT)
        if not self._audio:
            self._audio_end = None

    def _cut_before(self, frame: EncodedFrame) -> None:
        """Ends the part or the segment in front of the frame where it must not be in it."""
        length = frame.pts - self._segment_start
        end = frame.pts + frame.duration
        if length > 0 and frame.keyframe and not self._exact and length >= self._segment * EARLY_KEYFRAME:
            self._end_part(frame.pts)
            self._end_segment()
        elif end - self._segment_start > self._longest:
            self._end_part(frame.pts)
            self._break()
        elif end - self._part_start > self._target and self._frames:
            self._end_part(frame.pts)
        if self._begun and self._index == 0 and not self._frames and not frame.keyframe:
            # A segment cannot begin here, and the one before has ended.
            self._begun = False
            self._discontinuity = True
        elif not self._begun and frame.keyframe:
            self._begin(frame)

    def _cut_after(self, frame: EncodedFrame) -> None:
        """Ends the part as soon as it is clear that no further frame will fit, the segment as soon as it is whole."""
        muxer = self._muxer
        assert muxer is not None
        length = self._end - self._segment_start
        # Any audio frame can begin a segment: rather a shorter one than a last part of a few milliseconds.
        slack = frame.duration // 2 if muxer.video is not None else self._target * 15 // 100
        full = self._end + frame.duration - self._part_start > self._target
        exact = self._exact or muxer.video is None
        if exact and length + slack >= self._segment and (full or muxer.video is not None):
            self._end_part(self._end)
            self._end_segment()
        elif full:
            self._end_part(self._end)

    def _end_part(self, end: int) -> None:
        """The frames collected become a part that lasts until `end`, but not longer than it may."""
        if not self._frames:
            return
        end = min(end, self._part_start + self._target)
        frames, self._frames = self._frames, []
        first = frames[0]
        if self._index == 0:
            self._place(first)
        assert self._anchor is not None
        pts, wall = self._anchor
        part = Part(
            msn=self._msn,
            index=self._index,
            data=b"",
            duration=(end - self._part_start) / CLOCK,
            independent=first.keyframe,
            wall=wall + (self._part_start - pts) / CLOCK,
            init=self._init,
            discontinuity=self._discontinuity,
        )
        self._out.append(_Closed(frames, self._part_start, end, part))
        self._index += 1
        self._part_start = end

    def _place(self, first: EncodedFrame) -> None:
        """Ties media time to the time of capture. It stays tied within a timeline, so that dates and durations agree,
        unless the two really part."""
        if self._anchor is not None:
            pts, wall = self._anchor
            if abs(wall + (first.pts - pts) / CLOCK - first.wall) <= REANCHOR:
                return
        self._anchor = (first.pts, first.wall)

    def _end_segment(self) -> None:
        """The segment is whole; the next one begins where its last part ended."""
        if self._index:
            self._out.append(SegmentEnd(self._msn))
            self._msn += 1
            self._index = 0
            self._discontinuity = not self._begun
        self._segment_start = self._part_start

    def _break(self) -> None:
        """The timeline ends, and what waits for audio waits no longer; the next timeline begins with a keyframe."""
        if self._begun:
            self._end_part(self._end)
            self._end_segment()
            self._begun = False
            self._discontinuity = True
        self._out = deque(self._release(everything=True))

    def _push_audio(self, frame: EncodedFrame) -> None:
        """An audio frame that goes with video."""
        if self._audio_end is not None and frame.pts < self._audio_end - frame.duration // 2:
            if self._audio_end - frame.pts <= self._jump:
                self._drop("overlap")
                return
            # Its clock was set back, and video's with it or soon.
            self._break()
            self._audio.clear()
        self._audio.append(frame)
        self._audio_end = frame.pts + frame.duration
        while frame.pts - self._audio[0].pts > AUDIO_KEPT:
            self._audio.popleft()
            self._drop("no_video")

    def _release(self, *, everything: bool = False) -> list[Event]:
        """Events whose turn has come."""
        events: list[Event] = []
        while self._out:
            item = self._out[0]
            if isinstance(item, _Closed):
                if not everything and not self._audio_is_there(item.end):
                    break
                try:
                    item = self._mux(item)
                except FrameRefused:
                    self._give_up(events)
                    raise
                self._released = (item.msn, item.index + 1)
            elif isinstance(item, SegmentEnd):
                self._released = (item.msn + 1, 0)
            self._out.popleft()
            events.append(item)
        return events

    def _give_up(self, events: list[Event]) -> None:
        """A part cannot be muxed: what was to follow is forgotten, and a new timeline begins behind what went out."""
        self._drop("muxer")
        self._out.clear()
        self._out.extend(events)
        self._frames.clear()
        self._begun = False
        self._discontinuity = True
        self._msn, self._index = self._released
        self._end_segment()

    def _audio_is_there(self, end: int) -> bool:
        muxer = self._muxer
        assert muxer is not None
        if muxer.video is None or muxer.audio is None:
            return True
        return (self._audio_end is not None and self._audio_end >= end) or self._end - end >= AUDIO_LAG

    def _mux(self, closed: _Closed) -> Part:
        muxer, part = self._muxer, closed.part
        assert muxer is not None
        audio: list[EncodedFrame] = []
        if muxer.video is None:
            audio, closed.frames = closed.frames, []
        else:
            while self._audio and self._audio[0].pts < closed.end:
                audio.append(self._audio.popleft())
        return replace(part, data=muxer.fragment(part.msn * 64 + part.index + 1, closed.frames, audio))
