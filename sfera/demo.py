"""`sfera demo` and `sfera seed-demo`: the demonstration school, and what a person who tries it needs to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from structlog.stdlib import BoundLogger

from platform_api.seed import SeededPerson, seed_demo
from sfera.config import Config, load
from sfera.runfile import RunState
from sfera.serve import serve

STUDENTS_SHOWN = 3
"""Of each class; the rest sign in the same way."""


def seed(config: Config, password: str) -> list[SeededPerson]:
    """Put the school into the database; everybody in it, with the password they sign in with."""
    Path(config.data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    return seed_demo(config.api, password)


def run(config_path: Path | None, environ: Mapping[str, str], log: BoundLogger, password: str) -> int:
    """Seed, run everything, and print addresses and sign-ins once all is ready; returns the exit code."""
    people = seed(load(config_path, environ), password)

    def show(state: RunState) -> None:
        print_addresses(state)
        print_sign_ins(people, password, everybody=False)
        Console().print("Ctrl-C stops everything.\n")

    return serve(config_path, environ, log, show)


def print_addresses(state: RunState) -> None:
    """Where to go with a browser, and what else listens."""
    console = Console(highlight=False)
    console.print(f"\n[bold]Sfera runs.[/bold] Open  [bold]{state.addresses['api']}[/bold]\n", soft_wrap=True)
    for name, what in (("signal", "signalling"), ("control", "media node"), ("supervisor", "supervisor")):
        console.print(f"  {what:<11} {state.addresses[name]}", soft_wrap=True)
    console.print("  /health and /metrics are on the address to open, the media node's and the supervisor's.\n")


def print_sign_ins(people: Sequence[SeededPerson], password: str, *, everybody: bool) -> None:
    """A table of who may sign in; of the students only a few unless `everybody` is asked for."""
    table = Table("login", "name", "role", "classes", title=f"The demonstration school (password: {password})")
    shown: dict[tuple[str, ...], int] = {}
    for person in people:
        if person.role == "student" and not everybody:
            shown[person.classes] = shown.get(person.classes, 0) + 1
            if shown[person.classes] > STUDENTS_SHOWN:
                continue
        table.add_row(person.login, person.name, person.role, ", ".join(person.classes))
    if not everybody and len(people) > table.row_count:
        table.caption = f"and {len(people) - table.row_count} more students: sfera seed-demo prints everybody"
    Console(highlight=False).print(table)
