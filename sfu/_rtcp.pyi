"""What Python sees of `_rtcp.pyx`: doors for tests, and nothing else."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from typing_extensions import Buffer

# ssrc, fraction lost, cumulative lost, highest, jitter, lsr, dlsr
_Block: TypeAlias = tuple[int, int, int, int, int, int, int]

def parse_compound(data: Buffer) -> list[tuple[Any, ...]]:
    """What the readers find, one tuple a packet: ("sr", ssrc, ntp, rtp, packets, octets, blocks), ("rr", blocks),
    ("nack", media, lost), ("pli", media), ("fir", [(ssrc, sequence)]), ("other", type, count, body). ValueError where
    it is malformed."""

def write_sr(ssrc: int, ntp: int, rtp: int, packets: int, octets: int, cname: bytes, capacity: int = 1200) -> bytes: ...
def write_rr(sender: int, blocks: Sequence[_Block], capacity: int = 1200) -> bytes: ...
def write_nack(sender: int, media: int, lost: Sequence[int], capacity: int = 1200) -> bytes: ...
def write_pli(sender: int, media: int, capacity: int = 1200) -> bytes: ...
