"""What Python sees of `_speakers.pyx`: a door for tests, and nothing else."""

from collections.abc import Mapping

class Room:
    """A board and up to 64 voices, handles 0 to 63."""

    @property
    def due(self) -> int:
        """When the next choice is due, microseconds."""
    def note(self, handle: int, level: int, now_us: int) -> None: ...
    def choose(self, allowed: Mapping[int, bool], now_us: int) -> tuple[bool, list[tuple[int, int]]]:
        """Whether the choice changed, and the chosen (handle, level), loudest first."""
