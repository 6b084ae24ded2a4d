"""What Python sees of `_stun.pyx`: doors for tests, and nothing else."""

from typing_extensions import Buffer

def parse_request(data: Buffer) -> tuple[int, bytes, bool, bool, int]:
    """(verdict, username, use_candidate, controlling, priority); verdicts as in `_stun.pxd`, 0 is good."""

def verify_request(data: Buffer, password: bytes) -> bool: ...
def answer_request(data: Buffer, address: tuple[str, int], password: bytes, capacity: int = 0) -> bytes | None:
    """What the worker answers to a datagram from `address`, or None where it stays silent."""
