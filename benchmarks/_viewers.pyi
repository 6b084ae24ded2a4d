"""What Python sees of `_viewers.pyx`."""

import socket

class Viewers:
    """HTTP viewers over connections that stay, in one native thread that never takes the GIL."""

    failed: int
    """errno of the first viewer that failed, -1 for one whose connection ended, 0 when none did."""

    def __init__(self, sockets: list[socket.socket], requests: list[bytes], size: int, sample_every: int = 512) -> None:
        """`sockets` are connected, `requests` has what each sends, `size` is that of every answer with its head."""
    def run(self, total: int) -> float:
        """Gets so many answers; seconds it took. `failed` is not 0 when it did not come so far."""
    def kept_answer(self) -> bytes | None:
        """The newest answer that was kept whole."""
