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
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from loadtest.target import Target
    from loadtest.traces import Trace

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


class Rival(StrEnum):
    """Other servers."""

    janus = "janus"
    whip = "whip"


Url = Annotated[str, typer.Option(metavar="URL", help="Signalling socket of a server that is there (ws:// or wss://).")]
TicketCommand = Annotated[
    str,
    typer.Option(metavar="COMMAND", help="Run by the shell once a room; prints $COUNT tickets for $ROOM, a line each."),
]
MetricsUrl = Annotated[str, typer.Option(metavar="URL", help="That server's /metrics, if it can be reached.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]

Report = Annotated[
    Path | None, typer.Option(metavar="FILE.html", dir_okay=False, help="Write a page about it, with pictures.")
]

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
    churn: Annotated[
        bool, typer.Option("--churn", help="People come and go, speak, turn pages, share screens.")
    ] = False,
    bad_link: Annotated[
        bool, typer.Option("--bad-link", help="100 kb/s and 20% loss for one; cameras have three layers, one speaks.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of phases, and of what people do.")] = 1,
    trace: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Frames of a recorded lesson (`record`).")
    ] = None,
    url: Url = "",
    ticket_command: TicketCommand = "",
    metrics_url: MetricsUrl = "",
    against: Annotated[Rival | None, typer.Option(help="Put the same load on another server too.")] = None,
    publish_url: Annotated[str, typer.Option(metavar="URL", help="--against whip: where to publish ({room}).")] = "",
    play_url: Annotated[str, typer.Option(metavar="URL", help="--against whip: where to play ({room}).")] = "",
    publish_token: Annotated[str, typer.Option(envvar="PUBLISH_TOKEN", help="Bearer token for publishing.")] = "",
    play_token: Annotated[str, typer.Option(envvar="PLAY_TOKEN", help="Bearer token for playing.")] = "",
    pid: Annotated[int | None, typer.Option(help="--against whip: its process, when it runs on this machine.")] = None,
    report: Report = None,
    as_json: Json = False,
) -> None:
    """Whole lessons: what arrives, how fast, and what the server needs for it."""
    from loadtest import bad_line
    from loadtest.lesson import Plan, run
    from loadtest.rivals import compare
    from loadtest.rivals.whip import Addresses

    if cameras + voices and max(cameras, voices) > participants:
        raise typer.BadParameter("more cameras or voices than participants")
    if stall and (url or stall >= duration):
        raise typer.BadParameter("our own server alone can be held still, and for less than the duration")
    if churn and (stall or cameras < 3):
        raise typer.BadParameter("people turn pages among three cameras and more, and not while Python stands still")
    if bad_link and (url or stall or churn or against or rooms > 1 or cameras + 1 >= participants):
        raise typer.BadParameter("a bad line is looked at in one lesson of our own, with somebody who only looks")
    if against and (url or stall or churn or layers > 1):
        raise typer.BadParameter("two servers are compared on this machine, by one layer, and neither is disturbed")
    if (against is Rival.whip) != bool(publish_url and play_url):
        raise typer.BadParameter("--against whip, --publish-url and --play-url belong together")
    recorded = None if trace is None else traced(trace)
    page = cameras // 2 if churn else 0
    plan = Plan(rooms, participants, cameras, voices, srtp.value, layers, page=page, seed=seed, recorded=recorded)
    target = target_of(url, ticket_command, metrics_url)
    with progress(duration) as (show, step):
        if bad_link:
            work = bad_line.run(replace(plan, layers=3, voices=1), duration, show=show, step=step)
        elif against is Rival.janus:
            work = compare.against_janus(plan, duration, show=show, step=step)
        elif against is Rival.whip:
            addresses = Addresses(publish_url, play_url, publish_token, play_token)
            work = compare.against_whip(plan, duration, addresses, pid=pid, show=show, step=step)
        else:
            work = run(plan, duration, stall=stall, churn=churn, target=target, show=show, step=step)
        found = guarded(work)
    written(found, report)
    show_result(found, as_json=as_json, title="lesson")


