"""What Python sees of the packet worker (`_fastpath.pyx`)."""

from typing import Final, NamedTuple

GCM: Final[str] = "AEAD_AES_128_GCM"
CM: Final[str] = "AES128_CM_SHA1_80"

class Event(NamedTuple):
    """Something the worker saw. By kind, its handle, a, b and data:

    - dtls: transport, 0, 0, one DTLS datagram
    - selected: transport, port, 0, IP address as text; the ICE pair in use is new or has changed
    - silent: transport, ms since the last check, 0; consent is lost (6 s), told once a silence
    - layer: uptrack, layer index, 1 seen or 0 gone (no packet for 1 s while another layer of it goes on)
    - fed: slot, uptrack or -1, layer index; the first packet of a new source has left, or the feed has stopped
    - paused: slot, uptrack, 0; the receiver's line does not carry it, not even at its least
    - unused: uptrack, layer index, 1 nobody has received it for a while or 0 somebody would
    - estimate: transport, kb/s its line carries, 0; at most once a second, when it moved by a tenth
    - speakers: room, count, 0, count x (int32 uptrack, int32 level) in native order, loudest first
    """

    kind: str
    handle: int
    a: int
    b: int
    data: bytes

class RingFull(Exception):
    """The worker has not taken its commands; nothing was queued."""

class Worker:
    """One UDP port, one native thread, and the media of the rooms placed on it.

    Every method below `start` writes one command into a ring and returns at once; commands are carried out in order.
    Handles are small integers, unique while the thing lives. A method raises `ValueError` for a malformed argument,
    `RingFull` when the worker has fallen behind, `LookupError` when a table is full.
    """

    def __init__(
        self,
        host: str = "0.0.0.0",
        port: int = 0,
        *,
        cpu: int = -1,
        crypto: str = "auto",
        packet_rate: float = 0,
        bit_rate: float = 0,
        estimates: bool = True,
        thin_start: bool = False,
    ) -> None:
        """Bind the UDP socket (`host` may be IPv6); port 0 takes a free one. `crypto` seals GCM: "auto", "ipsec-mb",
        "evp" or "libsrtp". Of one transport so many packets and bits a second are taken, a second's worth of them at
        once; 0: all. Without `estimates` every line is taken to be endless. By a `thin_start` it begins with voices and
        lowest layers until it is known, which takes a second at most; otherwise with everything."""
    @property
    def port(self) -> int: ...
    @property
    def event_fd(self) -> int:
        """An eventfd that is readable while `poll` has something to give; estimates alone do not make it so."""
    @property
    def crypto(self) -> str:
        """The backend in use for sending GCM: "evp" or "libsrtp"."""
    def start(self) -> None: ...
    def stop(self) -> None:
        """End the thread, join it, close the socket. Idempotent. Raises `RuntimeError` when the thread does not end
        within 5 s; nothing of it is freed then."""
    def poll(self, limit: int = 256) -> list[Event]: ...
    def counters(self) -> dict[str, int]:
        """Counters since start, read without stopping the worker: packets, bytes, refusals by cause."""
    def last_turn(self) -> float:
        """When the loop began its last turn, seconds of CLOCK_MONOTONIC (`time.monotonic`); 0.0 before `start`. It
        turns at least four times a second."""
    def live(self) -> dict[str, int]:
        """What exists now: transports, rooms, uptracks, slots; addresses and ufrags that are known; keys and handles
        that Python holds for them; caches of all workers of this process."""
    def cpu_ns(self) -> int:
        """CPU time of the worker's thread, ns; 0 when it does not run."""

    def add_transport(self, participant: int, ufrag: str, password: str, *, direction: str) -> int:
        """A transport waits for STUN checks to `ufrag` (4 to 32 characters). `direction` is "send" (the participant
        sends to us) or "receive". `participant` is a number of the caller's, equal on both transports of one
        participant: nobody's own voice is sent back to them."""
    def restart_ice(self, transport: int, ufrag: str, password: str) -> None: ...
    def set_keys(self, transport: int, profile: str, local: bytes, remote: bytes) -> None:
        """SRTP master key + salt (28 bytes GCM, 30 bytes CM) of this side (what we send) and of the participant's."""
    def set_remote(self, transport: int, host: str, port: int) -> None:
        """Fix the remote address without ICE: for benchmarks."""
    def set_plain(self, transport: int, host: str, port: int) -> None:
        """Send plain RTP and RTCP to a loopback address: a tap. Raises `ValueError` for an address elsewhere."""
    def set_numbers(
        self, transport: int, *, payload_types: dict[str, tuple[int, int]], extensions: dict[str, int]
    ) -> None:
        """What a receiver calls things, where it is not what `sfu.parameters` says: codec -> its payload type and that
        of its rtx (-1: none); "transport_cc", "audio_level", "orientation", "dependency" -> id, 1 to 14. What
        is missing is not sent; a codec that is missing must not be fed to its slots."""
    def send_dtls(self, transport: int, datagram: bytes) -> None: ...
    def limit(self, transport: int, bps: int) -> None:
        """Send a receiver at most so many bits a second, whatever its line carries; 0: no such limit. Voices are never
        held back."""
    def remove_transport(self, transport: int) -> None:
        """Also removes its uptracks or slots."""

    def add_room(self) -> int: ...
    def remove_room(self, room: int) -> None:
        """The caller removed its transports before."""

    def add_uptrack(
        self,
        transport: int,
        room: int,
        *,
        kind: str,
        codec: str,
        payload_type: int,
        rtx_payload_type: int,
        clock_rate: int,
        mid: str,
        encodings: list[tuple[str, int, int]],
        extensions: dict[str, int],
        allowed: bool,
    ) -> int:
        """`codec` is "opus", "VP8", "H264", "VP9" or "AV1". `encodings`: (rid or "", ssrc or 0, rtx ssrc or 0),
        lowest layer first, at most 3. `extensions`: short name -> id in use by this publisher, names "mid", "rid",
        "rrid", "transport_cc", "audio_level", "orientation", "dependency". rtx_payload_type is -1 when there is
        none."""
    def set_allowed(self, uptrack: int, allowed: bool) -> None:
        """Whether anything of this track may be forwarded: the floor. Takes effect at the next packet."""
    def remove_uptrack(self, uptrack: int) -> None: ...
    def request_keyframe(self, uptrack: int) -> None:
        """Ask the publisher for a keyframe on every layer in use (throttled)."""

    def add_slot(self, transport: int, room: int, *, kind: str, ssrc: int, rtx_ssrc: int, cname: str) -> int:
        """A slot of a receive transport. Audio slots feed themselves with the loudest speakers of the room.
        Payload types and extension ids are those of `sfu.parameters` (fixed for every receiver)."""
    def feed(self, slot: int, uptrack: int, layer: int, *, rank: int = 0, keeps_size: bool = False) -> None:
        """Video: let `uptrack` (-1: nothing) feed the slot with its highest active layer <= `layer`, from its next
        keyframe on; the old source goes on until then. When the line does not carry everything, slots of a higher
        `rank` come first (`sfu.slots`), and one that `keeps_size` gives up pictures a second rather than their size."""
