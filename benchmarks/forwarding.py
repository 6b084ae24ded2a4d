"""CPU of the packet worker for a forwarded video packet, against the least that any program could need for it.

One camera sends VP8 in frames of 5 packets of 1200 bytes to 49 receivers, SRTP with AES-128-GCM both ways and another key for each
receiver. The worker does it with everything switched on; the speed-of-light program (`_limit.pyx`) only copies, rewrites, protects and
sends. Both are measured at saturation by the CPU clock of the sending thread, in turns on the same processor, and medians are
compared: absolute figures are the machine's, the ratio is ours.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks._aead import backends
from benchmarks.limit import LimitSide
from benchmarks.shape import Run, Shape
from benchmarks.sinks import Mismatch, pin

SENDING_CPU = 0
OTHER_CPU = 1


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line of `python -m benchmarks forwarding`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks forwarding", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--runs", type=int, default=5, help="runs of each side, in turns (default 5)")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a run (default 1)")
    parser.add_argument("--receivers", type=int, default=49, help="receivers of a room (default 49)")
    parser.add_argument("--rooms", type=int, default=1, help="rooms with one camera each (default 1; 50: 2,450 keys)")
    parser.add_argument("--frame", type=int, default=5, help="packets of a frame (default 5)")
    parser.add_argument("--payload", type=int, default=1200, help="bytes of RTP payload (default 1200)")
    parser.add_argument("--window", type=int, default=2, help="frames under way through the worker (default 2)")
    parser.add_argument("--no-gro", action="store_true", help="receivers without UDP_GRO")
    parser.add_argument("--crypto", default="auto", choices=("auto", "evp", "libsrtp"), help="the worker's backend")
    parser.add_argument("--limit-only", action="store_true", help="measure the speed-of-light program alone")
    return parser.parse_args(arguments)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Runs both sides in turns and compares them. Raises `Mismatch` when something arrived that was not sent."""
    shape = Shape(options.receivers, options.rooms, options.frame, options.payload, gro=not options.no_gro)
    pin(OTHER_CPU)
    with contextlib.ExitStack() as cleanup:
        limits = {name: LimitSide(name, shape, cpu=SENDING_CPU, sinks_cpu=OTHER_CPU) for name in backends()}
        for limit in limits.values():
            cleanup.callback(limit.close)
        ours = None
        if not options.limit_only:
            from benchmarks.ours import OurSide

            ours = OurSide(options.crypto, shape, window=options.window, cpu=SENDING_CPU, sinks_cpu=OTHER_CPU)
            cleanup.callback(ours.close)
        limit_runs: dict[str, list[Run]] = {name: [] for name in limits}
        our_runs: list[Run] = []
        for turn in range(options.runs + 1):
            for name, limit in limits.items():
                limit_runs[name].append(limit.run(options.seconds))
                progress(turn, f"limit, {name}", limit_runs[name][-1])
            if ours is not None:
                our_runs.append(ours.run(options.seconds))
                progress(turn, "ours", our_runs[-1])
        # The first turn warmed caches and tables.
        result = compare({name: runs[1:] for name, runs in limit_runs.items()}, our_runs[1:], ours.crypto if ours else None)
        result |= {
            "receivers": shape.receivers,
            "frame": shape.frame,
            "payload": shape.payload,
            "rooms": shape.rooms,
            "gro": shape.gro,
            "window": options.window,
            "checked": sum(limit.checked for limit in limits.values()) + (ours.checked if ours else 0),
        }
        return result


def compare(limits: dict[str, list[Run]], ours: list[Run], crypto: str | None) -> dict[str, Any]:
    """Medians, and their ratio to those of the fastest speed-of-light program."""
    figures = {name: median(run.ns_per_packet for run in runs) for name, runs in limits.items()}
    fastest = min(figures, key=lambda name: figures[name])
    result: dict[str, Any] = {
        "ns_per_packet": None,
        "limit_ns_per_packet": round(figures[fastest], 1),
        "ratio": None,
        "crypto": crypto,
        "limit_crypto": fastest,
        "gso_run": None,
        "delivered": None,
    }
    if ours:
        figure = median(run.ns_per_packet for run in ours)
        result |= {
            "ns_per_packet": round(figure, 1),
            "ratio": round(figure / figures[fastest], 3),
            "gso_run": round(median(run.gso_run for run in ours), 2),
            "delivered": round(min(run.delivered for run in ours), 6),
        }
    result["limits"] = {name: round(figure, 1) for name, figure in figures.items()}
    result["limit_delivered"] = round(min(run.delivered for run in limits[fastest]), 6)
    result["runs"] = {"ours": [run.as_dict() for run in ours]} | {
        f"limit {name}": [run.as_dict() for run in runs] for name, runs in limits.items()
    }
    return result


def progress(turn: int, side: str, run: Run) -> None:
    """One line on standard error, for who waits."""
    kind = "warm-up" if turn == 0 else f"run {turn}"
    print(
        f"{kind:8} {side:16} {run.ns_per_packet:7.1f} ns a packet, busy {run.busy:4.0%}, delivered {run.delivered:.4%}, "
        f"runs of {run.gso_run:.1f}",
        file=sys.stderr,
    )


def as_text(result: dict[str, Any]) -> str:
    """The result for a person."""
    lines = [f"speed of light  {result['limit_ns_per_packet']:7.1f} ns a packet ({result['limit_crypto']})"]
    if result["ratio"] is not None:
        lines.append(f"the worker      {result['ns_per_packet']:7.1f} ns a packet ({result['crypto']})")
        lines.append(f"ratio           {result['ratio']:7.3f}, delivered {result['delivered']:.4%}, runs of {result['gso_run']}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """The command; exit status 1 when something wrong arrived or not everything did."""
    options = parse_arguments(arguments)
    if (os.cpu_count() or 1) < 2:
        print("one processor only: the sinks take time from what is measured", file=sys.stderr)
    try:
        result = measure(options)
    except Mismatch as error:
        print(f"what arrived is not what was sent: {error}", file=sys.stderr)
        return 1
    print(json.dumps(result) if options.json else as_text(result))
    return 0
