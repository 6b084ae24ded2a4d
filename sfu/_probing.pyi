"""What Python sees of `_probing.pyx`: a door for tests, and nothing else."""

class Prober:
    """When to probe, how fast, and what came of it. Rates are bits a second, times microseconds."""

    def begin(self, estimate_bps: int, wanted_bps: int, limited: bool, now_us: int) -> int:
        """The rate asked for; 0: no probe begins."""
    def due(self, now_us: int) -> tuple[int, int]:
        """Bytes that should leave by now, and how large packets should be."""
    def sent(self, now_us: int, size: int) -> None: ...
    def acked(self, sent_us: int, arrived_us: int, size: int) -> None:
        """A packet of the probe of now has arrived."""
    def read(self, last: int) -> None:
        """Feedback was read whose last packet has this number."""
    def follow(self, estimate_bps: int, now_us: int) -> bool:
        """The estimate has moved; whether it has sunk sharply."""
    def stop(self, now_us: int) -> None: ...
    def conclude(self, rtt_us: int, now_us: int) -> int:
        """What the probe has shown; 0: nothing, or not yet."""
    @property
    def full(self) -> bool: ...
