"""What a load puts on a server, whoever made it: the streams of the engine, and which is a copy of which."""

from __future__ import annotations

import secrets
from typing import NamedTuple, Protocol

from loadtest._engine import Engine
from loadtest.figures import Kind
from loadtest.lesson import PROFILES, Plan
from loadtest.paths import Credentials, Path, connect
from loadtest.peers.dtls import Identity
from loadtest.peers.media import EXTENSION_IDS, OPUS, VP8, VP8_RTX
from loadtest.rivals.sdp import Local, Remote, RemoteSection, SdpError
from loadtest.stretch import Expectation


class Source(NamedTuple):
    """A stream that a participant of a room sends. `stream` is the engine's number."""

    room: int
    participant: int
    kind: Kind
    stream: int


def published(plan: Plan, participant: int) -> list[Kind]:
    """What a participant of the plan publishes."""
    kinds: list[tuple[bool, Kind]] = [(plan.speaks(participant), "audio"), (plan.shows(participant), "video")]
    return [kind for wanted, kind in kinds if wanted]


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

    def send(self, engine: Engine, line: int, plan: Plan, participant: int, extensions: dict[str, int]) -> int:
        """Begin to send it; the engine's number. `extensions` are those the server has taken."""
        taken = {name: id for name, id in extensions.items() if EXTENSION_IDS.get(name) == id}
        if self.kind == "audio":
            size = plan.voice_size(participant)
            return engine.send_audio(line, ssrc=self.ssrc, payload_type=OPUS, extensions=taken, mid=self.mid, size=size)
        return engine.send_video(
            line,
            plan.traces(participant)[-1],
            ssrc=self.ssrc,
            payload_type=VP8,
            rtx_ssrc=self.rtx_ssrc,
            rtx_payload_type=VP8_RTX,
            extensions=taken,
            mid=self.mid,
        )


class Lines:
    """Everything that was set up on one engine: what is sent, and what is to come of it."""

    def __init__(self, plan: Plan, engine: Engine) -> None:
        self.plan, self.engine = plan, engine
        self.sources: list[Source] = []
        self.expectations: list[Expectation] = []
        """What every participant must get of what the others send."""
        self._identity = Identity.generate()
        self._paths: dict[int, Path] = {}

    def local(self) -> Local:
        """Our side of a path that is about to be described to the server."""
        return Local(Credentials.new(), self._identity.fingerprint)

    async def line(self, room: int, participant: int, local: Local, remote: Remote) -> int:
        """Bring a path up and hand it to the engine; the engine's number. Raises `PathError`."""
        path = await connect(remote.transport, self._identity, PROFILES[self.plan.srtp], credentials=local.credentials)
        feedback = (section.extensions.get("transport_cc", 0) for section in remote.sections)
        line = self.engine.add_line(
            path.sock,
            ice=path.ice,
            keys=path.keys,
            opened=self.plan.opens(participant),
            transport_cc=max(feedback, default=0),
            cname=f"load-{room}-{participant}",
        )
        self._paths[line] = path
        return line

    def send(self, room: int, participant: int, line: int, track: Track, section: RemoteSection) -> Source:
        """Begin to send a track that the server has taken."""
        stream = track.send(self.engine, line, self.plan, participant, section.extensions)
        source = Source(room, participant, track.kind, stream)
        self.sources.append(source)
        return source

    def expect(self, line: int, source: Source, section: RemoteSection) -> None:
        """Count what comes of a source in a section of the server's. Raises `SdpError`."""
        if not section.ssrcs:
            raise SdpError("the server does not say which SSRC it sends, so nothing can be counted")
        stream = self.engine.expect(
            line, source.kind, ssrc=section.ssrcs[0], rtx_ssrc=max(section.rtx_ssrcs, default=0)
        )
        self.expectations.append(Expectation(line, (stream,), (source.stream,)))

    def close(self) -> None:
        """Take the lines from the engine and close their sockets; idempotent."""
        while self._paths:
            line, path = self._paths.popitem()
            self.engine.remove_line(line)
            path.close()


class Server(Protocol):
    """One small interface for every server that a load is put on."""

    name: str

    @property
    def pid(self) -> int | None:
        """Root of its process tree, whose CPU and memory are counted; None: it is not on this machine."""

    async def start(self) -> None:
        """Start it, or find it there."""

    async def set_up(self, plan: Plan, engine: Engine) -> Lines:
        """Join everybody and hand their paths to the engine. Media flows when it returns."""

    async def stop(self) -> None:
        """End it, or leave it; idempotent."""
