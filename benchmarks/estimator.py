"""What the bandwidth estimator makes of modelled lines, in virtual time: the packet worker's own, driven by feedback.

Everything is seeded; a run takes seconds and gives the same figures every time. Lines have a queue of 300 ms, as home
routers do. Media is a camera in frames and a voice, sending what it is allowed.

- A line of 800 kb/s and 100 ms each way. It sinks to 100 kb/s after 40 s, and rises to 1.5 Mb/s 20 s later:
  `steady_kbps` (the estimate from 20 s on), `detect_ms` (until the first decrease), `after_drop_kbps` (the estimate 15
  to 20 s after the drop), `queue_after_drop_ms` (what packets wait then, on average), `recover_s` (until 90% of
  1.5 Mb/s).
- Two flows on 2 Mb/s, the second 10 s later: `fairness`, the lesser's share of the greater's.
- A TCP Reno download on 1 Mb/s: `beside_tcp_kbps`, what media gets beside it.
- The same line losing 5% at random: `lossy_kbps`, the estimate.

Each figure is the median of several seeds; `worst` has the one farthest from its goal. Exit status 1 when a goal
is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from rich.console import Console
from rich.progress import Progress

from benchmarks.modelled import Media, Reno, World
from loadtest.shaping import Shape

GOALS: Final[dict[str, tuple[float, float]]] = {
    "steady_kbps": (600, 900),
    "after_drop_kbps": (65, 115),
    "detect_ms": (0, 600),
    "queue_after_drop_ms": (0, 200),
    "recover_s": (0, 10),
    "fairness": (0.8, 1),
    "beside_tcp_kbps": (200, 800),
    "lossy_kbps": (500, 900),
}
"""Least and most of each figure."""

DROP_AT: Final = 40.0
RISE_AT: Final = 60.0
NEVER: Final = 1e6


def drop(seed: str) -> tuple[dict[str, float], Media]:
    """A line that sinks, and rises again."""
    world = World(Shape(rate_kbps=800, delay_ms=100), back_ms=100, seed=seed)
    media = Media(world)
    world.run(DROP_AT)
    world.reshape(Shape(rate_kbps=100, delay_ms=100))
    world.run(RISE_AT)
    world.reshape(Shape(rate_kbps=1500, delay_ms=100))
    world.run(RISE_AT + 30)
    trace = media.trace
    recovered = trace.first(RISE_AT, lambda kbps: kbps >= 0.9 * 1500)
    return {
        "steady_kbps": trace.mean(20, DROP_AT),
        "detect_ms": first_decrease(media, DROP_AT) * 1000,
        "after_drop_kbps": trace.mean(DROP_AT + 15, RISE_AT),
        "queue_after_drop_ms": trace.queue_ms(DROP_AT + 10, RISE_AT),
        "recover_s": NEVER if recovered is None else recovered,
    }, media


def first_decrease(media: Media, since: float) -> float:
    """How long after `since` the estimate first fell by more than rounding, s."""
    before = NEVER
    for at, kbps in zip(media.trace.at, media.trace.estimate_kbps, strict=True):
        if at > since and kbps < before - 1:
            return at - since
        before = kbps
    return NEVER


def share(seed: str) -> tuple[dict[str, float], Media]:
    """Two of a kind."""
    world = World(Shape(rate_kbps=2000, delay_ms=50), back_ms=50, seed=seed)
    first, second = Media(world), Media(world, start=10.0)
    world.run(200)
    rates = first.kbps(60, 200), second.kbps(60, 200)
    return {"fairness": min(rates) / max(rates)}, second


def beside_tcp(seed: str) -> tuple[dict[str, float], Media]:
    """A download that fills the queue."""
    world = World(Shape(rate_kbps=1000, delay_ms=50), back_ms=50, seed=seed)
    media = Media(world)
    Reno(world, start=5.0)
    world.run(120)
    return {"beside_tcp_kbps": media.kbps(20, 120)}, media


def lossy(seed: str) -> tuple[dict[str, float], Media]:
    """Losses that are no congestion."""
    world = World(Shape(rate_kbps=800, delay_ms=100, loss=0.05), back_ms=100, seed=seed)
    media = Media(world)
    world.run(60)
    return {"lossy_kbps": media.trace.mean(20, 60)}, media


SCENARIOS: Final[dict[str, Callable[[str], tuple[dict[str, float], Media]]]] = {
    "drop": drop,
    "share": share,
    "beside_tcp": beside_tcp,
    "lossy": lossy,
}


def distance(name: str, value: float) -> float:
    """How near a figure is to missing its goal: above 1, it has."""
    least, most = GOALS[name]
    return abs(value - (least + most) / 2) / ((most - least) / 2)


def farthest(name: str, values: list[float]) -> float:
    """The worst of several figures."""
    return max(values, key=lambda value: distance(name, value))


def measure(seeds: int, only: Sequence[str] = ()) -> tuple[dict[str, Any], dict[str, Media]]:
    """Every scenario with every seed; the result, and of each scenario one flow to look at."""
    figures: dict[str, list[float]] = {}
    flows: dict[str, Media] = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for name, scenario in SCENARIOS.items():
            if only and name not in only:
                continue
            for number in progress.track(range(seeds), description=name):
                found, flow = scenario(f"{name} {number}")
                flows.setdefault(name, flow)
                for figure, value in found.items():
                    figures.setdefault(figure, []).append(value)
    result: dict[str, Any] = {name: round(median(values), 2) for name, values in figures.items()}
    result["worst"] = {name: round(farthest(name, values), 2) for name, values in figures.items()}
    result["missed"] = [name for name in figures if distance(name, result[name]) > 1]
    return result | {"seeds": seeds}, flows


def draw(flows: dict[str, Media], path: Path) -> None:
    """What happened with the first seed; the file's ending says the format."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "sfera"
    from matplotlib import pyplot as plt

    figure, rows = plt.subplots(len(flows), figsize=(10, 2.4 * len(flows)), layout="constrained", squeeze=False)
    for axes, (name, flow) in zip(rows[:, 0], flows.items(), strict=True):
        trace = flow.trace
        axes.plot(trace.at, trace.estimate_kbps, color="#12705A", label="estimate")
        axes.plot(trace.at, [state["acked"] / 1000 for state in trace.states], color="#B4C2BC", label="acknowledged")
        delay = axes.twinx()
        delay.plot(trace.at, [state["queue_us"] / 1000 for state in trace.states], color="#C8553D", linewidth=0.6)
        delay.set_ylabel("queue, ms", color="#C8553D")
        axes.set_ylabel("kb/s")
        axes.set_title(name, loc="left")
        axes.legend(frameon=False, loc="upper right")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line of `python -m benchmarks estimator`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks estimator", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--seeds", type=int, default=9, help="runs of each scenario (default 9)")
    parser.add_argument("--scenario", action="append", choices=SCENARIOS, help="only this one; may be repeated")
    parser.add_argument("--plot", type=Path, help="draw the first runs into this file (.svg, .png)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """The command; exit status 1 when a goal is missed."""
    options = parse_arguments(arguments)
    result, flows = measure(options.seeds, options.scenario or ())
    if options.plot is not None:
        draw(flows, options.plot)
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result["worst"].items():
            print(f"{name:20} {result[name]:8.2f}, at worst {value:8.2f}, goal {GOALS[name][0]} to {GOALS[name][1]}")
    if result["missed"]:
        print(f"missed: {', '.join(result['missed'])}", file=sys.stderr)
    return 1 if result["missed"] else 0
