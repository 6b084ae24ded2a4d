"""Recording: somebody joins a lesson, receives every layer of every track, and writes down sizes and times.

Nothing of the content is kept. One video track is asked for in several slots, once for each of its layers.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
from aiortc.rtp import RtpPacket
from rich.console import Console

from loadtest import machine, traces
from loadtest.figures import Frame
from loadtest.peers.media import read_vp8
from loadtest.peers.participant import Participant
from loadtest.peers.slots import Slot
from loadtest.target import Target
from loadtest.traces import FORMAT, Layer, Trace, TraceError, Track
from signalling.messages import MAX_VIDEO_SLOTS, SlotView, TrackInfo

SCALES: Final = (4, 2, 1)
"""Layers asked for: a quarter of the picture's height, a half, all of it."""
SETTLE_SECONDS: Final = 2.0
MAX_TRACKS: Final = MAX_VIDEO_SLOTS // len(SCALES)
_CLOCKS: Final = {"audio": 48_000, "video": 90_000}


@dataclass
class _Stream:
    """What came in one slot: bytes by RTP timestamp (extended by its cycles), and which of them are keyframes."""

    clock: int
    codec: str = ""
    bytes: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    keys: set[int] = field(default_factory=set)
    newest: int = 0

    def take(self, packet: RtpPacket, codec: str) -> None:
        """Count a packet. Its padding is not part of its payload (RFC 3550 section 5.1)."""
        if not packet.payload:
            return
        self.codec = codec
        delta = ((packet.timestamp - self.newest + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
        at = self.newest + delta if self.bytes else packet.timestamp
        self.newest = max(self.newest, at)
        self.bytes[at] += len(packet.payload)
        if codec == "video/vp8" and _begins_keyframe(packet.payload):
            self.keys.add(at)

    def frames(self) -> list[Frame]:
        """Whole frames: the first may have begun before, the last may not have ended."""
        moments = sorted(self.bytes)[1:]
        return [
            Frame(round((after - at) * 1_000_000 / self.clock), self.bytes[at], at in self.keys)
            for at, after in itertools.pairwise(moments)
        ]

    def is_like(self, other: _Stream) -> bool:
        """Whether both are of one layer, which came to two slots a little apart in time."""
        sizes, others = ({frame.size for frame in stream.frames()} for stream in (self, other))
        return len(sizes & others) > 0.8 * min(len(sizes), len(others))


class Recorder:
    """`run` joins with the participant, records, and leaves."""

    def __init__(self, participant: Participant, console: Console) -> None:
        self._participant, self._console = participant, console
        self._streams: dict[tuple[str, int], _Stream] = {}
        self._wanted: dict[str, tuple[str, int]] = {}
        """What each video slot was asked for: the track, and the place in `SCALES`."""
        self._settled: dict[str, float] = {}
        """When each of them surely carries it, and not what it carried before."""
        self._seen: dict[str, TrackInfo] = {}
        participant.on_packet = self._take

    async def run(self, seconds: float, about: str) -> Trace:
        """The trace of so many seconds. Raises `SignallingError`, `TraceError`."""
        participant = self._participant
        try:
            await participant.join()
            await participant.add_slots()
            with self._console.status(f"recording {seconds:.0f} s"):
                started = asyncio.get_running_loop().time()
                asked_for_keyframes = False
                while (left := started + seconds - asyncio.get_running_loop().time()) > 0:
                    await self._ask()
                    if left < seconds / 2 and not asked_for_keyframes:
                        asked_for_keyframes = True
                        self._ask_for_keyframes()
                    await asyncio.sleep(min(left, 0.5))
            return self._trace(about)
        finally:
            await participant.close()

    async def _ask(self) -> None:
        """Ask for the layers of tracks that are new."""
        room = self._participant.room
        new = [track for track in room.tracks.values() if track.kind == "video" and track.id not in self._seen]
        new = new[: MAX_TRACKS - len(self._seen)]
        if not new:
            return
        self._seen |= {track.id: track for track in new}
        await self._participant.add_slots(len(SCALES) * len(self._seen))
        free = iter(slot for slot in self._participant.video_slots if slot.id not in self._wanted)
        views = []
        for track in new:
            for place, scale in enumerate(SCALES):
                slot = next(free)
                self._wanted[slot.id] = (track.id, place)
                self._settled[slot.id] = asyncio.get_running_loop().time() + SETTLE_SECONDS
                views.append(SlotView(slot=slot.id, track=track.id, max_height=max(1, (track.height or 720) // scale)))
        await self._participant.view(*views)

    def _ask_for_keyframes(self) -> None:
        """Once, so that the trace has the size of one in every layer: nobody else may have reason to ask."""
        for slot in self._participant.video_slots:
            if slot.id in self._wanted:
                slot.request_keyframe()

    def _take(self, slot: Slot, packet: RtpPacket) -> None:
        if asyncio.get_running_loop().time() < self._settled.get(slot.id, 0.0):
            return
        key = self._wanted.get(slot.id, (slot.id, 0))
        stream = self._streams.setdefault(key, _Stream(_CLOCKS[slot.kind]))
        stream.take(packet, slot.codecs.get(packet.payload_type, ""))

    def _trace(self, about: str) -> Trace:
        videos = [self._video(id, info) for id, info in self._seen.items()]
        voices = [self._sound(slot) for slot in self._participant.audio_slots]
        tracks: list[Track] = []
        for track in (*videos, *voices):
            if track is not None:
                number = 1 + sum(other.source == track.source for other in tracks)
                tracks.append(msgspec.structs.replace(track, name=f"{track.source.replace('_', ' ')} {number}"))
        if not tracks:
            raise TraceError("nothing was sent in this lesson")
        return Trace(FORMAT, about, tracks)

    def _video(self, id: str, info: TrackInfo) -> Track | None:
        """The track with the layers it has; one that several slots were given has the tallest height asked for."""
        found: list[tuple[int, _Stream]] = []
        for place, scale in reversed([*enumerate(SCALES)]):
            stream = self._streams.get((id, place))
            if stream is not None and stream.frames() and not any(stream.is_like(other) for _, other in found):
                found.append((info.height // scale, stream))
        if not found:
            return None
        codec = found[0][1].codec.replace("video/vp8", "video/VP8")
        return Track("", info.source, codec, [Layer.of(stream.frames(), height) for height, stream in reversed(found)])

    def _sound(self, slot: Slot) -> Track | None:
        """What was heard in a slot, by whoever spoke there."""
        stream = self._streams.get((slot.id, 0))
        if stream is None or not stream.frames():
            return None
        track = self._participant.room.tracks.get(self._participant.room.feeds.get(slot.id) or "")
        return Track("", track.source if track else "microphone", stream.codec, [Layer.of(stream.frames())])


async def record_to(
    path: Path, target: Target, room: str, *, seconds: float, about: str, console: Console
) -> dict[str, Any]:
    """Record a lesson of a server into a file; what it holds. Raises `TargetError`, `TraceError`, `SignallingError`."""
    async with target as there:
        [ticket] = await there.tickets(room, 1)
        recorder = Recorder(Participant(there.url, ticket), console)
        trace = await recorder.run(seconds, about or f"Recorded on {machine.moment()}")
    traces.write(trace, path)
    return summary(trace)


def _begins_keyframe(payload: bytes) -> bool:
    try:
        return read_vp8(payload)[2]
    except (ValueError, IndexError):
        return False


def summary(trace: Trace) -> dict[str, Any]:
    """What a recording holds, for its JSON."""
    return {
        "tracks": {
            track.name: [
                {
                    "height": layer.height,
                    "frames": len(layer.us),
                    "keyframes": len(layer.keys),
                    "seconds": round(layer.seconds, 1),
                    "kbps": round(layer.kbps, 1),
                }
                for layer in track.layers
            ]
            for track in trace.tracks
        }
    }
