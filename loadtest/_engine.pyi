"""The load tester's engine: many lines in one native thread that never takes the GIL.

A line is one ICE + DTLS + SRTP path of a participant after its handshake: a connected UDP socket of its own, keys of
its own, streams it sends and streams it expects. The engine knows nobody's signalling: whoever has set a path up (our
room protocol, Janus's API, WHIP and WHEP) gives it the socket, the credentials and the keys, and from then on the
engine does what a browser does there: consent checks and answers to binding requests, RTP in frames, sender and
receiver reports, transport-wide feedback, NACK and PLI, answers to NACK and PLI. The socket stays the caller's, who
closes it after `remove_line`; until then nobody else reads from it.

How it counts. Every RTP packet that arrives is counted by its header and sequence number, at the kernel's timestamp
(SO_TIMESTAMPNS). Lines that are `opened` are decrypted besides: only there latency is known (each payload ends with
the number of its stream, a serial number and the moment it was handed to the kernel), and content is compared with
what was sent. What this machine's own sockets dropped (SO_RXQ_OVFL) is told apart from what never came.

All calls may come at any time from one Python thread; each waits for the end of the thread's turn (some 100 us).
Numbers of lines and streams are the engine's own and are not used twice.
"""

from collections.abc import Sequence
from socket import socket

from loadtest.figures import Frame, Ice, Kind, LineFigures, Received, Sent, Turns
from loadtest.peers.dtls import SrtpKeys

class Engine:
    """Lines, and the thread that serves them. `cpu`: the processor it is kept on, -1: any. `seed`: of phases."""

    def __init__(self, *, cpu: int = -1, seed: int = 1) -> None: ...
    def start(self) -> None:
        """Begin to serve the lines there are and those that come."""

    def stop(self) -> None:
        """End the thread; idempotent."""

    def add_line(
        self, sock: socket, *, ice: Ice, keys: SrtpKeys, opened: bool = True, transport_cc: int = 0, cname: str = ""
    ) -> int:
        """Take over a path. `sock` is a UDP socket connected to the other side. `transport_cc` is the id of the
        transport-wide sequence number in what this line receives (0: no feedback is sent). Raises `ValueError`."""

    def remove_line(self, line: int) -> None:
        """Stop serving it, and forget it and its streams."""

    def send_video(
        self,
        line: int,
        frames: Sequence[Frame],
        *,
        ssrc: int,
        payload_type: int,
        rtx_ssrc: int = 0,
        rtx_payload_type: int = 0,
        extensions: dict[str, int],
        mid: str = "",
        rid: str = "",
        packet_size: int = 1200,
        sending: bool = True,
    ) -> int:
        """Send VP8 whose frames have these sizes, over and over, in packets of at most `packet_size` bytes of payload,
        about equal in size. One simulcast layer is one stream. `extensions` are ids by name: mid, rid, rrid,
        transport_cc. With `sending` false it waits for `set_sending`. The first frame is a keyframe."""

    def send_audio(
        self,
        line: int,
        *,
        ssrc: int,
        payload_type: int,
        extensions: dict[str, int],
        mid: str = "",
        level: int = 20,
        size: int = 80,
        sending: bool = True,
    ) -> int:
        """Send Opus, a packet of `size` bytes every 20 ms. `level` is 0 (loudest) to 127 (silent); `extensions` are ids
        by name: mid, transport_cc, audio_level."""

    def expect(self, line: int, kind: Kind, *, ssrc: int, rtx_ssrc: int = 0, nack: bool = False) -> int:
        """Count what comes under this SSRC. What is missing is asked for where there is a repair stream, or with
        `nack`: then it comes again as it was."""

    def set_sending(self, stream: int, sending: bool) -> None:
        """Switch a stream (one simulcast layer) off or on; the first frame after it is a keyframe."""

    def set_level(self, stream: int, level: int) -> None:
        """How loud a voice is from now on."""

    def pause(self, quiet_ms: int = 40, most_ms: int = 1000) -> bool:
        """Send no media until `resume`; comes back when none has arrived for `quiet_ms`, false when some still did
        after `most_ms`. Between `pause` and `resume` all figures stand still: so a stretch is cut exactly."""

    def resume(self) -> None:
        """Go on sending, on a schedule moved by the length of the pause."""

    def reset(self) -> None:
        """Begin a new stretch: all figures are 0 again, except where they say otherwise."""

    def sent(self, stream: int) -> Sent: ...
    def received(self, stream: int) -> Received: ...
    def line(self, line: int) -> LineFigures: ...
    def turns(self) -> Turns: ...
    def latency(self, kind: Kind) -> list[tuple[float, int]]:
        """From this machine's kernel to this machine's kernel: (milliseconds at most, packets) in rising order, in
        steps of 3%, of opened lines since the last `reset`. Recovered packets are not among them."""
