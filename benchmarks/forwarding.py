"""CPU of the packet worker for a forwarded packet, against the least that any program could need for it.

One camera sends VP8 in frames of 5 packets of 1200 bytes to 49 receivers, SRTP with AES-128-GCM both ways and another
key for each receiver. The worker does it with everything switched on; the speed-of-light program (`_limit.pyx`) only
copies, rewrites, protects and sends. Both are measured by the CPU clock of the sending thread, in turns on the same
processor, and medians are compared: absolute figures are the machine's, the ratio is ours.

The headline has one frame under way through the worker at a time: the next one comes when the sinks have this one. So
both sides send the same runs of packets (`gso_run`), the worker is as busy as it can be with them, and what it costs
to sleep and wake is counted against it. With more frames under way the worker finds several at once and sends longer
runs, which the kernel rewards; that is `under_load`.

The other cases, each with a `_ratio` and `_ns` of its own: `voice` (a microphone's packets of 80 bytes), `large` (50
rooms of 49, 2,450 keys, a frame of each room under way), `chromium` (frames of the sizes that a real Chromium sent),
`aes_cm` (receivers with AES-CM and HMAC-SHA1-80: both sides seal by the worker's own code then), `no_gro` (receivers
that take datagrams one by one), `uneven` (frames split as libwebrtc splits them), `frame_1` and `frame_3`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import opus
from benchmarks._aead import backends
from benchmarks.limit import LimitSide
from benchmarks.plot import draw
from benchmarks.shape import Run, Shape
from benchmarks.sinks import Mismatch, pin
from sfu.huge_pages import ask_for_huge_pages

SENDING_CPU = 0
OTHER_CPU = 1
LARGE_ROOMS = 50


@dataclass(frozen=True)
class Case:
    """One load, and how many frames of it are under way."""

    name: str
    shape: Shape
    window: int = 1


def cases_beside(shape: Shape) -> list[Case]:
    """What is measured beside the headline's load."""
    plain = replace(shape, rooms=1, uneven=False, voice=False, recorded=False, cm=False)
    return [
        Case("voice", replace(plain, voice=True, frame=1, payload=opus.TYPICAL)),
        Case("large", replace(plain, rooms=LARGE_ROOMS), window=LARGE_ROOMS),
        Case("chromium", replace(plain, recorded=True)),
        Case("aes_cm", replace(plain, cm=True)),
        Case("no_gro", replace(plain, gro=False)),
        Case("uneven", replace(plain, uneven=True)),
        Case("frame_1", replace(plain, frame=1)),
        Case("frame_3", replace(plain, frame=3)),
    ]


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line of `python -m benchmarks forwarding`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks forwarding", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--runs", type=int, default=9, help="runs of each side, in turns (default 9)")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a run (default 0.5)")
    parser.add_argument("--receivers", type=int, default=49, help="receivers of a room (default 49)")
    parser.add_argument("--rooms", type=int, default=1, help="rooms with one camera each (default 1; 50: 2,450 keys)")
    parser.add_argument("--frame", type=int, default=5, help="packets of a frame (default 5)")
    parser.add_argument("--payload", type=int, default=1200, help="bytes of RTP payload (default 1200)")
    parser.add_argument("--window", type=int, default=1, help="frames under way through the worker (default 1)")
    parser.add_argument(
        "--load-window", type=int, default=8, help="frames under way for under_load (default 8; 0: leave out)"
    )
    parser.add_argument("--no-gro", action="store_true", help="receivers without UDP_GRO")
    parser.add_argument(
        "--uneven", action="store_true", help="packets of a frame differ by a byte, as libwebrtc makes them"
    )
    parser.add_argument("--voice", action="store_true", help="a microphone instead of a camera")
    parser.add_argument("--recorded", action="store_true", help="frames of the sizes that a real Chromium sent")
    parser.add_argument("--cm", action="store_true", help="receivers have AES-CM with HMAC-SHA1-80")
    parser.add_argument("--main-only", action="store_true", help="only this case, no others beside it")
    parser.add_argument("--case", action="append", help="only this one of the cases beside it; may be repeated")
    parser.add_argument(
        "--crypto", default="auto", choices=("auto", "ipsec-mb", "evp", "libsrtp"), help="the worker's backend"
    )
    parser.add_argument("--plot", type=Path, help="draw the result into this file (.svg, .png)")
    parser.add_argument("--limit-only", action="store_true", help="measure the speed-of-light program alone")
    return parser.parse_args(arguments)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """The case that was asked for and, unless told otherwise, the others beside it. Raises `Mismatch` when something
    arrived that was not sent."""
    shape = Shape(
        options.receivers,
        options.rooms,
        options.frame,
        options.payload,
        gro=not options.no_gro,
        uneven=options.uneven,
        voice=options.voice,
        recorded=options.recorded,
        cm=options.cm,
    )
    more = [] if options.main_only or options.load_window < 1 else [options.load_window]
    result = measure_shape(options, shape, [options.window, *more], options.runs, options.seconds)
    if options.main_only or options.limit_only:
        return result
    result["cases"] = {}
    for case in cases_beside(shape):
        if options.case and case.name not in options.case:
            continue
        print(f"{case.name}: {case.shape}, {case.window} under way", file=sys.stderr)
        found = measure_shape(options, case.shape, [case.window], options.runs, min(0.3, options.seconds))
        result[f"{case.name}_ratio"] = found["ratio"]
        result[f"{case.name}_ns"] = found["ns_per_packet"]
        result["delivered"] = min(result["delivered"], found["delivered"])
        result["cases"][case.name] = found
    result |= measure_estimator(options)
    return result


