"""Figures looked at once a second while a stretch lasts, for its pictures."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from loadtest._engine import Engine
from loadtest.processes import Used

EVERY_SECONDS: Final = 1.0


class _Row(NamedTuple):
    at: float
    rtp: int
    used: Used | None


class Timeline:
    """Call `look` often; then `columns`. `used` tells what the server has used, None where that cannot be seen."""

    def __init__(self, engine: Engine, used: Callable[[], Used | None]) -> None:
        self._engine, self._used = engine, used
        self._rows: list[_Row] = []

    def look(self, passed: float) -> None:
        """So many seconds of the stretch have passed."""
        if not self._rows or passed - self._rows[-1].at >= EVERY_SECONDS:
            self._rows.append(_Row(passed, self._engine.turns().rtp, self._used()))

    def columns(self) -> dict[str, list[Any]]:
        """Moments (`at_s`), RTP packets that came a second, and of the server CPU seconds a second and MiB: one row for
        each look after the first."""
        pairs = list(itertools.pairwise(self._rows))
        columns: dict[str, list[Any]] = {
            "at_s": [round(after.at, 2) for _, after in pairs],
            "packets_per_s": [round((after.rtp - before.rtp) / (after.at - before.at)) for before, after in pairs],
        }
        servers = [(before.used, after.used, after.at - before.at) for before, after in pairs]
        seen = [(before, after, span) for before, after, span in servers if before is not None and after is not None]
        if seen:
            columns["cpu_share"] = [round((after.cpu_s - before.cpu_s) / span, 3) for before, after, span in seen]
            columns["rss_mib"] = [round(after.rss_bytes / 2**20, 1) for _, after, _ in seen]
        return columns
