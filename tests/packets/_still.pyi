"""A packet worker whose thread never began (`_still.pyx`)."""

from sfu._fastpath import Worker

class Still:
    """The worker, at a time of its own; only `run`, `receive…` and `pass_time` make it do anything."""

    worker: Worker
    """As Python holds it: its commands wait for `run`."""

    def __init__(self, *, estimates: bool = True, thin_start: bool = False) -> None:
        """Options of the worker."""

    @property
    def now_us(self) -> int:
        """Its time."""
    def close(self) -> None:
        """Frees everything."""
    def run(self) -> None:
        """Carries out the commands that wait."""
    def receive(self, port: int, datagram: bytes) -> None:
        """A datagram from 127.0.0.1:`port`."""
    def receive_together(self, them: list[tuple[int, bytes]]) -> None:
        """Several of them, (port, datagram), read in one turn; what is sent waits for `messages` and `sent`."""
    def messages(self) -> list[int]:
        """How many datagrams each message holds that waits to be sent."""
    def pass_time(self, us: int) -> None:
        """Time goes by, with everything that is due."""
    def estimate(self, transport_handle: int, bps: int) -> None:
        """What a receive transport's line is taken to carry."""
    def line(self, transport_handle: int) -> tuple[int, int]:
        """What would be sent on an endless line, and what is, in bits a second."""
    def grant(self, slot: int, layer: int, target: int) -> None:
        """Instead of the allocator: this layer (-1: none) and target, until the next division."""
    def granted(self, slot: int) -> tuple[int, int]:
        """Layer (-1: none) and target."""
    def rates(self, uptrack_handle: int, layer: int) -> list[float]:
        """Bits a second by 4 * spatial + temporal layer."""
    def sent(self) -> list[tuple[int, bytes]]:
        """What would have been sent since the last call: port and datagram."""