@app.command("join-storm")
def join_storm(
    participants: Annotated[int, typer.Option(min=2, help="How many come.")] = 50,
    within: Annotated[float, typer.Option(min=0, help="Seconds from the first to the last.")] = 1.0,
    cameras: Annotated[int, typer.Option(min=1, help="How many of them show themselves.")] = 9,
    voices: Annotated[int, typer.Option(min=0, help="How many of them speak.")] = 3,
    layers: Annotated[int, typer.Option(min=1, max=3, help="Simulcast layers of a camera.")] = 3,
    srtp: Annotated[Srtp, typer.Option(help="AES-GCM, or AES-CM with HMAC-SHA1-80.")] = Srtp.gcm,
    url: Url = "",
    ticket_command: TicketCommand = "",
    metrics_url: MetricsUrl = "",
    as_json: Json = False,
) -> None:
    """A whole lesson joins at once: how long until each sees the first picture."""
    from loadtest.join_storm import run
    from loadtest.lesson import Plan

    plan = Plan(1, participants, min(cameras, participants), min(voices, participants), srtp.value, layers)
    with progress(within) as (_, step):
        found = guarded(run(plan, within=within, target=target_of(url, ticket_command, metrics_url), step=step))
    show_result(found, as_json=as_json, title="join-storm")


@app.command()
def tickets(
    key: Annotated[Path, typer.Argument(help="The platform's private key (keys/api.pem of its data folder).")],
    room: Annotated[str, typer.Option(envvar="ROOM", help="Which room.")],
    count: Annotated[int, typer.Option(envvar="COUNT", min=1, help="How many.")],
) -> None:
    """Print tickets of a lesson, a line each: what --ticket-command runs on the machine that has the key."""
    from loadtest.peers.tickets import TicketMaker
    from loadtest.target import lesson_tickets

    try:
        maker = TicketMaker.from_file(key)
    except (OSError, ValueError) as error:
        typer.echo(f"loadtest: {key}: {error}", err=True)
        raise typer.Exit(1) from None
    for ticket in lesson_tickets(maker, room, count):
        typer.echo(ticket)


@app.command()
def record(
    url: Annotated[str, typer.Option(metavar="URL", help="Signalling socket of the server (ws:// or wss://).")],
    ticket_command: TicketCommand,
    output: Annotated[Path, typer.Option(metavar="FILE", dir_okay=False, help="Where the trace goes.")],
    room: Annotated[str, typer.Option(help="The lesson that is recorded: ROOM of the ticket command.")] = "",
    duration: Annotated[float, typer.Option(min=5, max=3600, help="Seconds that are recorded.")] = 30.0,
    about: Annotated[str, typer.Option(help="What it is, for those who read it.")] = "",
    as_json: Json = False,
) -> None:
    """Join a lesson and write down sizes and times of its frames, for `lesson --trace`: nothing of its content."""
    from loadtest.record import record_to

    target = target_of(url, ticket_command, "")
    assert target is not None, "both are given"
    found = guarded(record_to(output, target, room, seconds=duration, about=about, console=screen))
    show_result(found, as_json=as_json, title="record")


@app.command()
def plan(
    run: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON of a run of `lesson`.")],
    lessons: Annotated[int, typer.Option(min=0, help="Lessons at once.")] = 10,
    viewers: Annotated[int, typer.Option(min=0, help="Viewers of broadcasts at once.")] = 0,
    broadcasts: Annotated[int, typer.Option(min=1, help="Broadcasts they watch.")] = 1,
    busy: Annotated[float, typer.Option(min=0.05, max=1, help="How busy processors may be on average.")] = 0.6,
    as_json: Json = False,
) -> None:
    """What so many lessons and viewers need, reckoned from one measured run."""
    from loadtest.plan import PlanError, need, read

    try:
        needed = need(read(run), lessons=lessons, viewers=viewers, broadcasts=broadcasts, busy=busy)
    except PlanError as error:
        typer.echo(f"loadtest: {error}", err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(needed.as_dict()))
    else:
        Console().print(needed)


