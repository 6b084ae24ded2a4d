"""What the engine is given and what it tells: see `_engine.pyi`, whose words these are."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["audio", "video"]


class Ice(NamedTuple):
    """Short-term credentials of both sides (RFC 8445 section 7), and whether ours is the controlling agent."""

    local_ufrag: str
    local_password: str
    remote_ufrag: str
    remote_password: str
    controlling: bool = True


class Frame(NamedTuple):
    """One frame of a trace: how long until the next one (us), bytes of payload in all, whether it is a keyframe.

    A frame that answers a PLI is a keyframe whatever stands here."""

    us: int
    size: int
    key: bool = False


class Sent(NamedTuple):
    """What a stream has sent since the last `reset`."""

    packets: int
    """Media packets; what was sent again is not among them."""
    bytes: int
    """Of payload."""
    frames: int
    keyframes: int
    resent: int
    """Packets sent again (RTX), because a NACK asked."""
    nacked: int
    """Packets NACKs asked for."""
    keyframe_requests: int
    """PLI and FIR that came."""
    refused: int
    """Packets this machine's kernel did not take (EAGAIN)."""


class Received(NamedTuple):
    """What has come of an expected stream since the last `reset`."""

    packets: int
    """Distinct packets, recovered ones among them."""
    bytes: int
    """Of SRTP, headers among them."""
    recovered: int
    """Of them those that came over the repair stream."""
    missing: int
    """Sequence numbers that were passed over and have not come."""
    duplicates: int
    reordered: int
    """Packets that came after a later one."""
    opened: int
    """Packets decrypted."""
    foreign: int
    """Decrypted packets that bear no mark of this engine: somebody else's."""
    corrupt: int
    """Decrypted packets that bear its mark and are not what it sent."""
    keyframes: int
    """Whole keyframes seen (opened lines)."""
    nacks: int
    """Packets asked for again."""
    plis: int
    """Keyframes asked for."""
    source: int
    """Stream number of the sender of the newest packet, -1: not known (opened lines)."""
    source_ns: int
    """Moment (CLOCK_REALTIME, ns) the first packet of that source came; 0: none yet."""
    first_ns: int
    """Moment of the first packet ever (not reset); 0: none yet."""
    first_frame_ns: int
    """Moment at which the first whole keyframe was there (opened lines; not reset); 0: not yet."""
    jitter_ns: int
    """Interarrival jitter (RFC 3550 section 6.4.1)."""


class LineFigures(NamedTuple):
    """What went over a line since the last `reset`."""

    datagrams: int
    bytes: int
    rtp: int
    """RTP packets of every kind, repair and padding among them."""
    unexpected: int
    """RTP packets whose SSRC nobody expects."""
    unreadable: int
    """Packets that libsrtp refused to open."""
    own_drops: int
    """Messages this machine's socket dropped because it was full (SO_RXQ_OVFL); each may hold several packets."""
    checks_sent: int
    checks_answered: int
    requests_answered: int
    """Binding requests of the other side that were answered."""
    rtcp: int
    """RTCP compounds that came."""
    feedback: int
    """Transport-wide feedback messages that came."""
    feedback_sent: int
    """Transport-wide feedback messages sent."""


class Turns(NamedTuple):
    """How the engine itself did since the last `reset`."""

    seconds: float
    sending_s: float
    """Of them until the pause at the end: what was sent was sent in this time, what is late may take longer to come."""
    cpu_s: float
    """CPU of its thread."""
    turns: int
    longest_turn_ms: float
    frames: int
    late: int
    """Frames that left more than 5 ms after they were due."""
    latest_ms: float
    """The most a frame was late."""
    own_drops: int
    """Of all lines."""
    refused: int
    """Packets the kernel did not take."""
    rtp: int
    """RTP packets that came, of every kind, on all lines."""
