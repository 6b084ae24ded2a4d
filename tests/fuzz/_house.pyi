"""A packet worker without its thread, for the fuzzer."""

class Lie(Exception):
    """The worker would have sent something it must not."""

class House:
    """Two publishers, two receivers, one room."""

    sent: int
    def __init__(self) -> None: ...
    def begin(self) -> None:
        """One room with its people in it."""
    def play(self, data: bytes) -> None:
        """All steps of one input. Raises `Lie`."""
    def end(self) -> None:
        """Everybody leaves."""
    def close(self) -> None:
        """Frees everything."""

def read_packet(data: bytes) -> int:
    """One RTP packet, and its bytes as each codec's payload. Raises `Lie`."""

def read_dependency(data: bytes) -> int:
    """Dependency descriptors of one layer, each behind its length. Raises `Lie`."""

def read_line(data: bytes) -> int:
    """What a receiver says of its line, to an estimator: steps of a kind, two bytes of size and as many bytes. How many
    compounds were nothing but feedback. Raises `Lie`."""
