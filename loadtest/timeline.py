"""Figures sampled once a second while a load runs, for its pictures."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import Self


class Timeline:
    """Samples some figures once a second in a thread of its own: a context manager, then `columns`.

    The moments are in `at_s`, seconds since the beginning. A figure that rises all the time is better told as what was
    added since the sample before: see `rates`.
    """

    def __init__(self, sample: Callable[[], dict[str, float]], *, every: float = 1.0) -> None:
        self._sample, self._every = sample, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timeline", daemon=True)
        self._samples: list[tuple[float, dict[str, float]]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def columns(self, *, rates: tuple[str, ...] = ()) -> dict[str, list[float]]:
        """The samples by figure; those named in `rates` a second, from one sample to the next."""
        moments = [at for at, _ in self._samples]
        names = self._samples[0][1] if self._samples else {}
        columns = {name: [figures[name] for _, figures in self._samples] for name in names}
        spans = [after - before for before, after in itertools.pairwise(moments)]
        for name in rates:
            values = columns[name]
            steps = zip(itertools.pairwise(values), spans, strict=True)
            columns[name] = [round((after - before) / span, 3) for (before, after), span in steps]
        return {
            "at_s": [round(at, 3) for at in moments[1:]],
            **{name: values if name in rates else values[1:] for name, values in columns.items()},
        }

    def _run(self) -> None:
        started = time.monotonic()
        while True:
            self._samples.append((time.monotonic() - started, self._sample()))
            due = started + self._every * len(self._samples)
            if self._ended.wait(max(0.0, due - time.monotonic())):
                return
