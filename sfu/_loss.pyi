"""What Python sees of `_loss.pyx`: a door for tests, and nothing else."""

class Loss:
    """The bound that losses set."""

    def note(self, lost: int, told: int) -> None:
        """Of `told` packets, `lost` were said not to have arrived; negative: they have come after all."""
    def update(self, target_bps: int, rtt_us: int, now_us: int) -> int:
        """The bound, bits a second; 0: none."""
