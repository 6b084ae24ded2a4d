"""From one measured run to what a school's morning needs: cores, gigabits a second, memory.

Nothing here measures. Every number comes of a run's JSON or of an assumption, and all assumptions are told with the
result.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Group
from rich.table import Table

BUSY: Final = 0.6
"""How busy a processor may be on average: what comes in bursts, and a machine that is repaired, need the rest."""
OVERHEAD: Final = 46
"""Bytes a packet has on the wire around its RTP: Ethernet with its checksum (18), IPv4 (20), UDP (8)."""
VIEWER_KBPS: Final = 2500.0
"""What a viewer of a broadcast loads: 720 lines of H264 and AAC."""
VIEWER_REQUESTS: Final = 2.0
"""Requests of a viewer a second with parts of one second: one for a playlist, one for a part."""
REQUEST_US: Final = 25.0
"""CPU of one of them at the origin, parts of 200 KB among them (see docs/performance.md)."""
BROADCAST_CORES: Final = 0.33
"""CPU of making one broadcast of 720 lines, viewers apart."""


class PlanError(Exception):
    """A file that is no run of `lesson`, or one that nothing can be planned from."""


@dataclass(frozen=True)
class Measured:
    """What one run says of one lesson."""

    participants: int
    packets: float
    """Packets that leave the server a second."""
    mbps: float
    """Megabits a second of RTP that leave."""
    cpu_us: float
    """CPU of the server for one of them, all it does besides in it."""
    rss_mib: float
    rooms: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Need:
    """What is needed: `cores` at the stated business, `gbps` out of the server, `memory_gib`."""

    lessons: int
    participants: int
    viewers: int
    lesson_cores: float
    viewer_cores: float
    lesson_gbps: float
    viewer_gbps: float
    memory_gib: float
    assumptions: list[str] = field(default_factory=list)

    @property
    def cores(self) -> int:
        """Whole ones: lessons', and viewers'."""
        return math.ceil(self.lesson_cores) + math.ceil(self.viewer_cores)

    @property
    def gbps(self) -> float:
        """All that leaves."""
        return self.lesson_gbps + self.viewer_gbps

    def __rich__(self) -> Group:
        """As a table with its assumptions."""
        table = Table(title=f"{self.lessons} lessons of {self.participants} people, {self.viewers:,} viewers")
        for name in ("", "lessons", "viewers", "together"):
            table.add_column(name, justify="right" if name else "left")
        table.add_row("cores", f"{self.lesson_cores:.1f}", f"{self.viewer_cores:.1f}", f"{self.cores} (whole ones)")
        table.add_row("Gb/s out", f"{self.lesson_gbps:.2f}", f"{self.viewer_gbps:.2f}", f"{self.gbps:.2f}")
        table.add_row("memory, GiB", f"{self.memory_gib:.1f}", "", "")
        return Group(table, *(f"- {line}" for line in self.assumptions))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "lessons": self.lessons,
            "participants": self.participants,
            "viewers": self.viewers,
            "cores": self.cores,
            "lesson_cores": round(self.lesson_cores, 3),
            "viewer_cores": round(self.viewer_cores, 3),
            "gbps": round(self.gbps, 3),
            "lesson_gbps": round(self.lesson_gbps, 3),
            "viewer_gbps": round(self.viewer_gbps, 3),
            "memory_gib": round(self.memory_gib, 2),
            "assumptions": self.assumptions,
        }


def read(path: Path) -> Measured:
    """A run of `lesson --json`, one against a rival too. Raises `PlanError`, `OSError`."""
    try:
        run = json.loads(path.read_text())
        figures = run["ours"] if isinstance(run.get("ours"), dict) else run
        rooms, seconds = int(run["rooms"]), float(figures["seconds"])
        cpu, rss = figures["cpu_s_per_million"], figures["rss_mib"]
        if cpu is None or rss is None:
            raise PlanError(f"{path}: the run has not seen what the server used")
        return Measured(
            participants=int(run["participants"]),
            packets=figures["packets"] / seconds / rooms,
            mbps=float(figures["received_mbps"]) / rooms,
            cpu_us=float(cpu),
            rss_mib=float(rss),
            rooms=rooms,
            notes=_notes(figures),
        )
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
        raise PlanError(f"{path}: no run of `lesson --json` ({error!r})") from error


def need(measured: Measured, *, lessons: int, viewers: int, broadcasts: int = 1, busy: float = BUSY) -> Need:
    """What so many lessons like the measured one need, and so many viewers of broadcasts."""
    lesson_cores = lessons * measured.packets * measured.cpu_us / 1e6 / busy
    lesson_gbps = lessons * (measured.mbps / 1e3 + measured.packets * OVERHEAD * 8 / 1e9)
    making = broadcasts * BROADCAST_CORES if viewers else 0.0
    viewer_cores = (making + viewers * VIEWER_REQUESTS * REQUEST_US / 1e6) / busy
    memory = measured.rss_mib * max(1.0, lessons / measured.rooms) / 1024
    return Need(
        lessons=lessons,
        participants=lessons * measured.participants,
        viewers=viewers,
        lesson_cores=lesson_cores,
        viewer_cores=viewer_cores,
        lesson_gbps=lesson_gbps,
        viewer_gbps=viewers * VIEWER_KBPS / 1e6,
        memory_gib=memory,
        assumptions=[*_assumptions(measured, viewers, broadcasts, busy), *measured.notes],
    )


def _assumptions(measured: Measured, viewers: int, broadcasts: int, busy: float) -> list[str]:
    lines = [
        f"Measured: a lesson of {measured.participants} is sent {measured.packets:,.0f} packets a second "
        f"({measured.mbps:.0f} Mb/s of RTP), at {measured.cpu_us:.2f} µs of CPU each.",
        f"Processors are {busy:.0%} busy on average, and as fast as the one that was measured.",
        f"CPU grows with packets, from {measured.rooms} measured to all. A busier server pays less for each packet: "
        "a run with few lessons plans too much rather than too little.",
        f"{OVERHEAD} bytes of Ethernet, IPv4 and UDP stand around each packet. What people send comes in beside it.",
        "Memory: that of the run for every so many lessons it held, the program itself among it.",
    ]
    if viewers:
        lines += [
            f"Not of this run: a viewer loads {VIEWER_KBPS:.0f} kb/s in {VIEWER_REQUESTS:g} requests a second of "
            f"{REQUEST_US:g} µs of CPU; making each of {broadcasts} broadcasts takes {BROADCAST_CORES:g} cores. "
            "With a cache or CDN before the origin, viewers cost it next to nothing.",
        ]
    return lines


def _notes(figures: dict[str, Any]) -> tuple[str, ...]:
    notes = []
    if figures.get("engine_limited"):
        notes.append("The load tester itself was the limit of that run.")
    if float(figures.get("delivered") or 0) < 0.999:
        notes.append(
            f"That run delivered {float(figures.get('delivered') or 0):.2%} only: the server was beyond its limit."
        )
    return tuple(notes)
