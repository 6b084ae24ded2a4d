"""What Python sees of `_limit.pyx`."""

import socket

from benchmarks._aead import Aead
from benchmarks._sinks import Sinks

class Limit:
    """The speed-of-light program: copy, rewrite, protect, send."""

    def __init__(
        self,
        aead: Aead,
        socket: socket.socket,
        sinks: Sinks,
        frames: list[list[bytes]],
        batch: int,
        rooms: int = 1,
        cm: bool = False,
    ) -> None:
        """`frames`: the payloads of each frame of a pattern. `batch`: messages a system call. `cm`: AES-CM
        with HMAC-SHA1-80, by the worker's own sealing. A frame goes to the receivers of one room, the next to those of
        the next one."""
    def receivers(self, them: list[tuple[str, int, bytes, bytes, int, int]]) -> None:
        """Once, room by room: (host, port, session key, session salt, ssrc, first sequence number) of each.
        With `cm` the session key is the encryption key and, behind it, the authentication key."""
    def run(self, seconds: float, most_under_way: int) -> tuple[int, int]:
        """Sends for `seconds`; (packets, CPU nanoseconds of the calling thread)."""
