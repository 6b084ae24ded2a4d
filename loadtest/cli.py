"""The command line of the load tester.

Each command imports what it runs when it runs. With --json, standard output is exactly one JSON object; everything else
(progress, complaints) goes to standard error. The exit status is 0 when the load could be carried out, whatever it
found; commands that judge say so.
"""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(
    help="Rehearse a school's morning: lessons, joins and people who come and go, against a node here or elsewhere.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]

screen = Console(stderr=True)
"""Where progress is shown."""


def main() -> None:
    """Entry point of `python -m loadtest`."""
    app(prog_name="loadtest")


@app.callback()
def _root() -> None:
    """Commands have names even while there is one of them."""


@app.command()
def soak(
    minutes: Annotated[float, typer.Option(help="How long.")] = 30.0,
    lessons: Annotated[int, typer.Option(help="Lessons side by side.")] = 3,
    people: Annotated[int, typer.Option(help="People in each.")] = 5,
    workers: Annotated[int, typer.Option(help="Packet workers of the node.")] = 2,
    seed: Annotated[int, typer.Option(help="Of what they do.")] = 1,
    as_json: Json = False,
) -> None:
    """Let people come and go on a node of its own; 0 when nothing was kept."""
    from loadtest.soak import measure

    result = asyncio.run(
        measure(minutes=minutes, lessons=lessons, people=people, workers=workers, seed=seed, console=screen)
    )
    show(result, as_json=as_json, title="soak")
    raise typer.Exit(0 if result["ok"] else 1)


def show(result: dict[str, Any], *, as_json: bool, title: str) -> None:
    """The result on standard output: for a program, or for a person."""
    if as_json:
        typer.echo(json.dumps(result))
        return
    table = Table(title=title, show_header=False)
    for name, value in rows(result):
        table.add_row(name, value)
    Console().print(table)


def rows(result: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Figures by name, nested ones by dotted names."""
    found = []
    for name, value in result.items():
        if isinstance(value, dict):
            found += rows(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", f"{value:,}" if isinstance(value, int | float) else str(value)))
    return found
