"""The command line of the load tester.

Each command imports what it runs when it runs. With --json, standard output is exactly one JSON object; everything else
(progress, complaints) goes to standard error. The exit status is 0 when the load could be carried out, whatever it
found; commands that judge say so.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import warnings
from collections.abc import Callable, Coroutine, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from loadtest.target import Target

T = TypeVar("T")

app = typer.Typer(
    help="Rehearse a school's morning: lessons, joins and people who come and go, against a node here or elsewhere.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Srtp(StrEnum):
    """Profiles by their short names."""

    gcm = "gcm"
    cm = "cm"


Url = Annotated[str, typer.Option(metavar="URL", help="Signalling socket of a server that is there (ws:// or wss://).")]
TicketCommand = Annotated[
    str,
    typer.Option(metavar="COMMAND", help="Run by the shell once a room; prints $COUNT tickets for $ROOM, a line each."),
]
MetricsUrl = Annotated[str, typer.Option(metavar="URL", help="That server's /metrics, if it can be reached.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]

screen = Console(stderr=True)
"""Where progress is shown."""


def main() -> None:
    """Entry point of `python -m loadtest`."""
    # RFC 9864 renames the algorithm of tickets; their `alg` stays as libraries in other languages write it.
    warnings.filterwarnings("ignore", message="EdDSA is deprecated")
    app(prog_name="loadtest")


@app.callback()
def _root() -> None:
    """Commands have names even while there is one of them."""


@app.command()
def lesson(
    rooms: Annotated[int, typer.Option(min=1, help="Lessons at once.")] = 1,
    participants: Annotated[int, typer.Option(min=2, help="People in each.")] = 50,
    cameras: Annotated[int, typer.Option(min=0, help="How many of them show themselves.")] = 9,
    voices: Annotated[int, typer.Option(min=0, help="How many of them speak.")] = 3,
    layers: Annotated[
        int, typer.Option(min=1, max=3, help="Simulcast layers of a camera; the tallest is watched.")
    ] = 1,
    duration: Annotated[float, typer.Option(min=0.5, help="Seconds that are measured.")] = 30.0,
    srtp: Annotated[Srtp, typer.Option(help="AES-GCM, or AES-CM with HMAC-SHA1-80.")] = Srtp.gcm,
    stall: Annotated[float, typer.Option(min=0, help="Hold our own server's Python still for so many seconds.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of phases.")] = 1,
    url: Url = "",
    ticket_command: TicketCommand = "",
    metrics_url: MetricsUrl = "",
    as_json: Json = False,
) -> None:
    """Whole lessons: what arrives, how fast, and what the server needs for it."""
    from loadtest.lesson import Plan, run

    if cameras + voices and max(cameras, voices) > participants:
        raise typer.BadParameter("more cameras or voices than participants")
    if stall and (url or stall >= duration):
        raise typer.BadParameter("our own server alone can be held still, and for less than the duration")
    plan = Plan(rooms, participants, cameras, voices, srtp.value, layers, seed=seed)
    with progress(duration) as (show, step):
        found = guarded(
            run(plan, duration, stall=stall, target=target_of(url, ticket_command, metrics_url), show=show, step=step)
        )
    show_result(found, as_json=as_json, title="lesson")


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
    show_result(result, as_json=as_json, title="soak")
    raise typer.Exit(0 if result["ok"] else 1)


def target_of(url: str, ticket_command: str, metrics_url: str) -> Target | None:
    """The server elsewhere that was named; None: one of our own is started."""
    from loadtest.target import RemoteTarget

    if not url and not ticket_command and not metrics_url:
        return None
    if not url or not ticket_command:
        raise typer.BadParameter("a server elsewhere needs --url and --ticket-command")
    return RemoteTarget(url, ticket_command, metrics_url)


def guarded(work: Coroutine[Any, Any, T]) -> T:
    """Run it; what somebody who rehearses can mend is said in one line, with exit status 1."""
    from loadtest.lesson import LessonError
    from loadtest.node import NodeError
    from loadtest.participant import FAILURES
    from loadtest.target import TargetError

    try:
        return asyncio.run(work)
    except (LessonError, TargetError, NodeError, *FAILURES) as error:
        typer.echo(f"loadtest: {error or type(error).__name__}", err=True)
        raise typer.Exit(1) from None


@contextlib.contextmanager
def progress(seconds: float) -> Iterator[tuple[Callable[[float], None], Callable[[str], None]]]:
    """A bar on standard error: (how many seconds have passed, what goes on)."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("starting", total=seconds)
        yield (
            lambda passed: bar.update(task, completed=passed, description="measuring"),
            lambda what: bar.update(task, description=what),
        )


def show_result(result: dict[str, Any], *, as_json: bool, title: str) -> None:
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