@app.command()
def report(
    run: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="JSON of a run of `lesson` or `join-storm`.")
    ],
    page: Annotated[Path, typer.Argument(metavar="FILE.html", dir_okay=False, help="Where the page goes.")],
) -> None:
    """Write the page about a run from its JSON."""
    try:
        written(json.loads(run.read_text()), page)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        typer.echo(f"loadtest: {run} is no run of `lesson` or `join-storm` ({error!r})", err=True)
        raise typer.Exit(1) from None


@app.command()
def link(
    scenario: Annotated[str, typer.Argument(help="A file (TOML), or one of ours: adsl, mobile-3g, school-wifi …")],
    to: Annotated[str, typer.Option(metavar="HOST:PORT", help="The media node's UDP port.")],
    listen: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where participants send to.")] = "127.0.0.1:0",
    each: Annotated[bool, typer.Option("--each", help="An address for each participant (127.1.x.y), not one.")] = False,
) -> None:
    """Be a bad line: a UDP relay between participants and a node. Prints its port; at the end, what it lost."""
    from loadtest.link import serve
    from loadtest.scenarios import ScenarioError, read

    try:
        found = serve(read(scenario), listen=address_of(listen), to=address_of(to), each=each)
    except (ScenarioError, OSError) as error:
        typer.echo(f"loadtest: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(found))


@app.command()
def chat(
    sockets: Annotated[int, typer.Option(min=1, help="Pages that hold an event socket.")] = 2000,
    rate: Annotated[float, typer.Option(min=0.1, help="Messages a second.")] = 200.0,
    duration: Annotated[float, typer.Option(min=1, help="Seconds of sending.")] = 30.0,
    size: Annotated[int, typer.Option(min=2, help="People of one chat.")] = 50,
    kill: Annotated[bool, typer.Option("--kill", help="kill -9 the server in the middle, and start it again.")] = False,
    seed: Annotated[int, typer.Option(help="Of who writes what.")] = 1,
    as_json: Json = False,
) -> None:
    """Chats of a school: how fast a message is written and delivered, and that none is lost or doubled."""
    import uvloop

    from loadtest.chat import Plan, run
    from loadtest.platform import PlatformError

    plan = Plan(sockets, rate, duration, size, kill, seed)
    with progress(duration) as (show, step):
        try:
            result = uvloop.run(run(plan, show, step))
        except PlatformError as error:
            typer.echo(f"loadtest: {error}", err=True)
            raise typer.Exit(1) from None
    show_result(result, as_json=as_json, title="chat")


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


def address_of(text: str) -> tuple[str, int]:
    """HOST:PORT; an IPv6 address stands in brackets. Raises `typer.BadParameter`."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise typer.BadParameter(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def traced(path: Path) -> Trace:
    """A trace that is there. Raises `typer.BadParameter`."""
    from loadtest.traces import TraceError, read

    try:
        return read(path)
    except TraceError as error:
        raise typer.BadParameter(str(error)) from None


def written(found: dict[str, Any], page: Path | None) -> None:
    """The page about a result, if one is wanted."""
    if page is not None:
        from loadtest.report import write

        write(found, page)


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
    from loadtest.netns import NamespaceError
    from loadtest.node import NodeError
    from loadtest.participant import FAILURES
    from loadtest.rivals import RIVAL_FAILURES
    from loadtest.target import TargetError
    from loadtest.traces import TraceError

    try:
        return asyncio.run(work)
    except (LessonError, TargetError, NodeError, NamespaceError, TraceError, *RIVAL_FAILURES, *FAILURES) as error:
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
