"""What a server's whole process tree has used, as the kernel counts it (proc(5))."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self

_TICK: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Used(NamedTuple):
    """CPU seconds (utime + stime, of children that have ended too) and bytes of resident memory."""

    cpu_s: float
    rss: int


def used(root: int) -> Used:
    """Of the process and all that descend from it. Raises `ProcessLookupError` when the root is gone."""
    found = [one for one in map(_of, tree(root)) if one is not None]
    if not found:
        raise ProcessLookupError(root)
    return Used(sum(one.cpu_s for one in found), sum(one.rss for one in found))


def tree(root: int) -> Iterator[int]:
    """The process and its descendants, parents first."""
    yield root
    for task in Path(f"/proc/{root}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from tree(int(child))


def _of(pid: int) -> Used | None:
    try:
        # The name of the program, in parentheses, may hold spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return Used(sum(map(int, fields[11:15])) / _TICK, int(fields[21]) * _PAGE)


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
        spans = [after - before for before, after in zip(moments, moments[1:], strict=False)]
        for name in rates:
            values = columns[name]
            steps = zip(values, values[1:], spans, strict=False)
            columns[name] = [round((after - before) / span, 3) for before, after, span in steps]
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
