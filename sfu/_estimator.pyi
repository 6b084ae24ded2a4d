"""What Python sees of `_estimator.pyx`, for tests and the benchmark (`_estimator.pxd` is the contract in C)."""

from typing import TypedDict

class State(TypedDict):
    """What stands behind an estimate. Rates are bits a second."""

    signal: str
    trend: float
    threshold: float
    acked: int
    rate: int
    loss_bound: int
    loss: float
    rtt_us: int
    queue_us: int
    limited: bool

class Estimator:
    """An estimator of one receiver's line, with its log of what was sent. Times are microseconds, rates bits/s."""

    @property
    def bps(self) -> int:
        """The estimate; 0: not known yet."""
    def sent(self, now_us: int, size: int) -> int:
        """A packet of `size` bytes leaves; its transport-wide number (16 bits)."""
    def feedback(self, now_us: int, data: bytes) -> bool:
        """A compound has come; whether all transport-wide feedback in it was well formed."""
    def report(self, now_us: int, lost: int, told: int, rtt_us: int = 0) -> None:
        """A receiver report tells the fate of `told` packets."""
    def remb(self, now_us: int, bps: int) -> None: ...
    def tick(self, now_us: int, wanted_bps: int) -> bool:
        """Every 100 ms or so; whether a probe has begun."""
    def due(self, now_us: int) -> tuple[int, int] | None:
        """Bytes of padding that should leave now, and how many in one packet; None while no probe is under way."""
    def state(self) -> State: ...
