"""A run's JSON as what its page says: headlines, sides that stand beside each other, tables, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

NAMES: Final = {
    "ours": "Sfera",
    "janus": "Janus",
    "janus_cm": "Janus, AES-CM",
    "whip": "The other server",
}
"""How a side is called on the page."""

_PERCENT, _MS, _SECONDS, _MIB, _NUMBER, _MICRO, _TRUTH = "percent", "ms", "s", "mib", "number", "us", "truth"

_LOAD: Final = {
    "rooms": "rooms",
    "participants": "people in each",
    "cameras": "cameras",
    "voices": "voices",
    "layers": "layers of a camera",
    "srtp": "encryption",
    "trace": "frames as in",
    "duration": "seconds",
}

_FIGURES: Final[tuple[tuple[str, str, str], ...]] = (
    ("delivered", "Delivered", _PERCENT),
    ("expected", "Packets expected", _NUMBER),
    ("loss", "Lost on the way, this machine's own drops apart", _PERCENT),
    ("server_dropped", "Packets the server dropped", _NUMBER),
    ("reordered", "Packets that came after a later one", _NUMBER),
    ("forward_p50_ms", "Forwarding, half of all packets within", _MS),
    ("forward_p95_ms", "Forwarding, 95% within", _MS),
    ("forward_p99_ms", "Forwarding, 99% within", _MS),
    ("cpu_s_per_million", "CPU a delivered packet", _MICRO),
    ("rss_mib", "Memory", _MIB),
    ("stall_seen_s", "Longest stall of the server's Python", _SECONDS),
    ("slot_switch_p95_ms", "A slot shows who it shall, 95% within", _MS),
    ("renegotiations", "Renegotiations", _NUMBER),
    ("joined", "Joined", _NUMBER),
    ("first_frame_p50_s", "To the first picture, half within", _SECONDS),
    ("first_frame_p95_s", "To the first picture, 95% within", _SECONDS),
    ("cpu_ms_per_join", "Server CPU a join", _MS),
    ("engine_limited", "The load tester was the limit", _TRUTH),
)


@dataclass(frozen=True)
class Side:
    """One server in the run. `latency` has (milliseconds at most, packets); `timeline` columns by name."""

    key: str
    name: str
    figures: Mapping[str, Any]
    latency: list[tuple[float, int]]
    timeline: Mapping[str, list[float]]


@dataclass(frozen=True)
class Headline:
    """A figure that is seen first: the number, what it is, and one line about it."""

    value: str
    unit: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Story:
    """Everything the template shows."""

    title: str
    lead: str
    headlines: list[Headline]
    sides: list[Side]
    joins: list[float]
    """Seconds to the first picture, one for each participant that joined."""
    rows: list[tuple[str, list[str]]]
    load: list[tuple[str, str]]
    machine: list[tuple[str, str]]
    counted: list[str]
    warnings: list[str] = field(default_factory=list)
    taken_at: str = ""


def describe(result: dict[str, Any]) -> Story:
    """What a result's page says. Raises `KeyError` when it is no result of `lesson` or `join-storm`."""
    sides = _sides(result)
    if not any(key in side.figures for side in sides for key in ("forward_p99_ms", "first_frame_p95_s")):
        raise KeyError("forward_p99_ms")
    title, lead, headlines = _opening(result, sides)
    return Story(
        title=title,
        lead=lead,
        headlines=headlines,
        sides=sides,
        joins=[float(seconds) for seconds in result.get("first_frames_s", [])],
        rows=_rows(sides),
        load=[(label, _load(result[key])) for key, label in _LOAD.items() if result.get(key) not in (None, "")],
        machine=[(name.replace("_", " "), str(value)) for name, value in result.get("machine", {}).items()],
        counted=_counted(result, sides),
        warnings=_warnings(sides),
        taken_at=str(result.get("taken_at", "")),
    )


def number(value: float, unit: str) -> tuple[str, str]:
    """A figure as a person reads it, and its unit."""
    if unit == _PERCENT:
        percent = 100 * value
        return (f"{percent:.3f}".rstrip("0").rstrip(".") if percent < 100 else "100"), "%"
    if unit == _TRUTH:
        return ("yes" if value else "no"), ""
    if unit == _NUMBER:
        return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}"), ""
    symbol = {_MS: "ms", _SECONDS: "s", _MIB: "MiB", _MICRO: "µs"}[unit]
    return f"{value:.3g}" if value < 100 else f"{value:.0f}", symbol


def _sides(result: dict[str, Any]) -> list[Side]:
    """Several in a run against a rival, one otherwise: `ours` and the others, or the result itself."""
    nested = [key for key in NAMES if isinstance(result.get(key), dict)]
    if not nested:
        return [_side("ours", result)]
    return [_side(key, result[key]) for key in nested]


def _side(key: str, figures: Mapping[str, Any]) -> Side:
    return Side(
        key=key,
        name=str(figures.get("name", NAMES[key])),
        figures=figures,
        latency=[(float(ms), int(count)) for ms, count in figures.get("latency", [])],
        timeline=figures.get("timeline", {}),
    )


