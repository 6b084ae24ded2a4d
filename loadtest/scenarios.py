"""Lines as they are in schools, written down: a TOML file says what a line is like, and from when on.

    name = "A drop and a return"
    about = "What it stands for."
    shared = false          # true: everybody's packets wait in one queue, as behind one router
    seed = 1

    [[phase]]
    at = 0.0                # seconds from the start
    name = "good"
    down = { rate_kbps = 1500, queue_ms = 300, delay_ms = 20 }
    up = { delay_ms = 20 }

`down` is the way to the participants, `up` the way to the server; a direction holds the keys of `shaping.Shape`, and
one that is left out carries everything.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from loadtest.shaping import Shape

FOLDER: Final = Path(__file__).parent / "data" / "links"
MAX_PHASES: Final = 1000


class ScenarioError(Exception):
    """A scenario that cannot be read or cannot be; says which and why."""


class Phase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the line is like from `at` (seconds) on."""

    at: float = 0.0
    name: Annotated[str, Meta(max_length=100)] = ""
    down: Shape = Shape()
    up: Shape = Shape()


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line over time. Phases stand in the order of their moments, the first begins at 0."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    phase: Annotated[list[Phase], Meta(min_length=1, max_length=MAX_PHASES)]
    about: str = ""
    shared: bool = False
    seed: int = 1

    def find(self, name: str) -> Phase:
        """A phase by its name. Raises `ScenarioError`."""
        for phase in self.phase:
            if phase.name == name:
                return phase
        raise ScenarioError(f"{self.name} has no phase {name!r}")


def parse(text: str) -> Scenario:
    """A scenario of TOML. Raises `ScenarioError`."""
    try:
        table = tomllib.loads(text)
        scenario = msgspec.convert(table, Scenario)
        _refuse_unknown_keys(table)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise ScenarioError(str(error)) from None
    moments = [phase.at for phase in scenario.phase]
    if moments[0] != 0 or moments != sorted(moments) or not all(map(math.isfinite, moments)):
        raise ScenarioError("phases stand in the order of their moments, and the first begins at 0")
    return scenario


def _refuse_unknown_keys(table: dict[str, Any]) -> None:
    """What msgspec passes over in dataclasses. Raises `ScenarioError`."""
    known = {field.name for field in fields(Shape)}
    for phase in table["phase"]:
        for way in ("down", "up"):
            for key in set(phase.get(way, ())) - known:
                raise ScenarioError(f"`{way}` has an unknown field `{key}`")


def read(which: str | Path) -> Scenario:
    """A scenario by its path, or one of ours by its name (`adsl`). Raises `ScenarioError`."""
    path = Path(which)
    if isinstance(which, str) and which in names():
        path = FOLDER / f"{which}.toml"
    try:
        return parse(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{which}: {error}; ours are {', '.join(names())}") from None
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}") from None


def names() -> list[str]:
    """The scenarios that come with the load tester."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))
