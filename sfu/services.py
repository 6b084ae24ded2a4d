"""What all rooms of a node share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from sfu.dtls import Certificate
from sfu.events import Reporter
from sfu.metrics import Metrics
from sfu.slots import SsrcPool


@dataclass(slots=True)
class Services:
    """Shared by the rooms of one node. `unix_offset` turns monotonic seconds into Unix time."""

    certificate: Certificate
    announce: Sequence[str]
    metrics: Metrics
    report: Reporter
    defect: Callable[[str, Exception], None]
    """Hears where and how our own code failed; nothing of it reaches a page."""
    unix_offset: float
    udp_host: str = "0.0.0.0"
    """Address the packet workers are bound to."""
    udp_ports: frozenset[int] = frozenset()
    tap_readers: dict[tuple[str, int], Callable[[], object]] = field(default_factory=dict)
    """How to end the tap that sends to an address: one socket reads one tap."""
    ssrcs: SsrcPool = field(default_factory=SsrcPool)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def unix(self, now: float) -> float:
        """Unix time of a monotonic moment."""
        return now + self.unix_offset