def measure_shape(
    options: argparse.Namespace, shape: Shape, windows: list[int], turns: int, seconds: float
) -> dict[str, Any]:
    """Runs both sides in turns, ours once for each of `windows`, and compares. The first window is the headline."""
    pin(OTHER_CPU)
    with contextlib.ExitStack() as cleanup:
        limits = {name: LimitSide(name, shape, cpu=SENDING_CPU, sinks_cpu=OTHER_CPU) for name in backends()}
        for limit in limits.values():
            cleanup.callback(limit.close)
        ours = None
        if not options.limit_only:
            from benchmarks.ours import OurSide

            ours = OurSide(options.crypto, shape, cpu=SENDING_CPU, sinks_cpu=OTHER_CPU)
            cleanup.callback(ours.close)
        limit_runs: dict[str, list[Run]] = {name: [] for name in limits}
        our_runs: dict[int, list[Run]] = {window: [] for window in windows}
        for turn in range(turns + 1):
            for name, limit in limits.items():
                limit_runs[name].append(limit.run(seconds))
                progress(turn, f"limit, {name}", limit_runs[name][-1])
            if ours is None:
                continue
            for window, runs in our_runs.items():
                runs.append(ours.run(seconds, window))
                progress(turn, f"ours, window {window}", runs[-1])
        # The first turn warmed caches and tables.
        settled = {name: runs[1:] for name, runs in limit_runs.items()}
        crypto = ours.crypto if ours is not None else None
        result = compare(settled, our_runs[windows[0]][1:], crypto) | {
            "receivers": shape.receivers,
            "frame": shape.frame,
            "payload": shape.payload,
            "rooms": shape.rooms,
            "gro": shape.gro,
            "uneven": shape.uneven,
            "voice": shape.voice,
            "recorded": shape.recorded,
            "cm": shape.cm,
            "window": windows[0],
            "checked": sum(limit.checked for limit in limits.values()) + (ours.checked if ours is not None else 0),
        }
        for window in windows[1:] if ours is not None else ():
            figures = compare(settled, our_runs[window][1:], crypto)
            result["under_load"] = {name: figures[name] for name in ("ns_per_packet", "ratio", "gso_run", "delivered")}
            result["under_load"] |= {"window": window, "runs": figures["runs"]["ours"]}
        return result


