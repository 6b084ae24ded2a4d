"""What Python sees of `_arrivals.pyx`: a door for tests, and nothing else."""

class Arrivals:
    """One log of arrivals."""

    def add(self, sequence: int, now_us: int) -> None: ...
    def write(self, sender: int = 1, media: int = 2, capacity: int = 1200) -> bytes:
        """One feedback packet; empty when there is nothing to say, or no room to say it."""
