"""What Python sees of `_acked.pyx`: a door for tests, and nothing else."""

class Acked:
    """The rate at which packets arrived."""

    @property
    def bps(self) -> int:
        """Bits a second; 0: not known yet."""
    def packet(self, arrived: int, size: int, limited: bool = False) -> None:
        """One packet that arrived (us, bytes)."""
