"""What Python sees of `_aimd.pyx`: a door for tests, and nothing else."""

class Aimd:
    """A rate under additive increase and multiplicative decrease."""

    def __init__(self, bps: int) -> None: ...
    @property
    def state(self) -> str:
        """One of hold, increase, decrease."""
    def update(self, signal: str, acked_bps: int, rtt_us: int, now_us: int) -> int:
        """The signal of now ("normal", "overuse", "underuse"); the rate, bits a second."""
