"""Lips and voice: whether the playout clocks of one person's audio and video stay together at somebody's page."""

from __future__ import annotations

import statistics
from typing import Any, Final

from tests.browser.people import Note, Person

MAX_SKEW_MS: Final = 80.0
WATCHED_MS: Final = 8_000
EVERY_MS: Final = 250
TRIES: Final = 4
"""Playout settles for some seconds after a slot got another source, longer where the machine is busy."""

Look = dict[str, Any]


def stay_together(watcher: Person, names: list[str], when: str, note: Note) -> None:
    """Within a few tries there are eight seconds in which no look finds a person's clocks further apart than 80 ms."""
    told = ""
    for turn in range(1, TRIES + 1):
        looks = watcher.evaluate("([ms, every]) => look.record(ms, every)", [WATCHED_MS, EVERY_MS])
        apart = {name: skews(looks, name) for name in names}
        assert all(len(found) >= 3 for found in apart.values()), f"hardly any playout clocks: {apart}"
        told = ", ".join(
            f"{name} median {statistics.median(found):.0f} ms, at most {max(found):.0f} ms"
            for name, found in apart.items()
        )
        if all(max(found) <= MAX_SKEW_MS for found in apart.values()):
            note(f"lips and voice at {watcher.login}, {when}", f"{told} (seconds {WATCHED_MS // 1000} x {turn})")
            return
    raise AssertionError(f"lips and voice at {watcher.login}, {when}, do not settle: {told}")


def skews(looks: list[Look], name: str) -> list[float]:
    """How far apart a person's playout clocks are in each look that has both, ms."""
    found = []
    for look in looks:
        clocks = {slot["source"]: slot["playout"] for slot in look["slots"] if slot["name"] == name and slot["playout"]}
        if "microphone" in clocks and "camera" in clocks:
            found.append(abs(clocks["microphone"] - clocks["camera"]))
    return found
