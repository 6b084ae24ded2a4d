"""What is measured, and what came out: shared by both sides of the forwarding benchmark."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from benchmarks import opus, recording, vp8


@dataclass(frozen=True)
class Shape:
    """The load. Every frame of a room's one camera (or microphone) goes to all of its receivers."""

    receivers: int = 49
    rooms: int = 1
    frame: int = 5
    payload: int = 1200
    gro: bool = True
    uneven: bool = False
    """Sizes as libwebrtc makes them: one byte apart within a frame."""
    voice: bool = False
    """Opus from a microphone, in one packet each; `frame` does not count."""
    recorded: bool = False
    """Frames of the sizes that a Chromium once sent; `frame` and `payload` do not count."""
    cm: bool = False
    """Receivers have AES-CM with HMAC-SHA1-80 instead of AES-GCM."""

    def frames(self) -> list[list[bytes]]:
        """What each frame of the pattern carries, which is sent over and over."""
        if self.voice:
            return [opus.payloads(self.payload)]
        if self.recorded:
            return [vp8.frame_of(sizes) for sizes in recording.frame_sizes()]
        return [vp8.frame_payloads(self.frame, self.payload, uneven=self.uneven)]

    @property
    def sinks(self) -> int:
        """Receivers of all rooms together, each with a key of its own."""
        return self.receivers * self.rooms

    @property
    def mean_frame(self) -> float:
        """Packets of a frame, on average."""
        frames = self.frames()
        return sum(map(len, frames)) / len(frames)

    @property
    def copies(self) -> int:
        """Packets that leave for one frame that comes in, on average."""
        return round(self.receivers * self.mean_frame)


@dataclass(frozen=True)
class Run:
    """One stretch of saturation."""

    ns_per_packet: float
    packets: int
    seconds: float
    busy: float
    """CPU seconds a second, of the sending thread."""
    gso_run: float
    """Segments a message handed to the kernel, mean."""
    delivered: float
    """Packets that arrived at the sinks, of those that had to."""

    def as_dict(self) -> dict[str, float]:
        """For JSON, rounded to what is meant."""
        return {name: round(value, 4) for name, value in asdict(self).items()}
