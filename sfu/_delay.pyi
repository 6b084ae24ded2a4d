"""What Python sees of `_delay.pyx`: a door for tests, and nothing else."""

class Delay:
    """A detector of growing queues."""

    @property
    def signal(self) -> str:
        """One of normal, overuse, underuse."""
    @property
    def threshold(self) -> float:
        """Above which a trend counts, ms."""
    @property
    def trend(self) -> float: ...
    def packet(self, sent: int, arrived: int) -> bool:
        """One packet, microseconds of either clock; whether a group was completed."""
