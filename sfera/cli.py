"""The command `sfera`.

Each command imports what it runs when it runs: the supervisor stays small, and a process has only its own code in
memory.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import version as package_version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import msgspec
import typer
from structlog.stdlib import BoundLogger

from sfera import admin, child
from sfera.config import CONFIG_VARIABLE, Config, ConfigError, load
from sfera.logging import configure

DEMO_PASSWORD = "demo-sfera"  # noqa: S105 (meant to be told to everybody)

T = TypeVar("T")

app = typer.Typer(
    help="Sfera, a communication platform for schools.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(admin.app, name="admin")

ConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", envvar=CONFIG_VARIABLE, help="TOML file; the environment (SFERA_...) wins over it."
    ),
]
SupervisorPid = Annotated[int, typer.Option("--supervisor", hidden=True)]
Password = Annotated[str, typer.Option(help="Password of everybody in the demonstration school.")]


def main() -> None:
    """Entry point of the command line."""
    app(prog_name="sfera")


@app.command()
def serve(config: ConfigPath = None) -> None:
    """Run everything on this machine, and restart the process that dies."""
    from sfera.serve import serve as run

    _, log = prepare(config, "supervisor")
    raise typer.Exit(guarded(lambda: run(config, os.environ, log)))


@app.command()
def api(config: ConfigPath = None, supervisor: SupervisorPid = 0) -> None:
    """Run only the platform: people, schools, lessons, the web client's files."""
    loaded, _ = prepare(config, "api", supervisor)
    from platform_api.app import run
    from platform_api.config import ConfigError as RefusedByApi

    guarded(lambda: run(loaded.api), RefusedByApi)


@app.command()
def media(config: ConfigPath = None, supervisor: SupervisorPid = 0) -> None:
    """Run only a media node: rooms, signalling and packet workers."""
    from sfu.huge_pages import ask_for_huge_pages

    ask_for_huge_pages()
    loaded, log = prepare(config, "media", supervisor)
    from interprocess.keys import KeyFileError
    from signalling.server import run

    guarded(lambda: run(loaded.media, log), KeyFileError)


@app.command()
def hls(config: ConfigPath = None, supervisor: SupervisorPid = 0) -> None:
    """Run only the broadcasts: their encoders, their recordings, and the origin that viewers play them from."""
    from sfera.serve import hls_missing

    loaded, log = prepare(config, "hls", supervisor)
    missing = hls_missing()
    if missing:
        typer.echo(f"sfera: {missing}", err=True)
        raise typer.Exit(child.CONFIG_EXIT)
    from hls.server import run
    from interprocess.keys import KeyFileError

    guarded(lambda: run(loaded.hls, log), KeyFileError)


@app.command()
def demo(config: ConfigPath = None, password: Password = DEMO_PASSWORD) -> None:
    """Run everything with the demonstration school in it, and print where to go and who may sign in."""
    from sfera.demo import run

    environ = {"SFERA_LOG_FORMAT": "console", "SFERA_LOG_LEVEL": "warning", **os.environ}
    _, log = prepare(config, "supervisor", environ=environ)
    raise typer.Exit(guarded(lambda: run(config, environ, log, password)))


@app.command("seed-demo")
def seed_demo(
    config: ConfigPath = None,
    password: Password = DEMO_PASSWORD,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")] = False,
) -> None:
    """Put the demonstration school into the database (again and again without harm) and print who may sign in."""
    from sfera.demo import print_sign_ins, seed

    loaded, _ = prepare(config, "api")
    people = guarded(lambda: seed(loaded, password))
    if as_json:
        typer.echo(msgspec.json.encode(people).decode())
    else:
        print_sign_ins(people, password, everybody=True)


@app.command()
def keys(config: ConfigPath = None) -> None:
    """Make the keys by which the processes know each other, where they are missing."""
    from sfera.keys import ensure_keys

    loaded, _ = prepare(config, "supervisor")
    for path in guarded(lambda: ensure_keys(loaded)):
        typer.echo(path)


@app.command("config")
def show_config(config: ConfigPath = None) -> None:
    """Check the configuration and print it as it is in force, as JSON."""
    loaded, _ = prepare(config, "supervisor")
    typer.echo(msgspec.json.format(msgspec.json.encode(loaded), indent=2).decode())


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy is put; one of that name is replaced.")],
    config: ConfigPath = None,
) -> None:
    """Copy the database into a file, while everything goes on."""
    loaded, _ = prepare(config, "api")
    from platform_api.backup import BackupError
    from platform_api.backup import backup as run

    size = guarded(lambda: failing(lambda: run(loaded.api.database_url, file), BackupError))
    typer.echo(f"{file}: {size} bytes")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `sfera backup` made.")],
    config: ConfigPath = None,
    replace: Annotated[bool, typer.Option("--replace", help="Lose what is in the database now.")] = False,
) -> None:
    """Bring the database back from a file."""
    loaded, _ = prepare(config, "api")
    from platform_api.backup import BackupError
    from platform_api.backup import restore as run

    guarded(lambda: failing(lambda: run(loaded.api.database_url, file, replace=replace), BackupError))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def loadtest(context: typer.Context) -> None:
    """Rehearse lessons against a node, here or elsewhere (`sfera loadtest --help`)."""
    # A program of its own: the server imports nothing of it, and an installation may be without it.
    if find_spec("loadtest") is None:
        typer.echo("sfera: the load tester comes with a checkout, not with an installation", err=True)
        raise typer.Exit(child.CONFIG_EXIT)
    os.execv(sys.executable, [sys.executable, "-m", "loadtest", *context.args])  # noqa: S606 (there is no shell to start)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(package_version("sfera"))


def prepare(
    path: Path | None, process: str, supervisor: int = 0, environ: dict[str, str] | None = None
) -> tuple[Config, BoundLogger]:
    """What every command begins with: live no longer than the supervisor, the configuration, logs."""
    if supervisor:
        child.die_with(supervisor)
    try:
        config = load(path, os.environ if environ is None else environ)
    except ConfigError as error:
        refuse(error)
    return config, configure(config.log_level, config.log_format, process)


def guarded(run: Callable[[], T], *refused: type[Exception]) -> T:
    """Run it; what an operator can mend is said in one line and told by the exit code, not by a traceback.

    `refused` are the process's own words for a configuration that it cannot use.
    """
    configuration: tuple[type[Exception], ...] = (ConfigError, *refused)
    try:
        return run()
    except configuration as error:
        refuse(error)
    except OSError as error:
        typer.echo(f"sfera: {error}", err=True)
        raise typer.Exit(1) from None


def failing(run: Callable[[], T], *expected: type[Exception]) -> T:
    """Run it; a failure the command has words for is said in one line, with exit code 1."""
    try:
        return run()
    except expected as error:
        typer.echo(f"sfera: {error}", err=True)
        raise typer.Exit(1) from None


def refuse(error: Exception) -> NoReturn:
    """Say what is wrong with the configuration and end."""
    typer.echo(f"sfera: configuration: {error}", err=True)
    raise typer.Exit(child.CONFIG_EXIT)
