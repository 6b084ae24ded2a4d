"""What the origin counts. Requests add to plain integers; they become metrics when somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

KINDS = ("playlist", "part", "segment", "init", "preflight")


class Counts:
    """Counters of one origin. Attributes named after `KINDS` count answers of that kind."""

    __slots__ = (
        "accepted",
        "blocked",
        "bytes_sent",
        "connections",
        "init",
        "part",
        "playlist",
        "preflight",
        "refused",
        "segment",
        "slow_closed",
        "waiting",
    )

    def __init__(self) -> None:
        self.playlist = self.part = self.segment = self.init = self.preflight = 0
        self.bytes_sent = 0
        """Bytes handed to the system, heads among them."""
        self.blocked = 0
        """Requests that had to wait for what they asked for."""
        self.waiting = 0
        """Requests that wait now."""
        self.accepted = 0
        self.connections = 0
        """Connections open now."""
        self.slow_closed = 0
        """Connections given up because their reader did not read."""
        self.refused: Counter[tuple[int, str]] = Counter()
        """Requests that got an error, by status and cause."""


class OriginCollector(Collector):
    """The counters of an origin as `sfera_hls_*`. `broadcasts` gives, at each scrape, how many broadcasts are live."""

    def __init__(self, counts: Counts, broadcasts: Callable[[], int]) -> None:
        self._counts = counts
        self._broadcasts = broadcasts

    def collect(self) -> Iterator[Metric]:
        """All families."""
        counts = self._counts
        answers = CounterMetricFamily("sfera_hls_answers", "Answers with what was asked for", labels=["kind"])
        for kind in KINDS:
            answers.add_metric([kind], getattr(counts, kind))
        yield answers
        refused = CounterMetricFamily("sfera_hls_refused", "Requests that got an error", labels=["status", "cause"])
        for (status, cause), number in counts.refused.items():
            refused.add_metric([str(status), cause], number)
        yield refused
        for name, text, value in (
            ("sent_bytes", "Bytes handed to the system", counts.bytes_sent),
            ("blocked", "Requests that waited for a part or a playlist", counts.blocked),
            ("connections_accepted", "Connections accepted", counts.accepted),
            ("slow_closed", "Connections closed because their reader did not read", counts.slow_closed),
        ):
            yield CounterMetricFamily(f"sfera_hls_{name}", text, value=value)
        for name, text, value in (
            ("connections", "Connections open", counts.connections),
            ("waiting", "Requests waiting now", counts.waiting),
            ("live", "Broadcasts that are live", self._broadcasts()),
        ):
            yield GaugeMetricFamily(f"sfera_hls_{name}", text, value=value)
