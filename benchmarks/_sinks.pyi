"""What Python sees of `_sinks.pyx`."""

import socket

from benchmarks._source import Source

class Sinks:
    """Drains UDP sockets in one native thread, counts what arrives and keeps a sample of it."""

    sample_every: int

    def __init__(self, sockets: list[socket.socket], sample_every: int = 8192, source: Source | None = None) -> None:
        """The sink's number is its place in the list. Raises `ValueError` when samples would be half the sequence
        numbers apart."""
    def run(self) -> None:
        """Drains until `stop`; for a thread of its own, without the GIL."""
    def stop(self) -> None:
        """Ends `run` within some milliseconds."""
    @property
    def packets(self) -> int:
        """RTP packets since the start."""
    def counts(self) -> dict[str, int]:
        """RTP `packets`, the `messages` they came in, `rtcp` datagrams, samples `skipped`: since the start."""
    def packets_of(self, number: int) -> int:
        """RTP packets one sink has had."""
    def samples(self) -> list[tuple[int, bytes]]:
        """Takes what was kept since the last call: (sink, packet), in the order of arrival."""