def measure_estimator(options: argparse.Namespace) -> dict[str, Any]:
    """The worker with receivers that feed back, and one without an estimator, in turns: what estimation costs. With
    voices, which no estimate pauses, and whose packets are the cheapest, so that it weighs most."""
    shape = Shape(options.receivers, 1, 1, opus.TYPICAL, gro=not options.no_gro, voice=True)
    from benchmarks.ours import OurSide

    pin(OTHER_CPU)
    seconds = min(0.5, options.seconds)
    with contextlib.ExitStack() as cleanup:
        sides = {
            name: OurSide(
                options.crypto,
                shape,
                cpu=SENDING_CPU,
                sinks_cpu=OTHER_CPU,
                estimates=name == "on",
                feedback=name == "on",
            )
            for name in ("on", "off")
        }
        runs: dict[str, list[Run]] = {name: [] for name in sides}
        for side in sides.values():
            cleanup.callback(side.close)
        for turn in range(options.runs + 1):
            for name, side in sides.items():
                runs[name].append(side.run(seconds, options.window))
                progress(turn, f"estimator {name}", runs[name][-1])
        counted = sides["on"].counters()
    figures = {name: median(run.ns_per_packet for run in found[1:]) for name, found in runs.items()}
    return {
        "estimator_ratio": median_ratio(runs["on"][1:], runs["off"][1:]),
        "estimator_feedback": counted["feedback_in"],
        "estimator_ns": {name: round(figure, 1) for name, figure in figures.items()},
    }


def compare(limits: dict[str, list[Run]], ours: list[Run], crypto: str | None) -> dict[str, Any]:
    """Medians, and the ratio to the fastest speed-of-light program."""
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
            "ratio": median_ratio(ours, limits[fastest]),
            "gso_run": round(median(run.gso_run for run in ours), 2),
            "delivered": round(min(run.delivered for run in ours), 6),
        }
    result["limits"] = {name: round(figure, 1) for name, figure in figures.items()}
    result["limit_delivered"] = round(min(run.delivered for runs in limits.values() for run in runs), 6)
    result["runs"] = {"ours": [run.as_dict() for run in ours]} | {
        f"limit {name}": [run.as_dict() for run in runs] for name, runs in limits.items()
    }
    return result


def median_ratio(ours: list[Run], others: list[Run]) -> float:
    """The median of the ratios of runs that followed one another: a machine that others compute on too is a third
    faster in one minute than in the next, and a ratio of two medians would be of different minutes."""
    return round(median(a.ns_per_packet / b.ns_per_packet for a, b in zip(ours, others, strict=True)), 3)


def progress(turn: int, side: str, run: Run) -> None:
    """One line on standard error, for who waits."""
    kind = "warm-up" if turn == 0 else f"run {turn}"
    print(
        f"{kind:8} {side:16} {run.ns_per_packet:7.1f} ns, busy {run.busy:4.0%}, delivered {run.delivered:.4%}, "
        f"runs of {run.gso_run:.1f}",
        file=sys.stderr,
    )


def as_text(result: dict[str, Any]) -> str:
    """The result for a person."""
    lines = [f"speed of light  {result['limit_ns_per_packet']:7.1f} ns a packet ({result['limit_crypto']})"]
    if result["ratio"] is not None:
        lines.append(f"the worker      {result['ns_per_packet']:7.1f} ns a packet ({result['crypto']})")
        lines.append(f"ratio           {result['ratio']:7.3f}, {how(result)}")
    beside = ([("under_load", result["under_load"])] if "under_load" in result else []) + [
        *result.get("cases", {}).items()
    ]
    if "estimator_ratio" in result:
        lines.append(f"estimator       {result['estimator_ratio']:7.3f}, on to off")
    return "\n".join(lines + [f"{name:15} {case['ratio']:7.3f}, {how(case)}" for name, case in beside])


def how(result: dict[str, Any]) -> str:
    """Delivery and runs of one case, in words."""
    return f"{result['delivered']:.4%} delivered, {result['gso_run']} packets a message"


def main(arguments: Sequence[str]) -> int:
    """The command; exit status 1 when something wrong arrived or not everything did."""
    options = parse_arguments(arguments)
    ask_for_huge_pages()  # as the media process does; both sides have them
    if (os.cpu_count() or 1) < 2:
        print("one processor only: the sinks take time from what is measured", file=sys.stderr)
    try:
        result = measure(options)
    except Mismatch as error:
        print(f"what arrived is not what was sent: {error}", file=sys.stderr)
        return 1
    if options.plot is not None:
        draw(result, options.plot)
    print(json.dumps(result) if options.json else as_text(result))
    return 0