def _opening(result: dict[str, Any], sides: list[Side]) -> tuple[str, str, list[Headline]]:
    """Title, the sentence under it, and the figures seen first."""
    ours = sides[0].figures
    if "joined" in ours:
        return (
            "People joining at once",
            f"{ours['joined']} joined; 95% of them saw a picture {_within(ours['first_frame_p95_s'], _SECONDS)}.",
            _some(ours, ("joined", "first_frame_p50_s", "first_frame_p95_s", "cpu_ms_per_join", "rss_mib")),
        )
    first = _some(ours, ("cpu_s_per_million", "delivered", "forward_p50_ms", "forward_p99_ms", "rss_mib"))
    if len(sides) == 1:
        return (
            "A lesson under load",
            f"{_plain(ours['delivered'], _PERCENT)} of the packets were delivered, 99% of them "
            f"{_within(ours['forward_p99_ms'], _MS)} of being sent.",
            first,
        )
    rival, ratio = sides[1], result.get("ratio")
    if not ratio:
        return (
            f"{sides[0].name} beside {rival.name}",
            f"The same lesson through both, one after the other: 99% of {sides[0].name}'s packets were there "
            f"{_within(ours['forward_p99_ms'], _MS)}, {rival.name}'s "
            f"{_within(rival.figures['forward_p99_ms'], _MS)}.",
            _beside(first, sides),
        )
    versus = Headline(
        f"{ratio:.2f}", "", f"of {rival.name}'s CPU a packet", f"{1 / ratio:.1f} times as many packets a processor"
    )
    return (
        f"{sides[0].name} beside {rival.name}",
        f"The same lesson through both, one after the other, on the same processor: for a delivered packet "
        f"{sides[0].name} needs {_plain(ours['cpu_s_per_million'], _MICRO)} of CPU, {rival.name} "
        f"{_plain(rival.figures['cpu_s_per_million'], _MICRO)}.",
        [versus, *_beside(first, sides)],
    )


def _some(figures: Mapping[str, Any], keys: tuple[str, ...]) -> list[Headline]:
    labels = {key: (label, unit) for key, label, unit in _FIGURES}
    found = []
    for key in keys:
        if isinstance(figures.get(key), int | float):
            label, unit = labels[key]
            found.append(Headline(*number(figures[key], unit), label))
    return found


def _beside(headlines: list[Headline], sides: list[Side]) -> list[Headline]:
    """The same headlines with what the others have in their notes."""
    keys = {label: (key, unit) for key, label, unit in _FIGURES}
    noted = []
    for headline in headlines:
        key, unit = keys[headline.label]
        others = [f"{side.name}: {_cell(side.figures.get(key), unit)}" for side in sides[1:]]
        noted.append(Headline(headline.value, headline.unit, headline.label, "; ".join(others)))
    return noted


def _rows(sides: list[Side]) -> list[tuple[str, list[str]]]:
    """Every figure that some side has, one cell a side."""
    rows = []
    for key, label, unit in _FIGURES:
        if any(isinstance(side.figures.get(key), int | float) for side in sides):
            rows.append((label, [_cell(side.figures.get(key), unit) for side in sides]))
    return rows


def _cell(value: Any, unit: str) -> str:
    return _plain(value, unit) if isinstance(value, int | float) else "not seen"


def _within(value: Any, unit: str) -> str:
    return f"within {_plain(value, unit)}" if isinstance(value, int | float) else "in a time not seen"


def _plain(value: float, unit: str) -> str:
    text, symbol = number(value, unit)
    gap = "" if symbol in ("", "%") else "\N{NO-BREAK SPACE}"
    return f"{text}{gap}{symbol}"


def _load(value: Any) -> str:
    return {"gcm": "AES-128-GCM", "cm": "AES-128-CM, HMAC-SHA1-80"}.get(value, str(value))


def _counted(result: Mapping[str, Any], sides: list[Side]) -> list[str]:
    """How it was counted: what the run says of itself, and what holds for all of them."""
    counted = sides[0].figures.get("counted", {})
    lines = [f"{what.capitalize()}: {how}." for what, how in counted.items() if isinstance(how, str)]
    if "opened" in counted:
        lines.append(f"One participant in ten is decrypted and its content compared: {counted['opened']:,} packets.")
    if lines:
        lines.append(
            "A stretch begins and ends with a short pause in which everything under way arrives, so that what was sent "
            "and what came can be compared exactly. What the load tester's own sockets dropped is counted apart."
        )
    return [*lines, *(str(line) for line in result.get("method", []))]


def _warnings(sides: list[Side]) -> list[str]:
    """What a reader must know before believing the rest."""
    found = []
    for side in sides:
        if side.figures.get("engine_limited"):
            found.append(f"{side.name}: the load tester itself was the limit; the server may do better than this.")
        if (side.figures.get("loss") or 0) > 0.001:
            found.append(f"{side.name} lost {_plain(side.figures['loss'], _PERCENT)} of the packets.")
    return found
