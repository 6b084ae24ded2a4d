"""What a load puts on a server, whoever made it: the streams of the engine, and which is a copy of which."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from loadtest._engine import Engine
from loadtest.figures import Frame, Kind
from loadtest.paths import Path
from loadtest.peers.media import EXTENSION_IDS, OPUS, VP8, VP8_RTX

OPENED_EVERY: Final = 10
"""One participant in so many is decrypted; the others are counted by their packets' headers."""


@dataclass(frozen=True)
class Load:
    """A lesson in each of `rooms`: the first `cameras` participants have a camera, the first `voices` a microphone, and
    everybody receives everybody else's."""

    rooms: int
    participants: int
    cameras: int
    voices: int
    profile: str
    """SRTP profile offered, one of `loadtest.peers.dtls`'s."""
    frames: Sequence[Frame]
    """What each camera sends, over and over."""

    def kinds(self, participant: int) -> list[Kind]:
        """What a participant publishes."""
        publishes: list[tuple[int, Kind]] = [(self.voices, "audio"), (self.cameras, "video")]
        return [kind for count, kind in publishes if participant < count]


class Source(NamedTuple):
    """A stream that a participant of a room sends. `stream` is the engine's number."""

    room: int
    participant: int
    kind: Kind
    stream: int


class Copy(NamedTuple):
    """A stream that a participant is to be sent, and the one it is a copy of."""

    room: int
    participant: int
    kind: Kind
    stream: int
    source: Source


@dataclass
class Lines:
    """Everything that was set up. The paths are closed by whoever has measured."""

    sources: list[Source] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)

    def close(self, engine: Engine) -> None:
        """Take the lines from the engine and close their sockets."""
        for line in self.lines:
            engine.remove_line(line)
        for path in self.paths:
            path.close()


class Server(Protocol):
    """One small interface for every server that a load is put on."""

    name: str

    @property
    def pid(self) -> int | None:
        """Root of its process tree, whose CPU and memory are counted; None: it is not on this machine."""

    async def start(self) -> None:
        """Start it, or find it there."""

    async def set_up(self, load: Load, engine: Engine) -> Lines:
        """Join everybody and hand their paths to the engine. Media flows when it returns."""

    async def stop(self) -> None:
        """End it, or leave it; idempotent."""


class Track(NamedTuple):
    """A track about to be published: its SSRCs, in the payload types and extension ids of `loadtest.peers.media`."""

    kind: Kind
    mid: str
    ssrc: int
    rtx_ssrc: int

    @classmethod
    def new(cls, kind: Kind, mid: str) -> Track:
        """With SSRCs of its own."""
        ssrc = secrets.randbits(31) | 1
        return cls(kind, mid, ssrc, ssrc + 1 if kind == "video" else 0)

    def send(self, engine: Engine, line: int, load: Load, extensions: dict[str, int]) -> int:
        """Begin to send it; the engine's number. `extensions` are those the server has taken."""
        taken = {name: id for name, id in extensions.items() if EXTENSION_IDS.get(name) == id}
        if self.kind == "audio":
            return engine.send_audio(line, ssrc=self.ssrc, payload_type=OPUS, extensions=taken, mid=self.mid)
        return engine.send_video(
            line,
            load.frames,
            ssrc=self.ssrc,
            payload_type=VP8,
            rtx_ssrc=self.rtx_ssrc,
            rtx_payload_type=VP8_RTX,
            extensions=taken,
            mid=self.mid,
        )
