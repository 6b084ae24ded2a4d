"""What the supervisor counts."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class SupervisorMetrics:
    """Metrics of the supervisor, in a registry of their own."""

    def __init__(self, names: Iterable[str]) -> None:
        self._registry = CollectorRegistry()
        self._up = Gauge(
            "sfera_supervisor_up", "1 when the process answered its health check.", ["process"], registry=self._registry
        )
        self._ends = Counter(
            "sfera_supervisor_deaths",
            "Times the process ended without being told to, by how (code N, signal N).",
            ["process", "how"],
            registry=self._registry,
        )
        for name in names:
            self._up.labels(name).set(0)

    def up(self, name: str, ready: bool) -> None:
        """The process became ready, or is so no more."""
        self._up.labels(name).set(int(ready))

    def ended(self, name: str, code: int) -> None:
        """The process ended by itself; a negative code is a signal, as `subprocess` has it."""
        self._ends.labels(name, f"signal {-code}" if code < 0 else f"code {code}").inc()

    def exposition(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)
