"""What broadcasts count, added up over all of them and over those that are over, as metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hls.broadcast import Broadcast

FAMILIES = {
    "media": ("what", "Packets, pictures and sounds of taps, by what became of them"),
    "cpu_seconds": ("work", "CPU time of decoding and encoding pictures"),
    "frames_refused": ("code", "Encoded frames that could not be packaged"),
    "frames_dropped": ("cause", "Encoded frames that were left out"),
    "recording": ("result", "Batches of a recording that the disk took late or refused"),
}
"""Label and help of each family."""


class Tally:
    """Sums over broadcasts. `add` keeps those of one that is over."""

    def __init__(self) -> None:
        self._past: Counter[tuple[str, str]] = Counter()

    def add(self, broadcast: Broadcast) -> None:
        """The broadcast is over."""
        self._past.update(counted(broadcast))

    def sums(self, live: Collection[Broadcast]) -> Counter[tuple[str, str]]:
        """By family and label."""
        total = self._past.copy()
        for broadcast in live:
            total.update(counted(broadcast))
        return total


def counted(broadcast: Broadcast) -> Counter[tuple[str, str]]:
    """What one broadcast has counted so far, by family and label."""
    found: Counter[tuple[str, str]] = Counter()
    for what, number in broadcast.counts.copy().items():
        if what.endswith("_us"):
            found["cpu_seconds", what.removesuffix("_us")] += number
        else:
            found["media", what] += number
    for code, number in broadcast.refused.items():
        found["frames_refused", code] += number
    for cause, number in broadcast.delivery.dropped.items():
        found["frames_dropped", cause] += number
    found["recording", "late"] += broadcast.delivery.written_late
    found["recording", "refused"] += broadcast.delivery.write_errors
    return found


class TallyCollector(Collector):
    """The sums as `sfera_hls_*`; `live` gives, at each scrape, the broadcasts that are live."""

    def __init__(self, tally: Tally, live: Callable[[], Collection[Broadcast]]) -> None:
        self._tally = tally
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """All families."""
        live = self._live()
        families = {
            name: CounterMetricFamily(f"sfera_hls_{name}", text, labels=[label])
            for name, (label, text) in FAMILIES.items()
        }
        for (family, label), number in sorted(self._tally.sums(live).items()):
            families[family].add_metric([label], number / 1e6 if family == "cpu_seconds" else number)
        yield from families.values()
        latencies = [broadcast.latency for broadcast in live if broadcast.latency is not None]
        for name, text, value in (
            ("latency_seconds", "From capture to publication, of the broadcast that is furthest behind", latencies),
            ("behind_seconds", "By which encoding is late, at most", [broadcast.behind for broadcast in live]),
        ):
            yield GaugeMetricFamily(f"sfera_hls_{name}", text, value=max(value, default=0.0))
