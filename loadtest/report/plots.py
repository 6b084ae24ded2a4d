"""The pictures of a page, drawn by matplotlib as SVG that takes its colours and its font from the page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from loadtest.report.model import Side

# Stand-ins in the drawing for what the page's style sheet decides, so that one picture serves light and dark.
_TEXT, _MUTED, _GRID = "#010101", "#020202", "#030303"
_SIDES: Final = ("#040404", "#050505", "#060606", "#070707")
_VARIABLES: Final = {_TEXT: "--text", _MUTED: "--text-2", _GRID: "--line"} | {
    colour: f"--side-{number}" for number, colour in enumerate(_SIDES)
}
SIZE: Final = (4.8, 2.9)
"""Inches at 72 to the inch: about as wide as a phone, so that letters keep their size there."""


@dataclass(frozen=True)
class Plot:
    """One picture: SVG for the page, a caption, and what it shows for those who cannot see it."""

    title: str
    caption: str
    description: str
    svg: str


def draw(sides: Sequence[Side], joins: Sequence[float] = ()) -> list[Plot]:
    """All pictures there are data for."""
    plots = []
    if any(side.figures.get("cpu_s_per_million") for side in sides):
        plots.append(_bars(sides, "cpu_s_per_million", "CPU a million delivered packets", "s"))
    if any(side.latency for side in sides):
        plots.append(_latency(sides))
    if any(len(side.timeline.get("packets_per_s", ())) > 1 for side in sides):
        plots.append(_over_time(sides, "packets_per_s", "Packets that arrived", "packets a second"))
    if any(len(side.timeline.get("rss_mib", ())) > 1 for side in sides):
        plots.append(_over_time(sides, "rss_mib", "Memory of the server", "MiB"))
    elif any(side.figures.get("rss_mib") for side in sides):
        plots.append(_bars(sides, "rss_mib", "Memory of the server", "MiB"))
    if joins:
        plots.append(_first_frames(joins))
    return plots


def _bars(sides: Sequence[Side], key: str, title: str, unit: str) -> Plot:
    shown = [(number, side, float(side.figures[key])) for number, side in enumerate(sides) if side.figures.get(key)]

    def paint(axes: Any) -> None:
        places = range(len(shown))
        bars = axes.barh(places, [value for *_, value in shown], 0.62, color=[_SIDES[number] for number, *_ in shown])
        axes.bar_label(bars, labels=[f"{value:.3g} {unit}" for *_, value in shown], padding=5, color=_TEXT)
        axes.set_yticks(list(places), [side.name for _, side, _ in shown])
        axes.invert_yaxis()
        axes.set_xlim(0, max(value for *_, value in shown) * 1.22 or 1)
        axes.set_ylim(max(len(shown) - 0.4, 1.2), -0.6 if len(shown) > 1 else -1.2)
        axes.tick_params(axis="y", length=0, labelcolor=_TEXT)
        axes.grid(axis="x", color=_GRID, linewidth=0.8)

    said = "; ".join(f"{side.name} {value:.3g} {unit}" for _, side, value in shown)
    caption = "utime and stime of the server's whole process tree." if unit == "s" else "Resident, whole process tree."
    return Plot(title, caption, f"Bars: {said}.", _svg(key, paint))


def _latency(sides: Sequence[Side]) -> Plot:
    """How the packets are spread over the milliseconds they took, on a logarithmic axis."""

    def paint(axes: Any) -> None:
        for number, side in enumerate(sides):
            edges, shares = _spread(side.latency)
            if not shares:
                continue
            axes.stairs(shares, edges, color=_SIDES[number], fill=True, alpha=0.22)
            axes.stairs(shares, edges, color=_SIDES[number], linewidth=1.6, label=side.name)
            if side.figures.get("forward_p99_ms"):
                axes.axvline(side.figures["forward_p99_ms"], color=_SIDES[number], linewidth=1.1, linestyle=(0, (2, 2)))
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel("ms from our socket to our socket", color=_MUTED)
        axes.set_ylabel("% of packets", color=_MUTED)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", color=_GRID, linewidth=0.8)
        if len(sides) > 1:
            _legend(axes, len(sides))

    said = "; ".join(
        f"{side.name}: half within {side.figures['forward_p50_ms']:.3g} ms, "
        f"99% within {side.figures['forward_p99_ms']:.3g} ms"
        for side in sides
        if side.figures.get("forward_p99_ms")
    )
    return Plot(
        "How long packets took",
        "Kernel to kernel, on a logarithmic scale. Dotted: 99% of the packets were faster.",
        f"{said}.",
        _svg("latency", paint),
    )


def _spread(latency: list[tuple[float, int]]) -> tuple[list[float], list[float]]:
    """Edges (ms) and percents of a histogram with some 16 bins a tenfold, of (ms at most, packets) in finer steps."""
    total = sum(count for _, count in latency)
    if not total:
        return [], []
    step = 10 ** (1 / 16)
    bins: dict[int, int] = {}
    for most, count in latency:
        if count:
            place = _floor_log(max(most, 1e-3), step)
            bins[place] = bins.get(place, 0) + count
    first, last = min(bins), max(bins)
    edges = [step**place for place in range(first, last + 2)]
    return edges, [100 * bins.get(place, 0) / total for place in range(first, last + 1)]


def _floor_log(value: float, base: float) -> int:
    import math

    return math.floor(math.log(value, base))


def _over_time(sides: Sequence[Side], column: str, title: str, unit: str) -> Plot:
    def paint(axes: Any) -> None:
        top = 0.0
        for number, side in enumerate(sides):
            values = side.timeline.get(column, [])
            moments = side.timeline.get("at_s", list(range(1, len(values) + 1)))
            axes.plot(moments, values, color=_SIDES[number], linewidth=1.8, label=side.name)
            top = max(top, *values, 0.0)
        axes.set_ylim(0, top * 1.15 or 1)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}"))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel("seconds", color=_MUTED)
        axes.set_ylabel(unit, color=_MUTED)
        axes.grid(axis="y", color=_GRID, linewidth=0.8)
        if len(sides) > 1:
            _legend(axes, len(sides))

    said = "; ".join(
        f"{side.name}: between {min(values):,.0f} and {max(values):,.0f}"
        for side in sides
        if (values := side.timeline.get(column))
    )
    return Plot(title, f"{unit[0].upper()}{unit[1:]}, each second of the run.", f"{said} {unit}.", _svg(column, paint))


def _legend(axes: Any, columns: int) -> None:
    """Above the drawing, so that it hides nothing."""
    axes.legend(
        frameon=False,
        labelcolor=_TEXT,
        fontsize=8.5,
        ncols=columns,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        borderpad=0,
        borderaxespad=0.3,
        handlelength=1.4,
        columnspacing=1.2,
    )


def _first_frames(joins: Sequence[float]) -> Plot:
    """Which part of the people had a picture after how long."""
    ordered = sorted(joins)

    def paint(axes: Any) -> None:
        shares = [100 * (place + 1) / len(ordered) for place in range(len(ordered))]
        axes.step([0, *ordered], [0, *shares], where="post", color=_SIDES[0], linewidth=1.8)
        axes.set_ylim(0, 104)
        axes.set_xlim(left=0)
        axes.set_xlabel("seconds since the first join", color=_MUTED)
        axes.set_ylabel("% have a picture", color=_MUTED)
        axes.grid(axis="y", color=_GRID, linewidth=0.8)

    return Plot(
        "From joining to the first picture",
        "The first whole keyframe, decrypted.",
        f"The first person had a picture after {ordered[0]:.2f} s, the last one after {ordered[-1]:.2f} s.",
        _svg("joins", paint),
    )


def _svg(name: str, paint: Callable[[Any], None]) -> str:
    """What `paint` draws, as an element for the page."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context(
        {
            "svg.hashsalt": f"sfera-{name}",  # the same figures make the same page; ids differ between pictures
            "svg.fonttype": "none",
            "font.size": 9.5,
            "text.color": _TEXT,
            "axes.edgecolor": _GRID,
            "xtick.color": _GRID,
            "ytick.color": _GRID,
            "xtick.labelcolor": _MUTED,
            "ytick.labelcolor": _MUTED,
        }
    ):
        figure, axes = plt.subplots(figsize=SIZE, dpi=72, layout="constrained")
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.set_axisbelow(True)
        paint(axes)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        plt.close(figure)
    return _for_page(drawn.getvalue())


def _for_page(svg: str) -> str:
    """Without what an element of an HTML page does not need, in the page's colours."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(
        r' (id="[a-zA-Z0-9.]+_\d+"|xmlns(:xlink)?="[^"]*"|version="[^"]*"|width="[^"]*pt"|height="[^"]*pt")', "", svg
    )
    svg = svg.replace("xlink:href", "href")
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
