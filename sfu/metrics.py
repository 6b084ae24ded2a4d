"""What the media process counts. Names begin with `sfera_media_`; every refusal carries its cause as a label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

Read = Callable[[], Iterable[tuple[str, dict[str, int]]]]
"""Gives (worker, figures)."""


class Metrics:
    """All instruments of one media process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"sfera_media_{name}", text, labels, registry=self.registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"sfera_media_{name}", text, labels, registry=self.registry)

        self.rooms = gauge("rooms", "Rooms on this node")
        self.participants = gauge("participants", "Participants in rooms, suspended ones among them")
        self.suspended = gauge("participants_suspended", "Participants without a socket who may still resume")
        self.waiting = gauge("waiting", "People in lobbies")
        self.tracks = gauge("tracks", "Published tracks", "source")
        self.slots = gauge("slots", "Slots", "kind")
        self.taps = gauge("taps", "Taps: readers of plain RTP on this machine")
        self.sockets = gauge("sockets", "Open signalling sockets")
        self.worker_load = gauge("worker_load", "CPU seconds a second of a worker's thread, smoothed", "worker")
        self.worker_waiting = gauge("worker_waiting_commands", "Commands a worker has not taken yet", "worker")

        self.loop_lag = gauge("loop_lag_seconds", "The longest the event loop stood still, of the last minute")

        self.joins = counter("joins_total", "Ways into a room", "how")
        self.leaves = counter("leaves_total", "Participants who went", "reason")
        self.messages = counter("messages_total", "Signalling messages read", "type")
        self.refused = counter("refused_total", "Requests refused with an error", "cause")
        self.tickets_refused = counter("tickets_refused_total", "Tickets refused", "cause")
        self.sockets_refused = counter("sockets_refused_total", "Sockets refused before they opened", "cause")
        self.sockets_closed = counter("sockets_closed_total", "Sockets this side closed", "cause")
        self.dtls_refused = counter("dtls_refused_total", "Transports that will never carry media", "cause")
        self.silent = counter("transports_silent_total", "Times a connected transport fell silent for 6 s")
        self.paused = counter("slots_paused_total", "Times a slot was paused because its receiver's line was too thin")
        self.estimates = Histogram(
            "sfera_media_estimate_bps",
            "What lines of receivers carry, as told when it changes",
            buckets=(100e3, 200e3, 300e3, 500e3, 1e6, 2e6, 5e6, 10e6, float("inf")),
            registry=self.registry,
        )
        self.calls_refused = counter("control_refused_total", "Control calls refused", "cause")
        self.webhooks = counter("webhooks_total", "Webhooks by how they ended", "result")
        self.webhooks_waiting = gauge("webhooks_waiting", "Webhooks not delivered yet")
        self.streams = gauge("streams", "WHIP and WHEP streams that go on", "door")
        self.streams_waiting = gauge("streams_waiting", "Requests of WHIP and WHEP that wait to be told of their room")
        self.streams_opened = counter("streams_opened_total", "WHIP and WHEP streams opened", "door")
        self.streams_refused = counter("streams_refused_total", "WHIP and WHEP requests refused", "cause")
        self.streams_ended = counter("streams_ended_total", "WHIP and WHEP streams by how they ended", "reason")
        self.rooms_overloaded = counter("rooms_overloaded_total", "Rooms ended because a worker took no commands")
        self.errors = counter("errors_total", "Defects met while serving: each is in the log", "where")

    def watch_workers(self, read: Read, live: Read) -> None:
        """Show the counters of packet workers, and what exists on them: both give (worker, figures) at each scrape."""
        self.registry.register(WorkerCollector(read, live))


class WorkerCollector(Collector):
    """Worker counters as `sfera_media_worker_<name>_total{worker="0"}`, and what exists on them as
    `sfera_media_worker_live{worker="0",kind="slots"}`, read when somebody asks."""

    def __init__(self, read: Read, live: Read) -> None:
        self._read = read
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """One family a counter, and one for what exists."""
        families: dict[str, CounterMetricFamily] = {}
        for worker, counters in self._read():
            for key, value in counters.items():
                name = "sfera_media_worker_" + re.sub(r"[^a-zA-Z0-9_]", "_", key)
                if name not in families:
                    families[name] = CounterMetricFamily(name, f"Packet worker: {key}", labels=["worker"])
                families[name].add_metric([worker], value)
        yield from families.values()
        live = GaugeMetricFamily(
            "sfera_media_worker_live",
            "Packet worker: what exists now (caches: of all workers)",
            labels=["worker", "kind"],
        )
        for worker, figures in self._live():
            for kind, value in figures.items():
                live.add_metric([worker, kind], value)
        yield live
