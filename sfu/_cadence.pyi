"""What Python sees of `_cadence.pyx`: a door for tests, and nothing else."""

class Cadence:
    """Turns of one worker."""

    @staticmethod
    def wait(due_ms: int, since_asked_us: int) -> int:
        """How many milliseconds reports may lie unread, when somebody last asked for a repeat `since_asked_us` ago."""

    def turn(self, began_us: int, ended_us: int, left: bool = False) -> int:
        """One that is over; when the next may begin, 0: at any time."""
